#include "types.h"

#include <stdlib.h>

static struct {
    TypeInfo **slots;
    size_t room; /* a power of two */
    size_t used;
} table;

static PyObject *module_key; /* "__module__" */

bool
types_ready(void)
{
    if (module_key == NULL) {
        module_key = PyUnicode_InternFromString("__module__");
    }
    return module_key != NULL;
}

/* -- the table ---------------------------------------------------------------------------------------------------- */

static size_t
place_of(PyTypeObject *type, size_t room)
{
    return ((uintptr_t)type >> 4) * (uintptr_t)0x9E3779B97F4A7C15u >> 20 & (room - 1);
}

static bool
grow(void)
{
    size_t room = table.room == 0 ? 1024 : 2 * table.room;
    TypeInfo **slots = calloc(room, sizeof(*slots));
    if (slots == NULL) {
        return false;
    }
    for (size_t index = 0; index < table.room; index++) {
        TypeInfo *info = table.slots[index];
        if (info != NULL) {
            size_t place = place_of(info->type, room);
            while (slots[place] != NULL) {
                place = (place + 1) & (room - 1);
            }
            slots[place] = info;
        }
    }
    free(table.slots);
    table.slots = slots;
    table.room = room;
    return true;
}

static void
release_members(Member *members, Py_ssize_t count)
{
    for (Py_ssize_t index = 0; index < count; index++) {
        Py_XDECREF(members[index].name);
    }
    free(members);
}

static void
release_info(TypeInfo *info)
{
    release_members(info->slots, info->slot_count);
    release_members(info->members, info->member_count);
    free(info);
}

void
forget_types(void)
{
    for (size_t index = 0; index < table.room; index++) {
        if (table.slots[index] != NULL) {
            release_info(table.slots[index]);
            table.slots[index] = NULL;
        }
    }
    table.used = 0;
}

int
for_each_type(int (*visit)(TypeInfo *info, void *context), void *context)
{
    for (size_t index = 0; index < table.room; index++) {
        int stopped = table.slots[index] == NULL ? 0 : visit(table.slots[index], context);
        if (stopped) {
            return stopped;
        }
    }
    return 0;
}

/* -- rules -------------------------------------------------------------------------------------------------------- */

/* numpy promises this layout to other C code, so that it is the same in all versions; see visit_array. */
static bool
is_array_type(PyTypeObject *type)
{
    TypeLayout *layout = TYPE_LAYOUT(type);
    return !(layout->flags & FLAG_HEAP) && layout->basic_size >= 80 && layout->name != NULL
           && strcmp(layout->name, "numpy.ndarray") == 0;
}

/* The rule written for this very type, or RULE_FIELDS. */
static Rule
rule_of(PyTypeObject *type)
{
    const struct {
        PyTypeObject *type;
        Rule rule;
    } rules[] = {
        {&PyList_Type, RULE_LIST},
        {&PyTuple_Type, RULE_TUPLE},
        {&PyDict_Type, RULE_DICT},
        {&PySet_Type, RULE_SET},
        {&PyFrozenSet_Type, RULE_SET},
        {layouts.deque, RULE_DEQUE},
        {&PyType_Type, RULE_TYPE},
        {&PyModule_Type, RULE_MODULE},
        {layouts.code, RULE_CODE},
        {layouts.generator, RULE_GENERATOR},
        {layouts.coroutine, RULE_GENERATOR},
        {layouts.async_generator, RULE_GENERATOR},
        {layouts.frame, RULE_FRAME},
        {layouts.function, RULE_FUNCTION},
        {layouts.method, RULE_METHOD},
        {layouts.builtin, RULE_BUILTIN},
        {layouts.cell, RULE_CELL},
        {layouts.exception, RULE_EXCEPTION},
        {layouts.cache, RULE_CACHE},
    };
    for (size_t index = 0; index < sizeof(rules) / sizeof(*rules); index++) {
        if (rules[index].type == type) {
            return rules[index].rule;
        }
    }
    return is_array_type(type) ? RULE_ARRAY : RULE_FIELDS;
}

static bool
is_container(Rule rule)
{
    return rule >= RULE_LIST && rule <= RULE_FRAME;
}

/* -- packages ----------------------------------------------------------------------------------------------------- */

bool
begins_with(PyObject *text, PyObject *beginning)
{
    return text != NULL && PyUnicode_CheckExact(text)
           && PyUnicode_Tailmatch(text, beginning, 0, PY_SSIZE_T_MAX, -1) == 1;
}

bool
is_from_package(PyTypeObject *type, PyObject *package)
{
    PyObject *dict = TYPE_HAS(type, FLAG_HEAP) ? TYPE_LAYOUT(type)->dict : NULL;
    PyObject *module = dict == NULL ? NULL : PyDict_GetItemWithError(dict, module_key); /* exact: no error comes of it */
    return begins_with(module, package);
}

/* -- members ------------------------------------------------------------------------------------------------------ */

