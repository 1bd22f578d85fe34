"""Exceptions that are raised, handled, passed on and left unhandled, in the user's code and in a library's."""

import contextlib
import functools


def call_back(library, function, *arguments):
    return library.call(function, *arguments)


def raise_value():
    raise ValueError("here")  # @raise_value


def handled_at_once():
    try:
        raise_value()
    except ValueError:
        return "handled"


def through_two_frames():
    return raise_value()


def from_builtin():
    return int("no number")  # @from_builtin


def raised_again():
    try:
        raise_value()
    except ValueError:
        raise


def raised_by_name():
    try:
        raise_value()
    except ValueError as error:
        raise error


def other_raised():
    try:
        raise_value()
    except ValueError as error:
        raise KeyError("other") from error  # @other_raised


def in_finally():
    try:
        raise_value()
    finally:
        len("finally")


@contextlib.contextmanager
def manager():
    try:
        yield
    finally:
        len("left")


def inside_with():
    with manager():
        raise_value()


def inside_suppress():
    with contextlib.suppress(ValueError):
        raise_value()
    return "suppressed"


@functools.cache
def cached():
    raise_value()


def through_functools():
    try:
        cached()
    except ValueError:
        return "handled"


class Countdown:
    def __init__(self, start):
        self.left = start

    def __iter__(self):
        return self

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        return self.left


def loops():
    numbers = list(Countdown(2))
    numbers += [number for number in (n for n in Countdown(3))]
    for number in Countdown(2):
        numbers.append(number)
    return next(iter(()), "ended")


def closes_generator():
    def generate():
        yield 1
        yield 2

    generator = generate()
    next(generator)
    generator.close()


def next_of_nothing():
    try:
        next(iter(()))
    except StopIteration:
        return "ended"


def stop_iteration_on_purpose():
    raise StopIteration("by hand")  # @stop_on_purpose


def leaves(code):
    raise SystemExit(code)  # @leaves


def keyboard():
    raise KeyboardInterrupt


def recursive(depth):
    if depth == 0:
        raise_value()
    recursive(depth - 1)


class Sly(Exception):
    """Lies about everything that can be asked of it."""

    @property
    def __traceback__(self):
        raise RuntimeError("asked for the traceback")

    @property
    def __class__(self):
        raise RuntimeError("asked for the class")

    def __eq__(self, other):
        raise RuntimeError("compared")

    def __hash__(self):
        raise RuntimeError("hashed")

    def __bool__(self):
        raise RuntimeError("asked for its truth")


def raise_sly():
    raise Sly


def twice(error):
    for _ in range(2):
        try:
            raise error
        except ValueError:
            pass


def handled_then_returns():
    try:
        raise_value()
    except ValueError:
        len("handling")
    return None


def handles_another_meanwhile():
    try:
        raise_value()
    except ValueError:
        try:
            raise KeyError("another")
        except KeyError:
            len("handled")
        raise


def with_and_return():
    with contextlib.suppress(ValueError):
        raise_value()


def yields_while_handling():
    def generate():
        try:
            raise_value()
        except ValueError:
            len("handling")
            yield
        len("resumed")

    return list(generate())


def thrown_into():
    def generate():
        yield
        yield

    generator = generate()
    next(generator)
    generator.throw(KeyError("thrown"))
