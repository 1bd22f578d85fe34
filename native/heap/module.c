/* heapsight._native.heap */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "heapsight._native.heap",
    .m_size = -1,
};

PyMODINIT_FUNC
PyInit_heap(void)
{
    return PyModule_Create(&definition);
}
