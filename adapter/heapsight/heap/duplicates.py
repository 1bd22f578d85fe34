"""Equal values that are there several times: strings, bytes, numbers."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from . import selection
from .graph import Graph
from .passes import kernels
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
        is_several = selection.within(graph, sums.counts, 2)
        self._values = selection.listed(graph, is_several)
        # The rows of these values, one value after the other: those of the last value first.
        rows = selection.listed(graph, selection.looked_up(graph, is_several, found.of_row))
        self._rows = selection.sort(graph, rows, found.of_row)
        self._starts: dict[int, int] = {}
        start, wasted = 0, kernels.column("Q", len(sums.counts))
        for value in reversed(self._values):
            self._starts[value] = start
            start += sums.counts[value]
            wasted[value] = sums.sums[value] - sums.most[value]
        self.wasted = sum(wasted)
        selection.sort(graph, self._values, wasted)

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
        start = self._starts[value]
        rows = self._rows[start : start + min(count, _SHOWN_NODES)]
        nodes = [snapshot.value_node[each] for each in rows]
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
