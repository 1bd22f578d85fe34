"""Two snapshots or more of one program: what is new, what is gone, what has grown.

An address is no identity: many are used again. So objects are not matched one by one but counted by what does not
change: their type, where they were allocated, or the expression of what holds them (with `[…]` for indices and for keys
that are numbers, which do change). Which objects of a group were not there before is another question, and has a less
certain answer (`newcomers`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import types
from .graph import Graph
from .places import by_place

GROUPINGS = (*types.GROUPINGS, "dominator")
_NOTHING = types.GroupRow("", "", 0, 0, 0)


@dataclass(frozen=True)
class ChangeRow:
    """A group before and after; sizes in bytes: shallow ones, by dominator what the place retains."""

    key: str
    name: str
    count_before: int
    count_after: int
    size_before: int
    size_after: int
    retained_before: int
    retained_after: int

    @property
    def count_change(self) -> int:
        """Objects more."""
        return self.count_after - self.count_before

    @property
    def size_change(self) -> int:
        """Bytes more."""
        return self.size_after - self.size_before

    @property
    def retained_change(self) -> int:
        """Retained bytes more."""
        return self.retained_after - self.retained_before

    @property
    def is_changed(self) -> bool:
        """Whether there are more or fewer objects or bytes."""
        return bool(self.count_change or self.size_change)

    @property
    def change(self) -> str:
        """Return new, gone, grown, shrunk, or survived for what is as it was."""
        if not self.count_before:
            return "new"
        if not self.count_after:
            return "gone"
        change = self.size_change or self.count_change
        return "grown" if change > 0 else "shrunk" if change < 0 else "survived"


@dataclass(frozen=True)
class TrendRow:
    """A group in several snapshots, in their order. grows: it never shrinks, and is larger in the end than at first."""

    key: str
    name: str
    counts: list[int]
    sizes: list[int]
    retained: list[int]
    grows: bool

    @property
    def is_changed(self) -> bool:
        """Whether there are more or fewer objects or bytes in one snapshot than in another."""
        return len(set(self.sizes)) > 1 or len(set(self.counts)) > 1


_ORDERS: dict[str, Callable[[ChangeRow], tuple[object, ...]]] = {
    "sizeChange": lambda row: (-row.size_change, -row.count_change, row.name),
    "countChange": lambda row: (-row.count_change, -row.size_change, row.name),
    "retainedChange": lambda row: (-row.retained_change, row.name),
    "sizeAfter": lambda row: (-row.size_after, row.name),
    "countAfter": lambda row: (-row.count_after, row.name),
    "name": lambda row: (row.name,),
}
ORDERS = tuple(_ORDERS)


def compare(
    before: Graph, after: Graph, group_by: str = "type", sort_by: str = "sizeChange", text: str = ""
) -> list[ChangeRow]:
    """Return all groups of both snapshots. group_by: one of GROUPINGS; sort_by: one of ORDERS; ValueError for others.

    text: what names have to contain, in any case.
    """
    if sort_by not in _ORDERS:
        raise ValueError(f"changes cannot be sorted by {sort_by}: {', '.join(_ORDERS)}")
    old, new = _grouped((before, after), group_by)
    rows = []
    for key in old | new:
        was, has = old.get(key, _NOTHING), new.get(key, _NOTHING)
        if text.lower() in key.lower():
            values = (was.count, has.count, was.shallow, has.shallow, was.retained, has.retained)
            rows.append(ChangeRow(key, key, *values))
    return sorted(rows, key=_ORDERS[sort_by])


def compare_many(graphs: Sequence[Graph], group_by: str = "type", text: str = "") -> list[TrendRow]:
    """Return all groups of two snapshots or more, those that grow first, by how much larger they are in the end.

    text: what names have to contain, in any case. ValueError for a wrong group_by.
    """
    found = _grouped(graphs, group_by)
    rows = []
    for key in {key for each in found for key in each if text.lower() in key.lower()}:
        parts = [each.get(key, _NOTHING) for each in found]
        sizes, counts = [part.shallow for part in parts], [part.count for part in parts]
        rising = all(sizes[i] <= sizes[i + 1] for i in range(len(sizes) - 1))
        retained = [part.retained for part in parts]
        rows.append(TrendRow(key, key, counts, sizes, retained, rising and sizes[-1] > sizes[0]))
    return sorted(rows, key=lambda row: (not row.grows, row.sizes[0] - row.sizes[-1], row.name))


def _grouped(graphs: Sequence[Graph], by: str) -> list[dict[str, types.GroupRow]]:
    if by == "dominator":
        return by_place(graphs)
    return [{row.key: row for row in types.sums(graph, types.groups(graph, by))} for graph in graphs]
