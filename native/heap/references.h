/* The references that one object holds, with the way in which it holds them: docs/snapshot-format.md has the rules. */

#ifndef HEAPSIGHT_REFERENCES_H
#define HEAPSIGHT_REFERENCES_H

#include "types.h"

enum {
    REFERENCE_ATTRIBUTE = 0, /* name */
    REFERENCE_ITEM = 1, /* index */
    REFERENCE_VALUE = 2, /* name: the key, any object */
    REFERENCE_KEY = 3,
    REFERENCE_MEMBER = 4,
    REFERENCE_LOCAL = 5, /* name */
    REFERENCE_TYPE = 6,
    REFERENCE_FRAME = 7, /* name or NULL */
    REFERENCE_INTERNAL = 8, /* name or NULL */
    REFERENCE_THREAD = 9, /* index; pseudo nodes only */
};

/* What is told of one reference. Everything is borrowed; `target` is never NULL. Not 0: no more of them. The visitor
   must not let go of objects nor run Python code. */
typedef int (*ReferenceVisitor)(PyObject *target, int kind, PyObject *name, Py_ssize_t index, void *context);

/* Tell every reference that `holder` owns, one call for each. Returns what `visit` returned if not 0; -1 with an error
   set where memory ran out. No recursion, no reference counts changed, nothing of the user's run. Uses `type_info`: the
   function of the module that Python called has to call `forget_types` when it is through. */
int visit_references(PyObject *holder, ReferenceVisitor visit, void *context);

/* The same without kinds and names. */
int visit_referents(PyObject *holder, visitproc visit, void *context);

/* -- for the files that share this work --------------------------------------------------------------------------- */

typedef struct {
    ReferenceVisitor visit;
    void *context;
} Receiver;

#define TELL(receiver, target, kind, name, index)                                                                    \
    do {                                                                                                             \
        PyObject *told = (PyObject *)(target);                                                                       \
        int stopped_ = told == NULL ? 0 : (receiver)->visit(told, kind, name, index, (receiver)->context);           \
        if (stopped_) {                                                                                              \
            return stopped_;                                                                                         \
        }                                                                                                            \
    } while (0)

/* Names that references are told by; made once. */
typedef struct {
    PyObject *dict, *mro, *bases, *base, *module, *name, *qualname, *slots, *subclasses, *cache, *keys, *function,
        *namespace, *code, *frame, *back, *trace, *locals, *exception, *origin, *names, *kinds, *array_base, *dtype,
        *cached;
} ReferenceNames;

extern ReferenceNames reference_names;
bool references_ready(void);

/* Frames and generators (frames.c). */
int visit_generator(PyObject *holder, Receiver *receiver);
int visit_frame_object(PyObject *holder, Receiver *receiver);
int visit_code(PyObject *holder, TypeInfo *info, Receiver *receiver);

/* Tell what a frame holds that runs: its variables (cells as they are), its evaluation stack where it is saved, and its
   own parts. `frame` is the frame object of it. As visit_references. */
int visit_running_frame(PyObject *frame, ReferenceVisitor visit, void *context);

/* What the traversal of the holder's base reports beyond the rules, or instead of them (fields.c). */
int visit_fields(PyObject *holder, TypeInfo *info, Receiver *receiver);
int visit_extras(PyObject *holder, TypeInfo *info, Receiver *receiver);
int visit_array(PyObject *holder, Receiver *receiver);

#endif
