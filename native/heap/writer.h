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
    uint8_t *buffer; /* COLUMN_BUFFER bytes, made when first needed */
    size_t used; /* bytes */
    uint64_t count; /* items in all */
    Piece *pieces;
    size_t piece_count;
} Column;

typedef struct {
    int file;
    int error; /* errno of the first failure; 0: none. Nothing is written after one */
    uint64_t offset;
    Column columns[COLUMN_COUNT];
} Writer;

/* Begin with an empty header, at the beginning of the file. */
void writer_begin(Writer *writer, int file);

/* Write what is left, the directory with `meta` (JSON) in it, and the header. False: see `error`. */
bool writer_finish(Writer *writer, const char *meta, size_t meta_length);

void writer_release(Writer *writer);

/* Write the buffer of a column out; or make it. */
void writer_flush(Writer *writer, ColumnName name);

void put_bytes(Writer *writer, const char *bytes, size_t count); /* to STRING_BYTES */

#define PUT_FUNCTION(function, type)                                                                                 \
    static inline void function(Writer *writer, ColumnName name, type value)                                         \
    {                                                                                                                \
        Column *column = &writer->columns[name];                                                                     \
        if (column->buffer == NULL || column->used == COLUMN_BUFFER) {                                               \
            writer_flush(writer, name);                                                                              \
            if (writer->error) {                                                                                     \
                return;                                                                                              \
            }                                                                                                        \
        }                                                                                                            \
        *(type *)(column->buffer + column->used) = value;                                                            \
        column->used += sizeof(type);                                                                                \
        column->count++;                                                                                             \
    }

PUT_FUNCTION(put_u8, uint8_t)
PUT_FUNCTION(put_u32, uint32_t)
PUT_FUNCTION(put_u64, uint64_t)

#endif
