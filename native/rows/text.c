#include "text.h"

#include <string.h>

enum { FIRST_ROOM = 256, MOST_DIGITS = 24 };

bool
put(Text *text, const char *bytes, Py_ssize_t length)
{
    if (length > text->room - text->length) {
        Py_ssize_t room = text->room == 0 ? FIRST_ROOM : text->room;
        while (length > room - text->length) {
            room *= 2;
        }
        char *data = PyMem_Realloc(text->data, (size_t)room);
        if (data == NULL) {
            PyErr_NoMemory();
            return false;
        }
        text->data = data;
        text->room = room;
    }
    memcpy(text->data + text->length, bytes, (size_t)length);
    text->length += length;
    return true;
}

bool
put_number(Text *text, long long number)
{
    char digits[MOST_DIGITS];
    char *end = digits + sizeof(digits), *first = end;
    unsigned long long rest = number < 0 ? 0 - (unsigned long long)number : (unsigned long long)number;
    do {
        *--first = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (number < 0) {
        *--first = '-';
    }
    return put(text, first, end - first);
}

bool
put_quoted(Text *text, const char *bytes, Py_ssize_t length)
{
    Py_ssize_t begin = 0;
    for (Py_ssize_t index = 0; index < length; index++) {
        char one = bytes[index];
        if (one < ' ' || one > '~') {
            return false;
        }
        if (one == '"' || one == '\\') {
            if (!put(text, bytes + begin, index - begin) || !PUT(text, "\\")) {
                return false;
            }
            begin = index;
        }
    }
    return put(text, bytes + begin, length - begin);
}

const char *
ascii_of(PyObject *own, Py_ssize_t *length)
{
    const char *bytes = PyUnicode_AsUTF8AndSize(own, length);
    if (bytes == NULL) { /* a lone surrogate */
        PyErr_Clear();
        return NULL;
    }
    return *length == PyUnicode_GetLength(own) ? bytes : NULL;
}
