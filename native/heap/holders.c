/* One walk over the collector's lists for everything that holds one object, and through what they do not list.

   The collector does not list containers that can be in no cycle: tuples and dicts of atoms, and code objects. Where
   such a one may hold the object, each is looked into from wherever the walk comes to it. */

#include "holders.h"
#include "trial.h"

#include <stdlib.h>

#if defined(__GNUC__) || defined(__clang__)
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) ((void)(address))
#endif

enum { STEPS_BETWEEN_LOOKS = 1024, FUNCTION_CODE = 6 };
enum { UNKNOWN_TYPE = UINT32_MAX, PROGRAMS_TYPE = 0, OWN_TYPE = 1 };

bool
add_object(ObjectList *list, PyObject *object)
{
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 64 : 2 * list->room;
        PyObject **objects = realloc(list->objects, room * sizeof(*objects));
        if (objects == NULL) {
            return false;
        }
        list->objects = objects;
        list->room = room;
    }
    list->objects[list->count++] = object;
    return true;
}

void
release_objects(ObjectList *list)
{
    free(list->objects);
    *list = (ObjectList){0};
}

void
release_search(Search *search)
{
    release_objects(&search->listed);
    release_objects(&search->unlisted);
    release_objects(&search->codes);
    release_objects(&search->parents);
    release_objects(&search->pending);
    release_objects(&search->pending_parents);
    release_seen(&search->seen);
    release_counts(&search->hidden);
}

/* -- holders that are ours ---------------------------------------------------------------------------------------- */

static bool
begins_with(PyObject *text, PyObject *beginning)
{
    return text != NULL && PyUnicode_CheckExact(text)
           && PyUnicode_Tailmatch(text, beginning, 0, PY_SSIZE_T_MAX, -1) == 1;
}

static bool
is_own_type(Search *search, PyTypeObject *type)
{
    if (!TYPE_HAS(type, FLAG_HEAP)) {
        return false;
    }
    TypeInfo *info = type_info(type);
    if (info == NULL) {
        search->failed = true;
        return false;
    }
    if (info->row == UNKNOWN_TYPE) {
        PyObject *name = PyDict_GetItemString(TYPE_LAYOUT(type)->dict, "__module__");
        info->row = begins_with(name, search->package) ? OWN_TYPE : PROGRAMS_TYPE;
    }
    return info->row == OWN_TYPE;
}

static bool
is_ours(Search *search, PyObject *holder)
{
    for (size_t index = 0; index < sizeof(search->passed) / sizeof(*search->passed); index++) {
        if (holder == search->passed[index]) {
            return true;
        }
    }
    if (has_count(&search->hidden, holder)) {
        return true;
    }
    if (Py_TYPE(holder) == layouts.function) {
        PyObject *code = WORD_OF(holder, FUNCTION_CODE);
        return begins_with(*(PyObject **)((char *)code + layouts.code_filename), search->folder);
    }
    return is_own_type(search, Py_TYPE(holder));
}

/* Take notice that `holder` has `hits` references to the target. */
static void
take_holder(Search *search, PyObject *holder, ObjectList *list, PyObject *parent)
{
    if (is_ours(search, holder)) {
        return;
    }
    if ((PyObject *)Py_TYPE(holder) == search->target) {
        search->instances++;
        if (search->hits == 1) {
            return; /* all of these are told in one */
        }
    }
    if (search->listed.count + search->unlisted.count >= search->most) {
        search->more++;
        search->more_references += search->hits;
    }
    else if (!add_object(list, holder) || (list == &search->unlisted && !add_object(&search->parents, parent))) {
        search->failed = true;
    }
}

/* -- what the collector does not list ----------------------------------------------------------------------------- */

static bool
is_unlisted(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    return type == layouts.code
           || ((type == &PyTuple_Type || type == &PyDict_Type) && COLLECTOR_HEADER(object)->next == 0);
}

/* Have an object looked into if the collector does not list it. */
static void
enter(Search *search, PyObject *object, PyObject *parent)
{
    if (is_unlisted(object)
        && (!add_object(&search->pending, object) || !add_object(&search->pending_parents, parent))) {
        search->failed = true;
    }
}

/* What `looked_at`, a container that the collector does not list, refers to. */
static void
meet(Search *search, PyObject *object)
{
    if (object == search->target) {
        search->hits++;
    }
    else if (object != NULL) {
        enter(search, object, search->looked_at);
    }
}

static void
look_into_code(Search *search, PyObject *code)
{
    TypeInfo *info = type_info(Py_TYPE(code));
    if (info == NULL || !add_object(&search->codes, code)) {
        search->failed = true;
        return;
    }
    for (Py_ssize_t index = 0; index < info->member_count; index++) {
        meet(search, *(PyObject **)((char *)code + info->members[index].offset));
    }
}

static void
look_into_dict(Search *search, PyObject *dict)
{
    if (shows_inline_values(dict)) {
        return;
    }
    bool owns_keys = !has_shared_keys(dict);
    Py_ssize_t position = 0;
    PyObject *key, *value;
    while (PyDict_Next(dict, &position, &key, &value)) {
        if (owns_keys) {
            meet(search, key);
        }
        meet(search, value);
    }
}

/* Whether a container is met for the first time. */
static bool
is_new(Search *search, PyObject *container)
{
    int added = add_seen(&search->seen, container);
    search->failed = search->failed || added < 0;
    return added > 0;
}

