/* The trace function.

   A thread that has a C trace function tells it every event, which is cheap to refuse; what is of interest is handed to
   Python. On 3.11 dull code does not even tell them: see `evaluation.c`. */

#include "tracing.h"

#include "evaluation.h"
#include "exceptions.h"
#include "frames.h"
#include "sites.h"
#include "tables.h"

/* From Python: what `sys.gettrace` tells, and who is asked about frames. */
static PyObject *trace_object;
static PyObject *decide;
static PyObject *table; /* the one in use */

static PyObject *event_names[EVENT_COUNT];

/* -- the trace function ------------------------------------------------------------------------------------------- */

/* Make `function`, a reference of ours, the local trace function of `frame`. */
static void
set_local_trace(PyFrameObject *frame, PyObject *function)
{
    PyObject *old = ((Frame *)frame)->trace;
    ((Frame *)frame)->trace = function;
    Py_XDECREF(old);
}

/* Whether a frame that goes on is one of those that Python traces because of an exception that it handles. */
static bool
keeps_its_own(PyFrameObject *frame, PyObject *known)
{
    PyObject *current = ((Frame *)frame)->trace;
    return current != NULL && Py_TYPE(current) != line_trace_type && Py_TYPE(known) == line_trace_type
           && ((LineTrace *)known)->owner != OWNER_NONE;
}

/* Have the events told that a local trace function wants. The frame may go on after it was dull. */
static void
see_more(PyFrameObject *frame, PyObject *function)
{
    Frame *seen = (Frame *)frame;
    if (Py_TYPE(function) != line_trace_type) {
        seen->trace_lines = 1;
        return;
    }
    const LineTrace *trace = (LineTrace *)function;
    seen->trace_lines = trace->lines.count > 0 || trace->offsets.count > 0;
    if (trace->offsets.count > 0) {
        seen->trace_opcodes = 1; /* it may be in the middle of a line */
    }
}

static int
trace_call(PyFrameObject *frame)
{
    PyObject *code = code_of(frame);
    Verdict verdict = verdict_on(code);
    PyObject *known = verdict == INTERESTING ? trace_for(code) : NULL;
    if (known != NULL) {
        if (keeps_its_own(frame, known)) {
            return 0;
        }
        if (Py_TYPE(known) == line_trace_type && is_dull_call((LineTrace *)known, words_of((PyObject *)frame))) {
            set_local_trace(frame, NULL);
            ((Frame *)frame)->trace_lines = 0;
            return 0;
        }
        Py_INCREF(known);
        set_local_trace(frame, known);
        see_more(frame, known);
        return 0;
    }
    if (verdict == DULL || decide == NULL) {
        if (sees_threads) {
            /* Else the loop comes here at each line, although nobody listens. */
            ((Frame *)frame)->trace_lines = 0;
        }
        return 0;
    }
    PyObject *function = decide;
    Py_INCREF(function);
    PyObject *result = PyObject_CallFunctionObjArgs(function, frame, NULL);
    Py_DECREF(function);
    if (result == NULL) {
        PyTraceBack_Here(frame);
        return -1;
    }
    if (result == Py_None) {
        Py_DECREF(result);
    }
    else {
        set_local_trace(frame, result);
    }
    return 0;
}

static bool
is_dull_opcode(PyFrameObject *frame, const LineTrace *function)
{
    int offset = interpreter.offset(frame);
    if (!has_number(&function->offsets, offset)) {
        return true;
    }
    return is_dull_site(code_of(frame), offset, words_of((PyObject *)frame));
}

/* Whether a local trace function of ours has nothing to say about an event. */
static bool
is_dull_event(PyFrameObject *frame, const LineTrace *function, int what, PyObject *argument)
{
    if (what == EVENT_LINE) {
        int line = ((Frame *)frame)->line;
        line = line > 0 ? line : PyFrame_GetLineNumber(frame);
        if (function->offsets.count > 0) {
            /* 3.11 only: later it is a matter of the code. */
            ((Frame *)frame)->trace_opcodes = has_number(&function->opcode_lines, line);
        }
        return !has_number(&function->lines, line);
    }
    if (what == EVENT_OPCODE && function->offsets.count > 0) {
        return is_dull_opcode(frame, function);
    }
    if (what == EVENT_RETURN) {
        return !function->returns;
    }
    if (what == EVENT_EXCEPTION && function->owner != OWNER_NONE) {
        return is_dull_exception(frame, function, argument);
    }
    return true;
}

