/* Tables keyed by the address of an object: its number in a walk, or a count. */

#ifndef HEAPSIGHT_ADDRESSES_H
#define HEAPSIGHT_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number for each object. By regions of the address space, so that objects that lie beside each other have numbers
   that do: 4 bytes for each 16 of a region, of which the system provides only those pages that are written to. */
typedef struct {
    uintptr_t key; /* of 1 MiB; 0: free */
    uint32_t *numbers;
} Region;

typedef struct {
    Region *regions;
    size_t room; /* a power of two */
    size_t used;
    Region last;
} AddressMap;

/* An object lies at a multiple of 16, or, where it is static, of 8: those have regions of their own. */
enum { REGION_BITS = 20, GRAIN_BITS = 4, GRAINS = 1 << (REGION_BITS - GRAIN_BITS) };

/* Find a region, or make it, and have it in `last`. False: no memory. */
bool find_region(AddressMap *map, uintptr_t key);

/* Where the number of an object is kept: 0 at first. NULL: no memory. */
static inline uint32_t *
find_number(AddressMap *map, const void *object)
{
    uintptr_t address = (uintptr_t)object;
    uintptr_t key = (address >> REGION_BITS << 1 | (address >> 3 & 1)) + 1;
    if (map->last.key != key && !find_region(map, key)) {
        return NULL;
    }
    return map->last.numbers + (address >> GRAIN_BITS & (GRAINS - 1));
}

void release_map(AddressMap *map);

/* A count for a few addresses. Zeroed memory is an empty one. */
typedef struct {
    uintptr_t address;
    int64_t count;
} Count;

typedef struct {
    Count *counts;
    size_t room;
    size_t used;
} CountTable;

/* False: no memory, or `address` is NULL, which has no count. */
bool add_count(CountTable *table, const void *address, int64_t count);
int64_t get_count(const CountTable *table, const void *address);
static inline bool
has_count(const CountTable *table, const void *address)
{
    return table->used != 0 && get_count(table, address) != 0;
}
void release_counts(CountTable *table);

#endif
