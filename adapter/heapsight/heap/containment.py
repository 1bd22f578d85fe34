"""The dominator tree, level by level: what each object keeps alive."""

from __future__ import annotations

from .graph import Graph


def dominated(graph: Graph, node: int | None = None) -> list[int]:
    """Return what a node dominates immediately, most retained first. None: what nobody dominates."""
    retained = graph.retained
    return sorted(graph.dominated(graph.nodes if node is None else node), key=lambda each: (-retained[each], each))


def dominators(graph: Graph, node: int) -> list[int]:
    """Return the dominators of a node, nearest first, without the virtual root."""
    found = []
    while (node := graph.dominator[node]) != graph.nodes:
        found.append(node)
    return found
