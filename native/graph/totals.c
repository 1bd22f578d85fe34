/* Sums over the dominator tree. */

#include "passes.h"

#include <stdlib.h>
#include <string.h>

/* -- retained sizes, and the tree in preorder --------------------------------------------------------------------- */

enum { DOMINATOR, ORDER, SIZE, LARGE_NODE, LARGE_SIZE, RETAINED, COUNT, POSITION, TREE, TOTALS_COLUMNS };

static const char *
shallow_sizes(const Columns *columns, size_t nodes, uint64_t *sizes)
{
    const uint32_t *size = columns->views[SIZE].buf, *large = columns->views[LARGE_NODE].buf;
    const uint64_t *large_size = columns->views[LARGE_SIZE].buf;
    size_t next = 0, count = column_length(columns, LARGE_NODE);
    for (size_t v = 0; v < nodes; v++) {
        sizes[v] = size[v];
        if (size[v] == NONE) {
            while (next < count && large[next] < v) {
                next++;
            }
            if (next == count || large[next] != v) {
                return "the size of a large object is missing";
            }
            sizes[v] = large_size[next];
        }
    }
    return NULL;
}

enum { AHEAD = 16 }; /* how many rounds before they are needed nodes are fetched */

static const char *
sum_up(const Columns *columns, size_t nodes)
{
    const uint32_t *dominator = columns->views[DOMINATOR].buf, *order = columns->views[ORDER].buf;
    uint64_t *retained = columns->views[RETAINED].buf;
    uint32_t *count = columns->views[COUNT].buf, *position = columns->views[POSITION].buf;
    uint32_t *tree = columns->views[TREE].buf;
    if (!all_below(dominator, nodes, (uint32_t)nodes + 1) || !all_below(order, nodes, (uint32_t)nodes)) {
        return "a dominator is a node that is not there";
    }
    const char *wrong = shallow_sizes(columns, nodes, retained);
    if (wrong != NULL) {
        return wrong;
    }
    retained[nodes] = 0;
    for (size_t v = 0; v <= nodes; v++) {
        count[v] = 1;
    }
    for (size_t i = nodes; i-- > 0;) { /* who dominates comes before what it dominates */
        if (is_cancelled(columns, i)) {
            return cancelled;
        }
        if (i >= AHEAD) {
            PREFETCH(&dominator[order[i - AHEAD]]);
            PREFETCH(&retained[order[i - AHEAD]]);
            PREFETCH(&count[order[i - AHEAD]]);
        }
        uint32_t v = order[i], up = dominator[v];
        retained[up] += retained[v];
        count[up] += count[v];
    }
    /* Each node takes the next free part of its dominator's range. `next` is kept where its own position will be. */
    uint32_t *next = calloc(nodes + 1, sizeof *next);
    if (next == NULL) {
        return out_of_memory;
    }
    for (size_t i = 0; i < nodes; i++) {
        if (is_cancelled(columns, i)) {
            wrong = cancelled;
            break;
        }
        if (nodes - i > AHEAD) {
            PREFETCH(&dominator[order[i + AHEAD]]);
            PREFETCH(&count[order[i + AHEAD]]);
        }
        uint32_t v = order[i], up = dominator[v], place = next[up];
        next[up] += count[v];
        next[v] = place + 1;
        if (place >= nodes) {
            wrong = "the order of the nodes is not one of the dominator tree";
            break;
        }
        position[v] = place;
        tree[place] = v;
    }
    free(next);
    return wrong;
}

PyObject *
pass_totals(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"dominator", 4, false},  {"order", 4, false},    {"size", 4, false},
                                    {"large.node", 4, false}, {"large.size", 8, false}, {"retained", 8, true},
                                    {"count", 4, true},       {"position", 4, true},  {"tree", 4, true}};
    Columns columns;
    if (!columns_open(&columns, arguments, wanted, TOTALS_COLUMNS)) {
        return NULL;
    }
    PyObject *answer = NULL;
    size_t nodes = column_length(&columns, 0);
    if (nodes < NONE && column_has(&columns, wanted, ORDER, nodes) && column_has(&columns, wanted, SIZE, nodes) &&
        column_has(&columns, wanted, LARGE_SIZE, column_length(&columns, LARGE_NODE)) &&
        column_has(&columns, wanted, RETAINED, nodes + 1) && column_has(&columns, wanted, COUNT, nodes + 1) &&
        column_has(&columns, wanted, POSITION, nodes) && column_has(&columns, wanted, TREE, nodes)) {
        const char *wrong;
        Py_BEGIN_ALLOW_THREADS
        wrong = sum_up(&columns, nodes);
        Py_END_ALLOW_THREADS
        answer = result(wrong, nodes);
    }
    columns_close(&columns);
    return answer;
}

/* -- the heaviest child ------------------------------------------------------------------------------------------- */

PyObject *
pass_heaviest(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"tree", 4, false}, {"count", 4, false}, {"retained", 8, false}, {"range", 4, false}};
    Columns columns;
    if (!columns_open(&columns, arguments, wanted, 4)) {
        return NULL;
    }
    PyObject *answer = NULL;
    size_t nodes = column_length(&columns, 0);
    if (nodes < NONE && column_has(&columns, wanted, 1, nodes + 1) && column_has(&columns, wanted, 2, nodes + 1) &&
        column_has(&columns, wanted, 3, 2)) {
        const uint32_t *tree = columns.views[0].buf, *count = columns.views[1].buf, *range = columns.views[3].buf;
        const uint64_t *retained = columns.views[2].buf;
        size_t end = range[1] < nodes ? range[1] : nodes;
        uint32_t best = NONE;
        const char *wrong = NULL;
        Py_BEGIN_ALLOW_THREADS
        for (size_t place = range[0]; place < end && wrong == NULL;) {
            uint32_t node = tree[place];
            if (node >= nodes || count[node] == 0) {
                wrong = "the dominator tree has a node that is not there";
            }
            else {
                best = best == NONE || retained[node] > retained[best] ? node : best;
                place += count[node];
            }
        }
        Py_END_ALLOW_THREADS
        answer = result(wrong, best);
    }
    columns_close(&columns);
    return answer;
}

