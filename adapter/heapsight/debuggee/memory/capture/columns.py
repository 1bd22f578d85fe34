"""The tables of a snapshot while it is being made: each a set of arrays, written as columns at the end."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from itertools import accumulate, islice
from typing import Final

from ....wire.snapshot_file import NONE, SnapshotWriter

_LARGEST: Final = NONE - 1
_MOST: Final = 1 << 15
_CODES: Final = {"u32": "I", "u64": "Q", "i64": "q"}


class Strings(dict[str, int]):
    """The strings of a snapshot with their numbers. One that was not met for long may be there again.

    `forget` before reference counts are read: it holds them.
    """

    __slots__ = ("_bytes", "_next", "_size", "_start")

    def __init__(self, count: int = 0, size: int = 0) -> None:
        """Go on behind `count` strings with `size` bytes that were written before."""
        super().__init__({"": 0})
        self._next, self._size = count or 1, size
        self._start = array("Q") if count else array("Q", [0, 0])
        self._bytes = bytearray()

    @property
    def number(self) -> Callable[[str], int]:
        """What returns the number of an exact `str`."""
        return self.__getitem__

    def __missing__(self, text: str) -> int:
        if len(self) >= _MOST:  # a larger table takes longer to search than there is to be won
            self.forget()
        number = self[text] = self._next
        self._next += 1
        return number

    def forget(self) -> None:
        """Hold no string any more; what was numbered stays in the columns."""
        chunk = list(islice(self, 1, None))
        joined = "".join(chunk)
        if joined.isascii():
            encoded, lengths = joined.encode("ascii"), list(map(len, chunk))
        else:
            parts = [text.encode("utf-8", "surrogatepass") for text in chunk]
            encoded, lengths = b"".join(parts), list(map(len, parts))
        self._start.extend(islice(accumulate(lengths, initial=self._size), 1, None))
        self._bytes += encoded
        self._size += len(encoded)
        self.clear()
        self[""] = 0

    def write(self, writer: SnapshotWriter) -> None:
        """Write the columns, and forget."""
        self.forget()
        writer.add("string.start", "u64", self._start)
        writer.add("string.bytes", "u8", self._bytes)


class Sparse:
    """A table with rows for some nodes, in ascending order of these; `columns`: one or two, name → format.

    Formats are `u32`, `u64`, and `i64`, which becomes `u64`.
    """

    def __init__(self, prefix: str, columns: dict[str, str]) -> None:
        self._prefix = prefix
        self._formats = columns
        self.nodes = array("I")
        self._columns = {name: array(_CODES[form]) for name, form in columns.items()}
        self._first, *rest = self._columns.values()
        self._second = rest[0] if rest else None

    def add(self, node: int, first: int, second: int = 0) -> None:
        """Append a row."""
        self.nodes.append(node)
        self._first.append(first)
        if self._second is not None:
            self._second.append(second)

    def extend(self, nodes: Iterable[int], first: Iterable[int], second: Iterable[int]) -> None:
        """Append rows, of a table with two columns."""
        self.nodes.extend(nodes)
        self._first.extend(first)
        if self._second is not None:
            self._second.extend(second)

    def write(self, writer: SnapshotWriter) -> None:
        """Write the columns."""
        writer.add(f"{self._prefix}.node", "u32", self.nodes)
        for name, column in self._columns.items():
            writer.add(f"{self._prefix}.{name}", self._formats[name].replace("i", "u"), column)


def limited(number: int) -> int:
    """Return a number as a `u32` that is not NONE."""
    return number if 0 <= number < _LARGEST else (0 if number < 0 else _LARGEST)
