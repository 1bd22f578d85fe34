"""Which objects have a path that begins with a text, contains it, or compares with it in another way.

A path is its holder's path with one step more, with few exceptions. So where a text begins or stands in paths is found
once, at the objects in whose step it is complete, and all that hangs on them has it too. Which objects these can be
follows from the words of the text: each step begins with a sign (`.x`, `[0]`, `<…>`), so a word stands in one step, and
the last two words in one or in two that follow each other. Only those are looked at, one by one.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from functools import cached_property

from . import selection
from .graph import Graph
from .loading import ATTRIBUTE, FRAME, ITEM, KEY, LOCAL, MEMBER, NONE, TYPE, VALUE
from .passes import kernels
from .paths import Expressions, root_of
from .queries import SIGNS
from .selection import Marks, both, either

# What may stand between two steps, be an escape, or stand for anything in a pattern; the rest stands in one step.
_SIGNS = re.compile(r"([^\w ]+)")
_CLASS = re.compile(r"\[[^\]]*\]")
# Which of them a step can begin with.
_BEGINNINGS = frozenset(".[<…")
# Steps that are the same text each time.
_FIXED = {TYPE: ".__class__", KEY: "<key>", MEMBER: "<member>"}
_NAMESPACE, _CELL = "__dict__", "cell_contents"
# What else Heapsight itself writes into paths.
_WORDS = "__class__ key member attribute evaluation stack inside steps frame at in local f_locals gi_frame cr_frame"

# Returns the marks of the snapshot's strings that contain a text.
StringsWith = Callable[[str], "array[int]"]


def matching(graph: Graph, operator: str, value: str, among: Marks, strings: StringsWith) -> bytes:
    """Return the marks of those of `among` whose path compares so with a text; of long paths, with the whole one.

    operator: one for texts, not `!=`.
    """
    steps = _Steps(graph, strings)
    if operator in {"contains", "startswith"}:
        return both(among, _having(steps, operator, value, among))
    piece = _piece(operator, value) if operator in {"==", "matches"} else ""
    if piece:
        marks = array("B", steps.with_word(piece))
        graph.run("inherit", graph.parent, marks)
        among = both(among, marks)
    marks = kernels.column("B", graph.nodes)
    wanted, expressions, compare = selection.listed(graph, among), Expressions(graph), SIGNS[operator]
    for node in graph.progress.through(wanted, "Following paths", len(wanted)):
        marks[node] = compare(expressions.of(node), value)
    return bytes(marks)


def _having(steps: _Steps, operator: str, value: str, among: Marks) -> bytes:
    """Return the marks of objects whose path has a text at its beginning, or anywhere. among: all that are of interest.

    What the beginning of a path has already is not looked at again further on.
    """
    graph, compare, expressions = steps.graph, SIGNS[operator], Expressions(steps.graph)
    inherited, alone = kernels.column("B", graph.nodes), kernels.column("B", graph.nodes)
    parents, anew = graph.parent[:], selection.listed(graph, steps.anew)
    selection.put(graph, array("I", [NONE]) * len(anew), anew, parents)
    beginnings = either(steps.is_root, steps.anew)
    others = selection.without(both(steps.may_complete(value), _above(graph, among)), beginnings)
    for marks in (beginnings, others):
        wanted = selection.listed(graph, selection.without(marks, inherited))
        for node in graph.progress.through(wanted, "Following paths", len(wanted)):
            text, rest = expressions.end(node, len(value), is_whole=operator == "startswith")
            inherited[node] = compare(text, value)
            alone[node] = bool(rest) and compare(text + rest, value)
        graph.run("inherit", parents, inherited)
    return either(inherited, alone)


def _above(graph: Graph, among: Marks) -> bytes:
    """Return the marks of some objects, and of all on the paths to them; of all objects where they are many."""
    nodes, parents, marks = selection.listed(graph, among), graph.parent, bytearray(graph.nodes)
    if len(nodes) > graph.nodes / 8:
        return b"\1" * graph.nodes
    for node in nodes:
        above = node
        while above != NONE and not marks[above]:
            marks[above] = 1
            above = parents[above]
    return bytes(marks)


class _Steps:
    """The last steps of the paths to all objects, as marks of those where something is so."""

    def __init__(self, graph: Graph, strings: StringsWith) -> None:
        self.graph, self._strings = graph, strings
        edges, snapshot = graph.reached.edge, graph.snapshot
        # Marks of what paths begin with.
        self.is_root = selection.within(graph, edges, NONE, NONE)
        self._kinds = selection.looked_up(graph, snapshot.edge_kind, edges)
        self._labels = selection.looked_up(graph, snapshot.edge_label, edges)

    def _of_kind(self, kind: int) -> bytes:
        marks = selection.within(self.graph, self._kinds, kind, kind)
        return selection.without(marks, self.is_root)

    @cached_property
    def anew(self) -> bytes:
        """Marks of frames and the variables of running functions, whose paths do not begin with their holder's."""
        frames = array("B", (row.name == "<frame>" for row in self.graph.snapshot.types))
        of_frames = self._below(selection.looked_up(self.graph, frames, self.graph.snapshot.node_type))
        return either(self._of_kind(FRAME), both(self._of_kind(LOCAL), of_frames))

    def may_complete(self, value: str) -> bytes:
        """Return marks of all objects in whose step, if it is not the first, a text may be complete; and of others."""
        parts = _SIGNS.split(value)
        pairs = [(word, signs) for word, signs in zip(parts[::2], [*parts[1::2], ""], strict=True) if word]
        found: Marks = b"\1" * self.graph.nodes
        for word, signs in pairs[-2:]:
            found = both(found, self.with_word(word))
            if not _BEGINNINGS.isdisjoint(signs):
                found = self._or_next(found)
        return bytes(found)

    def with_word(self, word: str) -> bytes:
        """Return marks of all objects whose step may contain a word, and of some others."""
        graph = self.graph
        marks = kernels.column("B", graph.nodes)
        for kind in set(self._kinds.tobytes()):
            nodes = selection.listed(graph, self._of_kind(kind))
            selection.put(graph, self._with_word(kind, word, nodes), nodes, marks)
        for node in selection.listed(graph, self.is_root):
            marks[node] = word in root_of(graph, node)[1]
        return either(marks, self._below(self._of_namespaces)) if word in _NAMESPACE else bytes(marks)

    def _with_word(self, kind: int, word: str, nodes: array[int]) -> array[int]:
        if kind == ITEM:
            return self._with_index(word, nodes)
        if kind in _FIXED:
            return array("B", bytes([word in _FIXED[kind]])) * len(nodes)
        if kind in {ATTRIBUTE, VALUE} and word not in "attribute":
            table = self._strings(word) if kind == ATTRIBUTE else self._keys_with(word)
            return selection.looked_up(self.graph, table, selection.looked_up(self.graph, self._labels, nodes))
        return array("B", b"\1") * len(nodes)

    def _with_index(self, word: str, nodes: array[int]) -> array[int]:
        if not word.isdecimal():
            return array("B", bytes(len(nodes)))
        labels = selection.looked_up(self.graph, self._labels, nodes)
        return array("B", [word in str(label) for label in labels])

    def _keys_with(self, word: str) -> array[int]:
        """Return the marks of objects that, as keys, may contain a word: also of all without a value."""
        snapshot = self.graph.snapshot
        marks = array("B", b"\1" * self.graph.nodes)
        found = selection.looked_up(self.graph, self._strings(word), snapshot.value_text)
        selection.put(self.graph, found, snapshot.value_node, marks)
        return marks

    def _or_next(self, marks: Marks) -> bytes:
        """Return `marks`, and those of what has its step next after one of these; some steps have no text."""
        last = marks
        for _ in range(2):  # the contents of a cell, a namespace
            last = either(marks, both(self._without_text, self._below(last)))
        return either(marks, self._below(last))

    def _below(self, marks: Marks) -> array[int]:
        return selection.looked_up(self.graph, array("B", marks), self.graph.parent)

    def _of_attribute(self, name: str) -> array[int]:
        """Return marks of all that is an attribute of that name, and of some others."""
        nodes, marks = selection.listed(self.graph, self._of_kind(ATTRIBUTE)), kernels.column("B", self.graph.nodes)
        selection.put(self.graph, self._with_word(ATTRIBUTE, name, nodes), nodes, marks)
        return marks

    @cached_property
    def _of_namespaces(self) -> array[int]:
        return self._of_attribute(_NAMESPACE)

    @cached_property
    def _without_text(self) -> bytes:
        return either(self._of_attribute(_CELL), self._of_namespaces)


def _piece(operator: str, value: str) -> str:
    """Return the longest part of a text that stands in one step of a path and is the program's; empty for none."""
    if operator == "matches":
        value = _CLASS.sub("*", value)
    longest = max(_SIGNS.split(value)[::2], key=len)
    is_heapsights = longest.strip().isdecimal() or longest.strip() in _WORDS or "step" in longest
    return "" if is_heapsights else longest
