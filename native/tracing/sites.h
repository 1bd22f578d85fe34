/* Instructions that may write a watched place, and whether one that is about to run does. */

#ifndef HEAPSIGHT_SITES_H
#define HEAPSIGHT_SITES_H

#include "interpreter.h"

extern PyMethodDef site_methods[];

/* Get room for sites in code objects; false with an exception set. */
bool prepare_sites(void);

#endif
