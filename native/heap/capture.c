#include "capture.h"
#include "pages.h"

#include <errno.h>
#include <stdlib.h>

enum { BLOCK_BITS = 16, BLOCK = 1 << BLOCK_BITS, PROGRESS_STEP = 1 << 16, SOON = 24, LATER = 96, NEIGHBOUR = 32 };

#define LEFT_OUT UINT32_MAX
#define FROZEN ((uintptr_t)1)
/* 3.11 gives objects that live for ever a count of about a thousand million. */
#define STATIC_COUNT 900000000

/* -- nodes -------------------------------------------------------------------------------------------------------- */

static uintptr_t *
node_place(Heap *heap, uint32_t node)
{
    return &heap->blocks[node >> BLOCK_BITS][node & (BLOCK - 1)];
}

static PyObject *
object_of(Heap *heap, uint32_t node)
{
    return (PyObject *)(*node_place(heap, node) & ~FROZEN);
}

static bool
make_room(Heap *heap)
{
    size_t block = heap->count >> BLOCK_BITS;
    if (heap->count >= LEFT_OUT - 2) {
        PyErr_SetString(PyExc_OverflowError, "there are more objects than a snapshot can have");
        return false;
    }
    if (block == heap->block_room) {
        size_t room = block == 0 ? 64 : 2 * block;
        uintptr_t **blocks = realloc(heap->blocks, room * sizeof(*blocks));
        if (blocks == NULL) {
            PyErr_NoMemory();
            return false;
        }
        heap->blocks = blocks;
        heap->block_room = room;
    }
    heap->blocks[block] = map_pages(BLOCK * sizeof(**heap->blocks));
    if (heap->blocks[block] == NULL) {
        PyErr_NoMemory();
        return false;
    }
    return true;
}

uint32_t
number_node(Heap *heap, PyObject *object)
{
    uint32_t *number = find_number(&heap->map, object);
    if (number == NULL) {
        PyErr_NoMemory();
        return NONE;
    }
    if (*number == 0) {
        if ((heap->count & (BLOCK - 1)) == 0 && !make_room(heap)) {
            return NONE;
        }
        if (heap->progress != NULL) {
            Py_IncRef(object); /* the function: it knows of immortal objects */
        }
        *node_place(heap, heap->count) = (uintptr_t)object;
        *number = ++heap->count;
    }
    return *number == LEFT_OUT ? NONE : *number - 1;
}

bool
leave_out(Heap *heap, PyObject *object)
{
    uint32_t *number = find_number(&heap->map, object);
    if (number == NULL) {
        PyErr_NoMemory();
        return false;
    }
    *number = LEFT_OUT;
    return true;
}

static int
number_listed(PyObject *object, int generation, void *context)
{
    Heap *heap = context;
    uint32_t node = number_node(heap, object);
    if (node == NONE) {
        return PyErr_Occurred() != NULL ? -1 : 0;
    }
    if (generation == 3) {
        *node_place(heap, node) |= FROZEN;
    }
    return 0;
}

/* -- one object --------------------------------------------------------------------------------------------------- */

void
write_root(Heap *heap, uint32_t node, int kind, uint32_t label)
{
    put_u32(&heap->writer, ROOT_NODE, node);
    put_u8(&heap->writer, ROOT_KIND, (uint8_t)kind);
    put_u32(&heap->writer, ROOT_LABEL, label);
}

static bool
lives_for_ever(PyObject *object, TypeInfo *info)
{
    if (layouts.version >= 12) {
        return count_references(object) < 0;
    }
    return object->ob_refcnt >= STATIC_COUNT || (info->rule == RULE_TYPE && !TYPE_HAS(object, FLAG_HEAP))
           || object == Py_None || info->type == &PyBool_Type || object == Py_Ellipsis || object == Py_NotImplemented;
}

static uint32_t
program_references(Heap *heap, uint32_t node, PyObject *object, TypeInfo *info)
{
    if (lives_for_ever(object, info)) {
        return NONE;
    }
    int64_t own = get_count(&heap->own, object);
    int64_t count = object->ob_refcnt - own - (heap->progress != NULL);
    if (count <= 0 && own > 0) {
        write_root(heap, node, ROOT_OWN, 0); /* nothing but Heapsight holds it */
    }
    return count < 0 ? 0 : count < NONE ? (uint32_t)count : NONE - 1;
}

