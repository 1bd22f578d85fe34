"""Which function or class each logical line belongs to, read off the indentation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from .lines import LogicalLine, Statement, statements
from .tokens import Token, TokenKind


class ScopeKind(Enum):
    """The kinds of code that have names of their own."""

    MODULE = auto()
    CLASS = auto()
    FUNCTION = auto()


@dataclass(slots=True, eq=False)
class Scope:
    """A module, class or function. `header` is the `def` or `class` statement; `body` what runs inside it."""

    kind: ScopeKind
    name: str
    indent: int
    parent: Scope | None = None
    header: Statement | None = None
    body: list[Statement] = field(default_factory=list)

    def ancestors(self) -> Iterator[Scope]:
        """Yield this scope and those around it, from the inside out."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent


@dataclass(frozen=True, slots=True)
class ScopeMap:
    """The scope that each statement runs in; statements in order of their position."""

    module: Scope
    statements: list[tuple[Statement, Scope]]


def map_scopes(tokens: Sequence[Token], lines: Sequence[LogicalLine]) -> ScopeMap:
    """Assign every statement of the file to its scope. A nested `def` statement itself belongs to the outer one."""
    module = Scope(ScopeKind.MODULE, "", indent=-1)
    scopes = ScopeMap(module, [])
    stack = [module]
    for line in lines:
        while stack[-1].indent >= line.indent:
            stack.pop()
        scope = stack[-1]
        for statement in statements(tokens, line):
            scopes.statements.append((statement, scope))
            scope.body.append(statement)
            opened = _opened(tokens, statement, scope, line.indent)
            if opened is not None:
                stack.append(opened)
                scope = opened
    return scopes


def definition_name(tokens: Sequence[Token], statement: Statement) -> int | None:
    """Return the index of the name that a `def` or `class` statement defines."""
    index = statement.first
    if tokens[index].is_keyword("async"):
        index += 1
    if index + 1 >= statement.end or not (tokens[index].is_keyword("def") or tokens[index].is_keyword("class")):
        return None
    return index + 1 if tokens[index + 1].kind is TokenKind.NAME else None


def _opened(tokens: Sequence[Token], statement: Statement, parent: Scope, indent: int) -> Scope | None:
    index = definition_name(tokens, statement)
    if index is None:
        return None
    kind = ScopeKind.CLASS if tokens[index - 1].is_keyword("class") else ScopeKind.FUNCTION
    return Scope(kind, tokens[index].text, indent, parent, statement)
