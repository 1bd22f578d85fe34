/* retained(starts, stops, own_counts, seconds): the size of what would be freed. The twin of memory/retained.py. */

#include "module.h"
#include "sizes.h"
#include "trial.h"

static int
add_all(Trial *trial, PyObject *list, uint8_t marks)
{
    for (Py_ssize_t index = 0; index < PyList_Size(list); index++) {
        if (trial_add(trial, PyList_GetItem(list, index), marks) != 0) {
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
    PyObject *starts, *stops, *own_counts;
    double seconds;
    if (!PyArg_ParseTuple(
            arguments, "O!O!O!d:retained", &PyList_Type, &starts, &PyList_Type, &stops, &PyDict_Type, &own_counts,
            &seconds)) {
        return NULL;
    }
    Trial trial = {0};
    trial.deadline = seconds_now() + seconds;
    int enabled = PyGC_Disable();
    PyObject *found = NULL;
    if (trial_own_counts(&trial, own_counts) == 0 && add_all(&trial, stops, TRIAL_SHARED) == 0 &&
        add_all(&trial, starts, TRIAL_GOES) == 0 && trial_run(&trial) == 0) {
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
     PyDoc_STR("retained(starts, stops, own_counts, seconds) -> (bytes, objects, complete)")},
    {NULL},
};
