/* Columns of a snapshot file, streamed in pieces: docs/snapshot-format.md. */

#ifndef HEAPSIGHT_WRITER_H
#define HEAPSIGHT_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    NODE_ADDRESS, NODE_TYPE, NODE_SIZE, NODE_REFCOUNT, NODE_FLAGS, NODE_LENGTH, LARGE_NODE, LARGE_SIZE, NAME_NODE,
    NAME_TEXT, PLACE_NODE, PLACE_FILE, PLACE_LINE, VALUE_NODE, VALUE_TEXT, VALUE_HASH, EDGE_START, EDGE_TO, EDGE_KIND,
    EDGE_LABEL, ROOT_NODE, ROOT_KIND, ROOT_LABEL, TYPE_NAME, TYPE_MODULE, TYPE_NODE, STRING_START, STRING_BYTES,
    COLUMN_COUNT
} ColumnName;

enum { COLUMN_BUFFER = 1 << 16 };

typedef struct {
    uint64_t offset;
    uint64_t count;
} Piece;

typedef struct {
    uint8_t *buffer; /* COLUMN_BUFFER bytes */
    uint8_t *next; /* free place in it */
    uint8_t *end;
    uint64_t flushed; /* items that are no longer in the buffer */
    Piece *pieces;
    size_t piece_count;
} Column;

typedef struct {
    int file;
    int error; /* errno of the first failure; 0: none. Nothing is written after one */
    uint64_t offset;
    uint8_t *buffers; /* of all columns */
    Column columns[COLUMN_COUNT];
} Writer;

/* Begin with an empty header, at the beginning of the file. False, with errno set: no memory; nothing may be put. */
bool writer_begin(Writer *writer, int file);

/* Write what is left, the directory with `meta` (JSON) in it, and the header. False: see `error`. */
bool writer_finish(Writer *writer, const char *meta, size_t meta_length);

void writer_release(Writer *writer);

/* Write the buffer of a column out; after an error, forget it. */
void writer_flush(Writer *writer, ColumnName name);

/* Items put into a column so far. */
uint64_t column_count(const Writer *writer, ColumnName name);

void put_bytes(Writer *writer, const char *bytes, size_t count); /* to STRING_BYTES */

#define PUT_FUNCTION(function, type)                                                                                 \
    static inline void function(Writer *writer, ColumnName name, type value)                                         \
    {                                                                                                                \
        Column *column = &writer->columns[name];                                                                     \
        if (column->next == column->end) {                                                                           \
            writer_flush(writer, name);                                                                              \
        }                                                                                                            \
        *(type *)column->next = value;                                                                               \
        column->next += sizeof(type);                                                                                \
    }

PUT_FUNCTION(put_u8, uint8_t)
PUT_FUNCTION(put_u32, uint32_t)
PUT_FUNCTION(put_u64, uint64_t)

#endif
