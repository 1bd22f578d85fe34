"""A program that knows the reference counts of its own objects, before and after it was looked at."""

import gc
import sys


class Touchy:
    """Says so when it is called, but for one text each time its value is shown."""

    def __init__(self, other):
        self.other = other
        self.name = "touchy"

    def __getattr__(self, name):
        print("called: __getattr__", name)
        raise AttributeError(name)

    def __len__(self):
        print("called: __len__")
        return 0

    def __eq__(self, other):
        print("called: __eq__")
        return False

    def __hash__(self):
        print("called: __hash__")
        return 0

    def __sizeof__(self):
        print("called: __sizeof__")
        return 0

    @property
    def lazy(self):
        print("called: property")
        return 0


class Slotted:
    __slots__ = ("first", "second")


def produce(argument):
    yield argument
    yield 1


def enclose(value):
    def inner(argument=value):
        return value

    return inner


def build():
    touchy = Touchy([1.5, {}])
    slotted = Slotted()
    slotted.first = touchy
    generator = produce(touchy)
    next(generator)
    items = [touchy, slotted, [touchy], {"touchy": touchy}, (touchy, [1]), generator, enclose(touchy), {1.5}, ValueError(touchy)]
    items.append(items)
    return items


def census():
    counts = [sys.getrefcount(one) for one in OBJECTS]
    with_dict = [type(one).__name__ for one in OBJECTS if any(type(part) is dict for part in gc.get_referents(one))]
    return counts, with_dict


def main(argument):
    before = census()
    between = 1  # @look
    after = census()
    print("same" if before == after else f"changed: {before} {after}", between)


OBJECTS = build()
gc.disable()
for _ in range(3):
    census()
main(OBJECTS[0])
