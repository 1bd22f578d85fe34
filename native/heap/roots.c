/* Where the heap is held from, but for threads, and what of it is Heapsight's. The walk finds it out itself, so that in a
   fork it costs the program no time. The twin is capture/roots.py, which says why. */

#include "capture.h"

#include <stdlib.h>

enum { FUNCTION_NAMESPACE = 2, METHOD_FUNCTION = 2, METHOD_SELF = 3, MODULE_DICT = 2 };

/* -- Heapsight's own ---------------------------------------------------------------------------------------------- */

/* Whether a name is that of a module of Heapsight's, or of the package itself. */
static bool
is_own_name(Heap *heap, PyObject *name)
{
    if (name == NULL || !PyUnicode_CheckExact(name)) {
        return false;
    }
    bool is_as_long = PyUnicode_GetLength(name) + 1 == PyUnicode_GetLength(heap->package);
    return begins_with(name, heap->package) || (is_as_long && begins_with(heap->package, name));
}

static bool
has_own_name(Heap *heap, PyObject *namespace)
{
    return is_own_name(heap, find_entry(namespace, "__name__"));
}

/* What standard output writes to, where `object` is that; the debugger reads along there. */
static PyObject *
buffer_of(PyObject *object)
{
    TypeLayout *type = TYPE_LAYOUT(Py_TYPE(object));
    if (type->name == NULL || strcmp(type->name, "_io.TextIOWrapper") != 0) {
        return NULL;
    }
    for (MemberLayout *member = type->members; member != NULL && member->name != NULL; member++) {
        bool is_object = member->kind == MEMBER_OBJECT || member->kind == MEMBER_OBJECT_OR_UNSET;
        if (is_object && strcmp(member->name, "buffer") == 0) {
            return *(PyObject **)((char *)object + member->offset);
        }
    }
    return NULL;
}

static bool
is_own_part(Heap *heap, PyObject *object)
{
    PyTypeObject *type = object == NULL ? NULL : Py_TYPE(object);
    if (type == NULL) {
        return false;
    }
    if (type == layouts.function) {
        return has_own_name(heap, WORD_OF(object, FUNCTION_NAMESPACE));
    }
    if (PyType_Check(object)) {
        return is_from_package((PyTypeObject *)object, heap->package);
    }
    if (PyModule_Check(object)) {
        return has_own_name(heap, WORD_OF(object, MODULE_DICT));
    }
    return is_from_package(type, heap->package);
}

bool
is_own(Heap *heap, PyObject *object)
{
    if (heap->package == NULL) {
        return false;
    }
    if (Py_TYPE(object) == layouts.method) {
        return is_own_part(heap, WORD_OF(object, METHOD_FUNCTION)) || is_own_part(heap, WORD_OF(object, METHOD_SELF));
    }
    if (PyWeakref_CheckRef(object)) {
        return is_own_part(heap, PyWeakref_GetObject(object));
    }
    PyObject *buffer = buffer_of(object);
    return is_own_part(heap, object) || (buffer != NULL && is_from_package(Py_TYPE(buffer), heap->package));
}

/* -- modules ------------------------------------------------------------------------------------------------------ */

/* Have the entries of a namespace that are Heapsight's left out. */
static bool
hide_own_entries(Heap *heap, PyObject *namespace)
{
    Py_ssize_t position = 0;
    PyObject *key, *value;
    if (!add_count(&heap->namespaces, namespace, 1)) {
        return false;
    }
    while (PyDict_Next(namespace, &position, &key, &value)) {
        if (is_own(heap, value) && !add_count(&heap->hidden, value, 1)) {
            return false;
        }
    }
    return true;
}

/* The label of a module's root: `sys.modules['shop']`, or for Heapsight's the name. */
static uint32_t
number_label(Heap *heap, PyObject *name, bool is_own)
{
    PyObject *plain = PyUnicode_Check(name) ? PyUnicode_FromObject(name) : PyUnicode_FromString("?");
    PyObject *label = plain == NULL || is_own ? NULL : PyUnicode_FromFormat("sys.modules[%R]", plain);
    uint32_t number = number_text(heap, is_own ? plain : label);
    Py_XDECREF(plain);
    Py_XDECREF(label);
    return number;
}

