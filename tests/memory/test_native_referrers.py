"""Holders found in C: the same as by asking the collector, on heaps made at random; and what only C finds."""

from __future__ import annotations

import collections
import gc
import random
import subprocess
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from heapsight.debuggee import own
from heapsight.debuggee.holding import Held
from heapsight.debuggee.memory import contents, native_heap
from heapsight.debuggee.memory.edges import Referrers
from support.heap import labels, shown, what_holds

heap = pytest.importorskip("heapsight._native.heap")

OWN = ("heapsight.", own.PACKAGE_FOLDER)
ITEM, VALUE, KEY, MEMBER = 1, 2, 3, 4


class Thing:
    pass


class Box:
    pass


class Slotted:
    __slots__ = ("left", "right")
    left: object
    right: object


class Items(list[Any]):
    pass


class Mapping(dict[Any, Any]):
    pass


class Problem(Exception):
    pass


def holders(
    target: object,
    *,
    through: bool = False,
    starts: list[object] | None = None,
    hidden: set[int] | None = None,
    most: int = 1000,
    seconds: float = 60.0,
) -> Any:
    return heap.holders(target, through, starts or [], hidden or set(), OWN, most, seconds)


# -- twins ------------------------------------------------------------------------------------------------------------


def make_function(first: object, second: object, third: object) -> object:
    def inner(argument: object = first, *, keyword: object = second) -> object:
        return third

    inner.attribute = first  # type: ignore[attr-defined]
    return inner


def make_generator(first: object, second: object) -> object:
    def generate(argument: object) -> Iterator[object]:
        yield [second, (yield)]

    generator = generate(first)
    next(generator)
    return generator


def make_box(kind: Callable[[], Any], with_dict: bool, **values: object) -> object:
    box = kind()
    for name, value in values.items():
        setattr(box, name, value)
    if with_dict:
        vars(box)
    return box


def make_slotted(left: object, right: object) -> object:
    slotted = Slotted()
    slotted.left, slotted.right = left, right
    return slotted


class Heap:
    """Objects that hold each other, of all kinds, some of which the collector does not track."""

    def __init__(self, seed: int) -> None:
        self.rand = random.Random(seed)
        rand = self.rand
        self.atoms: list[object] = [f"text {seed} {number}" for number in range(6)]
        self.atoms += [10**6 + seed * 100 + number for number in range(6)]
        self.atoms += [rand.randbytes(20) for _ in range(3)] + [rand.random() for _ in range(3)]
        self.untracked: list[object] = [*self.atoms]
        for _ in range(25):
            made: object = tuple(self.some(self.untracked, rand.randrange(4)))
            if rand.random() < 0.4:
                made = {one: self.one(self.untracked) for one in self.some(self.atoms, 3)}
            self.untracked.append(made)
        self.objects: list[object] = [*self.untracked, Thing(), Thing()]
        for _ in range(150):
            self.objects.append(self.make())
        chosen = rand.sample(self.objects, 7) + rand.sample(self.untracked, 5)
        self.targets = list({id(one): one for one in chosen}.values())

    def one(self, among: list[object]) -> Any:
        return self.rand.choice(among)

    def some(self, among: list[object], count: int) -> list[Any]:
        return [self.rand.choice(among) for _ in range(count)]

    def make(self) -> object:
        rand = self.rand
        first, second, third = self.some(self.objects, 3)
        key = self.one(self.atoms)
        ways: list[Callable[[], object]] = [
            lambda: [first, second, first],
            lambda: (first, second),
            lambda: {"first": first, key: second},
            lambda: {key: first, 1: {key: third}},
            lambda: make_box(Box, rand.random() < 0.5, first=first, second=second),
            lambda: make_box(Items, rand.random() < 0.5, first=first),
            lambda: Mapping(first=first),
            lambda: make_slotted(first, second),
            lambda: collections.deque([first, second]),
            lambda: {key, 5},
            lambda: frozenset([key]),
            lambda: collections.OrderedDict([(key, first)]),
            lambda: collections.defaultdict(list, {key: first}),
            lambda: make_function(first, second, third),
            lambda: make_generator(first, second),
            lambda: types.CellType(first),
            lambda: Problem(first, second),
            lambda: partial(print, first, end=second),
            lambda: types.MethodType(make_box, first),
            lambda: type("Made", (Box,), {"attribute": first}),
            lambda: types.SimpleNamespace(first=first),
            lambda: types.MappingProxyType({key: first}),
            lambda: [Mapping(first=(second,)), Items([first])],
        ]
        return self.one(ways)()  # type: ignore[arg-type]


def comparable(found: Referrers) -> tuple[Counter[object], int | None, int]:
    """Return what both have to find: edges in no order, the reference count, and what is left."""
    edges = Counter(
        (
            edge.finding.kind.value,
            edge.finding.label,
            edge.finding.count,
            edge.finding.step,
            None if edge.holder is None else id(edge.holder.obj),
        )
        for edge in found.edges
    )
    assert found.complete
    return edges, found.refcount, found.unaccounted


