#include "population.h"
#include "references.h"

#include <stdlib.h>

enum { STEPS_BETWEEN_LOOKS = 4096, FUNCTION_CODE = 6, FRAME_POINTER = 3, FEW_PENDING = 64 };

#if defined(__GNUC__) || defined(__clang__)
#define PREFETCH(address) __builtin_prefetch((void *)(address))
#else
#define PREFETCH(address) ((void)(address))
#endif

/* -- types -------------------------------------------------------------------------------------------------------- */

static bool
is_own_code(Population *population, PyObject *code)
{
    return code != NULL && Py_TYPE(code) == layouts.code
           && begins_with(*(PyObject **)((char *)code + layouts.code_filename), population->folder);
}

static Kind
kind_of(Population *population, PyTypeObject *type)
{
    if (is_from_package(type, population->package)) {
        return KIND_OWN;
    }
    if (PyType_IsSubtype(type, &PyType_Type)) {
        return KIND_CLASS;
    }
    return type == layouts.function ? KIND_FUNCTION : type == layouts.frame ? KIND_FRAME : KIND_PLAIN;
}

static size_t
place_of(TypeRow **rows, size_t room, PyTypeObject *type)
{
    size_t place = ((uintptr_t)type >> 4) * (uintptr_t)0x9E3779B97F4A7C15u >> 20 & (room - 1);
    while (rows[place] != NULL && rows[place]->type != type) {
        place = (place + 1) & (room - 1);
    }
    return place;
}

static bool
grow_rows(Population *population)
{
    size_t room = population->room == 0 ? 1024 : 2 * population->room;
    TypeRow **rows = calloc(room, sizeof(*rows));
    if (rows == NULL) {
        return false;
    }
    for (size_t index = 0; index < population->room; index++) {
        if (population->rows[index] != NULL) {
            rows[place_of(rows, room, population->rows[index]->type)] = population->rows[index];
        }
    }
    free(population->rows);
    population->rows = rows;
    population->room = room;
    return true;
}

/* Whether nothing but slots, attributes and the class itself are what instances of a type refer to. */
static bool
is_plain_class(TypeInfo *info)
{
    return info->is_class && info->rule == RULE_FIELDS && info->base == &PyBaseObject_Type && !info->has_plain_dict;
}

/* NULL: no memory, with the error set. */
static TypeRow *
add_row(Population *population, PyTypeObject *type)
{
    TypeInfo *info = type_info(type);
    TypeRow *row = info == NULL ? NULL : calloc(1, sizeof(*row));
    if (row == NULL || (2 * (population->used + 1) > population->room && !grow_rows(population))) {
        free(row);
        PyErr_NoMemory();
        return NULL;
    }
    row->type = type;
    row->info = info;
    row->kind = kind_of(population, type);
    row->may_refer = TYPE_HAS(type, FLAG_COLLECTED | FLAG_HEAP) || info->rule != RULE_FIELDS || info->member_count > 0;
    row->is_plain = is_plain_class(info);
    population->rows[place_of(population->rows, population->room, type)] = row;
    population->used++;
    return row;
}

static inline TypeRow *
row_of(Population *population, PyTypeObject *type)
{
    if (population->last_row != NULL && population->last_row->type == type) {
        return population->last_row;
    }
    TypeRow *row = NULL;
    if (population->room != 0) {
        row = population->rows[place_of(population->rows, population->room, type)];
    }
    if (row == NULL) {
        row = add_row(population, type);
    }
    return population->last_row = row;
}

/* -- Heapsight's own ---------------------------------------------------------------------------------------------- */

static bool
is_own(Population *population, PyObject *object, Kind kind)
{
    switch (kind) {
    case KIND_OWN:
        return true;
    case KIND_CLASS:
        return is_from_package((PyTypeObject *)object, population->package);
    case KIND_FUNCTION:
        return is_own_code(population, WORD_OF(object, FUNCTION_CODE));
    case KIND_FRAME: {
        PyObject **frame = (PyObject **)WORD_OF(object, FRAME_POINTER);
        return frame != NULL && is_own_code(population, frame[layouts.version == 11 ? 4 : 0]);
    }
    default:
        return false;
    }
}

static int
add_starts(Population *population)
{
    for (Py_ssize_t index = 0; index < PyList_Size(population->starts); index++) {
        if (trial_add(&population->trial, PyList_GetItem(population->starts, index), TRIAL_GOES) != 0) {
            return -1;
        }
    }
    return 0;
}

static int
leave_out(Population *population, PyObject *object)
{
    if (add_seen(&population->own, object) < 0 || (population->all && add_seen(&population->seen, object) < 0)) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}

/* Take what has turned out to be Heapsight's out of what was visited, and have the walk pass it by. */
static int
take_own_out(Population *population)
{
    Trial *trial = &population->trial;
    if (trial_peel(trial) != 0) {
        return -1;
    }
    for (size_t place = 0; place < trial->used; place++) {
        PyObject *object = trial->objects[place];
        if (trial->marks[place] != TRIAL_GOES) {
            continue;
        }
        TypeRow *row = row_of(population, Py_TYPE(object));
        if (row == NULL || leave_out(population, object) != 0) {
            return -1;
        }
        if (row->kind != KIND_OWN && population->unvisit != NULL && is_tracked(object)) {
            population->unvisit(object, row, population->context);
        }
    }
    return 0;
}

/* -- the walk ----------------------------------------------------------------------------------------------------- */

/* 1: the time is over. */
static inline int
look_at_clock(Population *population)
{
    if (population->steps++ % STEPS_BETWEEN_LOOKS == 0 && seconds_now() > population->deadline) {
        population->complete = false;
        return 1;
    }
    return 0;
}

