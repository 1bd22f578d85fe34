/* Where a program keeps writing what looks like a watched place, an attribute of the same name or items of other dicts,
   each such instruction is an event. Here the operands are compared with the addresses that matter, and Python is
   entered only where one of them is there. */

#include "sites.h"

#include <stdlib.h>

#include "frames.h"

/* The offset of what stands for the beginning of a call, among those of instructions. */
enum { BEGINNING = -1 };

/* One instruction and one place: of interest where one of `count` words of the frame, from `first_word` on, is among
   the addresses. Without words it is never: somebody looks there only after a write. */
typedef struct {
    int offset;
    int first_word;
    int count;
    int first_address;
    int address_count;
} Site;

/* What a code object has; one block of memory. */
typedef struct {
    uintptr_t generation;
    bool is_awake; /* whether somebody looks there after writes, too */
    Site *sites; /* by offset, rising; behind the addresses */
    int count;
    uintptr_t addresses[];
} Sites;

static Py_ssize_t sites_index = -1;
static uintptr_t generation = 1;
static PyObject *otherwise;
static PyObject *otherwise_start; /* the same for beginnings of calls; or NULL */
static PyObject *pending; /* a dict: while there is anything in it, nothing is dull */
static PyObject *disable; /* what `sys.monitoring` is told where an instruction need not be told any more; or NULL */

bool
prepare_sites(void)
{
    if (sites_index < 0) {
        sites_index = interpreter.request_index(free);
    }
    if (sites_index < 0) {
        PyErr_SetString(PyExc_ImportError, "heapsight._native.tracing cannot be used: code objects have no room");
    }
    return sites_index >= 0;
}

static bool
is_touched(const Sites *sites, const Site *site, void *const *frame)
{
    void *const *words = frame + site->first_word;
    const uintptr_t *addresses = sites->addresses + site->first_address;
    for (int word = 0; word < site->count; word++) {
        for (int index = 0; index < site->address_count; index++) {
            if ((uintptr_t)words[word] == addresses[index]) {
                return true;
            }
        }
    }
    return false;
}

/* The sites of `code`, if they are still true; else NULL. */
static Sites *
sites_of(PyObject *code)
{
    void *extra = NULL;
    if (interpreter.get_extra(code, sites_index, &extra) < 0) {
        PyErr_Clear();
    }
    Sites *sites = extra;
    return sites != NULL && sites->generation == generation ? sites : NULL;
}

/* Whether there is nothing to do; `is_after`: because the instruction only follows on one that may write. */
static bool
judge_site(const Sites *sites, int offset, void *const *words, bool *is_after)
{
    *is_after = false;
    if (sites == NULL || (pending != NULL && PyDict_Size(pending) > 0)) {
        return false;
    }
    int low = 0, high = sites->count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (sites->sites[middle].offset < offset) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    if (low == sites->count || sites->sites[low].offset != offset) {
        return false;
    }
    *is_after = true;
    for (; low < sites->count && sites->sites[low].offset == offset; low++) {
        *is_after = *is_after && sites->sites[low].count == 0;
        if (is_touched(sites, &sites->sites[low], words)) {
            return false;
        }
    }
    return true;
}

bool
is_dull_site(PyObject *code, int offset, void *const *words)
{
    bool is_after;
    return judge_site(sites_of(code), offset, words, &is_after);
}

/* Whether a call of code with these sites was given nothing that it could write to. */
static bool
is_dull_beginning(const Sites *sites, void *const *words)
{
    if (sites == NULL || words == NULL || sites->count == 0 || sites->sites[0].offset != BEGINNING) {
        return false;
    }
    for (int index = 0; index < sites->count && sites->sites[index].offset == BEGINNING; index++) {
        if (is_touched(sites, &sites->sites[index], words)) {
            return false;
        }
    }
    return true;
}

/* Have Python take an event; `function` may be replaced meanwhile. */
static PyObject *
tell(PyObject *function, PyObject *const *arguments)
{
    Py_INCREF(function);
    PyObject *result = PyObject_CallFunctionObjArgs(function, arguments[0], arguments[1], NULL);
    Py_DECREF(function);
    return result;
}

static PyObject *
tracing_start(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    if (count != 2 || otherwise_start == NULL || is_dull_beginning(sites_of(arguments[0]), running_words())) {
        return new_none();
    }
    return tell(otherwise_start, arguments);
}

static PyObject *
tracing_instruction(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    if (count != 2 || otherwise == NULL) {
        return new_none();
    }
    long offset = PyLong_AsLong(arguments[1]);
    if (offset == -1 && PyErr_Occurred()) {
        return NULL;
    }
    void *const *words = running_words();
    const Sites *sites = sites_of(arguments[0]);
    bool is_after;
    if (words != NULL && judge_site(sites, (int)offset, words, &is_after)) {
        if (is_after && !sites->is_awake && disable != NULL) {
            Py_INCREF(disable);
            return disable;
        }
        return new_none();
    }
    return tell(otherwise, arguments);
}

static PyObject *
tracing_begin_sites(PyObject *module, PyObject *arguments)
{
    PyObject *function, *in_the_middle, *new_disable = NULL, *start = NULL;
    if (!PyArg_ParseTuple(arguments, "OO!|OO:begin_sites", &function, &PyDict_Type, &in_the_middle, &new_disable,
                          &start)) {
        return NULL;
    }
    PyObject *old[] = {otherwise, pending, disable, otherwise_start};
    Py_INCREF(function);
    Py_INCREF(in_the_middle);
    Py_XINCREF(new_disable);
    Py_XINCREF(start);
    otherwise = function;
    pending = in_the_middle;
    disable = new_disable;
    otherwise_start = start;
    generation++;
    for (int index = 0; index < 4; index++) {
        Py_XDECREF(old[index]);
    }
    return new_none();
}

