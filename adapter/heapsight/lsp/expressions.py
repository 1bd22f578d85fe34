"""The expression under the cursor, for the debug hover.

Only what can be evaluated without consequence: names, attributes of names, and items at constant or named indexes. An
expression that contains a call is never returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .lines import LogicalLine, is_soft_keyword
from .module import SourceModule, mangled
from .names import is_keyword_argument
from .scopes import Scope, definition_name
from .tokens import CONSTANT_KEYWORDS, Token, TokenKind


@dataclass(frozen=True, slots=True)
class FoundExpression:
    """An expression and the offsets of the source text that it stands for."""

    text: str
    start: int
    end: int


def expression_at(module: SourceModule, offset: int) -> FoundExpression | None:
    """Return the expression to evaluate for a cursor at `offset`, or None where nothing can be.

    The name under the cursor is the last part: on `b` of `a.b.c` it is `a.b`.
    """
    index = _name_index(module, offset)
    if index is None:
        return None
    tokens = module.tokens
    line = module.line_at(index)
    if index == line.first and is_soft_keyword(tokens, line):
        return None
    statement, scope = module.statement_at(index)
    if index == definition_name(tokens, statement) or is_keyword_argument(tokens, index, statement):
        return None
    if _is_import_source(tokens, index, line):
        return None
    first = _chain_start(tokens, index)
    if first is None:
        return None
    return FoundExpression(_spell(tokens, first, index, scope), tokens[first].start, tokens[index].end)


def _name_index(module: SourceModule, offset: int) -> int | None:
    """Return the name that covers `offset`, or else one that ends just there."""
    for place in (offset, offset - 1):
        index = module.token_index(place)
        if index is not None and module.tokens[index].kind is TokenKind.NAME:
            return index if module.tokens[index].text.isidentifier() else None
    return None


def _chain_start(tokens: Sequence[Token], index: int) -> int | None:
    """Return where the chain of attributes and items that ends at the name `index` begins; None if not with a name."""
    while index >= 2 and tokens[index - 1].is_operator("."):
        index -= 2
        while tokens[index].is_operator("]"):
            opener = _index_start(tokens, index)
            if opener is None or opener == 0:
                return None
            index = opener - 1
        if tokens[index].kind is not TokenKind.NAME:
            return None
    return None if index >= 1 and tokens[index - 1].is_operator(".") else index


def _index_start(tokens: Sequence[Token], closer: int) -> int | None:
    """Return the `[` that belongs to `]`, if all between are constants and names."""
    index = closer - 1
    expects_atom = True
    while index > 0:
        token = tokens[index]
        if token.is_operator("[") and not (expects_atom and index == closer - 1):
            return index
        if expects_atom:
            if not _is_atom(token):
                return None
            if tokens[index - 1].is_operator("-") and tokens[index].kind is TokenKind.NUMBER:
                index -= 1
        elif not token.is_operator(","):
            return None
        expects_atom = not expects_atom
        index -= 1
    return None


def _is_atom(token: Token) -> bool:
    match token.kind:
        case TokenKind.NAME | TokenKind.NUMBER | TokenKind.STRING:
            return True
        case TokenKind.KEYWORD:
            return token.text in CONSTANT_KEYWORDS
        case _:
            return False


def _is_import_source(tokens: Sequence[Token], index: int, line: LogicalLine) -> bool:
    """Say whether an import statement mentions the name without binding it: `from THIS import x, THIS as y`."""
    head = next((i for i in range(index, line.first - 1, -1) if tokens[i].text in {"from", "import"}), None)
    if head is None or tokens[head].kind is not TokenKind.KEYWORD:
        return False
    begins = head == line.first or tokens[head - 1].text in {";", ":"}
    if tokens[head].text == "from":
        return begins
    following = next((i for i in range(index + 1, line.end) if tokens[i].text != "." and not _after_dot(tokens, i)), -1)
    return following >= 0 and tokens[following].is_keyword("as")


def _after_dot(tokens: Sequence[Token], index: int) -> bool:
    return tokens[index - 1].is_operator(".")


def _spell(tokens: Sequence[Token], first: int, last: int, scope: Scope) -> str:
    """Return the tokens as one expression, without blanks and comments, private names as they are stored."""
    parts = []
    for token in tokens[first : last + 1]:
        text = mangled(token.text, scope) if token.kind is TokenKind.NAME else token.text
        parts.append(text + " " if token.is_operator(",") else text)
    return "".join(parts)
