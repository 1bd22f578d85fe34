/* write_snapshot and fork_snapshot, as Python calls them. */

#include "capture.h"
#include "fork.h"
#include "module.h"

static bool
leave_out_call(Heap *heap, PyObject *arguments, PyObject *keywords)
{
    return leave_out(heap, arguments) && (keywords == NULL || leave_out(heap, keywords));
}

static PyObject *
write_snapshot(PyObject *module, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"file", "roots", "threads", "own", "hidden", "meta", "progress", "package", NULL};
    int file;
    PyObject *roots, *threads, *own, *hidden, *progress = Py_None, *package = Py_None;
    Heap heap = {0};
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "iOOOOs|OO:write_snapshot", names, &file, &roots, &threads,
                                     &own, &hidden, &heap.meta, &progress, &package)) {
        return NULL;
    }
    heap.progress = progress == Py_None ? NULL : progress;
    PyObject *answer = NULL;
    if (leave_out_call(&heap, arguments, keywords) && read_request(&heap, roots, threads, own, hidden, package)
        && capture(&heap, file)) {
        answer = Py_BuildValue("KK", (unsigned long long)column_count(&heap.writer, NODE_ADDRESS),
                               (unsigned long long)heap.references);
    }
    release_heap(&heap);
    return answer;
}

#ifdef __linux__
static PyObject *
fork_snapshot(PyObject *module, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"path", "roots", "threads", "own", "hidden", "meta", "package", NULL};
    PyObject *path = NULL, *roots, *threads, *own, *hidden, *package = Py_None, *answer = NULL;
    Heap heap = {0};
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O&OOOOs|O:fork_snapshot", names, PyUnicode_FSConverter, &path,
                                     &roots, &threads, &own, &hidden, &heap.meta, &package)) {
        return NULL;
    }
    if (leave_out_call(&heap, arguments, keywords) && read_request(&heap, roots, threads, own, hidden, package)) {
        answer = fork_capture(&heap, PyBytes_AsString(path));
    }
    Py_XDECREF(path);
    release_heap(&heap);
    return answer;
}
#endif

PyMethodDef snapshot_methods[] = {
    {"write_snapshot", (PyCFunction)(void (*)(void))write_snapshot, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("Write a snapshot of the heap to a file descriptor; returns the numbers of nodes and references.")},
#ifdef __linux__
    {"fork_snapshot", (PyCFunction)(void (*)(void))fork_snapshot, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("Write a snapshot of the heap in a fork of the process; returns its id.")},
#endif
    {NULL},
};
