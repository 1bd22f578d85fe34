"""The tables of a snapshot while it is being made: each a set of arrays, written as columns at the end."""

from __future__ import annotations

from array import array
from typing import Final

from ....wire.snapshot_file import NONE, SnapshotWriter

_LARGEST: Final = NONE - 1


class Strings:
    """The strings of a snapshot, each once. `forget` before reference counts are read: it holds them."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0}
        self._start = array("Q", [0, 0])
        self._bytes = bytearray()
        self._count, self._before = 1, 0

    @classmethod
    def going_on(cls, count: int, size: int) -> Strings:
        """Return a table that adds to the `count` strings with `size` bytes that were written before."""
        strings = cls()
        strings._start = array("Q")
        strings._count, strings._before = count, size
        return strings

    def number(self, text: str) -> int:
        """Return the number of `text`, an exact `str`."""
        known = self._numbers.get(text)
        if known is not None:
            return known
        number = self._numbers[text] = self._count
        self._count += 1
        self._bytes += text.encode("utf-8", "surrogatepass")
        self._start.append(self._before + len(self._bytes))
        return number

    def forget(self) -> None:
        """Hold no string any more; what was numbered stays in the columns."""
        self._numbers.clear()

    def write(self, writer: SnapshotWriter) -> None:
        """Write the columns."""
        writer.add("string.start", "u64", self._start)
        writer.add("string.bytes", "u8", self._bytes)


class Sparse:
    """A table with rows for some nodes, in ascending order of these; `columns`: one or two, name → format."""

    def __init__(self, prefix: str, columns: dict[str, str]) -> None:
        self._prefix = prefix
        self._formats = columns
        self.nodes = array("I")
        self._columns = {name: array("Q" if form == "u64" else "I") for name, form in columns.items()}

        self._first, *rest = self._columns.values()
        self._second = rest[0] if rest else None

    def add(self, node: int, first: int, second: int = 0) -> None:
        """Append a row."""
        self.nodes.append(node)
        self._first.append(first)
        if self._second is not None:
            self._second.append(second)

    def write(self, writer: SnapshotWriter) -> None:
        """Write the columns."""
        writer.add(f"{self._prefix}.node", "u32", self.nodes)
        for name, column in self._columns.items():
            writer.add(f"{self._prefix}.{name}", self._formats[name], column)


def limited(number: int) -> int:
    """Return a number as a `u32` that is not NONE."""
    return number if 0 <= number < _LARGEST else (0 if number < 0 else _LARGEST)
