"""References in C: kinds and labels of each kind of object; the same as the traversal and the twin in Python tell."""

from __future__ import annotations

import asyncio
import collections
import functools
import gc
import subprocess
import sys
import types
import weakref
from collections import Counter
from typing import Any

import pytest

from heapsight.debuggee.attributes import type_qualname
from heapsight.debuggee.memory import sizes
from heapsight.debuggee.memory.suspended import SUSPENDABLE

heap = pytest.importorskip("heapsight._native.heap")

ATTRIBUTE, ITEM, VALUE, KEY, MEMBER, LOCAL, TYPE, STACK, INTERNAL = range(9)


class Slotted:
    __slots__ = ("first", "second")
    first: object
    second: object


class Mixed(Slotted):
    third: object


class Shadowing(Slotted):
    __slots__ = ("first",)
    first: object


class Plain:
    def __init__(self, value: object) -> None:
        self.value = value


def labelled(holder: object, target: object) -> list[tuple[int, object]]:
    return [(kind, label) for kind, label, found in heap.references(holder) if found is target]


def test_containers() -> None:
    target = [1]
    assert labelled([0, target, target], target) == [(ITEM, 1), (ITEM, 2)]
    assert labelled((target,), target) == [(ITEM, 0)]
    assert labelled({"a": target, 7: target}, target) == [(VALUE, "a"), (VALUE, 7)]
    assert labelled(collections.deque([0, target]), target) == [(ITEM, 1)]
    element = (1, 2, object())
    assert labelled({element}, element) == [(MEMBER, None)]
    assert labelled(frozenset([element]), element) == [(MEMBER, None)]
    assert labelled({element: 1}, element) == [(KEY, None)]


def test_subclasses_of_containers() -> None:
    class Basket(list[Any]):
        pass

    class Point(collections.namedtuple("Point", "x y")):
        pass

    target = [1]
    basket = Basket([target])
    basket.owner = target
    assert labelled(basket, target) == [(ITEM, 0)]
    assert labelled(basket, Basket) == [(TYPE, None)]
    assert labelled(basket, vars(basket)) == [(ATTRIBUTE, "__dict__")]
    assert labelled(Point(1, target), target) == [(ITEM, 1)]
    assert labelled(collections.defaultdict(Plain, a=target), Plain) == [(ATTRIBUTE, "default_factory")]
    key = "".join(["k", "ey"])
    ordered = collections.OrderedDict([(key, target)])
    assert labelled(ordered, key) == [(KEY, None), (INTERNAL, "")]
    assert labelled(ordered, target) == [(VALUE, key)]


def test_instances() -> None:
    target = [1]
    slotted, mixed, plain = Slotted(), Mixed(), Plain(target)
    assert heap.references(slotted) == [(TYPE, None, Slotted)]
    slotted.second = mixed.first = mixed.third = target
    assert labelled(slotted, target) == [(ATTRIBUTE, "second")]
    assert labelled(plain, target) == [(ATTRIBUTE, "value")]
    assert labelled(plain, Plain) == [(TYPE, None)]
    assert (ATTRIBUTE, "first") in labelled(mixed, target)
    namespace = vars(plain)
    assert (ATTRIBUTE, "__dict__") in labelled(plain, namespace)
    # Once, whether the dict or the instance owns the value.
    assert len(labelled(plain, target)) + len(labelled(namespace, target)) == 1


def test_a_slot_hidden_by_another() -> None:
    target, shadowing = [1], Shadowing()
    shadowing.first = 5
    Slotted.first.__set__(shadowing, target)  # type: ignore[attr-defined]
    assert labelled(shadowing, target) == [(ATTRIBUTE, "Slotted.first")]


