/* Columns: arrays of numbers that Python code owns, seen through the buffer protocol. */

#ifndef HEAPSIGHT_COLUMNS_H
#define HEAPSIGHT_COLUMNS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>

#define NONE UINT32_MAX
enum { MOST_COLUMNS = 16 };

/* How a graph's nodes are reached; `reach` has one of these for each. 0: not yet. */
enum { REACHED_BY_PROGRAM = 1, REACHED_BY_OWN = 2, REACHED_BY_NATIVE = 3, REACHED_BY_NOTHING = 4 };

typedef struct {
    const char *name;
    int width;    /* bytes of a number */
    bool written; /* by the pass */
} Column;

typedef struct {
    Py_buffer views[MOST_COLUMNS];
    int count;
} Columns;

/* Get the buffers of a pass's arguments. False, with an exception, where one is no contiguous buffer of such numbers. */
bool columns_open(Columns *columns, PyObject *arguments, const Column *wanted, int count);
void columns_close(Columns *columns);
size_t column_length(const Columns *columns, int index);

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

/* Return a number, or raise: what a pass found wrong, or that memory ran out (`out_of_memory`). */
extern const char out_of_memory[];
PyObject *result(const char *wrong, size_t value);

#endif
