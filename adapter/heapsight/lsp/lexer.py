"""Split source text into tokens, whatever state it is in.

`tokenize` gives up at the first error, and understands f-strings only as the running interpreter does. This lexer
knows the newest syntax (nested quotes in f-strings) on every interpreter, never fails, and recovers where a person is
in the middle of typing: an unclosed bracket or replacement field ends where the next line can only be a statement.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .tokens import CLOSERS, KEYWORDS, OPENERS, Token, TokenKind

_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\f]+|\\\r?\n|\\\r|\#[^\r\n]*)
  | (?P<newline>\r\n|\r|\n)
  | (?P<string>(?P<prefix>(?i:[rubft]|br|rb|fr|rf|tr|rt)?)(?P<quote>\"{3}|'{3}|["']))
  | (?P<name>(?:[A-Za-z_]|[^\x00-\x7f])(?:[A-Za-z0-9_]|[^\x00-\x7f])*)
  | (?P<number>0[xX](?:_?[0-9a-fA-F])+ | 0[bB](?:_?[01])+ | 0[oO](?:_?[0-7])+
      | (?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)? | \.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?[jJ]?)
  | (?P<operator>\.\.\.|\*\*=?|//=?|<<=?|>>=?|->|:=|[-+*/%&|^@=<>!]=|[-+*/%&|^@=<>~!.,:;()\[\]{}])
    """,
    re.VERBOSE,
)
_STRING_ENDS = {
    "'": re.compile(r"[^'\\\r\n]*(?:\\(?:\r\n|[\s\S])[^'\\\r\n]*)*(?P<end>')?"),
    '"': re.compile(r'[^"\\\r\n]*(?:\\(?:\r\n|[\s\S])[^"\\\r\n]*)*(?P<end>")?'),
    "'''": re.compile(r"[^'\\]*(?:(?:\\[\s\S]|'(?!''))[^'\\]*)*(?P<end>''')?"),
    '"""': re.compile(r'[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*(?P<end>""")?'),
}
# Places inside an f-string that may matter; everything between them is text.
_FIELD_MARK = re.compile(r"""\\N\{[^{}'"\r\n]*\}|\\(?:\r\n|[^{}]|$)|\{\{|\{|\}|\r|\n|\"{3}|'{3}|["']""")
_CONVERSION = re.compile(r"!\s*[A-Za-z_]\w*")
_REST_OF_LINE = re.compile(r"[^\r\n]*")
_STATEMENT_KEYWORDS = (
    frozenset({"assert", "break", "class", "continue", "def", "del", "elif", "except", "finally", "global", "import"})
    | {"nonlocal", "pass", "raise", "return", "try", "while", "with"}
)  # fmt: skip
_INFIX_KEYWORDS = frozenset({"and", "as", "async", "else", "for", "if", "in", "is", "not", "or"})
_NEVER_AFTER_OPERATOR = frozenset({"and", "as", "else", "for", "if", "in", "is", "or"})


@dataclass(frozen=True, slots=True)
class _FString:
    """A formatted string that is open."""

    quote: str
    raw: bool

    @property
    def is_triple(self) -> bool:
        return len(self.quote) == 3


@dataclass(frozen=True, slots=True)
class _Open:
    """A bracket, or (with `string`) a replacement field, that is open; `in_spec`: a field inside a format spec."""

    closer: str
    string: _FString | None = None
    in_spec: bool = False


def lex(text: str) -> list[Token]:
    """Return the tokens of `text` in order. Every logical line ends with NEWLINE, the last one included."""
    return _Lexer(text).run()


