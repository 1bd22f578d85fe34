"""The objects for which a query is true.

Each comparison is one pass over a column, or over the snapshot's strings as they are in the file, and gives marks;
`and`, `or` and `not` put marks together. Only paths are looked at object by object, and only of those objects for which
everything else leaves it open (path_matching.py).
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Callable
from functools import cached_property

from . import selection
from .graph import Graph
from .loading import NONE
from .passes import kernels
from .passes.lists import BEGINS, CONTAINS, EQUAL, LESS
from .path_matching import matching as matching_paths
from .queries import SIGNS, Comparison, Query, parse
from .selection import Marks, both, either, without
from .texts import describe_kind, describe_named

_HIGHEST = (1 << 64) - 1
# What stands between two of these in a pattern stands in every text that it matches.
_WILD = re.compile(r"[*?]|\[[^\]]*\]?")


def find(graph: Graph, query: str | Query) -> array[int]:
    """Return the objects for which a query is true, ascending. Raises QueryError for a text that is none."""
    parsed = parse(query) if isinstance(query, str) else query
    return selection.listed(graph, _Matching(graph).of(parsed, selection.program(graph)))


def number_range(operator: str, value: float) -> tuple[int, int]:
    """Return the first and last whole number for which `number operator value` is true; of `!=`: not true."""
    if value > _HIGHEST:
        return (0, _HIGHEST) if operator in {"<", "<="} else (1, 0)
    low, high = math.floor(value), math.ceil(value)
    return {
        "==": (low, low) if low == high else (1, 0),
        "!=": (low, low) if low == high else (1, 0),
        ">": (low + 1, _HIGHEST),
        ">=": (high, _HIGHEST),
        "<": (0, high - 1),
        "<=": (0, low),
    }[operator]


class _Matching:
    """Finds marks for one query; what several comparisons need is computed once."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.snapshot = graph, graph.snapshot

    def of(self, query: Query, among: bytes) -> bytes:
        """Return the marks of those of `among` for which a query is true."""
        if isinstance(query, Comparison):
            self.graph.progress("Searching objects", 0.5)
            return both(among, self._compare(query, among))
        if query.word == "not":
            return without(among, self.of(query.parts[0], among))
        found = among if query.word == "and" else bytes(len(among))
        for part in query.parts:  # the cheap ones first
            more = self.of(part, found if query.word == "and" else without(among, found))
            found = more if query.word == "and" else either(found, more)
        return found

    def _compare(self, query: Comparison, among: bytes) -> Marks:
        if not isinstance(query.value, str):
            return self._number(query.field, query.operator, query.value)
        if query.operator == "!=":
            return without(among, self._text(query.field, "==", query.value, among))
        return self._text(query.field, query.operator, query.value, among)

    # -- numbers ------------------------------------------------------------------------------------------------------

    def _number(self, field: str, operator: str, value: float) -> Marks:
        graph, snapshot = self.graph, self.snapshot
        low, high = number_range(operator, value)
        if field == "retained":
            marks = selection.within(graph, memoryview(graph.retained)[: graph.nodes], low, high)
        elif field == "native":
            marks = selection.within(graph, graph.native_count, low, high)
        elif field == "size":
            marks = selection.within(graph, snapshot.node_size, low, min(high, NONE - 1))
            for node, size in zip(snapshot.large_node, snapshot.large_size, strict=True):
                marks[node] = snapshot.node_size[node] == NONE and low <= size <= high
        else:
            column = snapshot.node_refcount if field == "refcount" else snapshot.node_length
            marks = selection.within(graph, column, low, min(high, NONE - 1))
        return selection.complement(marks) if operator == "!=" else marks

    # -- texts --------------------------------------------------------------------------------------------------------

    def _text(self, field: str, operator: str, value: str, among: bytes) -> Marks:
        graph, snapshot, compare = self.graph, self.snapshot, SIGNS[operator]
        if field in {"type", "module"}:
            table = (any(compare(name, value) for name in names) for names in self._type_names(field))
            return selection.looked_up(graph, array("B", table), snapshot.node_type)
        if field == "name":
            return self._of_rows(*snapshot.name_columns, self._strings(operator, value))
        if field == "site":
            nodes, traces = snapshot.site_columns
            places = map(snapshot.trace, range(max(traces, default=-1) + 1))
            texts = (f"{each[0].file}:{each[0].line}" if each else None for each in places)
            table = (text is not None and compare(text, value) for text in texts)
            return self._of_rows(nodes, traces, array("B", table))
        if field == "text":
            return self._described(operator, value)
        return matching_paths(graph, operator, value, among, lambda text: self._bytewise(CONTAINS, text))

    def _type_names(self, field: str) -> list[tuple[str, ...]]:
        if field == "module":
            return [(row.module or "builtins",) for row in self.snapshot.types]
        return [(row.name, row.name.rpartition(".")[2]) for row in self.snapshot.types]

    def _of_rows(self, nodes: array[int], rows: array[int], table: array[int]) -> array[int]:
        """Return marks of the nodes whose row of `table` has one."""
        marks = kernels.column("B", self.graph.nodes)
        selection.put(self.graph, selection.looked_up(self.graph, table, rows), nodes, marks)
        return marks

    def _strings(self, operator: str, value: str) -> array[int]:
        """Return marks of the snapshot's strings for which a comparison is true."""
        if operator == "matches":
            literal = max(_WILD.split(value), key=len)
            return self._tested(self._bytewise(CONTAINS, literal), lambda text: SIGNS["matches"](text, value))
        if operator in {"<", ">="}:
            return self._inverted(self._bytewise(LESS, value), operator == ">=")
        if operator in {"<=", ">"}:
            marks = either(self._bytewise(LESS, value), self._bytewise(EQUAL, value))
            return self._inverted(array("B", marks), operator == ">")
        return self._bytewise({"==": EQUAL, "contains": CONTAINS, "startswith": BEGINS}[operator], value)

    def _bytewise(self, how: int, value: str) -> array[int]:
        strings = self.snapshot.strings
        marks = kernels.column("B", len(strings))
        wanted = value.encode("utf-8", "surrogatepass")
        self.graph.run("texts", *strings.columns, wanted, bytes([how]), marks)
        return marks

    def _tested(self, marks: array[int], test: Callable[[str], bool]) -> array[int]:
        strings, wanted = self.snapshot.strings, selection.listed(self.graph, marks)
        for row in self.graph.progress.through(wanted, "Comparing texts", len(wanted)):
            marks[row] = test(strings[row])
        return marks

    @staticmethod
    def _inverted(marks: array[int], is_wanted: bool) -> array[int]:
        return array("B", selection.complement(marks)) if is_wanted else marks

    # -- objects in a few words ---------------------------------------------------------------------------------------

    def _described(self, operator: str, value: str) -> array[int]:
        """Return the marks of objects whose text (texts.describe) is so: a value, else of a name, else of a length."""
        graph, snapshot, compare = self.graph, self.snapshot, SIGNS[operator]
        kinds = self._kinds
        lengths = (snapshot.node_length[row] for row in kinds.first)
        types = (snapshot.type_of(row).name for row in kinds.first)
        table = (compare(describe_kind(*each), value) for each in zip(types, lengths, strict=True))
        marks = selection.looked_up(graph, array("B", table), kinds.of_row)
        nodes, texts = snapshot.name_columns
        for node, text in graph.progress.through(zip(nodes, texts, strict=True), "Comparing names", len(nodes)):
            kind = snapshot.type_of(node).name
            marks[node] = compare(describe_named(kind, snapshot.strings[text]), value)
        if len(snapshot.value_node):
            found = selection.looked_up(graph, self._strings(operator, value), snapshot.value_text)
            selection.put(graph, found, snapshot.value_node, marks)
        return marks

    @cached_property
    def _kinds(self) -> selection.Distinct:
        columns = self.snapshot.node_length, self.snapshot.node_type
        return selection.distinct(self.graph, *columns, b"\1" * self.graph.nodes)
