/* Which code runs without telling events; 3.11. Elsewhere `set_suppresses` does nothing, and the rest has no use. */

#ifndef HEAPSIGHT_EVALUATION_H
#define HEAPSIGHT_EVALUATION_H

#include "interpreter.h"

/* Say which trace function is ours: threads that have another are left alone. Before all else. */
void learn_trace_function(TraceFunction function);

/* Have `function` called with code that the table in use does not know; NULL: nobody is asked. */
void set_classify(PyObject *function);

/* Set whether dull code runs in loops that tell nothing. */
void set_suppresses(bool on);

/* Have the loops of all threads that are ours tell what they should by the table in use. */
void refresh_threads(void);

#endif
