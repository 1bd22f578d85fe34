/* Objects without a rule of their own: what their traversal reports, named by members and by fields that are known. */

#include "references.h"

#include <stdlib.h>

/* -- collecting --------------------------------------------------------------------------------------------------- */

enum { FEW = 64 };

/* What a traversal has reported and no name is known for yet. NULL: told. */
typedef struct {
    PyObject **objects;
    Py_ssize_t count;
    Py_ssize_t room;
    PyObject *few[FEW];
} Collected;

static void
begin_collecting(Collected *collected)
{
    collected->objects = collected->few;
    collected->count = 0;
    collected->room = FEW;
}

static void
end_collecting(Collected *collected)
{
    if (collected->objects != collected->few) {
        free(collected->objects);
    }
}

static int
collect(PyObject *target, void *context)
{
    Collected *collected = context;
    if (collected->count == collected->room) {
        size_t size = (size_t)collected->room * 2 * sizeof(PyObject *);
        PyObject **more = realloc(collected->objects == collected->few ? NULL : collected->objects, size);
        if (more == NULL) {
            return -1;
        }
        if (collected->objects == collected->few) {
            memcpy(more, collected->few, sizeof(collected->few));
        }
        collected->objects = more;
        collected->room *= 2;
    }
    collected->objects[collected->count++] = target;
    return 0;
}

static int
collect_traversal(Collected *collected, traverseproc traverse, PyObject *holder)
{
    if (traverse != NULL && traverse(holder, collect, collected) != 0) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}

/* Take one report of `target` out; whether there was one. */
static bool
take(Collected *collected, PyObject *target)
{
    for (Py_ssize_t index = 0; target != NULL && index < collected->count; index++) {
        if (collected->objects[index] == target) {
            collected->objects[index] = NULL;
            return true;
        }
    }
    return false;
}

static int
tell_rest(Collected *collected, Receiver *receiver)
{
    for (Py_ssize_t index = 0; index < collected->count; index++) {
        TELL(receiver, collected->objects[index], REFERENCE_INTERNAL, NULL, 0);
    }
    return 0;
}

/* -- fields ------------------------------------------------------------------------------------------------------- */

typedef struct {
    int word; /* of the object */
    const char *name;
    PyObject *text; /* made when first needed */
} Field;

static Field function_fields[] = {
    {2, "__globals__"}, {3, "__builtins__"}, {4, "__name__"}, {5, "__qualname__"}, {6, "__code__"},
    {7, "__defaults__"}, {8, "__kwdefaults__"}, {9, "__closure__"}, {10, "__doc__"}, {11, "__dict__"},
    {13, "__module__"}, {14, "__annotations__"}, {15, "__type_params__"}, {0}};
static Field method_fields[] = {{2, "__func__"}, {3, "__self__"}, {0}};
static Field builtin_fields[] = {{3, "__self__"}, {0}};
static Field cell_fields[] = {{2, "cell_contents"}, {0}};
static Field exception_fields[] = {{2, "__dict__"}, {3, "args"}, {4, "__notes__"}, {5, "__traceback__"},
                                   {6, "__context__"}, {7, "__cause__"}, {0}};
static Field cache_fields[] = {{9, "cache"}, {11, "function"}, {0}};

static Field *
fields_of(Rule rule)
{
    switch (rule) {
    case RULE_FUNCTION:
        return function_fields;
    case RULE_METHOD:
        return method_fields;
    case RULE_BUILTIN:
        return builtin_fields;
    case RULE_CELL:
        return cell_fields;
    case RULE_EXCEPTION:
        return exception_fields;
    case RULE_CACHE:
        return cache_fields;
    default:
        return NULL;
    }
}

/* Tell the known fields whose objects the traversal has reported: where another version has something else in a word,
   that is not among them. */
static int
tell_fields(PyObject *holder, TypeInfo *info, Collected *collected, Receiver *receiver)
{
    Field *field = fields_of(info->rule);
    /* Those of a cache are not to be had as attributes. */
    int kind = info->rule == RULE_CACHE ? REFERENCE_INTERNAL : REFERENCE_ATTRIBUTE;
    for (; field != NULL && field->word != 0; field++) {
        if (field->text == NULL && (field->text = PyUnicode_FromString(field->name)) == NULL) {
            return -1;
        }
        if (take(collected, WORD_OF(holder, field->word))) {
            TELL(receiver, WORD_OF(holder, field->word), kind, field->text, 0);
        }
    }
    return 0;
}

/* Tell the dict of an instance of a type in C that has one. */
static int
tell_dict(PyObject *holder, TypeInfo *info, Collected *collected, Receiver *receiver)
{
    PyObject **place = info->has_managed_dict || info->has_plain_dict || TYPE_LAYOUT(info->type)->dict_offset == 0
                           ? NULL
                           : layouts.dict_pointer(holder);
    if (place != NULL && take(collected, *place)) {
        TELL(receiver, *place, REFERENCE_ATTRIBUTE, reference_names.dict, 0);
    }
    return 0;
}

/* Tell the plain members: those that the traversal has reported, or all where there is none. */
static int
tell_members(PyObject *holder, TypeInfo *info, Collected *collected, Receiver *receiver)
{
    for (Py_ssize_t index = 0; index < info->member_count; index++) {
        PyObject *value = *(PyObject **)((char *)holder + info->members[index].offset);
        if (info->traverse == NULL || take(collected, value)) {
            TELL(receiver, value, REFERENCE_ATTRIBUTE, info->members[index].name, 0);
        }
    }
    return 0;
}

