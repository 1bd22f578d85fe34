/* own_references(frames, package, held, traceback, of_objects): what frames and objects of Heapsight's refer to. The
   twin of memory/ours.py, which says why. */

#include "addresses.h"
#include "module.h"
#include "references.h"

#include <stdlib.h>

enum { MOST_OBJECTS = 2000 };

typedef struct {
    CountTable counts;
    CountTable containers; /* objects of our own that were looked into */
    PyObject **pending; /* a stack, borrowed */
    size_t waiting, room;
    PyObject *package; /* str: what names of our modules begin with */
    PyTypeObject *held, *traceback;
    bool of_objects;
} Ours;

/* Whether a value is what the interpreter passes to a trace function with an exception. */
static bool
is_exception_triple(Ours *ours, PyObject *value)
{
    if (!Py_IS_TYPE(value, &PyTuple_Type) || PyTuple_Size(value) != 3) {
        return false;
    }
    PyObject *kind = PyTuple_GetItem(value, 0), *error = PyTuple_GetItem(value, 1), *trace = PyTuple_GetItem(value, 2);
    return PyType_IsSubtype(Py_TYPE(error), (PyTypeObject *)PyExc_BaseException)
           && kind == (PyObject *)Py_TYPE(error) && (trace == Py_None || Py_TYPE(trace) == ours->traceback);
}

static int
push(Ours *ours, PyObject *object)
{
    if (ours->waiting == ours->room) {
        size_t room = ours->room == 0 ? 256 : 2 * ours->room;
        PyObject **pending = realloc(ours->pending, room * sizeof(*pending));
        if (pending == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        ours->pending = pending;
        ours->room = room;
    }
    ours->pending[ours->waiting++] = object;
    return 0;
}

static int
count_one(Ours *ours, PyObject *object)
{
    if (!add_count(&ours->counts, object, 1)) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}

/* Count what an object of ours refers to; go on with tuples, the object's dict and objects of our own classes. */
static int
visit_of_object(PyObject *target, int kind, PyObject *name, Py_ssize_t index, void *context)
{
    Ours *ours = context;
    if (count_one(ours, target) != 0) {
        return -1;
    }
    bool is_dict = kind == REFERENCE_ATTRIBUTE && name == reference_names.dict;
    bool follows = is_dict || Py_IS_TYPE(target, &PyTuple_Type) || is_from_package(Py_TYPE(target), ours->package);
    return follows ? push(ours, target) : 0;
}

static int
work_off(Ours *ours)
{
    while (ours->waiting > 0 && ours->containers.used < MOST_OBJECTS) {
        PyObject *holder = ours->pending[--ours->waiting];
        if (Py_TYPE(holder) == ours->held || has_count(&ours->containers, holder)) {
            continue;
        }
        if (!add_count(&ours->containers, holder, 1)) {
            PyErr_NoMemory();
            return -1;
        }
        if (visit_references(holder, visit_of_object, ours) != 0) {
            return -1;
        }
    }
    ours->waiting = 0;
    return 0;
}

/* Count a variable or an item of the evaluation stack; a variable may lead to objects of ours. */
static int
visit_of_frame(PyObject *target, int kind, PyObject *name, Py_ssize_t index, void *context)
{
    Ours *ours = context;
    bool is_part = (kind == REFERENCE_FRAME && name != NULL) || name == reference_names.frame;
    if (is_part) {
        return 0; /* its code, function and namespace, which are no objects of the program's */
    }
    if (count_one(ours, target) != 0) {
        return -1;
    }
    if (!ours->of_objects || kind != REFERENCE_LOCAL) {
        return 0;
    }
    PyObject *value = Py_TYPE(target) == layouts.cell ? WORD_OF(target, 2) : target;
    if (value == NULL) {
        return 0;
    }
    bool follows = is_exception_triple(ours, value) || is_from_package(Py_TYPE(value), ours->package);
    return follows ? push(ours, value) : 0;
}

static int
visit_frames(Ours *ours, PyObject *frames)
{
    for (Py_ssize_t index = 0; index < PyList_Size(frames); index++) {
        PyObject *frame = PyList_GetItem(frames, index);
        if (Py_TYPE(frame) != layouts.frame) {
            PyErr_SetString(PyExc_TypeError, "frames have to be frames");
            return -1;
        }
        if (visit_running_frame(frame, visit_of_frame, ours) != 0 || work_off(ours) != 0) {
            return -1;
        }
    }
    return 0;
}

static PyObject *
dict_of(CountTable *table)
{
    PyObject *dict = PyDict_New();
    for (size_t index = 0; dict != NULL && index < table->room; index++) {
        if (table->counts[index].address != 0) {
            PyObject *address = PyLong_FromVoidPtr((void *)table->counts[index].address);
            PyObject *count = PyLong_FromLongLong(table->counts[index].count);
            if (address == NULL || count == NULL || PyDict_SetItem(dict, address, count) != 0) {
                Py_CLEAR(dict);
            }
            Py_XDECREF(address);
            Py_XDECREF(count);
        }
    }
    return dict;
}

static PyObject *
set_of(CountTable *table)
{
    PyObject *set = PySet_New(NULL);
    for (size_t index = 0; set != NULL && index < table->room; index++) {
        if (table->counts[index].address != 0) {
            PyObject *address = PyLong_FromVoidPtr((void *)table->counts[index].address);
            if (address == NULL || PySet_Add(set, address) != 0) {
                Py_CLEAR(set);
            }
            Py_XDECREF(address);
        }
    }
    return set;
}

static PyObject *
heap_own_references(PyObject *module, PyObject *arguments)
{
    PyObject *frames, *package, *held, *traceback;
    int of_objects;
    if (!PyArg_ParseTuple(
            arguments, "O!UO!O!p:own_references", &PyList_Type, &frames, &package, &PyType_Type, &held, &PyType_Type,
            &traceback, &of_objects)) {
        return NULL;
    }
    Ours ours = {.package = package, .held = (PyTypeObject *)held, .traceback = (PyTypeObject *)traceback};
    ours.of_objects = of_objects;
    int enabled = PyGC_Disable();
    PyObject *found = NULL, *counts = NULL, *containers = NULL;
    if (visit_frames(&ours, frames) == 0) {
        counts = dict_of(&ours.counts);
        containers = set_of(&ours.containers);
    }
    if (counts != NULL && containers != NULL) {
        found = PyTuple_Pack(2, counts, containers);
    }
    else if (!PyErr_Occurred()) {
        PyErr_NoMemory();
    }
    Py_XDECREF(counts);
    Py_XDECREF(containers);
    release_counts(&ours.counts);
    release_counts(&ours.containers);
    free(ours.pending);
    forget_types();
    if (enabled) {
        PyGC_Enable();
    }
    return found;
}

PyMethodDef ours_methods[] = {
    {"own_references", heap_own_references, METH_VARARGS,
     PyDoc_STR("own_references(frames, package, held, traceback, of_objects) -> (counts by address, addresses of ours)")},
    {NULL},
};
