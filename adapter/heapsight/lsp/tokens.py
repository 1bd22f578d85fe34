"""The words that source text is made of."""

from __future__ import annotations

import keyword
from enum import Enum, auto
from typing import NamedTuple

KEYWORDS = frozenset(keyword.kwlist)
CONSTANT_KEYWORDS = frozenset({"None", "True", "False"})
OPENERS = {"(": ")", "[": "]", "{": "}"}
CLOSERS = frozenset(OPENERS.values())


class TokenKind(Enum):
    """What a token is, as far as debugging cares."""

    NAME = auto()
    KEYWORD = auto()
    NUMBER = auto()
    STRING = auto()
    """A complete string or bytes literal without replacement fields."""
    TEXT = auto()
    """Text that is never code: a part of an f-string between its fields, or an unterminated string."""
    OPERATOR = auto()
    NEWLINE = auto()
    """The end of a logical line."""


class Token(NamedTuple):
    """One word of the source; comments and blanks are none. Names are normalised as the compiler does.

    `depth` counts the brackets and replacement fields around it; a bracket itself counts as outside.
    """

    kind: TokenKind
    text: str
    start: int
    end: int
    depth: int

    def is_operator(self, text: str) -> bool:
        """Say whether this is the operator or bracket `text`."""
        return self.kind is TokenKind.OPERATOR and self.text == text

    def is_keyword(self, text: str) -> bool:
        """Say whether this is the keyword `text`."""
        return self.kind is TokenKind.KEYWORD and self.text == text

    def ends_operand(self) -> bool:
        """Say whether a value can end here, so that another value cannot follow directly."""
        match self.kind:
            case TokenKind.NAME | TokenKind.NUMBER | TokenKind.STRING:
                return True
            case TokenKind.TEXT:
                return not self.text.endswith("{")  # else a replacement field begins
            case TokenKind.KEYWORD:
                return self.text in CONSTANT_KEYWORDS
            case TokenKind.OPERATOR:
                return self.text in CLOSERS or self.text == "..."
            case TokenKind.NEWLINE:
                return False
