/* heapsight._native.rows: rows of plain numbers as the JSON that is sent. Optional: what it does not tell, Python does. */

#include "text.h"

PyDoc_STRVAR(module_doc, "Rows of plain numbers, as JSON.");

enum { LONGEST_KEY = 120 }; /* characters of a key's text; elements.py cuts beyond */

/* Where a row's value is, as JSON: the expression for the owner, within quotation marks; NULL where there is none. */
typedef struct {
    const char *bytes;
    Py_ssize_t length;
} Owner;

static PyObject *
new_none(void)
{
    Py_INCREF(Py_None);
    return Py_None;
}

/* A list of nothing yet: None in each place. */
static PyObject *
new_rows(Py_ssize_t count)
{
    PyObject *rows = PyList_New(count);
    for (Py_ssize_t index = 0; rows != NULL && index < count; index++) {
        PyList_SetItem(rows, index, new_none());
    }
    return rows;
}

static bool
put_float(Text *text, PyObject *value)
{
    PyObject *shown = PyObject_Repr(value);
    Py_ssize_t length = 0;
    const char *bytes = shown == NULL ? NULL : ascii_of(shown, &length);
    bool done = bytes != NULL && put(text, bytes, length) && PUT(text, "\",\"type\":\"float\"");
    Py_DECREF(shown);
    return done;
}

/* Add text and type of a number; false, maybe without an error, for all that is none that is shown as it is. */
static bool
put_value(Text *text, PyObject *value)
{
    if (value == Py_None) {
        return PUT(text, "None\",\"type\":\"NoneType\"");
    }
    if (value == Py_True) {
        return PUT(text, "True\",\"type\":\"bool\"");
    }
    if (value == Py_False) {
        return PUT(text, "False\",\"type\":\"bool\"");
    }
    if (PyLong_CheckExact(value)) {
        int overflow = 0;
        long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
        return !overflow && put_number(text, number) && PUT(text, "\",\"type\":\"int\"");
    }
    return Py_IS_TYPE(value, &PyFloat_Type) && put_float(text, value);
}

/* Say whether `put_value` may have something to say: cheaper than to begin a row in vain. */
static bool
is_number(PyObject *value)
{
    return PyLong_CheckExact(value) || Py_IS_TYPE(value, &PyFloat_Type) || value == Py_None || value == Py_True ||
           value == Py_False;
}

static bool
begin_expression(Text *text, const Owner *owner)
{
    return PUT(text, ",\"evaluateName\":\"") && put(text, owner->bytes, owner->length);
}

static bool
end_row(Text *text)
{
    return PUT(text, ",\"presentationHint\":{\"kind\":\"data\"},\"variablesReference\":0}");
}

/* The row that was written, or None where there is none; NULL for an error. */
static PyObject *
finished(Text *text, bool done)
{
    if (!done) {
        return PyErr_Occurred() ? NULL : new_none();
    }
    return PyUnicode_FromStringAndSize(text->data, text->length);
}

/* Take the quoted text of the owner's expression, which is ours, or None. */
static bool
take_owner(PyObject *given, Owner *owner)
{
    *owner = (Owner){NULL, 0};
    if (given == Py_None) {
        return true;
    }
    if (!PyUnicode_Check(given) || (owner->bytes = ascii_of(given, &owner->length)) == NULL) {
        PyErr_SetString(PyExc_TypeError, "the owner's expression must be None or a str of ASCII");
        return false;
    }
    return true;
}

/* -- list_rows(items, start, owner) -> [row | None] ---------------------------------------------------------------- */

static PyObject *
list_row(Text *text, PyObject *value, Py_ssize_t place, const Owner *owner)
{
    text->length = 0;
    bool done = is_number(value) && PUT(text, "{\"name\":\"") && put_number(text, place) &&
                PUT(text, "\",\"value\":\"") && put_value(text, value);
    if (done && owner->bytes != NULL) {
        done = begin_expression(text, owner) && PUT(text, "[") && put_number(text, place) && PUT(text, "]\"");
    }
    return finished(text, done && end_row(text));
}

/* Put a row into its place; false for an error. */
static bool
set_row(PyObject *rows, Py_ssize_t index, PyObject *row)
{
    return row != NULL && PyList_SetItem(rows, index, row) == 0;
}

