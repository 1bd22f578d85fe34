"""Exceptions of every fate."""

import json


def raises():
    raise KeyError("k")  # @raises_line


def caught():
    try:
        raises()  # @caught_call
    except KeyError:
        return 1  # @caught_body


def uncaught():
    raises()  # @uncaught_call


def library_raises():
    try:
        json.loads("{")  # @library_call
    except ValueError:
        return 2


def hook(pairs):
    raise LookupError("from a hook")  # @hook_line


def through_library():
    try:
        json.loads("{}", object_hook=hook)  # @through_call
    except LookupError:
        return 3


def iterates():
    total = 0
    for n in (number for number in range(2)):
        total += n
    return total


def reraises():
    try:
        raises()
    except KeyError:
        raise  # @reraise_line


def caught_reraise():
    try:
        reraises()
    except KeyError:
        return 4


def calls_hook():
    return json.loads("{}", object_hook=hook)  # @calls_hook


def failing_hook(pairs):
    try:
        raise LookupError("first")
    except LookupError:
        raise  # @bare_raise


def calls_failing_hook():
    json.loads("{}", object_hook=failing_hook)


def finally_hook(pairs):
    try:
        raise LookupError("last")  # @finally_raise
    finally:
        done = True  # @finally_line
        del done  # @finally_last


def calls_finally_hook():
    json.loads("{}", object_hook=finally_hook)


def suspended():
    yield 1  # @suspended


def throws_into_generators():
    for number in range(4):
        waiting = suspended()
        next(waiting)
        try:
            waiting.throw(KeyError(number))
        except KeyError:
            pass  # the next one may have the same address
