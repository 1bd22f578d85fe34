/* Filters over rows: marks (bytes, 1 where something is so), and lists of the rows that have them. */

#include "passes.h"

#include <string.h>

static const char no_row[] = "a row is referred to that is not there";

static const uint64_t *
bounds_of(const Columns *columns, int index)
{
    return column_length(columns, index) == 2 ? columns->views[index].buf : NULL;
}

/* -- within: marks rows whose number lies between two ------------------------------------------------------------- */

static const char *
within(const Columns *columns, size_t *count)
{
    const Py_buffer *numbers = &columns->views[0];
    const uint64_t *bounds = bounds_of(columns, 1);
    uint8_t *marks = columns->views[2].buf;
    size_t rows = column_length(columns, 0), found = 0;
    if (bounds == NULL || column_length(columns, 2) != rows) {
        return unequal;
    }
    uint64_t low = bounds[0], width = bounds[1] - low;
    bool some = bounds[1] >= low;
    for (size_t i = 0; i < rows; i++) {
        if (is_cancelled(columns, i)) {
            return cancelled;
        }
        marks[i] = some && column_number(numbers, i) - low <= width;
        found += marks[i];
    }
    *count = found;
    return NULL;
}

PyObject *
pass_within(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"numbers", ANY_WIDTH, false}, {"bounds", 8, false}, {"marks", 1, true}};
    return run_pass(arguments, wanted, 3, within);
}

/* -- at_most: marks rows whose number is not above another one ---------------------------------------------------- */

static const char *
at_most(const Columns *columns, size_t *count)
{
    const uint32_t *one = columns->views[0].buf, *other = columns->views[1].buf;
    uint8_t *marks = columns->views[2].buf;
    size_t rows = column_length(columns, 0), found = 0;
    if (column_length(columns, 1) != rows || column_length(columns, 2) != rows) {
        return unequal;
    }
    for (size_t i = 0; i < rows; i++) {
        marks[i] = one[i] <= other[i];
        found += marks[i];
    }
    *count = found;
    return NULL;
}

PyObject *
pass_at_most(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"one", 4, false}, {"other", 4, false}, {"marks", 1, true}};
    return run_pass(arguments, wanted, 3, at_most);
}

/* -- inherit: marks what hangs on a marked node of a tree, and the node itself -------------------------------------- */

enum { OPEN, BELOW, ELSEWHERE };

/* The nearest node from `node` up that is decided, or NONE; nobody has more ancestors than there are nodes. */
static uint32_t
decided_above(const uint32_t *parent, const uint8_t *marks, uint32_t node, size_t nodes)
{
    for (size_t steps = 0; node < nodes && steps <= nodes; steps++) {
        if (marks[node] != OPEN) {
            return node;
        }
        node = parent[node];
    }
    return NONE;
}

static const char *
inherit(const Columns *columns, size_t *count)
{
    const uint32_t *parent = columns->views[0].buf;
    uint8_t *marks = columns->views[1].buf;
    size_t nodes = column_length(columns, 0), found = 0;
    if (column_length(columns, 1) != nodes) {
        return unequal;
    }
    for (size_t v = 0; v < nodes; v++) {
        marks[v] = marks[v] != 0 ? BELOW : OPEN;
    }
    for (size_t v = 0; v < nodes; v++) {
        if (is_cancelled(columns, v)) {
            return cancelled;
        }
        uint32_t top = decided_above(parent, marks, (uint32_t)v, nodes);
        uint8_t mark = top == NONE ? ELSEWHERE : marks[top];
        for (uint32_t up = (uint32_t)v; up < nodes && marks[up] == OPEN; up = parent[up]) {
            marks[up] = mark;
        }
    }
    for (size_t v = 0; v < nodes; v++) {
        marks[v] = marks[v] == BELOW;
        found += marks[v];
    }
    *count = found;
    return NULL;
}

PyObject *
pass_inherit(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"parent", 4, false}, {"marks", 1, true}};
    return run_pass(arguments, wanted, 2, inherit);
}