def test_functions_cells_methods() -> None:
    target = [1]

    def outer(first: object = target, *, second: object = target) -> object:
        return target

    assert labelled(outer, outer.__defaults__) == [(ATTRIBUTE, "__defaults__")]
    assert labelled(outer, outer.__code__) == [(ATTRIBUTE, "__code__")]
    assert labelled(outer, outer.__closure__) == [(ATTRIBUTE, "__closure__")]
    assert labelled(outer, outer.__globals__) == [(ATTRIBUTE, "__globals__")]
    assert outer.__closure__ is not None
    assert labelled(outer.__closure__[0], target) == [(ATTRIBUTE, "cell_contents")]
    assert labelled(types.CellType(), target) == []
    plain = Plain(target)
    assert labelled(types.MethodType(outer, plain), plain) == [(ATTRIBUTE, "__self__")]
    assert labelled(types.MethodType(outer, plain), outer) == [(ATTRIBUTE, "__func__")]
    assert labelled([].append, sys) == []
    assert labelled(functools.partial(outer, target), outer) == [(ATTRIBUTE, "func")]
    assert labelled(property(outer), outer) == [(ATTRIBUTE, "fget")]
    assert (ATTRIBUTE, "co_consts") in labelled(outer.__code__, outer.__code__.co_consts)
    assert (ATTRIBUTE, "co_filename") in labelled(outer.__code__, outer.__code__.co_filename)


def test_generators_and_frames() -> None:
    def generate(argument: object) -> Any:
        captured = argument
        yield lambda: captured

    target = [1]
    generator = generate(target)
    assert labelled(generator, target) == [(LOCAL, "argument")]
    next(generator)
    assert labelled(generator, generate) == [(STACK, "function")]
    cell = next(one for kind, label, one in heap.references(generator) if label == "captured")
    assert labelled(cell, target) == [(ATTRIBUTE, "cell_contents")]
    with pytest.raises(StopIteration):
        next(generator)
    assert labelled(generator, target) == []


def test_a_running_generator_tells_nothing_of_its_frame() -> None:
    found: list[object] = []

    def generate(argument: object) -> Any:
        found.extend(heap.references(generator))
        yield

    target = [1]
    generator = generate(target)
    next(generator)
    assert not any(one[2] is target for one in found)  # type: ignore[index]


def test_the_frame_of_a_traceback() -> None:
    target = [1]

    def fail(local: object) -> None:
        raise ValueError(local)

    try:
        fail(target)
    except ValueError as error:
        caught = error
    assert labelled(caught, caught.args) == [(ATTRIBUTE, "args")]
    assert labelled(caught, caught.__traceback__) == [(ATTRIBUTE, "__traceback__")]
    assert caught.__traceback__ is not None and caught.__traceback__.tb_next is not None
    frame = caught.__traceback__.tb_next.tb_frame
    assert labelled(frame, target) == [(LOCAL, "local")]
    assert labelled(frame, sys._getframe()) == [(ATTRIBUTE, "f_back")]


def test_classes_and_modules() -> None:
    namespace = gc.get_referents(Mixed.__dict__)[0]
    assert labelled(Mixed, namespace) == [(ATTRIBUTE, "__dict__")]
    assert labelled(Mixed, Slotted) == [(ATTRIBUTE, "__base__")]
    assert (ATTRIBUTE, "__mro__") in labelled(Mixed, Mixed.__mro__)
    assert labelled(types, vars(types)) == [(ATTRIBUTE, "__dict__")]
    static = gc.get_referents(int.__dict__)[0]
    assert labelled(int, static) == [(ATTRIBUTE, "__dict__")]


def test_weak_references_are_none() -> None:
    plain = Plain(1)
    assert labelled(weakref.ref(plain), plain) == []


def test_a_coroutine_and_a_future() -> None:
    async def wait(argument: object) -> None:
        await asyncio.sleep(0)

    target = [1]
    coroutine = wait(target)
    assert labelled(coroutine, target) == [(LOCAL, "argument")]
    coroutine.close()
    loop = asyncio.new_event_loop()
    try:
        future: Any = loop.create_future()
        future.note = target
        assert [found for _, _, found in heap.references(future)].count(loop) == 1
    finally:
        loop.close()


def test_numpy_object_arrays() -> None:
    numpy = pytest.importorskip("numpy")
    target = [1]
    array = numpy.array([None, target], dtype=object)
    assert labelled(array, target) == [(ITEM, 1)]
    view = array[1:]
    assert labelled(view, target) == []
    assert labelled(view, array) == [(ATTRIBUTE, "base")]


