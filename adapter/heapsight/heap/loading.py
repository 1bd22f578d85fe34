"""A snapshot file, opened: its columns as arrays, each read when it is first asked for, and checked then.

The columns that a question needs are often few: addresses, labels and values stay in the file until somebody looks.
"""

from __future__ import annotations

import bisect
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from ..wire.snapshot_file import NONE, Directory, SnapshotError, read_column, read_directory
from .passes import kernels

__all__ = [
    "ATTRIBUTE",
    "FRAME",
    "FROZEN",
    "INTERNAL",
    "INTERPRETER",
    "ITEM",
    "KEY",
    "LOCAL",
    "MEMBER",
    "MODULE",
    "NONE",
    "OWN",
    "PSEUDO",
    "STACK",
    "THREAD",
    "TRACKED",
    "TYPE",
    "VALUE",
    "Place",
    "Snapshot",
    "SnapshotError",
    "Strings",
    "TypeRow",
    "load",
]

TRACKED, PSEUDO, FROZEN = 1, 2, 4

# Kinds of references.
ATTRIBUTE, ITEM, VALUE, KEY, MEMBER, LOCAL, TYPE, STACK, INTERNAL, FRAME = range(10)
# Kinds of roots.
MODULE, THREAD, INTERPRETER, OWN = range(4)


@dataclass(frozen=True)
class TypeRow:
    """A type that has objects.

    name: module.qualname, without the module for builtins; node: the type itself, or None.
    """

    name: str
    module: str
    node: int | None


@dataclass(frozen=True)
class Place:
    """A line of a file; line 0: the file as a whole."""

    file: str
    line: int


class Strings(Sequence[str]):
    """The strings of a snapshot, decoded when they are asked for."""

    def __init__(self, start: array[int], content: array[int]) -> None:
        if not len(start) or start[0] != 0 or start[-1] != len(content):
            raise SnapshotError("the strings do not end where their bytes end")
        self._start, self._content, self._bytes = start, content, memoryview(content)

    @property
    def columns(self) -> tuple[array[int], array[int]]:
        """Where each string begins, and the bytes of all."""
        return self._start, self._content

    def __len__(self) -> int:
        return len(self._start) - 1

    def __getitem__(self, index: int) -> str:  # type: ignore[override]
        if not 0 <= index < len(self._start) - 1:
            raise SnapshotError(f"there is no string {index}")
        first, last = self._start[index], self._start[index + 1]
        if first > last or last > len(self._bytes):
            raise SnapshotError(f"string {index} is not within the strings' bytes")
        try:
            return bytes(self._bytes[first:last]).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise SnapshotError(f"string {index} is not UTF-8") from error


