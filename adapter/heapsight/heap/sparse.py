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

from dataclasses import dataclass

from .graph import Graph
from .loading import NONE
from .passes.python import BY_OWN

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
    snapshot, reach = graph.snapshot, graph.reach
    kinds = {row: each.name for row, each in enumerate(snapshot.types) if each.name in _FULL}
    if not kinds or not _has_known_layout(str(snapshot.meta.get("python", ""))):
        return []
    rows = []
    lengths, sizes = snapshot.node_length, snapshot.node_size
    for node, row in enumerate(snapshot.node_type):
        if row not in kinds or sizes[node] < least or lengths[node] == NONE or reach[node] == BY_OWN:
            continue
        room = capacity(kinds[row], snapshot.size(node))
        if room is not None and lengths[node] * _FULL[kinds[row]] < room.items:
            wasted = (room.items - lengths[node]) * room.item_bytes
            if wasted >= least:
                rows.append(SparseRow(node, lengths[node], room.items, wasted))
    return sorted(rows, key=lambda each: (-each.wasted, each.node))


def _has_known_layout(version: str) -> bool:
    parts = version.split(".")
    return len(parts) >= 2 and parts[0] == "3" and parts[1][:2] in {"11", "12", "13"} and "t" not in parts[1]
