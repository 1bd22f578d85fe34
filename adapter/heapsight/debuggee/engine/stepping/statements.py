"""Where the statements of a code object begin, for steps that go from statement to statement.

The syntax tree of the source says which statements there are, the positions of the instructions (`co_positions`) which
of them belong to it: a statement begins where control comes into its range from outside. Of a statement that contains
others only the head counts as its own, up to where the first of them begins. Code whose source cannot be had, or was
compiled without columns, is stepped through by its lines.
"""

from __future__ import annotations

import _ast
from _weakref import ReferenceType
from collections.abc import Iterator, Sequence
from types import CodeType

from ...records import record
from ...source_text import text_of_name
from ..breakpoints.code_lines import first_traceable
from ..breakpoints.locations import LocationKind, Span, locations_of
from ..expressions.compiling import COMPILE_ERRORS, parse_module

_Place = tuple[int, int]  # line and column


@record(eq=False)
class _Statement:
    """One statement; `head_end`: where what is its own ends. `around`: the statement that it is part of."""

    begin: _Place
    end: _Place
    head_end: _Place
    around: _Statement | None

    def has(self, span: Span) -> bool:
        return self.begin <= (span[0], span[2]) and (span[1], span[3]) <= self.end


@record(eq=False)
class Statements:
    """The statements of one code object: the offsets that begin one, and which one each instruction is of."""

    beginnings: frozenset[int]
    _owners: tuple[_Statement | None, ...]

    def is_same(self, offset: int, other: int) -> bool:
        """Say whether two instructions are of one statement, or of the head of one."""
        owner = self._owner(offset)
        return owner is not None and owner is self._owner(other)

    def goes_round(self, offset: int, other: int) -> bool:
        """Say whether `offset` begins a statement whose body `other` is in: `continue` in a `while` comes by there."""
        owner, inner = self._owner(offset), self._owner(other)
        return owner is not None and inner is not owner and any(one is owner for one in _chain(inner))

    def _owner(self, offset: int) -> _Statement | None:
        index = offset // 2
        return self._owners[index] if 0 <= index < len(self._owners) else None


NO_STATEMENTS = Statements(frozenset(), ())


class StatementTable:
    """The statements of code objects, each found when it is first asked for. Keeps no code alive."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[ReferenceType[CodeType], Statements]] = {}
        # The source that was read last: the functions of a file are stepped through one after the other.
        self._last: tuple[str, str, _ast.Module] | None = None

    def of(self, code: CodeType) -> Statements:
        """Return the statements of `code`; none where they cannot be known."""
        number = id(code)
        known = self._known.get(number)
        if known is None:
            reference = ReferenceType(code, lambda _: self._known.pop(number, None))
            known = self._known[number] = (reference, self._read(code))
        return known[1]

    def _read(self, code: CodeType) -> Statements:
        tree = self._tree(code.co_filename)
        if tree is None:
            return NO_STATEMENTS
        own = [
            one.span
            for one in locations_of(tree, range(code.co_firstlineno, _last_line(code) + 1))
            if one.kind is LocationKind.STATEMENT and one.is_in(code)
        ]
        return statements_of(code, own) if own else NO_STATEMENTS

    def _tree(self, filename: str) -> _ast.Module | None:
        text = text_of_name(filename)
        if text is None:
            return None
        if self._last is not None and self._last[:2] == (filename, text):
            return self._last[2]
        try:
            tree = parse_module(text, f"<heapsight: {filename}>")
        except COMPILE_ERRORS:
            return None
        self._last = (filename, text, tree)
        return tree


def statements_of(code: CodeType, spans: Sequence[Span]) -> Statements:
    """Return the statements of `code`, of which `spans` are the places in the source."""
    tree = _nested(sorted(spans, key=lambda span: (span[0], span[2], -span[1], -span[3])))
    owners: list[_Statement | None] = []
    # How each statement first begins: control also comes back to one that a `finally` interrupted.
    firsts: dict[int, tuple[int, Span]] = {}
    beginnings: set[int] = set()
    around: frozenset[int] = frozenset()
    statement: _Statement | None = None
    for offset, span in _instructions(code):
        if span is not None:
            statement = _innermost(tree, span)
            before, around = around, frozenset(id(one) for one in _chain(statement))
            for number in around - before:
                key = (code.co_code[offset], span)
                if firsts.setdefault(number, key) == key:
                    beginnings.add(offset)
        is_head = statement is not None and (span is None or (span[0], span[2]) < statement.head_end)
        owners.append(statement if is_head else None)
    return Statements(frozenset(beginnings), tuple(owners))


def _instructions(code: CodeType) -> Iterator[tuple[int, Span | None]]:
    """Yield the offset of each code unit, caches too, and its place in the source."""
    first = first_traceable(code)
    for index, (line, end_line, column, end_column) in enumerate(code.co_positions()):
        span = None
        if line is not None and end_line is not None and column is not None and end_column is not None:
            span = (line, end_line, column, end_column)
        yield index * 2, span if index * 2 >= first else None


def _nested(spans: Sequence[Span]) -> list[_Statement]:
    """Return the statements at `spans`, which are sorted: outer ones first."""
    heads: list[_Place] = [(span[1], span[3]) for span in spans]
    parents: list[int | None] = []
    for index, span in enumerate(spans):
        parent = index - 1 if index else None
        while parent is not None and (spans[parent][1], spans[parent][3]) < (span[1], span[3]):
            parent = parents[parent]
        parents.append(parent)
        if parent is not None:
            heads[parent] = min(heads[parent], (span[0], span[2]))
    found: list[_Statement] = []
    for span, head, parent in zip(spans, heads, parents, strict=True):
        around = found[parent] if parent is not None else None
        found.append(_Statement((span[0], span[2]), (span[1], span[3]), head, around))
    return found


def _innermost(statements: Sequence[_Statement], span: Span) -> _Statement | None:
    low, high = 0, len(statements)
    place = (span[0], span[2])
    while low < high:
        middle = (low + high) // 2
        if statements[middle].begin <= place:
            low = middle + 1
        else:
            high = middle
    found = statements[low - 1] if low else None
    while found is not None and not found.has(span):
        found = found.around
    return found


def _chain(statement: _Statement | None) -> Iterator[_Statement]:
    while statement is not None:
        yield statement
        statement = statement.around


def _last_line(code: CodeType) -> int:
    return max((line for _, _, line in code.co_lines() if line is not None), default=code.co_firstlineno)
