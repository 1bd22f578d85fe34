/* retained(starts, modules, own_counts, held, listed, seconds): the size of what would be freed. The twin of memory/retained.py. */

#include "module.h"
#include "sizes.h"
#include "trial.h"

static int
add_starts(Trial *trial, PyObject *list)
{
    for (Py_ssize_t index = 0; index < PyList_Size(list); index++) {
        if (trial_add(trial, PyList_GetItem(list, index), TRIAL_GOES) != 0) {
            return -1;
        }
    }
    return 0;
}

static bool
is_among(PyObject *object, PyObject *list)
{
    Py_ssize_t index = PyList_Size(list);
    while (index > 0 && PyList_GetItem(list, index - 1) != object) {
        index--;
    }
    return index > 0;
}

/* Stop at the namespaces of modules, except of those that are to go. Only looked up when a dict is met: adding the
   hundreds of them to what is walked would cost more than what a hover has to walk. */
static int
add_stops(Trial *trial, PyObject *modules, PyObject *starts)
{
    for (Py_ssize_t index = 0; index < PyList_Size(modules); index++) {
        PyObject *module = PyList_GetItem(modules, index);
        bool is_module = PyType_IsSubtype(Py_TYPE(module), &PyModule_Type);
        PyObject *namespace = is_module ? WORD_OF(module, 2) : NULL;
        if (namespace != NULL && !is_among(module, starts)
            && !add_count(&trial->stops, namespace, 1)) {
            PyErr_NoMemory();
            return -1;
        }
    }
    return 0;
}

static PyObject *
totals(Trial *trial)
{
    Py_ssize_t bytes = 0, objects = 0;
    for (size_t place = 0; place < trial->used; place++) {
        if (trial->marks[place] == TRIAL_GOES) {
            TypeInfo *info = type_info(Py_TYPE(trial->objects[place]));
            if (info == NULL) {
                return NULL;
            }
            bytes += measure(trial->objects[place], info);
            objects++;
        }
    }
    return Py_BuildValue("nnO", bytes, objects, trial->complete ? Py_True : Py_False);
}

static PyObject *
heap_retained(PyObject *module, PyObject *arguments)
{
    PyObject *starts, *modules, *own_counts, *held, *listed;
    double seconds;
    if (!PyArg_ParseTuple(
            arguments, "O!O!O!O!O!d:retained", &PyList_Type, &starts, &PyList_Type, &modules, &PyDict_Type, &own_counts,
            &PyDict_Type, &held, &PyFrozenSet_Type, &listed, &seconds)) {
        return NULL;
    }
    Trial trial = {.held = PyDict_Size(held) > 0 ? held : NULL, .listed = PySet_Size(listed) > 0 ? listed : NULL};
    trial.deadline = seconds_now() + seconds;
    int enabled = PyGC_Disable();
    PyObject *found = NULL;
    if (trial_own_counts(&trial, own_counts) == 0 && add_stops(&trial, modules, starts) == 0 &&
        add_starts(&trial, starts) == 0 && trial_run(&trial) == 0) {
        found = totals(&trial);
    }
    trial_release(&trial);
    forget_types();
    if (enabled) {
        PyGC_Enable();
    }
    return found;
}

PyMethodDef retained_methods[] = {
    {"retained", heap_retained, METH_VARARGS,
     PyDoc_STR("retained(starts, modules, own_counts, held, listed, seconds) -> (bytes, objects, complete)")},
    {NULL},
};
