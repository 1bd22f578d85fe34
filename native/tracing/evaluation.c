/* Which code runs without telling events; 3.11.

   There an evaluation loop that tells events is several times slower even where nobody listens, because it looks at line
   numbers before each instruction. So an evaluation function (PEP 523), asked for each call, has dull code run in loops
   that tell nothing. Only while there is nothing to find but breakpoints: then a frame's code says whether it is dull.

   What a loop tells is one byte of it (`use_tracing`), which a loop takes over from the one that called it and hands
   back when it ends. `evaluate` sets it for the callee before, and for the caller after each call. */

#include "evaluation.h"

#include "arguments.h"
#include "tables.h"

/* The trace function in C. */
static TraceFunction ours;
/* From Python: who is asked about code. */
static PyObject *classify;
/* Whether dull code runs in loops that tell nothing. */
static bool suppresses;

/* A call by way of `evaluate`; on the C stack. */
typedef struct Evaluation {
    const EvaluationLoop *caller;
    struct Evaluation *outer;
} Evaluation;

static THREAD_LOCAL Evaluation *innermost;

void
learn_trace_function(TraceFunction function)
{
    ours = function;
}

void
set_classify(PyObject *function)
{
    PyObject *old = classify;
    Py_XINCREF(function);
    classify = function;
    Py_XDECREF(old);
}

/* Whether there is nothing of interest in a frame that has just begun to run or goes on. */
static bool
is_dull_frame(const InterpreterFrame *frame)
{
    Verdict verdict = verdict_on(frame->code);
    if (verdict != INTERESTING) {
        return verdict == DULL;
    }
    PyObject *known = trace_for(frame->code);
    return known != NULL && Py_TYPE(known) == line_trace_type
           && is_dull_call((LineTrace *)known, (void *const *)frame);
}

/* Whether all frames of a loop are; `by_code`: whatever their arguments say. */
static bool
is_dull(const EvaluationLoop *loop, bool by_code)
{
    for (InterpreterFrame *frame = loop->current_frame; frame != NULL; frame = frame->previous) {
        if (by_code ? verdict_on(frame->code) != DULL : !is_dull_frame(frame)) {
            return false;
        }
        if (frame->is_entry) {
            return true;
        }
    }
    return false;
}

/* Whether what the running loop tells is nothing to anybody: to itself, and to those that it will be handed on to because
   `evaluate` did not call what they call: it was not in use then. */
static bool
is_dull_outwards(const ThreadState *thread)
{
    const EvaluationLoop *loop = thread->loop;
    bool is_dull_so_far = is_dull(loop, false);
    while (is_dull_so_far && !(innermost != NULL && innermost->caller == loop->previous)) {
        loop = loop->previous;
        if (loop == NULL || loop->current_frame == NULL) {
            break;
        }
        is_dull_so_far = is_dull(loop, true);
    }
    return is_dull_so_far;
}

/* What the loop that `thread` is in should have in `use_tracing`. */
static uint8_t
wanted(const ThreadState *thread)
{
    if (thread->tracing > 0 || (thread->trace_function == NULL && thread->profile_function == NULL)) {
        return 0;
    }
    if (thread->trace_function != ours || thread->profile_function != NULL || !suppresses) {
        return 255;
    }
    return is_dull_outwards(thread) ? 0 : 255;
}

/* Set `use_tracing` anew for all loops of a thread. A loop that ends hands its own on to its caller, and only one that
   `evaluate` has called is corrected then: so no loop may be quiet that was called, at any distance, by one that is
   not. */
static void
refresh_thread(ThreadState *thread)
{
    EvaluationLoop *outermost = NULL;
    for (EvaluationLoop *loop = thread->loop; loop != NULL; loop = loop->previous) {
        if (loop->current_frame != NULL && !(suppresses && is_dull(loop, true))) {
            outermost = loop;
        }
    }
    bool is_inside = outermost != NULL;
    for (EvaluationLoop *loop = thread->loop; loop != NULL; loop = loop->previous) {
        loop->use_tracing = is_inside || loop->current_frame == NULL ? 255 : 0;
        is_inside = is_inside && loop != outermost;
    }
    if (thread->tracing > 0) {
        /* In a trace function of ours; when it ends, the interpreter sets that of the loop that called it. */
        thread->loop->use_tracing = 0;
    }
}

void
refresh_threads(void)
{
    for (ThreadState *thread = interpreter.first_thread(PyInterpreterState_Get()); thread != NULL;
         thread = thread->next) {
        if (thread->trace_function == ours && thread->profile_function == NULL) {
            refresh_thread(thread);
        }
    }
}

static PyObject *evaluate(ThreadState *thread, InterpreterFrame *frame, int throws);

void
set_suppresses(bool on)
{
    if (interpreter.evaluate == NULL) {
        return;
    }
    PyInterpreterState *current = PyInterpreterState_Get();
    EvaluateFunction installed = interpreter.get_evaluation(current);
    if (on && installed == interpreter.evaluate) {
        interpreter.set_evaluation(current, evaluate);
    }
    else if (!on && installed == evaluate) {
        interpreter.set_evaluation(current, interpreter.evaluate);
    }
    /* Somebody else's evaluation function would not tell of calls. */
    suppresses = on && (installed == interpreter.evaluate || installed == evaluate);
}

/* Have Python put `code` into the table; false with an exception set. */
static bool
ask_about(ThreadState *thread, PyObject *code)
{
    PyObject *function = classify;
    if (function == NULL) {
        return true;
    }
    Py_INCREF(function);
    interpreter.enter_tracing(thread);
    PyObject *result = PyObject_CallFunctionObjArgs(function, code, NULL);
    interpreter.leave_tracing(thread);
    Py_DECREF(function);
    Py_XDECREF(result);
    return result != NULL;
}

static PyObject *
evaluate(ThreadState *thread, InterpreterFrame *frame, int throws)
{
    /* Before all else, and always. */
    release_arguments(thread->loop->current_frame, frame);
    if (thread->trace_function != ours || thread->tracing > 0 || thread->profile_function != NULL || !suppresses) {
        return interpreter.evaluate(thread, frame, throws);
    }
    if (!has_much_stack()) {
        /* Calls of Python functions by Python functions take C stack only because of this function. */
        set_suppresses(false);
        refresh_threads();
        return interpreter.evaluate(thread, frame, throws);
    }
    /* With an exception that is to be thrown into the frame, nothing else can be run; then it is unknown, and told. */
    if (!throws && verdict_on(frame->code) == UNKNOWN && !ask_about(thread, frame->code)) {
        /* What a signal handler has raised meanwhile: raised where the call begins. */
        throws = 1;
    }
    /* Asking may have changed what is asked for. */
    bool tells_nothing = suppresses && is_dull_frame(frame);
    thread->loop->use_tracing = tells_nothing && thread->trace_function == ours ? 0 : 255;
    Evaluation this = {thread->loop, innermost};
    innermost = &this;
    PyObject *result = interpreter.evaluate(thread, frame, throws);
    innermost = this.outer;
    thread->loop->use_tracing = wanted(thread);
    return result;
}
