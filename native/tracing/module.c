/* heapsight._native.tracing: the trace function. Optional: everything works without it. */

#include "arguments.h"
#include "exceptions.h"
#include "frames.h"
#include "interpreter.h"
#include "sites.h"
#include "tables.h"
#include "tracing.h"

PyDoc_STRVAR(module_doc, "The trace function in C: decides about dull code and dull lines without entering Python.");

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "heapsight._native.tracing",
    .m_doc = module_doc,
    .m_size = -1, /* one interpreter only: a trace function has no place for a module's state */
    .m_methods = tracing_methods,
};

PyMODINIT_FUNC
PyInit_tracing(void)
{
    if (!interpreter_ready() || !prepare_tracing() || !prepare_sites() || !learn_calls((PyObject *)PyEval_GetFrame())) {
        return NULL;
    }
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL
        && (!add_table_types(module) || PyModule_AddFunctions(module, frame_methods) < 0
            || PyModule_AddFunctions(module, site_methods) < 0 || PyModule_AddFunctions(module, exception_methods) < 0)) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
