/* Exceptions about which there is nothing to decide, told without entering Python. */

#ifndef HEAPSIGHT_EXCEPTIONS_H
#define HEAPSIGHT_EXCEPTIONS_H

#include "tables.h"

/* Whether nobody wants to know of an 'exception' event in `frame`, whose local trace function is `trace`. `argument` is
   what the event tells. */
bool is_dull_exception(PyFrameObject *frame, const LineTrace *trace, PyObject *argument);

extern PyMethodDef exception_methods[];

#endif
