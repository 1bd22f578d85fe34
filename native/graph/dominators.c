/* Dominators by the semi-NCA algorithm: L. Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems",
   Princeton University, 2005, section 2.4; with semidominators as in T. Lengauer and R. E. Tarjan, "A Fast Algorithm for
   Finding Dominators in a Flowgraph", ACM TOPLAS 1(1), 1979. Nothing recurses.

   Nodes are worked on by their numbers in depth-first order; 0 is the virtual root, which leads to all roots. */

#include "passes.h"

#include <stdlib.h>
#include <string.h>

/* The way up from a number, as far as it is linked. */
typedef struct {
    uint32_t ancestor; /* the parent; as paths are compressed, one further up */
    uint32_t label;    /* the least semidominator on the compressed path */
} Link;

typedef struct {
    Graph graph;
    const Columns *columns;
    const uint32_t *reverse_start;
    const uint32_t *from;
    const uint8_t *reach;
    const uint32_t *roots;
    size_t root_count;
    /* by node */
    uint32_t *number; /* 0: not met yet */
    /* by number */
    uint32_t *node;
    uint32_t *parent; /* in the depth-first tree */
    Link *link;
    uint32_t *semi; /* first: where the walk is in a node's edges */
    uint8_t *rooted;
    uint8_t *reached; /* `reach` */
    uint32_t count; /* of numbers */
} Flow;

/* -- depth first -------------------------------------------------------------------------------------------------- */

static void
meet(Flow *flow, uint32_t node, uint32_t parent)
{
    uint32_t number = flow->count++;
    flow->number[node] = number;
    flow->node[number] = node;
    flow->parent[number] = parent;
    flow->semi[number] = flow->graph.start[node];
    flow->reached[number] = flow->reach[node];
}

/* False: cancelled. */
static bool
walk(Flow *flow, uint32_t root)
{
    const Graph *graph = &flow->graph;
    meet(flow, root, 0);
    uint32_t number = flow->number[root];
    while (number != 0) {
        uint32_t cursor = flow->semi[number], end = graph->start[flow->node[number] + 1], next = NONE;
        while (cursor < end && flow->number[next = graph->to[cursor]] != 0) {
            cursor++;
        }
        if (cursor < end) {
            flow->semi[number] = cursor + 1;
            meet(flow, next, number);
            number = flow->number[next];
            if (is_cancelled(flow->columns, number)) {
                return false;
            }
        }
        else {
            flow->semi[number] = cursor;
            number = flow->parent[number];
        }
    }
    return true;
}

static bool
walk_all(Flow *flow)
{
    flow->count = 1;
    flow->node[0] = flow->graph.nodes;
    flow->parent[0] = 0;
    for (size_t i = 0; i < flow->root_count; i++) {
        if (is_cancelled(flow->columns, i)) {
            return false;
        }
        if (flow->number[flow->roots[i]] == 0 && !walk(flow, flow->roots[i])) {
            return false;
        }
        flow->rooted[flow->number[flow->roots[i]]] = 1;
    }
    return true;
}

/* -- semidominators ----------------------------------------------------------------------------------------------- */

/* The least semidominator on the path from a number up to, not including, the last one below `linked`. The path's nodes
   are stacked in place: on the way up each one's `ancestor` is turned round to where the walk came from. */
static uint32_t
least(Link *link, uint32_t number, uint32_t linked)
{
    if (link[number].ancestor < linked || number < linked) {
        return link[number].label;
    }
    uint32_t below = NONE, top = number;
    while (link[top].ancestor >= linked) {
        uint32_t up = link[top].ancestor;
        link[top].ancestor = below;
        below = top;
        top = up;
    }
    uint32_t end = link[top].ancestor, smallest = link[top].label;
    while (below != NONE) {
        Link *one = &link[below];
        below = one->ancestor;
        one->ancestor = end;
        if (one->label < smallest) {
            smallest = one->label;
        }
        else {
            one->label = smallest;
        }
    }
    return smallest;
}

/* Whether a reference keeps nothing alive: from Heapsight to the program, or from garbage to what is none. */
static inline bool
is_weak(uint8_t from, uint8_t to)
{
    return (from == REACHED_BY_OWN && to == REACHED_BY_PROGRAM) ||
           (from == REACHED_BY_NOTHING && to != REACHED_BY_NOTHING);
}

