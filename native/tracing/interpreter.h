/* What the limited API does not show of the interpreter, and the tracing needs.

   The extension is compiled once for 3.11 to 3.13, so none of this comes from the headers: functions are looked up by
   name when the module is imported, and the beginnings of the structures are written down here. Both are tried out
   before anything relies on them (`interpreter_ready`). */

#ifndef HEAPSIGHT_INTERPRETER_H
#define HEAPSIGHT_INTERPRETER_H

#include "../heap/counting.h"

#include <stdbool.h>
#include <stdint.h>

/* One variable for each thread. */
#ifdef _WIN32
#define THREAD_LOCAL __declspec(thread)
#else
#define THREAD_LOCAL __thread
#endif

/* A trace function, and what it is told. */
typedef int (*TraceFunction)(PyObject *self, PyFrameObject *frame, int what, PyObject *argument);

enum { EVENT_CALL, EVENT_EXCEPTION, EVENT_LINE, EVENT_RETURN, EVENT_C_CALL, EVENT_C_EXCEPTION, EVENT_C_RETURN,
       EVENT_OPCODE, EVENT_COUNT };

/* A frame object, up to where 3.11, 3.12 and 3.13 are alike. */
typedef struct {
    PyObject_HEAD
    PyObject *back;
    void *interpreter_frame;
    PyObject *trace;
    int line; /* while an event is told: where; else 0 */
    char trace_lines;
    char trace_opcodes;
} Frame;

/* The interpreter's own frame; 3.11 only. */
typedef struct InterpreterFrame {
    PyObject *function;
    PyObject *globals;
    PyObject *builtins;
    PyObject *locals;
    PyObject *code;
    PyObject *frame_object;
    struct InterpreterFrame *previous;
    void *previous_instruction;
    int stack_top;
    bool is_entry; /* the outermost one that a run of the evaluation loop executes */
    char owner;
} InterpreterFrame;

/* One run of the evaluation loop; 3.11 only. */
typedef struct EvaluationLoop {
    uint8_t use_tracing; /* 0 or 255: whether it tells events */
    InterpreterFrame *current_frame;
    struct EvaluationLoop *previous;
} EvaluationLoop;

/* A thread, up to what is needed here; 3.11 only. */
typedef struct ThreadState {
    struct ThreadState *previous;
    struct ThreadState *next;
    PyInterpreterState *interpreter;
    int is_initialized;
    int is_static;
    int recursion_remaining;
    int recursion_limit;
    int recursion_headroom;
    int tracing; /* how many trace functions it is in */
    int tracing_what;
    EvaluationLoop *loop;
    TraceFunction profile_function;
    TraceFunction trace_function;
    PyObject *profile_object;
    PyObject *trace_object;
    PyObject *error_type;
    PyObject *error_value;
    PyObject *error_traceback;
    void *handled;
    PyObject *dict;
    int gil_counter;
    PyObject *asynchronous_exception;
    unsigned long ident;
} ThreadState;

typedef PyObject *(*EvaluateFunction)(ThreadState *thread, InterpreterFrame *frame, int throws);

/* Functions of the interpreter's; those of one version only are NULL elsewhere. */
typedef struct {
    void (*set_trace)(TraceFunction function, PyObject *object);
    Py_ssize_t (*request_index)(freefunc release);
    int (*get_extra)(PyObject *code, Py_ssize_t index, void **extra);
    int (*set_extra)(PyObject *code, Py_ssize_t index, void *extra);
    PyFrameObject *(*caller)(PyFrameObject *frame); /* a new reference, or NULL */
    int (*offset)(PyFrameObject *frame); /* of the instruction that it is at; negative: of none */
    /* From 3.12 on. */
    void (*set_trace_all_threads)(TraceFunction function, PyObject *object);
    /* 3.11. */
    int (*set_trace_of)(ThreadState *thread, TraceFunction function, PyObject *object);
    ThreadState *(*first_thread)(PyInterpreterState *interpreter);
    void (*enter_tracing)(ThreadState *thread);
    void (*leave_tracing)(ThreadState *thread);
    /* 3.11.4 and later of 3.11: before, some calls do not ask the evaluation function. */
    EvaluateFunction (*get_evaluation)(PyInterpreterState *interpreter);
    void (*set_evaluation)(PyInterpreterState *interpreter, EvaluateFunction function);
    EvaluateFunction evaluate;
} Interpreter;

extern Interpreter interpreter;

/* Where a code object has room for words of ours: what a table says of it, and an object that the table holds. */
extern Py_ssize_t mark_index;
extern Py_ssize_t trace_index;

/* Whether this is 3.11, whose threads and evaluation loops can be looked into. */
extern bool sees_threads;

/* The words of the interpreter's frame that runs Python code in the calling thread; NULL: there is none. From 3.12 on
   without making a frame object, where the thread is as expected. */
void *const *running_words(void);

/* None, as what a function returns. Not Py_RETURN_NONE: from 3.12 on, where None is immortal, the headers give out None
   without a reference, and what is compiled with them runs on 3.11, too. */
static inline PyObject *
new_none(void)
{
    Py_INCREF(Py_None);
    return Py_None;
}

/* The address of one of the interpreter's functions; NULL: it has none of that name. */
void *find_function(const char *name);

/* Look everything up and try it out. On failure an ImportError is set. */
bool interpreter_ready(void);

/* Whether less than half of the calling thread's C stack is in use. False also where that cannot be known. */
bool has_much_stack(void);

#endif
