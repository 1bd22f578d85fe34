/* Texts read where they lie, and values of objects as the snapshot has them: nothing is cached on the objects. */

#ifndef HEAPSIGHT_TEXT_H
#define HEAPSIGHT_TEXT_H

#include "layout.h"

/* The characters of a str. */
typedef struct {
    PyObject *object;
    const void *data; /* NULL: only through the object */
    int kind; /* bytes of a character */
    bool is_ascii;
    Py_ssize_t length;
} Text;

Text text_of(PyObject *string);

static inline Py_UCS4
character_at(const Text *text, Py_ssize_t index)
{
    switch (text->data == NULL ? 0 : text->kind) {
    case 1:
        return ((const uint8_t *)text->data)[index];
    case 2:
        return ((const uint16_t *)text->data)[index];
    case 4:
        return ((const uint32_t *)text->data)[index];
    default:
        return PyUnicode_ReadChar(text->object, index);
    }
}

/* Write a character as UTF-8, lone surrogates as they are; returns the number of bytes, at most 4. */
int encode_character(Py_UCS4 character, char *bytes);

/* Bytes of at most `room` that begin a text, in whole characters, as UTF-8. */
size_t encode_text(const Text *text, char *bytes, size_t room);

#define FNV_START 0xCBF29CE484222325u
#define FNV_PRIME 0x100000001B3u

/* FNV-1a, 64 bits (Fowler, Noll, Vo; RFC 9923), going on from `hash`. */
static inline uint64_t
hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
    const uint8_t *next = bytes;
    for (size_t index = 0; index < count; index++) {
        hash = (hash ^ next[index]) * FNV_PRIME;
    }
    return hash;
}

/* A hash of bytes for tables that live as long as a walk: eight bytes a step. */
static inline uint64_t
hash_quickly(const char *bytes, size_t length)
{
    const uint64_t factor = 0x9E3779B97F4A7C15u;
    uint64_t hash = factor ^ length, word;
    for (; length >= sizeof(word); bytes += sizeof(word), length -= sizeof(word)) {
        memcpy(&word, bytes, sizeof(word));
        hash = (hash ^ word) * factor;
        hash ^= hash >> 29;
    }
    word = 0;
    memcpy(&word, bytes, length);
    hash = (hash ^ word) * factor;
    return hash ^ hash >> 32;
}

enum { VALUE_ROOM = 1024 };

typedef struct {
    char text[VALUE_ROOM];
    size_t length;
    uint64_t hash;
    uint64_t key; /* a hash of the text */
} Value;

/* Describe a str, bytes, bytearray, int, float, complex, bool or None; false for other types, and subclasses. */
bool describe_value(PyObject *object, Value *value);

/* Try the layout of texts out. On failure an ImportError is set. */
bool text_ready(void);

#endif
