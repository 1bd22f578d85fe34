"""What Heapsight itself refers to, counted in C as in Python: by frames of its code and by objects of its classes."""

import sys

import pytest

from heapsight.debuggee.holding import Held
from heapsight.debuggee.memory.ours import OwnReferences
from heapsight.debuggee.own import PACKAGE_FOLDER
from heapsight.debuggee.records import mutable_record

pytestmark = pytest.mark.usefixtures("twin")

CODE = """
def run(ask, first, second=None):
    return ask()

def run_with_cell(ask, first):
    def inner():
        return first
    return ask()

def run_on_stack(ask, first):
    return [first, first, ask()][-1]

def run_in_generator(ask, first):
    return next(ask() for _ in (first,))
"""


class Thing:
    pass


@mutable_record
class Ours:
    thing: object
    others: tuple = ()
    listed: list | None = None


class WithDict:
    def __init__(self, thing):
        self.thing = thing


Ours.__module__ = WithDict.__module__ = "heapsight.debuggee.made_up"


def count_in(function, *arguments, of_objects=True):
    """Return what is counted while `function` of CODE, which looks like code of Heapsight's, runs with `arguments`."""
    namespace = {}
    exec(compile(CODE, PACKAGE_FOLDER + "made_up.py", "exec"), namespace)
    return namespace[function](lambda: OwnReferences(of_objects=of_objects), *arguments)


def test_variables():
    thing, other = Thing(), Thing()
    found = count_in("run", thing, thing)
    assert (found.count(id(thing)), found.count(id(other))) == (2, 0)


def test_a_variable_in_a_cell():
    thing = Ours(Thing())
    found = count_in("run_with_cell", thing)
    # The cell is what the frame holds, and what is in the cell is looked into.
    assert (found.count(id(thing)), found.count(id(thing.thing))) == (0, 1)
    assert id(thing) in found.containers


def test_the_evaluation_stack():
    thing = Thing()
    expected = 3  # with the variable
    assert count_in("run_on_stack", thing).count(id(thing)) == expected


def test_a_generator_that_runs():
    thing = Thing()
    expected = 2  # the argument, and what the generator iterates over last
    assert count_in("run_in_generator", thing).count(id(thing)) == expected


@pytest.mark.parametrize("make", [Ours, WithDict])
def test_objects_of_our_classes(make):
    thing = Thing()
    found = count_in("run", make(thing))
    assert found.count(id(thing)) == 1
    assert count_in("run", make(thing), of_objects=False).count(id(thing)) == 0


def test_a_dict_that_was_asked_for():
    thing = Thing()
    ours = WithDict(thing)
    namespace = ours.__dict__
    found = count_in("run", ours)
    assert found.count(id(thing)) == 1
    assert sys.getrefcount(namespace) > found.count(id(namespace))


def test_what_is_followed():
    thing, seen, unseen = Thing(), Thing(), Thing()
    ours = Ours(thing, (thing, (seen, Ours(seen))), [unseen])
    found = count_in("run", ours)
    assert [found.count(id(one)) for one in (thing, seen, unseen)] == [2, 2, 0]
    assert found.count(id(ours.listed)) == 1
    assert {id(ours), id(ours.others), id(ours.others[1])} <= found.containers
    assert id(ours.listed) not in found.containers


def test_each_object_is_looked_into_once():
    thing = Thing()
    ours = Ours(thing)
    ours.others = (ours, ours)
    found = count_in("run", ours, ours)
    assert (found.count(id(thing)), found.count(id(ours))) == (1, 4)


def test_what_is_held_for_the_client_is_left_to_the_holder():
    thing = Thing()
    held = Held(thing)
    found = count_in("run", held, Ours(held))
    assert (found.count(id(thing)), found.count(id(held))) == (0, 2)


def test_what_a_trace_function_is_given():
    error = ValueError()
    triple = (ValueError, error, None)
    assert count_in("run", triple).count(id(error)) == 1
    assert count_in("run", (KeyError, error, None)).count(id(error)) == 0


def test_the_programs_own_objects_are_not_looked_into():
    thing = Thing()
    holder = Thing()
    holder.thing = thing
    assert count_in("run", holder).count(id(thing)) == 0


def test_no_end_of_objects():
    ours = None
    for _ in range(10_000):
        ours = Ours(None, (ours,))
    assert len(count_in("run", ours).containers) <= 2_000
    while ours is not None:  # one by one: all at once would go too deep
        ours = ours.others[0]
