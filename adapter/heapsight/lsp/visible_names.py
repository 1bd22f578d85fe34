"""The variables to show beside the code while a program is stopped in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .lines import Statement
from .module import SourceModule, mangled
from .names import bound_names, is_keyword_argument, parameter_indexes, shadowed
from .scopes import Scope, ScopeKind
from .tokens import TokenKind


@dataclass(frozen=True, slots=True)
class VisibleName:
    """A variable as it is stored, and the offsets of its mention in the source."""

    name: str
    start: int
    end: int


def visible_names(module: SourceModule, stopped_line: int, last_line: int, first_line: int = 0) -> list[VisibleName]:
    """Return the mentions of variables in the function stopped in, from `first_line` to `last_line` (counted from 0).

    Each variable is mentioned once a line. Parameters and assigned names count, also those of functions around it;
    functions, classes and imports do not, nor do the variables of comprehensions and of functions inside.
    """
    scope = module.scope_at_line(stopped_line)
    names = _variables(module, scope)
    receiver = _receiver(module, scope)
    found = []
    seen: set[tuple[int, str]] = set()
    for index, in_header in _name_tokens(module, scope):
        token = module.tokens[index]
        line = module.source.line_of(token.start)
        if not first_line <= line <= last_line or token.text not in names or (line, token.text) in seen:
            continue
        if token.text == receiver and not in_header:
            continue
        seen.add((line, token.text))
        found.append(VisibleName(mangled(token.text, scope), token.start, token.end))
    return found


def _variables(module: SourceModule, scope: Scope) -> set[str]:
    """Return the variables of a scope and of the functions around it."""
    around = [outer for outer in scope.ancestors() if outer is scope or outer.kind is ScopeKind.FUNCTION]
    return set().union(*(bound_names(module.tokens, each) for each in around))


def _receiver(module: SourceModule, scope: Scope) -> str | None:
    """Return the first parameter of a method: said once, in the header, as it is the same object all along."""
    if scope.kind is not ScopeKind.FUNCTION or scope.header is None or scope.parent is None:
        return None
    if scope.parent.kind is not ScopeKind.CLASS:
        return None
    return next((module.tokens[index].text for index in parameter_indexes(module.tokens, scope.header)), None)


def _name_tokens(module: SourceModule, scope: Scope) -> Iterator[tuple[int, bool]]:
    """Yield where names stand that mean variables of the scope, and whether that is its header."""
    if scope.kind is ScopeKind.FUNCTION and scope.header is not None:
        yield from ((index, True) for index in parameter_indexes(module.tokens, scope.header))
    for statement in scope.body:
        if not _is_definition(module, statement):
            yield from ((index, False) for index in _mentions(module, statement))


def _is_definition(module: SourceModule, statement: Statement) -> bool:
    """Say whether the statement defines or imports: what it mentions is not what is worth watching."""
    first = module.tokens[statement.first]
    if first.is_keyword("async"):
        first = module.tokens[statement.first + 1]
    return first.text in {"def", "class", "import", "from", "@"}


def _mentions(module: SourceModule, statement: Statement) -> Iterator[int]:
    tokens = module.tokens
    hidden = shadowed(tokens, statement)
    for index in range(statement.first, statement.end):
        token = tokens[index]
        if token.kind is not TokenKind.NAME or (index and tokens[index - 1].is_operator(".")):
            continue
        if is_keyword_argument(tokens, index, statement):
            continue
        if not any(a <= index < b and token.text in names for a, b, names in hidden):
            yield index