static uint8_t
flags_of(Heap *heap, uint32_t node, PyObject *object)
{
    if (!has_collector_header(object)) {
        return 0;
    }
    bool tracked = COLLECTOR_HEADER(object)->next != 0;
    bool listed = tracked && !(*node_place(heap, node) & FROZEN);
    return (uint8_t)((tracked ? NODE_TRACKED : 0) | (listed ? 0 : NODE_UNLISTED));
}

static void
write_node(Heap *heap, uint32_t node, PyObject *object, TypeInfo *info)
{
    Writer *writer = &heap->writer;
    Py_ssize_t size = measure(object, info), length = count_items(object, info);
    put_u64(writer, NODE_ADDRESS, (uintptr_t)object);
    put_u32(writer, NODE_TYPE, info->row);
    put_u32(writer, NODE_SIZE, size < (Py_ssize_t)NONE ? (uint32_t)size : NONE);
    put_u32(writer, NODE_REFCOUNT, program_references(heap, node, object, info));
    put_u8(writer, NODE_FLAGS, flags_of(heap, node, object));
    put_u32(writer, NODE_LENGTH, length < 0 ? NONE : length < (Py_ssize_t)NONE ? (uint32_t)length : NONE - 1);
    if (size >= (Py_ssize_t)NONE) {
        put_u32(writer, LARGE_NODE, node);
        put_u64(writer, LARGE_SIZE, (uint64_t)size);
    }
}

static void
write_value(Heap *heap, uint32_t node, Value *value)
{
    put_u32(&heap->writer, VALUE_NODE, node);
    put_u32(&heap->writer, VALUE_TEXT, number_hashed(heap, value->key, value->text, value->length));
    put_u64(&heap->writer, VALUE_HASH, value->hash);
}

static int
write_edge(PyObject *target, int kind, PyObject *name, Py_ssize_t index, void *context)
{
    Heap *heap = context;
    if (heap->leaves_out_hidden && kind == REFERENCE_VALUE && has_count(&heap->hidden, target)) {
        return 0;
    }
    uint32_t node = number_node(heap, target);
    if (node == NONE) {
        return PyErr_Occurred() != NULL ? -1 : 0;
    }
    uint32_t label = NONE;
    switch (kind) {
    case REFERENCE_ITEM:
        label = index < (Py_ssize_t)NONE ? (uint32_t)index : NONE - 1;
        break;
    case REFERENCE_VALUE:
        label = number_node(heap, name);
        break;
    case REFERENCE_KEY:
    case REFERENCE_MEMBER:
    case REFERENCE_TYPE:
        break;
    default:
        label = number_name(heap, name);
    }
    put_u32(&heap->writer, EDGE_TO, node);
    put_u8(&heap->writer, EDGE_KIND, (uint8_t)kind);
    put_u32(&heap->writer, EDGE_LABEL, label);
    heap->references++;
    return 0;
}

static int
write_edges(Heap *heap, PyObject *object, TypeInfo *info)
{
    if (has_count(&heap->silent, info->type)) {
        return write_edge((PyObject *)info->type, REFERENCE_TYPE, NULL, 0, heap);
    }
    heap->leaves_out_hidden = info->rule == RULE_DICT && has_count(&heap->namespaces, object);
    return visit_references(object, write_edge, heap);
}

/* Whether it is not the type that says if an object is Heapsight's. */
static bool
may_be_own(TypeInfo *info)
{
    return info->rule == RULE_FUNCTION || info->rule == RULE_METHOD || info->rule == RULE_TYPE || info->is_weak;
}

static bool
write_object(Heap *heap, uint32_t node)
{
    PyObject *object = object_of(heap, node);
    TypeInfo *info = type_info(Py_TYPE(object));
    if (info == NULL || (info->row == NONE && !write_type(heap, info))) {
        return false;
    }
    Value value;
    bool has_value = describe_value(object, &value);
    if (has_value) {
        BRING_NEAR(place_of_text(heap, value.key));
    }
    write_node(heap, node, object, info);
    if (info->is_own || (may_be_own(info) && is_own(heap, object))) {
        write_root(heap, node, ROOT_OWN, 0);
    }
    int failed = 0;
    if (has_value) { /* and no references */
        write_value(heap, node, &value);
    }
    else {
        write_naming(heap, node, object, info);
        failed = write_edges(heap, object, info);
    }
    put_u32(&heap->writer, EDGE_START, (uint32_t)heap->references);
    return !failed;
}