class Snapshot:
    """The contents of one file. Arrays are to be read only; all raise SnapshotError where the file is wrong."""

    def __init__(self, path: Path, file: BinaryIO, directory: Directory) -> None:
        self.path = path
        self._file = file
        self._directory = directory
        self.meta: dict[str, object] = directory.meta
        self.nodes = self._count("node.type")
        self.edges = self._count("edge.to")

    def close(self) -> None:
        """Close the file. Columns that were read before stay."""
        self._file.close()

    # -- columns ------------------------------------------------------------------------------------------------------

    def _count(self, name: str) -> int:
        column = self._directory.columns.get(name)
        if column is None:
            raise SnapshotError(f"the column {name} is missing")
        return column.count

    def column(self, name: str, *, count: int | None = None, below: int | None = None) -> array[int]:
        """Read a column. count: how many it must have; below: what its numbers must be less than."""
        found = self._directory.columns.get(name)
        if found is None:
            raise SnapshotError(f"the column {name} is missing")
        data = read_column(self._file, found)
        if count is not None and len(data) != count:
            raise SnapshotError(f"{name} has {len(data):,} rows instead of {count:,}")
        if below is not None and len(data) and kernels.largest(data) >= below:
            raise SnapshotError(f"{name} refers to row {kernels.largest(data):,} of {below:,}")
        return data

    def _optional(
        self, name: str, *, count: int | None = None, below: int | None = None, code: str = "I"
    ) -> array[int]:
        """Read a column that a writer may leave out where it would be empty."""
        if name not in self._directory.columns:
            return array(code)
        return self.column(name, count=count, below=below)

    @cached_property
    def strings(self) -> Strings:
        """All strings, by number."""
        return Strings(self.column("string.start"), self.column("string.bytes"))

    @cached_property
    def types(self) -> list[TypeRow]:
        """The types that have objects."""
        names = self.column("type.name")
        modules = self.column("type.module", count=len(names))
        nodes = self.column("type.node", count=len(names))
        if any(self.nodes <= node < NONE for node in nodes):
            raise SnapshotError("type.node refers to a node that is not there")
        text = self.strings
        return [
            TypeRow(text[name], text[module], None if node == NONE else node)
            for name, module, node in zip(names, modules, nodes, strict=True)
        ]

    @cached_property
    def classes(self) -> frozenset[int]:
        """The nodes of the types that have objects."""
        return frozenset(row.node for row in self.types if row.node is not None)

    @cached_property
    def node_address(self) -> array[int]:
        """Addresses; 0 for a pseudo node."""
        return self.column("node.address", count=self.nodes)

    @cached_property
    def node_type(self) -> array[int]:
        """Rows of `types`."""
        return self.column("node.type", count=self.nodes, below=self._count("type.name"))

    @cached_property
    def node_size(self) -> array[int]:
        """Shallow sizes; NONE where `large` has it. `size(node)` looks there."""
        return self.column("node.size", count=self.nodes)

    @cached_property
    def node_refcount(self) -> array[int]:
        """Reference counts; NONE: immortal."""
        return self.column("node.refcount", count=self.nodes)

    @cached_property
    def node_flags(self) -> array[int]:
        """TRACKED, PSEUDO, FROZEN, added."""
        return self.column("node.flags", count=self.nodes)

    @cached_property
    def node_length(self) -> array[int]:
        """Numbers of items; NONE for what has none."""
        return self.column("node.length", count=self.nodes)

    @cached_property
    def large_node(self) -> array[int]:
        """Nodes of 4 GiB and more, ascending."""
        return self._optional("large.node", below=self.nodes)

    @cached_property
    def large_size(self) -> array[int]:
        """Their sizes."""
        return self._optional("large.size", count=len(self.large_node), code="Q")

    @cached_property
    def edge_start(self) -> array[int]:
        """Where each node's references begin, one more than there are nodes."""
        return self.column("edge.start", count=self.nodes + 1)

    @cached_property
    def edge_to(self) -> array[int]:
        """Nodes referred to. Passes check themselves that they are in range."""
        return self.column("edge.to", count=self.edges)

    @cached_property
    def edge_kind(self) -> array[int]:
        """Kinds of the references."""
        return self.column("edge.kind", count=self.edges)

    @cached_property
    def edge_label(self) -> array[int]:
        """Labels: a string, an index or a node, as the kind has it."""
        return self.column("edge.label", count=self.edges)

    @cached_property
    def root_node(self) -> array[int]:
        """Nodes of the roots."""
        return self.column("root.node", below=self.nodes)

    @cached_property
    def root_kind(self) -> array[int]:
        """Kinds of the roots."""
        return self.column("root.kind", count=len(self.root_node))

    @cached_property
    def root_label(self) -> array[int]:
        """Strings: expressions where there is one."""
        return self.column("root.label", count=len(self.root_node))

    @cached_property
    def value_node(self) -> array[int]:
        """Nodes that have a value, ascending."""
        return self._optional("value.node", below=self.nodes)

    @cached_property
    def value_text(self) -> array[int]:
        """Strings: the beginnings of their reprs."""
        return self._optional("value.text", count=len(self.value_node))

    @cached_property
    def value_hash(self) -> array[int]:
        """Hashes of type and content."""
        return self._optional("value.hash", count=len(self.value_node), code="Q")

    @cached_property
    def name_columns(self) -> tuple[array[int], array[int]]:
        """Nodes that have a name, ascending, and strings: their names."""
        nodes = self._optional("name.node", below=self.nodes)
        return nodes, self._optional("name.text", count=len(nodes))

    @cached_property
    def _place_columns(self) -> tuple[array[int], array[int], array[int]]:
        nodes = self._optional("place.node", below=self.nodes)
        return nodes, self._optional("place.file", count=len(nodes)), self._optional("place.line", count=len(nodes))

    @cached_property
    def site_columns(self) -> tuple[array[int], array[int]]:
        """Nodes whose allocation was traced, ascending, and the numbers of their traces."""
        nodes = self._optional("site.node", below=self.nodes)
        return nodes, self._optional("site.trace", count=len(nodes))

    @cached_property
    def _trace_columns(self) -> tuple[array[int], array[int], array[int], array[int]]:
        files = self._optional("frame.file")
        frames = self._optional("trace.frame", below=len(files))
        return self._optional("trace.start"), frames, files, self._optional("frame.line", count=len(files))

    # -- one node -----------------------------------------------------------------------------------------------------

    def size(self, node: int) -> int:
        """Return the shallow size of a node in bytes."""
        size = self.node_size[node]
        if size != NONE:
            return size
        row = _row(self.large_node, node)
        if row is None:
            raise SnapshotError(f"the size of node {node:,} is missing")
        return self.large_size[row]

    def type_of(self, node: int) -> TypeRow:
        """Return the type of a node."""
        return self.types[self.node_type[node]]

    def name(self, node: int) -> str | None:
        """Return the qualified name of a function, class …, where it has one."""
        nodes, texts = self.name_columns
        row = _row(nodes, node)
        return None if row is None else self.strings[texts[row]]

    def place(self, node: int) -> Place | None:
        """Return where a function, class, code object, frame or module is, where known."""
        nodes, files, lines = self._place_columns
        row = _row(nodes, node)
        return None if row is None else Place(self.strings[files[row]], lines[row])

    def value(self, node: int) -> str | None:
        """Return the repr of a str, number …, with `…` behind it where it was cut; None for other objects."""
        row = _row(self.value_node, node)
        return None if row is None else self.strings[self.value_text[row]]

    def site(self, node: int) -> list[Place]:
        """Return where a node was allocated, most recent frame first; empty where that was not traced."""
        nodes, traces = self.site_columns
        row = _row(nodes, node)
        return [] if row is None else self.trace(traces[row])

    def trace(self, number: int) -> list[Place]:
        """Return the frames of a trace, most recent first."""
        start, frames, files, lines = self._trace_columns
        if not 0 <= number < len(start) - 1 or not start[number] <= start[number + 1] <= len(frames):
            raise SnapshotError(f"there is no allocation trace {number}")
        return [Place(self.strings[files[f]], lines[f]) for f in frames[start[number] : start[number + 1]]]


def _row(nodes: array[int], node: int) -> int | None:
    row = bisect.bisect_left(nodes, node)
    return row if row < len(nodes) and nodes[row] == node else None


def load(path: str | Path, progress: Callable[[str, float], None] | None = None) -> Snapshot:
    """Open a snapshot file. progress: called with what is being done and how far that is, 0 to 1.

    Raises SnapshotError for a file that is no snapshot, unfinished, or wrong in its directory, OSError where it cannot
    be read. The file stays open, as columns are read when they are first needed.
    """
    path = Path(path)
    file = path.open("rb")
    try:
        snapshot = Snapshot(path, file, read_directory(file))
        if progress is not None:
            progress("Reading", 0.0)
        snapshot.edge_start, snapshot.edge_to, snapshot.node_size, snapshot.node_refcount  # noqa: B018
        if progress is not None:
            progress("Reading", 1.0)
    except (SnapshotError, OSError):
        file.close()
        raise
    return snapshot