/* Take out what the caller has told: the type, and attributes that the base's traversal reports as well. */
static void
take_told(PyObject *holder, TypeInfo *info, Collected *collected)
{
    if (TYPE_HAS(info->type, FLAG_HEAP)) {
        take(collected, (PyObject *)info->type);
    }
    if (info->base_has_managed_dict) {
        InlineValues values = read_inline_values(holder, info->type);
        for (Py_ssize_t index = 0; index < values.count; index++) {
            take(collected, values.values[index]);
        }
        take(collected, values.dict);
    }
}

/* The traversal of a cache (functools.lru_cache) reports for each entry the type of it, which the entry itself holds,
   and once for the cache. All of them lie behind each other. */
static void
take_types_of_entries(Collected *collected)
{
    PyObject *known = NULL;
    for (Py_ssize_t index = 0; index < collected->count; index++) {
        PyObject *target = collected->objects[index];
        if (target == NULL || !PyType_Check(target)
            || strcmp(TYPE_LAYOUT(target)->name, "functools._lru_list_elem") != 0) {
            continue;
        }
        if (known == target) {
            collected->objects[index] = NULL;
        }
        known = target;
    }
}

int
visit_fields(PyObject *holder, TypeInfo *info, Receiver *receiver)
{
    Collected collected;
    begin_collecting(&collected);
    int stopped = collect_traversal(&collected, info->traverse, holder);
    if (!stopped) {
        take_told(holder, info, &collected);
        if (info->rule == RULE_CACHE) {
            take_types_of_entries(&collected);
        }
        stopped = tell_fields(holder, info, &collected, receiver);
    }
    if (!stopped) {
        stopped = tell_members(holder, info, &collected, receiver);
    }
    if (!stopped) {
        stopped = tell_dict(holder, info, &collected, receiver);
    }
    if (!stopped) {
        stopped = tell_rest(&collected, receiver);
    }
    end_collecting(&collected);
    return stopped;
}

/* -- types in C that add to a container --------------------------------------------------------------------------- */

static bool
is_same(PyObject **objects, Collected *others)
{
    return memcmp(objects, others->objects, (size_t)others->count * sizeof(PyObject *)) == 0;
}

/* Take out of `all` what the container's own traversal reports: the end or the beginning of it, where the traversal of
   the type in C calls it; else one by one. */
static void
take_container(Collected *all, Collected *own)
{
    Py_ssize_t more = all->count - own->count;
    if (more >= 0 && is_same(all->objects + more, own)) {
        all->count = more;
        return;
    }
    if (more >= 0 && is_same(all->objects, own)) {
        memset(all->objects, 0, (size_t)own->count * sizeof(PyObject *));
        return;
    }
    for (Py_ssize_t index = 0; index < own->count; index++) {
        take(all, own->objects[index]);
    }
}

int
visit_extras(PyObject *holder, TypeInfo *info, Receiver *receiver)
{
    Collected all, own;
    begin_collecting(&all);
    begin_collecting(&own);
    int stopped = collect_traversal(&all, info->traverse, holder);
    if (!stopped) {
        stopped = collect_traversal(&own, info->rule_traverse, holder);
    }
    if (!stopped) {
        if (TYPE_HAS(info->type, FLAG_HEAP) && all.count > 0 && all.objects[0] == (PyObject *)info->type) {
            all.objects++; /* the type comes first where it is reported */
            all.count--;
            take_container(&all, &own);
            all.objects--;
            all.objects[0] = NULL;
            all.count++;
        }
        else {
            take_container(&all, &own);
            take_told(holder, info, &all);
        }
        stopped = tell_members(holder, info, &all, receiver);
    }
    if (!stopped) {
        stopped = tell_rest(&all, receiver);
    }
    end_collecting(&all);
    end_collecting(&own);
    return stopped;
}

/* -- numpy -------------------------------------------------------------------------------------------------------- */

/* The layout that numpy promises to C code (PyArrayObject_fields; the type number in PyArray_Descr). */
typedef struct {
    PyObject_HEAD
    PyObject **data;
    int dimensions;
    Py_ssize_t *shape;
    Py_ssize_t *strides;
    PyObject *base;
    PyObject *dtype;
    int flags;
} ArrayLayout;

enum { ARRAY_OWNS_DATA = 4, ARRAY_TYPE_NUMBER = 28, ARRAY_OF_OBJECTS = 17 };

int
visit_array(PyObject *holder, Receiver *receiver)
{
    ArrayLayout *array = (ArrayLayout *)holder;
    TELL(receiver, array->base, REFERENCE_ATTRIBUTE, reference_names.array_base, 0);
    TELL(receiver, array->dtype, REFERENCE_ATTRIBUTE, reference_names.dtype, 0);
    if (array->dtype == NULL || array->data == NULL || !(array->flags & ARRAY_OWNS_DATA)
        || *(int *)((char *)array->dtype + ARRAY_TYPE_NUMBER) != ARRAY_OF_OBJECTS) {
        return 0;
    }
    Py_ssize_t count = 1;
    for (int dimension = 0; dimension < array->dimensions; dimension++) {
        count *= array->shape[dimension];
    }
    /* An array that owns its data has it in one piece. The order of more than one dimension is not told. */
    for (Py_ssize_t index = 0; index < count; index++) {
        int kind = array->dimensions == 1 ? REFERENCE_ITEM : REFERENCE_INTERNAL;
        TELL(receiver, array->data[index], kind, NULL, index);
    }
    return 0;
}
