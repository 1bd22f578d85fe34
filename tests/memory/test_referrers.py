"""Each way in which one object can hold another, with the label that a person reads."""

import gc
import sys
import threading
import types
import weakref

import pytest

from heapsight.debuggee import frame_layout
from heapsight.debuggee.holding import Held
from support.heap import shown, what_holds
from support.ways_to_hold import WAYS, Box, Thing

pytestmark = pytest.mark.usefixtures("twin")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_way_is_labelled_and_counted(way):
    held = Held(Thing())
    holder, expected = way(held.obj)
    count = sys.getrefcount(held.obj) - 2
    found = what_holds(held)
    assert found.refcount == count
    assert found.unaccounted == 0
    assert sum(edge.finding.count for edge in found.edges) == count
    if isinstance(expected, tuple):
        assert set(shown(found)) in expected
    elif expected is not None:
        assert sorted(shown(found)) == sorted(expected)
    assert holder is not None


def test_locals_of_running_frames():
    def checkout(cart):
        again = cart
        found = what_holds(held)
        assert again is cart
        return found

    held = Held(Thing())
    thing = held.obj
    found = checkout(thing)
    assert shown(found) == ["2 × local cart, again in checkout()", "local thing in test_locals_of_running_frames()"]
    assert found.refcount == 3
    assert all(edge.root and edge.frame is not None and edge.location[0] == __file__ for edge in found.edges)


def test_a_variable_in_a_cell_counts_once():
    def serve():
        def handler():
            return user

        user = held.obj
        return what_holds(held), handler

    held = Held(Thing())
    found, _ = serve()
    assert shown(found) == ["closure cell user of handler", "0 × local user in serve() (same cell)"]
    assert (found.refcount, found.unaccounted) == (1, 0)


def test_locals_of_another_thread():
    entered, leave = threading.Event(), threading.Event()

    def serve(request):
        entered.set()
        leave.wait()
        return request

    held = Held(Thing())
    thread = threading.Thread(target=serve, args=[held.obj])
    thread.start()
    entered.wait()
    try:
        found = what_holds(held, sys._current_frames()[thread.ident])
        assert "local request in serve()" in shown(found)
        assert found.unaccounted == 0
    finally:
        leave.set()
        thread.join()


def test_a_running_generator_is_told_by_its_frame():
    def produce(cart):
        yield what_holds(held)

    held = Held(Thing())
    found = next(produce(held.obj))
    assert shown(found) == ["local cart in produce()"]
    assert (found.refcount, found.unaccounted) == (1, 0)


def test_evaluation_stack_of_a_running_frame():
    def look(_):
        return what_holds(held)

    held = Held(Thing())
    # The list is being made: its first element lies on the stack while the second is computed.
    found = [held.obj, look(1)][1]
    assert shown(found) == ["evaluation stack in test_evaluation_stack_of_a_running_frame()"]
    assert found.unaccounted == 0


def test_class_body():
    held = Held(Thing())
    results = []

    class Shop:
        limit = held.obj
        results.append(what_holds(held))

    assert shown(results[0]) == [
        "local limit in test_class_body.<locals>.Shop()".replace("test_class_body.<locals>.", "")
    ]
    assert Shop.limit is held.obj


CACHE = None


def test_global():
    global CACHE
    held = Held(Thing())
    sys.modules["shop"] = module = types.ModuleType("shop")
    CACHE = held.obj
    module.CACHE = module.OTHER = held.obj
    try:
        found = what_holds(held)
        assert sorted(shown(found)) == sorted([f"global CACHE in {__name__}", "2 × global CACHE, OTHER in shop"])
        assert all(edge.root for edge in found.edges)
        steps = {edge.finding.step for edge in found.edges}
        assert "sys.modules['shop'].CACHE" in steps
    finally:
        del sys.modules["shop"]
        CACHE = None


def test_a_module_is_held_by_sys_modules():
    held = Held(types.ModuleType("shop"))
    sys.modules["shop"] = held.obj
    try:
        found = what_holds(held)
        assert "sys.modules['shop']" in shown(found)
        assert found.unaccounted == 0
    finally:
        del sys.modules["shop"]


def test_a_class_and_its_instances():
    class Shop:
        pass

    class Branch(Shop):
        pass

    boxes = [Shop() for _ in range(3)]
    held = Held(Shop)
    found = what_holds(held)
    texts = shown(found)
    assert "3 × type of 3 instances" in texts
    assert "base class of Branch" in texts
    assert "in the __mro__ of Shop" in texts
    assert "in the __mro__ of Branch" in texts
    assert "among the bases of Branch" in texts
    assert found.unaccounted == 0
    assert len(boxes) == 3


def test_a_function():
    def checkout():
        return what_holds(held)

    class Shop:
        method = checkout
        static = staticmethod(checkout)
        value = property(checkout)

    held = Held(checkout)
    found = checkout()
    texts = shown(found)
    assert "local checkout in test_a_function()" in texts
    assert "function that runs in checkout()" in texts
    assert "class attribute method" in texts
    assert ".fget" in texts
    assert found.unaccounted == 0
    assert Shop


def test_bound_method_and_its_function():
    class Shop:
        def open(self):
            pass

    shop = Shop()
    method = shop.open
    assert "self of bound method Shop.open" in shown(what_holds(Held(shop)))
    assert "function of bound method Shop.open" in shown(what_holds(Held(Shop.__dict__["open"])))
    assert method