/* Look into all containers that wait. */
static void
look_into_pending(Search *search)
{
    while (search->pending.count > 0 && !search->failed) {
        PyObject *container = search->pending.objects[--search->pending.count];
        PyObject *parent = search->pending_parents.objects[--search->pending_parents.count];
        bool is_shared = container->ob_refcnt != 1; /* else it is met once anyway: no need to remember all of these */
        if (is_shared && !is_new(search, container)) {
            continue;
        }
        search->hits = 0;
        search->looked_at = container;
        if (Py_TYPE(container) == &PyTuple_Type) {
            Py_ssize_t count = PyTuple_Size(container);
            for (Py_ssize_t index = 0; index < count; index++) {
                meet(search, WORD_OF(container, 3 + index));
            }
        }
        else if (Py_TYPE(container) == &PyDict_Type) {
            look_into_dict(search, container);
        }
        else {
            look_into_code(search, container);
        }
        if (search->hits > 0 && (is_shared || is_new(search, container))) {
            take_holder(search, container, &search->unlisted, is_shared ? NULL : parent);
        }
    }
}

static void
look_at_queue(Search *search)
{
    int64_t hits = search->hits;
    PyObject *looked_at = search->looked_at;
    for (size_t index = 0; index < search->queued; index++) {
        enter(search, search->queue[index], search->queue_parents[index]);
    }
    search->queued = 0;
    look_into_pending(search);
    search->hits = hits;
    search->looked_at = looked_at;
}

/* -- what it lists ------------------------------------------------------------------------------------------------ */

static int
count_hit(PyObject *referent, void *context)
{
    Search *search = context;
    search->hits += referent == search->target;
    return 0;
}

/* The same, and remember to look at the referent: later, since it has to come from memory first. */
static int
count_or_queue(PyObject *referent, void *context)
{
    Search *search = context;
    if (referent == search->target) {
        search->hits++;
        return 0;
    }
    if (search->queued == QUEUE) {
        look_at_queue(search);
    }
    PREFETCH(referent);
    search->queue_parents[search->queued] = search->looked_at;
    search->queue[search->queued++] = referent;
    return 0;
}

static void
count_items(Search *search, PyObject **items, Py_ssize_t count)
{
    int64_t hits = 0;
    for (Py_ssize_t index = 0; index < count; index++) {
        hits += items[index] == search->target;
    }
    search->hits += hits;
}

/* Count the target among the keys of a dict, which no traversal comes to where all are strings. */
static void
count_keys(Search *search, PyObject *dict)
{
    Py_ssize_t position = 0;
    PyObject *key, *value;
    while (!has_shared_keys(dict) && PyDict_Next(dict, &position, &key, &value)) {
        search->hits += key == search->target;
    }
}

static void
count_texts(Search *search, PyObject *object)
{
    if (PyDict_Check(object)) {
        count_keys(search, object);
    }
    else if (PyType_Check(object) && TYPE_HAS(object, FLAG_HEAP)) {
        search->hits += WORD_OF(object, layouts.qualname - 2) == search->target;
        search->hits += WORD_OF(object, layouts.qualname) == search->target;
    }
}

/* A walk through everything: of a module only the namespace counts, which the collector lists. What the traversal of a
   module's state comes to may be no live object (see debuggee/traversal.py). */
static void
look_all_round(Search *search, PyObject *object, TypeInfo *info)
{
    if (info->rule == RULE_MODULE) {
        search->hits += WORD_OF(object, 2) == search->target;
        return;
    }
    TYPE_LAYOUT(info->type)->traverse(object, count_or_queue, search);
    if (search->seeks_text && search->hits == 0) {
        count_texts(search, object);
    }
}

static void
look_for_target(Search *search, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type == &PyList_Type) {
        PyObject **items = (PyObject **)WORD_OF(object, 3);
        count_items(search, items, items == NULL ? 0 : (Py_ssize_t)WORD_OF(object, 2));
    }
    else if (type == &PyTuple_Type) {
        count_items(search, &WORD_OF(object, 3), (Py_ssize_t)WORD_OF(object, 2));
    }
    else {
        TYPE_LAYOUT(type)->traverse(object, count_hit, search);
    }
}

static int
look_at(PyObject *object, int generation, void *context)
{
    Search *search = context;
    search->hits = 0;
    search->looked_at = object;
    if (search->looks_through) {
        TypeInfo *info = type_info(Py_TYPE(object));
        if (info == NULL) {
            return -1;
        }
        look_all_round(search, object, info);
    }
    else {
        look_for_target(search, object);
    }
    if (search->seeks_dict && TYPE_HAS(Py_TYPE(object), FLAG_MANAGED_DICT)) {
        search->hits += WORD_OF(object, -3) == search->target;
    }
    if (search->hits > 0) {
        take_holder(search, object, &search->listed, NULL);
    }
    if (search->failed) {
        PyErr_NoMemory();
        return -1;
    }
    if (++search->steps % STEPS_BETWEEN_LOOKS == 0 && seconds_now() > search->deadline) {
        search->complete = false;
        return 1;
    }
    return 0;
}

int
run_search(Search *search)
{
    search->complete = true;
    search->seeks_text = PyUnicode_CheckExact(search->target);
    search->seeks_dict = Py_TYPE(search->target) == &PyDict_Type && shows_inline_values(search->target);
    if (for_each_object(look_at, search) < 0) {
        return -1;
    }
    if (search->looks_through) {
        look_at_queue(search);
    }
    if (search->failed) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}
