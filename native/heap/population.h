/* All live objects of the program, without Heapsight's own: the twin of debuggee/memory/population.py, which says why. */

#ifndef HEAPSIGHT_POPULATION_H
#define HEAPSIGHT_POPULATION_H

#include "seen.h"
#include "trial.h"
#include "types.h"

/* How to see that an object is Heapsight's. */
typedef enum { KIND_PLAIN, KIND_OWN, KIND_FUNCTION, KIND_CLASS, KIND_FRAME } Kind;

/* What is known of a type, and counted, during one walk. */
typedef struct {
    PyTypeObject *type;
    TypeInfo *info;
    Kind kind;
    bool may_refer; /* its objects, to others */
    bool is_plain; /* a class whose instances refer to nothing but attributes and the class */
    /* For the visitor's use. */
    bool judged, wanted;
    Py_ssize_t count, size;
    Py_ssize_t (*quick)(PyObject *object);
} TypeRow;

/* Borrowed throughout: nothing is freed meanwhile. All zeros but for the first group at first. */
typedef struct {
    bool all; /* also what the collector does not track: what is reached from what it does, and from `roots` */
    double deadline; /* of seconds_now() */
    PyObject *package, *folder; /* what the modules of Heapsight's classes, the files of its code begin with: str */
    PyObject *starts; /* a list: what is Heapsight's besides, as what is in `trial` already */
    PyObject *roots; /* a list: what the walk begins with, too */

    bool complete;
    size_t steps;
    TypeRow **rows;
    TypeRow *last_row;
    size_t room, used;
    Seen own, seen;
    Trial trial;
    PyObject **pending; /* known, and not looked into: from `first` to `end` */
    size_t first, end, pending_room;
    int (*visit)(PyObject *object, TypeRow *row, void *context);
    void (*unvisit)(PyObject *object, TypeRow *row, void *context); /* or NULL */
    void *context;
} Population;

/* Call `visit` once for each object; -1 with an error set. Which objects nothing but Heapsight holds is known last: for
   those `unvisit` is called afterwards. The collector has to be off; `trial.own` has Heapsight's own references. Ends
   early, not `complete`, at the deadline; then something may be unvisited that was not visited. */
int population_walk(Population *population);

void population_release(Population *population);

#endif
