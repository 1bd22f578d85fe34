/* Text while it is being written: bytes of ASCII, JSON most of it. */

#ifndef HEAPSIGHT_ROWS_TEXT_H
#define HEAPSIGHT_ROWS_TEXT_H

#include "../heap/counting.h"
#include <stdbool.h>

typedef struct {
    char *data;
    Py_ssize_t length;
    Py_ssize_t room;
} Text;

/* Both set a MemoryError and return false where there is no room. */
bool put(Text *text, const char *bytes, Py_ssize_t length);
bool put_number(Text *text, long long number);

/* Add `string` as JSON has it within quotation marks; false without an error for what is not printable ASCII. */
bool put_quoted(Text *text, const char *bytes, Py_ssize_t length);

#define PUT(text, literal) put(text, literal, sizeof(literal) - 1)

/* The bytes of a string of our own; NULL, without an error, where it is not ASCII. A string of the program's would
   keep what this makes of it. */
const char *ascii_of(PyObject *own, Py_ssize_t *length);

#endif
