#include "tables.h"

#include <stddef.h>
#include <string.h>

uintptr_t table_in_use;
PyTypeObject *line_trace_type;
PyTypeObject *code_table_type;
static uintptr_t last_number;

/* -- code tables -------------------------------------------------------------------------------------------------- */

static void *
word_of(PyObject *code, Py_ssize_t index)
{
    void *word = NULL;
    if (interpreter.get_extra(code, index, &word) < 0) {
        PyErr_Clear();
    }
    return word;
}

static bool
set_word_of(PyObject *code, Py_ssize_t index, void *word)
{
    /* Whether it is a code object at all is checked there. */
    if (interpreter.set_extra(code, index, word) == 0) {
        return true;
    }
    if (!PyErr_Occurred() || PyErr_ExceptionMatches(PyExc_SystemError)) {
        PyErr_SetString(PyExc_TypeError, "a code object is needed");
    }
    return false;
}

Verdict
verdict_on(PyObject *code)
{
    uintptr_t mark = (uintptr_t)word_of(code, mark_index);
    if (mark == table_in_use) {
        return DULL;
    }
    return mark == (table_in_use | 1) ? INTERESTING : UNKNOWN;
}

PyObject *
trace_for(PyObject *code)
{
    return word_of(code, trace_index);
}

static PyObject *
code_table_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    CodeTable *self = (CodeTable *)PyType_GenericAlloc(type, 0);
    if (self != NULL) {
        last_number += 2;
        self->number = last_number;
    }
    return (PyObject *)self;
}

static int
code_table_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((CodeTable *)self)->traces);
    return 0;
}

static int
code_table_clear(PyObject *self)
{
    Py_CLEAR(((CodeTable *)self)->traces);
    return 0;
}

