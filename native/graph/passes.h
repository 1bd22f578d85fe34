/* The passes: what Python calls. heapsight/_native/graph.pyi says what each does. */

#ifndef HEAPSIGHT_PASSES_H
#define HEAPSIGHT_PASSES_H

#include "columns.h"

PyObject *pass_largest(PyObject *module, PyObject *arguments);
PyObject *pass_reverse(PyObject *module, PyObject *arguments);
PyObject *pass_native_counts(PyObject *module, PyObject *arguments);
PyObject *pass_search(PyObject *module, PyObject *arguments);
PyObject *pass_sources(PyObject *module, PyObject *arguments);
PyObject *pass_dominators(PyObject *module, PyObject *arguments);
PyObject *pass_totals(PyObject *module, PyObject *arguments);
PyObject *pass_assign(PyObject *module, PyObject *arguments);
PyObject *pass_heaviest(PyObject *module, PyObject *arguments);
PyObject *pass_groups(PyObject *module, PyObject *arguments);

#endif
