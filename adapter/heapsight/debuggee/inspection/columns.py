"""Columns as the client counts them, from the UTF-8 offsets that the compiler noted."""

from __future__ import annotations

from .sources import Sources

_MOST = 20_000


class Columns:
    """Remembers columns, which are numbers, throughout the session, but the lines of files for one stop only."""

    def __init__(self) -> None:
        self._sources = Sources()
        self._columns: dict[tuple[str, int, int], int] = {}
        self._indentations: dict[tuple[str, int], int] = {}

    def column(self, path: str, line: int, offset: int) -> int:
        """Return the column of a UTF-8 offset: 1-based, in UTF-16 units."""
        found = self._columns.get((path, line, offset))
        if found is None:
            found = self._columns[path, line, offset] = column_of(self._sources.line(path, line), offset)
        return found

    def offset(self, path: str, line: int, column: int) -> int:
        """Return the UTF-8 offset of a column: the reverse of `column`."""
        return offset_of(self._sources.line(path, line), column)

    def indentation(self, path: str, line: int, default: int) -> int:
        """Return the offset of the first character that is no blank; `default` where there is no such line."""
        found = self._indentations.get((path, line))
        if found is None:
            text = self._sources.line(path, line)
            found = self._indentations[path, line] = len(text) - len(text.lstrip()) if text.strip() else default
        return found

    def release(self) -> None:
        """End a stop."""
        self._sources.clear()
        if len(self._columns) > _MOST:
            self._columns.clear()
            self._indentations.clear()


def column_of(text: str, offset: int) -> int:
    """Return the column of a UTF-8 offset into a line: 1-based, in UTF-16 units."""
    if text.isascii():
        return offset + 1
    before = text.encode()[:offset].decode("utf-8", "ignore")
    return len(before.encode("utf-16-le", "surrogatepass")) // 2 + 1


def offset_of(text: str, column: int) -> int:
    """Return the UTF-8 offset of a column of a line, which is 1-based and in UTF-16 units."""
    if text.isascii():
        return max(column - 1, 0)
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * max(column - 1, 0)]
    return len(units.decode("utf-16-le", "ignore").encode("utf-8", "surrogatepass"))
