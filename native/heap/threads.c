/* Pseudo nodes: threads and their frames, as Python has read them. */

#include "capture.h"

#include <stdio.h>

/* Of a frame's row: (label, file, line, references); of a reference's: (kind, label, address). */
enum { FRAME_LABEL, FRAME_FILE, FRAME_LINE, FRAME_REFERENCES };

static PyObject *
target_of(PyObject *reference)
{
    return PyLong_AsVoidPtr(PyTuple_GetItem(reference, 2));
}

/* Whether what a reference tells of may have gone meanwhile: the evaluation stack of a thread that goes on. */
static bool
may_be_gone(PyObject *reference)
{
    return PyLong_AsLong(PyTuple_GetItem(reference, 0)) == REFERENCE_FRAME
           && PyUnicode_GetLength(PyTuple_GetItem(reference, 1)) == 0;
}

/* The frames of the thread in row `index`. */
static PyObject *
frames_of(Heap *heap, Py_ssize_t index)
{
    return PyTuple_GetItem(PyList_GetItem(heap->threads, index), 1);
}

bool
number_threads(Heap *heap)
{
    for (Py_ssize_t thread = 0; thread < PyList_Size(heap->threads); thread++) {
        PyObject *frames = frames_of(heap, thread);
        for (Py_ssize_t frame = 0; frame < PyList_Size(frames); frame++) {
            PyObject *references = PyTuple_GetItem(PyList_GetItem(frames, frame), FRAME_REFERENCES);
            for (Py_ssize_t index = 0; index < PyList_Size(references); index++) {
                PyObject *reference = PyList_GetItem(references, index);
                if (!may_be_gone(reference) && number_node(heap, target_of(reference)) == NONE && PyErr_Occurred()) {
                    return false;
                }
            }
        }
    }
    return true;
}

static uint32_t
write_pseudo_type(Heap *heap, const char *name)
{
    put_u32(&heap->writer, TYPE_NAME, number_string(heap, name, strlen(name)));
    put_u32(&heap->writer, TYPE_MODULE, 0);
    put_u32(&heap->writer, TYPE_NODE, NONE);
    return heap->type_count++;
}

/* Write the columns of a pseudo node; its references come next, then `end_pseudo`. */
static uint32_t
begin_pseudo(Heap *heap, uint32_t node, uint32_t type, PyObject *name)
{
    put_u64(&heap->writer, NODE_ADDRESS, 0);
    put_u32(&heap->writer, NODE_TYPE, type);
    put_u32(&heap->writer, NODE_SIZE, 0);
    put_u32(&heap->writer, NODE_REFCOUNT, 1);
    put_u8(&heap->writer, NODE_FLAGS, NODE_PSEUDO);
    put_u32(&heap->writer, NODE_LENGTH, NONE);
    put_u32(&heap->writer, NAME_NODE, node);
    uint32_t text = number_text(heap, name);
    put_u32(&heap->writer, NAME_TEXT, text);
    return text;
}

static void
write_reference(Heap *heap, uint32_t target, int kind, uint32_t label)
{
    put_u32(&heap->writer, EDGE_TO, target);
    put_u8(&heap->writer, EDGE_KIND, (uint8_t)kind);
    put_u32(&heap->writer, EDGE_LABEL, label);
    heap->references++;
}

static void
end_pseudo(Heap *heap)
{
    put_u32(&heap->writer, EDGE_START, (uint32_t)heap->references);
}

/* The number of an object that is a node already, or NONE. */
static uint32_t
known_node(Heap *heap, PyObject *object)
{
    uint32_t *number = find_number(&heap->map, object);
    return number == NULL || *number == 0 || *number == UINT32_MAX ? NONE : *number - 1;
}

static void
write_frame(Heap *heap, uint32_t node, uint32_t type, PyObject *row)
{
    begin_pseudo(heap, node, type, PyTuple_GetItem(row, FRAME_LABEL));
    put_u32(&heap->writer, PLACE_NODE, node);
    put_u32(&heap->writer, PLACE_FILE, number_text(heap, PyTuple_GetItem(row, FRAME_FILE)));
    put_u32(&heap->writer, PLACE_LINE, (uint32_t)PyLong_AsLong(PyTuple_GetItem(row, FRAME_LINE)));
    PyObject *references = PyTuple_GetItem(row, FRAME_REFERENCES);
    for (Py_ssize_t index = 0; index < PyList_Size(references); index++) {
        PyObject *reference = PyList_GetItem(references, index);
        uint32_t target = known_node(heap, target_of(reference));
        if (target != NONE) {
            uint32_t label = number_text(heap, PyTuple_GetItem(reference, 1));
            write_reference(heap, target, (int)PyLong_AsLong(PyTuple_GetItem(reference, 0)), label);
        }
    }
    end_pseudo(heap);
}

bool
write_threads(Heap *heap)
{
    Py_ssize_t threads = PyList_Size(heap->threads);
    if (threads == 0) {
        return true;
    }
    uint32_t thread_type = write_pseudo_type(heap, "<thread>"), frame_type = write_pseudo_type(heap, "<frame>");
    uint32_t node = heap->count;
    for (Py_ssize_t thread = 0; thread < threads; thread++) {
        PyObject *frames = frames_of(heap, thread);
        Py_ssize_t count = PyList_Size(frames);
        uint32_t name = begin_pseudo(heap, node, thread_type, PyTuple_GetItem(PyList_GetItem(heap->threads, thread), 0));
        write_root(heap, node, ROOT_THREAD, name);
        for (Py_ssize_t frame = 0; frame < count; frame++) {
            write_reference(heap, node + 1 + (uint32_t)frame, REFERENCE_THREAD, (uint32_t)frame);
        }
        end_pseudo(heap);
        node++;
        for (Py_ssize_t frame = 0; frame < count; frame++) {
            write_frame(heap, node++, frame_type, PyList_GetItem(frames, frame));
        }
    }
    return !PyErr_Occurred();
}