static void
code_table_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    code_table_clear(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static PyObject *
code_table_add(PyObject *self, PyObject *code)
{
    if (!set_word_of(code, mark_index, (void *)((CodeTable *)self)->number)) {
        return NULL;
    }
    return new_none();
}

static PyObject *
code_table_note(PyObject *object, PyObject *arguments)
{
    CodeTable *self = (CodeTable *)object;
    PyObject *code, *trace = Py_None;
    if (!PyArg_ParseTuple(arguments, "O|O:note", &code, &trace)) {
        return NULL;
    }
    if (trace != Py_None) {
        if (self->traces == NULL && (self->traces = PyList_New(0)) == NULL) {
            return NULL;
        }
        if (PyList_Append(self->traces, trace) < 0) {
            return NULL;
        }
    }
    if (!set_word_of(code, trace_index, trace == Py_None ? NULL : trace)
        || !set_word_of(code, mark_index, (void *)(self->number | 1))) {
        return NULL;
    }
    return new_none();
}

static int
code_table_contains(PyObject *self, PyObject *code)
{
    return (uintptr_t)word_of(code, mark_index) == ((CodeTable *)self)->number;
}

PyDoc_STRVAR(code_table_doc, "CodeTable()\n--\n\nCode objects that are dull. Holds none of them.");
PyDoc_STRVAR(code_table_add_doc, "add($self, code, /)\n--\n\nPut in code that is dull. It leaves all other tables.");
PyDoc_STRVAR(code_table_note_doc,
             "note($self, code, trace=None, /)\n--\n\n"
             "Take notice that code is not dull. trace: the local trace function for all of its frames.");

static PyMethodDef code_table_methods[] = {
    {"add", code_table_add, METH_O, code_table_add_doc},
    {"note", code_table_note, METH_VARARGS, code_table_note_doc},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot code_table_slots[] = {
    {Py_tp_doc, (void *)code_table_doc},
    {Py_tp_new, code_table_new},
    {Py_tp_dealloc, code_table_dealloc},
    {Py_tp_traverse, code_table_traverse},
    {Py_tp_clear, code_table_clear},
    {Py_tp_methods, code_table_methods},
    {Py_sq_contains, code_table_contains},
    {0, NULL},
};

static PyType_Spec code_table_spec = {
    "heapsight._native.tracing.CodeTable",
    sizeof(CodeTable),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    code_table_slots,
};

/* -- line traces -------------------------------------------------------------------------------------------------- */

#define MOST_NUMBERS (1 << 22)

bool
has_number(const Numbers *numbers, int number)
{
    int place = number - numbers->first;
    return place >= 0 && place < numbers->count && (numbers->bits[place >> 3] >> (place & 7)) & 1;
}

/* Call `visit` for each number of an iterable; false with an exception set. */
static bool
for_each_number(PyObject *given, void (*visit)(Numbers *, int), Numbers *numbers)
{
    PyObject *iterator = PyObject_GetIter(given);
    if (iterator == NULL) {
        return false;
    }
    PyObject *item;
    while ((item = PyIter_Next(iterator)) != NULL) {
        long number = PyLong_AsLong(item);
        Py_DECREF(item);
        if (number < 0 || number > INT32_MAX) {
            if (!PyErr_Occurred()) {
                PyErr_SetString(PyExc_ValueError, "not a line number");
            }
            break;
        }
        visit(numbers, (int)number);
    }
    Py_DECREF(iterator);
    return !PyErr_Occurred();
}

static void
widen(Numbers *numbers, int number)
{
    int end = numbers->count == 0 ? number : numbers->first + numbers->count - 1;
    if (numbers->count == 0 || number < numbers->first) {
        numbers->first = number;
    }
    numbers->count = (number > end ? number : end) - numbers->first + 1;
}

static void
put_number(Numbers *numbers, int number)
{
    int place = number - numbers->first;
    /* Another pass over the same set; but it is the caller's to change. */
    if (place >= 0 && place < numbers->count) {
        numbers->bits[place >> 3] |= (unsigned char)(1 << (place & 7));
    }
}

/* Take over the numbers of an iterable; false with an exception set. */
static bool
fill_numbers(Numbers *numbers, PyObject *given)
{
    if (!for_each_number(given, widen, numbers)) {
        return false;
    }
    if (numbers->count > MOST_NUMBERS) {
        PyErr_SetString(PyExc_ValueError, "the lines lie too far apart");
        return false;
    }
    size_t size = (size_t)numbers->count / 8 + 1;
    numbers->bits = PyMem_Malloc(size);
    if (numbers->bits == NULL) {
        PyErr_NoMemory();
        return false;
    }
    memset(numbers->bits, 0, size);
    return for_each_number(given, put_number, numbers);
}

/* Take over a tuple of pairs, words and addresses; false with an exception set. */
static bool
fill_arguments(LineTrace *self, PyObject *given)
{
    Py_ssize_t count = PyTuple_Size(given);
    self->arguments = PyMem_Malloc((size_t)(count > 0 ? count : 1) * sizeof(Argument));
    if (self->arguments == NULL) {
        PyErr_NoMemory();
        return false;
    }
    for (Py_ssize_t index = 0; index < count; index++) {
        Argument *argument = &self->arguments[index];
        unsigned long long address;
        if (!PyArg_ParseTuple(PyTuple_GetItem(given, index), "iK", &argument->word, &address)) {
            return false;
        }
        argument->address = (uintptr_t)address;
    }
    self->argument_count = (int)count;
    return true;
}

static PyObject *
line_trace_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    PyObject *lines, *table, *otherwise, *is_user = Py_None, *opcode_lines = NULL, *offsets = NULL;
    PyObject *words = NULL;
    int returns = 0;
    if (!PyArg_ParseTuple(arguments, "OO!O|OOOpO!:LineTrace", &lines, code_table_type, &table, &otherwise, &is_user,
                          &opcode_lines, &offsets, &returns, &PyTuple_Type, &words)) {
        return NULL;
    }
    LineTrace *self = (LineTrace *)PyType_GenericAlloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->table = ((CodeTable *)table)->number;
    Py_INCREF(otherwise);
    self->otherwise = otherwise;
    self->owner = is_user == Py_None ? OWNER_NONE : is_user == Py_True ? OWNER_USER : OWNER_LIBRARY;
    self->returns = returns;
    if ((words != NULL && !fill_arguments(self, words)) || !fill_numbers(&self->lines, lines) || (opcode_lines != NULL && !fill_numbers(&self->opcode_lines, opcode_lines))
        || (offsets != NULL && !fill_numbers(&self->offsets, offsets))) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static int
line_trace_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((LineTrace *)self)->otherwise);
    return 0;
}

