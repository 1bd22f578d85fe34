/* Functions for Python, a table for each file that has some; module.c puts them together. */

#ifndef HEAPSIGHT_MODULE_H
#define HEAPSIGHT_MODULE_H

#include "counting.h"

extern PyMethodDef snapshot_methods[];
extern PyMethodDef ours_methods[];
extern PyMethodDef retained_methods[];
extern PyMethodDef referrers_methods[];
extern PyMethodDef histogram_methods[];
extern PyMethodDef allocations_methods[];

#endif
