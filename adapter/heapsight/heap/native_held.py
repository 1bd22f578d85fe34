"""Objects that native code holds: their reference count is higher than their references and roots explain."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from . import selection
from .graph import Graph
from .passes.python import BY_NATIVE, BY_PROGRAM


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
    graph.progress("Searching objects", 0.2)
    counts = graph.native_count
    nodes = selection.picked(graph, graph.native_held, graph.reach, BY_NATIVE, BY_NATIVE)
    if not only:
        nodes = array(
            "I", sorted(nodes + selection.picked(graph, graph.native_held, graph.reach, BY_PROGRAM, BY_PROGRAM))
        )
    return [
        NativeRow(node, counts[node], graph.reach[node] == BY_NATIVE) for node in selection.by_retained(graph, nodes)
    ]
