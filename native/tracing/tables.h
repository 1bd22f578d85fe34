/* Two kinds of objects by which the trace function decides without entering Python. */

#ifndef HEAPSIGHT_TABLES_H
#define HEAPSIGHT_TABLES_H

#include "interpreter.h"

/* What a table knows about a code object. */
typedef enum { UNKNOWN, DULL, INTERESTING } Verdict;

/* A table of code objects. Only its number is here: each code object holds the number of the last table that it was put
   into, so that nothing keeps it alive and nothing has to be taken out when it dies. */
typedef struct {
    PyObject_HEAD
    uintptr_t number; /* even */
    PyObject *traces; /* a list of the local trace functions that code objects point at, or NULL */
} CodeTable;

/* A local trace function: `otherwise` is called for the lines named, and for everything once `table` is not in use. */
typedef struct {
    PyObject_HEAD
    PyObject *otherwise;
    uintptr_t table;
    int first;
    int count;
    unsigned char *bits; /* one for each line from `first` on */
} LineTrace;

/* The number of the table in use; 0: none. Whoever sets it keeps the table alive meanwhile. */
extern uintptr_t table_in_use;

/* Made once, never given back. */
extern PyTypeObject *code_table_type;
extern PyTypeObject *line_trace_type;

/* What the table in use knows about `code`. */
Verdict verdict_on(PyObject *code);

/* The local trace function of `code`, which the table in use calls interesting; borrowed, NULL: none is known. */
PyObject *trace_for(PyObject *code);

bool has_line(const LineTrace *trace, int line);

/* Add both types to the module; false with an exception set. */
bool add_table_types(PyObject *module);

#endif
