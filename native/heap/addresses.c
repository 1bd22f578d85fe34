#include "addresses.h"

#include <stdlib.h>

/* An object lies at a multiple of 16, or, where it is static, of 8: those have pages of their own. */
enum { REGION_BITS = 20, PAGE_BITS = 12, GRAIN_BITS = 4, PAGES = 1 << (REGION_BITS - PAGE_BITS),
       GRAINS = 1 << (PAGE_BITS - GRAIN_BITS) };

static size_t
hash(uintptr_t key, size_t room)
{
    return (size_t)(key * (uintptr_t)0x9E3779B97F4A7C15u >> 24) & (room - 1);
}

/* -- numbers ------------------------------------------------------------------------------------------------------ */

static bool
grow_map(AddressMap *map)
{
    size_t room = map->room == 0 ? 256 : 2 * map->room;
    Region *regions = calloc(room, sizeof(*regions));
    if (regions == NULL) {
        return false;
    }
    for (size_t index = 0; index < map->room; index++) {
        if (map->regions[index].key != 0) {
            size_t place = hash(map->regions[index].key, room);
            while (regions[place].key != 0) {
                place = (place + 1) & (room - 1);
            }
            regions[place] = map->regions[index];
        }
    }
    free(map->regions);
    map->regions = regions;
    map->room = room;
    map->bytes += room * sizeof(*regions) / 2;
    return true;
}

static bool
find_region(AddressMap *map, uintptr_t key)
{
    if (2 * (map->used + 1) > map->room && !grow_map(map)) {
        return false;
    }
    size_t place = hash(key, map->room);
    while (map->regions[place].key != key) {
        if (map->regions[place].key == 0) {
            uint32_t **pages = calloc(PAGES, sizeof(*pages));
            if (pages == NULL) {
                return false;
            }
            map->regions[place] = (Region){key, pages};
            map->used++;
            map->bytes += PAGES * sizeof(*pages);
            break;
        }
        place = (place + 1) & (map->room - 1);
    }
    map->last = map->regions[place];
    return true;
}

uint32_t *
find_number(AddressMap *map, const void *object)
{
    uintptr_t address = (uintptr_t)object;
    uintptr_t key = (address >> REGION_BITS << 1 | (address >> 3 & 1)) + 1;
    if (map->last.key != key && !find_region(map, key)) {
        return NULL;
    }
    uint32_t **page = &map->last.pages[address >> PAGE_BITS & (PAGES - 1)];
    if (*page == NULL) {
        *page = calloc(GRAINS, sizeof(**page));
        if (*page == NULL) {
            return NULL;
        }
        map->bytes += GRAINS * sizeof(**page);
    }
    return *page + (address >> GRAIN_BITS & (GRAINS - 1));
}

void
release_map(AddressMap *map)
{
    for (size_t index = 0; index < map->room; index++) {
        uint32_t **pages = map->regions[index].pages;
        for (int page = 0; pages != NULL && page < PAGES; page++) {
            free(pages[page]);
        }
        free(pages);
    }
    free(map->regions);
    *map = (AddressMap){0};
}

/* -- counts ------------------------------------------------------------------------------------------------------- */

static Count *
find_count(Count *counts, size_t room, uintptr_t address)
{
    size_t place = hash(address, room);
    while (counts[place].address != 0 && counts[place].address != address) {
        place = (place + 1) & (room - 1);
    }
    return &counts[place];
}

bool
add_count(CountTable *table, const void *address, int64_t count)
{
    if (2 * (table->used + 1) > table->room) {
        size_t room = table->room == 0 ? 64 : 2 * table->room;
        Count *counts = calloc(room, sizeof(*counts));
        if (counts == NULL) {
            return false;
        }
        for (size_t index = 0; index < table->room; index++) {
            if (table->counts[index].address != 0) {
                *find_count(counts, room, table->counts[index].address) = table->counts[index];
            }
        }
        free(table->counts);
        table->counts = counts;
        table->room = room;
    }
    Count *found = find_count(table->counts, table->room, (uintptr_t)address);
    if (found->address == 0) {
        found->address = (uintptr_t)address;
        table->used++;
    }
    found->count += count;
    return true;
}

int64_t
get_count(const CountTable *table, const void *address)
{
    return table->room == 0 ? 0 : find_count(table->counts, table->room, (uintptr_t)address)->count;
}

void
release_counts(CountTable *table)
{
    free(table->counts);
    *table = (CountTable){0};
}
