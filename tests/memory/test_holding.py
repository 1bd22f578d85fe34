"""Objects are held exactly once, and let go all at once."""

import gc
import sys
import weakref

from heapsight.debuggee.holding import Held, Holder


class Thing:
    def __eq__(self, other):
        raise AssertionError("compared")

    def __hash__(self):
        raise AssertionError("hashed")


def test_each_object_is_held_once():
    holder = Holder()
    thing = Thing()
    before = sys.getrefcount(thing)
    first = holder.hold(thing)
    assert holder.hold(thing) is first
    assert first.obj is thing
    assert sys.getrefcount(thing) == before + 1


def test_release_lets_go_of_everything_even_where_a_held_is_kept():
    holder = Holder()
    reference = weakref.ref(holder.hold(Thing()).obj)
    kept = next(iter(holder))
    holder.release()
    assert reference() is None
    assert kept.obj is None
    assert list(holder) == []


def test_addresses_are_known_while_held():
    holder = Holder()
    thing = Thing()
    assert not holder.is_held(id(thing))
    holder.hold(thing)
    assert holder.is_held(id(thing))
    holder.release()
    assert not holder.is_held(id(thing))


def test_none_is_held_like_anything_else():
    assert Holder().hold(None).obj is None


def test_a_held_is_one_reference_and_nothing_else():
    thing = Thing()
    count = len(gc.get_referrers(thing))
    held = Held(thing)
    assert len(gc.get_referrers(thing)) == count + 1
    assert not hasattr(held, "__dict__")
