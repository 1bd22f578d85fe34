/* heapsight._native.graph: passes over a heap's graph, on columns. No Python object is touched, and the GIL is free
   while one runs. adapter/heapsight/heap/passes/python.py has the same in Python. */

#include "passes.h"

static PyMethodDef methods[] = {
    {"largest", pass_largest, METH_VARARGS, NULL},
    {"reverse", pass_reverse, METH_VARARGS, NULL},
    {"native_counts", pass_native_counts, METH_VARARGS, NULL},
    {"search", pass_search, METH_VARARGS, NULL},
    {"sources", pass_sources, METH_VARARGS, NULL},
    {"dominators", pass_dominators, METH_VARARGS, NULL},
    {"totals", pass_totals, METH_VARARGS, NULL},
    {"assign", pass_assign, METH_VARARGS, NULL},
    {"heaviest", pass_heaviest, METH_VARARGS, NULL},
    {"groups", pass_groups, METH_VARARGS, NULL},
    {"within", pass_within, METH_VARARGS, NULL},
    {"gather", pass_gather, METH_VARARGS, NULL},
    {"scatter", pass_scatter, METH_VARARGS, NULL},
    {"at_most", pass_at_most, METH_VARARGS, NULL},
    {"inherit", pass_inherit, METH_VARARGS, NULL},
    {"select", pass_select, METH_VARARGS, NULL},
    {"pick", pass_pick, METH_VARARGS, NULL},
    {"weigh", pass_weigh, METH_VARARGS, NULL},
    {"sum_by", pass_sum_by, METH_VARARGS, NULL},
    {"sort", pass_sort, METH_VARARGS, NULL},
    {"distinct", pass_distinct, METH_VARARGS, NULL},
    {"children", pass_children, METH_VARARGS, NULL},
    {"components", pass_components, METH_VARARGS, NULL},
    {"texts", pass_texts, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "heapsight._native.graph",
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit_graph(void)
{
    return PyModule_Create(&definition);
}
