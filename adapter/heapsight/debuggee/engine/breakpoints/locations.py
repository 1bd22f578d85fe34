"""Places within a line that a column breakpoint can be on: where statements, calls and inner expressions begin.

The syntax tree says what there is, and where it begins; the positions of the instructions (`co_positions`) say which of
them belong to it. So a place that was found in the source is found again in code that the program compiled itself.

Columns are those of the compiler: UTF-8 offsets into the line, from 0.
"""

from __future__ import annotations

import _ast
import dis
import opcode
from collections.abc import Iterable, Iterator
from enum import Enum
from types import CodeType

from ...records import record
from .code_lines import first_traceable

_CALLS = frozenset(
    code for name, code in dis.opmap.items() if name in {"PRECALL", "CALL", "CALL_KW", "CALL_FUNCTION_EX"}
)
_JUMPS = frozenset(dis.hasjrel)
_CACHE = opcode.opmap["CACHE"]
_COMPREHENSIONS = {
    _ast.ListComp: "<listcomp>",
    _ast.SetComp: "<setcomp>",
    _ast.DictComp: "<dictcomp>",
    _ast.GeneratorExp: "<genexpr>",
}
_Comprehension = _ast.ListComp | _ast.SetComp | _ast.DictComp | _ast.GeneratorExp
_Function = _ast.FunctionDef | _ast.AsyncFunctionDef

Span = tuple[int, int, int, int]  # line, end line, column, end column
Scope = tuple[str, int]  # a code object's name and first line


class LocationKind(Enum):
    """What begins at a location."""

    STATEMENT = "a statement"
    EXPRESSION = "the body of a lambda, or the element or a condition of a comprehension"
    CALL = "a call, whose arguments are known"


@record
class Location:
    """A place that a thread can stop at.

    `span` is where its source is, `column` where it is shown: a method call at the method's name. `scopes` name the
    code that it can be in: the compiler may put a comprehension into the function around it.
    """

    kind: LocationKind
    line: int
    column: int
    span: Span
    scopes: frozenset[Scope]

    def is_in(self, code: CodeType) -> bool:
        """Say whether the location may be in `code` itself, code nested in it left out."""
        return (code.co_name, code.co_firstlineno) in self.scopes

    def offsets_in(self, code: CodeType) -> frozenset[int]:
        """Return the offsets of the instructions of `code` that begin the location: `finally` has copies of its own."""
        return self._offsets(_instructions(code)) if self.is_in(code) else frozenset()

    def _offsets(self, instructions: list[_Instruction]) -> frozenset[int]:
        if self.kind is LocationKind.CALL:
            return frozenset(_calls(self.span, instructions))
        if self.kind is LocationKind.EXPRESSION:
            # A comprehension's condition may end in jumps that count as its element's.
            instructions = [one for one in instructions if one.operation not in _JUMPS]
        first: _Instruction | None = None
        found = []
        inside = False
        for one in instructions:
            was_inside, inside = inside, _is_within(one.span, self.span) or (inside and one.span is None)
            if inside and not was_inside:
                first = first or one
                # Control comes back to a statement that a `finally` interrupted: that is not its beginning.
                if (one.operation, one.span) == (first.operation, first.span):
                    found.append(one.offset)
        return frozenset(found)


@record
class _Instruction:
    offset: int
    operation: int
    span: Span | None


def has_columns(code: CodeType) -> bool:
    """Say whether the compiler has noted columns; it does not under `-X no_debug_ranges`."""
    return any(column is not None for _, _, column, _ in code.co_positions())


def locations_of(tree: _ast.Module, wanted: range) -> list[Location]:
    """Return the locations on the lines of `wanted`, in the order of the source; of several at one place the first."""
    found: dict[tuple[int, int], Location] = {}
    for location in _walk(tree):
        if location.line in wanted:
            found.setdefault((location.line, location.column), location)
    return [found[place] for place in sorted(found)]


def with_code(locations: Iterable[Location], codes: Iterable[CodeType]) -> list[Location]:
    """Return those of `locations` that have instructions in one of `codes`: a docstring, say, has none."""
    locations = list(locations)
    kept = set()
    for code in codes:
        here = [location for location in locations if location.is_in(code) and id(location) not in kept]
        if here:
            instructions = _instructions(code)
            kept |= {id(location) for location in here if location._offsets(instructions)}
    return [location for location in locations if id(location) in kept]


def _instructions(code: CodeType) -> list[_Instruction]:
    first = first_traceable(code)
    operations = code.co_code
    return [
        _Instruction(offset, operations[offset], _complete(span))
        for offset, span in zip(range(0, len(operations), 2), code.co_positions(), strict=False)
        if offset >= first and operations[offset] != _CACHE
    ]


