/* Shallow sizes, as debuggee/memory/sizes.py defines them. */

#ifndef HEAPSIGHT_SIZES_H
#define HEAPSIGHT_SIZES_H

#include "types.h"

/* The bytes that the allocations of one object take. No `__sizeof__` written in Python is called. `info`: its type's. */
Py_ssize_t measure(PyObject *object, TypeInfo *info);

/* The number of items of a list, tuple, dict, set, deque, str, bytes, bytearray and their subclasses; -1: others. */
Py_ssize_t count_items(PyObject *object, TypeInfo *info);

bool sizes_ready(void);

#endif
