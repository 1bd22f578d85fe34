"""Types, containment, duplicates, sparse containers, cycles, what native code holds: on heaps by hand."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

import pytest

from heapsight.heap.containment import dominated, dominators
from heapsight.heap.cycles import cycles
from heapsight.heap.duplicates import duplicates
from heapsight.heap.graph import Graph
from heapsight.heap.native_held import native_held
from heapsight.heap.origins import Origin, of_file, of_module
from heapsight.heap.sparse import capacity, sparse
from heapsight.heap.types import GroupRow, group, instances
from support.snapshots import ATTRIBUTE, INTERPRETER, ITEM, OWN, PSEUDO, THREAD, Builder

Reader = Callable[[Builder], Graph]


def nested() -> Builder:
    """Return two Orders, one in the other, one of another module, each with a list; a thread, and one of ours."""
    builder = Builder()
    outer, inner = builder.node("shop.Order", 10), builder.node("shop.Order", 20)
    other = builder.node("old.Order", 5)
    for order in (outer, inner, other):
        builder.edge(order, builder.node("list", 100), ITEM, 0)
    builder.edge(outer, inner, ITEM, 0)
    builder.root(outer, INTERPRETER)
    builder.root(other, INTERPRETER)
    builder.root(builder.node("<thread>", 0, flags=PSEUDO), THREAD)
    builder.root(builder.node("shop.Order", 7), OWN)
    builder.site(outer, ("shop.py", 7), ("main.py", 1))
    builder.site(inner, ("shop.py", 7))
    return builder


def test_a_group_counts_each_part_of_the_dominator_tree_once(graph_of: Reader) -> None:
    graph = graph_of(nested())
    assert group(graph) == [
        GroupRow("list", "list", 3, 300, 300),
        GroupRow("shop.Order", "shop.Order", 2, 30, 230),
        GroupRow("old.Order", "old.Order", 1, 5, 105),
    ]
    assert [(row.name, row.count, row.retained) for row in group(graph, "module", "name")] == [
        ("builtins", 3, 300),
        ("old", 1, 105),
        ("shop", 2, 230),
    ]
    assert [(row.name, row.count, row.shallow) for row in group(graph, "site", "count")] == [
        ("(not traced)", 4, 305),
        ("shop.py:7", 2, 30),
    ]
    assert [row.name for row in group(graph, text="ORDER")] == ["shop.Order", "old.Order"]
    assert list(instances(graph, "shop.Order")) == [0, 1]
    assert list(instances(graph, "shop.py:7", "site")) == [0, 1]
    assert list(instances(graph, "no.Such")) == []
    with pytest.raises(ValueError, match="colour"):
        group(graph, "colour")
    with pytest.raises(ValueError, match="beauty"):
        group(graph, sort_by="beauty")


def test_the_dominator_tree_level_by_level(graph_of: Reader) -> None:
    graph = graph_of(nested())
    assert list(dominated(graph)) == [0, 2, 6]
    assert list(dominated(graph, 0)) == [1, 3]
    assert dominators(graph, 4) == [1, 0]
    assert graph.program_bytes == 335
    assert list(graph.own) == [7]


def test_equal_values(graph_of: Reader) -> None:
    builder = Builder()
    holder = builder.node("list")
    builder.root(holder, INTERPRETER)
    for kind, value, size in (
        ("str", "a", 50),
        ("str", "a", 60),
        ("bytes", b"a", 34),
        ("str", "b", 50),
        ("str", "a", 50),
    ):
        builder.edge(holder, builder.node(kind, size, value=value), ITEM, 0)
    own = builder.node("str", 50, value="b")
    builder.root(own, OWN)
    (row,) = duplicates(graph_of(builder))
    assert (row.text, row.type, row.count, row.bytes, row.wasted, row.nodes) == ("'a'", "str", 3, 160, 100, [1, 2, 5])


def whole_size(container: object) -> int:
    return sys.getsizeof(container)


def test_room_follows_from_the_size_in_this_python() -> None:
    """The formulas against containers whose room is known by filling them until their size changes."""
    for count in (0, 1, 100, 5000):
        items = [None] * count
        room = capacity("list", whole_size(items))
        assert room is not None
        assert room.items == count
    for make in (str, int):
        table: dict[object, None] = {}
        for number in range(3000):
            size = whole_size(table)
            table[make(number)] = None
            room = capacity("dict", size)
            if room is not None:
                assert (whole_size(table) > size) == (number == room.items), (make, number)
        assert room is not None
        assert room.item_bytes == (16 if make is str else 24)
    members: set[int] = set()
    for number in range(3000):
        members.add(number)
        room = capacity("set", whole_size(members))
        assert room is None or room.items >= len(members)
    assert capacity("deque", 1000) is None
    assert gc.is_tracked(members) or members


def test_containers_with_much_room(graph_of: Reader) -> None:
    builder = Builder()
    grown = {str(number): None for number in range(3000)}
    wide, full, empty = whole_size(grown), builder.node("list", 56 + 8 * 100, length=80), 56 + 8 * 1000
    for node in (full, builder.node("list", empty, length=3), builder.node("dict", wide, length=2)):
        builder.root(node, INTERPRETER)
    builder.root(builder.node("shop.Order", 50_000, length=1), INTERPRETER)
    room = capacity("dict", wide)
    assert room is not None
    found = {row.node: (row.length, row.capacity, row.wasted) for row in sparse(graph_of(builder))}
    assert found == {1: (3, 1000, 997 * 8), 2: (2, room.items, (room.items - 2) * 16)}
    builder.meta["python"] = "3.19.0"
    assert sparse(graph_of(builder)) == []


def test_cycles_say_why_they_are_ones(graph_of: Reader) -> None:
    builder = Builder()
    tree, children, node, inside = (builder.node(kind) for kind in ("shop.Tree", "list", "shop.Node", "str"))
    builder.edge(tree, children, ATTRIBUTE, "children")
    builder.edge(children, node, ITEM, 0)
    builder.edge(node, tree, ATTRIBUTE, "parent")
    builder.edge(node, inside, ATTRIBUTE, "text")
    alone = builder.node("list", 10)
    builder.edge(alone, alone, ITEM, 0)
    builder.edge(alone, tree, ITEM, 1)
    alive = builder.node("list")
    builder.edge(alive, alive, ITEM, 0)
    builder.root(alive, INTERPRETER)
    first, second = cycles(graph_of(builder))
    assert (first.nodes, first.sentence) == ([4], "list → [0] → list")
    assert (first.objects, first.bytes) == (5, 266)  # which keeps the other
    assert second.nodes == [0, 1, 2]
    assert (second.objects, second.bytes) == (4, 256)
    assert second.sentence == "Tree → .children → list → [0] → Node → .parent → Tree"


def test_cycles_that_are_alike_are_one_row(graph_of: Reader) -> None:
    builder = Builder()
    for size in (10, 30, 20):
        node, inside = builder.node("shop.Node", size), builder.node("str", 100)
        builder.edge(node, node, ATTRIBUTE, "me")
        builder.edge(node, inside, ATTRIBUTE, "text")
    other = builder.node("shop.Tree", 500)
    builder.edge(other, other, ATTRIBUTE, "me")
    first, second = cycles(graph_of(builder)).alike()
    assert (first.sentence, first.cycles, first.objects, first.bytes) == ("Tree → .me → Tree", 1, 1, 500)
    assert (second.sentence, second.cycles, second.objects, second.bytes) == ("Node → .me → Node", 3, 6, 360)
    assert second.nodes == [2]


def test_a_large_cycle_is_cut(graph_of: Reader) -> None:
    builder = Builder()
    nodes = [builder.node("shop.Node") for _ in range(3000)]
    for before, after in zip(nodes, [*nodes[1:], nodes[0]], strict=True):
        builder.edge(before, after, ATTRIBUTE, "next")
    (row,) = cycles(graph_of(builder))
    assert len(row.nodes) == 3000
    assert row.sentence.endswith("→ … 2,988 more … → Node")


def test_what_native_code_holds(graph_of: Reader) -> None:
    builder = Builder()
    root = builder.node("list")
    builder.root(root, INTERPRETER)
    both, alone = builder.node("shop.Order", 10, refcount=3), builder.node("shop.Order", 20, refcount=2)
    builder.edge(root, both, ITEM, 0)
    graph = graph_of(builder)
    assert [(row.node, row.count) for row in native_held(graph)] == [(alone, 2)]
    assert [(row.node, row.count, row.only) for row in native_held(graph, only=False)] == [
        (alone, 2, True),
        (both, 2, False),
    ]
    assert graph.dominator[both] == graph.nodes
    assert list(graph.native_only) == [alone]


def test_what_native_code_holds_of_heapsight_is_heapsights(graph_of: Reader) -> None:
    builder = Builder()
    request, wish = builder.node("heapsight.debuggee.memory.Request", 30, refcount=1), builder.node("str", value="a")
    builder.edge(request, wish, ATTRIBUTE, "path")
    builder.root(builder.node("str", value="a"), INTERPRETER)
    builder.root(builder.node("dict", 500), OWN)
    graph = graph_of(builder)
    assert list(graph.own) == [request, wish, 3]
    assert list(dominated(graph)) == [2]
    assert list(native_held(graph, only=False)) == []
    assert len(duplicates(graph)) == 0
    assert [row.name for row in group(graph)] == ["str"]
    assert graph.program_bytes == 64


def test_whose_modules_are() -> None:
    assert of_module("json.decoder") == Origin.PYTHON
    assert of_module("heapsight.wire") == Origin.HEAPSIGHT
    assert of_module("flask", "/home/me/.venv/lib/python3.12/site-packages/flask/__init__.py") == Origin.LIBRARY
    assert of_module("__main__") == Origin.USER
    assert of_module("shop", "/home/me/shop.py") == Origin.USER
    assert of_file("C:\\shop\\main.py") == Origin.USER
    assert of_file("/usr/lib/python3.12/json/decoder.py") == Origin.PYTHON
