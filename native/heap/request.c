/* The arguments of a snapshot, checked before anything is walked: what goes wrong later goes wrong in a fork. */

#include "capture.h"

static bool
refuse(const char *what)
{
    if (!PyErr_Occurred()) {
        PyErr_Format(PyExc_TypeError, "a snapshot's %s", what);
    }
    return false;
}

/* Whether `row` is a tuple of `size`; it is none of the program's then. */
static bool
take_row(Heap *heap, PyObject *row, Py_ssize_t size)
{
    return PyTuple_Check(row) && PyTuple_Size(row) == size && leave_out(heap, row);
}

static bool
take_list(Heap *heap, PyObject *list)
{
    return PyList_Check(list) && leave_out(heap, list);
}

static bool
is_number(PyObject *object, long most)
{
    long number = PyLong_Check(object) ? PyLong_AsLong(object) : -1;
    return number >= 0 && number <= most;
}

static bool
is_address(PyObject *object)
{
    size_t address = PyLong_Check(object) ? PyLong_AsSize_t(object) : 0;
    return address != 0 && address != (size_t)-1 && address % sizeof(void *) == 0;
}

static bool
read_roots(Heap *heap, PyObject *roots)
{
    if (!take_list(heap, roots)) {
        return refuse("roots have to be a list");
    }
    for (Py_ssize_t index = 0; index < PyList_Size(roots); index++) {
        PyObject *row = PyList_GetItem(roots, index);
        if (!take_row(heap, row, 3) || !is_number(PyTuple_GetItem(row, 0), ROOT_OWN)
            || !PyUnicode_Check(PyTuple_GetItem(row, 1))) {
            return refuse("roots have to be tuples (kind, label, object)");
        }
        PyObject *object = PyTuple_GetItem(row, 2);
        PyObject *namespace = PyModule_Check(object) ? WORD_OF(object, 2) : NULL;
        bool is_program = PyLong_AsLong(PyTuple_GetItem(row, 0)) == ROOT_MODULE && namespace != NULL;
        if (!add_count(&heap->own, object, 1) || (is_program && !add_count(&heap->namespaces, namespace, 1))) {
            PyErr_NoMemory();
            return false;
        }
    }
    return true;
}

static bool
read_frame(Heap *heap, PyObject *row)
{
    if (!take_row(heap, row, 4) || !PyUnicode_Check(PyTuple_GetItem(row, 0)) || !PyUnicode_Check(PyTuple_GetItem(row, 1))
        || !is_number(PyTuple_GetItem(row, 2), INT32_MAX) || !take_list(heap, PyTuple_GetItem(row, 3))) {
        return false;
    }
    PyObject *references = PyTuple_GetItem(row, 3);
    for (Py_ssize_t index = 0; index < PyList_Size(references); index++) {
        PyObject *reference = PyList_GetItem(references, index);
        if (!take_row(heap, reference, 3) || !is_number(PyTuple_GetItem(reference, 0), REFERENCE_INTERNAL)
            || !PyUnicode_Check(PyTuple_GetItem(reference, 1)) || !is_address(PyTuple_GetItem(reference, 2))) {
            return false;
        }
    }
    return true;
}

static bool
read_threads(Heap *heap, PyObject *threads)
{
    if (!take_list(heap, threads)) {
        return refuse("threads have to be a list");
    }
    for (Py_ssize_t index = 0; index < PyList_Size(threads); index++) {
        PyObject *row = PyList_GetItem(threads, index);
        if (!take_row(heap, row, 2) || !PyUnicode_Check(PyTuple_GetItem(row, 0))
            || !take_list(heap, PyTuple_GetItem(row, 1))) {
            return refuse("threads have to be tuples (name, frames)");
        }
        PyObject *frames = PyTuple_GetItem(row, 1);
        for (Py_ssize_t frame = 0; frame < PyList_Size(frames); frame++) {
            if (!read_frame(heap, PyList_GetItem(frames, frame))) {
                return refuse("frames have to be tuples (label, file, line, [(kind, label, address)])");
            }
        }
    }
    return true;
}

static bool
read_own(Heap *heap, PyObject *own)
{
    if (!take_list(heap, own)) {
        return refuse("own references have to be a list");
    }
    for (Py_ssize_t index = 0; index < PyList_Size(own); index++) {
        PyObject *row = PyList_GetItem(own, index);
        if (!take_row(heap, row, 2) || !is_address(PyTuple_GetItem(row, 0))
            || !is_number(PyTuple_GetItem(row, 1), INT32_MAX)) {
            return refuse("own references have to be tuples (address, count)");
        }
        if (!add_count(&heap->own, PyLong_AsVoidPtr(PyTuple_GetItem(row, 0)), PyLong_AsLong(PyTuple_GetItem(row, 1)))) {
            PyErr_NoMemory();
            return false;
        }
    }
    return true;
}

static bool
read_hidden(Heap *heap, PyObject *hidden)
{
    if (!take_list(heap, hidden)) {
        return refuse("hidden objects have to be a list");
    }
    for (Py_ssize_t index = 0; index < PyList_Size(hidden); index++) {
        PyObject *object = PyList_GetItem(hidden, index);
        if (!add_count(&heap->hidden, object, 1) || !add_count(&heap->silent, object, 1)
            || !add_count(&heap->own, object, 1)) {
            PyErr_NoMemory();
            return false;
        }
    }
    return true;
}

bool
read_request(Heap *heap, PyObject *roots, PyObject *threads, PyObject *own, PyObject *hidden, PyObject *package)
{
    if (package != Py_None && !PyUnicode_CheckExact(package)) {
        return refuse("package has to be a str or None");
    }
    heap->package = package == Py_None ? NULL : package;
    heap->roots = roots;
    heap->threads = threads;
    if (!add_count(&heap->namespaces, PyImport_GetModuleDict(), 1)) {
        PyErr_NoMemory();
        return false;
    }
    return read_roots(heap, roots) && read_threads(heap, threads) && read_own(heap, own) && read_hidden(heap, hidden);
}
