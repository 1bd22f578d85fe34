"""Snapshot files by hand: a few nodes and edges, written as the real writer writes them."""

from __future__ import annotations

from array import array
from pathlib import Path

from heapsight.wire.snapshot_file import SnapshotWriter

NONE = 0xFFFFFFFF
ATTRIBUTE, ITEM, VALUE, KEY, MEMBER, LOCAL, TYPE, STACK, INTERNAL, FRAME = range(10)
MODULE, THREAD, INTERPRETER, OWN = range(4)
TRACKED, PSEUDO, FROZEN = 1, 2, 4
_CODES = {"u8": "B", "u32": "I", "u64": "Q"}
_META = {
    "heapsight": "0.1.0",
    "python": "3.12.1",
    "platform": "linux",
    "pid": 1,
    "argv": ["shop.py"],
    "capture": "python",
    "traced": 0,
}


def fnv1a(data: bytes) -> int:
    """FNV-1a, 64 bits."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


class Builder:
    """Collects nodes, edges and roots, and writes them as a snapshot.

    A node is a number, in the order of the calls. Types appear when they are first used: `shop.Order` is of the module
    `shop`, a name without a dot of `builtins`.
    """

    def __init__(self, **meta: object) -> None:
        self.meta = {**_META, **meta}
        self._strings: dict[str, int] = {"": 0}
        self._types: dict[str, int] = {}
        self._type_nodes: dict[str, int] = {}
        self._nodes: list[tuple[int, int, int | None, int, int]] = []
        self._addresses: dict[int, int] = {}
        self._edges: list[list[tuple[int, int, int]]] = []
        self._in_edges: list[int] = []
        self._roots: list[tuple[int, int, int]] = []
        self._names: dict[int, int] = {}
        self._places: dict[int, tuple[int, int]] = {}
        self._values: dict[int, tuple[int, int]] = {}
        self._sites: dict[int, int] = {}
        self._traces: dict[tuple[int, ...], int] = {}
        self._frames: dict[tuple[int, int], int] = {}

    def string(self, text: str) -> int:
        """Return the number of a string."""
        return self._strings.setdefault(text, len(self._strings))

    def node(
        self,
        type_name: str,
        size: int = 64,
        *,
        refcount: int | None = None,
        flags: int = TRACKED,
        length: int | None = None,
        name: str | None = None,
        value: object = None,
        text: str | None = None,
        place: tuple[str, int] | None = None,
        address: int | None = None,
    ) -> int:
        """Add an object. refcount: default what refers to it; NONE: immortal.

        value: a str, number …; text: its repr, where it is not the whole one.
        """
        node = len(self._nodes)
        number = self._types.setdefault(type_name, len(self._types))
        self._nodes.append((number, size, refcount, flags, NONE if length is None else length))
        self._edges.append([])
        self._in_edges.append(0)
        if address is not None:
            self._addresses[node] = address
        if name is not None:
            self._names[node] = self.string(name)
        if place is not None:
            self._places[node] = (self.string(place[0]), place[1])
        if value is not None:
            content = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
            shown = self.string(repr(value) if text is None else text)
            self._values[node] = (shown, fnv1a(type_name.encode() + b"\0" + content))
        return node

    def edge(self, holder: int, to: int, kind: int = ATTRIBUTE, label: str | int | None = None) -> None:
        """Add a reference. label: a text, an index, or the node of a key, as the kind has it."""
        if label is None:
            label = 0 if kind in {ATTRIBUTE, LOCAL, STACK, INTERNAL} else NONE
        self._edges[holder].append((to, kind, self.string(label) if isinstance(label, str) else label))
        self._in_edges[to] += 1

    def root(self, node: int, kind: int = MODULE, label: str = "") -> None:
        """Make a node a root. kind: MODULE, THREAD, INTERPRETER or OWN."""
        self._roots.append((node, kind, self.string(label)))

    def type_node(self, type_name: str, node: int) -> None:
        """Say which node is the type itself."""
        self._types.setdefault(type_name, len(self._types))
        self._type_nodes[type_name] = node

    def site(self, node: int, *frames: tuple[str, int]) -> None:
        """Say where a node was allocated: frames as (file, line), most recent first."""
        rows = tuple(self._frames.setdefault((self.string(file), line), len(self._frames)) for file, line in frames)
        self._sites[node] = self._traces.setdefault(rows, len(self._traces))

    # What programs consist of, so that tests read like programs.

    def module(self, name: str, file: str = "", size: int = 72) -> tuple[int, int]:
        """Add a module and its namespace. Returns both nodes."""
        module = self.node("module", size, name=name, place=(file, 0) if file else None)
        namespace = self.node("dict", 64)
        self.edge(module, namespace, ATTRIBUTE, "__dict__")
        self.root(module, MODULE, f"sys.modules[{name!r}]")
        return module, namespace

    def entry(self, holder: int, key: object, value: int) -> None:
        """Put a value into a dict, with a key of its own."""
        self.edge(holder, node := self.node(type(key).__name__, 50, flags=0, value=key), KEY)
        self.edge(holder, value, VALUE, node)

    def columns(self) -> dict[str, tuple[str, list[int]]]:
        """Return name → (format, values) of all columns."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in self._string_list()]
        starts = _starts(encoded)
        nodes = range(len(self._nodes))
        large = [node for node in nodes if self._nodes[node][1] >= NONE]
        edges = [edge for row in self._edges for edge in row]
        names, places, values, sites = (sorted(each) for each in (self._names, self._places, self._values, self._sites))
        return {
            "string.start": ("u64", starts),
            "string.bytes": ("u8", list(b"".join(encoded))),
            **self._type_columns(),
            "node.address": ("u64", [self._addresses.get(node, 0x1000 + 64 * node) for node in nodes]),
            "node.type": ("u32", [each[0] for each in self._nodes]),
            "node.size": ("u32", [min(each[1], NONE) for each in self._nodes]),
            "node.refcount": ("u32", [self._refcount(node) for node in nodes]),
            "node.flags": ("u8", [each[3] for each in self._nodes]),
            "node.length": ("u32", [each[4] for each in self._nodes]),
            "large.node": ("u32", large),
            "large.size": ("u64", [self._nodes[node][1] for node in large]),
            "name.node": ("u32", names),
            "name.text": ("u32", [self._names[node] for node in names]),
            "place.node": ("u32", places),
            "place.file": ("u32", [self._places[node][0] for node in places]),
            "place.line": ("u32", [self._places[node][1] for node in places]),
            "value.node": ("u32", values),
            "value.text": ("u32", [self._values[node][0] for node in values]),
            "value.hash": ("u64", [self._values[node][1] for node in values]),
            "edge.start": ("u32", _starts(self._edges)),
            "edge.to": ("u32", [edge[0] for edge in edges]),
            "edge.kind": ("u8", [edge[1] for edge in edges]),
            "edge.label": ("u32", [edge[2] for edge in edges]),
            "root.node": ("u32", [each[0] for each in self._roots]),
            "root.kind": ("u8", [each[1] for each in self._roots]),
            "root.label": ("u32", [each[2] for each in self._roots]),
            "site.node": ("u32", sites),
            "site.trace": ("u32", [self._sites[node] for node in sites]),
            "trace.start": ("u32", _starts(list(self._traces))),
            "trace.frame": ("u32", [frame for trace in self._traces for frame in trace]),
            "frame.file": ("u32", [file for file, _ in self._frames]),
            "frame.line": ("u32", [line for _, line in self._frames]),
        }

    def write(self, path: Path, **changed: tuple[str, list[int]] | None) -> Path:
        """Write the file. changed: columns to write otherwise (`node_type=("u32", [7])`), or to leave out (None)."""
        columns = self.columns()
        for key, column in changed.items():
            name = key.replace("_", ".", 1)
            if column is None:
                del columns[name]
            else:
                columns[name] = column
        with path.open("wb") as file:
            writer = SnapshotWriter(file)
            for name, (form, values) in columns.items():
                writer.add(name, form, array(_CODES[form], values))
            writer.finish(self.meta)
        return path

    def _refcount(self, node: int) -> int:
        given = self._nodes[node][2]
        if given is not None:
            return given
        return self._in_edges[node] + sum(1 for each in self._roots if each[0] == node)

    def _type_columns(self) -> dict[str, tuple[str, list[int]]]:
        names = [self.string(name) for name in self._types]
        modules = [self.string(name.rpartition(".")[0] or "builtins") for name in self._types]
        nodes = [self._type_nodes.get(name, NONE) for name in self._types]
        return {"type.name": ("u32", names), "type.module": ("u32", modules), "type.node": ("u32", nodes)}

    def _string_list(self) -> list[str]:
        self._type_columns()  # which may need strings of its own
        return list(self._strings)


def _starts(rows: list) -> list[int]:  # type: ignore[type-arg]
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row))
    return starts
