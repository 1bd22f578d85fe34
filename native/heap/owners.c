/* Whose dict, tuple or cell a holder is. What may own one is noted in the walk that finds the holders, before these are
   known: a second walk would cost as much. The twin, and what it is good for, is in memory/owners.py. */

#include "holders.h"

enum { FUNCTION_GLOBALS = 2, FUNCTION_BUILTINS = 3, FUNCTION_CLOSURE = 9 };

/* Items of containers are not owned by these: an instance of a class that adds to a container has its dict. */
uint32_t
find_ownership(TypeInfo *info)
{
    bool is_container = (info->rule >= RULE_LIST && info->rule <= RULE_DEQUE && info->is_exact)
                        || (info->rule == RULE_CELL && !info->is_class);
    if (info->traverse != NULL && !is_container) {
        return OWNS_WHAT_IT_TELLS;
    }
    return TYPE_LAYOUT(info->type)->dict_offset != 0 ? OWNS_DICT : OWNS_NOTHING;
}

static PyObject *
dict_of(PyObject *object, PyTypeObject *type)
{
    if (TYPE_HAS(type, FLAG_MANAGED_DICT)) {
        PyObject *dict = WORD_OF(object, -3);
        return (uintptr_t)dict & 1 ? NULL : dict; /* 3.12 marks inline values with the lowest bit */
    }
    PyObject **place = layouts.dict_pointer(object);
    return place == NULL ? NULL : *place;
}

bool
note_owner(Search *search, PyObject *object, TypeInfo *info)
{
    if ((info->row & OWNERSHIP) == OWNS_WHAT_IT_TELLS) {
        return add_object(&search->tellers, object);
    }
    PyObject *dict = (info->row & OWNERSHIP) == OWNS_DICT ? dict_of(object, info->type) : NULL;
    return dict == NULL || (add_object(&search->dicts, dict) && add_object(&search->instances_with_dicts, object));
}

static int
count_wanted(PyObject *referent, void *context)
{
    Search *search = context;
    search->hits += has_count(&search->wanted, referent);
    return 0;
}

/* A function owns what it refers to, but for globals and builtins; and the cells in its closure. */
static void
count_of_function(Search *search, PyObject *function)
{
    search->hits -= has_count(&search->wanted, WORD_OF(function, FUNCTION_GLOBALS));
    search->hits -= has_count(&search->wanted, WORD_OF(function, FUNCTION_BUILTINS));
    PyObject *closure = WORD_OF(function, FUNCTION_CLOSURE);
    if (search->seeks_cells && closure != NULL && PyTuple_CheckExact(closure)) {
        for (Py_ssize_t index = 0; index < PyTuple_Size(closure); index++) {
            count_wanted(WORD_OF(closure, 3 + index), search);
        }
    }
}

static bool
want_containers(Search *search, const ObjectList *holders)
{
    for (size_t index = 0; index < holders->count; index++) {
        PyObject *holder = holders->objects[index];
        PyTypeObject *type = Py_TYPE(holder);
        if (type != &PyDict_Type && type != &PyTuple_Type && type != layouts.cell) {
            continue;
        }
        search->seeks_cells = search->seeks_cells || type == layouts.cell;
        if (!add_count(&search->wanted, holder, 1)) {
            return false;
        }
    }
    return true;
}

bool
find_owners(Search *search)
{
    if (!want_containers(search, &search->listed) || !want_containers(search, &search->unlisted)) {
        return false;
    }
    for (size_t index = 0; search->wanted.used > 0 && index < search->dicts.count; index++) {
        if (has_count(&search->wanted, search->dicts.objects[index])
            && !add_object(&search->owners, search->instances_with_dicts.objects[index])) {
            return false;
        }
    }
    for (size_t index = 0; search->wanted.used > 0 && index < search->tellers.count; index++) {
        PyObject *teller = search->tellers.objects[index];
        search->hits = 0;
        TYPE_LAYOUT(Py_TYPE(teller))->traverse(teller, count_wanted, search);
        if (Py_TYPE(teller) == layouts.function) {
            count_of_function(search, teller);
        }
        if (search->hits > 0 && !add_object(&search->owners, teller)) {
            return false;
        }
    }
    return true;
}
