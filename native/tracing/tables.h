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

/* Whose code it is; without an owner, exceptions in it are nothing to anybody. */
typedef enum { OWNER_NONE, OWNER_LIBRARY, OWNER_USER } Owner;

/* A set of small numbers that lie together. */
typedef struct {
    int first;
    int count;
    unsigned char *bits; /* one for each number from `first` on; NULL: none */
} Numbers;

/* A word of the interpreter's frame, and an address in it that is not dull. */
typedef struct {
    int word;
    uintptr_t address;
} Argument;

/* A local trace function: `otherwise` is called for the lines named, with an owner for exceptions that are not dull, for
   those of the instructions at `offsets` that are not (`sites.h`), and for everything once `table` is not in use. With
   `arguments`, a frame with none of these is dull altogether. */
typedef struct {
    PyObject_HEAD
    PyObject *otherwise;
    uintptr_t table;
    Numbers lines;
    Numbers opcode_lines; /* where the instructions at `offsets` are */
    Numbers offsets;
    Owner owner;
    bool returns; /* whether `otherwise` is called for returns, too */
    int argument_count;
    Argument *arguments;
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

/* Whether the arguments of a call say that nothing in its frame, `words`, is of interest to `function`. */
static inline bool
is_dull_call(const LineTrace *function, void *const *words)
{
    for (int index = 0; index < function->argument_count; index++) {
        if ((uintptr_t)words[function->arguments[index].word] == function->arguments[index].address) {
            return false;
        }
    }
    return function->argument_count > 0;
}

bool has_number(const Numbers *numbers, int number);

/* Add both types to the module; false with an exception set. */
bool add_table_types(PyObject *module);

#endif