/* -- gather and scatter ------------------------------------------------------------------------------------------- */

/* Copy table[rows[i]] to found[i], or values[i] to target[rows[i]]. */
static const char *
move(const Columns *columns, size_t *count, bool is_gather)
{
    const Py_buffer *from = &columns->views[0], *to = &columns->views[2];
    const uint32_t *rows = columns->views[1].buf;
    size_t length = column_length(columns, 1), limit = column_length(columns, is_gather ? 0 : 2);
    if (from->itemsize != to->itemsize || column_length(columns, is_gather ? 2 : 0) != length) {
        return unequal;
    }
    for (size_t i = 0; i < length; i++) {
        if (is_cancelled(columns, i)) {
            return cancelled;
        }
        if (rows[i] >= limit) {
            if (!is_gather || rows[i] != NONE) {
                return no_row;
            }
            memset((char *)to->buf + i * (size_t)to->itemsize, 0, (size_t)to->itemsize);
            continue;
        }
        size_t at = is_gather ? rows[i] : i, into = is_gather ? i : rows[i];
        switch (from->itemsize) {
        case 1:
            ((uint8_t *)to->buf)[into] = ((uint8_t *)from->buf)[at];
            break;
        case 4:
            ((uint32_t *)to->buf)[into] = ((uint32_t *)from->buf)[at];
            break;
        default:
            ((uint64_t *)to->buf)[into] = ((uint64_t *)from->buf)[at];
        }
    }
    *count = length;
    return NULL;
}

static const char *
gather(const Columns *columns, size_t *count)
{
    return move(columns, count, true);
}

static const char *
scatter(const Columns *columns, size_t *count)
{
    return move(columns, count, false);
}

PyObject *
pass_gather(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"table", ANY_WIDTH, false}, {"rows", 4, false}, {"found", ANY_WIDTH, true}};
    return run_pass(arguments, wanted, 3, gather);
}

PyObject *
pass_scatter(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"values", ANY_WIDTH, false}, {"rows", 4, false}, {"target", ANY_WIDTH, true}};
    return run_pass(arguments, wanted, 3, scatter);
}

/* -- select and pick: lists of rows ------------------------------------------------------------------------------- */

static const char *
select_rows(const Columns *columns, size_t *count)
{
    const uint8_t *marks = columns->views[0].buf;
    uint32_t *found = columns->views[1].buf;
    size_t rows = column_length(columns, 0), room = column_length(columns, 1), next = 0;
    for (size_t i = 0; i < rows; i++) {
        if (marks[i] != 0) {
            if (next == room) {
                return unequal;
            }
            found[next++] = (uint32_t)i;
        }
    }
    *count = next;
    return NULL;
}

PyObject *
pass_select(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"marks", 1, false}, {"found", 4, true}};
    return run_pass(arguments, wanted, 2, select_rows);
}

static const char *
pick(const Columns *columns, size_t *count)
{
    const uint32_t *rows = columns->views[0].buf;
    const Py_buffer *numbers = &columns->views[1];
    const uint64_t *bounds = bounds_of(columns, 2);
    uint32_t *found = columns->views[3].buf;
    size_t length = column_length(columns, 0), limit = column_length(columns, 1), next = 0;
    if (bounds == NULL || column_length(columns, 3) != length) {
        return unequal;
    }
    uint64_t low = bounds[0], width = bounds[1] - low;
    bool some = bounds[1] >= low;
    for (size_t i = 0; i < length; i++) {
        if (is_cancelled(columns, i)) {
            return cancelled;
        }
        if (rows[i] >= limit) {
            return no_row;
        }
        if (some && column_number(numbers, rows[i]) - low <= width) {
            found[next++] = rows[i];
        }
    }
    *count = next;
    return NULL;
}

PyObject *
pass_pick(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {
        {"rows", 4, false}, {"numbers", ANY_WIDTH, false}, {"bounds", 8, false}, {"found", 4, true}};
    return run_pass(arguments, wanted, 4, pick);
}