def _complete(span: tuple[int | None, int | None, int | None, int | None]) -> Span | None:
    line, end_line, column, end_column = span
    if line is None or end_line is None or column is None or end_column is None:
        return None
    return line, end_line, column, end_column


def _is_within(inner: Span | None, outer: Span) -> bool:
    if inner is None:
        return False
    begins, ends = (inner[0], inner[2]) >= (outer[0], outer[2]), (inner[1], inner[3]) <= (outer[1], outer[3])
    return begins and ends


def _calls(span: Span, instructions: list[_Instruction]) -> Iterator[int]:
    """Yield the offsets of the instructions that make the call at `span`.

    A method call over several lines begins, for the compiler, at the method's name.
    """
    calling = False
    for one in instructions:
        was_calling, calling = calling, False
        if one.span is not None and one.operation in _CALLS and one.span[1::2] == span[1::2]:
            calling = _is_within(one.span, span) and (one.span == span or one.span[0] > span[0])
            # 3.11 has two instructions for each call.
            if calling and not was_calling:
                yield one.offset


# -- the syntax tree ---------------------------------------------------------------------------------------------------


def _walk(tree: _ast.Module) -> Iterator[Location]:
    """Yield the locations of a file; a statement before what lies in it."""
    waiting: list[tuple[_ast.AST, frozenset[Scope]]] = [(tree, frozenset({("<module>", 1)}))]
    while waiting:
        node, scopes = waiting.pop()
        yield from _at(node, scopes)
        waiting.extend(_children(node, scopes))


def _at(node: _ast.AST, scopes: frozenset[Scope]) -> Iterator[Location]:
    if isinstance(node, _ast.stmt):
        yield Location(LocationKind.STATEMENT, node.lineno, node.col_offset, _span(node), scopes)
    elif isinstance(node, _ast.Call):
        line, column = _shown_at(node)
        yield Location(LocationKind.CALL, line, column, _span(node), scopes)
    elif isinstance(node, _ast.Lambda):
        yield _expression(node.body, _inside(node, scopes))
    elif isinstance(node, _Comprehension):
        inner = _inside(node, scopes)
        yield _expression(node.key if isinstance(node, _ast.DictComp) else node.elt, inner)
        for generator in node.generators:
            for condition in generator.ifs:
                yield _expression(condition, inner)


def _expression(node: _ast.expr, scopes: frozenset[Scope]) -> Location:
    return Location(LocationKind.EXPRESSION, node.lineno, node.col_offset, _span(node), scopes)


def _span(node: _ast.stmt | _ast.expr) -> Span:
    end_line = node.end_lineno if node.end_lineno is not None else node.lineno
    end_column = node.end_col_offset if node.end_col_offset is not None else node.col_offset
    return node.lineno, end_line, node.col_offset, end_column


def _shown_at(call: _ast.Call) -> tuple[int, int]:
    """Return where a call is shown: at the name of what is called, else at its parenthesis."""
    function = call.func
    _, end_line, _, end_column = _span(function)
    if isinstance(function, _ast.Name):
        return function.lineno, function.col_offset
    if isinstance(function, _ast.Attribute):
        return end_line, end_column - len(function.attr.encode())
    return end_line, end_column


def _inside(node: _ast.Lambda | _Comprehension, scopes: frozenset[Scope]) -> frozenset[Scope]:
    if isinstance(node, _ast.Lambda):
        return frozenset({("<lambda>", node.lineno)})
    return scopes | {(_COMPREHENSIONS[type(node)], node.lineno)}


def _children(node: _ast.AST, scopes: frozenset[Scope]) -> Iterator[tuple[_ast.AST, frozenset[Scope]]]:
    """Yield what lies in `node`, each with the code that it can be in."""
    for name in node._fields:
        value = getattr(node, name, None)
        inner = _scopes_of_field(node, name, scopes)
        for index, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, _ast.comprehension):
                yield from _generator(child, scopes if index == 0 else inner, inner)
            elif isinstance(child, _ast.AST):
                yield child, inner


def _generator(
    node: _ast.comprehension, scopes: frozenset[Scope], inner: frozenset[Scope]
) -> Iterator[tuple[_ast.AST, frozenset[Scope]]]:
    """Yield the parts of a `for … in …`; the first iterable is evaluated outside the comprehension."""
    yield node.iter, scopes
    yield node.target, inner
    for condition in node.ifs:
        yield condition, inner


def _scopes_of_field(node: _ast.AST, name: str, scopes: frozenset[Scope]) -> frozenset[Scope]:
    if isinstance(node, _Function | _ast.ClassDef) and name == "body":
        first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
        return frozenset({(node.name, first)})
    if isinstance(node, _ast.Lambda) and name == "body":
        return _inside(node, scopes)
    if isinstance(node, _Comprehension):
        return _inside(node, scopes)
    return scopes
