"""Equal values that are there several times: strings, bytes, numbers."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import sub

from . import selection
from .graph import Graph
from .loading import NONE
from .passes.python import BY_OWN

_SHOWN_NODES = 10


@dataclass(frozen=True)
class DuplicateRow:
    """Equal values. bytes: of all; wasted: of all but one; nodes: the first ten."""

    text: str
    type: str
    count: int
    bytes: int
    wasted: int
    nodes: list[int]


class Duplicates(Sequence[DuplicateRow]):
    """Rows, most wasted first, made as they are asked for. wasted: the bytes of all."""

    def __init__(self, graph: Graph, found: selection.Distinct, sums: selection.Sums) -> None:
        self._snapshot, self._first, self._sums = graph.snapshot, found.first, sums
        several = selection.listed(graph, selection.within(graph, sums.counts, 2))
        wasted = array("Q", map(sub, sums.sums, sums.most))
        self.wasted = sum(map(wasted.__getitem__, several))
        self._values = selection.sort(graph, several, wasted)
        # The nodes of each value, one value after the other: those of the last value first.
        nodes = graph.snapshot.value_node
        rows = selection.listed(graph, selection.within(graph, found.of_row, 0, NONE - 1))
        self._nodes = selection.looked_up(graph, nodes, selection.sort(graph, rows, found.of_row))
        self._ends = array("Q", accumulate(reversed(sums.counts)))

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, index: int | slice) -> DuplicateRow | list[DuplicateRow]:  # type: ignore[override]
        if isinstance(index, slice):
            return list(map(self._row, self._values[index]))
        return self._row(self._values[index])

    def _row(self, value: int) -> DuplicateRow:
        snapshot, sums, row = self._snapshot, self._sums, self._first[value]
        count, size = sums.counts[value], sums.sums[value]
        text = snapshot.strings[snapshot.value_text[row]]
        kind = snapshot.type_of(snapshot.value_node[row]).name
        first = self._ends[len(self._ends) - 1 - value] - count
        nodes = self._nodes[first : first + min(count, _SHOWN_NODES)].tolist()
        return DuplicateRow(text, kind, count, size, size - sums.most[value], nodes)


def duplicates(graph: Graph) -> Duplicates:
    """Return the values that more than one object has, most wasted first. Equal: the same hash and the same type."""
    snapshot = graph.snapshot
    nodes = snapshot.value_node
    graph.progress("Comparing values", 0.2)
    is_own = selection.within(graph, selection.looked_up(graph, graph.reach, nodes), BY_OWN, BY_OWN)
    types = selection.looked_up(graph, snapshot.node_type, nodes)
    rest = selection.without(b"\1" * len(nodes), is_own)
    found = selection.distinct(graph, snapshot.value_hash, types, rest)
    graph.progress("Adding up equal values", 0.6)
    sizes = selection.looked_up(graph, selection.sizes(graph), nodes)
    rows = array("I", range(len(nodes)))
    sums = selection.sums(graph, rows, found.of_row, sizes, len(found.first))
    return Duplicates(graph, found, sums)
