"""Logical lines and the statements on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .tokens import Token, TokenKind

_TAB = 8
_BLOCK_KEYWORDS = frozenset(
    {"async", "class", "def", "elif", "else", "except", "finally", "for", "if", "try", "while", "with"}
)
# A soft keyword followed by one of these starts a statement of its own, if a colon follows later.
_OPERAND_OPERATORS = frozenset(["(", "[", "{", "-", "+", "~", "*", "..."])


@dataclass(frozen=True, slots=True)
class Statement:
    """A simple statement or the header of a compound one: tokens `first` up to, not including, `end`."""

    first: int
    end: int


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """A logical line: tokens `first` up to its NEWLINE at `end`, and its indentation in columns."""

    first: int
    end: int
    indent: int


def logical_lines(text: str, tokens: Sequence[Token]) -> list[LogicalLine]:
    """Return the logical lines of `tokens`, in order."""
    lines = []
    first = 0
    for index, token in enumerate(tokens):
        if token.kind is TokenKind.NEWLINE:
            lines.append(LogicalLine(first, index, _indent(text, tokens[first].start)))
            first = index + 1
    return lines


def statements(tokens: Sequence[Token], line: LogicalLine) -> Iterator[Statement]:
    """Yield what a logical line consists of: a header first, if there is one, then simple statements."""
    first = line.first
    if is_header(tokens, line):
        colon = find_at_depth(tokens, first, line.end, ":")
        yield Statement(first, colon)
        first = min(colon + 1, line.end)
    while first < line.end:
        end = find_at_depth(tokens, first, line.end, ";")
        if end > first:
            yield Statement(first, end)
        first = end + 1


def is_header(tokens: Sequence[Token], line: LogicalLine) -> bool:
    """Say whether the line begins a compound statement (`if`, `def`, `case` …)."""
    first = tokens[line.first]
    if first.kind is TokenKind.KEYWORD:
        return first.text in _BLOCK_KEYWORDS
    return first.text in {"match", "case"} and is_soft_keyword(tokens, line)


def is_soft_keyword(tokens: Sequence[Token], line: LogicalLine) -> bool:
    """Say whether the name that the line begins with is `match`, `case` or `type` used as a keyword."""
    if line.end - line.first < 2 or tokens[line.first].kind is not TokenKind.NAME:
        return False
    following = tokens[line.first + 1]
    match tokens[line.first].text:
        case "type":
            return following.kind is TokenKind.NAME
        case "match" | "case":
            return _starts_operand(following) and find_at_depth(tokens, line.first, line.end, ":") < line.end
        case _:
            return False


def find_at_depth(tokens: Sequence[Token], first: int, end: int, operator: str) -> int:
    """Return the index of the first `operator` outside all brackets and lambdas of the tokens given, else `end`."""
    if first >= end:
        return end
    depth = tokens[first].depth
    lambdas = 0
    for index in range(first, end):
        token = tokens[index]
        if token.depth != depth:
            continue
        if token.is_keyword("lambda"):
            lambdas += 1
        elif lambdas and token.is_operator(":"):
            lambdas -= 1
        elif not lambdas and token.is_operator(operator):
            return index
    return end


def _starts_operand(token: Token) -> bool:
    match token.kind:
        case TokenKind.OPERATOR:
            return token.text in _OPERAND_OPERATORS
        case TokenKind.KEYWORD:
            return token.text in {"None", "True", "False", "not", "lambda", "await", "yield"}
        case kind:
            return kind is not TokenKind.NEWLINE


def _indent(text: str, offset: int) -> int:
    """Return the column of `offset`, counting a tab up to the next multiple of eight."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    column = 0
    for char in text[start:offset]:
        if char == "\t":
            column = (column // _TAB + 1) * _TAB
        elif char == "\f":
            column = 0
        else:
            column += 1
    return column