static PyObject *
tracing_end_sites(PyObject *module, PyObject *unused)
{
    generation++;
    Py_CLEAR(otherwise);
    Py_CLEAR(pending);
    Py_CLEAR(disable);
    Py_CLEAR(otherwise_start);
    return new_none();
}

static PyObject *
tracing_forget_sites(PyObject *module, PyObject *unused)
{
    generation++;
    return new_none();
}

static PyObject *
tracing_wake_sites(PyObject *module, PyObject *code)
{
    Sites *sites = sites_of(code);
    if (sites != NULL) {
        sites->is_awake = true;
    }
    return new_none();
}

/* How many addresses the sites in the list `described` have; -1 with an exception set. */
static Py_ssize_t
count_addresses(PyObject *described)
{
    Py_ssize_t total = 0;
    for (Py_ssize_t index = 0; index < PyList_Size(described); index++) {
        PyObject *item = PyList_GetItem(described, index);
        if (!PyTuple_Check(item) || PyTuple_Size(item) != 4 || !PyTuple_Check(PyTuple_GetItem(item, 3))) {
            PyErr_SetString(PyExc_TypeError, "a site is a tuple: offset, first word, count, addresses");
            return -1;
        }
        total += PyTuple_Size(PyTuple_GetItem(item, 3));
    }
    return total;
}

static void
fill(Sites *sites, PyObject *described)
{
    int used = 0;
    for (int index = 0; index < sites->count; index++) {
        PyObject *item = PyList_GetItem(described, index);
        PyObject *given = PyTuple_GetItem(item, 3);
        Site *site = &sites->sites[index];
        site->offset = (int)PyLong_AsLong(PyTuple_GetItem(item, 0));
        site->first_word = (int)PyLong_AsLong(PyTuple_GetItem(item, 1));
        site->count = (int)PyLong_AsLong(PyTuple_GetItem(item, 2));
        site->first_address = used;
        site->address_count = (int)PyTuple_Size(given);
        for (int place = 0; place < site->address_count; place++) {
            sites->addresses[used++] = (uintptr_t)PyLong_AsVoidPtr(PyTuple_GetItem(given, place));
        }
    }
}

static PyObject *
tracing_note_sites(PyObject *module, PyObject *arguments)
{
    PyObject *code, *described;
    if (!PyArg_ParseTuple(arguments, "OO!:note_sites", &code, &PyList_Type, &described)) {
        return NULL;
    }
    Py_ssize_t total = count_addresses(described);
    if (total < 0) {
        return NULL;
    }
    Py_ssize_t count = PyList_Size(described);
    Sites *sites = calloc(1, sizeof(Sites) + (size_t)count * sizeof(Site) + (size_t)total * sizeof(uintptr_t));
    if (sites == NULL) {
        return PyErr_NoMemory();
    }
    sites->generation = generation;
    sites->count = (int)count;
    sites->sites = (Site *)(sites->addresses + total);
    fill(sites, described);
    /* Whether it is a code object at all is checked there; what was there before is freed. */
    if (PyErr_Occurred() || interpreter.set_extra(code, sites_index, sites) < 0) {
        free(sites);
        if (!PyErr_Occurred() || PyErr_ExceptionMatches(PyExc_SystemError)) {
            PyErr_SetString(PyExc_TypeError, "a code object is needed");
        }
        return NULL;
    }
    return new_none();
}

PyDoc_STRVAR(begin_sites_doc,
             "begin_sites(function, pending, disable=None, start=None, /)\n--\n\n"
             "Forget all sites; `instruction` calls `function(code, offset)` for what is not dull. While there is\n"
             "anything in the dict `pending`, nothing is. disable: what it returns for a dull instruction that has no\n"
             "words to look at, of code that `wake_sites` was not called with. start: the same for beginnings of calls.");
PyDoc_STRVAR(end_sites_doc, "end_sites()\n--\n\nForget all sites, and what `begin_sites` was given.");
PyDoc_STRVAR(forget_sites_doc, "forget_sites()\n--\n\nForget all sites: then no instruction is dull.");
PyDoc_STRVAR(wake_sites_doc,
             "wake_sites(code, /)\n--\n\nDisable no instruction of `code` any more, until its sites are set anew.");
PyDoc_STRVAR(note_sites_doc,
             "note_sites(code, sites, /)\n--\n\n"
             "Set the sites of `code`: (offset, first word, count, addresses), sorted by offset. An instruction is dull\n"
             "if it has sites, and none of the words of its frame that they name is among their addresses. Those with the\n"
             "offset -1 are of the beginning of a call.");
PyDoc_STRVAR(instruction_doc,
             "instruction(code, offset, /)\n--\n\n"
             "Take an INSTRUCTION event of `sys.monitoring`; returns None where it is dull.");

PyDoc_STRVAR(start_doc,
             "start(code, offset, /)\n--\n\n"
             "Take a PY_START event of `sys.monitoring`; returns None where the call is dull.");

PyMethodDef site_methods[] = {
    {"begin_sites", tracing_begin_sites, METH_VARARGS, begin_sites_doc},
    {"end_sites", tracing_end_sites, METH_NOARGS, end_sites_doc},
    {"forget_sites", tracing_forget_sites, METH_NOARGS, forget_sites_doc},
    {"wake_sites", tracing_wake_sites, METH_O, wake_sites_doc},
    {"note_sites", tracing_note_sites, METH_VARARGS, note_sites_doc},
    {"instruction", (PyCFunction)(void (*)(void))tracing_instruction, METH_FASTCALL, instruction_doc},
    {"start", (PyCFunction)(void (*)(void))tracing_start, METH_FASTCALL, start_doc},
    {NULL, NULL, 0, NULL},
};
