/* Names and places: of types, functions, classes, methods, code, modules. */

#include "capture.h"

#include <stdio.h>
#ifdef _WIN32
#include <direct.h>
#define getcwd _getcwd
#else
#include <unistd.h>
#endif

enum { ROOM = 4096, WORD = sizeof(void *) };
enum { FUNCTION_NAME = 5, FUNCTION_CODE = 6, METHOD_FUNCTION = 2, BUILTIN_DEFINITION = 2, MODULE_DICT = 2 };

PyObject *
find_entry(PyObject *dict, const char *name)
{
    PyObject *key = dict == NULL || !PyDict_Check(dict) ? NULL : PyUnicode_FromString(name);
    PyObject *found = key == NULL ? NULL : PyDict_GetItemWithError(dict, key);
    Py_XDECREF(key);
    PyErr_Clear();
    return found;
}

/* -- types -------------------------------------------------------------------------------------------------------- */

/* The module that a type says it is from: "?" where it does not. Returns the number of bytes. */
static size_t
module_of(PyTypeObject *type, char *bytes)
{
    TypeLayout *layout = TYPE_LAYOUT(type);
    if (layout->flags & FLAG_HEAP) {
        PyObject *module = find_entry(layout->dict, "__module__");
        if (module != NULL && PyUnicode_Check(module)) {
            Text text = text_of(module);
            return encode_text(&text, bytes, ROOM);
        }
        bytes[0] = '?';
        return 1;
    }
    const char *dot = strrchr(layout->name, '.');
    return (size_t)snprintf(bytes, ROOM, "%.*s", dot == NULL ? 8 : (int)(dot - layout->name),
                            dot == NULL ? "builtins" : layout->name);
}

static size_t
qualname_of(PyTypeObject *type, char *bytes)
{
    if (TYPE_HAS(type, FLAG_HEAP)) {
        PyObject *name = WORD_OF(type, layouts.qualname);
        Text text = name == NULL || !PyUnicode_Check(name) ? (Text){0} : text_of(name);
        return name == NULL ? 0 : encode_text(&text, bytes, ROOM);
    }
    const char *dot = strrchr(TYPE_LAYOUT(type)->name, '.');
    return (size_t)snprintf(bytes, ROOM, "%s", dot == NULL ? TYPE_LAYOUT(type)->name : dot + 1);
}

/* `module.qualname`, builtins without their module. */
static uint32_t
number_type_name(Heap *heap, PyTypeObject *type)
{
    char bytes[2 * ROOM + 1];
    size_t length = module_of(type, bytes);
    if ((length == 8 && memcmp(bytes, "builtins", 8) == 0) || (length == 1 && bytes[0] == '?')) {
        length = 0;
    }
    else {
        bytes[length++] = '.';
    }
    length += qualname_of(type, bytes + length);
    return number_string(heap, bytes, length);
}

bool
write_type(Heap *heap, TypeInfo *info)
{
    char bytes[ROOM];
    size_t length = module_of(info->type, bytes);
    uint32_t node = number_node(heap, (PyObject *)info->type);
    if (node == NONE && PyErr_Occurred()) {
        return false;
    }
    info->row = heap->type_count++;
    info->is_own = heap->package != NULL && is_from_package(info->type, heap->package);
    put_u32(&heap->writer, TYPE_NAME, number_type_name(heap, info->type));
    put_u32(&heap->writer, TYPE_MODULE, number_string(heap, bytes, length));
    put_u32(&heap->writer, TYPE_NODE, node);
    if (!TYPE_HAS(info->type, FLAG_HEAP)) {
        write_root(heap, node, ROOT_INTERPRETER, 0);
    }
    return true;
}

/* -- places ------------------------------------------------------------------------------------------------------- */

/* Write a place, if there is a file: not for `<string>` and the like. */
static void
write_place(Heap *heap, uint32_t node, PyObject *file, uint32_t line)
{
    char bytes[ROOM];
    Text text = file == NULL || !PyUnicode_Check(file) ? (Text){0} : text_of(file);
    if (text.length == 0 || character_at(&text, 0) == '<') {
        return;
    }
    size_t length = 0;
    bool is_absolute = character_at(&text, 0) == '/' || (text.length > 1 && character_at(&text, 1) == ':');
    if (!is_absolute && getcwd(bytes, ROOM / 2) != NULL) {
        length = strlen(bytes);
        bytes[length++] = '/';
    }
    length += encode_text(&text, bytes + length, ROOM - length);
    put_u32(&heap->writer, PLACE_NODE, node);
    put_u32(&heap->writer, PLACE_FILE, number_string(heap, bytes, length));
    put_u32(&heap->writer, PLACE_LINE, line);
}

