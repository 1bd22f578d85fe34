"""Looking into a snapshot file in a test, slowly and plainly."""

from collections import Counter
from pathlib import Path
from typing import BinaryIO

from heapsight.wire.snapshot_file import NONE, read_column, read_directory, read_optional


class HeapFile:
    """All columns of a snapshot as lists, and questions about them."""

    def __init__(self, file: BinaryIO) -> None:
        directory = read_directory(file)
        self.meta = directory.meta
        self.columns = {name: read_column(file, column) for name, column in directory.columns.items()}
        starts, content = self.columns["string.start"], bytes(self.columns["string.bytes"])
        self.strings = [
            content[starts[i] : starts[i + 1]].decode("utf-8", "surrogatepass") for i in range(len(starts) - 1)
        ]
        self.type_names = [self.strings[text] for text in self.columns["type.name"]]
        self.types = [self.type_names[row] for row in self.columns["node.type"]]
        self.names = self._texts(file, directory, "name.node", "name.text")
        self.values = self._texts(file, directory, "value.node", "value.text")
        hashes = read_optional(file, directory, "value.hash")
        self.hashes = dict(zip(read_optional(file, directory, "value.node"), hashes, strict=True))
        self.counts = Counter(self.types)
        addresses = enumerate(self.columns["node.address"])
        self.by_address = {address: node for node, address in addresses if address}
        self.holders = Counter(self.columns["edge.to"])

    @classmethod
    def open(cls, path: str | Path) -> "HeapFile":
        with Path(path).open("rb") as file:
            return cls(file)

    def _texts(self, file, directory, nodes: str, texts: str) -> dict[int, str]:
        rows = zip(read_optional(file, directory, nodes), read_optional(file, directory, texts), strict=True)
        return {node: self.strings[text] for node, text in rows}

    def node(self, obj: object) -> int:
        """Return the node of an object that is still alive."""
        return self.by_address[id(obj)]

    def of_type(self, name: str) -> list[int]:
        return [node for node, type_name in enumerate(self.types) if type_name == name]

    def edges(self, node: int) -> list[tuple[int, object, int]]:
        """Return (kind, label, node) of each reference; the label of a dict's value is the key's text or node."""
        start, to = self.columns["edge.start"], self.columns["edge.to"]
        found = []
        for row in range(start[node], start[node + 1]):
            kind, label = self.columns["edge.kind"][row], self.columns["edge.label"][row]
            told: object = label
            if label == NONE:
                told = None
            elif kind in (0, 5, 7, 8):
                told = self.strings[label]
            elif kind == 2:
                told = self.values.get(label, label)
            found.append((kind, told, to[row]))
        return found

    def roots(self, *kinds: int) -> dict[int, str]:
        """Return node → label."""
        columns = (self.columns[f"root.{name}"] for name in ("node", "kind", "label"))
        return {node: self.strings[text] for node, kind, text in zip(*columns, strict=True) if kind in kinds}

    def reachable(self, *kinds: int) -> set[int]:
        """Return the nodes that are reachable from roots of these kinds."""
        seen = set(self.roots(*kinds))
        pending = list(seen)
        start, to = self.columns["edge.start"], self.columns["edge.to"]
        while pending:
            node = pending.pop()
            for target in to[start[node] : start[node + 1]]:
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
        return seen

    def native(self, node: int) -> int:
        """Return how many references to a node are held by what is no node."""
        return self.columns["node.refcount"][node] - self.holders[node]
