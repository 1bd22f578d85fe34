/* Who holds the arguments of a call while the function runs; 3.11. */

#ifndef HEAPSIGHT_ARGUMENTS_H
#define HEAPSIGHT_ARGUMENTS_H

#include "interpreter.h"

/* Find out how code lies in memory, in whatever `frame` runs. Where that is not as expected, `release_arguments` does
   nothing. False with an exception set: something failed that cannot. */
bool learn_calls(PyObject *frame);

/* Take the arguments of a call from the evaluation stack of `caller`, if it is one of its own instructions that calls
   `callee`, which is about to run and holds them as well. To be asked for each frame that begins to run: a second time
   for the same call would be wrong. `caller` may be NULL. */
void release_arguments(InterpreterFrame *caller, const InterpreterFrame *callee);

#endif
