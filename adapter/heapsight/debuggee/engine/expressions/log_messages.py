"""Log messages: text with `{expression}`, `{expression!r:>10}`, `{expression=}`, and `{{` for a brace."""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType

from ...records import record
from .bound import Expression, NotAnExpression
from .failures import describe_failure

_OPENING = {"(": ")", "[": "]", "{": "}"}
_CONVERSIONS: dict[str, Callable[[object], str]] = {"r": repr, "s": str, "a": ascii}
# Operators whose text contains `=` or `!` without ending an expression.
_TWO_LETTERS = ("!=", "==", "<=", ">=", ":=")


class BadLogMessage(Exception):
    """The message cannot be used; the text says why."""


@record
class Field:
    """One `{…}` of a message. `spec` is a message in itself, as in `{price:{width}.2f}`."""

    expression: Expression
    conversion: str | None
    spec: LogMessage | None

    def render(self, frame: FrameType) -> str:
        """Return the formatted value, or what went wrong in its place."""
        try:
            value = self.expression.evaluate(frame)
            if self.conversion is not None:
                value = _CONVERSIONS[self.conversion](value)
            return format(value, self.spec.render(frame) if self.spec is not None else "")
        except BaseException as error:  # whatever the user's expression raises is shown where its value would be
            if isinstance(error, KeyboardInterrupt):
                raise
            return f"{{{describe_failure(error)}}}"


@record
class LogMessage:
    """A parsed message."""

    parts: tuple[str | Field, ...]

    def render(self, frame: FrameType) -> str:
        """Return the text for `frame`; an expression that raises shows its error inline."""
        return "".join([part if isinstance(part, str) else part.render(frame) for part in self.parts])


def parse_log_message(text: str) -> LogMessage:
    """Parse `text`; raises BadLogMessage."""
    return _Parser(text).message()


class _Parser:
    """Reads a message from left to right; a format specification is a message that ends at its field's brace."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def message(self, in_field: bool = False) -> LogMessage:
        parts: list[str | Field] = []
        literal = ""
        while self._at < len(self._text):
            character = self._text[self._at]
            if not in_field and self._text.startswith(("{{", "}}"), self._at):
                literal += character
                self._at += 2
            elif character == "{":
                prefix, part = self._field()
                parts += [literal + prefix, part]
                literal = ""
            elif character == "}" and in_field:
                break
            else:  # a single closing brace too: in a message it can mean nothing else
                literal += character
                self._at += 1
        return LogMessage((*parts, literal))

    def _field(self) -> tuple[str, Field]:
        """Read `{…}`; return text to show before the value (of `{name=}`) and the field."""
        start = self._at + 1
        end = self._expression_end(start)
        source, shown = self._text[start:end], ""
        self._at = end
        if source.rstrip().endswith("=") and not source.rstrip().endswith(_TWO_LETTERS):
            shown, source = source, source.rstrip()[:-1]
        conversion = self._conversion()
        spec = self._spec()
        if not self._text.startswith("}", self._at):
            raise BadLogMessage(f"The log message lacks a '}}' after '{{{self._text[start:end]}'.")
        self._at += 1
        if not source.strip():
            raise BadLogMessage("The log message has an empty {}: write {{}} for the braces themselves.")
        try:
            expression = Expression(source)
        except NotAnExpression as error:
            raise BadLogMessage(f"{{{source}}} in the log message does not compile: {error}.") from None
        if shown and conversion is None and spec is None:
            conversion = "r"
        return shown, Field(expression, conversion, spec)

    def _conversion(self) -> str | None:
        if not self._text.startswith("!", self._at):
            return None
        letter = self._text[self._at + 1 : self._at + 2]
        if letter not in _CONVERSIONS:
            raise BadLogMessage(f"'!{letter}' in the log message is no conversion: there are !r, !s and !a.")
        self._at += 2
        return letter

    def _spec(self) -> LogMessage | None:
        if not self._text.startswith(":", self._at):
            return None
        self._at += 1
        return self.message(in_field=True)

    def _expression_end(self, start: int) -> int:
        """Return where the expression that begins at `start` ends: at a `!`, `:` or `}` outside brackets, strings."""
        closing: list[str] = []
        at = start
        while at < len(self._text):
            character = self._text[at]
            if character in "'\"":
                at = self._string_end(at)
                continue
            if closing and character == closing[-1]:
                closing.pop()
            elif character in _OPENING:
                closing.append(_OPENING[character])
            elif not closing:
                if self._text.startswith("!=", at):
                    at += 1
                elif character in "!:}":
                    return at
            at += 1
        raise BadLogMessage(f"The log message lacks a '}}' after '{{{self._text[start:]}'. Write {{{{ for a brace.")

    def _string_end(self, start: int) -> int:
        quote = self._text[start]
        delimiter = quote * 3 if self._text.startswith(quote * 3, start) else quote
        at = start + len(delimiter)
        while at < len(self._text):
            if self._text[at] == "\\":
                at += 2
            elif self._text.startswith(delimiter, at):
                return at + len(delimiter)
            else:
                at += 1
        raise BadLogMessage(f"A string in the log message is not closed: {self._text[start:]}")