def everything() -> list[object]:
    gc.collect()
    return gc.get_objects()


def is_entry_type(found: object) -> bool:
    return type(found) is type and type_qualname(found) == "_lru_list_elem"


def nothing_that_the_traversal_reports_is_missing() -> None:
    missing: Counter[str] = Counter()
    mine = sys._getframe()
    listed = everything()
    passed_over = {id(listed), id(globals()), id(mine), id(missing)}
    for one in listed:
        # What the test itself makes and changes, and modules, of which only the namespace counts.
        if issubclass(type(one), (types.ModuleType, types.FrameType)) or id(one) in passed_over:
            continue
        ours = Counter(map(id, heap.referents(one)))
        # Of a type reported again and again, by a cache for its entries, only one reference is the cache's.
        theirs = Counter(id(found) for found in gc.get_referents(one) if not is_entry_type(found))
        if theirs - ours:
            missing[type_qualname(type(one))] += 1
    assert not missing


def test_sizes_are_those_of_the_twin() -> None:
    wrong = {type(one) for one in everything() if heap.shallow_size(one) != sizes.shallow_size(one)}
    assert not wrong
    for atom in ("", "é", 1, 2**200, 1.5, b"abc", None, True, range(3), object(), int, Plain, Slotted()):
        assert heap.shallow_size(atom) == sizes.shallow_size(atom)


def comparable(rows: list[Any]) -> Counter[Any]:
    """Return all references with kinds and labels: both have to tell the same. No label and an empty one are one."""
    plain = (str, int)
    return Counter((kind, label or "" if type(label) in plain else id(label), id(found)) for kind, label, found in rows)


class Leaving:
    """Stops a coroutine from the inside, as an event loop does."""

    def __await__(self) -> Any:
        yield


def suspended_and_ended() -> list[Any]:
    """Return generators, coroutines, asynchronous generators, frames and tracebacks in all states."""

    def generate(argument: object) -> Any:
        captured = unbound = None
        for _ in range(2):
            yield lambda: (captured, unbound)
        raise ValueError(argument)

    def delegate(argument: object) -> Any:
        try:
            yield from generate(argument)
        except ValueError:
            yield sys._getframe()

    async def wait(argument: object) -> None:
        for _ in range(2):
            await Leaving()

    async def generate_async(argument: object) -> Any:
        await Leaving()
        yield argument

    generators = [make([1]) for make in (generate, delegate) for _ in range(5)]
    kept: list[Any] = [*generators, wait([2]), wait([3]), generate_async([4]), Leaving().__await__()]
    for steps, generator in enumerate(generators):
        for _ in range(steps % 5):
            try:
                kept.append(next(generator))
            except ValueError as error:
                kept += [error, error.__traceback__, error.__traceback__.tb_frame if error.__traceback__ else None]
            except StopIteration:
                pass
    kept[11].send(None)
    kept.append(kept[12].__anext__())
    kept[-1].send(None)
    kept[13].close()
    kept[10].close()
    return kept


def the_twin_in_python_tells_the_same() -> None:
    twin = pytest.importorskip("heapsight.debuggee.memory.capture.references")
    told_by_python = twin.References()
    kept = suspended_and_ended()
    differences: list[object] = []
    for one in everything():
        if one is globals() or one is differences:
            continue
        native, python = comparable(heap.references(one)), comparable(told_by_python.of(one))
        if native != python:
            differences.append((type(one), native - python, python - native))
    assert not differences, differences[:3]
    seen = Counter(type(one) for one in kept)
    assert all(seen[kind] for kind in SUSPENDABLE), seen


WHOLE_HEAP = [nothing_that_the_traversal_reports_is_missing, the_twin_in_python_tells_the_same]


@pytest.mark.parametrize("check", WHOLE_HEAP, ids=lambda check: check.__name__)
def test_every_object_of_a_process(check: Any) -> None:
    """In a process of its own: what other tests have left behind is not the matter here."""
    words = [sys.executable, __file__, check.__name__]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]


if __name__ == "__main__":
    {check.__name__: check for check in WHOLE_HEAP}[sys.argv[1]]()