/* First every object that the collector knows is visited, and seen whether it may be Heapsight's. */
static int
visit_listed(PyObject *object, int generation, void *context)
{
    Population *population = context;
    PREFETCH(COLLECTOR_HEADER(object)->next & ~(uintptr_t)3);
    TypeRow *row = row_of(population, Py_TYPE(object));
    if (row == NULL) {
        return -1;
    }
    if (population->all && add_seen(&population->seen, object) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    if (row->kind != KIND_PLAIN && is_own(population, object, row->kind)) {
        if (trial_add(&population->trial, object, TRIAL_GOES) != 0) {
            return -1;
        }
    }
    /* What nothing but frames of Heapsight holds is its own as well. */
    else if (has_count(&population->trial.own, object) && trial_add(&population->trial, object, 0) != 0) {
        return -1;
    }
    if (row->kind != KIND_OWN && population->visit(object, row, population->context) != 0) {
        return -1;
    }
    return look_at_clock(population);
}

/* What is referred to, and neither listed nor known yet. It is looked at some objects later: its memory is on the way. */
static int
reach(PyObject *target, void *context)
{
    Population *population = context;
    int added = add_seen(&population->seen, target);
    if (added == 0) {
        return 0;
    }
    PREFETCH(target);
    if (population->end == population->pending_room) {
        size_t room = population->pending_room == 0 ? 4096 : 2 * population->pending_room;
        PyObject **pending = realloc(population->pending, room * sizeof(*pending));
        added = pending == NULL ? -1 : added;
        population->pending = pending == NULL ? population->pending : pending;
        population->pending_room = pending == NULL ? population->pending_room : room;
    }
    if (added < 0) {
        PyErr_NoMemory();
        return -1;
    }
    population->pending[population->end++] = target;
    return 0;
}

static int
reach_optional(PyObject *target, Population *population)
{
    return target == NULL ? 0 : reach(target, population);
}

/* The instance of a plain class: its class is known, its attributes are here. */
static int
reach_attributes(PyObject *holder, TypeInfo *info, Population *population)
{
    int failed = 0;
    for (Py_ssize_t index = 0; index < info->slot_count && !failed; index++) {
        failed = reach_optional(*(PyObject **)((char *)holder + info->slots[index].offset), population);
    }
    if (info->has_managed_dict) {
        InlineValues values = read_inline_values(holder, info->type);
        for (Py_ssize_t index = 0; index < values.count && !failed; index++) {
            failed = reach_optional(values.values[index], population);
        }
        failed = failed ? failed : reach_optional(values.dict, population);
    }
    return failed ? failed : reach((PyObject *)info->type, population);
}

/* The same as visit_referents, at once for what most objects are. */
static int
look_into(Population *population, PyObject *holder, TypeRow *row)
{
    TypeInfo *info = row->info;
    if (row->is_plain) {
        return reach_attributes(holder, info, population);
    }
    if (row->type != &PyList_Type && row->type != &PyTuple_Type) {
        return visit_referents(holder, reach, population);
    }
    PyObject **items = row->type == &PyTuple_Type ? &WORD_OF(holder, 3) : (PyObject **)WORD_OF(holder, 3);
    Py_ssize_t count = items == NULL ? 0 : (Py_ssize_t)WORD_OF(holder, 2);
    for (Py_ssize_t index = 0; index < count; index++) {
        if (reach_optional(items[index], population) != 0) {
            return -1;
        }
    }
    return 0;
}

static int
visit_pending(Population *population)
{
    while (population->first < population->end) {
        PyObject *object = population->pending[population->first++];
        TypeRow *row = row_of(population, Py_TYPE(object));
        if (row == NULL) {
            return -1;
        }
        if (row->kind == KIND_OWN) {
            continue;
        }
        if (population->visit(object, row, population->context) != 0
            || (row->may_refer && look_into(population, object, row) != 0)) {
            return -1;
        }
        if (look_at_clock(population)) {
            return 1;
        }
    }
    population->first = population->end = 0;
    return 0;
}

/* Then everything is visited that these lead to. */
static int
look_into_listed(PyObject *object, int generation, void *context)
{
    Population *population = context;
    PREFETCH(COLLECTOR_HEADER(object)->next & ~(uintptr_t)3);
    TypeRow *row = row_of(population, Py_TYPE(object));
    if (row->kind == KIND_OWN || is_seen(&population->own, object)) {
        return 0;
    }
    if (look_into(population, object, row) != 0) {
        return -1;
    }
    return population->end < FEW_PENDING ? 0 : visit_pending(population);
}

static int
visit_unlisted(Population *population)
{
    int stopped = for_each_object(look_into_listed, population);
    for (Py_ssize_t index = 0; stopped == 0 && index < PyList_Size(population->roots); index++) {
        stopped = reach(PyList_GetItem(population->roots, index), population);
    }
    return stopped == 0 ? visit_pending(population) : stopped;
}

int
population_walk(Population *population)
{
    population->complete = true;
    int stopped = add_starts(population);
    if (stopped == 0) {
        stopped = for_each_object(visit_listed, population);
    }
    if (stopped >= 0 && take_own_out(population) != 0) {
        stopped = -1;
    }
    if (stopped == 0 && population->all) {
        stopped = visit_unlisted(population);
    }
    if (stopped < 0 && !PyErr_Occurred()) {
        PyErr_NoMemory();
    }
    return stopped < 0 ? -1 : 0;
}

void
population_release(Population *population)
{
    for (size_t index = 0; index < population->room; index++) {
        free(population->rows[index]);
    }
    free(population->rows);
    free(population->pending);
    release_seen(&population->own);
    release_seen(&population->seen);
    trial_release(&population->trial);
}
