"""Ways in which code without a breakpoint comes to call code with one: each `call_*` does so a hundred times."""

import functools
import sys
import threading

TIMES = 100


class Shelf:
    def __getitem__(self, place):
        return place  # @getitem

    @property
    def width(self):
        return 1  # @property

    def __getattr__(self, name):
        return name  # @getattr

    def __len__(self):
        return 3  # @len

    def __enter__(self):
        return self  # @enter

    def __exit__(self, *details):
        return False

    def __call__(self, one, two=2):
        return one + two  # @instance


def plain(one, two=2):
    return one + two  # @plain


def numbers():
    for number in range(TIMES):
        yield number  # @generator


async def ready():
    return 1  # @coroutine


def deep(levels):
    return deep(levels - 1) if levels else plain(1)


def dull(value):
    return value


def call_getitem():
    shelf = Shelf()
    return [shelf[number] for number in range(TIMES)]


def call_property():
    shelf = Shelf()
    for _ in range(TIMES):
        shelf.width  # noqa: B018


def call_getattr():
    shelf = Shelf()
    for _ in range(TIMES):
        shelf.anything  # noqa: B018


def call_len():
    shelf = Shelf()
    for _ in range(TIMES):
        len(shelf)


def call_enter():
    for _ in range(TIMES):
        with Shelf():
            pass


def call_instance():
    shelf = Shelf()
    for number in range(TIMES):
        shelf(number)


def call_plain():
    for number in range(TIMES):
        plain(number)
        dull(number)


def call_generator():
    for number in numbers():
        dull(number)


def call_coroutine():
    for _ in range(TIMES):
        coroutine = ready()
        try:
            coroutine.send(None)
        except StopIteration:
            pass


def call_from_c():
    sorted(range(TIMES), key=plain)


def call_partial():
    call = functools.partial(plain, two=3)
    for number in range(TIMES):
        call(number)


def call_lambda():
    call = lambda number: plain(number)  # noqa: E731
    for number in range(TIMES):
        call(number)


def call_in_thread():
    thread = threading.Thread(target=call_plain)
    thread.start()
    thread.join()


def call_after_errors():
    for number in range(TIMES):
        try:
            dull()
        except TypeError:
            plain(number)


def call_deep():
    """Deeper than the stack of a small thread would allow, took each call its part of it."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        for _ in range(TIMES // 20):
            deep(8_000)
    finally:
        sys.setrecursionlimit(limit)


def call_deep_in_small_thread():
    size = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=deep, args=(900,))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)


def waits_and_goes_on(go_on):
    go_on()
    for number in range(3):
        dull(number)  # @goes_on


def profiled(report):
    dull(1)
    sys.setprofile(report)
    dull(2)
    plain(3)
    sys.setprofile(None)


def keeps_trace():
    trace = sys.gettrace()
    sys.settrace(None)
    plain(1)
    sys.settrace(trace)
    plain(2)
    plain(3)
