/* holders, ways, visits: what holds an object, and how. The twins are in memory/{untracked,owners,contents}.py. */

#include "holders.h"
#include "module.h"
#include "references.h"
#include "trial.h"

/* -- lists of Python ---------------------------------------------------------------------------------------------- */

static bool
extend(PyObject *list, const ObjectList *objects)
{
    for (size_t index = 0; index < objects->count; index++) {
        if (PyList_Append(list, objects->objects[index]) != 0) {
            return false;
        }
    }
    return true;
}

/* Add the code that each of the tuples found is the constants or the names of. */
static bool
extend_with_codes(PyObject *list, Search *search)
{
    CountTable tuples = {0};
    bool done = true;
    for (size_t index = 0; done && index < search->unlisted.count; index++) {
        done = add_count(&tuples, search->unlisted.objects[index], 1);
    }
    for (size_t index = 0; done && index < search->listed.count; index++) {
        done = add_count(&tuples, search->listed.objects[index], 1);
    }
    if (!done) {
        PyErr_NoMemory();
    }
    for (size_t index = 0; done && index < search->codes.count; index++) {
        PyObject *code = search->codes.objects[index];
        TypeInfo *info = type_info(layouts.code);
        bool is_wanted = false;
        for (Py_ssize_t member = 0; info != NULL && member < info->member_count; member++) {
            is_wanted = is_wanted || has_count(&tuples, *(PyObject **)((char *)code + info->members[member].offset));
        }
        done = info != NULL && (!is_wanted || PyList_Append(list, code) == 0);
    }
    release_counts(&tuples);
    return done;
}

/* -- holders ------------------------------------------------------------------------------------------------------ */

static bool
hide_all(CountTable *hidden, PyObject *addresses)
{
    PyObject *iterator = PyObject_GetIter(addresses);
    PyObject *address;
    while (iterator != NULL && (address = PyIter_Next(iterator)) != NULL) {
        void *object = PyLong_AsVoidPtr(address);
        Py_DECREF(address);
        if (object != NULL && !add_count(hidden, object, 1)) {
            PyErr_NoMemory();
        }
        if (PyErr_Occurred()) {
            break;
        }
    }
    Py_XDECREF(iterator);
    return !PyErr_Occurred();
}

static PyObject *
tell_search(Search *search)
{
    PyObject *holders = PyList_New(0), *owners = PyList_New(0), *codes = PyList_New(0), *found = NULL;
    if (holders != NULL && owners != NULL && codes != NULL && extend(holders, &search->listed)
        && extend(holders, &search->unlisted) && extend(owners, &search->owners) && extend_with_codes(codes, search)) {
        PyObject *complete = search->complete ? Py_True : Py_False;
        found = Py_BuildValue(
            "OOOnLnO", holders, owners, codes, (Py_ssize_t)search->more, (long long)search->more_references,
            (Py_ssize_t)search->instances, complete);
    }
    Py_XDECREF(holders);
    Py_XDECREF(owners);
    Py_XDECREF(codes);
    return found;
}

static PyObject *
heap_holders(PyObject *module, PyObject *arguments)
{
    Search search = {0};
    PyObject *starts, *hidden;
    Py_ssize_t most;
    double seconds;
    int looks_through;
    if (!PyArg_ParseTuple(
            arguments, "OpO!O!(UU)nd:holders", &search.target, &looks_through, &PyList_Type, &starts, &PySet_Type,
            &hidden, &search.package, &search.folder, &most, &seconds)) {
        return NULL;
    }
    search.looks_through = looks_through;
    search.passed[0] = arguments;
    search.passed[1] = starts; /* the collector lists it, and so the walk goes into it */
    search.passed[2] = hidden;
    search.most = most < 0 ? 0 : (size_t)most;
    search.deadline = seconds_now() + seconds;
    int enabled = PyGC_Disable();
    PyObject *found = NULL;
    if (hide_all(&search.hidden, hidden) && run_search(&search) == 0) {
        found = tell_search(&search);
    }
    release_search(&search);
    forget_types();
    if (enabled) {
        PyGC_Enable();
    }
    return found;
}

/* -- one holder --------------------------------------------------------------------------------------------------- */

/* How one holder refers to the target, by references of one kind. */
typedef struct {
    PyObject *target;
    int kind;
    Py_ssize_t total;
    Py_ssize_t most;
    PyObject *labels; /* a list; NULL where there is no memory */
} Ways;

static int
add_way(PyObject *referent, int kind, PyObject *name, Py_ssize_t index, void *context)
{
    Ways *ways = context;
    if (referent != ways->target || kind != ways->kind) {
        return 0;
    }
    if (ways->total++ >= ways->most) {
        return 0;
    }
    PyObject *label = kind == REFERENCE_ITEM ? PyLong_FromSsize_t(index) : name;
    if (label == NULL) {
        return kind == REFERENCE_ITEM ? -1 : 0;
    }
    int failed = PyList_Append(ways->labels, label);
    if (kind == REFERENCE_ITEM) {
        Py_DECREF(label);
    }
    return failed;
}

static PyObject *
heap_ways(PyObject *module, PyObject *arguments)
{
    PyObject *holder;
    Ways ways = {0};
    if (!PyArg_ParseTuple(arguments, "OOin:ways", &holder, &ways.target, &ways.kind, &ways.most)) {
        return NULL;
    }
    PyObject *found = NULL;
    int enabled = PyGC_Disable();
    ways.labels = PyList_New(0);
    if (ways.labels != NULL && visit_references(holder, add_way, &ways) == 0) {
        found = Py_BuildValue("nO", ways.total, ways.labels);
    }
    Py_XDECREF(ways.labels);
    forget_types();
    if (enabled) {
        PyGC_Enable();
    }
    return found;
}

typedef struct {
    PyObject *target;
    Py_ssize_t count;
} Visits;

static int
count_visit(PyObject *referent, void *context)
{
    Visits *visits = context;
    visits->count += referent == visits->target;
    return 0;
}

static PyObject *
heap_visits(PyObject *module, PyObject *arguments)
{
    PyObject *holder;
    Visits visits = {0};
    if (!PyArg_ParseTuple(arguments, "OO:visits", &holder, &visits.target)) {
        return NULL;
    }
    if (PyModule_Check(holder)) { /* see debuggee/traversal.py */
        count_visit(WORD_OF(holder, 2), &visits);
    }
    else if (has_collector_header(holder)) {
        TYPE_LAYOUT(Py_TYPE(holder))->traverse(holder, count_visit, &visits);
    }
    return PyLong_FromSsize_t(visits.count);
}

PyMethodDef referrers_methods[] = {
    {"holders", heap_holders, METH_VARARGS,
     PyDoc_STR("holders(target, looks_through, starts, hidden, (package, folder), most, seconds) -> "
               "(holders, owners, codes, more, their references, instances, complete)")},
    {"ways", heap_ways, METH_VARARGS, PyDoc_STR("ways(holder, target, kind, most) -> (total, labels)")},
    {"visits", heap_visits, METH_VARARGS, PyDoc_STR("visits(holder, target) -> references")},
    {NULL},
};
