#include "fork.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LONGEST_PATH = 4096, MOST_SECONDS = 1800, LAST_SIGNAL = 31 };

/* Handlers of the program's are not for this process: Python's tell the parent, through a pipe that both have. */
static void
forget_signals(void)
{
    for (int number = 1; number <= LAST_SIGNAL; number++) {
        bool is_fatal = number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL
                        || number == SIGABRT || number == SIGTERM || number == SIGALRM;
        signal(number, is_fatal ? SIG_DFL : SIG_IGN);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* A lock that another thread had when the process was forked is never let go of here. The interpreter's lock is this
       thread's, the C library's fork leaves `malloc` usable, and what is large comes straight from the system. Nothing
       else that the walk calls is known to want one, but a process that waits for ever would be worse than none. */
    alarm(MOST_SECONDS);
}

static void
report_error(const char *part)
{
    char path[LONGEST_PATH + 16];
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    PyErr_NormalizeException(&type, &error, &traceback);
    PyObject *text = error == NULL ? NULL : PyObject_Str(error);
    PyObject *bytes = text == NULL ? NULL : PyUnicode_AsUTF8String(text);
    const char *message = bytes == NULL ? "the heap could not be written" : PyBytes_AsString(bytes);
    snprintf(path, sizeof(path), "%s.error", part);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file >= 0) {
        ssize_t written = write(file, message, strlen(message));
        (void)written; /* there is no other place to tell it */
        close(file);
    }
}

/* What the child does; it never returns. */
static void
write_and_exit(Heap *heap, const char *path)
{
    char part[LONGEST_PATH + 8];
    forget_signals();
    snprintf(part, sizeof(part), "%s.part", path);
    int file = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool done = file >= 0 && capture(heap, file);
    if (done && (close(file) != 0 || rename(part, path) != 0)) {
        done = false;
    }
    if (!done) {
        if (!PyErr_Occurred()) {
            PyErr_SetFromErrno(PyExc_OSError);
        }
        report_error(part);
        unlink(part);
    }
    _exit(done ? 0 : 1);
}

PyObject *
fork_capture(Heap *heap, const char *path)
{
    if (strlen(path) > LONGEST_PATH) {
        errno = ENAMETOOLONG;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    pid_t child = fork(); /* not os.fork: no hooks of the program's run */
    if (child == 0) {
        write_and_exit(heap, path);
    }
    if (child < 0) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return PyLong_FromLong((long)child);
}

#endif
