/* What the limited API does not show of objects and types, and the heap walk needs.

   Compiled once for 3.11 to 3.13, so none of this comes from the headers: the beginnings of the structures are written
   down here and tried out on objects of our own when the module is imported (`layouts_ready`). Everything here reads
   only: no reference is taken, no user code runs. */

#ifndef HEAPSIGHT_LAYOUT_H
#define HEAPSIGHT_LAYOUT_H

#include "counting.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define VERSION_3_12 0x030C0000
#define VERSION_3_13 0x030D0000
#define VERSION_3_14 0x030E0000

/* A type, up to where 3.11, 3.12 and 3.13 are alike. */
typedef struct {
    PyVarObject head;
    const char *name;
    Py_ssize_t basic_size;
    Py_ssize_t item_size;
    void *functions[15];
    unsigned long flags;
    const char *doc;
    traverseproc traverse;
    void *clear;
    void *compare;
    Py_ssize_t weaklist_offset;
    void *iterate;
    void *next;
    void *methods;
    struct MemberLayout *members;
    void *getters;
    PyTypeObject *base;
    PyObject *dict; /* NULL for static types of the interpreter's from 3.12 on */
    void *descriptor_get;
    void *descriptor_set;
    Py_ssize_t dict_offset;
    void *init;
    void *alloc;
    void *make;
    void *release;
    inquiry is_gc;
    PyObject *bases;
    PyObject *mro;
    PyObject *cache;
    PyObject *subclasses; /* a dict; in types with FLAG_BUILTIN a number */
} TypeLayout;

/* A plain member of a type: PyMemberDef. */
typedef struct MemberLayout {
    const char *name;
    int kind;
    Py_ssize_t offset;
    int flags;
    const char *doc;
} MemberLayout;

enum { MEMBER_OBJECT = 6, MEMBER_OBJECT_OR_UNSET = 16 };

/* What stands before an object that the collector knows. */
typedef struct {
    uintptr_t next; /* 0: not tracked; the lowest bits are the collector's */
    uintptr_t previous;
} CollectorHeader;

#define TYPE_LAYOUT(type) ((TypeLayout *)(type))
#define TYPE_HAS(type, flag) ((TYPE_LAYOUT(type)->flags & (flag)) != 0)
#define WORD_OF(object, index) (((PyObject **)(object))[index])
#define COLLECTOR_HEADER(object) ((CollectorHeader *)(object) - 1)

#define FLAG_BUILTIN (1UL << 1) /* 3.12: a static type of the interpreter itself */
#define FLAG_INLINE_VALUES (1UL << 2) /* 3.13 */
#define FLAG_MANAGED_WEAKREF (1UL << 3) /* 3.12 */
#define FLAG_MANAGED_DICT (1UL << 4)
#define FLAG_HEAP (1UL << 9)
#define FLAG_COLLECTED (1UL << 14)

/* Types that the limited API does not name, and facts found out when the module was imported. */
typedef struct {
    PyTypeObject *function, *method, *builtin, *cell, *code, *generator, *coroutine, *async_generator, *frame, *deque,
        *exception, *ordered_dict, *cache;
    traverseproc subtype_traverse; /* the traversal of classes made by a `class` statement */
    int version; /* 11, 12 or 13 */
    Py_ssize_t qualname; /* word of a class's qualified name; its shared keys come next */
    /* Of code objects, in bytes. */
    Py_ssize_t code_filename, code_qualname, code_first_line, code_stack_size, code_names;
    /* Of generators: the word where the frame begins. */
    Py_ssize_t generator_frame;
    PyObject **(*dict_pointer)(PyObject *object);
    int (*is_printable)(Py_UCS4 character);
    CollectorHeader *generations[4]; /* heads of the collector's lists; the last is the frozen one */
    PyObject *type_dict_getter; /* type.__dict__['__dict__'], for static types */
    PyObject *trial; /* what it was found out with: kept, or its classes would be garbage among the program's */
} Layouts;

extern Layouts layouts;

/* Look everything up and try it out. On failure an ImportError is set. */
bool layouts_ready(void);

/* Whether the collector may be asked about `object`: it has a header before it. */
static inline bool
has_collector_header(PyObject *object)
{
    TypeLayout *type = TYPE_LAYOUT(Py_TYPE(object));
    return (type->flags & FLAG_COLLECTED) && (type->is_gc == NULL || type->is_gc(object));
}

static inline bool
is_tracked(PyObject *object)
{
    return has_collector_header(object) && COLLECTOR_HEADER(object)->next != 0;
}

/* The reference count; -1: immortal. */
static inline Py_ssize_t
count_references(PyObject *object)
{
    Py_ssize_t count = object->ob_refcnt;
    return layouts.version >= 12 && (int32_t)count < 0 ? -1 : count;
}

/* The dict of a type, borrowed. NULL, without an error, where there is none. */
PyObject *type_dict(PyTypeObject *type);

/* Attribute values that an instance keeps without a dict: `count` values, parallel to `names_at` (every other word). */
typedef struct {
    PyObject **values;
    PyObject **names;
    Py_ssize_t count;
    Py_ssize_t capacity;
    PyObject *dict; /* the instance's dict, or NULL */
} InlineValues;

/* What an instance of a type with FLAG_MANAGED_DICT has. */
InlineValues read_inline_values(PyObject *object, PyTypeObject *type);

/* Names that the instances of a class share: a pointer to the first of `*count`, every other word. NULL: none. */
PyObject **shared_names(PyTypeObject *type, Py_ssize_t *count);

/* Whether a dict's keys belong to a class. */
static inline bool
has_shared_keys(PyObject *dict)
{
    return WORD_OF(dict, 5) != NULL;
}

/* Whether a dict shows the values of an instance, which owns them (3.13). */
static inline bool
shows_inline_values(PyObject *dict)
{
    uint8_t *values = (uint8_t *)WORD_OF(dict, 5);
    return layouts.version >= 13 && values != NULL && values[2];
}

/* Call `visit` for each object in the collector's lists, the frozen ones last (`generation` 3). The visitor must not
   let go of objects. Returns what `visit` returned if not 0. */
typedef int (*ObjectVisitor)(PyObject *object, int generation, void *context);
int for_each_object(ObjectVisitor visit, void *context);

#endif
