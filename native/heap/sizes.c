#include "sizes.h"
#include "text.h"

enum { WORD = sizeof(void *), HEADER = sizeof(CollectorHeader), METHOD_WORD = 5 };

/* How `object.__sizeof__` is called in C, and the type of such methods. */
static PyCFunction measure_object;
static PyTypeObject *method_descriptor;
static PyObject *sizeof_name;

/* The C function of a method without arguments; NULL for other methods. */
static PyCFunction
function_of(PyObject *method)
{
    PyMethodDef *definition = (PyMethodDef *)WORD_OF(method, METHOD_WORD);
    return definition != NULL && definition->ml_flags == METH_NOARGS ? definition->ml_meth : NULL;
}

bool
sizes_ready(void)
{
    sizeof_name = PyUnicode_InternFromString("__sizeof__");
    PyObject *dict = type_dict(&PyBaseObject_Type);
    PyObject *method = dict == NULL || sizeof_name == NULL ? NULL : PyDict_GetItemWithError(dict, sizeof_name);
    PyMethodDef *definition = method == NULL ? NULL : (PyMethodDef *)WORD_OF(method, METHOD_WORD);
    if (definition == NULL || definition->ml_name == NULL || strcmp(definition->ml_name, "__sizeof__") != 0
        || definition->ml_flags != METH_NOARGS) {
        PyErr_SetString(PyExc_ImportError, "heapsight._native.heap cannot be used: methods are not as expected");
        return false;
    }
    method_descriptor = Py_TYPE(method);
    measure_object = definition->ml_meth;
    return true;
}

/* The first `__sizeof__` of a type and its bases that is a method in C, borrowed; NULL where it does not fit. */
static PyObject *
find_method(PyTypeObject *type)
{
    PyObject *mro = TYPE_LAYOUT(type)->mro;
    Py_ssize_t count = mro == NULL || !PyTuple_Check(mro) ? 0 : PyTuple_Size(mro);
    for (Py_ssize_t index = 0; index < count; index++) {
        PyObject *base = WORD_OF(mro, 3 + index);
        PyObject *dict = base != NULL && PyType_Check(base) ? type_dict((PyTypeObject *)base) : NULL;
        PyObject *method = dict == NULL ? NULL : PyDict_GetItemWithError(dict, sizeof_name);
        if (method != NULL && Py_TYPE(method) == method_descriptor) {
            return PyType_IsSubtype(type, (PyTypeObject *)WORD_OF(method, 2)) ? method : NULL;
        }
    }
    PyErr_Clear();
    return NULL;
}

void
find_measure(TypeInfo *info)
{
    unsigned long flags = TYPE_LAYOUT(info->type)->flags;
    unsigned long in_front = layouts.version >= 12 ? FLAG_MANAGED_DICT | FLAG_MANAGED_WEAKREF : FLAG_MANAGED_DICT;
    PyObject *method = find_method(info->type);
    info->measure = method == NULL ? measure_object : function_of(method);
    info->measure_method = info->measure == NULL ? method : NULL;
    if (info->measure == measure_object && TYPE_LAYOUT(info->type)->item_size == 0) {
        info->measure = NULL;
    }
    info->headers = flags & FLAG_COLLECTED ? HEADER + (flags & in_front ? 2 * WORD : 0) : 0;
    info->has_values = (flags & (layouts.version >= 13 ? FLAG_INLINE_VALUES : FLAG_MANAGED_DICT)) != 0;
}

/* The number in `size`, whose reference is taken; -1, without an error, for NULL. */
static Py_ssize_t
number_of(PyObject *size)
{
    Py_ssize_t number = size == NULL ? -1 : PyLong_AsSsize_t(size);
    Py_XDECREF(size);
    if (number == -1) {
        PyErr_Clear();
    }
    return number;
}

/* What `object.__sizeof__`, or the one that the type has in C, answers. */
static Py_ssize_t
ask_for_size(PyObject *object, TypeInfo *info)
{
    Py_ssize_t size = -1;
    if (info->measure != NULL) {
        size = number_of(info->measure(object, NULL));
    }
    else if (info->measure_method != NULL) {
        size = number_of(PyObject_CallFunctionObjArgs(info->measure_method, object, NULL));
    }
    else {
        return TYPE_LAYOUT(info->type)->basic_size;
    }
    return size >= 0 ? size : number_of(measure_object(object, NULL));
}

/* The bytes of the array of attribute values that an instance keeps. */
static Py_ssize_t
measure_values(PyObject *object, PyTypeObject *type)
{
    if (layouts.version >= 13) {
        Py_ssize_t capacity = ((uint8_t *)object)[TYPE_LAYOUT(type)->basic_size];
        return WORD + capacity * WORD + (capacity + WORD - 1) / WORD * WORD; /* a header, values, their order */
    }
    InlineValues found = read_inline_values(object, type);
    if (found.values == NULL) {
        return 0;
    }
    Py_ssize_t *keys = TYPE_HAS(type, FLAG_HEAP) ? (Py_ssize_t *)WORD_OF(type, layouts.qualname + 1) : NULL;
    Py_ssize_t capacity = keys == NULL ? 0 : keys[2] + keys[3]; /* places that are free, and entries */
    return ((uint8_t *)found.values)[-1] + capacity * WORD;
}

Py_ssize_t
measure(PyObject *object, TypeInfo *info)
{
    if (info->type == &PyUnicode_Type) { /* half of a heap, not worth a call each */
        Text text = text_of(object);
        bool has_wide = layouts.version == 11 && WORD_OF(object, 5) != NULL; /* of an interface that is gone */
        if (text.is_ascii && !has_wide) {
            return (const char *)text.data - (const char *)object + text.length + 1;
        }
    }
    Py_ssize_t size = ask_for_size(object, info) + info->headers;
    if (info->has_values) {
        size += measure_values(object, info->type);
    }
    if (info->rule == RULE_DICT && shows_inline_values(object)) {
        Py_ssize_t *keys = (Py_ssize_t *)WORD_OF(object, 4);
        size -= (keys[2] + keys[3]) * WORD; /* the dict counts them by its keys: they are the instance's */
    }
    if (info->rule == RULE_TYPE && !TYPE_HAS(object, FLAG_HEAP)) {
        size -= HEADER; /* types of the interpreter itself are not allocated by the collector */
    }
    return size;
}

Py_ssize_t
count_items(PyObject *object, TypeInfo *info)
{
    switch (info->rule) {
    case RULE_LIST:
    case RULE_TUPLE:
    case RULE_DEQUE:
        return (Py_ssize_t)WORD_OF(object, 2);
    case RULE_DICT:
        return (Py_ssize_t)WORD_OF(object, 2);
    case RULE_SET:
        return (Py_ssize_t)WORD_OF(object, 3);
    default:
        break;
    }
    if (PyUnicode_Check(object) || PyBytes_Check(object) || info->is_bytearray) {
        return (Py_ssize_t)WORD_OF(object, 2);
    }
    return -1;
}
