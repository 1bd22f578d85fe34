/* histogram(...): count and size by type; instances(...): all objects of some types. The twins of memory/histogram.py
   and memory/instances.py. */

#include "module.h"
#include "population.h"
#include "sizes.h"

#include <stdlib.h>

/* -- sizes -------------------------------------------------------------------------------------------------------- */

/* What `__sizeof__` answers for the types that most objects are of, without a number object for each answer. Each is
   compared with `measure` on the first objects that there are. */

enum { COMPARED = 16, UNKNOWN = -1, WORD = sizeof(void *), COMPACT_ASCII = 0x60, ASCII_HEADER = 5 * sizeof(void *),
       DIGITS_BEGIN = 3 * sizeof(void *), DIGIT = 4 };

static Py_ssize_t
size_of_int(PyObject *object)
{
    Py_ssize_t word = (Py_ssize_t)WORD_OF(object, 2);
    Py_ssize_t digits = layouts.version >= 12 ? word >> 3 : word < 0 ? -word : word;
    return DIGITS_BEGIN + (digits > 1 ? digits : 1) * DIGIT;
}

static Py_ssize_t
size_of_str(PyObject *object)
{
    uint32_t state = *(uint32_t *)&WORD_OF(object, 4);
    bool has_word = layouts.version == 11; /* of wide characters, made by some that ask for them */
    if ((state & COMPACT_ASCII) != COMPACT_ASCII || (has_word && WORD_OF(object, 5) != NULL)) {
        return UNKNOWN;
    }
    return ASCII_HEADER + (has_word ? WORD : 0) + (Py_ssize_t)WORD_OF(object, 2) + 1;
}

static Py_ssize_t
size_of_list(PyObject *object)
{
    return (Py_ssize_t)(sizeof(CollectorHeader) + (5 + (size_t)WORD_OF(object, 4)) * WORD);
}

static Py_ssize_t
size_of_tuple(PyObject *object)
{
    return (Py_ssize_t)(sizeof(CollectorHeader) + (3 + (size_t)WORD_OF(object, 2)) * WORD);
}

static Py_ssize_t (*find_quick(PyTypeObject *type))(PyObject *)
{
    return type == &PyUnicode_Type ? size_of_str
           : type == &PyLong_Type  ? size_of_int
           : type == &PyList_Type  ? size_of_list
           : type == &PyTuple_Type ? size_of_tuple
                                   : NULL;
}

static Py_ssize_t
size_of(PyObject *object, TypeRow *row)
{
    Py_ssize_t quick = row->quick == NULL ? UNKNOWN : row->quick(object);
    if (quick >= 0 && row->judged) {
        return quick;
    }
    Py_ssize_t size = measure(object, row->info);
    if (!row->judged) {
        row->quick = row->count == 0 ? find_quick(row->type) : quick < 0 || quick == size ? row->quick : NULL;
        row->judged = row->count == COMPARED;
    }
    return size;
}

/* -- count and size by type --------------------------------------------------------------------------------------- */

static int
tally(PyObject *object, TypeRow *row, void *context)
{
    row->size += size_of(object, row);
    row->count++;
    return 0;
}

static void
untally(PyObject *object, TypeRow *row, void *context)
{
    row->count--;
    row->size -= size_of(object, row);
}

static PyObject *
table_of(Population *population)
{
    PyObject *table = PyList_New(0);
    for (size_t index = 0; table != NULL && index < population->room; index++) {
        TypeRow *row = population->rows[index];
        if (row == NULL || row->count <= 0) {
            continue;
        }
        PyObject *entry = Py_BuildValue("Onn", row->type, row->count, row->size);
        if (entry == NULL || PyList_Append(table, entry) != 0) {
            Py_CLEAR(table);
        }
        Py_XDECREF(entry);
    }
    return table;
}

/* -- objects of some types ---------------------------------------------------------------------------------------- */

typedef struct {
    PyObject *types; /* a list */
    bool subclasses;
    PyObject **objects; /* borrowed */
    size_t used, room;
} Wanted;

static bool
is_wanted(PyTypeObject *type, Wanted *wanted)
{
    for (Py_ssize_t index = 0; index < PyList_Size(wanted->types); index++) {
        PyTypeObject *one = (PyTypeObject *)PyList_GetItem(wanted->types, index);
        if (type == one || (wanted->subclasses && PyType_IsSubtype(type, one))) {
            return true;
        }
    }
    return false;
}

