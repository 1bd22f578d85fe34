"""New instances are noticed however they are made, and where nobody watches nothing is left behind."""

from __future__ import annotations

import collections
import copy
import dataclasses
import gc
import pickle
import re
import sys
import threading
import weakref

import pytest

from heapsight.debuggee.engine.watchpoints.creations import Creations, NoCreator, OnCreation
from support.markers import line_of

heap = pytest.importorskip("heapsight._native.heap")


class Plain:
    pass


class Heir(Plain):
    pass


class Slotted:
    __slots__ = ("left", "right")


class Order(dict):
    pass


class Row(tuple):
    pass


class Number(int):
    pass


class Text(str):
    pass


class Failure(Exception):
    pass


Pair = collections.namedtuple("Pair", "left right")


@dataclasses.dataclass
class Point:
    x: int = 0


class Log:
    """Creations in which a stop is a row: the line, what is told."""

    def __init__(self):
        self.stops = []
        self.creations = Creations(lambda: None, lambda code: code.co_filename == __file__, self.stop)

    def stop(self, ident, frame, data):
        self.stops.append((ident, frame.f_lineno, data.headline))

    def told(self):
        told, self.stops = [stop[1:] for stop in self.stops], []
        return told


@pytest.fixture
def log():
    log = Log()
    yield log
    log.creations.clear()


def line():
    return sys._getframe(1).f_lineno


@pytest.mark.parametrize("action", list(OnCreation))
def test_every_way_of_making_an_instance(log, action):
    original = Plain()
    log.creations.watch(Plain, action)
    made = [
        (Plain(), line()),
        (Plain.__new__(Plain), line()),
        (object.__new__(Plain), line()),
        (copy.copy(original), line()),
        (copy.deepcopy(original), line()),
        (pickle.loads(pickle.dumps(original)), line()),
        (Heir(), line()),
    ]
    for one, at in made:
        place = log.creations.place_of(one)
        assert place == (__file__, at, "test_every_way_of_making_an_instance")
    lines = [at for _, at in made]
    assert [stop[0] for stop in log.told()] == (lines if action is OnCreation.BREAK else [])
    assert log.creations.place_of(original) is None


@pytest.mark.parametrize(
    ("cls", "arguments", "equal"),
    [
        (Slotted, (), None),
        (Order, ({"a": 1},), {"a": 1}),
        (Row, ((1, 2),), (1, 2)),
        (Number, (2**70,), 2**70),
        (Text, ("text",), "text"),
        (Failure, ("why",), None),
        (Pair, (1, 2), (1, 2)),
    ],
)
def test_classes_whose_instances_c_creates(log, cls, arguments, equal):
    before = gc.is_tracked(cls(*arguments))
    log.creations.watch(cls, OnCreation.BREAK)
    one, at = cls(*arguments), line()
    assert log.told() == [(at, f"New {cls.__name__}")]
    assert log.creations.place_of(one)[1] == at
    assert type(one) is cls
    assert equal is None or one == equal
    assert gc.is_tracked(one) is before
    log.creations.unwatch(cls)
    cls(*arguments)
    assert log.told() == []


def test_an_exception_that_is_raised_stops_once(log):
    log.creations.watch(Failure, OnCreation.BREAK)
    with pytest.raises(Failure):
        raise Failure("why")  # @raises_failure
    assert log.told() == [(line_of(__file__, "raises_failure"), "New Failure")]


def test_where_a_creator_in_python_tells_the_allocation_does_not(log):
    """The unit has no back end that tells the end of `__init__`: nothing at all may be told."""
    log.creations.watch(Point, OnCreation.BREAK)
    assert Point(3).x == 3
    assert log.told() == []
    copied, at = copy.copy(Point(4)), line()
    assert log.told() == [(at, "New Point")]
    assert copied.x == 4


def test_instances_made_in_an_init_of_another_class(log):
    class Holder:
        def __init__(self):
            self.part = Plain()  # @part

    log.creations.watch(Plain, OnCreation.BREAK)
    Holder()
    assert log.told() == [(line_of(__file__, "part"), "New Plain")]