static int
line_trace_clear(PyObject *self)
{
    Py_CLEAR(((LineTrace *)self)->otherwise);
    return 0;
}

static void
line_trace_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    line_trace_clear(self);
    PyMem_Free(((LineTrace *)self)->lines.bits);
    PyMem_Free(((LineTrace *)self)->opcode_lines.bits);
    PyMem_Free(((LineTrace *)self)->offsets.bits);
    PyMem_Free(((LineTrace *)self)->arguments);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

/* For whoever uses it as an ordinary trace function: `sys.settrace` puts a thread's events through Python. */
static PyObject *
line_trace_call(PyObject *object, PyObject *arguments, PyObject *keywords)
{
    LineTrace *self = (LineTrace *)object;
    PyObject *frame, *event, *argument;
    if (!PyArg_ParseTuple(arguments, "OUO:LineTrace", &frame, &event, &argument)) {
        return NULL;
    }
    /* What has more than lines to look at is left to Python. */
    if (self->table == table_in_use && self->owner == OWNER_NONE && self->offsets.count == 0 && !self->returns) {
        bool is_line = PyUnicode_CompareWithASCIIString(event, "line") == 0;
        if (!is_line || !has_number(&self->lines, PyFrame_GetLineNumber((PyFrameObject *)frame))) {
            Py_INCREF(object);
            return object;
        }
    }
    if (self->otherwise == NULL) {
        return new_none();
    }
    return PyObject_CallFunctionObjArgs(self->otherwise, frame, event, argument, NULL);
}

PyDoc_STRVAR(line_trace_doc,
             "LineTrace(lines, table, otherwise, is_user=None, opcode_lines=(), offsets=(), returns=False,\n"
             "          arguments=(), /)\n--\n\n"
             "A local trace function that calls `otherwise` at some lines, and, once `table` is not in use, always.\n"
             "is_user: whether it is the user's code, where exceptions may be of interest, too; see `judge`.\n"
             "offsets: instructions that are, unless they are dull sites; all are on `opcode_lines`.\n"
             "returns: whether returns are. arguments: pairs of a word of the frame and an address; where there are any,\n"
             "a call whose frame has none of these addresses in these words is dull as a whole.");

static PyType_Slot line_trace_slots[] = {
    {Py_tp_doc, (void *)line_trace_doc},
    {Py_tp_new, line_trace_new},
    {Py_tp_dealloc, line_trace_dealloc},
    {Py_tp_traverse, line_trace_traverse},
    {Py_tp_clear, line_trace_clear},
    {Py_tp_call, line_trace_call},
    {0, NULL},
};

static PyType_Spec line_trace_spec = {
    "heapsight._native.tracing.LineTrace",
    sizeof(LineTrace),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    line_trace_slots,
};

bool
add_table_types(PyObject *module)
{
    code_table_type = (PyTypeObject *)PyType_FromSpec(&code_table_spec);
    line_trace_type = (PyTypeObject *)PyType_FromSpec(&line_trace_spec);
    return code_table_type != NULL && line_trace_type != NULL && PyModule_AddType(module, code_table_type) == 0
           && PyModule_AddType(module, line_trace_type) == 0;
}
