"""Garbage that has not been collected yet: objects that refer to each other in a circle, and that nothing else reaches.

What refers to itself by way of others is a strongly connected component (R. Tarjan, "Depth-First Search and Linear
Graph Algorithms", SIAM J. Comput. 1(2), 1972), found without recursion among the unreachable objects only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from .graph import Edge, Graph
from .loading import ATTRIBUTE, INTERNAL, KEY, LOCAL, MEMBER, STACK, TYPE, VALUE
from .passes.python import BY_NOTHING
from .paths import key_text
from .texts import counted, describe, short_type

_SHOWN_STEPS = 12


@dataclass(frozen=True)
class CycleRow:
    """A component. nodes: those of it, ascending; objects and bytes: with what only it keeps; sentence: the circle."""

    nodes: list[int]
    objects: int
    bytes: int
    sentence: str


def cycles(graph: Graph) -> list[CycleRow]:
    """Return the unreachable cycles, largest first; of cycles that others lead to, what is theirs alone."""
    found = []
    for nodes in components(graph, list(graph.unreachable)):
        if len(nodes) > 1 or any(edge.to == nodes[0] for edge in graph.references(nodes[0])):
            members = set(nodes)
            tops = [node for node in nodes if graph.dominator[node] not in members]
            size = sum(graph.retained[node] for node in tops)
            objects = sum(graph.totals.count[node] for node in tops)
            found.append((size, objects, sorted(nodes)))
    found.sort(key=lambda each: (-each[0], each[2]))
    return [CycleRow(nodes, objects, size, _sentence(graph, nodes)) for size, objects, nodes in found]


def components(graph: Graph, nodes: list[int]) -> Iterator[list[int]]:
    """Yield the strongly connected components among the unreachable objects, those first that lead to no others."""
    start, to, reach = graph.snapshot.edge_start, graph.snapshot.edge_to, graph.reach
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    open_nodes: list[int] = []
    is_open: set[int] = set()
    for first in nodes:
        if first in number:
            continue
        walk = [(first, start[first])]
        number[first] = low[first] = len(number)
        open_nodes.append(first)
        is_open.add(first)
        while walk:
            node, cursor = walk.pop()
            if cursor < start[node + 1]:
                walk.append((node, cursor + 1))
                other = to[cursor]
                if reach[other] != BY_NOTHING:
                    continue
                if other not in number:
                    number[other] = low[other] = len(number)
                    open_nodes.append(other)
                    is_open.add(other)
                    walk.append((other, start[other]))
                elif other in is_open:
                    low[node] = min(low[node], number[other])
                continue
            if walk:
                holder = walk[-1][0]
                low[holder] = min(low[holder], low[node])
            if low[node] == number[node]:
                place = open_nodes.index(node) if len(open_nodes) < 64 else _last_index(open_nodes, node)
                component = open_nodes[place:]
                del open_nodes[place:]
                is_open.difference_update(component)
                yield component


def _last_index(nodes: list[int], node: int) -> int:
    place = len(nodes) - 1
    while nodes[place] != node:
        place -= 1
    return place


def cycle_sentence(graph: Graph, node: int) -> str:
    """Return the shortest circle through an object, or through one that it leads to: `Node → .parent → Tree → …`."""
    found = [nodes for nodes in components(graph, [node]) if _circle(graph, nodes[0], set(nodes))]
    nodes = next((nodes for nodes in found if node in nodes), found[0] if found else None)
    return _sentence(graph, nodes) if nodes is not None else describe(graph, node)


def _sentence(graph: Graph, nodes: list[int]) -> str:
    """Return a circle of a component, through an instance of a class rather than a container where there is one."""
    members = set(nodes)
    named = [node for node in nodes if "." in graph.snapshot.type_of(node).name]
    circle = _circle(graph, (named or nodes)[0], members)
    text = _text(graph, circle)
    return text if len(nodes) <= len(circle) else f"{text} ({counted(len(nodes), 'object')} in all)"


def _circle(graph: Graph, first: int, members: set[int]) -> list[Edge]:
    """Return the references of a shortest circle through a node; empty where there is none."""
    came: dict[int, Edge] = {}
    queue = deque([first])
    while queue:
        node = queue.popleft()
        for edge in graph.references(node):
            if edge.to == first:
                circle = [edge]
                while circle[-1].holder != first:
                    circle.append(came[circle[-1].holder])
                return circle[::-1]
            if edge.to in members and edge.to not in came:
                came[edge.to] = edge
                queue.append(edge.to)
    return []


def _text(graph: Graph, circle: list[Edge]) -> str:
    parts = []
    for position, edge in enumerate(circle):
        if position == _SHOWN_STEPS and len(circle) > _SHOWN_STEPS + 1:
            parts.append(f"… {len(circle) - _SHOWN_STEPS:,} more …")
            break
        parts += [short_type(graph.snapshot.type_of(edge.holder).name), label_text(graph, edge)]
    parts.append(short_type(graph.snapshot.type_of(circle[0].holder).name))
    return " → ".join(parts)


def label_text(graph: Graph, edge: Edge) -> str:
    """Return the name of a reference, as it stands behind its holder in an expression where that is possible."""
    strings, kind = graph.snapshot.strings, edge.kind
    if kind == VALUE:
        key = key_text(graph, edge.label)
        return f"[{key if key is not None else describe(graph, edge.label) if edge.label < graph.nodes else '?'}]"
    if kind == ATTRIBUTE:
        return f".{strings[edge.label]}"
    if kind in {KEY, MEMBER, TYPE}:
        return {KEY: "key", MEMBER: "member", TYPE: ".__class__"}[kind]
    if kind in {LOCAL, STACK, INTERNAL}:
        text = strings[edge.label] if edge.label < len(strings) else ""
        return f"local {text}" if kind == LOCAL else text or "internal"
    return f"[{edge.label}]"
