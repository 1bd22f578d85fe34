/* Most exceptions are handled where nobody has asked for them, and each is an event in every frame that it comes through:
   of a type that is not asked for, in a library, or on its way from user code to user code. */

#include "exceptions.h"

#include "frames.h"

/* What is asked for: containers of the addresses of types that do not matter, NULL where no filter is in force at all. */
static PyObject *dull_raises;
static PyObject *dull_unwinds;
/* A dict: while there is anything in it, somebody waits for the next event. */
static PyObject *pending;

/* Whether `type` is in `container`; false where that cannot be known. */
static bool
has_type(PyObject *container, PyTypeObject *type)
{
    if (PyDict_Size(container) == 0) {
        return false;
    }
    PyObject *address = PyLong_FromVoidPtr(type);
    int found = address == NULL ? -1 : PyDict_Contains(container, address);
    Py_XDECREF(address);
    if (found < 0) {
        PyErr_Clear();
    }
    return found > 0;
}

/* Whether what calls `frame` is known to be the user's code. */
static bool
is_called_by_user(PyFrameObject *frame)
{
    PyFrameObject *caller = interpreter.caller(frame);
    if (caller == NULL) {
        return false;
    }
    PyObject *code = code_of(caller);
    PyObject *known = verdict_on(code) == INTERESTING ? trace_for(code) : NULL;
    bool is_user = known != NULL && Py_TYPE(known) == line_trace_type && ((LineTrace *)known)->owner == OWNER_USER;
    Py_DECREF(caller);
    return is_user;
}

bool
is_dull_exception(PyFrameObject *frame, const LineTrace *trace, PyObject *argument)
{
    if (pending != NULL && PyDict_Size(pending) > 0) {
        return false;
    }
    if (trace->owner == OWNER_LIBRARY) {
        return true;
    }
    if (argument == NULL || !PyTuple_Check(argument) || PyTuple_Size(argument) < 2) {
        return false;
    }
    PyTypeObject *type = Py_TYPE(PyTuple_GetItem(argument, 1));
    if (dull_raises != NULL && !has_type(dull_raises, type)) {
        return false;
    }
    return dull_unwinds == NULL || is_called_by_user(frame) || has_type(dull_unwinds, type);
}

static PyObject *
tracing_judge(PyObject *module, PyObject *arguments)
{
    PyObject *raises, *unwinds, *in_the_middle;
    if (!PyArg_ParseTuple(arguments, "OOO!:judge", &raises, &unwinds, &PyDict_Type, &in_the_middle)) {
        return NULL;
    }
    if ((raises != Py_None && !PyDict_Check(raises)) || (unwinds != Py_None && !PyDict_Check(unwinds))) {
        PyErr_SetString(PyExc_TypeError, "dicts by the addresses of types are needed");
        return NULL;
    }
    PyObject *old[] = {dull_raises, dull_unwinds, pending};
    dull_raises = raises == Py_None ? NULL : raises;
    dull_unwinds = unwinds == Py_None ? NULL : unwinds;
    pending = in_the_middle;
    Py_XINCREF(dull_raises);
    Py_XINCREF(dull_unwinds);
    Py_INCREF(pending);
    for (int index = 0; index < 3; index++) {
        Py_XDECREF(old[index]);
    }
    return new_none();
}

PyDoc_STRVAR(judge_doc,
             "judge(raises, unwinds, pending, /)\n--\n\n"
             "Set which exceptions are dull to a `LineTrace` with an owner: dicts by the addresses of types that no\n"
             "filter for raising and none for leaving user code can want, None where there is no such filter. While\n"
             "there is anything in the dict `pending`, none is dull.");

PyMethodDef exception_methods[] = {
    {"judge", tracing_judge, METH_VARARGS, judge_doc},
    {NULL, NULL, 0, NULL},
};