/* Unlike that of `sys.settrace`, this one goes on after it has failed: what a signal handler raises while a thread is
   stopped is the program's, and no reason to miss its next breakpoint. And it makes no dict of the variables. */
static int
trace(PyObject *self, PyFrameObject *frame, int what, PyObject *argument)
{
    if (what == EVENT_CALL) {
        return trace_call(frame);
    }
    PyObject *function = ((Frame *)frame)->trace;
    if (function == NULL || what < 0 || what >= EVENT_COUNT) {
        return 0;
    }
    PyObject *to_call = function;
    bool is_line_trace = Py_TYPE(function) == line_trace_type && ((LineTrace *)function)->table == table_in_use;
    if (is_line_trace) {
        to_call = ((LineTrace *)function)->otherwise;
        if (to_call == NULL || is_dull_event(frame, (LineTrace *)function, what, argument)) {
            return 0;
        }
    }
    Py_INCREF(function);
    Py_INCREF(to_call);
    PyObject *result = PyObject_CallFunctionObjArgs(to_call, frame, event_names[what],
                                                    argument == NULL ? Py_None : argument, NULL);
    Py_DECREF(to_call);
    Py_DECREF(function);
    if (result == NULL) {
        PyTraceBack_Here(frame);
        return -1;
    }
    /* What has taken its place meanwhile stays there. Else a line trace decides on the next event, too. */
    if (result == Py_None || is_line_trace || ((Frame *)frame)->trace != function) {
        Py_DECREF(result);
    }
    else {
        set_local_trace(frame, result);
    }
    return 0;
}

/* -- what Python calls -------------------------------------------------------------------------------------------- */

static PyObject *
tracing_begin(PyObject *module, PyObject *arguments)
{
    PyObject *new_trace, *new_decide, *new_classify;
    if (!PyArg_ParseTuple(arguments, "OOO:begin", &new_trace, &new_decide, &new_classify)) {
        return NULL;
    }
    PyObject *old[] = {trace_object, decide};
    Py_INCREF(new_trace);
    Py_INCREF(new_decide);
    trace_object = new_trace;
    decide = new_decide;
    set_classify(new_classify);
    Py_XDECREF(old[0]);
    Py_XDECREF(old[1]);
    return new_none();
}

/* Set the trace function of all threads whose numbers are in `idents` (NULL: of all that have ours); 3.11. */
static bool
set_trace_of_threads(PyObject *idents, TraceFunction function, PyObject *object)
{
    ThreadState *thread = interpreter.first_thread(PyInterpreterState_Get());
    while (thread != NULL) {
        bool is_wanted = thread->trace_function == trace;
        if (idents != NULL) {
            PyObject *ident = PyLong_FromUnsignedLong(thread->ident);
            int contained = ident == NULL ? -1 : PySet_Contains(idents, ident);
            Py_XDECREF(ident);
            if (contained < 0) {
                return false;
            }
            is_wanted = contained && (thread->trace_function != function || thread->trace_object != object);
        }
        if (!is_wanted) {
            thread = thread->next;
            continue;
        }
        if (interpreter.set_trace_of(thread, function, object) < 0) {
            return false;
        }
        /* An audit hook may have run, or what died with the old object: threads may be gone. */
        thread = interpreter.first_thread(PyInterpreterState_Get());
    }
    refresh_threads();
    return true;
}

static PyObject *
tracing_rest(PyObject *module, PyObject *unused)
{
    set_suppresses(false);
    if (!sees_threads) {
        interpreter.set_trace_all_threads(NULL, NULL);
    }
    else {
        refresh_threads();
        if (!set_trace_of_threads(NULL, NULL, NULL)) {
            return NULL;
        }
    }
    return new_none();
}

