/* With an evaluation function, a call of a Python function by another leaves the arguments on the caller's evaluation
   stack until it returns; without one, they move into the callee's variables. An object that a function drops would live
   on because somebody debugs, so the references on the stack are given up here, and None lies there instead.

   Where on the stack they are, nobody tells while a frame runs. But the height of the stack is the same whenever an
   instruction is reached, and can be computed from the code once, as the compiler does. */

#include "arguments.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Instructions of 3.11, by their numbers there. */
enum {
    RETURN_VALUE = 83,
    FOR_ITER = 93,
    JUMP_FORWARD = 110,
    JUMP_IF_FALSE_OR_POP = 111,
    JUMP_IF_TRUE_OR_POP = 112,
    POP_JUMP_FORWARD_IF_FALSE = 114,
    POP_JUMP_FORWARD_IF_TRUE = 115,
    RERAISE = 119,
    SEND = 123,
    POP_JUMP_FORWARD_IF_NOT_NONE = 128,
    POP_JUMP_FORWARD_IF_NONE = 129,
    RAISE_VARARGS = 130,
    JUMP_BACKWARD_NO_INTERRUPT = 134,
    JUMP_BACKWARD = 140,
    EXTENDED_ARG = 144,
    CALL = 171,
    POP_JUMP_BACKWARD_IF_NOT_NONE = 173,
    POP_JUMP_BACKWARD_IF_NONE = 174,
    POP_JUMP_BACKWARD_IF_FALSE = 175,
    POP_JUMP_BACKWARD_IF_TRUE = 176,
};

enum { OWNED_BY_THREAD = 0, FIRST_VARIABLE = 9, UNKNOWN_HEIGHT = -1 };

typedef struct {
    uint8_t operation;
    uint8_t operand;
} Instruction;

/* What is known of a code object; one block of memory. */
typedef struct {
    int variables; /* places before the evaluation stack */
    int count; /* of instructions; 0: could not be found out */
    uint16_t heights[]; /* where an instruction is a call: of the stack, its arguments included; else 0 */
} Calls;

/* While it is computed. */
typedef struct {
    const Instruction *instructions;
    int count;
    int *heights; /* before each instruction; UNKNOWN_HEIGHT: not reached so far */
    bool has_changed;
    bool is_wrong; /* two ways lead to different heights, or somewhere else */
} Walk;

static Py_ssize_t calls_index = -1;
static int (*stack_effect)(int operation, int operand, int jumps);
/* Where in a code object its instructions begin, in bytes; 0: not known. */
static ptrdiff_t instructions_at;

/* -- finding out -------------------------------------------------------------------------------------------------- */

/* Whether `code`, which has never run, has at `instructions_at` what it shows of its instructions. */
static bool
shows_instructions(PyObject *code)
{
    PyObject *shown = PyObject_GetAttrString(code, "co_code");
    char *bytes;
    Py_ssize_t size;
    bool does = shown != NULL && PyBytes_AsStringAndSize(shown, &bytes, &size) == 0
                && memcmp((char *)code + instructions_at, bytes, (size_t)size) == 0;
    Py_XDECREF(shown);
    return does;
}

bool
learn_calls(PyObject *frame)
{
    stack_effect = find_function("PyCompile_OpcodeStackEffectWithJump");
    if (interpreter.evaluate == NULL || stack_effect == NULL) {
        return true;
    }
    if (calls_index < 0) {
        calls_index = interpreter.request_index(free);
    }
    InterpreterFrame *running = ((Frame *)frame)->interpreter_frame;
    int offset = interpreter.offset((PyFrameObject *)frame);
    if (calls_index < 0 || offset < 0) {
        return true;
    }
    instructions_at = (char *)running->previous_instruction - (char *)running->code - offset;
    PyObject *fresh = Py_CompileString("sum(map(abs, range(9)))", "<heapsight>", Py_file_input);
    if (fresh != NULL && !(instructions_at > 0 && shows_instructions(fresh))) {
        instructions_at = 0;
    }
    Py_XDECREF(fresh);
    return fresh != NULL && !PyErr_Occurred();
}

