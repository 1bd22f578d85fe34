/* Passes over all edges or numbers, in their order. */

#include "passes.h"

#include <stdlib.h>
#include <string.h>

PyObject *
pass_largest(PyObject *module, PyObject *arguments)
{
    Py_buffer view;
    PyObject *numbers;
    if (!PyArg_ParseTuple(arguments, "O:largest", &numbers) ||
        PyObject_GetBuffer(numbers, &view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) < 0) {
        return NULL;
    }
    size_t count = (size_t)view.len / (size_t)view.itemsize, width = (size_t)view.itemsize;
    uint64_t largest = 0;
    bool known = (width == 1 || width == 4 || width == 8) && (count == 0 || (uintptr_t)view.buf % width == 0);
    Py_BEGIN_ALLOW_THREADS
    for (size_t i = 0; known && i < count; i++) {
        uint64_t number = width == 1   ? ((uint8_t *)view.buf)[i]
                          : width == 4 ? ((uint32_t *)view.buf)[i]
                                       : ((uint64_t *)view.buf)[i];
        largest = number > largest ? number : largest;
    }
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&view);
    if (!known) {
        PyErr_SetString(PyExc_TypeError, "numbers of 1, 4 or 8 bytes are needed");
        return NULL;
    }
    return PyLong_FromUnsignedLongLong(largest);
}

/* -- reverse ------------------------------------------------------------------------------------------------------ */

enum { AHEAD = 24 };

static const char *
turn_round(const Columns *columns, const Graph *graph, uint32_t *start, uint32_t *from)
{
    uint32_t nodes = graph->nodes;
    memset(start, 0, ((size_t)nodes + 1) * sizeof *start);
    for (uint32_t e = 0; e < graph->edges; e++) {
        if (is_cancelled(columns, e)) {
            return cancelled;
        }
        if (graph->edges - e > AHEAD) {
            PREFETCH(&start[graph->to[e + AHEAD]]);
        }
        start[graph->to[e]]++;
    }
    uint32_t sum = 0;
    for (uint32_t v = 0; v <= nodes; v++) { /* start[v]: where the row of v ends */
        sum += start[v];
        start[v] = sum;
    }
    /* From the last node to the first, so that each row ascends when it has been filled from its end. */
    for (uint32_t v = nodes; v-- > 0;) {
        if (is_cancelled(columns, v)) {
            return cancelled;
        }
        for (uint32_t e = graph->start[v + 1]; e-- > graph->start[v];) {
            if (e >= AHEAD) {
                PREFETCH(&start[graph->to[e - AHEAD]]);
                PREFETCH(&from[start[graph->to[e - AHEAD / 2]] - 1]);
            }
            from[--start[graph->to[e]]] = v;
        }
    }
    return NULL;
}

PyObject *
pass_reverse(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {
        {"start", 4, false}, {"to", 4, false}, {"reverse start", 4, true}, {"from", 4, true}};
    Columns columns;
    if (!columns_open(&columns, arguments, wanted, 4)) {
        return NULL;
    }
    PyObject *answer = NULL;
    if (column_has(&columns, wanted, 2, column_length(&columns, 0)) &&
        column_has(&columns, wanted, 3, column_length(&columns, 1))) {
        const char *wrong;
        Graph graph;
        Py_BEGIN_ALLOW_THREADS
        wrong = graph_open(&graph, &columns, 0);
        if (wrong == NULL) {
            wrong = turn_round(&columns, &graph, columns.views[2].buf, columns.views[3].buf);
        }
        Py_END_ALLOW_THREADS
        answer = result(wrong, column_length(&columns, 1));
    }
    columns_close(&columns);
    return answer;
}

/* -- native counts ------------------------------------------------------------------------------------------------ */

static const char *
count_natives(const Columns *columns, size_t *held)
{
    const uint32_t *refcount = columns->views[0].buf, *start = columns->views[1].buf, *roots = columns->views[2].buf;
    const uint8_t *flags = columns->views[3].buf;
    uint32_t *counts = columns->views[4].buf, *list = columns->views[5].buf;
    size_t nodes = column_length(columns, 0), root_count = column_length(columns, 2), found = 0;
    memset(counts, 0, nodes * sizeof *counts);
    for (size_t i = 0; i < root_count; i++) {
        if (roots[i] >= nodes) {
            return "a root is a node that is not there";
        }
        counts[roots[i]]++;
    }
    for (size_t v = 0; v < nodes; v++) {
        uint64_t known = (uint64_t)counts[v] + (start[v + 1] - start[v]);
        bool counted = refcount[v] != NONE && !(flags[v] & 2); /* neither immortal nor a pseudo node */
        counts[v] = counted && refcount[v] > known ? (uint32_t)(refcount[v] - known) : 0;
        if (counts[v] > 0) {
            list[found++] = (uint32_t)v;
        }
    }
    *held = found;
    return NULL;
}

PyObject *
pass_native_counts(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"refcount", 4, false}, {"reverse start", 4, false}, {"roots", 4, false},
                                    {"flags", 1, false},    {"counts", 4, true},         {"held", 4, true}};
    Columns columns;
    if (!columns_open(&columns, arguments, wanted, 6)) {
        return NULL;
    }
    PyObject *answer = NULL;
    size_t nodes = column_length(&columns, 0), held = 0;
    if (column_has(&columns, wanted, 1, nodes + 1) && column_has(&columns, wanted, 3, nodes) &&
        column_has(&columns, wanted, 4, nodes) && column_has(&columns, wanted, 5, nodes)) {
        const char *wrong;
        Py_BEGIN_ALLOW_THREADS
        wrong = count_natives(&columns, &held);
        Py_END_ALLOW_THREADS
        answer = result(wrong, held);
    }
    columns_close(&columns);
    return answer;
}
