#include "interpreter.h"

#include "frames.h"

#include <stddef.h>

#ifdef _WIN32
#include <windows.h>
#else
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* pthread_getattr_np */
#endif
#include <dlfcn.h>
#include <pthread.h>
#endif

Interpreter interpreter;
Py_ssize_t mark_index = -1;
Py_ssize_t trace_index = -1;
bool sees_threads;

#define VERSION_3_12 0x030C0000
#define VERSION_3_13 0x030D0000
#define VERSION_3_14 0x030E0000
/* The first whose BINARY_SUBSCR_GETITEM asks the evaluation function, too. */
#define VERSION_3_11_4 0x030B0400

/* -- functions ---------------------------------------------------------------------------------------------------- */

void *
find_function(const char *name)
{
#ifdef _WIN32
    PyObject *handle = PySys_GetObject("dllhandle");
    HMODULE library = handle == NULL ? NULL : (HMODULE)PyLong_AsVoidPtr(handle);
    PyErr_Clear();
    return library == NULL ? NULL : (void *)GetProcAddress(library, name);
#else
    return dlsym(RTLD_DEFAULT, name);
#endif
}

/* Function and object pointers are of one size wherever there is an interpreter; C itself does not promise it. */
#define FIND(place, name) (*(void **)&(place) = find_function(name))

static bool
find_functions(void)
{
    if (Py_Version >= VERSION_3_12) {
        FIND(interpreter.request_index, "PyUnstable_Eval_RequestCodeExtraIndex");
        FIND(interpreter.get_extra, "PyUnstable_Code_GetExtra");
        FIND(interpreter.set_extra, "PyUnstable_Code_SetExtra");
        FIND(interpreter.set_trace_all_threads, "PyEval_SetTraceAllThreads");
    }
    else {
        FIND(interpreter.request_index, "_PyEval_RequestCodeExtraIndex");
        FIND(interpreter.get_extra, "_PyCode_GetExtra");
        FIND(interpreter.set_extra, "_PyCode_SetExtra");
        FIND(interpreter.set_trace_of, "_PyEval_SetTrace");
        FIND(interpreter.first_thread, "PyInterpreterState_ThreadHead");
        FIND(interpreter.enter_tracing, "PyThreadState_EnterTracing");
        FIND(interpreter.leave_tracing, "PyThreadState_LeaveTracing");
    }
    if (Py_Version < VERSION_3_12 && Py_Version >= VERSION_3_11_4) {
        FIND(interpreter.get_evaluation, "_PyInterpreterState_GetEvalFrameFunc");
        FIND(interpreter.set_evaluation, "_PyInterpreterState_SetEvalFrameFunc");
        FIND(interpreter.evaluate, "_PyEval_EvalFrameDefault");
        if (interpreter.get_evaluation == NULL || interpreter.set_evaluation == NULL) {
            interpreter.evaluate = NULL;
        }
    }
    FIND(interpreter.set_trace, "PyEval_SetTrace");
    FIND(interpreter.caller, "PyFrame_GetBack");
    FIND(interpreter.offset, "PyFrame_GetLasti");
    bool found = interpreter.request_index != NULL && interpreter.get_extra != NULL && interpreter.set_extra != NULL
                 && interpreter.set_trace != NULL && interpreter.caller != NULL && interpreter.offset != NULL
                 && (Py_Version >= VERSION_3_12
                         ? interpreter.set_trace_all_threads != NULL
                         : interpreter.set_trace_of != NULL && interpreter.first_thread != NULL
                               && interpreter.enter_tracing != NULL && interpreter.leave_tracing != NULL);
    if (found && mark_index < 0) {
        mark_index = interpreter.request_index(NULL);
        trace_index = interpreter.request_index(NULL);
    }
    return found && mark_index >= 0 && trace_index >= 0;
}

/* -- layouts ------------------------------------------------------------------------------------------------------ */

/* Whether the fields of a frame object are where `Frame` says: what is written to the attributes shows there. */
static bool
frames_are_known(PyObject *object)
{
    Frame *frame = (Frame *)object;
    PyObject *lines = PyObject_GetAttrString(object, "f_trace_lines");
    PyObject *opcodes = PyObject_GetAttrString(object, "f_trace_opcodes");
    PyObject *trace = PyObject_GetAttrString(object, "f_trace");
    bool known = lines != NULL && opcodes != NULL && trace != NULL;
    known = known && frame->trace_lines == (lines == Py_True) && frame->trace_opcodes == (opcodes == Py_True);
    known = known && frame->trace == (trace == Py_None ? NULL : trace);
    /* f_trace_opcodes is not tried: setting it switches something on in 3.12. */
    known = known && PyObject_SetAttrString(object, "f_trace_lines", lines == Py_True ? Py_False : Py_True) == 0
            && frame->trace_lines != (lines == Py_True) && PyObject_SetAttrString(object, "f_trace_lines", lines) == 0
            && frame->trace_lines == (lines == Py_True);
    known = known && PyObject_SetAttrString(object, "f_trace", lines) == 0 && frame->trace == lines
            && PyObject_SetAttrString(object, "f_trace", trace) == 0;
    Py_XDECREF(lines);
    Py_XDECREF(opcodes);
    Py_XDECREF(trace);
    return known;
}

