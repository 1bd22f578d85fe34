"""The dominator tree, level by level: what each object keeps alive."""

from __future__ import annotations

from array import array

from . import selection
from .graph import Graph


def dominated(graph: Graph, node: int | None = None) -> array[int]:
    """Return what a node dominates immediately, most retained first.

    None: what nobody dominates, without Heapsight's own objects.
    """
    graph.progress("Searching objects", 0.2)
    found = selection.children(graph, graph.nodes if node is None else node)
    if node is None:
        found = selection.picked(graph, found, selection.program(graph), 1)
    return selection.by_retained(graph, array("I", sorted(found)))


def dominators(graph: Graph, node: int) -> list[int]:
    """Return the dominators of a node, nearest first, without the virtual root."""
    found = []
    while (node := graph.dominator[node]) != graph.nodes:
        found.append(node)
    return found
