"""Lists, dicts and sets with much more room than contents.

How much room there is follows from the size, on CPython 3.11 to 3.13 with pointers of 8 bytes (sizes with the
collector's header of 16 bytes, as `sys.getsizeof` has them):

- list: 56 + 8 × room.
- dict with a table of its own of 2**k slots: 64 + 32 + index + entry × room, with room = 2 × 2**k / 3, index = 2**k
  bytes below 256 slots, 2 × 2**k below 65,536, 4 × 2**k below 2**32, else 8 × 2**k, and an entry of 16 bytes where all
  keys are str, else 24. A dict that shares its keys with other instances has at most 30 values, and is left out with
  all other dicts up to that size (304).
- set and frozenset: 216, and 16 × slots where those are more than the 8 inside; room = 3 × slots / 5.

Growing leaves room behind, so that only what has more than growing explains is listed: a list that is less than half
full, a dict less than a quarter (it grows to 2 to 4 times its contents), a set less than a fifth.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from . import selection
from .graph import Graph

_FULL = {"list": 2, "dict": 4, "set": 5, "frozenset": 5}
LEAST_WASTED = 256
_LARGEST_SHARED_DICT = 304


@dataclass(frozen=True)
class Capacity:
    """Room for items, and the bytes that each one takes."""

    items: int
    item_bytes: int


@dataclass(frozen=True)
class SparseRow:
    """A container; wasted: bytes of the room that nothing is in."""

    node: int
    length: int
    capacity: int
    wasted: int


def _dict_capacities() -> dict[int, Capacity]:
    found: dict[int, Capacity] = {}
    for power in range(3, 40):
        slots = 1 << power
        index = slots << (0 if power < 8 else 1 if power < 16 else 2 if power < 32 else 3)
        room = 2 * slots // 3
        for entry in (16, 24):
            found.setdefault(64 + 32 + index + entry * room, Capacity(room, entry))
    return found


_DICTS = _dict_capacities()


def capacity(kind: str, size: int) -> Capacity | None:
    """Return the room in a list, dict, set or frozenset of so many bytes; None where it cannot be said."""
    if kind == "list" and size >= 56:
        return Capacity((size - 56) // 8, 8)
    if kind == "dict" and size > _LARGEST_SHARED_DICT:
        return _DICTS.get(size)
    if kind in {"set", "frozenset"} and size > 216:
        return Capacity((size - 216) // 16 * 3 // 5, 16)
    return None


def sparse(graph: Graph, least: int = LEAST_WASTED) -> list[SparseRow]:
    """Return the containers that waste at least so many bytes, most first.

    None where the formulas are not the file's.
    """
    snapshot = graph.snapshot
    kinds = array("B", (each.name in _FULL for each in snapshot.types))
    if not any(kinds) or not _has_known_layout(str(snapshot.meta.get("python", ""))):
        return []
    graph.progress("Searching containers", 0.2)
    of_kind = selection.looked_up(graph, kinds, snapshot.node_type)
    marks = selection.both(selection.program(graph), of_kind)
    marks = selection.both(marks, selection.within(graph, snapshot.node_size, least))
    # Which lengths are sparse follows from type and size, and there are few different ones of those.
    rooms = selection.distinct(graph, snapshot.node_size, snapshot.node_type, marks)
    most = [_most_items(graph, node, least) for node in rooms.first]
    can_be = selection.looked_up(graph, array("B", (each >= 0 for each in most)), rooms.of_row)
    limits = selection.looked_up(graph, array("I", (max(each, 0) for each in most)), rooms.of_row)
    marks = selection.both(selection.both(marks, can_be), selection.at_most(graph, snapshot.node_length, limits))
    nodes = selection.listed(graph, marks)
    rows = [_row(graph, node) for node in graph.progress.through(nodes, "Measuring containers", len(nodes))]
    return sorted(rows, key=lambda each: (-each.wasted, each.node))


def sparse_row(graph: Graph, node: int, least: int = LEAST_WASTED) -> SparseRow | None:
    """Return what a container wastes; None where that is less than `least`, or cannot be said."""
    snapshot = graph.snapshot
    if snapshot.type_of(node).name not in _FULL or not _has_known_layout(str(snapshot.meta.get("python", ""))):
        return None
    return _row(graph, node) if snapshot.node_length[node] <= _most_items(graph, node, least) else None


def _most_items(graph: Graph, node: int, least: int) -> int:
    """Return up to how many items a container of this type and size is sparse; -1: it never is."""
    room = _room(graph, node)
    if room is None:
        return -1
    kind = graph.snapshot.type_of(node).name
    return min((room.items - 1) // _FULL[kind], room.items - -(-least // room.item_bytes))


def _room(graph: Graph, node: int) -> Capacity | None:
    return capacity(graph.snapshot.type_of(node).name, graph.snapshot.size(node))


def _row(graph: Graph, node: int) -> SparseRow:
    room, length = _room(graph, node), graph.snapshot.node_length[node]
    assert room is not None
    return SparseRow(node, length, room.items, (room.items - length) * room.item_bytes)


def _has_known_layout(version: str) -> bool:
    parts = version.split(".")
    return len(parts) >= 2 and parts[0] == "3" and parts[1][:2] in {"11", "12", "13"} and "t" not in parts[1]
