"""docs/snapshot-format.md says enough to read a snapshot: a reader written from it alone agrees with `heapsight.heap`.

Nothing of Heapsight's is used by `Document`; where the document changes, this reader has to.
"""

import json
import struct
from itertools import pairwise
from pathlib import Path

import pytest

from heapsight.heap.loading import Snapshot, load
from support.captures import run

NONE = 4294967295
TAKEN = ("fork", "process", "python", "process-traced", "python-traced")

# Of each reference: how its label is to be read.
STRINGS, INDEXES, KEYS, NOTHING = (0, 5, 7, 8), (1, 9), (2,), (3, 4, 6)


class Document:
    """A snapshot, read as the document says."""

    def __init__(self, path: Path) -> None:
        self.content = path.read_bytes()
        magic, version, zero, offset, length = struct.unpack_from("<8sIIQQ", self.content, 0)
        assert magic == bytes.fromhex("89 48 50 53 0D 0A 1A 0A")
        assert (version, zero) == (1, 0)
        assert offset != 0
        directory = json.loads(self.content[offset : offset + length].decode("utf-8"))
        self.meta = directory["meta"]
        self.columns = {name: self.column(**told) for name, told in directory["columns"].items()}
        starts, content = self["string.start"], bytes(self["string.bytes"])
        self.strings = [content[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise(starts)]
        self.nodes = len(self["node.type"])

    def column(self, format: str, count: int, chunks: list[list[int]]) -> list[int]:
        code = {"u8": "B", "u32": "I", "u64": "Q"}[format]
        items: list[int] = []
        for offset, length in chunks:
            assert offset % 8 == 0
            items += struct.unpack_from(f"<{length}{code}", self.content, offset)
        assert len(items) == count
        return items

    def __getitem__(self, name: str) -> list[int]:
        return self.columns.get(name, [])

    def types(self) -> list[tuple[str, str, int | None]]:
        rows = zip(self["type.name"], self["type.module"], self["type.node"], strict=True)
        return [(self.strings[a], self.strings[b], None if node == NONE else node) for a, b, node in rows]

    def sizes(self) -> list[int]:
        large = dict(zip(self["large.node"], self["large.size"], strict=True))
        return [large[node] if size == NONE else size for node, size in enumerate(self["node.size"])]

    def references(self, node: int) -> list[tuple[int, int, object]]:
        """What the node refers to: (node, kind, label)."""
        start = self["edge.start"]
        return [
            (self["edge.to"][row], self["edge.kind"][row], self.label(row))
            for row in range(start[node], start[node + 1])
        ]

    def label(self, row: int) -> object:
        kind, label = self["edge.kind"][row], self["edge.label"][row]
        if kind in STRINGS:
            return self.strings[label]
        if kind in KEYS:
            return ("node", label)
        if kind in INDEXES:
            return label
        assert kind in NOTHING
        assert label == NONE
        return None

    def table(self, nodes: str, text: str) -> dict[int, str]:
        return {node: self.strings[one] for node, one in zip(self[nodes], self[text], strict=True)}

    def places(self) -> dict[int, tuple[str, int]]:
        rows = zip(self["place.node"], self["place.file"], self["place.line"], strict=True)
        return {node: (self.strings[file], line) for node, file, line in rows}

    def sites(self) -> dict[int, list[tuple[str, int]]]:
        frames = [(self.strings[file], line) for file, line in zip(self["frame.file"], self["frame.line"], strict=True)]
        starts = self["trace.start"]
        traces = [[frames[one] for one in self["trace.frame"][start:end]] for start, end in pairwise(starts)]
        return {node: traces[trace] for node, trace in zip(self["site.node"], self["site.trace"], strict=True)}

    def fnv1a(self, data: bytes) -> int:
        state = 0xCBF29CE484222325
        for byte in data:
            state = (state ^ byte) * 0x100000001B3 % 2**64
        return state


class Both:
    def __init__(self, path: Path) -> None:
        self.document = Document(path)
        self.loaded: Snapshot = load(path)


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> tuple[Path, dict[str, int]]:
    folder = tmp_path_factory.mktemp("documented")
    return folder, run("mem_documented.py", folder)


@pytest.fixture(scope="module", params=TAKEN)
def both(request, told) -> Both:
    path = told[0] / f"{request.param}.heapsight"
    if not path.exists():
        pytest.skip("this system has no such snapshot")
    return Both(path)


def test_nodes_are_those_of_the_loader(both: Both) -> None:
    document, loaded = both.document, both.loaded
    assert document.nodes == loaded.nodes > 1000
    assert document.types() == [(row.name, row.module, row.node) for row in loaded.types]
    assert document.sizes() == [loaded.size(node) for node in range(loaded.nodes)]
    for name, column in (
        ("node.address", loaded.node_address),
        ("node.type", loaded.node_type),
        ("node.refcount", loaded.node_refcount),
        ("node.flags", loaded.node_flags),
        ("node.length", loaded.node_length),
    ):
        assert document[name] == column.tolist(), name


def test_references_are_those_of_the_loader(both: Both) -> None:
    document, loaded = both.document, both.loaded
    assert document["edge.start"] == loaded.edge_start.tolist()
    assert document["edge.to"] == loaded.edge_to.tolist()
    assert document["edge.kind"] == loaded.edge_kind.tolist()
    for row, (kind, label) in enumerate(zip(loaded.edge_kind, loaded.edge_label, strict=True)):
        expected = loaded.strings[label] if kind in STRINGS else label
        assert document.label(row) in (expected, ("node", expected), None)


def test_roots_and_texts_are_those_of_the_loader(both: Both) -> None:
    document, loaded = both.document, both.loaded
    labels = [document.strings[label] for label in document["root.label"]]
    assert document["root.node"] == loaded.root_node.tolist()
    assert document["root.kind"] == loaded.root_kind.tolist()
    assert labels == [loaded.strings[label] for label in loaded.root_label]
    names, values = document.table("name.node", "name.text"), document.table("value.node", "value.text")
    places, sites = document.places(), document.sites()
    for node in range(loaded.nodes):
        assert names.get(node) == loaded.name(node)
        assert values.get(node) == loaded.value(node)
        place = loaded.place(node)
        assert places.get(node) == (None if place is None else (place.file, place.line))
        assert sites.get(node, []) == [(one.file, one.line) for one in loaded.site(node)]


def test_what_the_program_has_is_found_by_the_document(both: Both, told) -> None:
    document, addresses = both.document, told[1]
    types = [name for name, _, _ in document.types()]
    values = document.table("value.node", "value.text")
    by_address = {address: node for node, address in enumerate(document["node.address"]) if address}

    held = document.references(by_address[addresses["held"]])
    assert [(kind, label) for _, kind, label in held] == [(1, index) for index in range(5)]
    orders = [node for node, _, _ in document.references(held[0][0])]
    assert [types[document["node.type"][node]] for node in orders] == ["__main__.Order"] * 50

    attributes = {label: node for node, kind, label in document.references(orders[7]) if kind == 0}
    assert values[attributes["number"]] == "7"
    number, line, prices = (node for node, _, _ in document.references(attributes["lines"]))
    assert number == attributes["number"]
    assert values[line] == "'line 7'"
    keys = [node for node, kind, _ in document.references(prices) if kind == 3]
    labels = [label for _, kind, label in document.references(prices) if kind == 2]
    assert labels == [("node", key) for key in keys]
    assert values[keys[0]] == "'price'"
    assert document["node.length"][prices] == 2

    members = [node for node, kind, _ in document.references(held[1][0]) if kind == 0]
    shown = {values[node] for node, kind, _ in document.references(members[0]) if kind == 4}
    assert shown == {f"'{'é' * 80}'…", hex(10**1200)[:80] + "…", "-1"}
    assert values[held[4][0]] == "'\\udcff'"


def test_hashes_are_as_documented(both: Both) -> None:
    document = both.document
    types = [name for name, _, _ in document.types()]
    values = document.table("value.node", "value.text")
    hashes: dict[tuple[str, str], set[int]] = {}
    for node, number in zip(document["value.node"], document["value.hash"], strict=True):
        if not values[node].endswith("…"):
            hashes.setdefault((types[document["node.type"][node]], values[node]), set()).add(number)
    assert all(len(found) == 1 for found in hashes.values())
    assert len({number for found in hashes.values() for number in found}) == len(hashes)
    if document.meta["capture"] != "python":
        assert hashes["str", "'line 7'"] == {document.fnv1a(b"str\0line 7")}
        assert hashes["float", "2.5"] == {document.fnv1a(b"float\x002.5")}
        assert hashes["NoneType", "None"] == {document.fnv1a(b"NoneType\0None")}


def test_meta_and_sites(both: Both, told) -> None:
    document, addresses = both.document, told[1]
    meta = document.meta
    assert meta["capture"] in ("fork", "process", "python")
    assert meta["pauseSeconds"] > 0
    if not meta["traced"]:
        assert meta["label"] == "a label"
        assert not document.sites()
        return
    by_address = {address: node for node, address in enumerate(document["node.address"]) if address}
    site = document.sites()[by_address[addresses["traced"]]]
    assert site[0][0].endswith("mem_documented.py")
    assert len(site) <= meta["traced"] == 3
