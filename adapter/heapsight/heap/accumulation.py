"""Where in the dominator tree memory piles up.

The accumulation point is that of Eclipse MAT's leak report: from a dominator that keeps much, down the tree as long as
one child keeps most of what its parent keeps; where that ends, many things are kept by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from . import selection
from .graph import Edge, Graph
from .loading import ATTRIBUTE, NONE
from .passes.python import BY_OWN

# A child that keeps less of what its parent keeps is not where the rest is.
_MOST = 0.7
# So many objects of one type below each other are a chain, a linked list, and its head is the place.
_CHAIN = 50
_NAMESPACES = frozenset(("module", "<thread>", "<frame>"))


@dataclass(frozen=True)
class Kept:
    """The objects of one type that a node dominates immediately. type: a row of types; bytes are retained ones."""

    type: int
    count: int
    retained: int


def accumulation(graph: Graph, node: int) -> int:
    """Return the node where what `node` retains piles up; itself, where nothing below keeps most of it."""
    retained, types = graph.retained, graph.snapshot.node_type
    seen: Counter[int] = Counter()
    first: dict[int, int] = {}
    while True:
        kind = types[node]
        seen[kind] += 1
        first.setdefault(kind, node)
        if seen[kind] >= _CHAIN:
            return first[kind]
        child = graph.heaviest(node)
        if child is None or retained[child] < _MOST * retained[node]:
            return node
        node = child


def is_chain(graph: Graph, node: int) -> int:
    """Return how many objects of its type hang on a node, each below the one before it; 0 where that is no chain."""
    types = graph.snapshot.node_type
    kind, links, current = types[node], 1, node
    for _ in range(8 * _CHAIN):
        child = graph.heaviest(current)
        if child is None:
            return 0
        current = child
        links += types[current] == kind
        if links >= _CHAIN:
            return len(selection.picked(graph, selection.subtree(graph, node), types, kind, kind))
    return 0


def kept(graph: Graph, node: int) -> list[Kept]:
    """Return what a node dominates immediately, by type, most retained first."""
    types = len(graph.snapshot.types)
    sums = selection.sums(graph, selection.children(graph, node), graph.snapshot.node_type, graph.retained, types)
    found = [Kept(kind, sums.counts[kind], sums.sums[kind]) for kind in range(types) if sums.counts[kind]]
    return sorted(found, key=lambda each: (-each.retained, each.type))


def is_namespace(graph: Graph, node: int) -> bool:
    """Say whether a node is there to name things: a module, class, frame, thread, or the dict of one."""
    snapshot = graph.snapshot
    if snapshot.type_of(node).name in _NAMESPACES or is_class(graph, node):
        return True
    root = graph.root_rows.get(node)
    if root is not None and graph.parent[node] == NONE and graph.reach[node] != BY_OWN:
        return snapshot.type_of(node).name == "dict"  # `sys.modules`, `builtins` …
    return any(
        snapshot.type_of(edge.holder).name == "module" or is_class(graph, edge.holder)
        for edge in _attribute_holders(graph, node)
        if snapshot.strings[edge.label] == "__dict__"
    )


def _attribute_holders(graph: Graph, node: int) -> Iterator[Edge]:
    if graph.snapshot.type_of(node).name in {"dict", "mappingproxy"}:
        for position, edge in enumerate(graph.referrers(node)):
            if edge.kind == ATTRIBUTE:
                yield edge
            if position > 10_000:  # of a module with very many functions
                return


def is_class(graph: Graph, node: int) -> bool:
    """Say whether a node is a class, of whatever metaclass."""
    return graph.snapshot.type_of(node).name == "type" or node in graph.snapshot.classes
