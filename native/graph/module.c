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
