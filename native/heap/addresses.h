/* Tables keyed by the address of an object: its number in a walk, or a count. */

#ifndef HEAPSIGHT_ADDRESSES_H
#define HEAPSIGHT_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number for each object. By pages of memory, so that objects that lie beside each other have numbers that do: a
   look-up costs one cache miss at most, and a page that has no object costs nothing. 4 bytes for each 16 of a page. */
typedef struct {
    uintptr_t key; /* of 1 MiB; 0: free */
    uint32_t **pages;
} Region;

typedef struct {
    Region *regions;
    size_t room; /* a power of two */
    size_t used;
    Region last;
    size_t bytes;
} AddressMap;

/* Where the number of an object is kept: 0 at first. NULL: no memory. */
uint32_t *find_number(AddressMap *map, const void *object);

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

bool add_count(CountTable *table, const void *address, int64_t count);
int64_t get_count(const CountTable *table, const void *address);
static inline bool
has_count(const CountTable *table, const void *address)
{
    return table->used != 0 && get_count(table, address) != 0;
}
void release_counts(CountTable *table);

#endif
