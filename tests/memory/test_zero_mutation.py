"""Looking changes nothing: no user code runs, no dict is made, every reference count is what it was."""

import gc
import sys
import types
import weakref

import pytest

from heapsight.debuggee import memory_rows
from heapsight.debuggee.holding import Held, Holder
from heapsight.debuggee.memory.report import MemoryInspector
from support import touchy
from support.heap import frames_from
from support.touchy import CALLS, World


def inspector(holder):
    def frames():
        return {1: frames_from(sys._getframe(1))}

    return MemoryInspector(holder, short_text=lambda _: "value", frames=frames, frame_id=lambda _: 1)


def look_at_everything(world, depth=2):
    """Inspect each object, expand its tree level by level, follow it, and let the program go on."""
    holder = Holder()
    memory = inspector(holder)
    for obj in [world.target, *world.all]:
        held = holder.hold(obj)
        del obj
        memory.summary(held)
        info = memory.inspect(held, "it", "it", follow=True)
        expand(memory, info["object"], [], depth)
        row = memory_rows.memory_row(memory, held, "it")
        if row is not None:
            expand_rows(row, depth + 1)
        if "follow" in info:
            assert memory.followed(info["follow"])["alive"]
            memory.unfollow(info["follow"])
    memory.release()
    holder.release()


def expand(memory, number, ancestors, depth):
    body = memory.referrers(number, 0, 5, ancestors)
    for referrer in body["referrers"]:
        if depth and "object" in referrer and not referrer["cycle"] and not referrer["root"]:
            expand(memory, referrer["object"], [*ancestors, number], depth - 1)


def expand_rows(row, depth):
    if depth and row.children is not None:
        for child in row.children.rows(None, 0, 6):
            expand_rows(child, depth - 1)


@pytest.fixture(scope="module", autouse=True)
def warm():
    """Once before anything is measured: modules get imported, caches filled."""
    look_at_everything(World())
    CALLS.clear()


def state(world):
    """Return counts of references, of tracked objects and of dicts, and the addresses of existing instance dicts."""
    counts = [sys.getrefcount(obj) for obj in [world.target, *world.all]]
    listed = gc.get_objects()
    return counts, len(listed), sum(type(obj) is dict for obj in listed)


def test_no_user_code_runs():
    look_at_everything(World())
    assert CALLS == []


def test_counts_and_objects_are_as_before():
    world = World()
    gc.collect()
    gc.disable()
    try:
        # The first state is an object itself, which the second finds.
        before = state(world)
        before = state(world)
        look_at_everything(world)
        after = state(world)
    finally:
        gc.enable()
    assert after == before


def test_no_instance_gets_a_dict():
    world = World()
    plain = world.all[0]
    look_at_everything(world, depth=1)
    assert not any(type(one) is dict for one in gc.get_referents(plain))


def test_references_of_everything_in_the_process_are_as_before():
    world = World()
    gc.collect()
    gc.disable()
    try:
        objects = gc.get_objects()
        before = [sys.getrefcount(one) for one in objects]
        look_at_everything(world)
        after = [sys.getrefcount(one) for one in objects]
        changed = [
            type(one)
            for one, old, new in zip(objects, before, after, strict=True)
            if old != new and one is not before and type(one) is not types.FrameType
        ]
    finally:
        gc.enable()
    assert changed == []


def test_nothing_lives_longer_for_having_been_looked_at():
    world = World()
    reference = weakref.ref(world.all[0])
    look_at_everything(world)
    del world
    gc.collect()
    assert reference() is None


def test_a_followed_object_dies_when_the_program_lets_go():
    holder = Holder()
    memory = inspector(holder)
    world = [object.__new__(touchy.Keyed)]
    follow = memory.inspect(holder.hold(world[0]), "it", None, follow=True)["follow"]
    memory.release()
    holder.release()
    assert memory.followed(follow)["alive"]
    memory.release()
    holder.release()
    world.clear()
    assert memory.followed(follow) == {"alive": False}


def test_the_collector_is_not_run_and_left_as_it_was():
    collections_before = [generation["collections"] for generation in gc.get_stats()]
    world = World()
    for enabled in (True, False):
        (gc.enable if enabled else gc.disable)()
        look_at_everything(world, depth=0)
        assert gc.isenabled() is enabled
    gc.enable()
    assert [generation["collections"] for generation in gc.get_stats()][2] == collections_before[2]


def test_weak_references_of_the_program_are_counted_and_ours_not():
    holder = Holder()
    memory = inspector(holder)
    one = object.__new__(touchy.Keyed)
    reference = weakref.ref(one)
    held = holder.hold(one)
    for _ in range(2):
        assert memory.inspect(held, "it", None, follow=True)["weakReferences"] == 1
    assert weakref.getweakrefcount(one) == 2
    assert reference() is one
    assert memory.probe(Held(one)).weakrefs == 1