@pytest.mark.parametrize("seed", range(12))
def test_the_twin_in_python_finds_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Heap(seed)
    targets = [Held(one) for one in made.targets]
    made.targets.clear()
    gc.collect()
    for held in targets:
        native = comparable(what_holds(held))
        with monkeypatch.context() as patch:
            patch.setattr(native_heap, "module", None)
            python = comparable(what_holds(held))
        assert native == python
        if native[1] is not None:
            assert native[2] == 0


def test_holders_are_those_that_the_collector_tells() -> None:
    made = Heap(1)
    gc.collect()
    for target in made.objects:
        if gc.is_tracked(target) and not issubclass(type(target), dict):
            told = {id(one) for one in gc.get_referrers(target)}
            found, _, _, more, references, _, complete = holders(target)
            assert {id(one) for one in found} == told - {id(found)}
            assert (more, references, complete) == (0, 0, True)


# -- what is listed, counted and left out -----------------------------------------------------------------------------


def test_the_first_holders_are_listed_and_the_others_counted() -> None:
    thing = Thing()
    boxes: list[object] = []
    for _ in range(50):
        boxes.append([thing, thing])
    found, _, _, more, references, _, _ = holders(thing, most=20)
    assert len(found) == 20
    assert (more, references) == (30, 60)
    assert boxes


def test_instances_of_a_class_are_counted() -> None:
    class Shop:
        other: object

    shops = [Shop() for _ in range(5000)]
    shops[7].other = Shop
    found, _, _, _, _, instances, _ = holders(Shop)
    assert instances == 5000
    assert [one for one in found if type(one) is Shop] == [shops[7]]
    texts = labels(what_holds(Held(Shop)))
    assert texts.count("type of 5,000 instances") == 5000
    assert texts.count(".other") == 1


def test_what_is_hidden_is_no_holder() -> None:
    thing = Thing()
    box, held = [thing], Held(thing)
    assert holders(thing, hidden={id(box)})[0] == []
    assert holders(thing)[0] == [box]
    assert held.obj is thing


def test_arguments_are_no_holders() -> None:
    text = "".join(["made at ", "run time"])
    starts: list[object] = [(text, 1)]
    gc.collect()
    found = holders(text, through=True, starts=starts, hidden={1, 2})[0]
    assert [one for one in found if one is not starts] == [starts[0]]
    assert not any(one is starts for one in found)


def test_a_walk_without_time() -> None:
    thing = Thing()
    box = [thing]
    assert holders(thing, seconds=0.0)[-1] is False
    assert holders(thing)[-1] is True
    assert box


def test_wrong_arguments() -> None:
    with pytest.raises(TypeError):
        heap.holders(1, True, (), set(), OWN, 1, 1.0)
    with pytest.raises(TypeError):
        heap.holders(1, True, [], {"address"}, OWN, 1, 1.0)
    with pytest.raises(TypeError):
        heap.holders(1, True, [], set(), (b"a", b"b"), 1, 1.0)
    with pytest.raises(TypeError):
        heap.ways([], 1)


# -- what the collector does not list ---------------------------------------------------------------------------------


def test_through_containers_that_are_not_tracked() -> None:
    text = "".join(["made at ", "run time"])
    inner = (text, 1)
    middle = {1: inner}
    keep = [((middle["x"],) if "x" in middle else (inner,), 2), text]
    gc.collect()
    assert not gc.is_tracked(inner)
    found = holders(text, through=True)[0]
    assert any(one is inner for one in found)
    assert any(one is keep for one in found)
    assert not any(one is inner for one in holders(text)[0])


def test_a_tuple_that_many_hold_is_told_once() -> None:
    text = "".join(["made at ", "run time"])
    inside = (text, 1)
    many = [(inside, number) for number in range(1000)]
    gc.collect()
    found = holders(text, through=True)[0]
    assert sum(one is inside for one in found) == 1
    assert many


def test_nesting_of_any_depth() -> None:
    text = "".join(["made at ", "run time"])
    nested: tuple[object, ...] = (text,)
    for _ in range(100_000):
        nested = (nested,)
    gc.collect()
    found = holders(text, through=True)[0]
    assert len([one for one in found if type(one) is tuple and one[0] is text]) == 1
    while len(nested) == 1 and type(nested[0]) is tuple:
        nested = nested[0]


def test_the_code_of_a_constant() -> None:
    namespace: dict[str, Any] = {}
    exec("def greet():\n    return 'made by exec, no name'", namespace)
    greet = namespace["greet"]
    text = greet()
    found, _, codes, *_ = holders(text, through=True)
    assert any(one is greet.__code__.co_consts for one in found)
    assert any(one is greet.__code__ for one in codes)


