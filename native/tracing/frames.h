/* Frames as they lie in memory: variables, and the operands of the instruction that comes next. */

#ifndef HEAPSIGHT_FRAMES_H
#define HEAPSIGHT_FRAMES_H

#include "interpreter.h"

/* The words of the interpreter's frame behind a frame object that runs, or is suspended. The numbering is that of
   debuggee/frame_layout.py, which tries it out before anybody asks. */
static inline void *const *
words_of(PyObject *frame)
{
    return (void *const *)((Frame *)frame)->interpreter_frame;
}

/* The code of a frame; borrowed from it. */
static inline PyObject *
code_of(PyFrameObject *frame)
{
    if (sees_threads) {
        return ((InterpreterFrame *)((Frame *)frame)->interpreter_frame)->code;
    }
    PyObject *code = (PyObject *)PyFrame_GetCode(frame);
    Py_DECREF(code);
    return code;
}

extern PyMethodDef frame_methods[];

/* Remember what a frame object is; `frame` is one. */
void learn_frames(PyObject *frame);

#endif
