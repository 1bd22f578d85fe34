"""The heap by type, module, package or allocation site.

A group's retained size is what would go away with all of its objects: of those that another one of the group dominates
the size is in the other's already, so each part of the dominator tree counts once. Heapsight's own objects, threads and
frames are in no group.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass

from . import selection
from .graph import Graph
from .loading import NONE
from .passes import kernels

GROUPINGS = ("type", "module", "package", "site")
UNTRACED = "(not traced)"


@dataclass(frozen=True)
class GroupRow:
    """A group of objects. key: what `instances` and `compare` know it by; sizes in bytes."""

    key: str
    name: str
    count: int
    shallow: int
    retained: int


_ORDERS: dict[str, Callable[[GroupRow], object]] = {
    "retained": lambda row: (-row.retained, row.name),
    "shallow": lambda row: (-row.shallow, row.name),
    "count": lambda row: (-row.count, row.name),
    "name": lambda row: row.name,
}
ORDERS = tuple(_ORDERS)


@dataclass(frozen=True)
class Groups:
    """Which group each node is in: a row of `names`, NONE for none."""

    of_node: array[int]
    names: list[str]


def groups(graph: Graph, by: str = "type", only: str = "") -> Groups:
    """Return the groups of all nodes, or of the objects of one type. by: one of GROUPINGS; only: as `is_called` has it.

    ValueError for another grouping, and for a type that no object has.
    """
    if by not in GROUPINGS:
        raise ValueError(f"objects cannot be grouped by {by}: {', '.join(GROUPINGS)}")
    found = _by_site(graph) if by == "site" else _by_type(graph, by)
    if only:
        _leave_out_others(graph, only, found.of_node)
    return found


def is_called(name: str, wanted: str) -> bool:
    """Say whether a type is meant: by its name, or by that without its module, as in a query."""
    return wanted in {name, name.rpartition(".")[2]}


def _leave_out_others(graph: Graph, only: str, of_node: array[int]) -> None:
    snapshot = graph.snapshot
    table = array("B", (not is_called(row.name, only) for row in snapshot.types))
    if all(table):
        raise ValueError(f"there is no type {only!r}")
    others = selection.listed(graph, selection.looked_up(graph, table, snapshot.node_type))
    selection.put(graph, array("I", [NONE]) * len(others), others, of_node)


def _by_type(graph: Graph, by: str) -> Groups:
    names: dict[str, int] = {}
    snapshot = graph.snapshot
    table = array("I", (names.setdefault(_name_of(row.name, row.module, by), len(names)) for row in snapshot.types))
    of_node = kernels.column("I", graph.nodes)
    graph.run("assign", snapshot.node_type, table, graph.reach, snapshot.node_flags, of_node)
    return Groups(of_node, list(names))


def _name_of(name: str, module: str, by: str) -> str:
    if by == "type":
        return name
    module = module or "builtins"
    return module if by == "module" else module.partition(".")[0]


def _by_site(graph: Graph) -> Groups:
    snapshot = graph.snapshot
    nodes, traces = snapshot.site_columns
    names = {UNTRACED: 0}
    of_trace = array("I")
    for trace in range(max(traces, default=-1) + 1):
        places = snapshot.trace(trace)
        text = f"{places[0].file}:{places[0].line}" if places else UNTRACED
        of_trace.append(names.setdefault(text, len(names)))
    site = kernels.column("I", graph.nodes)
    selection.put(graph, selection.looked_up(graph, of_trace, traces), nodes, site)
    of_node = kernels.column("I", graph.nodes)
    graph.run("assign", site, array("I", range(len(names))), graph.reach, snapshot.node_flags, of_node)
    return Groups(of_node, list(names))


def group(graph: Graph, by: str = "type", sort_by: str = "retained", text: str = "", only: str = "") -> list[GroupRow]:
    """Return the groups that have objects. sort_by: one of ORDERS; text: what names have to contain, in any case.

    only: a type; then of its objects alone, as "where were they allocated" asks. ValueError as of `groups`.
    """
    if sort_by not in _ORDERS:
        raise ValueError(f"groups cannot be sorted by {sort_by}: {', '.join(_ORDERS)}")
    found = sums(graph, groups(graph, by, only))
    text = text.lower()
    return sorted((row for row in found if text in row.name.lower()), key=_ORDERS[sort_by])  # type: ignore[arg-type]


def sums(graph: Graph, found: Groups) -> list[GroupRow]:
    """Return the sums of groups, without empty ones, in their order."""
    snapshot, totals = graph.snapshot, graph.totals
    counts, shallow, retained = (kernels.column("Q", len(found.names)) for _ in range(3))
    sizes = (snapshot.node_size, snapshot.large_node, snapshot.large_size)
    graph.progress("Adding up groups", 0.5)
    graph.run("groups", found.of_node, *sizes, totals.retained, totals.count, totals.tree, counts, shallow, retained)
    rows = zip(found.names, counts, shallow, retained, strict=True)
    return [GroupRow(name, name, *values) for name, *values in rows if values[0]]


def instances(graph: Graph, key: str, by: str = "type", only: str = "") -> array[int]:
    """Return the nodes of a group, most retained first; none where there is no such group. only: as of `group`."""
    graph.progress("Searching objects", 0.2)
    found = groups(graph, by, only)
    if key not in found.names:
        return array("I")
    wanted = found.names.index(key)
    nodes = selection.listed(graph, selection.within(graph, found.of_node, wanted, wanted))
    return selection.by_retained(graph, nodes)
