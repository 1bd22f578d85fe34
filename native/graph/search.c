/* Breadth-first search from many nodes, and where to begin with what no root reaches. */

#include "passes.h"

#include <stdlib.h>
#include <string.h>

/* -- breadth first ------------------------------------------------------------------------------------------------ */

typedef struct {
    Graph graph;
    const Columns *columns;
    uint8_t *reach;
    uint32_t *parent;
    uint32_t *edge;
    uint32_t *queue; /* each node is put into it at most once */
    uint32_t head, tail;
} Search;

static void
add_source(Search *search, uint32_t node, uint8_t stage)
{
    if (search->reach[node] == 0) {
        search->reach[node] = stage;
        search->parent[node] = NONE;
        search->edge[node] = NONE;
        search->queue[search->tail++] = node;
    }
}

/* False: cancelled. */
static bool
spread(Search *search, uint8_t stage)
{
    const Graph *graph = &search->graph;
    while (search->head < search->tail) {
        if (is_cancelled(search->columns, search->head)) {
            return false;
        }
        uint32_t node = search->queue[search->head++];
        for (uint32_t e = graph->start[node]; e < graph->start[node + 1]; e++) {
            uint32_t to = graph->to[e];
            if (search->reach[to] == 0) {
                search->reach[to] = stage;
                search->parent[to] = node;
                search->edge[to] = e;
                search->queue[search->tail++] = to;
            }
        }
    }
    return true;
}

static const char *
search_stages(const Columns *columns, size_t *reached)
{
    Search search = {.columns = columns, .reach = columns->views[4].buf, .parent = columns->views[5].buf,
                     .edge = columns->views[6].buf};
    const char *wrong = graph_open(&search.graph, columns, 0);
    const uint32_t *sources = columns->views[2].buf;
    const uint8_t *stages = columns->views[3].buf;
    size_t count = column_length(columns, 2);
    if (wrong != NULL) {
        return wrong;
    }
    if (!all_below(sources, count, search.graph.nodes)) {
        return "a source is a node that is not there";
    }
    search.queue = malloc(((size_t)search.graph.nodes + 1) * sizeof *search.queue);
    if (search.queue == NULL) {
        return out_of_memory;
    }
    for (size_t i = 0; i < count;) {
        uint8_t stage = stages[i] == 0 ? 1 : stages[i];
        for (uint8_t same = stages[i]; i < count && stages[i] == same; i++) {
            add_source(&search, sources[i], stage);
        }
        if (!spread(&search, stage)) {
            wrong = cancelled;
            break;
        }
    }
    *reached = search.tail;
    free(search.queue);
    return wrong;
}

PyObject *
pass_search(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"start", 4, false}, {"to", 4, false},    {"sources", 4, false}, {"stages", 1, false},
                                    {"reach", 1, true},  {"parent", 4, true}, {"edge", 4, true}};
    Columns columns;
    if (!columns_open(&columns, arguments, wanted, 7)) {
        return NULL;
    }
    PyObject *answer = NULL;
    size_t nodes = column_length(&columns, 0) - 1, reached = 0;
    if (column_has(&columns, wanted, 3, column_length(&columns, 2)) && column_has(&columns, wanted, 4, nodes) &&
        column_has(&columns, wanted, 5, nodes) && column_has(&columns, wanted, 6, nodes)) {
        const char *wrong;
        Py_BEGIN_ALLOW_THREADS
        wrong = search_stages(&columns, &reached);
        Py_END_ALLOW_THREADS
        answer = result(wrong, reached);
    }
    columns_close(&columns);
    return answer;
}

/* -- sources of what is unreachable ------------------------------------------------------------------------------- */

enum { UNSEEN, ELSEWHERE, FIRST, SECOND };

typedef struct {
    Graph graph;
    const Columns *columns;
    uint8_t *seen;    /* one of the marks above */
    uint32_t *parent; /* in the walk: what to go back to */
    uint32_t *cursor; /* the next edge of each node to look at */
} Walk;

/* Walk from a node over those whose mark is `from`, marking them `to`; finished, where given, gets them as they end. */
static uint32_t
walk_from(Walk *walk, uint32_t first, uint8_t from, uint8_t to, uint32_t *finished)
{
    uint32_t node = first, count = 0;
    walk->parent[first] = NONE;
    walk->cursor[first] = walk->graph.start[first];
    walk->seen[first] = to;
    while (node != NONE && !is_cancelled(walk->columns, count)) {
        if (walk->cursor[node] < walk->graph.start[node + 1]) {
            uint32_t next = walk->graph.to[walk->cursor[node]++];
            if (walk->seen[next] == from) {
                walk->seen[next] = to;
                walk->parent[next] = node;
                walk->cursor[next] = walk->graph.start[next];
                node = next;
            }
        }
        else {
            if (finished != NULL) {
                finished[count] = node;
            }
            count++;
            node = walk->parent[node];
        }
    }
    return count;
}

/* The node that ends last in a depth-first walk lies in a component that nothing leads to (Kosaraju). Those found so,
   each after all that the ones before reach, are one of each such component. */
static uint32_t
find_sources(Walk *walk, uint32_t *finished)
{
    uint32_t ended = 0, found = 0;
    for (uint32_t v = 0; v < walk->graph.nodes; v++) {
        if (walk->seen[v] == UNSEEN) {
            ended += walk_from(walk, v, UNSEEN, FIRST, finished + ended);
        }
    }
    for (uint32_t i = ended; i-- > 0;) {
        uint32_t node = finished[i];
        if (walk->seen[node] == FIRST) {
            walk_from(walk, node, FIRST, SECOND, NULL);
            /* From the end, where it cannot overwrite what is still to be read: at most one source an entry passed. */
            finished[ended - 1 - found++] = node;
        }
    }
    memmove(finished, finished + (ended - found), found * sizeof *finished);
    return found;
}

static const char *
sources_of(const Columns *columns, size_t *found)
{
    Walk walk = {.columns = columns};
    const char *wrong = graph_open(&walk.graph, columns, 0);
    if (wrong != NULL) {
        return wrong;
    }
    size_t nodes = walk.graph.nodes;
    const uint8_t *reach = columns->views[2].buf;
    walk.seen = malloc(nodes + 1);
    walk.parent = malloc((nodes + 1) * sizeof *walk.parent);
    walk.cursor = malloc((nodes + 1) * sizeof *walk.cursor);
    if (walk.seen == NULL || walk.parent == NULL || walk.cursor == NULL) {
        wrong = out_of_memory;
    }
    else {
        for (size_t v = 0; v < nodes; v++) {
            walk.seen[v] = reach[v] == 0 ? UNSEEN : ELSEWHERE;
        }
        *found = find_sources(&walk, columns->views[3].buf);
        wrong = *columns->cancel ? cancelled : NULL;
    }
    free(walk.seen);
    free(walk.parent);
    free(walk.cursor);
    return wrong;
}

PyObject *
pass_sources(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"start", 4, false}, {"to", 4, false}, {"reach", 1, false}, {"found", 4, true}};
    Columns columns;
    if (!columns_open(&columns, arguments, wanted, 4)) {
        return NULL;
    }
    PyObject *answer = NULL;
    size_t nodes = column_length(&columns, 0) - 1, found = 0;
    if (column_has(&columns, wanted, 2, nodes) && column_has(&columns, wanted, 3, nodes)) {
        const char *wrong;
        Py_BEGIN_ALLOW_THREADS
        wrong = sources_of(&columns, &found);
        Py_END_ALLOW_THREADS
        answer = result(wrong, found);
    }
    columns_close(&columns);
    return answer;
}