static PyObject *
tracing_end(PyObject *module, PyObject *unused)
{
    PyObject *rested = tracing_rest(module, unused);
    if (rested == NULL) {
        return NULL;
    }
    Py_DECREF(rested);
    table_in_use = 0;
    Py_CLEAR(table);
    Py_CLEAR(trace_object);
    Py_CLEAR(decide);
    set_classify(NULL);
    return new_none();
}

static PyObject *
tracing_trace_current(PyObject *module, PyObject *unused)
{
    if (trace_object != NULL) {
        interpreter.set_trace(trace, trace_object);
    }
    return new_none();
}

static PyObject *
tracing_trace_threads(PyObject *module, PyObject *idents)
{
    if (!PyAnySet_Check(idents)) {
        PyErr_SetString(PyExc_TypeError, "a set is needed");
        return NULL;
    }
    if (trace_object == NULL) {
        return new_none();
    }
    if (!sees_threads) {
        interpreter.set_trace_all_threads(trace, trace_object);
        return new_none();
    }
    if (!set_trace_of_threads(idents, trace, trace_object)) {
        return NULL;
    }
    return new_none();
}

static PyObject *
tracing_use(PyObject *module, PyObject *arguments)
{
    PyObject *new_table;
    int quiet;
    if (!PyArg_ParseTuple(arguments, "O!p:use", code_table_type, &new_table, &quiet)) {
        return NULL;
    }
    PyObject *old = table;
    Py_INCREF(new_table);
    table = new_table;
    table_in_use = ((CodeTable *)table)->number;
    Py_XDECREF(old);
    if (sees_threads) {
        set_suppresses(quiet);
        refresh_threads();
    }
    return new_none();
}

PyDoc_STRVAR(begin_doc,
             "begin(trace, decide, classify, /)\n--\n\n"
             "Set what the trace function calls: `decide(frame)` for a call of code that is not known to be dull, which\n"
             "returns the frame's local trace function or None; `classify(code)`, which puts code into the table in use.\n"
             "`trace` is what `sys.gettrace()` tells of a thread that is traced.");
PyDoc_STRVAR(end_doc, "end()\n--\n\nTrace no thread any more, and forget what `begin` was given.");
PyDoc_STRVAR(rest_doc, "rest()\n--\n\nTrace no thread any more, until it is asked for.");
PyDoc_STRVAR(trace_current_doc, "trace_current()\n--\n\nTrace the calling thread.");
PyDoc_STRVAR(trace_threads_doc,
             "trace_threads(idents, /)\n--\n\nTrace the threads with these numbers; from 3.12 on all threads.");
PyDoc_STRVAR(use_doc,
             "use(table, quiet, /)\n--\n\n"
             "Decide by `table`. quiet: only breakpoints are looked for, so that dull code need not be traced at all.");

PyMethodDef tracing_methods[] = {
    {"begin", tracing_begin, METH_VARARGS, begin_doc},
    {"end", tracing_end, METH_NOARGS, end_doc},
    {"rest", tracing_rest, METH_NOARGS, rest_doc},
    {"trace_current", tracing_trace_current, METH_NOARGS, trace_current_doc},
    {"trace_threads", tracing_trace_threads, METH_O, trace_threads_doc},
    {"use", tracing_use, METH_VARARGS, use_doc},
    {NULL, NULL, 0, NULL},
};

bool
prepare_tracing(void)
{
    static const char *names[EVENT_COUNT] = {"call",   "exception",   "line",     "return",
                                             "c_call", "c_exception", "c_return", "opcode"};
    for (int what = 0; what < EVENT_COUNT; what++) {
        if (event_names[what] == NULL) {
            event_names[what] = PyUnicode_InternFromString(names[what]);
        }
        if (event_names[what] == NULL) {
            return false;
        }
    }
    learn_trace_function(trace);
    return true;
}
