"""A file that does not hold together is an error with a text, wherever it is noticed, and never a crash."""

from __future__ import annotations

import random
from array import array
from pathlib import Path

import pytest

from heapsight.heap import comparing, cycles, duplicates, matching, native_held, paths, sparse, suspects, types
from heapsight.heap.graph import Graph
from heapsight.heap.loading import SnapshotError, load
from heapsight.heap.passes import kernels, python
from support.snapshots import ATTRIBUTE, ITEM, NONE, Builder

ALL_PASSES = [python] if kernels.native is None else [python, kernels.native]


def shop() -> Builder:
    builder = Builder()
    _, namespace = builder.module("shop", "/home/me/shop.py")
    history = builder.node("list", 500, length=3)
    builder.entry(namespace, "HISTORY", history)
    for position in range(3):
        builder.edge(history, order := builder.node("shop.Order", 100, name="one"), ITEM, position)
        builder.edge(order, builder.node("str", value="same"), ATTRIBUTE, "text")
        builder.site(order, ("shop.py", 7))
    one = builder.node("list")
    builder.edge(one, one, ITEM, 0)
    return builder


def ask_everything(path: Path) -> None:
    graph = Graph(load(path))
    graph.analyse()
    for by in types.GROUPINGS:
        types.group(graph, by)
    for node in range(graph.nodes):
        paths.path(graph, node)
    suspects.find(graph)
    duplicates.duplicates(graph)
    sparse.sparse(graph)
    cycles.cycles(graph)
    native_held.native_held(graph)
    comparing.compare(graph, graph, "dominator")
    matching.find(graph, "size > 0 and name != '' and text != '' and site != ''")


def test_a_whole_file_is_whole(tmp_path: Path) -> None:
    ask_everything(shop().write(tmp_path / "whole.heapsight"))


COLUMNS = [name for name, (_, values) in shop().columns().items() if values]


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("number", [1 << 30, NONE, 200])
def test_wrong_numbers_in_a_column(tmp_path: Path, name: str, number: int) -> None:
    """Put in anywhere: an answer or an error, nothing else."""
    form, values = shop().columns()[name]
    limit = {"u8": 255, "u32": NONE, "u64": (1 << 64) - 1}[form]
    for position in sorted({0, len(values) // 2, len(values) - 1}):
        wrong = [*values]
        wrong[position] = min(number, limit)
        path = shop().write(tmp_path / "wrong.heapsight", **{name.replace(".", "_", 1): (form, wrong)})
        try:
            ask_everything(path)
        except SnapshotError as error:
            assert str(error)


@pytest.mark.parametrize("name", ["edge_to", "root_node", "node_type"])
def test_a_node_that_is_not_there_is_noticed(tmp_path: Path, name: str) -> None:
    form, values = shop().columns()[name.replace("_", ".", 1)]
    path = shop().write(tmp_path / "wrong.heapsight", **{name: (form, [*values[:-1], 5000])})
    with pytest.raises(SnapshotError):
        ask_everything(path)


def test_random_bytes_changed(tmp_path: Path) -> None:
    whole = shop().write(tmp_path / "whole.heapsight").read_bytes()
    choose = random.Random(4)
    for _ in range(300):
        wrong = bytearray(whole)
        for _ in range(choose.randint(1, 4)):
            wrong[choose.randrange(len(wrong))] = choose.randrange(256)
        path = tmp_path / "wrong.heapsight"
        path.write_bytes(wrong[: choose.choice([len(wrong), choose.randrange(len(wrong))])])
        try:
            ask_everything(path)
        except SnapshotError as error:
            assert str(error)


def columns(*values: list[int]) -> list[array[int]]:
    return [array("I", each) for each in values]


@pytest.mark.parametrize("passes", ALL_PASSES, ids=lambda module: module.__name__)
@pytest.mark.parametrize(
    ("start", "to"),
    [([0, 2], [0]), ([0, 1, 0], [0]), ([1, 1], [0]), ([0, 1], [1]), ([0, 1], [NONE]), ([], []), ([0], [0])],
)
def test_a_wrong_graph_is_refused_by_each_pass(passes: object, start: list[int], to: list[int]) -> None:
    nodes = max(len(start) - 1, 0)
    rows = [0] * nodes
    reach = array("B", rows)
    graph = columns(start, to)
    calls = {
        "reverse": [*graph, *columns([0] * len(start), [0] * len(to))],
        "search": [*graph, *columns([]), array("B"), reach, *columns(rows, rows)],
        "sources": [*graph, reach, *columns(rows)],
        "dominators": [*graph, *graph, reach, *columns([], rows, rows)],
    }
    for name, arguments in calls.items():
        with pytest.raises(ValueError):
            getattr(passes, name)(*arguments)


@pytest.mark.skipif(kernels.native is None, reason="not built")
def test_what_is_no_column_is_refused() -> None:
    native = kernels.native
    assert native is not None
    for wrong in ([1, 2], "text", array("Q", [1]), None, b"bytes", memoryview(b"12345678")[1:5]):
        with pytest.raises((TypeError, BufferError, ValueError)):
            native.reverse(wrong, *columns([0], [0], [0]))
    with pytest.raises(TypeError):
        native.reverse()
    with pytest.raises((TypeError, BufferError)):
        native.reverse(*columns([0, 1], [0]), bytes(8), bytes(4))
    assert native.largest(array("Q", [1, 1 << 40])) == 1 << 40
    assert native.largest(array("I")) == 0
