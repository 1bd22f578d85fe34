"""Which objects of a group were not there in an earlier snapshot of the same process.

By address and type: an object at an address where none of its type was is new for certain. The other way round nothing
is certain. Memory is used again, mostly by objects of the same type, so some of those that look as if they had been
there are new as well; what they are worth (texts, numbers) tells some of these. Fewer are found than there are, and
never one too many. Addresses of another process mean nothing.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass

from . import selection, types
from .graph import Graph
from .loading import Snapshot
from .places import below

# Of these a value is for ever.
_UNCHANGING = frozenset(("str", "bytes", "int", "float", "complex"))


@dataclass(frozen=True)
class Newcomers:
    """nodes: the new objects, ascending; objects: how many the group has, new or not.

    same_process: whether both snapshots are of one process. Otherwise all objects of the group are listed.
    """

    nodes: array[int]
    objects: int
    same_process: bool


def newcomers(before: Graph, after: Graph, key: str, group_by: str = "type") -> Newcomers:
    """Return the objects of a group in `after` that were not there in `before`.

    key, group_by: as `comparing.compare` has them. ValueError for a wrong group_by.
    """
    nodes = _group(before, after, key, group_by)
    if not is_same_process(before.snapshot, after.snapshot):
        return Newcomers(nodes, len(nodes), same_process=False)
    known = _Known(before, after, {after.snapshot.node_type[node] for node in nodes})
    found = after.progress.through(nodes, "Searching new objects", len(nodes))
    return Newcomers(array("I", (node for node in found if not known.has(node))), len(nodes), same_process=True)


def is_same_process(one: Snapshot, other: Snapshot) -> bool:
    """Say whether two snapshots are of one process, by what they say about it."""
    return all(one.meta.get(key) == other.meta.get(key) for key in ("pid", "argv", "python", "platform"))


def _group(before: Graph, after: Graph, key: str, group_by: str) -> array[int]:
    if group_by == "dominator":
        return below(after, key, [before])
    return array("I", sorted(types.instances(after, key, group_by)))


class _Known:
    """The objects of some types that an earlier snapshot has, by their addresses."""

    def __init__(self, before: Graph, after: Graph, rows: set[int]) -> None:
        self._old, self._new = before.snapshot, after.snapshot
        self._has_hashes = len({each.meta.get("capture") == "python" for each in (self._old, self._new)}) == 1
        by_name = {after.snapshot.types[row].name: row for row in rows}
        self._unchanging = {row for name, row in by_name.items() if name in _UNCHANGING}
        self._at: dict[int, dict[int, int]] = {row: {} for row in rows}
        wanted = array("B", (each.name in by_name for each in self._old.types))
        marks = selection.looked_up(before, wanted, self._old.node_type)
        nodes = selection.listed(before, marks)
        into = [self._at.get(by_name.get(each.name, -1), {}) for each in self._old.types]
        for node in after.progress.through(nodes, "Searching new objects", len(nodes)):
            into[self._old.node_type[node]][self._old.node_address[node]] = node

    def has(self, node: int) -> bool:
        """Say whether an object of the later snapshot seems to have been there."""
        row = self._new.node_type[node]
        was = self._at[row].get(self._new.node_address[node])
        if was is None:
            return False
        if row not in self._unchanging or not self._has_hashes:
            return True
        old, new = _hash(self._old, was), _hash(self._new, node)
        return old is None or new is None or old == new


def _hash(snapshot: Snapshot, node: int) -> int | None:
    row = bisect_left(snapshot.value_node, node)
    has_row = row < len(snapshot.value_node) and snapshot.value_node[row] == node
    return snapshot.value_hash[row] if has_row and row < len(snapshot.value_hash) else None
