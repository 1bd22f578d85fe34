#ifdef __linux__
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_DEFAULT */
#endif
#endif
#include "layout.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

Layouts layouts;

enum { WORD = sizeof(void *), KEYS_ARE_SPLIT = 2, FIRST_VARIABLE = 9 };

/* -- reading ------------------------------------------------------------------------------------------------------ */

PyObject *
type_dict(PyTypeObject *type)
{
    if (TYPE_LAYOUT(type)->dict != NULL && (TYPE_HAS(type, FLAG_HEAP) || layouts.version < 12)) {
        return TYPE_LAYOUT(type)->dict;
    }
    descrgetfunc get = (descrgetfunc)PyType_GetSlot(Py_TYPE(layouts.type_dict_getter), Py_tp_descr_get);
    PyObject *proxy = get(layouts.type_dict_getter, (PyObject *)type, NULL);
    if (proxy == NULL) {
        PyErr_Clear();
        return NULL;
    }
    PyObject *dict = WORD_OF(proxy, 2); /* the type goes on holding it */
    Py_DECREF(proxy);
    return dict != NULL && PyDict_Check(dict) ? dict : NULL;
}

PyObject **
shared_names(PyTypeObject *type, Py_ssize_t *count)
{
    uint8_t *keys = TYPE_HAS(type, FLAG_HEAP) ? (uint8_t *)WORD_OF(type, layouts.qualname + 1) : NULL;
    *count = 0;
    if (keys == NULL || keys[WORD + 2] != KEYS_ARE_SPLIT) {
        return NULL;
    }
    *count = ((Py_ssize_t *)keys)[3];
    return (PyObject **)(keys + 4 * WORD + ((size_t)1 << keys[WORD + 1]));
}

InlineValues
read_inline_values(PyObject *object, PyTypeObject *type)
{
    InlineValues found = {NULL, NULL, 0, 0, NULL};
    uint8_t *values = NULL;
    if (layouts.version == 11) {
        values = (uint8_t *)WORD_OF(object, -4);
        found.dict = WORD_OF(object, -3);
    }
    else if (layouts.version == 12) {
        uintptr_t word = (uintptr_t)WORD_OF(object, -3);
        values = word & 1 ? (uint8_t *)(word + 1) : NULL;
        found.dict = word & 1 ? NULL : (PyObject *)word;
    }
    else {
        found.dict = WORD_OF(object, -3);
        uint8_t *header = (uint8_t *)object + TYPE_LAYOUT(type)->basic_size;
        if (TYPE_HAS(type, FLAG_INLINE_VALUES) && header[3]) {
            values = header + WORD;
            found.capacity = header[0];
        }
    }
    if (values != NULL) {
        found.values = (PyObject **)values;
        found.names = shared_names(type, &found.count);
        if (layouts.version < 13) {
            found.capacity = found.count;
        }
        if (found.count > found.capacity) {
            found.count = found.capacity;
        }
    }
    return found;
}

int
for_each_object(ObjectVisitor visit, void *context)
{
    for (int generation = 0; generation < 4; generation++) {
        CollectorHeader *head = layouts.generations[generation];
        CollectorHeader *header = (CollectorHeader *)(head->next & ~(uintptr_t)3);
        while (header != head) {
            CollectorHeader *next = (CollectorHeader *)(header->next & ~(uintptr_t)3);
            int stopped = visit((PyObject *)(header + 1), generation, context);
            if (stopped) {
                return stopped;
            }
            header = next;
        }
    }
    return 0;
}

/* -- finding out -------------------------------------------------------------------------------------------------- */

static void *
find(const char *name)
{
#ifdef _WIN32
    PyObject *handle = PySys_GetObject("dllhandle");
    HMODULE library = handle == NULL ? NULL : (HMODULE)PyLong_AsVoidPtr(handle);
    PyErr_Clear();
    return library == NULL ? NULL : (void *)GetProcAddress(library, name);
#else
    return dlsym(RTLD_DEFAULT, name);
#endif
}

