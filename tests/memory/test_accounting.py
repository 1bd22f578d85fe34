"""Every reference accounted for, on generated graphs: labelled referrers + remainder = true count, remainder 0."""

import collections
import functools
import gc
import sys
import types

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heapsight.debuggee.holding import Held
from support.heap import labels, what_holds


class Target:
    pass


class Box:
    pass


class Slotted:
    __slots__ = ("first", "second")


class Items(list):
    pass


class Mapping(dict):
    pass


class World:
    """A graph in the making: objects that stay alive, and what is expected of each target."""

    def __init__(self, targets):
        self.alive = []
        self.expected = [[] for _ in range(targets)]
        self.module = types.ModuleType("generated_world")
        self.names = 0

    def name(self):
        self.names += 1
        return f"name{self.names}"


def add_attribute(world, thing):
    box = Box()
    name = world.name()
    setattr(box, name, thing)
    world.alive.append(box)
    return [f".{name}"]


def add_attribute_in_dict(world, thing):
    labels = add_attribute(world, thing)
    vars(world.alive[-1])
    return labels


def add_attribute_of_one_class(world, thing):
    box = Box()
    box.common = thing
    world.alive.append(box)
    return [".common"]


def add_slot(world, thing):
    slotted = Slotted()
    slotted.second = thing
    world.alive.append(slotted)
    return [".second"]


def add_list(world, thing):
    world.alive.append([None, thing, 1])
    return ["[1]"]


def add_list_twice(world, thing):
    world.alive.append([thing, None, thing])
    return ["[0], [2]"] * 2


def add_list_subclass(world, thing):
    items = Items([thing])
    items.more = thing
    world.alive.append(items)
    return ["[0]", ".more"]


def add_dict(world, thing):
    world.alive.append({"cart": thing})
    return ["['cart']"]


def add_dict_key(world, thing):
    world.alive.append({thing: 1})
    return ["key"]


def add_dict_subclass(world, thing):
    mapping = Mapping(cart=thing)
    mapping.more = thing
    world.alive.append(mapping)
    return ["['cart']", ".more"]


def add_tuple(world, thing):
    world.alive.append((thing, (1,)))
    return ["[0]"]


def add_deque(world, thing):
    world.alive.append(collections.deque([thing]))
    return ["[0]"]


def add_set(world, thing):
    world.alive.append({thing, 1})
    return ["member"]


def add_frozenset(world, thing):
    world.alive.append(frozenset([thing]))
    return ["member"]


def add_closure(world, thing):
    def handler():
        return thing

    world.alive.append(handler)
    return ["closure cell thing of handler"]


def add_shared_cell(world, thing):
    def read():
        return thing

    def write(value):
        nonlocal thing
        thing = value

    world.alive += [read, write]
    return ["closure cell thing of read"]


def add_default(world, thing):
    def checkout(cart=thing):
        pass

    world.alive.append(checkout)
    return ["default argument cart of checkout()"]


def add_keyword_default(world, thing):
    def checkout(*, cart=thing):
        pass

    world.alive.append(checkout)
    return ["default argument cart of checkout()"]


def add_class_attribute(world, thing):
    world.alive.append(type("Shop", (), {"limit": thing}))
    return ["class attribute limit"]


def add_global(world, thing):
    name = world.name()
    setattr(world.module, name, thing)
    return [f"global {name}"]


def add_generator(world, thing):
    def produce(cart):
        yield 1
        yield cart

    generator = produce(thing)
    next(generator)
    world.alive.append(generator)
    return ["local cart in produce()"]


def add_coroutine(world, thing):
    async def serve(request):
        return request

    coroutine = serve(thing)
    world.alive.append(coroutine)
    return ["local request in serve()"]


def add_partial(world, thing):
    world.alive.append(functools.partial(print, thing))
    return [".args[0]"]


def add_method(world, thing):
    world.alive.append(types.MethodType(add_list, thing))
    return ["self of bound method add_list"]


def add_exception(world, thing):
    world.alive.append(ValueError(thing))
    return [".args[0]"]


def add_namespace(world, thing):
    world.alive.append(types.SimpleNamespace(cart=thing))
    return [".cart"]


def add_cycle(world, thing):
    box = Box()
    box.thing = thing
    setattr(thing, world.name(), box)
    return [".thing"]


WAYS = [value for name, value in list(globals().items()) if name.startswith("add_")]
TARGETS = 3
plans = st.lists(st.tuples(st.sampled_from(WAYS), st.integers(0, TARGETS - 1)), max_size=25)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(plan=plans, collect=st.booleans())
def test_labels_and_remainder_sum_up_to_the_true_count(plan, collect):
    helds = [Held(Target()) for _ in range(TARGETS)]
    world = World(TARGETS)
    sys.modules["generated_world"] = world.module
    try:
        for way, index in plan:
            world.expected[index] += way(world, helds[index].obj)
        if collect:
            gc.collect()
        for held, expected in zip(helds, world.expected, strict=True):
            check_account(held, expected)
    finally:
        del sys.modules["generated_world"]
        # Coroutines that never ran would warn.
        for one in world.alive:
            if isinstance(one, types.CoroutineType):
                one.close()


def check_account(held, expected):
    true_count = sys.getrefcount(held.obj) - 2
    found = what_holds(held)
    assert found.complete
    assert found.refcount == true_count == len(expected)
    assert found.unaccounted == 0
    assert sum(edge.finding.count for edge in found.edges) == true_count
    assert without_globals(label for label in labels(found) if not label.startswith("0 × ")) == without_globals(
        expected
    )
    # Nobody whom the collector knows is missing: itself, or the owner of its container, is a holder that is shown.
    shown = [edge.holder.obj for edge in found.edges if edge.holder is not None]
    for one in gc.get_referrers(held.obj):
        if isinstance(one, (Box, Slotted, list, set, frozenset, collections.deque)) and one is not shown:
            assert any(one is other for other in shown)


def without_globals(lines):
    """Return the labels in order; which of several globals a line names first does not matter."""
    lines = list(lines)
    others = sorted(line for line in lines if not line.startswith("global "))
    return others, len(lines) - len(others)


@settings(deadline=None, max_examples=25)
@given(depth=st.integers(1, 30), width=st.integers(1, 3))
def test_locals_of_deep_stacks(depth, width):
    def descend(level, first, second, third):
        if level:
            return descend(level - 1, first, second, third)
        return what_holds(held)

    held = Held(Target())
    first, second, third = (held.obj if index < width else None for index in range(3))
    found = descend(depth, first, second, third)
    assert found.unaccounted == 0
    # Here, and in each frame of the recursion.
    assert found.refcount == width * (depth + 2)


@pytest.mark.parametrize("text", [False, True])
@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(shape=st.recursive(st.none(), lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=6))
def test_objects_that_the_collector_does_not_track(text, shape):
    one = "".join(["not", " interned"]) if text else 10**30 + len(str(shape))
    held = Held(one)
    del one

    def fill(inner):
        return held.obj if inner is None else tuple(fill(part) for part in inner)

    world = {"all": fill(shape)}
    for _ in range(4):
        gc.collect()
    true_count = sys.getrefcount(held.obj) - 2
    found = what_holds(held)
    assert found.refcount == true_count
    assert found.unaccounted == 0
    assert sum(edge.finding.count for edge in found.edges) == true_count
    assert world