/* -- the walk ----------------------------------------------------------------------------------------------------- */

/* Tell the caller how many nodes are written, and how many are known by now; false: it wants no more, or failed. */
static bool
go_on(Heap *heap, uint32_t done)
{
    if (heap->writer.error != 0) {
        errno = heap->writer.error;
        PyErr_SetFromErrno(PyExc_OSError);
        return false;
    }
    if (heap->progress == NULL) {
        return true;
    }
    PyObject *answer = PyObject_CallFunction(heap->progress, "kk", (unsigned long)done, (unsigned long)heap->count);
    int wanted = answer == NULL ? -1 : PyObject_IsTrue(answer);
    Py_XDECREF(answer);
    if (wanted == 0) {
        PyErr_SetString(PyExc_InterruptedError, "the snapshot was cancelled");
    }
    return wanted > 0;
}

/* What comes soon is asked of the memory early: an object lies anywhere, and waiting for it takes most of the time. First
   the object and what stands before it, then, when that is here, what it keeps elsewhere. */
static void
bring_near(Heap *heap, uint32_t node)
{
    if (node + LATER >= heap->count) {
        return;
    }
    char *later = (char *)object_of(heap, node + LATER);
    BRING_NEAR(later);
    BRING_NEAR(later - NEIGHBOUR);
    PyObject *soon = object_of(heap, node + SOON);
    PyTypeObject *type = Py_TYPE(soon);
    if (type == &PyDict_Type) {
        BRING_NEAR(WORD_OF(soon, 4)); /* its keys */
    }
    else if (type == &PyList_Type) {
        BRING_NEAR(WORD_OF(soon, 3)); /* its items */
    }
    else if (TYPE_HAS(type, FLAG_MANAGED_DICT) && layouts.version == 11) {
        BRING_NEAR(WORD_OF(soon, -4)); /* its values */
    }
    else {
        BRING_NEAR((char *)soon + NEIGHBOUR);
    }
}

static bool
walk(Heap *heap)
{
    put_u64(&heap->writer, STRING_START, 0);
    number_string(heap, "", 0);
    put_u32(&heap->writer, EDGE_START, 0);
    if (!write_roots(heap) || !number_threads(heap) || for_each_object(number_listed, heap) != 0) {
        return false;
    }
    for (uint32_t node = 0; node < heap->count; node++) {
        bring_near(heap, node);
        if (!write_object(heap, node)
            || ((node & (PROGRESS_STEP - 1)) == PROGRESS_STEP - 1 && !go_on(heap, node + 1))) {
            return false;
        }
    }
    if (heap->references >= NONE) {
        PyErr_SetString(PyExc_OverflowError, "there are more references than a snapshot can have");
        return false;
    }
    return write_threads(heap);
}

bool
capture(Heap *heap, int file)
{
    int enabled = PyGC_Disable();
    heap->texts = map_pages(TEXTS * sizeof(*heap->texts));
    if (heap->texts == NULL) {
        PyErr_NoMemory();
    }
    else {
        if (!writer_begin(&heap->writer, file)) {
            PyErr_NoMemory();
        }
        else if (walk(heap) && !writer_finish(&heap->writer, heap->meta, strlen(heap->meta))) {
            errno = heap->writer.error;
            PyErr_SetFromErrno(PyExc_OSError);
        }
        writer_release(&heap->writer);
    }
    forget_types();
    if (enabled) {
        PyGC_Enable();
    }
    return PyErr_Occurred() == NULL;
}

void
release_heap(Heap *heap)
{
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    for (uint32_t node = 0; heap->progress != NULL && node < heap->count; node++) {
        Py_DecRef(object_of(heap, node));
    }
    PyErr_Restore(type, error, traceback);
    for (size_t block = 0; block << BLOCK_BITS < heap->count; block++) {
        unmap_pages(heap->blocks[block], BLOCK * sizeof(**heap->blocks));
    }
    free(heap->blocks);
    unmap_pages(heap->texts, TEXTS * sizeof(*heap->texts));
    release_map(&heap->map);
    release_counts(&heap->own);
    release_counts(&heap->hidden);
    release_counts(&heap->silent);
    release_counts(&heap->namespaces);
    release_counts(&heap->names);
}