static const char trial_source[] =
    "import sys, gc\n"
    "from collections import deque, OrderedDict\n"
    "from functools import _lru_cache_wrapper\n"
    "class Plain:\n"
    "    def __init__(self):\n"
    "        self.first = [1]\n"
    "        self.second = [2]\n"
    "class Slotted(Plain):\n"
    "    __slots__ = ('third',)\n"
    "def make(captured):\n"
    "    return lambda: captured\n"
    "def generate(first):\n"
    "    yield first\n"
    "async def coroutine(): pass\n"
    "async def generate_async(): yield\n"
    "plain, slotted, function, generator = Plain(), Slotted(), make([3]), generate([4])\n"
    "next(generator)\n"
    "slotted.third = [5]\n"
    "waiting = coroutine()\n"
    "waiting.close()\n"
    "asynchronous, frame = type(generate_async()), type(sys._getframe())\n"
    "bound = plain.__init__\n"
    "waiting, builtin, method = type(waiting), type(len), type(bound)\n"
    "cell, code = function.__closure__[0], function.__code__\n"
    "thresholds, dict_getter = gc.get_threshold(), type.__dict__['__dict__']\n";

static PyObject *trial;

/* A thing of the trial's, borrowed, or NULL. */
static void *
tried(const char *name)
{
    return PyDict_GetItemString(trial, name);
}

static bool
run_trial(void)
{
    trial = PyDict_New();
    PyObject *code = Py_CompileString(trial_source, "<heapsight layout trial>", Py_file_input);
    PyObject *name = PyUnicode_FromString("heapsight._native.heap");
    PyObject *done = NULL;
    if (trial != NULL && code != NULL && name != NULL && PyDict_SetItemString(trial, "__name__", name) == 0
        && PyDict_SetItemString(trial, "__builtins__", PyEval_GetBuiltins()) == 0) {
        done = PyEval_EvalCode(code, trial, trial);
    }
    Py_XDECREF(code);
    Py_XDECREF(name);
    Py_XDECREF(done);
    return done != NULL;
}

static bool
has_number(PyObject *object, const char *name, Py_ssize_t expected)
{
    PyObject *value = PyObject_GetAttrString(object, name);
    bool same = value != NULL && PyLong_AsSsize_t(value) == expected;
    Py_XDECREF(value);
    PyErr_Clear();
    return same;
}

static bool
has_object(PyObject *object, const char *name, void *expected)
{
    PyObject *value = PyObject_GetAttrString(object, name);
    Py_XDECREF(value);
    PyErr_Clear();
    return value != NULL && value == expected;
}

static bool
type_is_known(PyTypeObject *type)
{
    TypeLayout *layout = TYPE_LAYOUT(type);
    PyObject *object = (PyObject *)type;
    return layout->flags == PyType_GetFlags(type) && has_number(object, "__basicsize__", layout->basic_size)
           && has_number(object, "__itemsize__", layout->item_size)
           && has_number(object, "__dictoffset__", layout->dict_offset)
           && has_object(object, "__base__", layout->base) && has_object(object, "__mro__", layout->mro)
           && (void *)layout->traverse == PyType_GetSlot(type, Py_tp_traverse)
           && (void *)layout->members == PyType_GetSlot(type, Py_tp_members)
           && (void *)layout->is_gc == PyType_GetSlot(type, Py_tp_is_gc);
}

static bool
find_types(void)
{
    PyObject *plain = tried("plain");
    layouts.function = Py_TYPE((PyObject *)tried("function"));
    layouts.cell = Py_TYPE((PyObject *)tried("cell"));
    layouts.code = Py_TYPE((PyObject *)tried("code"));
    layouts.generator = Py_TYPE((PyObject *)tried("generator"));
    layouts.coroutine = tried("waiting");
    layouts.async_generator = tried("asynchronous");
    layouts.frame = tried("frame");
    layouts.builtin = tried("builtin");
    layouts.method = tried("method");
    layouts.deque = tried("deque");
    layouts.ordered_dict = tried("OrderedDict");
    layouts.cache = tried("_lru_cache_wrapper");
    layouts.exception = (PyTypeObject *)PyExc_BaseException;
    layouts.subtype_traverse = TYPE_LAYOUT(Py_TYPE(plain))->traverse;
    layouts.type_dict_getter = tried("dict_getter");
    Py_XINCREF(layouts.type_dict_getter); /* for good, like the types, which are the interpreter's own */
    Py_XINCREF((PyObject *)layouts.deque);
    Py_XINCREF((PyObject *)layouts.cache);
    return layouts.coroutine && layouts.async_generator && layouts.frame && layouts.builtin && layouts.method
           && layouts.deque && layouts.ordered_dict && layouts.cache && layouts.type_dict_getter
           && layouts.subtype_traverse != TYPE_LAYOUT(&PyBaseObject_Type)->traverse;
}

