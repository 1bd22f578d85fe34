/* What frames and generators hold, read where it lies, and code objects, whose traversal reports nothing. */

#include "references.h"

enum { WORD = sizeof(PyObject *), FIRST_VARIABLE = 9, STACK_TOP = 8, OWNED_BY_FRAME_OBJECT = 2,
       HIDDEN = 0x10, FRAME_CLEARED = 4 };

/* Tell what a frame of the interpreter's holds. `frame` points to its first word. */
static int
visit_frame(PyObject **frame, Receiver *receiver)
{
    bool first = layouts.version == 11;
    PyObject *code = frame[first ? 4 : 0];
    if (code == NULL || Py_TYPE(code) != layouts.code) {
        return 0; /* 3.13: the bottom of a C stack */
    }
    PyObject *names = WORD_OF(code, layouts.code_names / WORD);
    const char *kinds = PyBytes_AsString(WORD_OF(code, layouts.code_names / WORD + 1));
    Py_ssize_t variables = names == NULL ? 0 : PyTuple_Size(names);
    for (Py_ssize_t index = 0; index < variables; index++) {
        int kind = kinds[index] & HIDDEN ? REFERENCE_INTERNAL : REFERENCE_LOCAL;
        TELL(receiver, frame[FIRST_VARIABLE + index], kind, WORD_OF(names, 3 + index), 0);
    }
    int top = *(int *)(frame + STACK_TOP);
    int room = *(int *)((char *)code + layouts.code_stack_size);
    for (Py_ssize_t index = variables; index < top && top <= variables + room; index++) {
        TELL(receiver, frame[FIRST_VARIABLE + index], REFERENCE_FRAME, NULL, 0);
    }
    TELL(receiver, frame[first ? 0 : 2], REFERENCE_FRAME, reference_names.function, 0);
    TELL(receiver, frame[first ? 3 : 5], REFERENCE_FRAME, reference_names.namespace, 0);
    TELL(receiver, code, REFERENCE_FRAME, reference_names.code, 0);
    TELL(receiver, frame[first ? 5 : 6], REFERENCE_INTERNAL, reference_names.frame, 0);
    return 0;
}

int
visit_generator(PyObject *holder, Receiver *receiver)
{
    PyObject **frame = &WORD_OF(holder, layouts.generator_frame);
    int8_t state = ((int8_t *)frame)[-WORD + 3];
    if (layouts.version == 11) {
        TELL(receiver, WORD_OF(holder, 2), REFERENCE_INTERNAL, reference_names.code, 0);
    }
    TELL(receiver, frame[-6], REFERENCE_ATTRIBUTE, reference_names.name, 0);
    TELL(receiver, frame[-5], REFERENCE_ATTRIBUTE, reference_names.qualname, 0);
    TELL(receiver, frame[-4], REFERENCE_INTERNAL, reference_names.exception, 0);
    if (Py_TYPE(holder) != layouts.generator) { /* which leaves that word as it was */
        TELL(receiver, frame[-2], REFERENCE_INTERNAL, reference_names.origin, 0);
    }
    if (state < FRAME_CLEARED) {
        /* 0: a thread runs it, and tells its frame. Above: closed before it began, with all that it was given. */
        return state == 0 ? 0 : visit_frame(frame, receiver);
    }
    /* It has ended, and from 3.12 on keeps its code in the frame. */
    TELL(receiver, layouts.version >= 12 ? frame[0] : NULL, REFERENCE_INTERNAL, reference_names.code, 0);
    return 0;
}

int
visit_frame_object(PyObject *holder, Receiver *receiver)
{
    TELL(receiver, WORD_OF(holder, 2), REFERENCE_ATTRIBUTE, reference_names.back, 0);
    TELL(receiver, WORD_OF(holder, 4), REFERENCE_ATTRIBUTE, reference_names.trace, 0);
    if (layouts.version >= 13) {
        TELL(receiver, WORD_OF(holder, 6), REFERENCE_INTERNAL, reference_names.locals, 0);
        TELL(receiver, WORD_OF(holder, 7), REFERENCE_INTERNAL, reference_names.locals, 0);
    }
    PyObject **frame = (PyObject **)WORD_OF(holder, 3);
    if (frame == NULL) {
        return 0;
    }
    char owner = ((char *)(frame + STACK_TOP))[layouts.version == 11 ? 5 : 6];
    return owner == OWNED_BY_FRAME_OBJECT ? visit_frame(frame, receiver) : 0;
}

int
visit_running_frame(PyObject *frame, ReferenceVisitor visit, void *context)
{
    Receiver receiver = {visit, context};
    PyObject **running = (PyObject **)WORD_OF(frame, 3);
    return running == NULL ? 0 : visit_frame(running, &receiver);
}

int
visit_code(PyObject *holder, TypeInfo *info, Receiver *receiver)
{
    for (Py_ssize_t index = 0; index < info->member_count; index++) {
        PyObject *value = *(PyObject **)((char *)holder + info->members[index].offset);
        TELL(receiver, value, REFERENCE_ATTRIBUTE, info->members[index].name, 0);
    }
    Py_ssize_t names = layouts.code_names / WORD;
    TELL(receiver, WORD_OF(holder, names), REFERENCE_INTERNAL, reference_names.names, 0);
    TELL(receiver, WORD_OF(holder, names + 1), REFERENCE_INTERNAL, reference_names.kinds, 0);
    /* Behind the file name, the two names, the line table and the weak references: what attributes made and left. */
    PyObject *cached = WORD_OF(holder, names + 7);
    if (layouts.version == 11 || cached == NULL) {
        TELL(receiver, cached, REFERENCE_INTERNAL, reference_names.cached, 0);
        return 0;
    }
    for (int index = 0; index < 4; index++) {
        TELL(receiver, WORD_OF(cached, index), REFERENCE_INTERNAL, reference_names.cached, 0);
    }
    return 0;
}
