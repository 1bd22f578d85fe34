#include "addresses.h"
#include "pages.h"

#include <stdlib.h>

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
    return true;
}

bool
find_region(AddressMap *map, uintptr_t key)
{
    if (2 * (map->used + 1) > map->room && !grow_map(map)) {
        return false;
    }
    size_t place = hash(key, map->room);
    while (map->regions[place].key != key) {
        if (map->regions[place].key == 0) {
            uint32_t *numbers = map_pages(GRAINS * sizeof(*numbers));
            if (numbers == NULL) {
                return false;
            }
            map->regions[place] = (Region){key, numbers};
            map->used++;
            break;
        }
        place = (place + 1) & (map->room - 1);
    }
    map->last = map->regions[place];
    return true;
}

void
release_map(AddressMap *map)
{
    for (size_t index = 0; index < map->room; index++) {
        unmap_pages(map->regions[index].numbers, GRAINS * sizeof(uint32_t));
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
    if (address == NULL) { /* which marks a free place */
        return false;
    }
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