static PyObject *
rows_of_list(PyObject *module, PyObject *args)
{
    PyObject *items, *given;
    Py_ssize_t start;
    Owner owner;
    if (!PyArg_ParseTuple(args, "O!nO:list_rows", &PyList_Type, &items, &start, &given) || !take_owner(given, &owner)) {
        return NULL;
    }
    Text text = {0};
    Py_ssize_t count = PyList_Size(items);
    PyObject *rows = new_rows(count);
    for (Py_ssize_t index = 0; rows != NULL && index < count; index++) {
        if (!set_row(rows, index, list_row(&text, PyList_GetItem(items, index), start + index, &owner))) {
            Py_CLEAR(rows);
        }
    }
    PyMem_Free(text.data);
    return rows;
}

/* -- dict_rows(pairs, start, owner, places) -> [row | None] -------------------------------------------------------- */

/* Note where the row of this name is; false where there is another one of the name, or for an error. */
static bool
note_place(PyObject *places, PyObject *name, Py_ssize_t place)
{
    PyObject *known = PyDict_GetItemWithError(places, name);
    if (known != NULL) {
        return PyLong_AsSsize_t(known) == place;
    }
    PyObject *number = PyErr_Occurred() ? NULL : PyLong_FromSsize_t(place);
    bool done = number != NULL && PyDict_SetItem(places, name, number) == 0;
    Py_DECREF(number);
    return done;
}

static bool
put_item(Text *text, const char *key, Py_ssize_t length, PyObject *value, const Owner *owner)
{
    if (!(PUT(text, "{\"name\":\"") && put_quoted(text, key, length) && PUT(text, "\",\"value\":\"") &&
          put_value(text, value))) {
        return false;
    }
    if (owner->bytes != NULL) {
        if (!(begin_expression(text, owner) && PUT(text, "[") && put_quoted(text, key, length) && PUT(text, "]\""))) {
            return false;
        }
    }
    return end_row(text);
}

static PyObject *
dict_row(Text *text, PyObject *key, PyObject *value, Py_ssize_t place, const Owner *owner, PyObject *places)
{
    if (!is_number(value) || !(Py_IS_TYPE(key, &PyUnicode_Type) || PyLong_CheckExact(key))) {
        return new_none();
    }
    if (PyUnicode_Check(key) && PyUnicode_GetLength(key) > LONGEST_KEY) {
        return new_none();
    }
    if (PyLong_CheckExact(key)) {
        int overflow = 0;
        (void)PyLong_AsLongLongAndOverflow(key, &overflow);
        if (overflow) {
            return new_none();
        }
    }
    text->length = 0;
    PyObject *name = PyObject_Repr(key);
    Py_ssize_t length = 0;
    const char *bytes = name == NULL ? NULL : ascii_of(name, &length);
    bool done = bytes != NULL && length <= LONGEST_KEY && put_item(text, bytes, length, value, owner) &&
                note_place(places, name, place);
    Py_DECREF(name);
    return finished(text, done);
}

/* Say whether a key of this kind may have the text of a str or an int. Then rows get their names in the order in which
   they are shown, and what follows is left to Python. */
static bool
has_any_text(PyObject *key)
{
    PyTypeObject *type = Py_TYPE(key);
    return !is_number(key) && type != &PyUnicode_Type && type != &PyTuple_Type && type != &PyBytes_Type;
}

static PyObject *
rows_of_dict(PyObject *module, PyObject *args)
{
    PyObject *pairs, *given, *places;
    Py_ssize_t start;
    Owner owner;
    if (!PyArg_ParseTuple(args, "O!nOO!:dict_rows", &PyList_Type, &pairs, &start, &given, &PyDict_Type, &places) ||
        !take_owner(given, &owner)) {
        return NULL;
    }
    Text text = {0};
    Py_ssize_t count = PyList_Size(pairs);
    PyObject *rows = new_rows(count);
    for (Py_ssize_t index = 0; rows != NULL && index < count; index++) {
        PyObject *pair = PyList_GetItem(pairs, index);
        PyObject *key = pair == NULL ? NULL : PyTuple_GetItem(pair, 0);
        PyObject *value = key == NULL ? NULL : PyTuple_GetItem(pair, 1);
        if (value != NULL && has_any_text(key)) {
            break;
        }
        PyObject *row = value == NULL ? NULL : dict_row(&text, key, value, start + index, &owner, places);
        if (!set_row(rows, index, row)) {
            Py_CLEAR(rows);
        }
    }
    PyMem_Free(text.data);
    return rows;
}

/* -- pairs_of(dict, start, stop) -> [(key, value)] ------------------------------------------------------------------ */

