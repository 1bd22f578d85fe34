/* A set of objects by address: one bit for each 8 bytes of the memory in which some lie. */

#ifndef HEAPSIGHT_SEEN_H
#define HEAPSIGHT_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bits of 1 MiB of memory. */
typedef struct {
    uintptr_t key; /* 0: free */
    uint64_t *bits;
} SeenRegion;

/* Zeroed memory is an empty one. */
typedef struct {
    SeenRegion *regions;
    size_t room; /* a power of two */
    size_t used;
    SeenRegion last;
} Seen;

enum { SEEN_REGION_BITS = 20, SEEN_GRAIN_BITS = 3 };

/* Make `seen->last` the region of `key`. False: no memory. */
bool find_seen_region(Seen *seen, uintptr_t key);

/* The same without making one; false: there is none. */
bool look_up_seen_region(Seen *seen, uintptr_t key);

/* Add an object: 1 where it was not in the set, 0 where it was, -1 where there is no memory. */
static inline int
add_seen(Seen *seen, const void *object)
{
    uintptr_t address = (uintptr_t)object, key = (address >> SEEN_REGION_BITS) + 1;
    if (seen->last.key != key && !find_seen_region(seen, key)) {
        return -1;
    }
    uintptr_t grain = (address & (((uintptr_t)1 << SEEN_REGION_BITS) - 1)) >> SEEN_GRAIN_BITS;
    uint64_t bit = (uint64_t)1 << (grain & 63), *word = &seen->last.bits[grain >> 6];
    if (*word & bit) {
        return 0;
    }
    *word |= bit;
    return 1;
}

static inline bool
is_seen(Seen *seen, const void *object)
{
    uintptr_t address = (uintptr_t)object, key = (address >> SEEN_REGION_BITS) + 1;
    if (seen->last.key != key && !look_up_seen_region(seen, key)) {
        return false;
    }
    uintptr_t grain = (address & (((uintptr_t)1 << SEEN_REGION_BITS) - 1)) >> SEEN_GRAIN_BITS;
    return seen->last.bits[grain >> 6] >> (grain & 63) & 1;
}

void release_seen(Seen *seen);

#endif