/* -- groups of nodes ---------------------------------------------------------------------------------------------- */

enum { GROUP, GROUP_SIZE, GROUP_LARGE_NODE, GROUP_LARGE_SIZE, GROUP_RETAINED, GROUP_COUNT, GROUP_TREE,
       TOTAL_COUNT, TOTAL_SHALLOW, TOTAL_RETAINED, GROUPS_COLUMNS };

static const char *
sum_groups(const Columns *columns, size_t nodes, size_t groups)
{
    const uint32_t *group = columns->views[GROUP].buf, *size = columns->views[GROUP_SIZE].buf;
    const uint32_t *large = columns->views[GROUP_LARGE_NODE].buf, *count = columns->views[GROUP_COUNT].buf;
    const uint32_t *tree = columns->views[GROUP_TREE].buf;
    const uint64_t *large_size = columns->views[GROUP_LARGE_SIZE].buf, *retained = columns->views[GROUP_RETAINED].buf;
    uint64_t *total_count = columns->views[TOTAL_COUNT].buf, *shallow = columns->views[TOTAL_SHALLOW].buf;
    uint64_t *total_retained = columns->views[TOTAL_RETAINED].buf;
    if (!all_below(tree, nodes, (uint32_t)nodes)) {
        return "the dominator tree has a node that is not there";
    }
    uint64_t *until = calloc(groups + 1, sizeof *until); /* where the subtree of a group's topmost node ends */
    if (until == NULL) {
        return out_of_memory;
    }
    const char *wrong = NULL;
    for (size_t i = 0; i < nodes; i++) {
        if (is_cancelled(columns, i)) {
            wrong = cancelled;
            break;
        }
        if (nodes - i > AHEAD) {
            PREFETCH(&group[tree[i + AHEAD]]);
            PREFETCH(&size[tree[i + AHEAD]]);
            PREFETCH(&retained[tree[i + AHEAD]]);
            PREFETCH(&count[tree[i + AHEAD]]);
        }
        uint32_t v = tree[i], g = group[v];
        if (g < groups) {
            total_count[g]++;
            shallow[g] += size[v] == NONE ? 0 : size[v];
            if (i >= until[g]) {
                total_retained[g] += retained[v];
                until[g] = (uint64_t)i + count[v];
            }
        }
    }
    for (size_t i = 0; i < column_length(columns, GROUP_LARGE_NODE); i++) {
        if (large[i] < nodes && size[large[i]] == NONE && group[large[i]] < groups) {
            shallow[group[large[i]]] += large_size[i];
        }
    }
    free(until);
    return wrong;
}

PyObject *
pass_groups(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"group", 4, false},      {"size", 4, false},     {"large.node", 4, false},
                                    {"large.size", 8, false}, {"retained", 8, false}, {"count", 4, false},
                                    {"tree", 4, false},       {"counts", 8, true},    {"shallow", 8, true},
                                    {"retained sums", 8, true}};
    Columns columns;
    if (!columns_open(&columns, arguments, wanted, GROUPS_COLUMNS)) {
        return NULL;
    }
    PyObject *answer = NULL;
    size_t nodes = column_length(&columns, GROUP), groups = column_length(&columns, TOTAL_COUNT);
    if (nodes < NONE && column_has(&columns, wanted, GROUP_SIZE, nodes) &&
        column_has(&columns, wanted, GROUP_LARGE_SIZE, column_length(&columns, GROUP_LARGE_NODE)) &&
        column_has(&columns, wanted, GROUP_RETAINED, nodes + 1) && column_has(&columns, wanted, GROUP_COUNT, nodes + 1) &&
        column_has(&columns, wanted, GROUP_TREE, nodes) && column_has(&columns, wanted, TOTAL_SHALLOW, groups) &&
        column_has(&columns, wanted, TOTAL_RETAINED, groups)) {
        const char *wrong;
        Py_BEGIN_ALLOW_THREADS
        wrong = sum_groups(&columns, nodes, groups);
        Py_END_ALLOW_THREADS
        answer = result(wrong, groups);
    }
    columns_close(&columns);
    return answer;
}

PyObject *
pass_assign(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"type", 4, false},  {"group of type", 4, false}, {"reach", 1, false},
                                    {"flags", 1, false}, {"group", 4, true}};
    Columns columns;
    if (!columns_open(&columns, arguments, wanted, 5)) {
        return NULL;
    }
    PyObject *answer = NULL;
    size_t nodes = column_length(&columns, 0), types = column_length(&columns, 1);
    if (types < NONE && column_has(&columns, wanted, 2, nodes) && column_has(&columns, wanted, 3, nodes) &&
        column_has(&columns, wanted, 4, nodes)) {
        const uint32_t *type = columns.views[0].buf, *table = columns.views[1].buf;
        const uint8_t *reach = columns.views[2].buf, *flags = columns.views[3].buf;
        uint32_t *group = columns.views[4].buf;
        bool known;
        Py_BEGIN_ALLOW_THREADS
        known = all_below(type, nodes, (uint32_t)types);
        for (size_t v = 0; known && v < nodes; v++) {
            group[v] = reach[v] == REACHED_BY_OWN || (flags[v] & 2) ? NONE : table[type[v]];
        }
        Py_END_ALLOW_THREADS
        answer = result(known ? NULL : "an object has a type that is not there", nodes);
    }
    columns_close(&columns);
    return answer;
}
