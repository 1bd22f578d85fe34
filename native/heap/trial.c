/* Trial deletion, in two steps: peeling, then cycles. No recursion, no references taken. */

#include "trial.h"
#include "references.h"

#include <stdlib.h>
#ifdef _WIN32
#include <windows.h>
#else
#include <time.h>
#endif

enum { PEELING, WALKING, STAYING };
enum { STEPS_BETWEEN_LOOKS = 4096 };
enum { UNKNOWN_TYPE = UINT32_MAX, PLAIN_TYPE = 0, SHARED_TYPE = 1 };

double
seconds_now(void)
{
#ifdef _WIN32
    return (double)GetTickCount64() * 1e-3;
#else
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
#endif
}

int
trial_own_counts(Trial *trial, PyObject *counts)
{
    PyObject *address, *count;
    Py_ssize_t position = 0;
    while (PyDict_Next(counts, &position, &address, &count)) {
        void *object = PyLong_AsVoidPtr(address);
        int64_t number = PyLong_AsLongLong(count);
        if (PyErr_Occurred()) {
            return -1;
        }
        /* NULL is what a variable that is not bound has. */
        if (object != NULL && number != 0 && !add_count(&trial->own, object, number)) {
            PyErr_NoMemory();
            return -1;
        }
    }
    return 0;
}

/* Whether the walk stops at objects of a type: modules, classes, code, frames and singletons are everybody's. */
static int
is_shared(PyTypeObject *type)
{
    TypeInfo *info = type_info(type);
    if (info == NULL) {
        return -1;
    }
    if (info->row == UNKNOWN_TYPE) {
        bool shared = PyType_IsSubtype(type, &PyType_Type) || PyType_IsSubtype(type, &PyModule_Type) ||
                      type == layouts.code || type == layouts.frame || type == Py_TYPE(Py_None) ||
                      type == &PyBool_Type || type == Py_TYPE(Py_Ellipsis) || type == Py_TYPE(Py_NotImplemented);
        info->row = shared ? SHARED_TYPE : PLAIN_TYPE;
    }
    return (int)info->row;
}

static int
grow(Trial *trial)
{
    size_t room = trial->room == 0 ? 1024 : trial->room * 2;
    PyObject **objects = realloc(trial->objects, room * sizeof(*objects));
    trial->objects = objects != NULL ? objects : trial->objects;
    uint32_t *counts = realloc(trial->counts, room * sizeof(*counts));
    trial->counts = counts != NULL ? counts : trial->counts;
    uint8_t *marks = realloc(trial->marks, room);
    trial->marks = marks != NULL ? marks : trial->marks;
    if (objects == NULL || counts == NULL || marks == NULL || room >= UINT32_MAX) {
        PyErr_NoMemory();
        return -1;
    }
    trial->room = room;
    return 0;
}

