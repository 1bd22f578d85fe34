/* Columns: arrays of numbers that Python code owns, seen through the buffer protocol. */

#ifndef HEAPSIGHT_COLUMNS_H
#define HEAPSIGHT_COLUMNS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>

#define NONE UINT32_MAX
enum { MOST_COLUMNS = 16, ANY_WIDTH = 0 };

/* How a graph's nodes are reached; `reach` has one of these for each. 0: not yet. */
enum { REACHED_BY_PROGRAM = 1, REACHED_BY_OWN = 2, REACHED_BY_NATIVE = 3, REACHED_BY_NOTHING = 4 };

typedef struct {
    const char *name;
    int width;    /* bytes of a number; ANY_WIDTH: 1, 4 or 8 */
    bool written; /* by the pass */
} Column;

typedef struct {
    Py_buffer views[MOST_COLUMNS + 1];
    int count;
    const volatile uint8_t *cancel; /* a byte that another thread sets when nobody wants the answer any more */
} Columns;

/* Get the buffers of a pass's arguments; behind the wanted ones may stand one byte, `cancel`. False, with an exception,
   where one is no contiguous buffer of such numbers. */
bool columns_open(Columns *columns, PyObject *arguments, const Column *wanted, int count);
void columns_close(Columns *columns);
size_t column_length(const Columns *columns, int index);

/* A number of a column of any width. */
static inline uint64_t
column_number(const Py_buffer *view, size_t row)
{
    return view->itemsize == 4   ? ((const uint32_t *)view->buf)[row]
           : view->itemsize == 8 ? ((const uint64_t *)view->buf)[row]
                                 : ((const uint8_t *)view->buf)[row];
}

/* Whether a loop that is in its round `round` should look, and has been cancelled. */
static inline bool
is_cancelled(const Columns *columns, size_t round)
{
    return (round & 0xFFFF) == 0 && *columns->cancel != 0;
}

/* Set ValueError and return false unless a column has that many numbers. */
bool column_has(const Columns *columns, const Column *wanted, int index, size_t length);

/* A graph in CSR form. */
typedef struct {
    const uint32_t *start;
    const uint32_t *to;
    uint32_t nodes;
    uint32_t edges;
} Graph;

/* Check columns `index` (start) and `index + 1` (to): what is wrong with them, or NULL. Needs no GIL. */
const char *graph_open(Graph *graph, const Columns *columns, int index);

/* Whether all numbers are less than a limit. */
bool all_below(const uint32_t *numbers, size_t count, uint32_t limit);

/* Return a number, or raise: what a pass found wrong, that memory ran out, or that it was cancelled. */
extern const char out_of_memory[], cancelled[], unequal[];
PyObject *result(const char *wrong, size_t value);

/* Run a pass that checks its columns itself, without the GIL: what is wrong, or NULL and a number. */
typedef const char *(*Pass)(const Columns *columns, size_t *value);
PyObject *run_pass(PyObject *arguments, const Column *wanted, int count, Pass pass);

/* Tell the processor what will soon be read. */
#if defined(__GNUC__)
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) ((void)(address))
#endif

#endif
