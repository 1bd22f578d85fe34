/* Dominators by the semi-NCA algorithm: L. Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems",
   Princeton University, 2005, section 2.4; with semidominators as in T. Lengauer and R. E. Tarjan, "A Fast Algorithm for
   Finding Dominators in a Flowgraph", ACM TOPLAS 1(1), 1979. Nothing recurses.

   Nodes are worked on by their numbers in depth-first order; 0 is the virtual root, which leads to all roots. Of a large
   heap no array fits into the processor's caches: what is read out of order is fetched some rounds before. */

#include "passes.h"

#include <stdlib.h>
#include <string.h>

/* Edges that the walk has not followed yet. */
typedef struct {
    uint32_t next;
    uint32_t end;
} Rest;

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
    uint32_t count; /* of numbers */
    /* by node */
    uint64_t *met; /* a bit for each: few enough to stay in a cache */
    uint32_t *number;
    /* by reference, turned round */
    uint32_t *holder; /* the holder's number; NONE: does not count */
    /* by number */
    uint32_t *node;
    uint32_t *parent; /* in the depth-first tree */
    uint8_t *rooted;
    Rest *rest;
    uint32_t *row;    /* where its holders begin in `before` */
    uint32_t *before; /* numbers of holders */
    Link *link;
    uint32_t *semi;
} Flow;

/* -- depth first -------------------------------------------------------------------------------------------------- */

enum { AT_ONCE = 8, FAR = 32, NEAR = 16 }; /* how many are fetched, and how many rounds before */

static inline bool
is_met(const Flow *flow, uint32_t node)
{
    return flow->met[node / 64] >> (node % 64) & 1;
}

static inline void
meet(Flow *flow, uint32_t node, uint32_t parent)
{
    const Graph *graph = &flow->graph;
    uint32_t number = flow->count++, next = graph->start[node], end = graph->start[node + 1];
    flow->met[node / 64] |= (uint64_t)1 << (node % 64);
    flow->number[node] = number;
    flow->node[number] = node;
    flow->parent[number] = parent;
    flow->rest[number] = (Rest){next, end};
    for (uint32_t e = next; e < end && e - next < AT_ONCE; e++) {
        PREFETCH(&graph->start[graph->to[e]]);
    }
}

