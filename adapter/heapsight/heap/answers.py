"""Answers about single objects, as they go over the wire (docs/protocol.md)."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from . import arguments as read
from . import selection
from .arguments import Arguments
from .containment import dominated as dominated_by
from .cycles import label_text
from .files import OpenFile
from .graph import Edge, Graph
from .loading import NONE, TRACKED
from .paths import Path, path, root_of
from .texts import describe

Body = dict[str, Any]
# The kinds of references, as they are told.
_KINDS = ("attribute", "item", "value", "key", "member", "local", "type", "stack", "internal", "frame")
# A path of more steps is told by both its ends.
_LONGEST_PATH = 1000

ORDERS: dict[str, Callable[[Graph, array[int]], array[int]]] = {
    "retained": selection.by_retained,
    "size": selection.by_size,
    "type": selection.by_type,
    "node": lambda graph, nodes: nodes,
}


def object_row(graph: Graph, node: int) -> Body:
    """Return an object in a few words."""
    snapshot = graph.snapshot
    row: Body = {
        "node": node,
        "type": snapshot.type_of(node).name,
        "size": snapshot.size(node),
        "retained": graph.retained[node],
        "text": describe(graph, node),
    }
    if snapshot.node_length[node] != NONE:
        row["length"] = snapshot.node_length[node]
    name = snapshot.name(node)
    if name is not None:
        row["name"] = name
    return row


def object_page(graph: Graph, nodes: Sequence[int], arguments: Arguments) -> Body:
    """Return the rows of a page of `nodes`."""
    start, count = read.page(arguments)
    return {"rows": [object_row(graph, node) for node in nodes[start : start + count]], "total": len(nodes)}


def sorted_nodes(graph: Graph, nodes: array[int], arguments: Arguments) -> array[int]:
    """Return `nodes`, which may be put in order themselves, in the order that is wanted."""
    order = ORDERS[read.choice(arguments, "sortBy", tuple(ORDERS))]
    graph.progress("Sorting", 0.8)
    return order(graph, array("I", sorted(nodes)))


def describe_object(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `object`."""
    graph = opened.graph
    snapshot, node = opened.snapshot, read.number(arguments, "node", below=graph.nodes)
    refcount, dominator = snapshot.node_refcount[node], graph.dominator[node]
    found = {
        **object_row(graph, node),
        "address": snapshot.node_address[node],
        "refcount": None if refcount == NONE else refcount,
        "immortal": refcount == NONE,
        "tracked": bool(snapshot.node_flags[node] & TRACKED),
        "path": path(graph, node).expression,
        "native": graph.native_count[node],
    }
    if dominator != graph.nodes:
        found["dominator"] = dominator
    place, value, site = snapshot.place(node), snapshot.value(node), snapshot.site(node)
    if place is not None:
        found["place"] = {"path": place.file, "line": place.line}
    if value is not None:
        found["value"] = value
    if site:
        found["site"] = "\n".join(f"{each.file}:{each.line}" for each in site)
    return found


def references(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `references`."""
    graph = opened.graph
    node = read.number(arguments, "node", below=graph.nodes)
    start = opened.snapshot.edge_start
    rows = (_linked(graph, edge, edge.to) for edge in _page_of(graph.references(node), arguments))
    return {"rows": list(rows), "total": start[node + 1] - start[node]}


def referrers(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `referrers`."""
    graph = opened.graph
    node = read.number(arguments, "node", below=graph.nodes)
    rows = (_linked(graph, edge, edge.holder) for edge in _page_of(graph.referrers(node), arguments))
    return {"rows": list(rows), "total": len(graph.holders(node))}


def dominated(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `dominated`; without a node: what nothing dominates, and how much is left out as Heapsight's own."""
    graph = opened.graph
    node = read.number(arguments, "node", below=graph.nodes) if arguments.get("node") is not None else None
    found = opened.once(("dominated", node), lambda: dominated_by(graph, node))
    start, count = read.page(arguments)
    rows = [_dominated_row(graph, each, node) for each in found[start : start + count]]
    body: Body = {"rows": rows, "total": len(found)}
    if node is None:
        body["own"] = {"bytes": graph.bytes_of(graph.own), "objects": len(graph.own)}
    return body


def path_to(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `path`. Of a path with very many steps, the ones in the middle are left out and counted."""
    graph = opened.graph
    node = read.number(arguments, "node", below=graph.nodes)
    longest = min(read.number(arguments, "count", 0) or _LONGEST_PATH, _LONGEST_PATH)
    return path_body(path(graph, node), longest)


def path_body(found: Path, longest: int = _LONGEST_PATH) -> Body:
    """Return a path, of at most `longest` steps."""
    steps, omitted = found.steps, max(0, len(found.steps) - max(2, longest))
    first = (len(steps) - omitted) // 2
    body: Body = {
        "steps": [asdict(step) for step in (*steps[:first], *steps[first + omitted :])],
        "expression": found.expression,
        "root": found.root_kind,
        "pasteable": found.pasteable,
    }
    if omitted:
        body["omitted"] = {"after": first, "count": omitted}
    return body


def _page_of(edges: Iterable[Edge], arguments: Arguments) -> Iterable[Edge]:
    start, count = read.page(arguments)
    return islice(edges, start, start + count)


def _linked(graph: Graph, edge: Edge, node: int) -> Body:
    kind = _KINDS[edge.kind] if edge.kind < len(_KINDS) else "internal"
    return {**object_row(graph, node), "label": label_text(graph, edge), "kind": kind}


def _dominated_row(graph: Graph, node: int, dominator: int | None) -> Body:
    """Return the row of a dominated object. It has a label where its dominator refers to it."""
    if dominator is None:
        kind, text, _ = root_of(graph, node) if graph.parent[node] == NONE else ("", "", False)
        return {**object_row(graph, node), "label": text, "kind": kind}
    if graph.parent[node] == dominator:
        return _linked(graph, graph.edge(dominator, graph.reached.edge[node]), node)
    return {**object_row(graph, node), "label": "", "kind": ""}
