/* Instructions that may write a watched place, and whether one that is about to run does. */

#ifndef HEAPSIGHT_SITES_H
#define HEAPSIGHT_SITES_H

#include "interpreter.h"

/* Whether there is nothing to do about the instruction at `offset` of `code`, which is about to run in a frame with these
   words. */
bool is_dull_site(PyObject *code, int offset, void *const *words);

extern PyMethodDef site_methods[];

/* Get room for sites in code objects; false with an exception set. */
bool prepare_sites(void);

#endif
