/* Searching a snapshot's strings, as the bytes that they are in the file: UTF-8, whose order is that of the characters. */

#include "passes.h"

#include <string.h>

enum { EQUAL, LESS, CONTAINS, BEGINS };

static bool
contains(const uint8_t *text, size_t length, const uint8_t *wanted, size_t size)
{
    if (size == 0) {
        return true;
    }
    while (length >= size) {
        const uint8_t *place = memchr(text, wanted[0], length - size + 1);
        if (place == NULL) {
            return false;
        }
        if (memcmp(place, wanted, size) == 0) {
            return true;
        }
        length -= (size_t)(place - text) + 1;
        text = place + 1;
    }
    return false;
}

static bool
is_less(const uint8_t *text, size_t length, const uint8_t *wanted, size_t size)
{
    int order = memcmp(text, wanted, length < size ? length : size);
    return order < 0 || (order == 0 && length < size);
}

static const char *
texts(const Columns *columns, size_t *count)
{
    const uint64_t *start = columns->views[0].buf;
    const uint8_t *bytes = columns->views[1].buf, *wanted = columns->views[2].buf;
    size_t starts = column_length(columns, 0), end = column_length(columns, 1), size = column_length(columns, 2);
    uint8_t *marks = columns->views[4].buf;
    if (starts == 0 || column_length(columns, 4) != starts - 1 || column_length(columns, 3) != 1) {
        return unequal;
    }
    uint8_t how = *(const uint8_t *)columns->views[3].buf;
    for (size_t i = 0; i + 1 < starts; i++) {
        if (is_cancelled(columns, i)) {
            return cancelled;
        }
        if (start[i] > start[i + 1] || start[i + 1] > end) {
            return "a string is not within the strings' bytes";
        }
        const uint8_t *text = bytes + start[i];
        size_t length = (size_t)(start[i + 1] - start[i]);
        marks[i] = how == CONTAINS ? contains(text, length, wanted, size)
                   : how == LESS   ? is_less(text, length, wanted, size)
                   : length < size || (how == EQUAL && length > size) ? false
                                   : memcmp(text, wanted, size) == 0;
        *count += marks[i];
    }
    return NULL;
}

PyObject *
pass_texts(PyObject *module, PyObject *arguments)
{
    static const Column wanted[] = {
        {"start", 8, false}, {"bytes", 1, false}, {"wanted", 1, false}, {"how", 1, false}, {"marks", 1, true}};
    return run_pass(arguments, wanted, 5, texts);
}
