/* heapsight._native.heap: the heap walked in C. Optional: everything has a twin in Python. */

#include "module.h"
#include "references.h"
#include "sizes.h"
#include "text.h"

PyDoc_STRVAR(module_doc, "The heap, walked in C: references, sizes, snapshots.");

/* -- references(object), referents(object), shallow_size(object) -------------------------------------------------- */

static PyObject *
label_of(int kind, PyObject *name, Py_ssize_t index)
{
    switch (kind) {
    case REFERENCE_ITEM:
        return PyLong_FromSsize_t(index);
    case REFERENCE_KEY:
    case REFERENCE_MEMBER:
    case REFERENCE_TYPE:
        name = Py_None;
        break;
    default:
        if (name == NULL) {
            return PyUnicode_FromString("");
        }
    }
    Py_INCREF(name);
    return name;
}

static int
add_reference(PyObject *target, int kind, PyObject *name, Py_ssize_t index, void *list)
{
    PyObject *label = label_of(kind, name, index);
    PyObject *row = label == NULL ? NULL : Py_BuildValue("iNO", kind, label, target);
    int failed = row == NULL || PyList_Append(list, row) != 0;
    Py_XDECREF(row);
    return failed ? -1 : 0;
}

static int
add_referent(PyObject *target, void *list)
{
    return PyList_Append(list, target);
}

/* Call `fill` with a new list and return it. The collector rests, so that nothing goes away in between. */
static PyObject *
fill_list(int (*fill)(PyObject *holder, PyObject *list), PyObject *holder)
{
    PyObject *list = PyList_New(0);
    if (list == NULL) {
        return NULL;
    }
    int enabled = PyGC_Disable();
    int failed = fill(holder, list);
    forget_types();
    if (enabled) {
        PyGC_Enable();
    }
    if (failed) {
        Py_CLEAR(list);
    }
    return list;
}

static int
fill_references(PyObject *holder, PyObject *list)
{
    return visit_references(holder, add_reference, list);
}

static int
fill_referents(PyObject *holder, PyObject *list)
{
    return visit_referents(holder, add_referent, list);
}

static PyObject *
heap_references(PyObject *module, PyObject *holder)
{
    return fill_list(fill_references, holder);
}

static PyObject *
heap_referents(PyObject *module, PyObject *holder)
{
    return fill_list(fill_referents, holder);
}

static PyObject *
heap_shallow_size(PyObject *module, PyObject *object)
{
    TypeInfo *info = type_info(Py_TYPE(object));
    PyObject *size = info == NULL ? NULL : PyLong_FromSsize_t(measure(object, info));
    forget_types();
    return size;
}

static PyMethodDef basic_methods[] = {
    {"references", heap_references, METH_O, PyDoc_STR("references(object) -> [(kind, label, target)]")},
    {"referents", heap_referents, METH_O, PyDoc_STR("referents(object) -> [target]")},
    {"shallow_size", heap_shallow_size, METH_O, PyDoc_STR("shallow_size(object) -> bytes")},
    {NULL},
};

/* Every file with functions for Python has a table of its own. */
static PyMethodDef *const tables[] = {
    basic_methods,
    snapshot_methods,
    ours_methods,
    retained_methods,
    referrers_methods,
    histogram_methods,
    allocations_methods,
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "heapsight._native.heap",
    .m_doc = module_doc,
    .m_size = -1, /* one interpreter only: the collector's lists are the main interpreter's */
};

PyMODINIT_FUNC
PyInit_heap(void)
{
    if (!layouts_ready() || !types_ready() || !references_ready() || !sizes_ready() || !text_ready()) {
        return NULL;
    }
    PyObject *module = PyModule_Create(&definition);
    for (size_t index = 0; module != NULL && index < sizeof(tables) / sizeof(*tables); index++) {
        if (PyModule_AddFunctions(module, tables[index]) != 0) {
            Py_CLEAR(module);
        }
    }
    if (module != NULL && PyModule_AddObjectRef(module, "_trial", layouts.trial) != 0) {
        Py_CLEAR(module);
    }
    return module;
}
