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
PyObject *pass_within(PyObject *module, PyObject *arguments);
PyObject *pass_gather(PyObject *module, PyObject *arguments);
PyObject *pass_scatter(PyObject *module, PyObject *arguments);
PyObject *pass_at_most(PyObject *module, PyObject *arguments);
PyObject *pass_inherit(PyObject *module, PyObject *arguments);
PyObject *pass_select(PyObject *module, PyObject *arguments);
PyObject *pass_pick(PyObject *module, PyObject *arguments);
PyObject *pass_weigh(PyObject *module, PyObject *arguments);
PyObject *pass_sum_by(PyObject *module, PyObject *arguments);
PyObject *pass_sort(PyObject *module, PyObject *arguments);
PyObject *pass_distinct(PyObject *module, PyObject *arguments);
PyObject *pass_children(PyObject *module, PyObject *arguments);
PyObject *pass_components(PyObject *module, PyObject *arguments);
PyObject *pass_texts(PyObject *module, PyObject *arguments);

#endif