static PyObject *
pairs_of_dict(PyObject *module, PyObject *args)
{
    PyObject *dict, *key, *value;
    Py_ssize_t start, stop, position = 0, place = 0;
    if (!PyArg_ParseTuple(args, "O!nn:pairs_of", &PyDict_Type, &dict, &start, &stop)) {
        return NULL;
    }
    Py_ssize_t count = stop > start ? stop - start : 0;
    /* Making a tuple may start the collector, and what it runs may change the dict: so all of them are taken first. */
    PyObject **found = PyMem_Calloc((size_t)count + 1, 2 * sizeof(PyObject *));
    PyObject *pairs = found == NULL ? PyErr_NoMemory() : NULL;
    Py_ssize_t taken = 0;
    while (found != NULL && taken < count && PyDict_Next(dict, &position, &key, &value)) {
        if (place++ >= start) {
            Py_INCREF(key);
            Py_INCREF(value);
            found[2 * taken] = key;
            found[2 * taken + 1] = value;
            taken++;
        }
    }
    if (found != NULL) {
        pairs = PyList_New(taken);
    }
    for (Py_ssize_t index = 0; index < taken; index++) {
        PyObject *pair = pairs == NULL ? NULL : PyTuple_Pack(2, found[2 * index], found[2 * index + 1]);
        if (pair == NULL || PyList_SetItem(pairs, index, pair) != 0) {
            Py_CLEAR(pairs);
        }
    }
    for (Py_ssize_t index = 0; index < 2 * taken; index++) {
        Py_DECREF(found[index]);
    }
    PyMem_Free(found);
    return pairs;
}

/* -- attribute_rows(attributes, owner, keywords) -> {name: row | None} --------------------------------------------- */

static bool
is_name(const char *bytes, Py_ssize_t length)
{
    for (Py_ssize_t index = 0; index < length; index++) {
        char one = bytes[index];
        bool is_letter = (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || one == '_';
        if (!is_letter && !(index > 0 && one >= '0' && one <= '9')) {
            return false;
        }
    }
    return length > 0;
}

/* The row of an attribute whose name is a public one, and no keyword. */
static PyObject *
attribute_row(Text *text, PyObject *name, PyObject *value, const Owner *owner, PyObject *keywords)
{
    if (!is_number(value) || !Py_IS_TYPE(name, &PyUnicode_Type)) {
        return new_none();
    }
    text->length = 0;
    PyObject *own = PyObject_Repr(name); /* 'name': of a name, no more than that in quotation marks */
    Py_ssize_t length = 0;
    const char *bytes = own == NULL ? NULL : ascii_of(own, &length);
    bool done = bytes != NULL && length > 2 && bytes[1] != '_' && is_name(bytes + 1, length - 2) &&
                PySet_Contains(keywords, name) == 0 && PUT(text, "{\"name\":\"") && put(text, bytes + 1, length - 2) &&
                PUT(text, "\",\"value\":\"") && put_value(text, value);
    if (done && owner->bytes != NULL) {
        done = begin_expression(text, owner) && PUT(text, ".") && put(text, bytes + 1, length - 2) && PUT(text, "\"");
    }
    Py_DECREF(own);
    return finished(text, done && end_row(text));
}

static PyObject *
rows_of_attributes(PyObject *module, PyObject *args)
{
    PyObject *attributes, *given, *keywords, *name, *value;
    Owner owner;
    if (!PyArg_ParseTuple(args, "O!OO!:attribute_rows", &PyDict_Type, &attributes, &given, &PyFrozenSet_Type,
                          &keywords) ||
        !take_owner(given, &owner)) {
        return NULL;
    }
    Text text = {0};
    Py_ssize_t position = 0;
    PyObject *rows = PyDict_New();
    while (rows != NULL && PyDict_Next(attributes, &position, &name, &value)) {
        PyObject *row = attribute_row(&text, name, value, &owner, keywords);
        if (row == NULL || PyDict_SetItem(rows, name, row) != 0) {
            Py_CLEAR(rows);
        }
        Py_DECREF(row);
    }
    PyMem_Free(text.data);
    return rows;
}

static PyMethodDef methods[] = {
    {"list_rows", rows_of_list, METH_VARARGS, PyDoc_STR("list_rows(items, start, owner) -> [row | None]")},
    {"dict_rows", rows_of_dict, METH_VARARGS, PyDoc_STR("dict_rows(pairs, start, owner, places) -> [row | None]")},
    {"pairs_of", pairs_of_dict, METH_VARARGS, PyDoc_STR("pairs_of(dict, start, stop) -> [(key, value)]")},
    {"attribute_rows", rows_of_attributes, METH_VARARGS,
     PyDoc_STR("attribute_rows(attributes, owner, keywords) -> {name: row | None}")},
    {NULL},
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "heapsight._native.rows",
    .m_doc = module_doc,
    .m_size = 0,
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit_rows(void)
{
    return PyModuleDef_Init(&definition);
}
