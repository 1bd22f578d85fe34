/* What is worth knowing of a type once, for all its objects: by which rule they refer to others, where their slots and
   members are, how their size is measured. */

#ifndef HEAPSIGHT_TYPES_H
#define HEAPSIGHT_TYPES_H

#include "layout.h"

typedef enum {
    RULE_FIELDS, /* what the traversal reports, named by plain members and known fields */
    RULE_LIST,
    RULE_TUPLE,
    RULE_DICT,
    RULE_SET,
    RULE_DEQUE,
    RULE_TYPE,
    RULE_MODULE,
    RULE_CODE,
    RULE_GENERATOR,
    RULE_FRAME,
    RULE_FUNCTION,
    RULE_METHOD,
    RULE_BUILTIN,
    RULE_CELL,
    RULE_EXCEPTION,
    RULE_CACHE, /* functools.lru_cache */
    RULE_ARRAY, /* numpy.ndarray */
} Rule;

/* A place in an object that holds a reference. */
typedef struct {
    PyObject *name; /* str, owned */
    Py_ssize_t offset; /* bytes */
} Member;

typedef struct {
    PyTypeObject *type;
    Rule rule;
    PyTypeObject *base; /* of the type's bases the next that is no class made by a `class` statement */
    traverseproc traverse; /* the base's own, or NULL */
    traverseproc rule_traverse; /* of the type that the rule is for */
    bool is_exact; /* the rule of the base says everything: its traversal need not be asked */
    bool is_class; /* made by a `class` statement */
    bool has_managed_dict;
    bool base_has_managed_dict; /* whose traversal reports it */
    bool has_plain_dict; /* one that the base does not report */
    Member *slots;
    Py_ssize_t slot_count;
    Member *members; /* of the base and its bases */
    Py_ssize_t member_count;
    PyCFunction measure; /* `__sizeof__` in C */
    PyObject *measure_method; /* or the method, borrowed, where it is called in another way. Both NULL: basic_size */
    Py_ssize_t headers; /* bytes before the object */
    bool has_values; /* may keep attribute values without a dict */
    bool is_bytearray;
    bool is_weak; /* a weak reference */
    bool is_own; /* Heapsight's: for a walk's own use; false at first */
    uint32_t row; /* for a walk's own use; UINT32_MAX at first */
} TypeInfo;

/* Make what is needed once. False: an exception is set. */
bool types_ready(void);

/* What is known of a type; NULL, with MemoryError set, where there is no memory. Valid until `forget_types`. */
TypeInfo *type_info(PyTypeObject *type);

/* Call this at the end of every function that Python calls: types may go away after it. */
void forget_types(void);

/* Visit all types asked about since `forget_types`. */
int for_each_type(int (*visit)(TypeInfo *info, void *context), void *context);

/* Whether a str begins with another one; false for anything that is no exact str. */
bool begins_with(PyObject *text, PyObject *beginning);

/* Whether a class says that it is from a module whose name begins with `package`: all of Heapsight's are from
   "heapsight." something. Found without `type_info`, as there is no time for that where little is looked at. */
bool is_from_package(PyTypeObject *type, PyObject *package);

/* Fill in how objects of a type are measured (sizes.c). */
void find_measure(TypeInfo *info);

#endif
