"""Garbage that has not been collected yet: objects that refer to each other in a circle, and that nothing else reaches.

What refers to itself by way of others is a strongly connected component (R. Tarjan, "Depth-First Search and Linear
Graph Algorithms", SIAM J. Comput. 1(2), 1972), found without recursion among the unreachable objects only.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, compress, repeat
from operator import ne, sub

from . import selection
from .graph import Edge, Graph
from .loading import ATTRIBUTE, INTERNAL, KEY, LOCAL, MEMBER, NONE, STACK, TYPE, VALUE
from .passes import kernels
from .paths import key_text
from .texts import counted, describe, short_type

_SHOWN_STEPS = 12
# Cycles whose circle is looked for, to tell which are alike: each takes some time.
_MOST_COMPARED = 10_000


@dataclass(frozen=True)
class CycleRow:
    """A component. nodes: those of it, ascending; objects and bytes: with what only it keeps; sentence: the circle."""

    nodes: list[int]
    objects: int
    bytes: int
    sentence: str


@dataclass(frozen=True)
class AlikeRow:
    """Cycles with the same sentence; objects and bytes: of all of them; nodes: of the largest."""

    sentence: str
    cycles: int
    objects: int
    bytes: int
    nodes: list[int]


class Cycles(Sequence[CycleRow]):
    """Rows, largest first, made as they are asked for."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        snapshot = graph.snapshot
        self._members, self._starts = kernels.column("I", graph.nodes), kernels.column("I", graph.nodes + 1)
        graph.progress("Searching cycles", 0.2)
        columns = (snapshot.edge_start, snapshot.edge_to, graph.reach)
        count = graph.run("components", *columns, self._members, self._starts)
        members = self._members[: self._starts[count]]
        numbers = array("I", chain.from_iterable(map(repeat, range(count), self._lengths(count))))
        self._component_of = array("I", [NONE]) * graph.nodes
        selection.put(graph, numbers, members, self._component_of)
        # What a component keeps is what its nodes retain that no other node of it dominates.
        dominators = selection.looked_up(graph, graph.dominator, members)
        outside = array("I", [NONE]) * (graph.nodes + 1)
        outside[: graph.nodes] = self._component_of
        above = selection.looked_up(graph, outside, dominators)
        tops = array("I", compress(members, map(ne, numbers, above)))
        kept = selection.sums(graph, tops, self._component_of, graph.retained, count)
        objects = selection.sums(graph, tops, self._component_of, graph.totals.count, count)
        self._bytes, self._objects = kept.sums, objects.sums
        self._rows = sorted(range(count), key=lambda row: (-kept.sums[row], min(self._nodes(row))))

    def _lengths(self, count: int) -> Iterator[int]:
        return map(sub, self._starts[1 : count + 1], self._starts[:count])

    def _nodes(self, component: int) -> array[int]:
        return self._members[self._starts[component] : self._starts[component + 1]]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int | slice) -> CycleRow | list[CycleRow]:  # type: ignore[override]
        if isinstance(index, slice):
            return list(map(self._row, self._rows[index]))
        return self._row(self._rows[index])

    def _row(self, component: int) -> CycleRow:
        nodes = sorted(self._nodes(component))
        sentence = _sentence(self._graph, nodes)
        return CycleRow(nodes, self._objects[component], self._bytes[component], sentence)

    def alike(self) -> list[AlikeRow]:
        """Return the cycles by their sentences, most bytes first; the smallest ones of very many are not compared."""
        groups: dict[str, list[int]] = {}
        compared, rest = self._rows[:_MOST_COMPARED], self._rows[_MOST_COMPARED:]
        for component in self._graph.progress.through(compared, "Comparing cycles", len(compared)):
            groups.setdefault(_sentence(self._graph, sorted(self._nodes(component))), []).append(component)
        if rest:
            groups["(smaller ones, not compared)"] = rest
        rows = [self._alike_row(sentence, components) for sentence, components in groups.items()]
        return sorted(rows, key=lambda row: -row.bytes)

    def _alike_row(self, sentence: str, components: list[int]) -> AlikeRow:
        objects, size = (sum(map(each.__getitem__, components)) for each in (self._objects, self._bytes))
        return AlikeRow(sentence, len(components), objects, size, sorted(self._nodes(components[0])))

    def containing(self, node: int) -> array[int]:
        """Return the nodes of the cycle that a node is in; empty where it is in none."""
        component = self._component_of[node]
        return array("I") if component == NONE else self._nodes(component)


def cycles(graph: Graph) -> Cycles:
    """Return the unreachable cycles, largest first; of cycles that others lead to, what is theirs alone."""
    return Cycles(graph)


def cycle_sentence(graph: Graph, node: int) -> str:
    """Return the shortest circle through an object, where it is in a cycle: `Node → .parent → Tree → …`."""
    nodes = sorted(cycles(graph).containing(node))
    return _sentence(graph, nodes) if nodes else describe(graph, node)


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
