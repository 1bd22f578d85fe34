/* The search for everything that holds one object: what it is asked, and what it has found. */

#ifndef HEAPSIGHT_HOLDERS_H
#define HEAPSIGHT_HOLDERS_H

#include "addresses.h"
#include "seen.h"
#include "types.h"

/* Objects, borrowed: nothing is freed meanwhile. Zeroed memory is an empty list. */
typedef struct {
    PyObject **objects;
    size_t count, room;
} ObjectList;

bool add_object(ObjectList *list, PyObject *object);
void release_objects(ObjectList *list);

enum { QUEUE = 256 };

typedef struct {
    PyObject *target;
    bool looks_through; /* containers that the collector does not list, too */
    bool seeks_text; /* the target is a string: no traversal tells of it where it is a key or the name of a class */
    bool seeks_dict; /* the target is a dict that shows the values of an instance, which does not tell of it */
    const PyObject *passed[3]; /* arguments of ours: no holders */
    CountTable hidden; /* addresses of objects of ours: likewise */
    PyObject *package, *folder; /* how the `__module__` of our types and the file of our code begin */
    size_t most; /* so many holders are listed */
    double deadline; /* seconds */
    /* Found: */
    ObjectList listed, unlisted; /* holders, by whether the collector knows of them */
    ObjectList owners; /* whatever may own a holder that is a dict, a tuple or a cell */
    size_t more; /* further holders */
    int64_t more_references;
    size_t instances; /* of the target, a class */
    ObjectList codes; /* code objects that were looked through */
    bool complete;
    /* Meanwhile: */
    int64_t hits; /* references of the object looked at to the target */
    PyObject *queue[QUEUE]; /* referents that were not looked at */
    size_t queued;
    ObjectList pending; /* containers that the collector does not list */
    Seen seen; /* those of them that several objects may hold */
    ObjectList tellers; /* what may own whatever its traversal comes to */
    ObjectList dicts, instances_with_dicts; /* pairs */
    CountTable wanted; /* the containers whose owners are looked for */
    bool seeks_cells; /* there are cells among them */
    size_t steps;
    bool failed; /* no memory */
} Search;

/* Walk the heap. -1 with an error set. The caller has to call `forget_types` and `release_search`. */
int run_search(Search *search);
void release_search(Search *search);

/* What a walk makes of a type, in `TypeInfo.row`: whether its objects are ours, and what these may own. */
enum { OWNS_NOTHING = 0, OWNS_DICT = 1, OWNS_WHAT_IT_TELLS = 2, OWNERSHIP = 3, IS_OURS = 4 };

/* What objects of a type can own (owners.c). */
uint32_t find_ownership(TypeInfo *info);

/* Remember an object that may own a holder. False: no memory. */
bool note_owner(Search *search, PyObject *object, TypeInfo *info);

/* Fill in `owners`, of all that were noted. False: no memory. */
bool find_owners(Search *search);

#endif
