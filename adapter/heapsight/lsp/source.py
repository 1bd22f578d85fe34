"""The text of one file, addressed the way the Language Server Protocol does.

Lines end at LF, CRLF and CR only, which is also what Python calls a line; `str.splitlines` splits at form feeds and
other separators too, and would count differently from the editor. Columns count code units of the encoding that
client and server agreed on, normally UTF-16, where a character outside the basic plane counts twice.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import Enum
from functools import cached_property

_LINE_END = re.compile(r"\r\n|\r|\n")
_LAST_OF_BASIC_PLANE = 0xFFFF


class Encoding(Enum):
    """What a column counts; values are the protocol's `PositionEncodingKind`."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"

    def units(self, text: str) -> int:
        """Return the length of `text` in code units."""
        if self is Encoding.UTF32 or text.isascii():
            return len(text)
        if self is Encoding.UTF16:
            return len(text) + sum(ord(char) > _LAST_OF_BASIC_PLANE for char in text)
        return len(text.encode("utf-8", "surrogatepass"))


class SourceText:
    """A text and its lines. Offsets are indexes into `text`; lines and columns count from 0."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def line_starts(self) -> list[int]:
        """Offsets at which the lines begin; never empty."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def line_of(self, offset: int) -> int:
        """Return the line that `offset` lies in."""
        return bisect_right(self.line_starts, offset) - 1

    def offset(self, line: int, column: int, encoding: Encoding) -> int:
        """Return the offset of a position; one outside the text is moved to the nearest place inside."""
        if line < 0:
            return 0
        if line >= len(self.line_starts):
            return len(self.text)
        content = self._line(line)
        start = self.line_starts[line]
        if encoding is Encoding.UTF32 or content.isascii():
            return start + max(0, min(column, len(content)))
        passed = 0
        for index, char in enumerate(content):
            passed += encoding.units(char)
            if passed > column:
                return start + index
        return start + len(content)

    def position(self, offset: int, encoding: Encoding) -> tuple[int, int]:
        """Return line and column of `offset`."""
        line = self.line_of(offset)
        return line, encoding.units(self.text[self.line_starts[line] : offset])

    def replaced(self, start: int, end: int, text: str) -> SourceText:
        """Return a new text with `text` in place of what lies between the two offsets."""
        return SourceText(self.text[:start] + text + self.text[max(start, end) :])

    def _line(self, line: int) -> str:
        """Return a line without its end."""
        after = self.line_starts[line + 1] if line + 1 < len(self.line_starts) else len(self.text)
        return self.text[self.line_starts[line] : after].rstrip("\r\n")
