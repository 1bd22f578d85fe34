"""The same place in several snapshots: where memory piles up in one of them, looked up in the others by its path.

A place is an object that keeps much of a heap: an accumulation point, and those below it. Whether it is large enough
to be looked at differs from one snapshot to the next, so each is looked up in all others, however little it keeps
there: what has not grown must not look as if it had come from nothing.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from . import selection
from .accumulation import accumulation, is_namespace
from .graph import Edge, Graph
from .loading import ATTRIBUTE, FRAME, ITEM, LOCAL, NONE, PSEUDO, STACK, VALUE
from .loading import INTERNAL as INSIDE
from .passes import kernels
from .passes.python import BY_NATIVE, BY_NOTHING, BY_OWN
from .paths import key_text, path, path_edges, root_of
from .texts import describe
from .types import GroupRow

# What holds less than this share of the heap is not looked at on its own.
_LEAST_SHARE, _LEAST_BYTES, _MOST_PLACES = 0.001, 1000, 1000
# Deeper in a linked list a place is not looked for elsewhere: its path is not written out either.
_LONGEST_PATH = 200
_INDEX = re.compile(r"\[(-?\d+)\]")
_LINE = re.compile(r"( at [^:\s]+):\d+$")
_NAME = -1  # instead of a kind: an attribute or a name in a namespace, wherever the names are kept

Label = tuple[object, ...]


@dataclass(eq=False)
class _Trail:
    """What is looked for below an object: by label, and the places (numbers of them) that end here."""

    ends: list[int] = field(default_factory=list)
    below: dict[Label, _Trail] = field(default_factory=dict)


def by_place(graphs: Sequence[Graph]) -> list[dict[str, GroupRow]]:
    """Return, for each snapshot, what the places of all of them retain there; keys are `generalised` expressions.

    The objects of a key are those that are large enough in some snapshot, as far as they are there.
    """
    found: list[dict[str, set[int]]] = [{} for _ in graphs]
    for graph, own in zip(graphs, found, strict=True):
        places = _places(graph)
        keys = [generalised(path(graph, node).expression) for node in places]
        for key, node in zip(keys, places, strict=True):
            own.setdefault(key, set()).add(node)
        trails = _trails(graph, places)
        for other, there in zip(graphs, found, strict=True):
            if other is not graph:
                for number, node in _followed(other, trails):
                    there.setdefault(keys[number], set()).add(node)
    for key in _twins(found):
        for there in found:
            there.pop(key, None)
    return [_rows(graph, there) for graph, there in zip(graphs, found, strict=True)]


def below(graph: Graph, key: str, others: Sequence[Graph] = ()) -> array[int]:
    """Return the objects of a place and all that they dominate, ascending; none where there is no such place.

    others: snapshots in which it may be large enough to be a place, if it is not in this one.
    """
    nodes = [node for node in _places(graph) if generalised(path(graph, node).expression) == key]
    for other in others:
        there = [node for node in _places(other) if generalised(path(other, node).expression) == key]
        nodes += [node for _, node in _followed(graph, _trails(other, there))]
    marks = kernels.column("B", graph.nodes)
    flags = graph.snapshot.node_flags
    for node in set(nodes):
        subtree = selection.subtree(graph, node)
        selection.put(graph, array("B", b"\1" * len(subtree)), subtree, marks)
    return selection.picked(graph, selection.listed(graph, marks), flags, 0, PSEUDO - 1)


def generalised(expression: str) -> str:
    """Return an expression with `[…]` for each index, and without the line where a running function is."""
    return _LINE.sub(r"\1", _INDEX.sub("[…]", expression))


def _rows(graph: Graph, places: dict[str, set[int]]) -> dict[str, GroupRow]:
    count, retained = graph.totals.count, graph.retained
    rows = {}
    for key, nodes in places.items():
        size = sum(retained[node] for node in nodes)
        rows[key] = GroupRow(key, key, sum(count[node] for node in nodes), size, size)
    return rows


def _twins(found: Sequence[dict[str, set[int]]]) -> list[str]:
    """Return the keys of what is listed under another one already: an object has two paths of one length."""
    seen, twins = set(), []
    for key in sorted({key for each in found for key in each}, key=lambda key: (len(key), key)):
        objects = tuple(frozenset(each.get(key, ())) for each in found)
        if objects in seen:
            twins.append(key)
        seen.add(objects)
    return twins


# -- in one snapshot --------------------------------------------------------------------------------------------------


def _places(graph: Graph) -> list[int]:
    retained, reach = graph.retained, graph.reach
    least = max(_LEAST_BYTES, int(_LEAST_SHARE * graph.program_bytes))
    found: list[int] = []
    todo = [graph.nodes]
    while todo and len(found) < _MOST_PLACES:
        children = selection.children(graph, todo.pop())
        for node in graph.progress.through(selection.picked(graph, children, retained, least), "Comparing places", 0):
            if reach[node] in {BY_OWN, BY_NOTHING}:
                continue
            if is_namespace(graph, node):
                todo.append(node)
                continue
            place = accumulation(graph, node)
            found.append(place)
            if graph.totals.count[place] > 1:
                todo.append(place)
    return found


def _trails(graph: Graph, places: Sequence[int]) -> _Trail:
    """Return the paths to places, in one tree: each object on them is looked for once."""
    root = _Trail()
    for number, node in enumerate(places):
        edges = path_edges(graph, node)
        first = edges[0].holder if edges else node
        if len(edges) > _LONGEST_PATH or graph.reach[first] in {BY_NATIVE, BY_NOTHING}:
            continue
        labels = [_label(graph, edge) for edge in edges]
        trail = root.below.setdefault(_root(graph, first), _Trail())
        for label in _joined(labels):
            trail = trail.below.setdefault(label, _Trail())
        trail.ends.append(number)
    return root


def _joined(labels: Sequence[Label]) -> Iterator[Label]:
    """Yield labels, those of a namespace and of a name in it as one."""
    held: Label | None = None
    for label in labels:
        if held is not None and label[0] == VALUE and isinstance(label[1], str) and label[1][:1] in {"'", '"'}:
            held = None
            yield (_NAME, label[1][1:-1])
            continue
        if held is not None:
            yield held
        held = label if label == (_NAME, "__dict__") else None
        if held is None:
            yield label
    if held is not None:
        yield held


def _label(graph: Graph, edge: Edge) -> Label:
    """Return what a reference is called in every snapshot; one that has no name is like no other."""
    strings = graph.snapshot.strings
    if edge.kind == ATTRIBUTE:
        return (_NAME, strings[edge.label])
    if edge.kind == VALUE:
        return (VALUE, key_text(graph, edge.label))
    if edge.kind == ITEM:
        return (ITEM, edge.label)
    if edge.kind in {LOCAL, STACK, INSIDE}:
        return (edge.kind, strings[edge.label] if edge.label != NONE else "")
    if edge.kind == FRAME:
        return (FRAME, generalised(describe(graph, edge.to)))
    return (edge.kind,)


def _root(graph: Graph, node: int) -> Label:
    kind, text, _ = root_of(graph, node)
    return (kind, text)


# -- in another one ---------------------------------------------------------------------------------------------------


def _followed(graph: Graph, trails: _Trail) -> Iterator[tuple[int, int]]:
    """Yield the places that are there as well: their numbers, and the objects. Each holder is looked at once."""
    waiting = []
    for node in graph.root_rows if trails.below else ():
        trail = trails.below.get(_root(graph, node))
        if trail is not None and graph.reach[node] != BY_OWN:
            waiting.append((node, trail))
    while waiting:
        node, trail = waiting.pop()
        for number in trail.ends:
            yield number, node
        found = _linked(graph, node, trail) if trail.below else {}
        waiting += [(to, trail.below[label]) for label, to in found.items()]


def _linked(graph: Graph, holder: int, trail: _Trail) -> dict[Label, int]:
    """Return what a holder refers to by the labels that are wanted, also by a name in its `__dict__`."""
    found: dict[Label, int] = {}
    start = graph.snapshot.edge_start
    count = start[holder + 1] - start[holder]
    for edge in graph.progress.through(graph.references(holder), "Comparing places", count):
        label = _label(graph, edge)
        if label in trail.below:
            found.setdefault(label, edge.to)
        if label != (_NAME, "__dict__"):
            continue
        for each in graph.references(edge.to):
            text = key_text(graph, each.label) if each.kind == VALUE else None
            name: Label = (_NAME, text[1:-1] if text else None)
            if name in trail.below:  # a class's namespace has a `__dict__` too, which is another thing
                found.setdefault(name, each.to)
    return found
