"""One version of a source file, analysed as far as somebody asked."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from .lexer import lex
from .lines import LogicalLine, Statement, logical_lines
from .scopes import Scope, ScopeKind, ScopeMap, map_scopes
from .source import SourceText
from .tokens import Token


class SourceModule:
    """Text, tokens, lines and scopes of a file; each is made when first read."""

    def __init__(self, source: SourceText) -> None:
        self.source = source

    @cached_property
    def tokens(self) -> list[Token]:
        """All tokens in order."""
        return lex(self.source.text)

    @cached_property
    def lines(self) -> list[LogicalLine]:
        """All logical lines in order."""
        return logical_lines(self.source.text, self.tokens)

    @cached_property
    def scopes(self) -> ScopeMap:
        """The scope of each statement."""
        return map_scopes(self.tokens, self.lines)

    @cached_property
    def _token_starts(self) -> list[int]:
        return [token.start for token in self.tokens]

    @cached_property
    def _statement_starts(self) -> list[int]:
        return [statement.first for statement, _ in self.scopes.statements]

    def token_index(self, offset: int) -> int | None:
        """Return the index of the token that covers `offset`."""
        index = bisect_right(self._token_starts, offset) - 1
        # A NEWLINE has no width and may share its start with nothing; what precedes it decides.
        if index < 0 or offset >= self.tokens[index].end:
            return None
        return index

    def line_at(self, token_index: int) -> LogicalLine:
        """Return the logical line of a token."""
        lines = self.lines
        return lines[bisect_right(lines, token_index, key=lambda line: line.first) - 1]

    def statement_at(self, token_index: int) -> tuple[Statement, Scope]:
        """Return the last statement that begins at or before a token, and the scope it runs in."""
        return self.scopes.statements[bisect_right(self._statement_starts, token_index) - 1]

    def scope_at_line(self, line: int) -> Scope:
        """Return the scope whose code runs when execution stands on a line (counted from 0)."""
        starts = self.source.line_starts
        after = starts[line + 1] if line + 1 < len(starts) else len(self.source.text) + 1
        index = bisect_right(self._token_starts, after - 1) - 1
        # The NEWLINE that ends a line begins where the line ends, so it counts to that line.
        return self.statement_at(index)[1] if index >= 0 and self.scopes.statements else self.scopes.module


def mangled(name: str, scope: Scope) -> str:
    """Return the name as the compiler stores it: `__total` inside class `Cart` is `_Cart__total`."""
    if not name.startswith("__") or name.endswith("__"):
        return name
    for outer in scope.ancestors():
        if outer.kind is ScopeKind.CLASS:
            class_name = outer.name.lstrip("_")
            return f"_{class_name}{name}" if class_name else name
    return name