static bool
is_known_offset(Member *members, Py_ssize_t count, Py_ssize_t offset)
{
    for (Py_ssize_t index = 0; index < count; index++) {
        if (members[index].offset == offset) {
            return true;
        }
    }
    return false;
}

/* A member hidden by one of the same name in a subclass is called `Base.name`. */
static PyObject *
make_name(PyTypeObject *type, const char *name, Member *members, Py_ssize_t count)
{
    PyObject *made = PyUnicode_FromString(name);
    for (Py_ssize_t index = 0; made != NULL && index < count; index++) {
        if (PyUnicode_Compare(members[index].name, made) == 0) {
            const char *dot = strrchr(TYPE_LAYOUT(type)->name, '.');
            Py_DECREF(made);
            return PyUnicode_FromFormat("%s.%s", dot == NULL ? TYPE_LAYOUT(type)->name : dot + 1, name);
        }
    }
    return made;
}

/* Add the members of `type` that hold objects. */
static bool
add_members(PyTypeObject *type, Member **members, Py_ssize_t *count)
{
    Py_ssize_t most = TYPE_LAYOUT(type)->basic_size - (Py_ssize_t)sizeof(PyObject *);
    for (MemberLayout *member = TYPE_LAYOUT(type)->members; member != NULL && member->name != NULL; member++) {
        if ((member->kind != MEMBER_OBJECT && member->kind != MEMBER_OBJECT_OR_UNSET) || member->offset < 16
            || member->offset > most || is_known_offset(*members, *count, member->offset)) {
            continue;
        }
        PyObject *name = make_name(type, member->name, *members, *count);
        Member *more = realloc(*members, (size_t)(*count + 1) * sizeof(Member));
        if (more != NULL) {
            *members = more;
        }
        if (more == NULL || name == NULL) {
            Py_XDECREF(name);
            return false;
        }
        more[*count] = (Member){name, member->offset};
        ++*count;
    }
    return true;
}

static bool
find_members(TypeInfo *info)
{
    PyTypeObject *type = info->type;
    for (; type != info->base; type = TYPE_LAYOUT(type)->base) {
        if (!add_members(type, &info->slots, &info->slot_count)) {
            return false;
        }
    }
    for (; type != NULL; type = TYPE_LAYOUT(type)->base) {
        if (!add_members(type, &info->members, &info->member_count)) {
            return false;
        }
    }
    return true;
}

/* -- types -------------------------------------------------------------------------------------------------------- */

static bool
describe(TypeInfo *info)
{
    PyTypeObject *base = info->type;
    while (TYPE_LAYOUT(base)->traverse == layouts.subtype_traverse && TYPE_LAYOUT(base)->base != NULL) {
        base = TYPE_LAYOUT(base)->base;
    }
    info->base = base;
    info->is_class = base != info->type;
    /* A class calls the traversal of a base even if the collector does not know that base's own instances. */
    info->traverse = TYPE_HAS(info->type, FLAG_COLLECTED) ? TYPE_LAYOUT(base)->traverse : NULL;
    info->has_managed_dict = TYPE_HAS(info->type, FLAG_MANAGED_DICT);
    info->base_has_managed_dict = info->has_managed_dict && TYPE_HAS(base, FLAG_MANAGED_DICT);
    info->has_plain_dict = info->is_class && !info->has_managed_dict
                           && TYPE_LAYOUT(info->type)->dict_offset != TYPE_LAYOUT(base)->dict_offset;
    for (PyTypeObject *type = base; type != NULL && info->rule == RULE_FIELDS; type = TYPE_LAYOUT(type)->base) {
        info->rule = rule_of(type);
        info->rule_traverse = info->rule == RULE_FIELDS ? NULL : TYPE_LAYOUT(type)->traverse;
        info->is_exact = info->rule != RULE_FIELDS && is_container(info->rule)
                         && (info->rule == RULE_MODULE || info->traverse == TYPE_LAYOUT(type)->traverse);
    }
    info->is_bytearray = PyType_IsSubtype(info->type, &PyByteArray_Type);
    info->is_weak = PyType_IsSubtype(info->type, &_PyWeakref_RefType);
    info->row = UINT32_MAX;
    find_measure(info);
    return find_members(info);
}

TypeInfo *
type_info(PyTypeObject *type)
{
    if (2 * (table.used + 1) > table.room && !grow()) {
        PyErr_NoMemory();
        return NULL;
    }
    size_t place = place_of(type, table.room);
    while (table.slots[place] != NULL) {
        if (table.slots[place]->type == type) {
            return table.slots[place];
        }
        place = (place + 1) & (table.room - 1);
    }
    TypeInfo *info = calloc(1, sizeof(*info));
    if (info == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    info->type = type;
    if (!describe(info)) {
        release_info(info);
        PyErr_NoMemory();
        return NULL;
    }
    table.slots[place] = info;
    table.used++;
    return info;
}