static int
gather(PyObject *object, TypeRow *row, void *context)
{
    Wanted *wanted = context;
    if (!row->judged) {
        row->judged = true;
        row->wanted = is_wanted(row->type, wanted);
    }
    if (!row->wanted) {
        return 0;
    }
    if (wanted->used == wanted->room) {
        size_t room = wanted->room == 0 ? 1024 : 2 * wanted->room;
        PyObject **objects = realloc(wanted->objects, room * sizeof(*objects));
        if (objects == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        wanted->objects = objects;
        wanted->room = room;
    }
    wanted->objects[wanted->used++] = object;
    return 0;
}

static PyObject *
list_of(Wanted *wanted, Population *population)
{
    size_t count = 0;
    for (size_t index = 0; index < wanted->used; index++) {
        if (!is_seen(&population->own, wanted->objects[index])) {
            wanted->objects[count++] = wanted->objects[index];
        }
    }
    PyObject *list = PyList_New((Py_ssize_t)count);
    for (size_t index = 0; list != NULL && index < count; index++) {
        Py_INCREF(wanted->objects[index]);
        PyList_SetItem(list, (Py_ssize_t)index, wanted->objects[index]);
    }
    return list;
}

/* -- both --------------------------------------------------------------------------------------------------------- */

/* Walk with the arguments that both functions have, `seconds` from now; the objects of the question are left out. */
static int
walk(Population *population, PyObject *arguments, PyObject *own_counts, double seconds)
{
    population->deadline = seconds_now() + seconds;
    int enabled = PyGC_Disable();
    int failed = trial_own_counts(&population->trial, own_counts) != 0
                 || trial_add(&population->trial, arguments, TRIAL_GOES) != 0
                 || trial_add(&population->trial, own_counts, TRIAL_GOES) != 0
                 || trial_add(&population->trial, population->starts, TRIAL_GOES) != 0
                 || trial_add(&population->trial, population->roots, TRIAL_GOES) != 0
                 || population_walk(population) != 0;
    if (enabled) {
        PyGC_Enable();
    }
    return failed ? -1 : 0;
}

/* A pair of `found`, whose reference is taken, and whether the walk came to its end. */
static PyObject *
answer(PyObject *found, Population *population)
{
    PyObject *complete = population->complete ? Py_True : Py_False;
    return found == NULL ? NULL : Py_BuildValue("NO", found, complete);
}

static PyObject *
heap_histogram(PyObject *module, PyObject *arguments)
{
    Population population = {0};
    PyObject *own_counts;
    double seconds;
    int all;
    if (!PyArg_ParseTuple(
            arguments, "O!O!O!UUpd:histogram", &PyList_Type, &population.starts, &PyList_Type, &population.roots,
            &PyDict_Type, &own_counts, &population.package, &population.folder, &all, &seconds)) {
        return NULL;
    }
    population.all = all;
    population.visit = tally;
    population.unvisit = untally;
    PyObject *found = walk(&population, arguments, own_counts, seconds) == 0 ? table_of(&population) : NULL;
    found = answer(found, &population);
    population_release(&population);
    forget_types();
    return found;
}

static PyObject *
heap_instances(PyObject *module, PyObject *arguments)
{
    Population population = {0};
    Wanted wanted = {0};
    PyObject *own_counts;
    double seconds;
    int subclasses, all;
    if (!PyArg_ParseTuple(
            arguments, "O!O!O!UUO!ppd:instances", &PyList_Type, &population.starts, &PyList_Type, &population.roots,
            &PyDict_Type, &own_counts, &population.package, &population.folder, &PyList_Type, &wanted.types,
            &subclasses, &all, &seconds)) {
        return NULL;
    }
    wanted.subclasses = subclasses;
    population.all = all;
    population.visit = gather;
    population.context = &wanted;
    PyObject *found = NULL;
    if (trial_add(&population.trial, wanted.types, TRIAL_GOES) == 0
        && walk(&population, arguments, own_counts, seconds) == 0) {
        found = answer(list_of(&wanted, &population), &population);
    }
    free(wanted.objects);
    population_release(&population);
    forget_types();
    return found;
}

PyMethodDef histogram_methods[] = {
    {"histogram", heap_histogram, METH_VARARGS,
     PyDoc_STR("histogram(starts, roots, own_counts, package, folder, all, seconds) "
               "-> ([(type, count, size)], complete)")},
    {"instances", heap_instances, METH_VARARGS,
     PyDoc_STR("instances(starts, roots, own_counts, package, folder, types, subclasses, all, seconds) "
               "-> ([object], complete)")},
    {NULL},
};
