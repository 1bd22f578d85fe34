/* The walk over the whole heap that fills a snapshot file. */

#ifndef HEAPSIGHT_CAPTURE_H
#define HEAPSIGHT_CAPTURE_H

#include "addresses.h"
#include "references.h"
#include "sizes.h"
#include "text.h"
#include "writer.h"

#define NONE UINT32_MAX

enum { ROOT_MODULE = 0, ROOT_THREAD = 1, ROOT_INTERPRETER = 2, ROOT_OWN = 3 };
enum { NODE_TRACKED = 1, NODE_PSEUDO = 2, NODE_UNLISTED = 4 };

enum { TEXTS = 1 << 15 };

typedef struct {
    uint64_t hash;
    uint32_t number;
    uint32_t length;
} KnownText;

typedef struct {
    /* What is asked for, borrowed. */
    PyObject *roots;
    PyObject *threads;
    PyObject *package; /* how names of Heapsight's modules begin, by which the walk finds modules and types; NULL: it does not */
    PyObject *progress; /* NULL: none. With it every object met is held, as other threads may go on */
    const char *meta;
    CountTable own; /* references to an address that are not the program's */
    CountTable hidden; /* objects that the program's namespaces do not tell of */
    CountTable silent; /* types whose instances tell nothing */
    CountTable namespaces; /* dicts that do not tell of hidden objects */
    /* The walk. */
    Writer writer;
    AddressMap map;
    uintptr_t **blocks; /* addresses of nodes, by blocks; the lowest bit: frozen */
    size_t block_room;
    uint32_t count;
    uint64_t references;
    bool leaves_out_hidden; /* the dict that is looked into is one of `namespaces` */
    CountTable names; /* by the address of a str: its number among the strings, plus one */
    KnownText *texts; /* some of the latest strings */
    uint64_t text_bytes;
    uint32_t text_count;
    uint32_t type_count;
} Heap;

/* Walk and write everything to `file`. False: an exception is set. `heap` is prepared but for the walk's own fields. */
bool capture(Heap *heap, int file);

/* Let go of everything, objects that the walk has held included. */
void release_heap(Heap *heap);

/* Mark an object as none of the program's: it becomes no node, and references to it are not told. */
bool leave_out(Heap *heap, PyObject *object);

/* The number of the node of an object, a new one where it is met for the first time. NONE: it is left out, or (with an
   exception set) there is no memory. */
uint32_t number_node(Heap *heap, PyObject *object);

static inline KnownText *
place_of_text(Heap *heap, uint64_t hash)
{
    return &heap->texts[hash >> 32 & (TEXTS - 1)];
}

/* Numbers of strings (strings.c). `hash`: one that other strings do not have. `number_name` remembers str objects, which have to live
   as long as the walk. */
uint32_t number_hashed(Heap *heap, uint64_t hash, const char *bytes, size_t length);
uint32_t number_string(Heap *heap, const char *bytes, size_t length);
uint32_t number_text(Heap *heap, PyObject *string);
uint32_t number_name(Heap *heap, PyObject *string);

/* Write the row of a type, its number in `info->row`; name and place of a node that has them (naming.c). */
bool write_type(Heap *heap, TypeInfo *info);
void write_naming(Heap *heap, uint32_t node, PyObject *object, TypeInfo *info);

/* What a dict has under a name that is ASCII, borrowed; NULL, without an error, where there is nothing. (naming.c) */
PyObject *find_entry(PyObject *dict, const char *name);

/* Write the roots, before all objects; false: an exception is set. Whether an object is Heapsight's. (roots.c) */
bool write_roots(Heap *heap);
bool is_own(Heap *heap, PyObject *object);
void write_root(Heap *heap, uint32_t node, int kind, uint32_t label);

/* Threads and their frames, behind all objects (threads.c). */
bool number_threads(Heap *heap);
bool write_threads(Heap *heap);

/* Fill `heap` from the arguments of a call from Python. False: an exception is set. (request.c) */
bool read_request(Heap *heap, PyObject *roots, PyObject *threads, PyObject *own, PyObject *hidden, PyObject *package);

#endif
