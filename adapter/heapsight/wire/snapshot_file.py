"""Reading and writing the container of a snapshot: named columns and a directory, as docs/snapshot-format.md has it.

What the columns mean is not known here; only that they are whole, lie inside the file, and are as long as they have to
be beside each other. The process that writes may be the user's program, so this imports next to nothing.
"""

from __future__ import annotations

import json
import struct
import sys
from array import array
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, Final

if TYPE_CHECKING:
    Bytes = array[int] | bytes | bytearray | memoryview

MAGIC: Final = b"\x89HPS\r\n\x1a\n"
VERSION: Final = 1
NONE: Final = 0xFFFF_FFFF
SUFFIX: Final = ".heapsight"

_HEADER: Final = struct.Struct("<8sIIQQ")
_ALIGNMENT: Final = 8
# Each format's type code of `array`, whose item size is the format's on every platform with CPython.
_CODES: Final = {"u8": "B", "u32": "I", "u64": "Q"}
_SIZES: Final = {"u8": 1, "u32": 4, "u64": 8}
_LARGEST_DIRECTORY: Final = 1 << 28

# Columns that have one item for each of the same things, and those that a snapshot has to have. `+1`: one more.
_PARALLEL: Final = (
    ("type.name", "type.module", "type.node"),
    ("node.address", "node.type", "node.size", "node.refcount", "node.flags", "node.length", "edge.start+1"),
    ("edge.to", "edge.kind", "edge.label"),
    ("root.node", "root.kind", "root.label"),
    ("large.node", "large.size"),
    ("name.node", "name.text"),
    ("place.node", "place.file", "place.line"),
    ("value.node", "value.text", "value.hash"),
    ("site.node", "site.trace"),
    ("frame.file", "frame.line"),
)
_FORMATS: Final = {
    "string.start": "u64",
    "string.bytes": "u8",
    "node.address": "u64",
    "node.flags": "u8",
    "edge.kind": "u8",
    "root.kind": "u8",
    "large.size": "u64",
    "value.hash": "u64",
}
_KNOWN: Final = frozenset(
    ("trace.start", "trace.frame", *_FORMATS, *(name.removesuffix("+1") for names in _PARALLEL for name in names))
)
_REQUIRED: Final = frozenset(
    ("string.start", "string.bytes", *(name.removesuffix("+1") for names in _PARALLEL[:4] for name in names))
)


class SnapshotError(Exception):
    """The file is no snapshot that can be read; the text says why, for a person."""


class Column:
    """A column's `format` (`u8`, `u32`, `u64`), number of items, and its pieces: (offset in the file, items)."""

    __slots__ = ("chunks", "count", "format")

    def __init__(self, format: str, count: int, chunks: list[tuple[int, int]]) -> None:
        self.format = format
        self.count = count
        self.chunks = chunks


class Directory:
    """What a snapshot says about itself, and where its columns are."""

    __slots__ = ("columns", "meta")

    def __init__(self, meta: dict[str, object], columns: dict[str, Column]) -> None:
        self.meta = meta
        self.columns = columns


