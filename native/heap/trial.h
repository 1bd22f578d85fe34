/* Trial deletion: what would be freed if some objects were. debuggee/memory/retained.py says how and why. */

#ifndef HEAPSIGHT_TRIAL_H
#define HEAPSIGHT_TRIAL_H

#include "addresses.h"
#include "types.h"

enum { TRIAL_GOES = 1, TRIAL_STAYS = 2, TRIAL_SHARED = 4 };

/* Everything met, in the order in which it was. Pointers are borrowed: nothing is freed meanwhile. */
typedef struct {
    PyObject **objects;
    uint32_t *counts; /* references found to each */
    uint8_t *marks;
    uint32_t *pending; /* a stack of places */
    size_t used, room, waiting, pending_room;
    AddressMap places; /* place + 1 */
    CountTable own; /* references that are Heapsight's */
    PyObject *held, *listed; /* dict or NULL, frozenset or NULL: by address, what Heapsight has one more reference to */
    CountTable stops; /* dicts that are everybody's, as modules are */
    double deadline; /* seconds */
    size_t steps;
    uint32_t holder; /* whose references are being told */
    int stage;
    bool complete;
} Trial;

/* Seconds of a clock that only goes on, for deadlines. */
double seconds_now(void);

/* All of these: -1 with an error set. A Trial is all zeros at first. */
int trial_own_counts(Trial *trial, PyObject *counts); /* dict of addresses */
int trial_add(Trial *trial, PyObject *object, uint8_t marks);
int trial_run(Trial *trial);
int trial_peel(Trial *trial); /* the first step alone: what goes by its counts; of what was added without marks, too */
void trial_release(Trial *trial);

/* Whether an object would be freed. */
bool trial_frees(Trial *trial, PyObject *object);

#endif
