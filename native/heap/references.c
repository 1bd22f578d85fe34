#include "references.h"

ReferenceNames reference_names;

bool
references_ready(void)
{
    const struct {
        PyObject **place;
        const char *text;
    } names[] = {
        {&reference_names.dict, "__dict__"},
        {&reference_names.mro, "__mro__"},
        {&reference_names.bases, "__bases__"},
        {&reference_names.base, "__base__"},
        {&reference_names.module, "module"},
        {&reference_names.name, "__name__"},
        {&reference_names.qualname, "__qualname__"},
        {&reference_names.slots, "slots"},
        {&reference_names.subclasses, "subclasses"},
        {&reference_names.cache, "cache"},
        {&reference_names.keys, "attribute name"},
        {&reference_names.function, "function"},
        {&reference_names.namespace, "namespace"},
        {&reference_names.code, "code"},
        {&reference_names.frame, "frame"},
        {&reference_names.back, "f_back"},
        {&reference_names.trace, "f_trace"},
        {&reference_names.locals, "locals"},
        {&reference_names.exception, "exception"},
        {&reference_names.origin, "origin"},
        {&reference_names.names, "co_localsplusnames"},
        {&reference_names.kinds, "co_localspluskinds"},
        {&reference_names.array_base, "base"},
        {&reference_names.dtype, "dtype"},
        {&reference_names.cached, "cached"},
    };
    for (size_t index = 0; index < sizeof(names) / sizeof(*names); index++) {
        *names[index].place = PyUnicode_FromString(names[index].text);
        if (*names[index].place == NULL) {
            return false;
        }
    }
    return true;
}

/* -- containers --------------------------------------------------------------------------------------------------- */

static int
visit_list(PyObject *holder, Receiver *receiver)
{
    PyObject **items = (PyObject **)WORD_OF(holder, 3);
    Py_ssize_t count = items == NULL ? 0 : PyList_Size(holder);
    for (Py_ssize_t index = 0; index < count; index++) {
        TELL(receiver, items[index], REFERENCE_ITEM, NULL, index);
    }
    return 0;
}

static int
visit_tuple(PyObject *holder, Receiver *receiver)
{
    Py_ssize_t count = PyTuple_Size(holder);
    for (Py_ssize_t index = 0; index < count; index++) {
        TELL(receiver, WORD_OF(holder, 3 + index), REFERENCE_ITEM, NULL, index);
    }
    return 0;
}

static int
visit_dict(PyObject *holder, Receiver *receiver)
{
    if (shows_inline_values(holder)) {
        return 0;
    }
    bool owns_keys = !has_shared_keys(holder);
    Py_ssize_t position = 0;
    PyObject *key, *value;
    while (PyDict_Next(holder, &position, &key, &value)) {
        if (owns_keys) {
            TELL(receiver, key, REFERENCE_KEY, NULL, 0);
        }
        TELL(receiver, value, REFERENCE_VALUE, key, 0);
    }
    return 0;
}

/* What the traversal of a set or a deque is told with. */
typedef struct {
    Receiver *receiver;
    PyObject *type; /* reported once beside the members, where it is a heap type; else NULL */
    Py_ssize_t index;
    int kind;
} Members;

static int
tell_member(PyObject *target, void *context)
{
    Members *members = context;
    if (target == members->type) {
        members->type = NULL;
        return 0;
    }
    TELL(members->receiver, target, members->kind, NULL, members->index++);
    return 0;
}

static int
visit_members(PyObject *holder, TypeInfo *info, int kind, Receiver *receiver)
{
    PyObject *type = TYPE_HAS(info->base, FLAG_HEAP) ? (PyObject *)Py_TYPE(holder) : NULL;
    Members members = {receiver, type, 0, kind};
    return info->rule_traverse(holder, tell_member, &members);
}

/* -- classes and modules ------------------------------------------------------------------------------------------ */

/* What a class made at run time has beyond what all types have. */
static int
visit_heap_type(PyObject *holder, Receiver *receiver)
{
    Py_ssize_t qualname = layouts.qualname, count;
    /* Another type borrows its base. */
    TELL(receiver, TYPE_LAYOUT(holder)->base, REFERENCE_ATTRIBUTE, reference_names.base, 0);
    TELL(receiver, WORD_OF(holder, qualname - 2), REFERENCE_ATTRIBUTE, reference_names.name, 0);
    TELL(receiver, WORD_OF(holder, qualname - 1), REFERENCE_INTERNAL, reference_names.slots, 0);
    TELL(receiver, WORD_OF(holder, qualname), REFERENCE_ATTRIBUTE, reference_names.qualname, 0);
    TELL(receiver, WORD_OF(holder, qualname + 2), REFERENCE_INTERNAL, reference_names.module, 0);
    PyObject **names = shared_names((PyTypeObject *)holder, &count);
    for (Py_ssize_t index = 0; names != NULL && index < count; index++) {
        TELL(receiver, names[2 * index], REFERENCE_INTERNAL, reference_names.keys, 0);
    }
    return 0;
}