def test_exception_context_and_traceback():
    try:
        try:
            raise KeyError("inner")
        except KeyError as inner:
            held = Held(inner)
            raise ValueError("outer") from inner
    except ValueError as outer:
        found = what_holds(held)
        assert "2 × .__cause__, .__context__" in shown(found) or ".__cause__" in shown(found)
        assert found.unaccounted == 0
        assert outer


def test_an_exception_being_handled():
    held = Held(ValueError())

    def inner():
        try:
            raise KeyError
        except KeyError:
            return what_holds(held)

    try:
        raise held.obj
    except ValueError:
        found, while_another = what_holds(held), inner()
    texts = shown(found)
    assert "exception being handled" in texts
    assert found.unaccounted == 0
    # It waits on the stack while the inner one is handled.
    assert while_another.unaccounted == 0
    del found, while_another  # their edges know the frames, one of which handled an exception with a context
    after = what_holds(held)
    assert (shown(after), after.refcount) == ([], 0)


def test_strings_in_places_that_the_collector_does_not_list():
    text = "".join(["a text", " made at run time"])
    inside = ((text,), 1)
    mapping = {text: 1}
    values = {"name": text}
    for _ in range(3):
        gc.collect()
    assert not gc.is_tracked(inside)
    assert not gc.is_tracked(values)
    found = what_holds(Held(text))
    name = "test_strings_in_places_that_the_collector_does_not_list()"
    assert sorted(shown(found)) == sorted(["['name']", "[0]", "key", f"local text in {name}"])
    assert (found.refcount, found.unaccounted) == (4, 0)
    assert mapping


def test_a_constant_of_a_function():
    def greet():
        return "a constant that is not a name"

    held = Held(greet())
    found = what_holds(held)
    if found.refcount is not None:
        gc.collect()
        found = what_holds(held)
        assert shown(found) == ["constant in greet()"]
        assert found.unaccounted == 0


def test_weak_references_hold_nothing():
    held = Held(Thing())
    references = [weakref.ref(held.obj), weakref.proxy(held.obj)]
    found = what_holds(held)
    assert (found.edges, found.refcount) == ([], 0)
    assert references


def test_native_holders_are_the_remainder():
    held = Held(Thing())
    import ctypes

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(held.obj))
    found = what_holds(held)
    assert (found.refcount, found.unaccounted, found.edges) == (1, 1, [])
    ctypes.pythonapi.Py_DecRef(ctypes.py_object(held.obj))
    assert what_holds(held).unaccounted == 0


def test_frozen_holders_are_found():
    held = Held(Thing())
    box = Box()
    box.items = held.obj
    root = sys.modules[__name__]
    root.FROZEN = [box]
    gc.freeze()
    try:
        found = what_holds(held)
        assert shown(found) == [".items"]
        assert found.unaccounted == 0
    finally:
        gc.unfreeze()
        del root.FROZEN


def test_a_search_without_time_is_not_complete():
    held = Held(Thing())
    boxes = [Box() for _ in range(10)]
    for box in boxes:
        box.items = held.obj
    found = what_holds(held, seconds=0)
    assert not found.complete
    assert found.refcount == 10
    assert found.unaccounted + sum(edge.finding.count for edge in found.edges) == 10


def test_very_many_holders_are_summed_up():
    held = Held(Thing())
    boxes = [[held.obj] for _ in range(3000)]
    found = what_holds(held)
    assert len(found.edges) <= 1001
    assert found.edges[-1].finding.label == "2,000 more objects"
    assert (found.refcount, found.unaccounted) == (3000, 0)
    assert boxes


def test_immortal_objects_are_not_searched():
    for one in (None, True, 5, "", ()):
        found = what_holds(Held(one))
        assert (found.refcount, found.edges, found.unaccounted) == (None, [], 0)


def test_shared_dict():
    held = Held(Thing())
    first, second = Box(), Box()
    first.items = held.obj
    second.__dict__ = first.__dict__
    found = what_holds(held)
    assert ".items" in shown(found)
    if sys.version_info < (3, 13):
        # Later the first keeps the values, and the dict shows them.
        assert "0 × .items (same dict)" in shown(found)
    assert found.unaccounted == 0


def test_a_dict_that_is_asked_for():
    box, other = Box(), Box()
    box.name, other.name = Thing(), Thing()
    held = Held(vars(box))
    assert held.obj
    found = what_holds(held)
    assert (shown(found), found.refcount, found.unaccounted) == ([".__dict__"], 1, 0)
    inside = Held(box.name)
    assert shown(what_holds(inside)) == [".name"]
    held.obj.update({Thing(): index for index in range(100)})
    found = what_holds(held)
    assert (shown(found), found.refcount, found.unaccounted) == ([".__dict__"], 1, 0)
    assert shown(what_holds(inside)) == [".name"]
    assert vars(other)


def test_where_frames_cannot_be_read(monkeypatch):
    monkeypatch.setattr(frame_layout, "READS_FRAMES", False)

    def checkout(cart):
        def later():
            return shared

        shared = cart
        return what_holds(held), later

    def produce(cart):
        yield cart

    held = Held(Thing())
    generator = produce(held.obj)
    found, _ = checkout(held.obj)
    texts = shown(found)
    assert "local cart in checkout()" in texts
    assert "closure cell shared of checkout.<locals>.later" in texts or "closure cell shared of later" in texts
    assert "local in produce()" in texts
    assert (found.refcount, found.unaccounted) == (3, 0)
    assert generator


def test_reading_order():
    held = Held(Thing())
    cart = held.obj
    box, mapping = Box(), {"cart": cart, cart: 1}
    box.items = cart
    kinds = [edge.finding.kind.value for edge in what_holds(held).edges]
    assert kinds == ["local", "attribute", "item", "key"]
    assert box, mapping
