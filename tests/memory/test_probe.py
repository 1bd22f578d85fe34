"""True reference counts: ours subtracted, whatever the depth of calls and wherever our frames stand."""

import gc
import sys
import threading
import types
import weakref
from dataclasses import dataclass

import pytest

from heapsight.debuggee.holding import Held, Holder
from heapsight.debuggee.memory.probe import probe
from heapsight.debuggee.own import PACKAGE_FOLDER


class Thing:
    pass


def own_code(source, **names):
    """Run `source` as if it were part of Heapsight; return its namespace."""
    namespace = {"__name__": "heapsight.debuggee.of_a_test", **names}
    exec(compile(source, PACKAGE_FOLDER + "of_a_test.py", "exec"), namespace)
    return namespace


def count(held):
    """Ask outside of an `assert`: pytest keeps the parts of those in variables of the test."""
    return probe(held).refcount


def test_a_temporary_has_none():
    held, items = Held(Thing()), Held([])
    assert (count(held), count(items)) == (0, 0)


def test_each_reference_counts():
    held = Held(Thing())
    thing = held.obj
    assert probe(held).refcount == 1
    items = [thing, thing]
    assert probe(held).refcount == 3
    items.append({"thing": thing})
    assert probe(held).refcount == 4


def test_a_holder_counts_nothing_however_often_it_is_asked():
    holder = Holder()
    thing = Thing()
    for _ in range(5):
        assert probe(holder.hold(thing)).refcount == 1


@pytest.mark.parametrize("depth", [0, 1, 5, 50])
def test_the_depth_of_calls_does_not_matter(depth):
    def descend(level, held):
        return descend(level - 1, held) if level else probe(held).refcount

    held = Held(Thing())
    thing = held.obj
    assert descend(depth, held) == 1
    assert thing


def test_arguments_of_the_program_are_its_own():
    def take(first, second):
        return probe(held).refcount

    held = Held(Thing())
    plain = take(held.obj, held.obj)
    by_name = take(held.obj, second=held.obj)
    assert (plain, by_name) == (2, 2)


def test_variables_of_our_own_frames_are_not_counted():
    own = own_code(
        """
def trace(frame, event, arg):
    again = arg
    return later(probe, held, [arg][0])

def later(probe, held, value):
    return probe(held)
""",
        probe=probe,
        held=Held(Thing()),
    )
    thing = own["held"].obj
    with_ours = own["trace"](None, "return", thing)
    del thing
    without = own["trace"](None, "return", own["held"].obj)
    assert (with_ours.refcount, without.refcount) == (1, 0)


def test_a_stop_that_knows_its_exception_is_ours():
    own = own_code(
        """
from dataclasses import dataclass

@dataclass(frozen=True, slots=True)
class ExceptionStop:
    exception: BaseException

@dataclass(slots=True)
class Stop:
    exception: ExceptionStop
    return_value: tuple

def park(held, look):
    stop = Stop(ExceptionStop(held.obj), ("f", held.obj))
    return look(held)
"""
    )
    held = Held(ValueError())
    alone = own["park"](held, count)
    error = held.obj
    named = own["park"](held, count)
    assert (alone, named) == (0, 1)
    assert error


def test_what_the_interpreter_passes_to_a_trace_function_is_not_the_programs():
    counts = []
    own = own_code(
        """
def trace(frame, event, arg):
    if event == "exception":
        held = Held(arg[1])
        counts.append(look(held))
    return trace
""",
        Held=Held,
        counts=counts,
        look=lambda held: probe(held).refcount,
    )

    def fail():
        raise ValueError

    def run():
        try:
            fail()
        except ValueError:
            pass

    before = sys.gettrace()
    sys.settrace(own["trace"])
    try:
        run()
    finally:
        sys.settrace(before)
    # In `fail` and in `run` only the interpreter, which is raising it, holds the exception.
    assert len(counts) == 2
    assert all(count <= 2 for count in counts)


def test_frames_of_ours_on_other_threads():
    entered, leave = threading.Event(), threading.Event()
    own = own_code("def park(value):\n    entered.set()\n    leave.wait()\n", entered=entered, leave=leave)
    held = Held(Thing())

    def program():
        value = held.obj
        own["park"](value)

    thread = threading.Thread(target=program)
    thread.start()
    entered.wait()
    try:
        # The program's own local; what our frame holds does not count.
        assert probe(held).refcount == 1
    finally:
        leave.set()
        thread.join()
    assert probe(held).refcount == 0


@pytest.mark.parametrize("one", [None, True, False, ..., NotImplemented, 0, 5, -5, 256, "", "a", b"", (), int, type])
def test_immortal_objects(one):
    assert probe(Held(one)).refcount is None


@pytest.mark.skipif(sys.version_info < (3, 12), reason="no immortal objects")
def test_interned_texts_are_immortal():
    assert probe(Held("a_name")).refcount is None


def test_mortal_numbers_and_texts():
    number, text = Held(int("123456789")), Held("".join(["not ", "interned"]))
    assert (count(number), count(text)) == (0, 0)


def test_facts():
    things = [Thing(), Thing()]
    references = [weakref.ref(things[0]), weakref.ref(things[0], lambda _: None)]
    facts = probe(Held(things[0]))
    assert facts.type_name == "Thing"
    assert facts.address == id(things[0])
    assert facts.gc_tracked
    assert facts.weakrefs == 2
    assert probe(Held(things[1])).weakrefs == 0
    assert references
    assert not probe(Held(5.5)).gc_tracked
    assert not probe(Held({})).gc_tracked or gc.is_tracked({})


def test_types_are_named_without_their_metaclass():
    class Meta(type):
        def __getattribute__(cls, name):
            raise AssertionError(name)

    thing = types.new_class("Odd", (), {"metaclass": Meta})()
    assert probe(Held(thing)).type_name == "Odd"


@dataclass
class Point:
    x: int


def test_a_dataclass_with_eq_and_no_hash():
    held = Held(Point(1))
    assert count(held) == 0
