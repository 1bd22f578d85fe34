#include "seen.h"

#include <stdlib.h>

enum { WORDS = 1 << (SEEN_REGION_BITS - SEEN_GRAIN_BITS - 6) };

static size_t
place_of(const SeenRegion *regions, size_t room, uintptr_t key)
{
    size_t place = (size_t)(key * (uintptr_t)0x9E3779B97F4A7C15u >> 24) & (room - 1);
    while (regions[place].key != 0 && regions[place].key != key) {
        place = (place + 1) & (room - 1);
    }
    return place;
}

static bool
grow(Seen *seen)
{
    size_t room = seen->room == 0 ? 256 : 2 * seen->room;
    SeenRegion *regions = calloc(room, sizeof(*regions));
    if (regions == NULL) {
        return false;
    }
    for (size_t index = 0; index < seen->room; index++) {
        if (seen->regions[index].key != 0) {
            regions[place_of(regions, room, seen->regions[index].key)] = seen->regions[index];
        }
    }
    free(seen->regions);
    seen->regions = regions;
    seen->room = room;
    return true;
}

bool
find_seen_region(Seen *seen, uintptr_t key)
{
    if (2 * (seen->used + 1) > seen->room && !grow(seen)) {
        return false;
    }
    size_t place = place_of(seen->regions, seen->room, key);
    if (seen->regions[place].key == 0) {
        uint64_t *bits = calloc(WORDS, sizeof(*bits));
        if (bits == NULL) {
            return false;
        }
        seen->regions[place] = (SeenRegion){key, bits};
        seen->used++;
    }
    seen->last = seen->regions[place];
    return true;
}

bool
look_up_seen_region(Seen *seen, uintptr_t key)
{
    size_t place = seen->room == 0 ? 0 : place_of(seen->regions, seen->room, key);
    if (seen->room == 0 || seen->regions[place].key == 0) {
        return false;
    }
    seen->last = seen->regions[place];
    return true;
}

void
release_seen(Seen *seen)
{
    for (size_t index = 0; index < seen->room; index++) {
        free(seen->regions[index].bits);
    }
    free(seen->regions);
    *seen = (Seen){0};
}
