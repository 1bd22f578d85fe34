/* Sums over lists of nodes. */

#include "passes.h"

static const char no_node[] = "a node is referred to that is not there";

/* -- weigh: the shallow sizes of a list of nodes ------------------------------------------------------------------ */

static const char *
weigh(const Columns *columns, size_t *count)
{
    const uint32_t *list = columns->views[0].buf, *size = columns->views[1].buf, *large = columns->views[2].buf;
    const uint64_t *large_size = columns->views[3].buf;
    size_t length = column_length(columns, 0), nodes = column_length(columns, 1), larges = column_length(columns, 2);
    if (column_length(columns, 3) != larges || column_length(columns, 4) != 1) {
        return unequal;
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        if (list[i] >= nodes) {
            return no_node;
        }
        if (size[list[i]] != NONE) {
            sum += size[list[i]];
            continue;
        }
        size_t low = 0, high = larges; /* the first row that is not before the node */
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (large[middle] < list[i]) {
                low = middle + 1;
            }
            else {
                high = middle;
            }
        }
        sum += low < larges && large[low] == list[i] ? large_size[low] : 0;
    }
    *(uint64_t *)columns->views[4].buf = sum;
    *count = length;
    return NULL;
}

PyObject *
pass_weigh(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"list", 4, false}, {"size", 4, false}, {"large.node", 4, false},
                                    {"large.size", 8, false}, {"sum", 8, true}};
    return run_pass(arguments, wanted, 5, weigh);
}

/* -- sum_by: number, sum and greatest of a list's values, by group ------------------------------------------------ */

static const char *
sum_by(const Columns *columns, size_t *count)
{
    const uint32_t *list = columns->views[0].buf, *group = columns->views[1].buf;
    const Py_buffer *values = &columns->views[2];
    uint64_t *counts = columns->views[3].buf, *sums = columns->views[4].buf, *most = columns->views[5].buf;
    size_t length = column_length(columns, 0), nodes = column_length(columns, 1);
    size_t groups = column_length(columns, 3);
    if (column_length(columns, 2) < nodes || column_length(columns, 4) != groups ||
        column_length(columns, 5) != groups) {
        return unequal;
    }
    for (size_t i = 0; i < length; i++) {
        if (is_cancelled(columns, i)) {
            return cancelled;
        }
        if (list[i] >= nodes) {
            return no_node;
        }
        uint32_t g = group[list[i]];
        if (g < groups) {
            uint64_t value = column_number(values, list[i]);
            counts[g]++;
            sums[g] += value;
            most[g] = value > most[g] ? value : most[g];
        }
    }
    *count = groups;
    return NULL;
}

PyObject *
pass_sum_by(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"list", 4, false},  {"group", 4, false}, {"values", ANY_WIDTH, false},
                                    {"counts", 8, true}, {"sums", 8, true},   {"most", 8, true}};
    return run_pass(arguments, wanted, 6, sum_by);
}

/* -- children: what a node of the dominator tree dominates immediately -------------------------------------------- */

static const char *
children(const Columns *columns, size_t *found)
{
    const uint32_t *tree = columns->views[0].buf, *count = columns->views[1].buf, *range = columns->views[2].buf;
    uint32_t *list = columns->views[3].buf;
    size_t nodes = column_length(columns, 0), room = column_length(columns, 3), next = 0;
    if (column_length(columns, 1) != nodes + 1 || column_length(columns, 2) != 2) {
        return unequal;
    }
    size_t end = range[1] < nodes ? range[1] : nodes;
    for (size_t place = range[0]; place < end; place += count[list[next++]]) {
        if (is_cancelled(columns, next)) {
            return cancelled;
        }
        if (tree[place] >= nodes || count[tree[place]] == 0) {
            return "the dominator tree has a node that is not there";
        }
        if (next == room) {
            return unequal;
        }
        list[next] = tree[place];
    }
    *found = next;
    return NULL;
}

PyObject *
pass_children(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"tree", 4, false}, {"count", 4, false}, {"range", 4, false}, {"list", 4, true}};
    return run_pass(arguments, wanted, 4, children);
}
