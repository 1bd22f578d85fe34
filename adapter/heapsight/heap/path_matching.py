"""Which objects have a path that begins with a text, contains it, or compares with it in another way.

Paths share their beginnings. Each step of one begins with a sign (`.x`, `[0]`, `<…>`), so a run of other characters of
the text stands in one step, or in the root. Only objects below such a step are looked at, one by one; and of those only
the ones whose holder's path does not say it all already: a path begins with its holder's, with few exceptions.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable

from . import selection
from .graph import Graph
from .loading import ATTRIBUTE, FRAME, ITEM, KEY, LOCAL, MEMBER, NONE, TYPE, VALUE
from .passes import kernels
from .paths import LONGEST_EXPRESSION_STEPS, Expressions, root_of
from .queries import SIGNS
from .selection import Marks

# What may stand between two steps, be an escape, or stand for anything in a pattern; the rest stands in one step.
_SIGNS = re.compile(r"[^\w ]+")
_CLASS = re.compile(r"\[[^\]]*\]")
# What Heapsight itself writes into paths.
_WORDS = "__class__ key member attribute evaluation stack inside steps frame at in local f_locals gi_frame cr_frame"
# References to variables: a path begins anew where the function is running.
_BEGINNINGS = (LOCAL, FRAME)
_OPEN = 255


def matching(graph: Graph, operator: str, value: str, among: Marks, strings: Callable[[str], array[int]]) -> bytes:
    """Return the marks of those of `among` whose path compares so with a text.

    operator: one for texts, not `!=`; strings: returns the marks of the snapshot's strings that contain a text.
    """
    piece = _piece(operator, value) if operator in {"==", "contains", "startswith", "matches"} else ""
    if piece:
        among = selection.both(among, _below_a_step_with(graph, piece, strings(piece)))
    marks = bytearray(graph.nodes)
    wanted, expressions, compare = selection.listed(graph, among), Expressions(graph), SIGNS[operator]
    holders = _Holders(graph, expressions, lambda text: compare(text, value))
    can_settle = operator in {"contains", "startswith"}
    for node in graph.progress.through(wanted, "Following paths", len(wanted)):
        marks[node] = (can_settle and holders.settle(node)) or compare(expressions.of(node), value)
    return bytes(marks)


class _Holders:
    """Holders of whose paths it is known whether they say all about what hangs on them.

    is_so: a comparison that stays true when a text gets longer at its end.
    """

    def __init__(self, graph: Graph, expressions: Expressions, is_so: Callable[[str], bool]) -> None:
        self._parents, self._expressions, self._is_so = graph.parent, expressions, is_so
        self._kinds = selection.looked_up(graph, graph.snapshot.edge_kind, graph.reached.edge)
        # The number of steps and one, where they do.
        self._settled = bytearray(graph.nodes)

    def settle(self, node: int) -> bool:
        """Say whether the path of what holds a node settles it. False where it has to be looked at."""
        parent = self._parents[node]
        if parent == NONE or self._kinds[node] in _BEGINNINGS:
            return False
        known = self._settled[parent] or self._look(parent)
        return known != _OPEN

    def _look(self, node: int) -> int:
        above = self._parents[node]
        if above != NONE and self._settled[above] not in (0, _OPEN) and self._kinds[node] not in _BEGINNINGS:
            steps = self._settled[above] + 1
        else:
            text, count = self._expressions.beginning(node)
            steps = count + 1 if self._is_so(text) else _OPEN
        # Paths of more steps are shortened.
        self._settled[node] = steps if steps <= LONGEST_EXPRESSION_STEPS else _OPEN
        return self._settled[node]


def _piece(operator: str, value: str) -> str:
    """Return the longest part of a text that stands in one step of a path and is the program's; empty for none."""
    if operator == "matches":
        value = _CLASS.sub("*", value)
    longest = max(_SIGNS.split(value), key=len)
    is_heapsights = longest.strip().isdecimal() or longest.strip() in _WORDS or "step" in longest
    return "" if is_heapsights else longest


def _below_a_step_with(graph: Graph, piece: str, strings: array[int]) -> array[int]:
    """Return marks: of all objects with a step that may contain a piece on their paths, and of some others."""
    edges, snapshot = graph.reached.edge, graph.snapshot
    is_root = selection.within(graph, edges, NONE, NONE)
    kinds = selection.looked_up(graph, snapshot.edge_kind, edges)
    labels = selection.looked_up(graph, snapshot.edge_label, edges)
    marks = kernels.column("B", graph.nodes)
    for kind in set(kinds.tobytes()) - {ITEM, TYPE, KEY, MEMBER}:
        of_kind = selection.without(selection.within(graph, kinds, kind, kind), is_root)
        nodes = selection.listed(graph, of_kind)
        if kind in {ATTRIBUTE, VALUE}:
            table = strings if kind == ATTRIBUTE else _keys_with(graph, strings)
            found = selection.looked_up(graph, table, selection.looked_up(graph, labels, nodes))
        else:
            found = array("B", b"\1" * len(nodes))
        selection.put(graph, found, nodes, marks)
    for node in selection.listed(graph, is_root):
        marks[node] = piece in root_of(graph, node)[1]
    graph.run("inherit", graph.parent, marks)
    return marks


def _keys_with(graph: Graph, strings: array[int]) -> array[int]:
    """Return the marks of objects that, as keys, may contain what strings with marks do: also all without a value."""
    snapshot = graph.snapshot
    marks = array("B", b"\1" * graph.nodes)
    selection.put(graph, selection.looked_up(graph, strings, snapshot.value_text), snapshot.value_node, marks)
    return marks