/* Whether an instruction may jump, and by how much: backwards below zero. */
static bool
may_jump(int operation, int operand, int *distance)
{
    switch (operation) {
    case FOR_ITER:
    case JUMP_FORWARD:
    case JUMP_IF_FALSE_OR_POP:
    case JUMP_IF_TRUE_OR_POP:
    case POP_JUMP_FORWARD_IF_FALSE:
    case POP_JUMP_FORWARD_IF_TRUE:
    case SEND:
    case POP_JUMP_FORWARD_IF_NOT_NONE:
    case POP_JUMP_FORWARD_IF_NONE:
        *distance = operand;
        return true;
    case JUMP_BACKWARD_NO_INTERRUPT:
    case JUMP_BACKWARD:
    case POP_JUMP_BACKWARD_IF_NOT_NONE:
    case POP_JUMP_BACKWARD_IF_NONE:
    case POP_JUMP_BACKWARD_IF_FALSE:
    case POP_JUMP_BACKWARD_IF_TRUE:
        *distance = -operand;
        return true;
    default:
        return false;
    }
}

static bool
goes_on(int operation)
{
    return operation != RETURN_VALUE && operation != RAISE_VARARGS && operation != RERAISE && operation != JUMP_FORWARD
           && operation != JUMP_BACKWARD && operation != JUMP_BACKWARD_NO_INTERRUPT;
}

static void
reach(Walk *walk, int index, int height)
{
    if (index < 0 || index >= walk->count || height < 0 || height > UINT16_MAX) {
        walk->is_wrong = true;
    }
    else if (walk->heights[index] == UNKNOWN_HEIGHT) {
        walk->heights[index] = height;
        walk->has_changed = true;
    }
    else if (walk->heights[index] != height) {
        walk->is_wrong = true;
    }
}

/* Say what each instruction whose height is known does to those that come after it. */
static void
walk_on(Walk *walk)
{
    int extended = 0;
    for (int index = 0; index < walk->count; index++) {
        Instruction instruction = walk->instructions[index];
        int operation = instruction.operation, operand = extended << 8 | instruction.operand;
        extended = operation == EXTENDED_ARG ? operand : 0;
        int height = walk->heights[index];
        if (height == UNKNOWN_HEIGHT) {
            continue;
        }
        int distance;
        if (may_jump(operation, operand, &distance)) {
            reach(walk, index + 1 + distance, height + stack_effect(operation, operand, 1));
        }
        if (goes_on(operation)) {
            reach(walk, index + 1, height + stack_effect(operation, operand, 0));
        }
    }
}

/* The next number of an exception table, whose bytes have six bits each, and one that says whether there are more. */
static int
next_number(const uint8_t **at, const uint8_t *end)
{
    int number = 0;
    while (*at < end) {
        uint8_t byte = *(*at)++;
        number = number << 6 | (byte & 0x3F);
        if (!(byte & 0x40)) {
            break;
        }
    }
    return number;
}

/* Handlers begin with what their entry keeps of the stack, the instruction where it happened if asked for, and the
   exception. */
static void
reach_handlers(Walk *walk, const uint8_t *table, Py_ssize_t size)
{
    const uint8_t *end = table + size;
    while (table < end && !walk->is_wrong) {
        next_number(&table, end);
        next_number(&table, end);
        int target = next_number(&table, end);
        int kept = next_number(&table, end);
        reach(walk, target, (kept >> 1) + (kept & 1) + 1);
    }
}

static Calls *
calls_from(const Walk *walk, int variables)
{
    Calls *calls = malloc(sizeof(Calls) + (size_t)walk->count * sizeof(uint16_t));
    if (calls == NULL) {
        return NULL;
    }
    calls->variables = variables;
    calls->count = walk->count;
    for (int index = 0; index < walk->count; index++) {
        Instruction instruction = walk->instructions[index];
        /* More than 255 arguments: left on the stack. */
        bool is_extended = index > 0 && walk->instructions[index - 1].operation == EXTENDED_ARG;
        bool is_call = instruction.operation == CALL && walk->heights[index] != UNKNOWN_HEIGHT && !is_extended;
        /* Their number counts as gone already, by the PRECALL before, which in truth leaves them there. */
        calls->heights[index] = is_call ? (uint16_t)(walk->heights[index] + instruction.operand) : 0;
    }
    return calls;
}

