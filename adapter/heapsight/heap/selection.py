"""Sets of objects: as marks (a byte for each object, 1 for those of the set), and as lists; sums, and orders of lists.

All of them go over every object in the passes, so none of them costs more than a moment.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

from .graph import Graph
from .loading import NONE
from .passes import kernels
from .passes.python import BY_OWN

_HIGHEST = (1 << 64) - 1
_OPPOSITE = bytes([1]) + bytes(255)

Column = Union["array[int]", bytes, bytearray, memoryview]
Marks = Union[bytes, bytearray, "array[int]"]


def within(graph: Graph, numbers: Column, low: int, high: int = _HIGHEST) -> array[int]:
    """Return marks of the rows of `numbers` from `low` to `high`, both included."""
    marks = kernels.column("B", len(numbers))
    graph.run("within", numbers, _bounds(low, high), marks)
    return marks


def complement(marks: Marks) -> bytes:
    """Return marks of all rows that have none."""
    return bytes(marks).translate(_OPPOSITE)


def _bounds(low: int, high: int) -> array[int]:
    low, high = max(low, 0), min(high, _HIGHEST)
    return array("Q", (low, high) if low <= high else (1, 0))


def looked_up(graph: Graph, table: array[int], rows: array[int]) -> array[int]:
    """Return `table[row]` for each of the rows, 0 for NONE. Raises SnapshotError for a row that is not there."""
    found = kernels.column(table.typecode, len(rows))
    graph.run("gather", table, rows, found)
    return found


def put(graph: Graph, values: array[int], rows: array[int], target: array[int]) -> None:
    """Write each value into its row of `target`."""
    graph.run("scatter", values, rows, target)


def both(one: Marks, other: Marks) -> bytes:
    """Return the marks that are in both."""
    return (int.from_bytes(one, "little") & int.from_bytes(other, "little")).to_bytes(len(one), "little")


def either(one: Marks, other: Marks) -> bytes:
    """Return the marks that are in one of them."""
    return (int.from_bytes(one, "little") | int.from_bytes(other, "little")).to_bytes(len(one), "little")


def without(one: Marks, other: Marks) -> bytes:
    """Return the marks of one that the other does not have."""
    return both(one, complement(other))


def program(graph: Graph) -> bytes:
    """Return the marks of all objects but Heapsight's own."""
    return graph.reach.tobytes().translate(bytes(number != BY_OWN for number in range(256)))


def at_most(graph: Graph, one: array[int], other: array[int]) -> array[int]:
    """Return marks of the rows where a number is not above the other one."""
    marks = kernels.column("B", len(one))
    graph.run("at_most", one, other, marks)
    return marks


def listed(graph: Graph, marks: Marks) -> array[int]:
    """Return the marked rows, ascending."""
    found = kernels.column("I", len(marks))
    return found[: graph.run("select", marks, found)]


def picked(graph: Graph, nodes: array[int], numbers: Column, low: int, high: int = _HIGHEST) -> array[int]:
    """Return those of `nodes` whose `numbers` are from `low` to `high`, both included, in their order."""
    found = kernels.column("I", len(nodes))
    return found[: graph.run("pick", nodes, numbers, _bounds(low, high), found)]


def sizes(graph: Graph) -> array[int]:
    """Return the shallow sizes of all objects; a copy in eight bytes each where one needs more than four."""
    snapshot = graph.snapshot
    if not len(snapshot.large_node):
        return snapshot.node_size
    found = array("Q", snapshot.node_size)
    for node, size in zip(snapshot.large_node, snapshot.large_size, strict=True):
        found[node] = size if snapshot.node_size[node] == NONE else snapshot.node_size[node]
    return found


def sort(graph: Graph, nodes: array[int], numbers: Column) -> array[int]:
    """Put `nodes` in the order of their `numbers`, greatest first, equals as they were; return them."""
    graph.run("sort", nodes, numbers)
    return nodes


def by_retained(graph: Graph, nodes: array[int]) -> array[int]:
    """Put `nodes`, which ascend, in order: most retained first; return them."""
    return sort(graph, nodes, graph.retained)


def by_size(graph: Graph, nodes: array[int]) -> array[int]:
    """Put `nodes`, which ascend, in order: largest first; return them."""
    return sort(graph, nodes, sizes(graph))


def by_type(graph: Graph, nodes: array[int]) -> array[int]:
    """Put `nodes`, which ascend, in order: by the names of their types, most retained first; return them."""
    names = [row.name for row in graph.snapshot.types]
    rank = {name: number for number, name in enumerate(sorted(set(names), reverse=True))}
    ranks = looked_up(graph, array("I", (rank[name] for name in names)), graph.snapshot.node_type)
    return sort(graph, by_retained(graph, nodes), ranks)


@dataclass(frozen=True)
class Sums:
    """Of each group: how many nodes it has, the sum of their values, and the greatest of those."""

    counts: array[int]
    sums: array[int]
    most: array[int]


def sums(graph: Graph, nodes: Sequence[int], group: array[int], values: Column, groups: int) -> Sums:
    """Return the sums of the nodes' values. group, values: of every node; groups from `groups` on are left out."""
    found = Sums(*(kernels.column("Q", groups) for _ in range(3)))
    graph.run("sum_by", nodes, group, values, found.counts, found.sums, found.most)
    return found


@dataclass(frozen=True)
class Distinct:
    """Different pairs by number: of each row (NONE: not marked), and the row where each was first."""

    of_row: array[int]
    first: array[int]


def distinct(graph: Graph, one: array[int], other: array[int], marks: Marks) -> Distinct:
    """Return the different pairs `(one[row], other[row])` of the marked rows."""
    of_row, first = (kernels.column("I", len(one)) for _ in range(2))
    count = graph.run("distinct", one, other, marks, of_row, first)
    return Distinct(of_row, first[:count])


def most_common(graph: Graph, numbers: array[int]) -> tuple[int, int]:
    """Return which of some numbers, of which there is at least one, is there most often, and how often; the first."""
    found = distinct(graph, numbers, numbers, b"\1" * len(numbers))
    rows = array("I", range(len(numbers)))
    counts = sums(graph, rows, found.of_row, numbers, len(found.first)).counts
    row = max(range(len(counts)), key=counts.__getitem__)
    return numbers[found.first[row]], counts[row]


def children(graph: Graph, node: int) -> array[int]:
    """Return what a node dominates immediately, in the order of the tree; `nodes`: what nobody dominates."""
    totals = graph.totals
    first = totals.position[node] + 1 if node < graph.nodes else 0
    room = totals.count[node] - 1
    found = kernels.column("I", room)
    places = array("I", (first, first + room))
    return found[: graph.run("children", totals.tree, totals.count, places, found)]


def subtree(graph: Graph, node: int) -> array[int]:
    """Return a node and all that it dominates."""
    first = graph.totals.position[node]
    return graph.totals.tree[first : first + graph.totals.count[node]]
