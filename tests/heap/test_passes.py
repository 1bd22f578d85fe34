"""Passes over lists and marks: in C and in Python the same, and what plain Python says."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heapsight.heap.errors import Cancelled
from heapsight.heap.graph import Graph
from heapsight.heap.loading import NONE, load
from heapsight.heap.passes import kernels, python
from support.snapshots import ITEM, Builder

ALL_PASSES = [python] if kernels.native is None else [python, kernels.native]
each_kind = pytest.mark.parametrize("passes", ALL_PASSES, ids=lambda module: module.__name__)
WIDTHS = {"B": 0xFF, "I": NONE, "Q": (1 << 64) - 1}
numbers = st.integers(0, 5) | st.integers(0, (1 << 64) - 1) | st.sampled_from([NONE - 1, NONE, NONE + 1])
columns = st.tuples(st.sampled_from("BIQ"), st.lists(numbers, max_size=40)).map(
    lambda drawn: array(drawn[0], (min(number, WIDTHS[drawn[0]]) for number in drawn[1]))
)


def u32(*values: int) -> array[int]:
    return array("I", values)


@each_kind
@given(column=columns, low=numbers, high=numbers)
def test_marks_of_what_lies_between(passes: ModuleType, column: array[int], low: int, high: int) -> None:
    marks = kernels.column("B", len(column))
    assert passes.within(column, array("Q", (low, high)), marks) == sum(marks)
    assert list(marks) == [low <= number <= high for number in column]
    found = kernels.column("I", len(column))
    count = passes.select(marks, found)
    assert list(found[:count]) == [row for row, number in enumerate(column) if low <= number <= high]
    rows = array("I", reversed(range(len(column))))
    count = passes.pick(rows, column, array("Q", (low, high)), found)
    assert list(found[:count]) == [row for row in rows if low <= column[row] <= high]


@each_kind
@given(pairs=st.lists(st.tuples(st.integers(0, NONE), st.integers(0, 9)), max_size=30))
def test_marks_of_what_is_not_above(passes: ModuleType, pairs: list[tuple[int, int]]) -> None:
    one, other, marks = u32(*(a for a, _ in pairs)), u32(*(b for _, b in pairs)), kernels.column("B", len(pairs))
    assert passes.at_most(one, other, marks) == sum(a <= b for a, b in pairs)
    assert list(marks) == [a <= b for a, b in pairs]


@each_kind
@given(parents=st.lists(st.none() | st.integers(0, 1000), max_size=40), marked=st.sets(st.integers(0, 39), max_size=10))
def test_what_hangs_on_marked_nodes(passes: ModuleType, parents: list[int | None], marked: set[int]) -> None:
    above = [None if each is None or not node else each % node for node, each in enumerate(parents)]
    # In any order: a parent can have a higher number than what hangs on it.
    size = len(above)
    column = u32(*(NONE if each is None else size - 1 - each for each in reversed(above)))
    marks = array("B", (node in marked for node in range(size)))
    expected = []
    for node in range(size):
        while node not in marked and column[node] != NONE:
            node = column[node]
        expected.append(node in marked)
    assert passes.inherit(column, marks) == sum(expected)
    assert list(marks) == expected


@each_kind
@given(table=columns, seed=st.lists(st.integers(0, 1000), max_size=40))
def test_rows_of_a_table(passes: ModuleType, table: array[int], seed: list[int]) -> None:
    rows = u32(*(each % len(table) if len(table) and each % 7 else NONE for each in seed))
    found = kernels.column(table.typecode, len(rows))
    passes.gather(table, rows, found)
    assert list(found) == [0 if row == NONE else table[row] for row in rows]
    there = u32(*(row for row in rows if row != NONE))
    target, expected = kernels.column(table.typecode, len(table)), [0] * len(table)
    values = array(table.typecode, (number % 256 for number in range(len(there))))
    passes.scatter(values, there, target)
    for row, value in zip(there, values, strict=True):
        expected[row] = value
    assert list(target) == expected


@each_kind
@given(column=columns, copies=st.integers(1, 3))
def test_sorting_keeps_equals_in_their_order(passes: ModuleType, column: array[int], copies: int) -> None:
    nodes = array("I", range(len(column))) * copies
    expected = sorted(nodes, key=lambda node: -column[node])
    assert passes.sort(nodes, column) == len(nodes)
    assert list(nodes) == expected


@each_kind
@given(st.lists(st.tuples(st.integers(0, 3) | numbers, st.integers(0, 2), st.booleans()), max_size=60))
def test_different_pairs_get_numbers(passes: ModuleType, rows: list[tuple[int, int, bool]]) -> None:
    one, other = array("Q", (row[0] for row in rows)), u32(*(row[1] for row in rows))
    marks = bytes(row[2] for row in rows)
    number, first = kernels.column("I", len(rows)), kernels.column("I", len(rows))
    count = passes.distinct(one, other, marks, number, first)
    known: dict[tuple[int, int], int] = {}
    expected = [known.setdefault(row[:2], len(known)) if row[2] else NONE for row in rows]
    assert list(number) == expected
    assert list(first[:count]) == [expected.index(each) for each in range(len(known))]


@each_kind
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 1 << 40)), max_size=40))
def test_sums_by_group(passes: ModuleType, nodes: list[tuple[int, int]]) -> None:
    group, values = u32(*(each[0] for each in nodes)), array("Q", (each[1] for each in nodes))
    listed = array("I", range(0, len(nodes), 2))
    counts, sums, most = (kernels.column("Q", 3) for _ in range(3))
    passes.sum_by(listed, group, values, counts, sums, most)
    for row in range(3):
        inside = [values[node] for node in listed if group[node] == row]
        assert (counts[row], sums[row], most[row]) == (len(inside), sum(inside), max(inside, default=0))


@each_kind
def test_weights_look_large_sizes_up(passes: ModuleType) -> None:
    total = array("Q", [0])
    passes.weigh(u32(0, 2, 3, 2), u32(5, 7, NONE, NONE), u32(2, 3), array("Q", (1 << 40, 1 << 33)), total)
    assert total[0] == 5 + 2 * (1 << 40) + (1 << 33)


@each_kind
@given(
    strings=st.lists(st.text("aäb\U0001f600\ud800", max_size=5), max_size=12),
    wanted=st.text("aäb\U0001f600", max_size=3),
)
def test_texts_by_their_bytes(passes: ModuleType, strings: list[str], wanted: str) -> None:
    encoded = [text.encode("utf-8", "surrogatepass") for text in strings]
    start = array("Q", [0])
    for each in encoded:
        start.append(start[-1] + len(each))
    content, text = array("B", b"".join(encoded)), wanted.encode()
    expected: list[Callable[[str], bool]] = [
        lambda each: each == wanted,
        lambda each: each < wanted,
        lambda each: wanted in each,
        lambda each: each.startswith(wanted),
    ]
    for how, is_so in enumerate(expected):
        marks = kernels.column("B", len(strings))
        assert passes.texts(start, content, text, bytes([how]), marks) == sum(map(is_so, strings))
        assert list(marks) == list(map(is_so, strings))


WRONG: dict[str, list[object]] = {
    "within": [u32(1), array("Q", [1]), bytearray(1)],
    "at_most": [u32(1), u32(), bytearray(1)],
    "gather": [u32(1), u32(1), u32(0)],
    "scatter": [u32(1), u32(1), u32(0)],
    "select": [b"\1\1", u32(0)],
    "inherit": [u32(0, 0), bytearray(1)],
    "pick": [u32(2), u32(1), array("Q", [0, 1]), u32(0)],
    "weigh": [u32(2), u32(1), u32(), array("Q"), array("Q", [0])],
    "sum_by": [u32(2), u32(1), u32(1), *(array("Q", [0]) for _ in range(3))],
    "sort": [u32(3), u32(1)],
    "distinct": [u32(3), u32(), b"\1", u32(0), u32(0)],
    "children": [u32(9), u32(1, 2), u32(0, 1), u32(0)],
    "components": [u32(0, 1), u32(4), b"\4", u32(0), u32(0, 0)],
    "texts": [array("Q", [0, 9]), b"abc", b"a", b"\0", bytearray(1)],
}


@each_kind
@pytest.mark.parametrize("name", WRONG)
def test_wrong_columns_are_refused(passes: ModuleType, name: str) -> None:
    with pytest.raises(ValueError):
        getattr(passes, name)(*(each[:] if isinstance(each, array) else each for each in WRONG[name]))


def ring(path: Path, count: int = 3000) -> Path:
    """Write garbage: one cycle."""
    builder = Builder()
    nodes = [builder.node("shop.Node", value=number % 7) for number in range(count)]
    for before, after in zip(nodes, [*nodes[1:], nodes[0]], strict=True):
        builder.edge(before, after, ITEM, 0)
    return builder.write(path)


@each_kind
def test_a_pass_ends_when_it_is_cancelled(passes: ModuleType, tmp_path: Path) -> None:
    graph = Graph(load(ring(tmp_path / "ring.heapsight")), passes)
    snapshot, nodes = graph.snapshot, graph.nodes
    parts = (snapshot.edge_start, snapshot.edge_to)

    def rows() -> array[int]:
        return kernels.column("I", nodes)

    sizes = (snapshot.node_size, snapshot.large_node, snapshot.large_size)
    whole = [array("Q", bytes(8 * (nodes + 1))), array("I", bytes(4 * (nodes + 1)))]
    graph.analyse()
    calls: dict[str, tuple[object, ...]] = {
        "reverse": (*parts, kernels.column("I", nodes + 1), kernels.column("I", snapshot.edges)),
        "search": (*parts, u32(0), b"\1", kernels.column("B", nodes), rows(), rows()),
        "sources": (*parts, kernels.column("B", nodes), rows()),
        "dominators": (*parts, *graph.reverse, graph.reach, u32(0), rows(), rows()),
        "totals": (graph.dominator, graph.order, *sizes, *whole, rows(), rows()),
        "components": (*parts, graph.reach, rows(), kernels.column("I", nodes + 1)),
        "sort": (rows(), snapshot.node_size),
        "inherit": (rows(), kernels.column("B", nodes)),
        "within": (snapshot.node_size, array("Q", [0, 9]), kernels.column("B", nodes)),
        "distinct": (snapshot.node_size, snapshot.node_type, bytes(nodes), rows(), rows()),
    }
    for name, columns in calls.items():
        with pytest.raises(InterruptedError):
            getattr(passes, name)(*columns, b"\1")


@pytest.mark.skipif(kernels.native is None, reason="not built")
def test_another_thread_cancels_a_native_pass() -> None:
    assert kernels.native is not None
    count = 2_000_000
    column, marks, cancel = array("Q", range(count)), kernels.column("B", count), bytearray(1)
    ended = threading.Event()

    def set_it() -> None:
        cancel[0] = 1
        ended.set()

    thread = threading.Thread(target=set_it)
    thread.start()
    with pytest.raises(InterruptedError):
        while True:
            kernels.native.within(column, array("Q", (0, count)), marks, cancel)
    thread.join()
    assert ended.is_set()


@each_kind
def test_a_cancelled_graph_can_be_asked_again(passes: ModuleType, tmp_path: Path) -> None:
    graph = Graph(load(ring(tmp_path / "ring.heapsight")), passes)
    graph.progress.cancelled[0] = 1
    with pytest.raises(Cancelled):
        graph.analyse()
    graph.progress.cancelled[0] = 0
    graph.analyse()
    assert len(graph.unreachable) == graph.nodes
