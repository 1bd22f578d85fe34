/* Strongly connected components of what nothing reaches: R. Tarjan, "Depth-First Search and Linear Graph Algorithms",
   SIAM J. Comput. 1(2), 1972, without recursion. */

#include "passes.h"

#include <stdlib.h>

typedef struct {
    Graph graph;
    const uint8_t *reach;
    const Columns *columns;
    uint32_t *number; /* in the order in which nodes are met, from 1; NONE: its component is complete */
    uint32_t *low;    /* the least number that a node's part of the walk leads to */
    uint32_t *cursor, *parent, *open;
    uint32_t met, opened;
    uint32_t *members, *starts; /* the answer: nodes by component, and where each component begins */
    uint32_t written, components;
} Walk;

static void
meet(Walk *walk, uint32_t node, uint32_t parent)
{
    walk->number[node] = walk->low[node] = ++walk->met;
    walk->cursor[node] = walk->graph.start[node];
    walk->parent[node] = parent;
    walk->open[walk->opened++] = node;
}

static bool
refers_to_itself(const Graph *graph, uint32_t node)
{
    for (uint32_t e = graph->start[node]; e < graph->start[node + 1]; e++) {
        if (graph->to[e] == node) {
            return true;
        }
    }
    return false;
}

/* Take the component of a node off the stack of open ones, and into the answer if it is a cycle. */
static void
complete(Walk *walk, uint32_t node)
{
    uint32_t first = walk->opened;
    do {
        walk->number[walk->open[--first]] = NONE;
    } while (walk->open[first] != node);
    if (walk->opened - first > 1 || refers_to_itself(&walk->graph, node)) {
        walk->starts[walk->components++] = walk->written;
        for (uint32_t i = first; i < walk->opened; i++) {
            walk->members[walk->written++] = walk->open[i];
        }
    }
    walk->opened = first;
}

static const char *
walk_from(Walk *walk, uint32_t node)
{
    const Graph *graph = &walk->graph;
    meet(walk, node, NONE);
    while (node != NONE) {
        if (walk->cursor[node] < graph->start[node + 1]) {
            uint32_t next = graph->to[walk->cursor[node]++];
            if (walk->reach[next] != REACHED_BY_NOTHING || walk->number[next] == NONE) {
                continue;
            }
            if (walk->number[next] == 0) {
                meet(walk, next, node);
                node = next;
                if (is_cancelled(walk->columns, walk->met)) {
                    return cancelled;
                }
            }
            else if (walk->number[next] < walk->low[node]) {
                walk->low[node] = walk->number[next];
            }
            continue;
        }
        uint32_t parent = walk->parent[node];
        if (walk->low[node] == walk->number[node]) {
            complete(walk, node);
        }
        if (parent != NONE && walk->low[node] < walk->low[parent]) {
            walk->low[parent] = walk->low[node];
        }
        node = parent;
    }
    return NULL;
}

static const char *
walk_all(Walk *walk)
{
    size_t nodes = walk->graph.nodes;
    walk->number = calloc(nodes + 1, sizeof *walk->number);
    walk->low = malloc((nodes + 1) * sizeof *walk->low);
    walk->cursor = malloc((nodes + 1) * sizeof *walk->cursor);
    walk->parent = malloc((nodes + 1) * sizeof *walk->parent);
    walk->open = malloc((nodes + 1) * sizeof *walk->open);
    const char *wrong = walk->number && walk->low && walk->cursor && walk->parent && walk->open ? NULL : out_of_memory;
    for (uint32_t v = 0; v < nodes && wrong == NULL; v++) {
        if (is_cancelled(walk->columns, v)) {
            wrong = cancelled;
        }
        else if (walk->reach[v] == REACHED_BY_NOTHING && walk->number[v] == 0) {
            wrong = walk_from(walk, v);
        }
    }
    free(walk->number);
    free(walk->low);
    free(walk->cursor);
    free(walk->parent);
    free(walk->open);
    return wrong;
}

static const char *
components(const Columns *columns, size_t *count)
{
    Walk walk = {.columns = columns, .reach = columns->views[2].buf, .members = columns->views[3].buf,
                 .starts = columns->views[4].buf};
    const char *wrong = graph_open(&walk.graph, columns, 0);
    if (wrong != NULL) {
        return wrong;
    }
    size_t nodes = walk.graph.nodes;
    if (column_length(columns, 2) != nodes || column_length(columns, 3) != nodes ||
        column_length(columns, 4) != nodes + 1) {
        return unequal;
    }
    wrong = walk_all(&walk);
    walk.starts[walk.components] = walk.written;
    *count = walk.components;
    return wrong;
}

PyObject *
pass_components(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {
        {"start", 4, false}, {"to", 4, false}, {"reach", 1, false}, {"members", 4, true}, {"starts", 4, true}};
    return run_pass(arguments, wanted, 5, components);
}