static int
push(Trial *trial, uint32_t place)
{
    if (trial->waiting == trial->pending_room) {
        size_t room = trial->pending_room == 0 ? 1024 : trial->pending_room * 2;
        uint32_t *pending = realloc(trial->pending, room * sizeof(*pending));
        if (pending == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        trial->pending = pending;
        trial->pending_room = room;
    }
    trial->pending[trial->waiting++] = place;
    return 0;
}

int
trial_add(Trial *trial, PyObject *object, uint8_t marks)
{
    uint32_t *place = find_number(&trial->places, object);
    if (place == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (*place != 0) {
        if (marks & TRIAL_GOES) {
            trial->marks[*place - 1] = marks;
        }
        return 0;
    }
    if (trial->used == trial->room && grow(trial) != 0) {
        return -1;
    }
    trial->objects[trial->used] = object;
    trial->counts[trial->used] = 0;
    trial->marks[trial->used] = marks;
    *place = (uint32_t)++trial->used;
    return 0;
}

/* How many of a dict and a set have the address of `object`; not exact where memory has run out. */
static Py_ssize_t
count_holders(Trial *trial, PyObject *object)
{
    PyObject *address = PyLong_FromVoidPtr(object);
    if (address == NULL) {
        PyErr_Clear();
        return 0;
    }
    int held = trial->held == NULL ? 0 : PyDict_Contains(trial->held, address);
    int listed = trial->listed == NULL ? 0 : PySet_Contains(trial->listed, address);
    Py_DECREF(address);
    return held + listed;
}

static bool
is_alone(Trial *trial, uint32_t place)
{
    PyObject *object = trial->objects[place];
    Py_ssize_t count = count_references(object);
    if (count < 0) {
        return false;
    }
    /* What is held, thousands of things maybe, is only asked about where the answer decides. */
    Py_ssize_t others = count - get_count(&trial->own, object) - (Py_ssize_t)trial->counts[place];
    if (others <= 0 || others > 2 || (trial->held == NULL && trial->listed == NULL)) {
        return others == 0;
    }
    return others == count_holders(trial, object);
}

static int
take_away(PyObject *target, void *context)
{
    Trial *trial = context;
    uint32_t *number = find_number(&trial->places, target);
    if (number == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (trial->stage == STAYING) {
        uint32_t place = *number - 1;
        if (*number != 0 && trial->marks[place] == 0) {
            trial->marks[place] = TRIAL_STAYS;
            return push(trial, place);
        }
        return 0;
    }
    if (*number == 0) {
        int shared = is_shared(Py_TYPE(target));
        if (shared == 0 && Py_TYPE(target) == &PyDict_Type && has_count(&trial->stops, target)) {
            shared = 1;
        }
        if (shared < 0 || trial_add(trial, target, shared ? TRIAL_SHARED : 0) != 0) {
            return -1;
        }
        if (trial->stage == WALKING && !shared && push(trial, (uint32_t)trial->used - 1) != 0) {
            return -1;
        }
        number = find_number(&trial->places, target);
    }
    uint32_t place = *number - 1;
    trial->counts[place]++;
    if (trial->stage == PEELING && trial->marks[place] == 0 && is_alone(trial, place)) {
        trial->marks[place] = TRIAL_GOES;
        return push(trial, place);
    }
    return 0;
}

static int
work_off(Trial *trial)
{
    while (trial->waiting > 0) {
        if (++trial->steps % STEPS_BETWEEN_LOOKS == 0 && trial->deadline > 0 && seconds_now() > trial->deadline) {
            trial->complete = false;
            trial->waiting = 0;
            return 0;
        }
        uint32_t place = trial->pending[--trial->waiting];
        if (visit_referents(trial->objects[place], take_away, trial) != 0) {
            if (!PyErr_Occurred()) {
                PyErr_NoMemory();
            }
            return -1;
        }
    }
    return 0;
}

static int
push_all(Trial *trial, uint8_t marks)
{
    for (size_t place = 0; place < trial->used; place++) {
        if (trial->marks[place] == marks && push(trial, (uint32_t)place) != 0) {
            return -1;
        }
    }
    return 0;
}

int
trial_peel(Trial *trial)
{
    trial->complete = true;
    trial->stage = PEELING;
    for (size_t place = 0; place < trial->used; place++) {
        if (trial->marks[place] == 0 && is_alone(trial, (uint32_t)place)) {
            trial->marks[place] = TRIAL_GOES;
        }
    }
    return push_all(trial, TRIAL_GOES) != 0 || work_off(trial) != 0 ? -1 : 0;
}

int
trial_run(Trial *trial)
{
    if (trial_peel(trial) != 0) {
        return -1;
    }
    trial->stage = WALKING;
    if (!trial->complete || push_all(trial, 0) != 0 || work_off(trial) != 0 || !trial->complete) {
        return PyErr_Occurred() ? -1 : 0;
    }
    trial->stage = STAYING;
    for (size_t place = 0; place < trial->used; place++) {
        if (trial->marks[place] == 0 && !is_alone(trial, (uint32_t)place)) {
            trial->marks[place] = TRIAL_STAYS;
            if (push(trial, (uint32_t)place) != 0) {
                return -1;
            }
        }
    }
    if (work_off(trial) != 0) {
        return -1;
    }
    for (size_t place = 0; trial->complete && place < trial->used; place++) {
        trial->marks[place] = trial->marks[place] == 0 ? TRIAL_GOES : trial->marks[place];
    }
    return 0;
}

bool
trial_frees(Trial *trial, PyObject *object)
{
    uint32_t *number = find_number(&trial->places, object);
    return number != NULL && *number != 0 && trial->marks[*number - 1] == TRIAL_GOES;
}

void
trial_release(Trial *trial)
{
    free(trial->objects);
    free(trial->counts);
    free(trial->marks);
    free(trial->pending);
    release_map(&trial->places);
    release_counts(&trial->own);
    release_counts(&trial->stops);
}
