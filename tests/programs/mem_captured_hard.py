"""Heaps that are hard to walk, captured in each way: one case in each function. Prints JSON.

usage: mem_captured_hard.py FOLDER deep|broken|busy
"""

import ctypes
import gc
import json
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.captures import WAYS, take

LENGTH = 1_000_000


class Link:
    __slots__ = ("after",)

    def __init__(self, after):
        self.after = after


def deep():
    """A linked list of a million nodes, taken apart at the end, as the interpreter would recurse."""
    first = None
    for _ in range(LENGTH):
        first = Link(first)
    capture_all()
    told = {"first": id(first), "size": sys.getsizeof(first), "length": LENGTH}
    while first is not None:
        first = first.after
    return told


class Half(type):
    """A metaclass whose `__new__` captures while its class is half built."""

    def mro(cls):
        capture_all()  # `cls` has neither bases in order nor slots yet
        return type.mro(cls)


class Awkward:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        capture_all()  # a dict or set is looking for a place
        return False


def broken():
    """Types half built, dicts and sets in the middle of a change, objects that were never initialised."""
    half = Half("Half made", (dict,), {"__slots__": ("slot",), "__module__": 7})
    half.__qualname__ = "\ud800"
    mapping = {Awkward(): 1}
    mapping[Awkward()] = 2
    members = {Awkward()}
    members.add(Awkward())
    items = [3, 1, 2]
    items.sort(key=lambda one: capture_once(items))  # meanwhile it is empty
    never = [half.__new__(half), Exception.__new__(KeyError), object.__new__(Link), type.__call__(object)]
    untraversed = type("Untraversed", (), {"__slots__": ("value",)})
    one = untraversed()
    one.value = never
    traverse = ctypes.c_size_t.from_address(id(untraversed) + 184)  # tp_traverse
    kept = traverse.value
    known = kept == ctypes.c_size_t.from_address(id(Link) + 184).value and kept != 0
    # No traversal, and no longer said to be collected.
    flags = ctypes.c_ulong.from_address(id(untraversed) + 168)
    was = flags.value
    gc.disable()
    traverse.value, flags.value = 0, was
    capture_all()
    traverse.value = kept
    gc.enable()
    return {"known": known, "half": id(half), "one": id(one)}


def capture_once(items, state=[]):  # noqa: B006
    if not state:
        state.append(len(items))
        capture_all()
    return 0


def busy():
    """Threads that make and drop objects, fill and empty dicts, while captures are taken."""
    over, shared, errors = threading.Event(), {}, []

    def work(number):
        try:
            count = 0
            while not over.is_set():
                count += 1
                made = [Link([count]) for _ in range(50)]
                shared[number, count % 100] = made
                if count % 500 == 0:
                    shared.clear()
        except BaseException as error:  # noqa: BLE001
            errors.append(repr(error))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            capture_all()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    return {"errors": errors}


def capture_all():
    for way in WAYS:
        take(way, PATHS[way])


if __name__ == "__main__":
    PATHS = {way: f"{sys.argv[1]}/{way}.heapsight" for way in WAYS}
    told = {"deep": deep, "broken": broken, "busy": busy}[sys.argv[2]]()
    print(json.dumps(told))
