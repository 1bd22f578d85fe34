#include "columns.h"

#include <string.h>

const char out_of_memory[] = "out of memory";
const char cancelled[] = "cancelled";
const char unequal[] = "columns that belong together have different numbers of rows";
static const uint8_t never = 0;

static bool
fits(const Py_buffer *view, const Column *wanted)
{
    Py_ssize_t width = view->itemsize;
    bool known = wanted->width == ANY_WIDTH ? width == 1 || width == 4 || width == 8 : width == wanted->width;
    /* An empty array may be anywhere. */
    if (known && (view->len == 0 || (uintptr_t)view->buf % (uintptr_t)width == 0)) {
        return true;
    }
    if (wanted->width == ANY_WIDTH) {
        PyErr_Format(PyExc_TypeError, "%s must be an array of numbers of 1, 4 or 8 bytes", wanted->name);
    }
    else {
        PyErr_Format(PyExc_TypeError, "%s must be an array of numbers of %d bytes", wanted->name, wanted->width);
    }
    return false;
}

bool
columns_open(Columns *columns, PyObject *arguments, const Column *wanted, int count)
{
    static const Column cancel = {"cancel", 1, false};
    columns->count = 0;
    columns->cancel = &never;
    Py_ssize_t given = PyTuple_Size(arguments);
    if (given != count && given != count + 1) {
        PyErr_Format(PyExc_TypeError, "%d columns are needed", count);
        return false;
    }
    for (int i = 0; i < given; i++) {
        const Column *one = i < count ? &wanted[i] : &cancel;
        Py_buffer *view = &columns->views[i];
        int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (one->written ? PyBUF_WRITABLE : 0);
        if (PyObject_GetBuffer(PyTuple_GetItem(arguments, i), view, flags) < 0) {
            columns_close(columns);
            return false;
        }
        columns->count++;
        if (!fits(view, one)) {
            columns_close(columns);
            return false;
        }
    }
    if (given > count && columns->views[count].len > 0) {
        columns->cancel = columns->views[count].buf;
    }
    return true;
}

void
columns_close(Columns *columns)
{
    while (columns->count > 0) {
        PyBuffer_Release(&columns->views[--columns->count]);
    }
}

size_t
column_length(const Columns *columns, int index)
{
    return (size_t)(columns->views[index].len / columns->views[index].itemsize);
}

bool
column_has(const Columns *columns, const Column *wanted, int index, size_t length)
{
    if (column_length(columns, index) == length) {
        return true;
    }
    PyErr_Format(PyExc_ValueError, "%s has %zu rows instead of %zu", wanted[index].name, column_length(columns, index),
                 length);
    return false;
}

const char *
graph_open(Graph *graph, const Columns *columns, int index)
{
    size_t starts = column_length(columns, index), edges = column_length(columns, index + 1);
    if (starts == 0 || starts - 1 >= NONE || edges >= NONE) {
        return "a graph has fewer than 4294967295 nodes and edges, and one start more than nodes";
    }
    graph->start = columns->views[index].buf;
    graph->to = columns->views[index + 1].buf;
    graph->nodes = (uint32_t)(starts - 1);
    graph->edges = (uint32_t)edges;
    bool ascending = true;
    for (size_t i = 0; i + 1 < starts; i++) {
        ascending &= graph->start[i] <= graph->start[i + 1];
    }
    if (!ascending || graph->start[0] != 0 || graph->start[starts - 1] != edges) {
        return "the edges' starts do not ascend from 0 to the number of edges";
    }
    return all_below(graph->to, edges, graph->nodes) ? NULL : "an edge leads to a node that is not there";
}

bool
all_below(const uint32_t *numbers, size_t count, uint32_t limit)
{
    bool below = true; /* without a way out, so that the compiler makes vectors of it */
    for (size_t i = 0; i < count; i++) {
        below &= numbers[i] < limit;
    }
    return below;
}

PyObject *
result(const char *wrong, size_t value)
{
    if (wrong == out_of_memory) {
        return PyErr_NoMemory();
    }
    if (wrong == cancelled) {
        PyErr_SetString(PyExc_InterruptedError, cancelled);
        return NULL;
    }
    if (wrong != NULL) {
        PyErr_SetString(PyExc_ValueError, wrong);
        return NULL;
    }
    return PyLong_FromSize_t(value);
}

PyObject *
run_pass(PyObject *arguments, const Column *wanted, int count, Pass pass)
{
    Columns columns;
    if (!columns_open(&columns, arguments, wanted, count)) {
        return NULL;
    }
    const char *wrong;
    size_t value = 0;
    Py_BEGIN_ALLOW_THREADS
    wrong = pass(&columns, &value);
    Py_END_ALLOW_THREADS
    PyObject *answer = result(wrong, value);
    columns_close(&columns);
    return answer;
}
