/* Putting rows in order, and equal ones together. */

#include "passes.h"

#include <stdlib.h>
#include <string.h>

/* -- sort: a list of nodes by a number of each, greatest first ---------------------------------------------------- */

enum { DIGIT_BITS = 11, DIGITS = 6, VALUES = 1 << DIGIT_BITS };

typedef struct {
    uint64_t key;
    uint32_t node;
} Item;

/* Radix sort from the lowest digit on (D. E. Knuth, The Art of Computer Programming 3, 5.2.5), which keeps the order of
   equals. Returns which of both arrays has the result; a digit that all have alike costs nothing. */
static Item *
radix_sort(Item *items, Item *other, size_t length, size_t (*places)[VALUES])
{
    memset(places, 0, DIGITS * sizeof *places);
    for (size_t i = 0; i < length; i++) {
        for (int d = 0; d < DIGITS; d++) {
            places[d][items[i].key >> (d * DIGIT_BITS) & (VALUES - 1)]++;
        }
    }
    for (int d = 0; d < DIGITS; d++) {
        size_t sum = 0, *place = places[d];
        if (place[items[0].key >> (d * DIGIT_BITS) & (VALUES - 1)] == length) {
            continue;
        }
        for (int value = 0; value < VALUES; value++) {
            size_t count = place[value];
            place[value] = sum;
            sum += count;
        }
        for (size_t i = 0; i < length; i++) {
            other[place[items[i].key >> (d * DIGIT_BITS) & (VALUES - 1)]++] = items[i];
        }
        Item *swapped = items;
        items = other;
        other = swapped;
    }
    return items;
}

static const char *
sort(const Columns *columns, size_t *count)
{
    uint32_t *list = columns->views[0].buf;
    size_t length = column_length(columns, 0), nodes = column_length(columns, 1);
    *count = length;
    if (length == 0) {
        return NULL;
    }
    const char *wrong = NULL;
    Item *items = malloc(length * sizeof *items), *other = malloc(length * sizeof *other);
    size_t(*places)[VALUES] = malloc(DIGITS * sizeof *places);
    if (items == NULL || other == NULL || places == NULL) {
        wrong = out_of_memory;
    }
    for (size_t i = 0; i < length && wrong == NULL; i++) {
        if (list[i] >= nodes) {
            wrong = "a node is referred to that is not there";
            break;
        }
        items[i] = (Item){~column_number(&columns->views[1], list[i]), list[i]};
    }
    if (wrong == NULL && *columns->cancel) {
        wrong = cancelled;
    }
    if (wrong == NULL) {
        Item *sorted = radix_sort(items, other, length, places);
        for (size_t i = 0; i < length; i++) {
            list[i] = sorted[i].node;
        }
    }
    free(items);
    free(other);
    free(places);
    return wrong;
}

PyObject *
pass_sort(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {{"list", 4, true}, {"numbers", ANY_WIDTH, false}};
    return run_pass(arguments, wanted, 2, sort);
}

/* -- distinct: numbers for different pairs ------------------------------------------------------------------------ */

typedef struct {
    const Columns *columns;
    const uint32_t *other;
    uint32_t *number, *first;
    uint64_t *slots; /* upper half of a hash, and the number of its pair + 1; 0: free */
    size_t mask;
    uint32_t found;
} Pairs;

static inline uint64_t
hash_of(const Pairs *pairs, size_t row)
{
    uint64_t hash = column_number(&pairs->columns->views[0], row) * 0x9E3779B97F4A7C15u + pairs->other[row];
    hash = (hash ^ hash >> 32) * 0xD6E8FEB86659FD93u;
    return hash ^ hash >> 29;
}

static void
number_row(Pairs *pairs, size_t row, uint64_t hash)
{
    const Py_buffer *one = &pairs->columns->views[0];
    uint64_t tag = hash & 0xFFFFFFFF00000000u;
    for (size_t slot = (size_t)hash & pairs->mask;; slot = (slot + 1) & pairs->mask) {
        uint64_t there = pairs->slots[slot];
        if (there == 0) {
            pairs->slots[slot] = tag | (pairs->found + 1);
            pairs->first[pairs->found] = (uint32_t)row;
            pairs->number[row] = pairs->found++;
            return;
        }
        if ((there & 0xFFFFFFFF00000000u) == tag) {
            uint32_t number = (uint32_t)there - 1, same = pairs->first[number];
            if (column_number(one, same) == column_number(one, row) && pairs->other[same] == pairs->other[row]) {
                pairs->number[row] = number;
                return;
            }
        }
    }
}

enum { AHEAD = 16 };

static const char *
number_all(Pairs *pairs, const uint8_t *marks, size_t rows)
{
    uint64_t hashes[AHEAD];
    for (size_t i = 0; i < rows + AHEAD; i++) {
        if (is_cancelled(pairs->columns, i)) {
            return cancelled;
        }
        if (i >= AHEAD) {
            if (marks[i - AHEAD] != 0) {
                number_row(pairs, i - AHEAD, hashes[i % AHEAD]);
            }
            else {
                pairs->number[i - AHEAD] = NONE;
            }
        }
        if (i < rows) {
            hashes[i % AHEAD] = hash_of(pairs, i);
            PREFETCH(&pairs->slots[(size_t)hashes[i % AHEAD] & pairs->mask]);
        }
    }
    return NULL;
}

static const char *
distinct(const Columns *columns, size_t *count)
{
    size_t rows = column_length(columns, 0), size = 16;
    for (int i = 1; i < 5; i++) {
        if (column_length(columns, i) != rows || rows >= NONE) {
            return unequal;
        }
    }
    while (size < rows + rows / 2) {
        size *= 2;
    }
    Pairs pairs = {columns, columns->views[1].buf, columns->views[3].buf, columns->views[4].buf,
                   calloc(size, sizeof *pairs.slots), size - 1, 0};
    if (pairs.slots == NULL) {
        return out_of_memory;
    }
    const char *wrong = number_all(&pairs, columns->views[2].buf, rows);
    free(pairs.slots);
    *count = pairs.found;
    return wrong;
}

PyObject *
pass_distinct(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {
        {"one", ANY_WIDTH, false}, {"other", 4, false}, {"marks", 1, false}, {"number", 4, true}, {"first", 4, true}};
    return run_pass(arguments, wanted, 5, distinct);
}