class SnapshotWriter:
    """Writes a snapshot into `file`, opened for writing bytes, at its beginning, and seekable."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._columns: dict[str, Column] = {}
        self._end = _HEADER.size
        file.write(_HEADER.pack(MAGIC, VERSION, 0, 0, 0))

    def add(self, name: str, format: str, data: Bytes) -> None:
        """Append items to the column `name`. Bytes are little-endian; of an `array` the items count.

        Raises ValueError for a format that is not the column's, and for half an item.
        """
        column = self._columns.setdefault(name, Column(format, 0, []))
        size = _SIZES[format]
        view = memoryview(data).cast("B")
        if column.format != format or len(view) % size:
            raise ValueError(f"{len(view)} bytes are no items of {name} ({column.format})")
        if sys.byteorder == "big" and isinstance(data, array) and size > 1:
            swapped = data[:]
            swapped.byteswap()
            view = memoryview(swapped).cast("B")
        items = len(view) // size
        if items:
            column.chunks.append((self._place(view), items))
            column.count += items

    def count(self, name: str) -> int:
        """Return how many items the column `name` has so far."""
        column = self._columns.get(name)
        return column.count if column is not None else 0

    def finish(self, meta: Mapping[str, object]) -> int:
        """Write the directory; the file is a snapshot from now on. Return its size in bytes. Does not close it."""
        columns = {
            name: {"format": one.format, "count": one.count, "chunks": one.chunks}
            for name, one in self._columns.items()
        }
        # ASCII, so that file names with lone surrogates get through.
        text = json.dumps({"meta": meta, "columns": columns}).encode("ascii")
        place = self._place(memoryview(text))
        self._file.flush()
        self._file.seek(0)
        self._file.write(_HEADER.pack(MAGIC, VERSION, 0, place, len(text)))
        self._file.flush()
        return self._end

    @classmethod
    def amending(cls, file: BinaryIO, directory: Directory) -> SnapshotWriter:
        """Return a writer that adds to the finished snapshot in `file`, whose directory was read, until `finish`."""
        writer = cls.__new__(cls)
        writer._file, writer._columns = file, directory.columns
        writer._end = file.seek(0, 2)
        return writer

    def _place(self, view: memoryview) -> int:
        gap = -self._end % _ALIGNMENT
        self._file.write(b"\0" * gap)
        place = self._end + gap
        self._file.write(view)
        self._end = place + len(view)
        return place


def read_directory(file: BinaryIO) -> Directory:
    """Return the directory of the snapshot in `file`, opened for reading bytes.

    Raises SnapshotError where the file is none, was never finished, is of a later version, was cut off, or has columns
    that lie outside of it or do not fit each other.
    """
    file.seek(0, 2)
    end = file.tell()
    file.seek(0)
    header = file.read(_HEADER.size)
    if header[: len(MAGIC)] != MAGIC:
        raise SnapshotError("This is not a snapshot of Heapsight.")
    if len(header) < _HEADER.size:
        raise SnapshotError("The snapshot is cut off: it has no more than a beginning.")
    _, version, _, offset, length = _HEADER.unpack(header)
    if version != VERSION:
        raise SnapshotError(f"The snapshot has version {version}; this Heapsight reads version {VERSION}.")
    if not offset:
        raise SnapshotError("The snapshot was never finished: whatever wrote it was ended before.")
    if offset + length > end:
        raise SnapshotError(f"The snapshot is cut off: {offset + length - end:,} bytes are missing.")
    if length > _LARGEST_DIRECTORY:
        raise SnapshotError("The snapshot is damaged: its directory is too large.")
    file.seek(offset)
    directory = _parse(file.read(length), end)
    _check_shape(directory.columns)
    return directory


def read_column(file: BinaryIO, column: Column) -> array[int]:
    """Return all items of a column. Raises SnapshotError where the file has become shorter meanwhile."""
    items = array(_CODES[column.format], [0]) * column.count
    view = memoryview(items).cast("B")
    size, done = _SIZES[column.format], 0
    for offset, count in column.chunks:
        file.seek(offset)
        end = done + count * size
        while done < end:
            got = file.readinto(view[done:end])  # type: ignore[attr-defined]
            if not got:
                raise SnapshotError("The snapshot is cut off: a column has become shorter.")
            done += got
    if sys.byteorder == "big" and size > 1:
        items.byteswap()
    return items


def read_optional(file: BinaryIO, directory: Directory, name: str) -> array[int]:
    """Return all items of the column `name`; none where the snapshot does not have it."""
    column = directory.columns.get(name)
    return array(_CODES[_FORMATS.get(name, "u32")]) if column is None else read_column(file, column)


def _parse(text: bytes, end: int) -> Directory:
    try:
        parsed = json.loads(text)
        meta, columns = parsed["meta"], parsed["columns"]
        if not isinstance(meta, dict):
            raise TypeError
        return Directory(meta, {str(name): _parse_column(name, one, end) for name, one in columns.items()})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SnapshotError("The snapshot is damaged: its directory cannot be read.") from None


def _parse_column(name: str, told: Any, end: int) -> Column:
    format, count, chunks = told["format"], told["count"], [(offset, items) for offset, items in told["chunks"]]
    size = _SIZES.get(format)
    if size is None:
        if name in _REQUIRED:
            raise SnapshotError(f"The snapshot is damaged: column {name} is of no known format.")
        return Column(str(format), 0, [])  # of a later version, and ignored
    for offset, items in chunks:
        if not (_is_count(offset) and _is_count(items) and offset >= _HEADER.size and offset % _ALIGNMENT == 0):
            raise SnapshotError(f"The snapshot is damaged: column {name} is nowhere.")
        if offset + items * size > end:
            raise SnapshotError(f"The snapshot is damaged: column {name} ends outside of the file.")
    if not _is_count(count) or count != sum(items for _, items in chunks):
        raise SnapshotError(f"The snapshot is damaged: the pieces of column {name} are not all there.")
    # A few bytes of the directory must not ask for more than the file has.
    if count * size > end:
        raise SnapshotError(f"The snapshot is damaged: column {name} is larger than the file.")
    return Column(format, count, chunks)


def _is_count(number: object) -> bool:
    return type(number) is int and number >= 0


def _check_shape(columns: dict[str, Column]) -> None:
    for name, column in columns.items():
        if name in _KNOWN:
            expected = _FORMATS.get(name, "u32")
            if column.format != expected:
                raise SnapshotError(f"The snapshot is damaged: column {name} is {column.format}, not {expected}.")
    missing = sorted(_REQUIRED - columns.keys())
    if missing:
        raise SnapshotError(f"The snapshot is damaged: it has no column {missing[0]}.")
    for names in _PARALLEL:
        counts = {name.removesuffix("+1"): _items(columns, name) for name in names}
        if len(set(counts.values())) > 1:
            shown = ", ".join(f"{name} {count:,}" for name, count in counts.items())
            raise SnapshotError(f"The snapshot is damaged: columns do not fit each other ({shown}).")
    if columns["string.start"].count < 1:
        raise SnapshotError("The snapshot is damaged: it has no strings.")


def _items(columns: dict[str, Column], name: str) -> int:
    column = columns.get(name.removesuffix("+1"))
    count = column.count if column is not None else 0
    return count - 1 if name.endswith("+1") else count
