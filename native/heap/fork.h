/* A snapshot by a fork of the process: the program stands still for the fork alone. Linux. */

#ifndef HEAPSIGHT_FORK_H
#define HEAPSIGHT_FORK_H

#include "capture.h"

#ifdef __linux__
/* Fork; the child walks the heap into `path`.part, which gets its name when it is whole, and ends with 0. Where it
   fails it writes why into `path`.part.error and ends with 1. Returns its id. */
PyObject *fork_capture(Heap *heap, const char *path);
#endif

#endif
