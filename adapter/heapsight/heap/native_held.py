"""Objects that native code holds: their reference count is higher than their references and roots explain."""

from __future__ import annotations

from dataclasses import dataclass

from .graph import Graph
from .passes.python import BY_NATIVE, BY_OWN


@dataclass(frozen=True)
class NativeRow:
    """An object. count: references that are no reference of an object; only: whether nothing else reaches it."""

    node: int
    count: int
    only: bool


def native_held(graph: Graph, only: bool = True) -> list[NativeRow]:
    """Return what native code holds, most retained first. only: what nothing but native code reaches.

    Objects that something else reaches as well are many (what the interpreter keeps for itself), and seldom of
    interest.
    """
    reach, counts, retained = graph.reach, graph.native_count, graph.retained
    rows = [
        NativeRow(node, counts[node], reach[node] == BY_NATIVE)
        for node in graph.native_held
        if reach[node] == BY_NATIVE or (not only and reach[node] != BY_OWN)
    ]
    return sorted(rows, key=lambda row: (-retained[row.node], row.node))