/* Make roots of the modules of the program's, or of Heapsight's. */
static bool
write_modules(Heap *heap, PyObject *modules, bool of_own)
{
    Py_ssize_t position = 0;
    PyObject *name, *module;
    while (PyDict_Next(modules, &position, &name, &module)) {
        if (is_own_name(heap, name) != of_own) {
            continue;
        }
        uint32_t node = number_node(heap, module), label = number_label(heap, name, of_own);
        if (PyErr_Occurred()) {
            return false;
        }
        if (node != NONE) {
            write_root(heap, node, of_own ? ROOT_OWN : ROOT_MODULE, label);
        }
        PyObject *namespace = PyModule_Check(module) ? WORD_OF(module, MODULE_DICT) : NULL;
        if (!of_own && namespace != NULL && !hide_own_entries(heap, namespace)) {
            PyErr_NoMemory();
            return false;
        }
    }
    return true;
}

/* -- types -------------------------------------------------------------------------------------------------------- */

/* Types that are no heap types, those whose subclasses are still to be asked for at the end. */
typedef struct {
    PyObject **types; /* borrowed, as they live for ever */
    size_t count, room;
    CountTable known;
} StaticTypes;

static bool
add_type(StaticTypes *found, PyObject *type)
{
    if (TYPE_HAS(type, FLAG_HEAP) || has_count(&found->known, type)) {
        return true;
    }
    if (found->count == found->room) {
        size_t room = found->room == 0 ? 1024 : 2 * found->room;
        PyObject **types = realloc(found->types, room * sizeof(*types));
        if (types == NULL) {
            PyErr_NoMemory();
            return false;
        }
        found->types = types;
        found->room = room;
    }
    found->types[found->count++] = type;
    if (!add_count(&found->known, type, 1)) {
        PyErr_NoMemory();
        return false;
    }
    return true;
}

static bool
add_subclasses(StaticTypes *found, PyObject *method, PyObject *type)
{
    PyObject *subclasses = PyObject_CallFunctionObjArgs(method, type, NULL);
    bool done = subclasses != NULL;
    for (Py_ssize_t index = 0; done && index < PyList_Size(subclasses); index++) {
        done = add_type(found, PyList_GetItem(subclasses, index));
    }
    Py_XDECREF(subclasses);
    return done;
}

/* The types of the interpreter itself and of modules in C are held by those. */
static bool
write_static_types(Heap *heap)
{
    StaticTypes found = {0};
    PyObject *method = PyObject_GetAttrString((PyObject *)&PyType_Type, "__subclasses__");
    bool done = method != NULL && add_type(&found, (PyObject *)&PyBaseObject_Type);
    for (size_t index = 0; done && index < found.count; index++) {
        done = add_subclasses(&found, method, found.types[index]);
        uint32_t node = done ? number_node(heap, found.types[index]) : NONE;
        if (node != NONE) {
            write_root(heap, node, ROOT_INTERPRETER, 0);
        }
        done = done && !PyErr_Occurred();
    }
    Py_XDECREF(method);
    free(found.types);
    release_counts(&found.known);
    return done;
}

/* -- all ---------------------------------------------------------------------------------------------------------- */

/* The roots that the caller has named. */
static bool
write_given(Heap *heap)
{
    for (Py_ssize_t index = 0; index < PyList_Size(heap->roots); index++) {
        PyObject *row = PyList_GetItem(heap->roots, index);
        uint32_t node = number_node(heap, PyTuple_GetItem(row, 2));
        if (node == NONE) {
            if (PyErr_Occurred()) {
                return false;
            }
            continue;
        }
        write_root(heap, node, (int)PyLong_AsLong(PyTuple_GetItem(row, 0)), number_text(heap, PyTuple_GetItem(row, 1)));
    }
    return true;
}

bool
write_roots(Heap *heap)
{
    PyObject *modules = PyImport_GetModuleDict();
    if (heap->package == NULL) {
        return write_given(heap);
    }
    if (!hide_own_entries(heap, modules)) {
        PyErr_NoMemory();
        return false;
    }
    if (!write_modules(heap, modules, false) || !write_modules(heap, modules, true)) {
        return false;
    }
    uint32_t node = number_node(heap, modules);
    if (node != NONE) {
        write_root(heap, node, ROOT_INTERPRETER, number_string(heap, "sys.modules", 11));
    }
    return !PyErr_Occurred() && write_given(heap) && write_static_types(heap);
}
