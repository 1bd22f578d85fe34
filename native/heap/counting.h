/* References taken and let go of by the interpreter's own functions.

   The headers are those of 3.11, which has no immortal objects: there Py_DECREF takes one off whatever it is given. From
   3.12 on a new reference to a small number or to None adds nothing to its count, so that each one let go of by that
   would leave the count one lower, for good: a snapshot has a million sizes. */

#ifndef HEAPSIGHT_COUNTING_H
#define HEAPSIGHT_COUNTING_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#undef Py_INCREF
#undef Py_DECREF
#undef Py_XINCREF
#undef Py_XDECREF
#undef Py_NewRef
#undef Py_XNewRef
#undef Py_CLEAR

/* These allow NULL, all of them. */
#define Py_INCREF(object) Py_IncRef((PyObject *)(object))
#define Py_DECREF(object) Py_DecRef((PyObject *)(object))
#define Py_XINCREF(object) Py_IncRef((PyObject *)(object))
#define Py_XDECREF(object) Py_DecRef((PyObject *)(object))
#define Py_CLEAR(object)                                                                                             \
    do {                                                                                                             \
        PyObject *cleared_ = (PyObject *)(object);                                                                   \
        (object) = NULL;                                                                                             \
        Py_DecRef(cleared_);                                                                                         \
    } while (0)

#endif