/* A class's qualified name is the last word that holds it: that of a class that is not nested is its name, too. */
static bool
find_shared_keys(void)
{
    PyTypeObject *type = Py_TYPE((PyObject *)tried("plain"));
    PyObject *name = PyObject_GetAttrString((PyObject *)type, "__qualname__");
    Py_ssize_t words = TYPE_LAYOUT(&PyType_Type)->basic_size / WORD;
    layouts.qualname = 0;
    for (Py_ssize_t index = 0; index < words; index++) {
        if (name != NULL && WORD_OF(type, index) == name) {
            layouts.qualname = index;
        }
    }
    Py_XDECREF(name);
    return layouts.qualname > 2 && layouts.qualname + 2 < words && WORD_OF(type, layouts.qualname - 2) == name;
}

/* Whether `object` has, inline, values that its attributes tell, under their names. */
static bool
inline_values_are_known(PyObject *object, Py_ssize_t expected)
{
    InlineValues found = read_inline_values(object, Py_TYPE(object));
    bool known = found.values != NULL && found.names != NULL && found.count == expected;
    for (Py_ssize_t index = 0; known && index < found.count; index++) {
        PyObject *value = PyObject_GetAttr(object, found.names[2 * index]);
        known = value != NULL && value == found.values[index];
        Py_XDECREF(value);
    }
    PyErr_Clear();
    return known;
}

static bool
instances_are_known(void)
{
    PyObject *plain = tried("plain"), *slotted = tried("slotted");
    MemberLayout *members = TYPE_LAYOUT(Py_TYPE(slotted))->members;
    /* 3.13 keeps values only in instances that have nothing else. */
    bool has_values = layouts.version < 13 || TYPE_HAS(Py_TYPE(slotted), FLAG_INLINE_VALUES);
    if (!inline_values_are_known(plain, 2) || (has_values && !inline_values_are_known(slotted, 2)) || members == NULL
        || strcmp(members->name, "third") != 0 || members->kind != MEMBER_OBJECT_OR_UNSET || members[1].name != NULL
        || !has_object(slotted, "third", *(PyObject **)((char *)slotted + members->offset))) {
        return false;
    }
    PyObject *dict = PyObject_GetAttrString(plain, "__dict__"); /* ends the inline state, but on 3.13 */
    InlineValues found = read_inline_values(plain, Py_TYPE(plain));
    bool known = dict != NULL && found.dict == dict && has_shared_keys(dict)
                 && (layouts.version >= 13) == (found.values != NULL)
                 && shows_inline_values(dict) == (found.values != NULL);
    Py_XDECREF(dict);
    return known;
}

static Py_ssize_t
member_offset(PyTypeObject *type, const char *name)
{
    for (MemberLayout *member = TYPE_LAYOUT(type)->members; member != NULL && member->name != NULL; member++) {
        if (strcmp(member->name, name) == 0) {
            return member->offset;
        }
    }
    return 0;
}

