/* watch_allocations(...): being told of new objects of some classes. A class made by a `class` statement allocates its
   instances by a slot of its own, `tp_alloc`, which is the interpreter's usual function: ours calls that one, and then
   a function in Python. Whatever makes an instance comes through it (a call of the class, `__new__`, copy, pickle), but
   not where 3.13 calls a class with an `__init__` in Python at a place that it knows: there that function's end tells.
   Subclasses do not inherit the slot, and nothing else looks at it, so that putting it back leaves no trace. */

#include "module.h"
#include "layout.h"

#include <stdlib.h>

/* No reference is held: a class may go away, and with it what was changed. */
typedef struct {
    PyTypeObject *type;
    allocfunc original;
} Hook;

static Hook *hooks;
static size_t hook_count, hook_room;
static PyObject *told; /* the function in Python, owned, or NULL */

static Hook *
find_hook(PyTypeObject *type)
{
    for (size_t index = 0; index < hook_count; index++) {
        if (hooks[index].type == type) {
            return &hooks[index];
        }
    }
    return NULL;
}

static PyObject *
new_none(void)
{
    Py_INCREF(Py_None);
    return Py_None;
}

/* What a type that has our function had before; one that got it from its base as it was made has that one's. */
static allocfunc
original_of(PyTypeObject *type)
{
    for (; type != NULL; type = TYPE_LAYOUT(type)->base) {
        Hook *hook = find_hook(type);
        if (hook != NULL) {
            return hook->original;
        }
    }
    return PyType_GenericAlloc;
}

static int
call_now(void *function)
{
    PyObject *done = PyObject_CallNoArgs(function);
    Py_XDECREF(done);
    Py_DECREF(function);
    PyErr_Clear();
    return 0;
}

/* Have the main thread call `function`, if it is one, when its call of something in C is over. */
static void
call_later(PyObject *function)
{
    if (function != NULL && function != Py_None) {
        Py_INCREF(function);
        if (Py_AddPendingCall(call_now, function) != 0) {
            Py_DECREF(function);
        }
    }
}

static PyObject *
allocate(PyTypeObject *type, Py_ssize_t count)
{
    PyObject *object = original_of(type)(type, count);
    if (object == NULL || told == NULL) {
        return object;
    }
    /* Nobody may see what is not complete: a traversal expects that the type has filled it in. */
    int tracked = PyObject_GC_IsTracked(object);
    if (tracked) {
        PyObject_GC_UnTrack(object);
    }
    PyObject *function = told;
    Py_INCREF(function);
    PyObject *address = PyLong_FromVoidPtr(object);
    PyObject *done = address == NULL ? NULL : PyObject_CallFunctionObjArgs(function, address, (PyObject *)type, NULL);
    call_later(done); /* now, so that nothing but the program's own code comes before it */
    Py_XDECREF(address);
    Py_XDECREF(done);
    Py_DECREF(function);
    PyErr_Clear(); /* the debugger's own */
    if (tracked) {
        PyObject_GC_Track(object);
    }
    return object;
}

static bool
add_hook(PyTypeObject *type)
{
    TypeLayout *layout = TYPE_LAYOUT(type);
    if (layout->alloc == (void *)allocate) {
        return true;
    }
    Hook *hook = find_hook(type); /* of one that was at that address before */
    if (hook == NULL) {
        if (hook_count == hook_room) {
            size_t room = hook_room == 0 ? 16 : 2 * hook_room;
            Hook *more = realloc(hooks, room * sizeof(*more));
            if (more == NULL) {
                PyErr_NoMemory();
                return false;
            }
            hooks = more;
            hook_room = room;
        }
        hook = &hooks[hook_count++];
    }
    *hook = (Hook){type, (allocfunc)layout->alloc};
    layout->alloc = (void *)allocate;
    return true;
}

static PyObject *
heap_watch_allocations(PyObject *module, PyObject *arguments)
{
    PyObject *types, *function;
    if (!PyArg_ParseTuple(arguments, "O!O:watch_allocations", &PyList_Type, &types, &function)) {
        return NULL;
    }
    for (Py_ssize_t index = 0; index < PyList_Size(types); index++) {
        PyObject *type = PyList_GetItem(types, index);
        if (!PyType_Check(type) || !TYPE_HAS(type, FLAG_HEAP)
            || (void *)TYPE_LAYOUT(type)->alloc != PyType_GetSlot((PyTypeObject *)type, Py_tp_alloc)) {
            return PyErr_Format(PyExc_TypeError, "watch_allocations() takes classes made by a class statement");
        }
    }
    Py_INCREF(function);
    Py_XDECREF(told);
    told = function;
    for (Py_ssize_t index = 0; index < PyList_Size(types); index++) {
        if (!add_hook((PyTypeObject *)PyList_GetItem(types, index))) {
            return NULL;
        }
    }
    return new_none();
}

static PyObject *
heap_release_allocations(PyObject *module, PyObject *types)
{
    if (!PyList_Check(types)) {
        return PyErr_Format(PyExc_TypeError, "release_allocations() takes a list of classes");
    }
    for (Py_ssize_t index = 0; index < PyList_Size(types); index++) {
        PyTypeObject *type = (PyTypeObject *)PyList_GetItem(types, index);
        if (PyType_Check((PyObject *)type) && TYPE_LAYOUT(type)->alloc == (void *)allocate) {
            TYPE_LAYOUT(type)->alloc = (void *)original_of(type);
        }
    }
    return new_none();
}

PyMethodDef allocations_methods[] = {
    {"watch_allocations", heap_watch_allocations, METH_VARARGS, PyDoc_STR("watch_allocations(types, function)")},
    {"release_allocations", heap_release_allocations, METH_O, PyDoc_STR("release_allocations(types)")},
    {NULL},
};
