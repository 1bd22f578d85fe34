"""Objects of which every reference is known, captured in each way. Prints their addresses and references as JSON.

usage: mem_captured.py FOLDER [big]
"""

import builtins
import collections
import functools
import gc
import json
import sys
import threading
import types
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.captures import WAYS, take

ATTRIBUTE, ITEM, VALUE, KEY, MEMBER, LOCAL, TYPE, STACK = range(8)


class Plain:
    def __init__(self, value):
        self.value = value


class Slotted:
    __slots__ = ("slot",)


class Basket(list):
    pass


class Target:
    pass


def generate(argument):
    yield 1
    yield argument


async def wait(argument):
    return argument


def closing_over(captured):
    return lambda: captured


def defaulting(target):
    def function(argument=target, *, keyword=target):
        return argument, keyword

    return function


def containers(world):
    target = Target()
    world["list"] = [target, None, target]
    world["tuple"] = (target, [])
    world["dict"] = {"key": target, target: 1}
    world["set"] = {target}
    world["frozenset"] = frozenset([target])
    world["deque"] = collections.deque([0, target])
    world["basket"] = Basket([target])
    world["in containers"] = target
    return "in containers", [
        ("list", ITEM, 0), ("list", ITEM, 2), ("tuple", ITEM, 0), ("dict", VALUE, "'key'"), ("dict", KEY, None),
        ("set", MEMBER, None), ("frozenset", MEMBER, None), ("deque", ITEM, 1), ("basket", ITEM, 0),
    ]  # fmt: skip


def instances(world):
    target = Target()
    world["plain"] = Plain(target)
    world["slotted"] = Slotted()
    world["slotted"].slot = target
    world["error"] = ValueError()
    world["error"].__cause__ = KeyError(target)
    world["arguments"] = world["error"].__cause__.args
    world["namespace"] = types.SimpleNamespace(name=target).__dict__
    world["in instances"] = target
    return "in instances", [
        ("plain", ATTRIBUTE, "value"), ("slotted", ATTRIBUTE, "slot"), ("arguments", ITEM, 0),
        ("namespace", VALUE, "'name'"),
    ]  # fmt: skip


def functions(world):
    target = Target()
    world["cell"] = closing_over(target).__closure__[0]
    function = defaulting(target)
    world["defaults"], world["keyword defaults"] = function.__defaults__, function.__kwdefaults__
    world["partial"] = functools.partial(target.__init__)
    world["method"] = types.MethodType(print, target)
    world["property"] = property(target)
    world["in functions"] = target
    return "in functions", [
        ("cell", ATTRIBUTE, "cell_contents"), ("defaults", ITEM, 0), ("keyword defaults", VALUE, "'keyword'"),
        ("wrapper", ATTRIBUTE, "__self__"), ("method", ATTRIBUTE, "__self__"), ("property", ATTRIBUTE, "fget"),
    ]  # fmt: skip


def suspended(world):
    target = Target()
    world["generator"], world["coroutine"], world["ended"] = generate(target), wait(target), generate(target)
    next(world["generator"])
    world["ended"].close()
    world["unstarted"] = generate(target)
    world["in suspended"] = target
    # Closed before it began, it keeps what it was given.
    ended = [("ended", LOCAL, "argument")] if sys.version_info >= (3, 12) else []
    started = [(name, LOCAL, "argument") for name in ("generator", "coroutine", "unstarted")]
    return "in suspended", started + ended


def frames(world):
    world["in frame"] = Target()
    # Twice on the stack of the frame: what is called with it waits for the capture.
    return "in frame", [("<frame> run()", LOCAL, "local"), ("<frame> run()", STACK, ""), ("<frame> run()", STACK, "")]


def build():
    world, expected = {}, {}
    for make in (containers, instances, functions, suspended, frames):
        name, edges = make(world)
        expected[name] = [("world", VALUE, repr(name)), *edges]
    world["wrapper"] = world["partial"].func
    return world, expected


def both(first, second, third):
    return third


def captures():
    for way in WAYS:
        take(way, PATHS[way], sys._getframe(1))


def run(world):
    local = world["in frame"]
    both(world["in frame"], world["in frame"], captures())
    return local


def load_much():
    import django
    import numpy
    import pandas
    from django.conf import settings

    settings.configure(INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"])
    django.setup()
    frame = pandas.DataFrame({"a": range(100), "b": [str(one) for one in range(100)]})
    objects = numpy.array([[Target() for _ in range(3)] for _ in range(3)], dtype=object)
    return frame, objects, objects[1:], frame.groupby("b").sum(), django.apps.apps.get_models()


def main():
    captures()  # what is needed for it is imported while the heap is small
    much = load_much() if "big" in sys.argv else None
    world, expected = build()
    local = threading.local()
    local.held = [1]
    gc.collect()
    gc.disable()
    run(world)
    addresses = {name: id(one) for name, one in world.items()}
    addresses["world"] = id(world)
    told = {"addresses": addresses, "expected": expected, "much": much is not None}
    # Each function holds it, those that Heapsight makes for a capture, too.
    print(json.dumps({**told, "builtins": id(vars(builtins))}))


if __name__ == "__main__":
    PATHS = {way: f"{sys.argv[1]}/{way}.heapsight" for way in WAYS}
    main()