static int
visit_type(PyObject *holder, Receiver *receiver)
{
    TypeLayout *type = TYPE_LAYOUT(holder);
    TELL(receiver, type_dict((PyTypeObject *)holder), REFERENCE_ATTRIBUTE, reference_names.dict, 0);
    TELL(receiver, type->mro, REFERENCE_ATTRIBUTE, reference_names.mro, 0);
    TELL(receiver, type->bases, REFERENCE_ATTRIBUTE, reference_names.bases, 0);
    TELL(receiver, type->cache, REFERENCE_INTERNAL, reference_names.cache, 0);
    if (layouts.version < 12 || !(type->flags & FLAG_BUILTIN)) {
        TELL(receiver, type->subclasses, REFERENCE_INTERNAL, reference_names.subclasses, 0);
    }
    return type->flags & FLAG_HEAP ? visit_heap_type(holder, receiver) : 0;
}

/* -- instances ---------------------------------------------------------------------------------------------------- */

static int
visit_attributes(PyObject *holder, TypeInfo *info, Receiver *receiver)
{
    InlineValues values = read_inline_values(holder, info->type);
    for (Py_ssize_t index = 0; index < values.count; index++) {
        TELL(receiver, values.values[index], REFERENCE_ATTRIBUTE, values.names[2 * index], 0);
    }
    TELL(receiver, values.dict, REFERENCE_ATTRIBUTE, reference_names.dict, 0);
    return 0;
}

/* What a class made by a `class` statement adds to its base; the reference to the class is told by the caller. */
static int
visit_instance(PyObject *holder, TypeInfo *info, Receiver *receiver)
{
    for (Py_ssize_t index = 0; index < info->slot_count; index++) {
        PyObject *value = *(PyObject **)((char *)holder + info->slots[index].offset);
        TELL(receiver, value, REFERENCE_ATTRIBUTE, info->slots[index].name, 0);
    }
    if (info->has_plain_dict) {
        PyObject **place = layouts.dict_pointer(holder);
        TELL(receiver, place == NULL ? NULL : *place, REFERENCE_ATTRIBUTE, reference_names.dict, 0);
    }
    return 0;
}

static int
visit_base(PyObject *holder, TypeInfo *info, Receiver *receiver)
{
    switch (info->rule) {
    case RULE_LIST:
        return visit_list(holder, receiver);
    case RULE_TUPLE:
        return visit_tuple(holder, receiver);
    case RULE_DICT:
        return visit_dict(holder, receiver);
    case RULE_SET:
        return visit_members(holder, info, REFERENCE_MEMBER, receiver);
    case RULE_DEQUE:
        return visit_members(holder, info, REFERENCE_ITEM, receiver);
    case RULE_TYPE:
        return visit_type(holder, receiver);
    case RULE_MODULE:
        TELL(receiver, WORD_OF(holder, 2), REFERENCE_ATTRIBUTE, reference_names.dict, 0);
        return 0;
    case RULE_CODE:
        return visit_code(holder, info, receiver);
    case RULE_GENERATOR:
        return visit_generator(holder, receiver);
    case RULE_FRAME:
        return visit_frame_object(holder, receiver);
    case RULE_ARRAY:
        return visit_array(holder, receiver);
    default:
        return visit_fields(holder, info, receiver);
    }
}

/* Whether a type in C may add to what the rule tells, and can be asked. */
static bool
has_extras(PyObject *holder, TypeInfo *info)
{
    bool is_container = info->rule >= RULE_LIST && info->rule <= RULE_SET;
    return is_container || (info->rule == RULE_TYPE && has_collector_header(holder));
}

int
visit_references(PyObject *holder, ReferenceVisitor visit, void *context)
{
    Receiver receiver = {visit, context};
    TypeInfo *info = type_info(Py_TYPE(holder));
    if (info == NULL) {
        return -1;
    }
    int stopped = 0;
    if (info->is_class) {
        stopped = visit_instance(holder, info, &receiver);
    }
    if (!stopped && info->has_managed_dict) {
        stopped = visit_attributes(holder, info, &receiver);
    }
    if (!stopped && TYPE_HAS(info->type, FLAG_HEAP)) {
        stopped = visit(((PyObject *)info->type), REFERENCE_TYPE, NULL, 0, context);
    }
    if (!stopped) {
        stopped = visit_base(holder, info, &receiver);
    }
    if (!stopped && !info->is_exact && has_extras(holder, info)) {
        stopped = visit_extras(holder, info, &receiver);
    }
    return stopped;
}

typedef struct {
    visitproc visit;
    void *context;
} Plain;

static int
tell_plainly(PyObject *target, int kind, PyObject *name, Py_ssize_t index, void *context)
{
    Plain *plain = context;
    return plain->visit(target, plain->context);
}

int
visit_referents(PyObject *holder, visitproc visit, void *context)
{
    Plain plain = {visit, context};
    return visit_references(holder, tell_plainly, &plain);
}