/* False: cancelled. */
static bool
walk(Flow *flow, uint32_t root)
{
    const uint32_t *to = flow->graph.to;
    uint32_t number = flow->count;
    meet(flow, root, 0);
    while (number != 0) {
        Rest *rest = &flow->rest[number];
        uint32_t next = NONE;
        while (rest->next < rest->end && is_met(flow, next = to[rest->next])) {
            rest->next++;
        }
        if (rest->next < rest->end) {
            rest->next++;
            meet(flow, next, number);
            number = flow->count - 1;
            if (is_cancelled(flow->columns, number)) {
                return false;
            }
        }
        else {
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
        if (!is_met(flow, flow->roots[i]) && !walk(flow, flow->roots[i])) {
            return false;
        }
        flow->rooted[flow->number[flow->roots[i]]] = 1;
    }
    return true;
}

/* -- holders by number -------------------------------------------------------------------------------------------- */

/* Whether a reference keeps nothing alive: from Heapsight to the program, or from garbage to what is none. */
static inline bool
is_weak(uint8_t from, uint8_t to)
{
    return (from == REACHED_BY_OWN && to == REACHED_BY_PROGRAM) ||
           (from == REACHED_BY_NOTHING && to != REACHED_BY_NOTHING);
}

/* False: cancelled. */
static bool
number_holders(Flow *flow)
{
    const uint32_t *from = flow->from;
    uint32_t edges = flow->graph.edges;
    for (uint32_t v = 0; v < flow->graph.nodes; v++) {
        if (is_cancelled(flow->columns, v)) {
            return false;
        }
        for (uint32_t e = flow->reverse_start[v]; e < flow->reverse_start[v + 1]; e++) {
            if (edges - e > FAR) {
                PREFETCH(&flow->number[from[e + FAR]]);
                PREFETCH(&flow->reach[from[e + FAR]]);
            }
            uint32_t number = flow->number[from[e]];
            bool counts = number != 0 && !is_weak(flow->reach[from[e]], flow->reach[v]);
            flow->holder[e] = counts ? number : NONE;
        }
    }
    return true;
}

/* Bring the holders into the order in which they are asked for. False: cancelled. */
static bool
arrange_holders(Flow *flow)
{
    const uint32_t *start = flow->reverse_start, *node = flow->node;
    uint32_t next = 0;
    for (uint32_t i = 1; i < flow->count; i++) {
        if (is_cancelled(flow->columns, i)) {
            return false;
        }
        if (flow->count - i > FAR) {
            PREFETCH(&start[node[i + FAR]]);
            PREFETCH(&flow->holder[start[node[i + NEAR]]]);
        }
        flow->row[i] = next;
        uint32_t end = flow->rooted[i] ? start[node[i]] : start[node[i] + 1];
        for (uint32_t e = start[node[i]]; e < end; e++) {
            flow->before[next] = flow->holder[e];
            next += flow->holder[e] != NONE;
        }
    }
    flow->row[flow->count] = next;
    return true;
}

/* -- semidominators ----------------------------------------------------------------------------------------------- */

/* The least semidominator on the path from a number up to, not including, the last one below `linked`. The path's nodes
   are stacked in place: on the way up each one's `ancestor` is turned round to where the walk came from. */
static uint32_t
least(Link *link, uint32_t number, uint32_t linked)
{
    if (link[number].ancestor < linked) {
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

static uint32_t
semidominator(Flow *flow, uint32_t number)
{
    if (flow->rooted[number]) {
        return 0;
    }
    const uint32_t *before = flow->before;
    uint32_t semi = flow->parent[number];
    for (uint32_t e = flow->row[number + 1]; e-- > flow->row[number];) {
        if (e >= FAR) {
            PREFETCH(&flow->link[before[e - FAR]]);
        }
        uint32_t found = before[e];
        if (found > number) { /* else it is not linked yet, and its label is itself */
            found = least(flow->link, found, number + 1);
        }
        semi = found < semi ? found : semi;
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
    flow->met = calloc(numbers / 64 + 1, sizeof *flow->met);
    flow->number = calloc(numbers, sizeof *flow->number);
    flow->holder = malloc(((size_t)flow->graph.edges + 1) * sizeof *flow->holder);
    flow->node = malloc(numbers * sizeof *flow->node);
    flow->parent = malloc(numbers * sizeof *flow->parent);
    flow->rooted = calloc(numbers, 1);
    flow->rest = malloc(numbers * sizeof *flow->rest);
    return flow->met && flow->number && flow->holder && flow->node && flow->parent && flow->rooted && flow->rest;
}

static void
discard(uint32_t **numbers)
{
    free(*numbers);
    *numbers = NULL;
}

/* What only the walk needed goes, what the semidominators need comes. False: out of memory. */
static bool
flow_turn(Flow *flow)
{
    free(flow->rest);
    flow->rest = NULL;
    discard(&flow->number);
    flow->row = malloc(((size_t)flow->count + 1) * sizeof *flow->row);
    flow->before = malloc(((size_t)flow->graph.edges + 1) * sizeof *flow->before);
    return flow->row && flow->before;
}

static bool
flow_turn_again(Flow *flow)
{
    discard(&flow->holder);
    flow->link = malloc((size_t)flow->count * sizeof *flow->link);
    flow->semi = malloc((size_t)flow->count * sizeof *flow->semi);
    return flow->link && flow->semi;
}

static void
flow_free(Flow *flow)
{
    free(flow->number);
    free(flow->met);
    free(flow->holder);
    free(flow->node);
    free(flow->parent);
    free(flow->rooted);
    free(flow->rest);
    free(flow->row);
    free(flow->before);
    free(flow->link);
    free(flow->semi);
}

static const char *
run_flow(Flow *flow, uint32_t *dominator, uint32_t *order)
{
    if (!flow_allocate(flow)) {
        return out_of_memory;
    }
    if (!walk_all(flow) || !number_holders(flow)) {
        return cancelled;
    }
    if (!flow_turn(flow)) {
        return out_of_memory;
    }
    if (!arrange_holders(flow)) {
        return cancelled;
    }
    if (!flow_turn_again(flow)) {
        return out_of_memory;
    }
    if (!find_dominators(flow, dominator)) {
        return cancelled;
    }
    memcpy(order, flow->node + 1, (size_t)(flow->count - 1) * sizeof *flow->node);
    return NULL;
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
    if (reverse.nodes != flow.graph.nodes || reverse.edges != flow.graph.edges) {
        return unequal;
    }
    flow.reverse_start = reverse.start;
    flow.from = reverse.to;
    flow.root_count = column_length(columns, 5);
    if (!all_below(flow.roots, flow.root_count, flow.graph.nodes)) {
        return "a root is a node that is not there";
    }
    wrong = run_flow(&flow, columns->views[6].buf, columns->views[7].buf);
    *met = wrong == NULL ? flow.count - 1 : 0;
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
