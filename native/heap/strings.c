/* The strings of a snapshot: each is written when it is met, and again only when it was not met for a long time. */

#include "capture.h"

#include <stdlib.h>

enum { NAME_ROOM = 1024 };

uint32_t
number_hashed(Heap *heap, uint64_t hash, const char *bytes, size_t length)
{
    KnownText *known = place_of_text(heap, hash);
    if (known->length == length && known->hash == hash) {
        return known->number;
    }
    put_bytes(&heap->writer, bytes, length);
    heap->text_bytes += length;
    put_u64(&heap->writer, STRING_START, heap->text_bytes);
    *known = (KnownText){hash, heap->text_count++, (uint32_t)length};
    return known->number;
}

uint32_t
number_string(Heap *heap, const char *bytes, size_t length)
{
    return number_hashed(heap, hash_quickly(bytes, length), bytes, length);
}

uint32_t
number_text(Heap *heap, PyObject *string)
{
    if (string == NULL || !PyUnicode_Check(string)) {
        return number_string(heap, "?", 1);
    }
    char few[NAME_ROOM];
    Text text = text_of(string);
    size_t room = 4 * ((size_t)text.length + 1);
    char *bytes = room <= sizeof(few) ? few : malloc(room);
    if (bytes == NULL) {
        return 0;
    }
    uint32_t number = number_string(heap, bytes, encode_text(&text, bytes, room));
    if (bytes != few) {
        free(bytes);
    }
    return number;
}

uint32_t
number_name(Heap *heap, PyObject *string)
{
    if (string == NULL) {
        return 0;
    }
    int64_t known = get_count(&heap->names, string);
    if (known != 0) {
        return (uint32_t)(known - 1);
    }
    uint32_t number = number_text(heap, string);
    if (heap->progress == NULL) { /* else it may go away and another come to its place */
        add_count(&heap->names, string, (int64_t)number + 1);
    }
    return number;
}