static Calls *
walk_through(const char *code, Py_ssize_t size, const char *table, Py_ssize_t table_size, int variables)
{
    Walk walk = {(const Instruction *)code, (int)(size / (Py_ssize_t)sizeof(Instruction)), NULL, true, false};
    walk.heights = malloc((size_t)walk.count * sizeof(int));
    if (walk.heights == NULL) {
        return NULL;
    }
    for (int index = 0; index < walk.count; index++) {
        walk.heights[index] = UNKNOWN_HEIGHT;
    }
    reach(&walk, 0, 0);
    reach_handlers(&walk, (const uint8_t *)table, table_size);
    while (walk.has_changed && !walk.is_wrong) {
        walk.has_changed = false;
        walk_on(&walk);
    }
    Calls *calls = walk.is_wrong ? NULL : calls_from(&walk, variables);
    free(walk.heights);
    return calls;
}

/* How many variables of any kind a frame of `code` has; negative with an exception set. A parameter that is a cell, too,
   is one. */
static Py_ssize_t
count_variables(PyObject *code)
{
    PyObject *locals = PyObject_GetAttrString(code, "co_varnames");
    PyObject *cells = PyObject_GetAttrString(code, "co_cellvars");
    PyObject *free_ones = PyObject_GetAttrString(code, "co_freevars");
    Py_ssize_t count = -1;
    if (locals != NULL && cells != NULL && free_ones != NULL) {
        count = PyTuple_Size(locals) + PyTuple_Size(cells) + PyTuple_Size(free_ones);
        for (Py_ssize_t index = 0; index < PyTuple_Size(cells); index++) {
            count -= PySequence_Contains(locals, PyTuple_GetItem(cells, index)) == 1;
        }
    }
    Py_XDECREF(locals);
    Py_XDECREF(cells);
    Py_XDECREF(free_ones);
    return count;
}

static Calls *
find_calls(PyObject *code)
{
    Py_ssize_t variables = count_variables(code), size, table_size;
    PyObject *instructions = PyObject_GetAttrString(code, "co_code");
    PyObject *table = PyObject_GetAttrString(code, "co_exceptiontable");
    char *bytes, *table_bytes;
    Calls *calls = NULL;
    if (variables >= 0 && instructions != NULL && table != NULL
        && PyBytes_AsStringAndSize(instructions, &bytes, &size) == 0
        && PyBytes_AsStringAndSize(table, &table_bytes, &table_size) == 0) {
        calls = walk_through(bytes, size, table_bytes, table_size, (int)variables);
    }
    PyErr_Clear();
    Py_XDECREF(instructions);
    Py_XDECREF(table);
    /* What failed once is not tried again: a call whose arguments are left alone has to be left alone to its end. */
    return calls != NULL ? calls : calloc(1, sizeof(Calls));
}

/* What is known of `code`, found out now if need be; NULL: there is no memory. */
static const Calls *
calls_of(PyObject *code)
{
    void *known = NULL;
    if (interpreter.get_extra(code, calls_index, &known) == 0 && known == NULL) {
        known = find_calls(code);
        if (interpreter.set_extra(code, calls_index, known) < 0) {
            free(known);
            known = NULL;
        }
    }
    if (known == NULL) {
        PyErr_Clear();
    }
    return known;
}

/* -- releasing ---------------------------------------------------------------------------------------------------- */

void
release_arguments(InterpreterFrame *caller, const InterpreterFrame *callee)
{
    if (instructions_at == 0 || caller == NULL || callee->owner != OWNED_BY_THREAD) {
        return;
    }
    const Calls *calls = calls_of(caller->code);
    if (calls == NULL) {
        return;
    }
    const Instruction *call = caller->previous_instruction;
    ptrdiff_t index = call - (const Instruction *)((char *)caller->code + instructions_at);
    if (index < 0 || index >= calls->count || calls->heights[index] == 0) {
        return;
    }
    int count = call->operand;
    PyObject **arguments = (PyObject **)caller + FIRST_VARIABLE + calls->variables + calls->heights[index] - count;
    /* Below them lies what is called, and NULL below that; or a method's function, and then its `self`. */
    if (arguments[-2] != NULL) {
        arguments--;
        count++;
    }
    if (arguments[-1] != callee->function) {
        /* Something else is called, which calls `callee`. */
        return;
    }
    for (int number = 0; number < count; number++) {
        PyObject *held = arguments[number];
        Py_INCREF(Py_None);
        arguments[number] = Py_None;
        Py_DECREF(held);
    }
}