static bool
code_is_known(void)
{
    PyObject *code = tried("code"), *generator = tried("generator");
    layouts.code_filename = member_offset(layouts.code, "co_filename");
    layouts.code_qualname = member_offset(layouts.code, "co_qualname");
    layouts.code_first_line = member_offset(layouts.code, "co_firstlineno");
    layouts.code_stack_size = member_offset(layouts.code, "co_stacksize");
    layouts.code_names = layouts.code_filename - 2 * WORD;
    layouts.generator_frame = TYPE_LAYOUT(layouts.generator)->basic_size / WORD - FIRST_VARIABLE;
    if (!layouts.code_filename || !layouts.code_qualname || !layouts.code_first_line || !layouts.code_stack_size
        || !has_object(code, "co_filename", WORD_OF(code, layouts.code_filename / WORD))
        || layouts.generator_frame < 8) {
        return false;
    }
    PyObject *names = WORD_OF(code, layouts.code_names / WORD), *kinds = WORD_OF(code, layouts.code_names / WORD + 1);
    if (names == NULL || !PyTuple_Check(names) || PyTuple_Size(names) != 1 || kinds == NULL || !PyBytes_Check(kinds)
        || PyBytes_Size(kinds) != 1) {
        return false;
    }
    PyObject *made = tried("generate"), *method = tried("bound");
    if (!has_object(made, "__qualname__", WORD_OF(made, 5)) || !has_object(made, "__code__", WORD_OF(made, 6))
        || !has_object(method, "__func__", WORD_OF(method, 2)) || !has_object(method, "__self__", WORD_OF(method, 3))) {
        return false;
    }
    PyObject **frame = &WORD_OF(generator, layouts.generator_frame);
    int function = layouts.version == 11 ? 0 : 2, own_code = layouts.version == 11 ? 4 : 0;
    PyObject *generate = tried("generate"), *argument = frame[FIRST_VARIABLE];
    int8_t state = ((int8_t *)frame)[-WORD + 3];
    return frame[function] == generate && has_object(generate, "__code__", frame[own_code]) && state < 0
           && argument != NULL && PyList_Check(argument) && WORD_OF(generator, layouts.generator_frame - 5) != NULL
           && has_object(generator, "__qualname__", WORD_OF(generator, layouts.generator_frame - 5));
}

/* The youngest object comes last in the youngest generation: behind it is the head of that list, and those of the
   others stand in a row with it, each with its threshold. */
static bool
find_generations(void)
{
    PyObject *youngest = PyList_New(0);
    if (youngest == NULL) {
        return false;
    }
    char *head = (char *)(COLLECTOR_HEADER(youngest)->next & ~(uintptr_t)3);
    enum { STEP = sizeof(CollectorHeader) + 2 * sizeof(int) };
    bool known = head != NULL && *(void **)(head + 3 * STEP) == head; /* a pointer to the youngest follows them */
    for (int index = 0; known && index < 3; index++) {
        layouts.generations[index] = (CollectorHeader *)(head + index * STEP);
        int threshold = *(int *)(head + index * STEP + sizeof(CollectorHeader));
        PyObject *expected = PyTuple_GetItem(tried("thresholds"), index);
        known = expected != NULL && PyLong_AsLong(expected) == threshold;
    }
    layouts.generations[3] = (CollectorHeader *)(head + 3 * STEP + WORD);
    for (int index = 0; known && index < 4; index++) {
        CollectorHeader *list = layouts.generations[index];
        CollectorHeader *first = (CollectorHeader *)(list->next & ~(uintptr_t)3);
        known = first != NULL && (CollectorHeader *)(first->previous & ~(uintptr_t)3) == list;
    }
    Py_DECREF(youngest);
    return known;
}

bool
layouts_ready(void)
{
    const char *problem = NULL;
    layouts.version = (int)(Py_Version >> 16 & 0xFF);
    layouts.dict_pointer = (PyObject **(*)(PyObject *))find("_PyObject_GetDictPtr");
    layouts.is_printable = (int (*)(Py_UCS4))find("_PyUnicode_IsPrintable");
    if (Py_Version >= VERSION_3_14 || sizeof(void *) != 8) {
        problem = "it is made for Python 3.11 to 3.13 on 64 bits";
    }
    else if (!has_number((PyObject *)&PyBaseObject_Type, "__basicsize__", 2 * WORD)) {
        problem = "objects have headers that it does not know (free threading?)";
    }
    else if (layouts.dict_pointer == NULL || layouts.is_printable == NULL) {
        problem = "the interpreter lacks functions that it needs";
    }
    else if (!run_trial()) {
        problem = "its trial failed";
    }
    else if (!type_is_known(&PyList_Type) || !type_is_known(&PyType_Type)
             || !type_is_known(Py_TYPE((PyObject *)tried("slotted"))) || !find_types()) {
        problem = "types are not laid out as expected";
    }
    else if (!find_shared_keys() || !instances_are_known()) {
        problem = "instances are not laid out as expected";
    }
    else if (!code_is_known()) {
        problem = "code and frames are not laid out as expected";
    }
    else if (!find_generations()) {
        problem = "the collector's lists are not where they are expected";
    }
    layouts.trial = trial;
    if (problem != NULL) {
        PyErr_Clear();
        PyErr_Format(PyExc_ImportError, "heapsight._native.heap cannot be used: %s", problem);
    }
    return problem == NULL;
}
