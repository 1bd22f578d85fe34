#include "writer.h"
#include "pages.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _WIN32
#include <io.h>
#define lseek _lseeki64
#define write(file, bytes, count) _write(file, bytes, (unsigned)(count))
#else
#include <unistd.h>
#endif

enum { HEADER_SIZE = 32, ALIGNMENT = 8, VERSION = 1, LARGEST_WRITE = 1 << 30 };

static const uint8_t magic[8] = {0x89, 'H', 'P', 'S', '\r', '\n', 0x1a, '\n'};

static const struct {
    const char *name;
    int size; /* of an item in bytes */
} formats[COLUMN_COUNT] = {
    [NODE_ADDRESS] = {"node.address", 8}, [NODE_TYPE] = {"node.type", 4}, [NODE_SIZE] = {"node.size", 4},
    [NODE_REFCOUNT] = {"node.refcount", 4}, [NODE_FLAGS] = {"node.flags", 1}, [NODE_LENGTH] = {"node.length", 4},
    [LARGE_NODE] = {"large.node", 4}, [LARGE_SIZE] = {"large.size", 8}, [NAME_NODE] = {"name.node", 4},
    [NAME_TEXT] = {"name.text", 4}, [PLACE_NODE] = {"place.node", 4}, [PLACE_FILE] = {"place.file", 4},
    [PLACE_LINE] = {"place.line", 4}, [VALUE_NODE] = {"value.node", 4}, [VALUE_TEXT] = {"value.text", 4},
    [VALUE_HASH] = {"value.hash", 8}, [EDGE_START] = {"edge.start", 4}, [EDGE_TO] = {"edge.to", 4},
    [EDGE_KIND] = {"edge.kind", 1}, [EDGE_LABEL] = {"edge.label", 4}, [ROOT_NODE] = {"root.node", 4},
    [ROOT_KIND] = {"root.kind", 1}, [ROOT_LABEL] = {"root.label", 4}, [TYPE_NAME] = {"type.name", 4},
    [TYPE_MODULE] = {"type.module", 4}, [TYPE_NODE] = {"type.node", 4}, [STRING_START] = {"string.start", 8},
    [STRING_BYTES] = {"string.bytes", 1},
};

static void
write_all(Writer *writer, const void *bytes, size_t count)
{
    const char *next = bytes;
    while (count > 0 && !writer->error) {
        ptrdiff_t written = write(writer->file, next, count < LARGEST_WRITE ? count : LARGEST_WRITE);
        if (written < 0) {
            if (errno != EINTR) {
                writer->error = errno;
            }
            continue;
        }
        next += written;
        count -= (size_t)written;
        writer->offset += (uint64_t)written;
    }
}

bool
writer_begin(Writer *writer, int file)
{
    static const uint8_t empty[HEADER_SIZE];
    memset(writer, 0, sizeof(*writer));
    writer->file = file;
    writer->buffers = map_pages((size_t)COLUMN_COUNT * COLUMN_BUFFER);
    if (writer->buffers == NULL) {
        errno = ENOMEM;
        return false;
    }
    for (int name = 0; name < COLUMN_COUNT; name++) {
        Column *column = &writer->columns[name];
        column->buffer = column->next = writer->buffers + (size_t)name * COLUMN_BUFFER;
        column->end = column->buffer + COLUMN_BUFFER;
    }
    if (lseek(file, 0, SEEK_SET) != 0) {
        writer->error = errno;
    }
    write_all(writer, empty, HEADER_SIZE);
    return true;
}

void
writer_release(Writer *writer)
{
    unmap_pages(writer->buffers, (size_t)COLUMN_COUNT * COLUMN_BUFFER);
    for (int name = 0; name < COLUMN_COUNT; name++) {
        free(writer->columns[name].pieces);
    }
}

/* Note where the next `count` items of a column begin. */
static void
add_piece(Writer *writer, Column *column, uint64_t count)
{
    if ((column->piece_count & (column->piece_count - 1)) == 0) {
        size_t room = column->piece_count == 0 ? 1 : 2 * column->piece_count;
        Piece *pieces = realloc(column->pieces, room * sizeof(Piece));
        if (pieces == NULL) {
            writer->error = ENOMEM;
            return;
        }
        column->pieces = pieces;
    }
    column->pieces[column->piece_count++] = (Piece){writer->offset, count};
}

void
writer_flush(Writer *writer, ColumnName name)
{
    Column *column = &writer->columns[name];
    size_t used = (size_t)(column->next - column->buffer);
    uint64_t count = used / (size_t)formats[name].size;
    if (used != 0 && !writer->error) {
        size_t padding = (ALIGNMENT - used % ALIGNMENT) % ALIGNMENT;
        memset(column->next, 0, padding);
        add_piece(writer, column, count);
        write_all(writer, column->buffer, used + padding);
    }
    column->flushed += count;
    column->next = column->buffer;
}

uint64_t
column_count(const Writer *writer, ColumnName name)
{
    const Column *column = &writer->columns[name];
    return column->flushed + (uint64_t)(column->next - column->buffer) / (uint64_t)formats[name].size;
}

void
put_bytes(Writer *writer, const char *bytes, size_t count)
{
    Column *column = &writer->columns[STRING_BYTES];
    while (count > 0) {
        if (column->next == column->end) {
            writer_flush(writer, STRING_BYTES);
        }
        size_t part = (size_t)(column->end - column->next);
        part = part < count ? part : count;
        memcpy(column->next, bytes, part);
        column->next += part;
        bytes += part;
        count -= part;
    }
}

static void
write_text(Writer *writer, const char *text)
{
    write_all(writer, text, strlen(text));
}

static void
write_column(Writer *writer, ColumnName name)
{
    Column *column = &writer->columns[name];
    char text[128];
    snprintf(text, sizeof(text), "%s\"%s\":{\"format\":\"u%d\",\"count\":%" PRIu64 ",\"chunks\":[", name == 0 ? "" : ",",
             formats[name].name, 8 * formats[name].size, column_count(writer, name));
    write_text(writer, text);
    for (size_t index = 0; index < column->piece_count; index++) {
        Piece *piece = &column->pieces[index];
        snprintf(text, sizeof(text), "%s[%" PRIu64 ",%" PRIu64 "]", index == 0 ? "" : ",", piece->offset, piece->count);
        write_text(writer, text);
    }
    write_text(writer, "]}");
}

bool
writer_finish(Writer *writer, const char *meta, size_t meta_length)
{
    for (int name = 0; name < COLUMN_COUNT; name++) {
        writer_flush(writer, name);
    }
    uint64_t begin = writer->offset;
    write_text(writer, "{\"meta\":");
    write_all(writer, meta, meta_length);
    write_text(writer, ",\"columns\":{");
    for (int name = 0; name < COLUMN_COUNT; name++) {
        write_column(writer, name);
    }
    write_text(writer, "}}");
    struct {
        uint8_t magic[8];
        uint32_t version, zero;
        uint64_t offset, length;
    } header = {{0}, VERSION, 0, begin, writer->offset - begin};
    memcpy(header.magic, magic, sizeof(magic));
    if (!writer->error && lseek(writer->file, 0, SEEK_SET) != 0) {
        writer->error = errno;
    }
    write_all(writer, &header, HEADER_SIZE);
    return writer->error == 0;
}