/* Whether threads and evaluation loops look as written down for 3.11; `frame` is the one that runs. */
static bool
threads_are_known(PyObject *frame)
{
    ThreadState *thread = (ThreadState *)PyThreadState_Get();
    if (thread->interpreter != PyInterpreterState_Get() || thread->recursion_limit != Py_GetRecursionLimit()
        || thread->recursion_remaining <= 0 || thread->recursion_remaining > thread->recursion_limit
        || thread->ident != PyThread_get_thread_ident() || thread->loop == NULL || thread->tracing < 0) {
        return false;
    }
    EvaluationLoop *loop = thread->loop;
    if ((loop->use_tracing != 0 && loop->use_tracing != 255) || loop->previous == NULL) {
        return false;
    }
    InterpreterFrame *running = loop->current_frame;
    PyObject *code = (PyObject *)PyFrame_GetCode((PyFrameObject *)frame);
    bool known = running != NULL && running == ((Frame *)frame)->interpreter_frame && running->frame_object == frame
                 && running->code == code;
    Py_XDECREF(code);
    return known;
}

/* Where a thread has its running frame from 3.12 on, in bytes; 0: not known. 3.12 has it behind one more pointer. */
static size_t running_at;

typedef struct {
    void *neighbours[2];
    PyInterpreterState *interpreter;
    /* 3.12: status, remaining, limit, 4 more; 3.13: a word's worth, status, whence, state, remaining, limit, 4 more, and
       one to fill the word up. */
    int numbers[];
} LaterThread;

static void *
running_frame(const void *thread)
{
    void *found = *(void **)((const char *)thread + running_at);
    return found != NULL && Py_Version < VERSION_3_13 ? *(void **)found : found;
}

/* Find out where `frame`, which runs, is told by the thread. */
static void
learn_running_frame(PyObject *frame)
{
    bool is_3_12 = Py_Version < VERSION_3_13;
    const LaterThread *thread = (const LaterThread *)PyThreadState_Get();
    if (thread->interpreter == PyInterpreterState_Get()
        && thread->numbers[is_3_12 ? 2 : 6] == Py_GetRecursionLimit()) {
        running_at = offsetof(LaterThread, numbers) + (is_3_12 ? 8 : 12) * sizeof(int);
        running_at = running_frame(thread) == ((Frame *)frame)->interpreter_frame ? running_at : 0;
    }
}

void *const *
running_words(void)
{
    if (running_at > 0) {
        return running_frame(PyThreadState_Get());
    }
    PyObject *frame = (PyObject *)PyEval_GetFrame();
    return frame == NULL ? NULL : words_of(frame);
}

bool
interpreter_ready(void)
{
    const char *problem = NULL;
    PyObject *frame = (PyObject *)PyEval_GetFrame();
    sees_threads = Py_Version < VERSION_3_12;
    if (Py_Version >= VERSION_3_14) {
        problem = "it is made for Python 3.11 to 3.13";
    }
    else if (!find_functions()) {
        problem = "the interpreter lacks functions that it needs";
    }
    else if (frame == NULL || !frames_are_known(frame) || (sees_threads && !threads_are_known(frame))) {
        problem = "the interpreter's structures are not as expected";
    }
    if (problem == NULL) {
        learn_frames(frame);
        if (!sees_threads) {
            learn_running_frame(frame);
        }
    }
    else {
        PyErr_Format(PyExc_ImportError, "heapsight._native.tracing cannot be used: %s", problem);
    }
    return problem == NULL;
}

/* -- stack -------------------------------------------------------------------------------------------------------- */

/* Where half of the thread's C stack lies below; 0: not looked up yet, UINTPTR_MAX: not to be known. */
static THREAD_LOCAL uintptr_t middle_of_stack;

static uintptr_t
find_middle_of_stack(void)
{
#if defined(_WIN32)
    ULONG_PTR low, high;
    GetCurrentThreadStackLimits(&low, &high);
    return low + (high - low) / 2;
#elif defined(__APPLE__)
    uintptr_t high = (uintptr_t)pthread_get_stackaddr_np(pthread_self());
    return high - pthread_get_stacksize_np(pthread_self()) / 2;
#elif defined(__linux__)
    pthread_attr_t attributes;
    void *low;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) {
        return UINTPTR_MAX;
    }
    int failed = pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
    return failed ? UINTPTR_MAX : (uintptr_t)low + size / 2;
#else
    return UINTPTR_MAX;
#endif
}

bool
has_much_stack(void)
{
    char here;
    if (middle_of_stack == 0) {
        middle_of_stack = find_middle_of_stack();
    }
    return (uintptr_t)&here > middle_of_stack;
}