def test_one_stop_for_all_that_one_call_makes(log):
    log.creations.watch(Plain, OnCreation.BREAK)
    made, at = pickle.loads(PICKLED), line()
    assert log.told() == [(at, "New Plain")]
    assert [log.creations.place_of(one)[1] for one in made] == [at] * 50


PICKLED = pickle.dumps([Plain() for _ in range(50)])


def test_other_threads_are_stopped_too(log):
    log.creations.watch(Plain, OnCreation.BREAK)
    made = []
    thread = threading.Thread(target=lambda: made.append(Plain()))  # @in_thread
    thread.start()
    thread.join()
    assert log.stops == [(thread.ident, line_of(__file__, "in_thread"), "New Plain")]


def test_nobody_sees_what_is_not_complete(log):
    """A collection that runs while an allocation is told of does not come across the object."""
    seen = []

    def stop(ident, frame, data):
        gc.collect()
        seen.extend(type(one) for one in gc.get_objects() if type(one) is Order)

    log.creations._stop = stop
    log.creations.watch(Order, OnCreation.BREAK)
    made = []
    thread = threading.Thread(target=lambda: made.append(Order(a=1)))
    thread.start()
    thread.join()
    assert (made, seen) == ([{"a": 1}], [])
    assert gc.is_tracked(made[0])


def test_subclasses_are_as_ever(log):
    log.creations.watch(Plain, OnCreation.BREAK)
    later = type("Later", (Plain,), {"__slots__": ()})
    later()
    assert log.told() == [], "one that is made after the request is not noticed"
    log.creations.unwatch(Plain)
    assert (type(later()), type(Heir())) == (later, Heir)


def test_what_another_request_watches_goes_on(log):
    log.creations.watch(Plain, OnCreation.BREAK)
    log.creations.watch(Heir, OnCreation.BREAK)
    log.creations.unwatch(Heir)
    Heir()
    assert [headline for _, headline in log.told()] == ["New Heir"]
    log.creations.unwatch(Plain)
    Heir()
    Plain()
    assert log.told() == []


def test_watching_keeps_no_class_alive_and_changes_no_count(log):
    passing = type("Passing", (), {})
    died = weakref.ref(passing)
    count = sys.getrefcount(passing)
    log.creations.watch(passing, OnCreation.TRACK)
    passing()
    assert sys.getrefcount(passing) == count
    del passing
    gc.collect()
    assert died() is None
    again = [type("Passing", (), {}) for _ in range(100)]
    assert all(type(one()) is one for one in again)
    log.creations.clear()
    assert all(type(one()) is one for one in again)


def test_a_class_that_is_told_of_by_a_wrong_function_works():
    def fail(address, cls):
        raise RuntimeError("the debugger's own")

    heap.watch_allocations([Plain], fail)
    assert type(Plain()) is Plain
    heap.release_allocations([Plain, Heir])
    assert type(Plain()) is Plain


@pytest.mark.parametrize("cls", [int, dict, object, type, type(re.compile(""))])
def test_the_interpreters_own_types_are_refused(log, cls):
    with pytest.raises(NoCreator, match="created in C"):
        log.creations.watch(cls, OnCreation.BREAK)


@pytest.mark.parametrize("types", [(), [1], [int], [Plain, 1]])
def test_wrong_arguments(types):
    with pytest.raises(TypeError):
        heap.watch_allocations(types, print)
    assert type(Plain()) is Plain


def test_without_the_native_module(log, monkeypatch):
    monkeypatch.setattr(log.creations, "_tell_allocations", lambda cls: False)
    with pytest.raises(NoCreator, match="neither an __init__ nor a __new__"):
        log.creations.watch(Plain, OnCreation.BREAK)
    log.creations.watch(Point, OnCreation.BREAK)
    assert log.creations.codes == (Point.__init__.__code__,)