class _Lexer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[Token] = []
        self._open: list[_Open] = []
        self._broken_at: int | None = None
        """Offset of a line end inside brackets that no token has followed yet."""

    def run(self) -> list[Token]:
        position, end = 0, len(self._text)
        while position < end:
            match = _TOKEN.match(self._text, position)
            if match is None:
                position += 1
                continue
            position = self._take(match)
        self._open.clear()
        self._end_line(end)
        return self._tokens

    def _take(self, match: re.Match[str]) -> int:
        """Handle one match; return where to go on."""
        start, end = match.span()
        match match.lastgroup:
            case "name":
                name = match.group()
                self._recover_before(name)
                kind = TokenKind.KEYWORD if name in KEYWORDS else TokenKind.NAME
                self._add(kind, start, end)
            case "operator":
                return self._operator(match.group(), start, end)
            case "newline":
                if not self._open:
                    self._end_line(start)
                elif self._broken_at is None:
                    self._broken_at = start
            case "number":
                self._add(TokenKind.NUMBER, start, end)
            case "blank":
                pass
            case _:
                return self._string(match["prefix"], match["quote"], start, end)
        return end

    def _add(self, kind: TokenKind, start: int, end: int) -> None:
        self._broken_at = None
        text = self._text[start:end]
        if kind is TokenKind.NAME and not text.isascii():
            text = unicodedata.normalize("NFKC", text)  # as the compiler does
        self._tokens.append(Token(kind, text, start, end, len(self._open)))

    def _end_line(self, offset: int) -> None:
        if self._tokens and self._tokens[-1].kind is not TokenKind.NEWLINE:
            self._broken_at = None
            self._tokens.append(Token(TokenKind.NEWLINE, "", offset, offset, 0))

    # Operators and brackets

    def _operator(self, text: str, start: int, end: int) -> int:
        top = self._open[-1] if self._open else None
        if top is not None and top.string is not None:
            if text == "}":
                self._open.pop()
                return self._formatted(top.string, end, in_spec=top.in_spec, begin=start)
            if text in {":", ":="}:
                return self._formatted(top.string, start + 1, in_spec=True, begin=start)
            if text == "!" and (conversion := _CONVERSION.match(self._text, start)):
                end = conversion.end()
        if text in CLOSERS:
            self._close(text)
        self._add(TokenKind.OPERATOR, start, end)
        if text in OPENERS:
            self._open.append(_Open(OPENERS[text]))
        return end

    def _close(self, closer: str) -> None:
        """Pop up to the bracket that `closer` closes; one that closes nothing within this field is ignored."""
        for index in range(len(self._open) - 1, -1, -1):
            entry = self._open[index]
            if entry.closer == closer and entry.string is None:
                del self._open[index:]
                return
            if entry.string is not None:
                return

    def _recover_before(self, name: str) -> None:
        """Close all brackets when `name`, first on its line, cannot go on the expression they are in."""
        if self._broken_at is None:
            return
        previous = self._tokens[-1]
        if name in _STATEMENT_KEYWORDS:
            broken = True
        elif previous.ends_operand():
            broken = name not in _INFIX_KEYWORDS
        else:
            broken = previous.kind is TokenKind.OPERATOR and name in _NEVER_AFTER_OPERATOR
        if broken:
            self._open.clear()
            self._end_line(self._broken_at)

    # Strings

    def _string(self, prefix: str, quote: str, start: int, end: int) -> int:
        if self._ends_enclosing(quote, start):
            return self._abandon_field(start)
        prefix = prefix.lower()
        if "f" in prefix or "t" in prefix:
            return self._formatted(_FString(quote, "r" in prefix), end, in_spec=False, begin=start)
        body = _STRING_ENDS[quote].match(self._text, end)
        assert body is not None  # The pattern also matches nothing at all.
        self._add(TokenKind.STRING if body["end"] else TokenKind.TEXT, start, body.end())
        return body.end()

    def _ends_enclosing(self, quote: str, start: int) -> bool:
        """Say whether a quote inside a replacement field is rather the end of the string whose field is unclosed."""
        string = next((entry.string for entry in reversed(self._open) if entry.string is not None), None)
        if string is None or string.quote != quote:
            return False
        previous = self._tokens[-1]
        if previous.ends_operand() and previous.kind not in (TokenKind.STRING, TokenKind.TEXT):
            return True
        rest = _REST_OF_LINE.match(self._text, start + len(quote))
        return not string.is_triple and rest is not None and quote not in rest.group()

    def _abandon_field(self, start: int) -> int:
        """End the formatted string whose field was left open, at the quote at `start`."""
        while self._open[-1].string is None:
            self._open.pop()
        string = self._open[-1].string
        assert string is not None
        return self._finish_string(string, start, start + len(string.quote))

    def _formatted(self, string: _FString, position: int, *, in_spec: bool, begin: int) -> int:
        """Pass over text of a formatted string from `position` to its next field or its end.

        `begin` is where the token starts. While `in_spec`, the field that the spec belongs to is on top of `_open`.
        """
        while mark := _FIELD_MARK.search(self._text, position):
            position = mark.end()
            found = mark.group()
            if found == "{" or (found == "{{" and in_spec):
                position = mark.start() + 1
                self._add(TokenKind.TEXT, begin, position)
                self._open.append(_Open("}", string, in_spec))
                return position
            if found == "}" and in_spec:
                in_spec = self._open.pop().in_spec
            elif found in "\r\n" and not string.is_triple:
                return self._finish_string(string, begin, mark.start())
            elif found.startswith(string.quote):
                return self._finish_string(string, begin, mark.start() + len(string.quote))
            elif found.startswith("\\N{") and string.raw:
                position = mark.start() + 2
        return self._finish_string(string, begin, len(self._text))

    def _finish_string(self, string: _FString, begin: int, end: int) -> int:
        """Leave a formatted string, with those of its fields that are open."""
        while self._open and self._open[-1].string is string:
            self._open.pop()
        self._add(TokenKind.TEXT, begin, end)
        return end