static uint32_t
semidominator(Flow *flow, uint32_t number)
{
    if (flow->rooted[number]) {
        return 0;
    }
    uint32_t node = flow->node[number], semi = flow->parent[number];
    uint8_t reach = flow->reached[number];
    for (uint32_t e = flow->reverse_start[node]; e < flow->reverse_start[node + 1]; e++) {
        uint32_t other = flow->number[flow->from[e]];
        if (other != 0 && !is_weak(flow->reached[other], reach)) {
            uint32_t found = least(flow->link, other, number + 1);
            semi = found < semi ? found : semi;
        }
    }
    return semi;
}

/* False: cancelled. */
static bool
find_dominators(Flow *flow, uint32_t *dominator)
{
    for (uint32_t i = 0; i < flow->count; i++) {
        flow->link[i] = (Link){flow->parent[i], i};
    }
    for (uint32_t i = flow->count; i-- > 1;) {
        if (is_cancelled(flow->columns, i)) {
            return false;
        }
        flow->link[i].label = flow->semi[i] = semidominator(flow, i);
    }
    uint32_t *immediate = flow->parent; /* the nearest common ancestor of parent and semidominator, from the top down */
    for (uint32_t i = 1; i < flow->count; i++) {
        uint32_t up = immediate[i];
        while (up > flow->semi[i]) {
            up = immediate[up];
        }
        immediate[i] = up;
        dominator[flow->node[i]] = flow->node[up];
    }
    return true;
}

/* -- the pass ----------------------------------------------------------------------------------------------------- */

static bool
flow_allocate(Flow *flow)
{
    size_t numbers = (size_t)flow->graph.nodes + 1;
    flow->number = calloc(numbers, sizeof *flow->number);
    flow->parent = malloc(numbers * sizeof *flow->parent);
    flow->link = malloc(numbers * sizeof *flow->link);
    flow->reached = calloc(numbers, 1);
    flow->semi = malloc(numbers * sizeof *flow->semi);
    flow->node = malloc(numbers * sizeof *flow->node);
    flow->rooted = calloc(numbers, 1);
    return flow->number && flow->parent && flow->link && flow->semi && flow->node && flow->rooted && flow->reached;
}

static void
flow_free(Flow *flow)
{
    free(flow->number);
    free(flow->parent);
    free(flow->link);
    free(flow->reached);
    free(flow->semi);
    free(flow->node);
    free(flow->rooted);
}

static const char *
dominators_of(const Columns *columns, size_t *met)
{
    Flow flow = {.columns = columns, .reach = columns->views[4].buf, .roots = columns->views[5].buf};
    Graph reverse;
    const char *wrong = graph_open(&flow.graph, columns, 0);
    wrong = wrong != NULL ? wrong : graph_open(&reverse, columns, 2);
    if (wrong != NULL) {
        return wrong;
    }
    flow.reverse_start = reverse.start;
    flow.from = reverse.to;
    flow.root_count = column_length(columns, 5);
    if (!all_below(flow.roots, flow.root_count, flow.graph.nodes)) {
        return "a root is a node that is not there";
    }
    if (!flow_allocate(&flow)) {
        wrong = out_of_memory;
    }
    else if (!walk_all(&flow) || !find_dominators(&flow, columns->views[6].buf)) {
        wrong = cancelled;
    }
    else {
        memcpy(columns->views[7].buf, flow.node + 1, (size_t)(flow.count - 1) * sizeof *flow.node);
        *met = flow.count - 1;
    }
    flow_free(&flow);
    return wrong;
}

PyObject *
pass_dominators(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"start", 4, false},         {"to", 4, false},    {"reverse start", 4, false},
                                    {"from", 4, false},          {"reach", 1, false}, {"roots", 4, false},
                                    {"dominator", 4, true},      {"order", 4, true}};
    Columns columns;
    if (!columns_open(&columns, arguments, wanted, 8)) {
        return NULL;
    }
    PyObject *answer = NULL;
    size_t nodes = column_length(&columns, 0) - 1, met = 0;
    if (column_has(&columns, wanted, 2, nodes + 1) && column_has(&columns, wanted, 4, nodes) &&
        column_has(&columns, wanted, 6, nodes) && column_has(&columns, wanted, 7, nodes)) {
        const char *wrong;
        Py_BEGIN_ALLOW_THREADS
        wrong = dominators_of(&columns, &met);
        Py_END_ALLOW_THREADS
        answer = result(wrong, met);
    }
    columns_close(&columns);
    return answer;
}
