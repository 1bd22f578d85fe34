/* The trace function, and which code runs without it. */

#ifndef HEAPSIGHT_TRACING_H
#define HEAPSIGHT_TRACING_H

#include "interpreter.h"

extern PyMethodDef tracing_methods[];

/* Make what the trace function needs; false with an exception set. */
bool prepare_tracing(void);

#endif