def test_frozen_holders_without_a_walk_from_the_roots() -> None:
    """In a process of its own: freezing takes the whole of it."""
    source = """
import gc, sys
from heapsight._native import heap
class Box: pass
thing = Box()
boxes = [[thing] for _ in range(3)]
gc.collect(); gc.freeze()
later = [thing]
found = heap.holders(thing, False, [], set(), ("heapsight.", "/nowhere/"), 10, 60.0)[0]
assert sum(type(one) is list for one in found) == 4, found
"""
    ended = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


# -- owners -----------------------------------------------------------------------------------------------------------


def test_owners_of_all_kinds() -> None:
    thing = Thing()
    function: Any = make_function(thing, thing, thing)
    made = type("Made", (Box,), {"attribute": thing})
    problem, applied = Problem(thing), partial(print, thing, end=thing)
    items = Items()
    items.attribute = thing  # type: ignore[attr-defined]
    box = make_box(Box, True, items=thing)
    mapping = {"no": "owner", "item": thing}
    gc.collect()
    owners = holders(thing)[1]
    for owner in (function, made, problem, applied, items):
        assert any(one is owner for one in owners)
    if sys.version_info < (3, 13):  # where the instance holds it itself
        assert any(one is box for one in owners)
    assert not any(one is mapping for one in owners)


GLOBAL = Thing()


def test_functions_do_not_own_their_globals() -> None:
    found, owners, *_ = holders(GLOBAL)
    assert any(one is globals() for one in found)
    assert any(one is sys.modules[__name__] for one in owners)
    assert not any(type(one) is types.FunctionType and one.__globals__ is globals() for one in owners)


def test_more_dicts_than_the_collector_is_asked_about() -> None:
    thing = Thing()
    boxes = [make_box(Box, True, items=thing) for _ in range(200)]
    held = Held(thing)
    del thing
    found = what_holds(held)
    assert shown(found) == [".items"] * 200
    assert found.unaccounted == 0
    assert boxes


# -- one holder -------------------------------------------------------------------------------------------------------


def test_ways() -> None:
    thing = Thing()
    assert heap.ways([0, thing, thing, thing], thing, ITEM, 2) == (3, [1, 2])
    assert heap.ways((0, thing), thing, ITEM, 5) == (1, [1])
    assert heap.ways({"a": thing, 7: thing, "b": 1}, thing, VALUE, 5) == (2, ["a", 7])
    assert heap.ways({thing: 1}, thing, KEY, 5)[0] == 1
    assert heap.ways({thing}, thing, MEMBER, 0)[0] == 1
    assert heap.ways({"a": thing}, thing, ITEM, 5) == (0, [])
    assert heap.ways(5, thing, ITEM, 5) == (0, [])


def test_visits_are_those_of_the_traversal() -> None:
    made = Heap(2)
    for holder in made.objects:
        for referent in set(map(id, gc.get_referents(holder))):
            target = next(one for one in gc.get_referents(holder) if id(one) == referent)
            assert heap.visits(holder, target) == sum(one is target for one in gc.get_referents(holder))
    assert heap.visits(types, vars(types)) == 1
    assert heap.visits(types, made) == 0
    assert heap.visits("text", made) == 0


def test_a_large_container_is_labelled_without_a_copy_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    thing = Thing()
    large = [0] * 10**6
    large[77] = large[10**6 - 1] = thing  # type: ignore[call-overload]
    monkeypatch.setattr(contents, "positions", None)
    (finding,) = contents.find_in(large, thing)
    assert (finding.label, finding.count, finding.step) == ("[77], [999999]", 2, "[77]")


# -- looking changes nothing ------------------------------------------------------------------------------------------


CALLS: list[str] = []


class Meta(type):
    def __getattribute__(cls, name: str) -> object:
        CALLS.append(name)
        return super().__getattribute__(name)

    def __eq__(cls, other: object) -> bool:
        CALLS.append("__eq__ of the class")
        return cls is other

    def __hash__(cls) -> int:
        CALLS.append("__hash__ of the class")
        return 1


class Touchy(metaclass=Meta):
    def __getattribute__(self, name: str) -> object:
        CALLS.append(name)
        return super().__getattribute__(name)

    def __eq__(self, other: object) -> bool:
        CALLS.append("__eq__")
        return self is other

    def __hash__(self) -> int:
        CALLS.append("__hash__")
        return 1


def test_no_user_code_no_references() -> None:
    touchy = Touchy()
    touchy.item = thing = Thing()  # type: ignore[attr-defined]
    holding = [touchy, (touchy,), {touchy: thing}, {touchy}]
    inside = {"x": thing}
    objects = gc.get_objects()
    counts = [sys.getrefcount(one) for one in objects if type(one) is not types.FrameType]
    CALLS.clear()
    for target in (touchy, thing, inside, Touchy):
        holders(target)
        holders(target, through=True)
    for one in holding:
        heap.ways(one, touchy, MEMBER, 5)
        heap.visits(one, touchy)
    assert CALLS == []
    del target, one
    after = [sys.getrefcount(one) for one in objects if type(one) is not types.FrameType]
    different = sum(first != second for first, second in zip(counts, after, strict=True))
    assert different <= 2  # the lists of counts
