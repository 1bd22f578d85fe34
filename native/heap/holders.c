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
enum { UNKNOWN_TYPE = UINT32_MAX };

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
    release_objects(&search->owners);
    release_objects(&search->pending);
    release_objects(&search->tellers);
    release_objects(&search->dicts);
    release_objects(&search->instances_with_dicts);
    release_counts(&search->wanted);
    release_seen(&search->seen);
    release_counts(&search->hidden);
}

/* -- holders that are ours ---------------------------------------------------------------------------------------- */

/* What is known of a type; NULL, with an error set, where there is no memory. */
static TypeInfo *
judged_type(Search *search, PyTypeObject *type)
{
    TypeInfo *info = type_info(type);
    if (info != NULL && info->row == UNKNOWN_TYPE) {
        info->row = find_ownership(info) | (is_from_package(type, search->package) ? IS_OURS : 0);
    }
    return info;
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
    TypeInfo *info = judged_type(search, Py_TYPE(holder));
    search->failed = search->failed || info == NULL;
    return info != NULL && (info->row & IS_OURS);
}

/* Take notice that `holder` has `hits` references to the target. */
static void
take_holder(Search *search, PyObject *holder, ObjectList *list)
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
    else if (!add_object(list, holder)) {
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

/* Count the object if it is the target; have it looked into if the collector does not list it. */
static void
meet(Search *search, PyObject *object)
{
    if (object == search->target) {
        search->hits++;
    }
    else if (object != NULL && is_unlisted(object) && !add_object(&search->pending, object)) {
        search->failed = true;
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
        bool is_shared = container->ob_refcnt != 1; /* else it is met once anyway: no need to remember all of these */
        if (is_shared && !is_new(search, container)) {
            continue;
        }
        search->hits = 0;
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
            take_holder(search, container, &search->unlisted);
        }
    }
}

static void
look_at_queue(Search *search)
{
    int64_t hits = search->hits;
    for (size_t index = 0; index < search->queued; index++) {
        meet(search, search->queue[index]);
    }
    search->queued = 0;
    look_into_pending(search);
    search->hits = hits;
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

static bool
look_into(Search *search, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type == &PyList_Type && !search->looks_through) {
        PyObject **items = (PyObject **)WORD_OF(object, 3);
        count_items(search, items, items == NULL ? 0 : (Py_ssize_t)WORD_OF(object, 2));
        return true;
    }
    if (type == &PyTuple_Type && !search->looks_through) {
        count_items(search, &WORD_OF(object, 3), (Py_ssize_t)WORD_OF(object, 2));
        return true;
    }
    TypeInfo *info = judged_type(search, type);
    if (info == NULL || !note_owner(search, object, info)) {
        return false;
    }
    if (search->looks_through) {
        look_all_round(search, object, info);
    }
    else {
        TYPE_LAYOUT(type)->traverse(object, count_hit, search);
    }
    if (search->seeks_dict && TYPE_HAS(type, FLAG_MANAGED_DICT)) {
        search->hits += WORD_OF(object, -3) == search->target;
    }
    return true;
}

static int
look_at(PyObject *object, int generation, void *context)
{
    Search *search = context;
    search->hits = 0;
    search->failed = !look_into(search, object) || search->failed;
    if (search->hits > 0) {
        take_holder(search, object, &search->listed);
    }
    if (search->failed) {
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
    bool walked = for_each_object(look_at, search) >= 0;
    if (walked && search->looks_through) {
        look_at_queue(search);
    }
    if (!walked || search->failed || !find_owners(search)) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}
