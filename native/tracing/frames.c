#include "frames.h"

static PyTypeObject *frame_type;

void
learn_frames(PyObject *frame)
{
    frame_type = Py_TYPE(frame);
}

static PyObject *
tracing_variable(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    if (count != 2 || Py_TYPE(arguments[0]) != frame_type) {
        PyErr_SetString(PyExc_TypeError, "a frame and a number are needed");
        return NULL;
    }
    Py_ssize_t index = PyLong_AsSsize_t(arguments[1]);
    if (index < 0) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_IndexError, "there is no such word");
        }
        return NULL;
    }
    PyObject *value = words_of(arguments[0])[index];
    if (value == NULL) {
        PyErr_SetNone(PyExc_ValueError);
        return NULL;
    }
    Py_INCREF(value);
    return value;
}

PyDoc_STRVAR(variable_doc,
             "variable(frame, index, /)\n--\n\n"
             "Return the object in word `index` of a frame, which has to be a place of one of its code's variables.\n"
             "Raises ValueError where it is not bound.");

PyMethodDef frame_methods[] = {
    {"variable", (PyCFunction)(void (*)(void))tracing_variable, METH_FASTCALL, variable_doc},
    {NULL, NULL, 0, NULL},
};