static void
write_code_place(Heap *heap, uint32_t node, PyObject *code)
{
    if (code != NULL && Py_TYPE(code) == layouts.code) {
        int line = *(int *)((char *)code + layouts.code_first_line);
        write_place(heap, node, WORD_OF(code, layouts.code_filename / WORD), line < 1 ? 1 : (uint32_t)line);
    }
}

/* Whether a name is `outer.something`. */
static bool
is_inside(PyObject *name, PyObject *outer_name)
{
    if (name == NULL || outer_name == NULL || !PyUnicode_Check(name) || !PyUnicode_Check(outer_name)) {
        return false;
    }
    Text inner = text_of(name), outer = text_of(outer_name);
    if (inner.length <= outer.length || character_at(&inner, outer.length) != '.') {
        return false;
    }
    for (Py_ssize_t index = 0; index < outer.length; index++) {
        if (character_at(&inner, index) != character_at(&outer, index)) {
            return false;
        }
    }
    return true;
}

/* The file of a class is that of a method written in its body, as the qualified name tells; its line is known where the interpreter keeps it (3.13), else 0. */
static void
write_class_place(Heap *heap, uint32_t node, PyObject *type)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    while (TYPE_LAYOUT(type)->dict != NULL && PyDict_Next(TYPE_LAYOUT(type)->dict, &position, &key, &value)) {
        PyObject *code = Py_TYPE(value) == layouts.function ? WORD_OF(value, FUNCTION_CODE) : NULL;
        if (code != NULL && is_inside(WORD_OF(value, FUNCTION_NAME), WORD_OF(type, layouts.qualname))) {
            PyObject *number = find_entry(TYPE_LAYOUT(type)->dict, "__firstlineno__");
            long line = number != NULL && Py_TYPE(number) == &PyLong_Type ? PyLong_AsLong(number) : 0;
            PyErr_Clear();
            write_place(heap, node, WORD_OF(code, layouts.code_filename / WORD), line > 0 ? (uint32_t)line : 0);
            return;
        }
    }
}

/* -- nodes -------------------------------------------------------------------------------------------------------- */

static void
write_name(Heap *heap, uint32_t node, uint32_t text)
{
    put_u32(&heap->writer, NAME_NODE, node);
    put_u32(&heap->writer, NAME_TEXT, text);
}

static void
write_function(Heap *heap, uint32_t node, PyObject *function)
{
    bool is_function = function != NULL && Py_TYPE(function) == layouts.function;
    write_name(heap, node, number_text(heap, is_function ? WORD_OF(function, FUNCTION_NAME) : NULL));
    write_code_place(heap, node, is_function ? WORD_OF(function, FUNCTION_CODE) : NULL);
}

void
write_naming(Heap *heap, uint32_t node, PyObject *object, TypeInfo *info)
{
    switch (info->rule) {
    case RULE_FUNCTION:
        write_function(heap, node, object);
        break;
    case RULE_METHOD:
        write_function(heap, node, WORD_OF(object, METHOD_FUNCTION));
        break;
    case RULE_CODE:
        write_name(heap, node, number_text(heap, WORD_OF(object, layouts.code_qualname / WORD)));
        write_code_place(heap, node, object);
        break;
    case RULE_BUILTIN: {
        PyMethodDef *definition = (PyMethodDef *)WORD_OF(object, BUILTIN_DEFINITION);
        const char *name = definition == NULL || definition->ml_name == NULL ? "?" : definition->ml_name;
        write_name(heap, node, number_string(heap, name, strlen(name)));
        break;
    }
    case RULE_MODULE:
        write_name(heap, node, number_text(heap, find_entry(WORD_OF(object, MODULE_DICT), "__name__")));
        write_place(heap, node, find_entry(WORD_OF(object, MODULE_DICT), "__file__"), 0);
        break;
    case RULE_TYPE:
        write_name(heap, node, number_type_name(heap, (PyTypeObject *)object));
        if (TYPE_HAS(object, FLAG_HEAP)) {
            write_class_place(heap, node, object);
        }
        break;
    default:
        break;
    }
}
