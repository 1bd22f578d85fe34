"""Synthetic snapshots of any size, for benchmarks: orders in a cache, with customers that they share."""

from __future__ import annotations

import random
from array import array
from pathlib import Path

from heapsight.wire.snapshot_file import SnapshotWriter

NONE = 0xFFFFFFFF
_ORDERS_A_BLOCK = 1000
_TYPES = ["module", "dict", "list", "shop.Order", "str", "tuple", "int", "type"]
MODULE, DICT, LIST, ORDER, STR, TUPLE, INT, TYPE = range(len(_TYPES))
# An order: itself, its lines (list of 3 tuples of text and number), its notes (dict of 1), a text.
_SHAPE = [ORDER, LIST, TUPLE, STR, INT, TUPLE, STR, INT, TUPLE, STR, INT, DICT, STR, STR, STR]
_SIZES = {MODULE: 72, DICT: 184, LIST: 88, ORDER: 48, STR: 60, TUPLE: 56, INT: 28, TYPE: 1064}
_HEAD = 4  # module, its namespace, the cache, the class


def write(path: Path, nodes: int, *, seed: int = 1, types: list[str] | None = None) -> Path:
    """Write a snapshot with about so many nodes, and 1.1 references each.

    Nine in ten references lead to what was met near by.
    """
    choose = random.Random(seed)
    orders = max(1, (nodes - _HEAD) // len(_SHAPE))
    types = types or _TYPES
    with path.open("wb") as file:
        writer = SnapshotWriter(file)
        strings = [
            "",
            *types,
            "__dict__",
            "CACHE",
            "Order",
            "lines",
            "customer",
            "notes",
            "sys.modules['shop']",
            "shop",
            "'k'",
        ]
        number = {text: i for i, text in enumerate(strings)}
        encoded = [text.encode() for text in strings]
        writer.add("string.start", "u64", array("Q", [sum(map(len, encoded[:i])) for i in range(len(encoded) + 1)]))
        writer.add("string.bytes", "u8", b"".join(encoded))
        writer.add("type.name", "u32", array("I", (number[text] for text in types)))
        writer.add("type.module", "u32", array("I", (0 for _ in types)))
        writer.add("type.node", "u32", array("I", [NONE] * len(types)))
        _write_nodes(writer, orders)
        _write_edges(writer, orders, number, choose)
        for name, form, values in (("root.node", "u32", [0]), ("root.kind", "u8", [0])):
            writer.add(name, form, array("I" if form == "u32" else "B", values))
        writer.add("root.label", "u32", array("I", [number["sys.modules['shop']"]]))
        writer.add("name.node", "u32", array("I", [0, 3]))
        writer.add("name.text", "u32", array("I", [number["shop"], number["Order"]]))
        writer.finish({"python": "3.12.1", "capture": "fork", "traced": 0})
    return path


def _write_nodes(writer: SnapshotWriter, orders: int) -> None:
    kinds = array("I", [MODULE, DICT, LIST, TYPE]) + array("I", _SHAPE) * orders
    count = len(kinds)
    writer.add("node.address", "u64", array("Q", range(4096, 4096 + 64 * count, 64)))
    writer.add("node.type", "u32", kinds)
    writer.add(
        "node.size",
        "u32",
        array("I", [72, 184, 56 + 8 * orders, 1064]) + array("I", map(_SIZES.__getitem__, _SHAPE)) * orders,
    )
    writer.add("node.refcount", "u32", array("I", [1]) * count)
    writer.add("node.flags", "u8", array("B", [1]) * count)
    lengths = [NONE, 3, orders, NONE, *(NONE, 3, 2, 11, NONE, 2, 11, NONE, 2, 11, NONE, 1, 11, 11, 11)]
    writer.add("node.length", "u32", array("I", lengths[:4]) + array("I", lengths[4:]) * orders)


def _write_edges(writer: SnapshotWriter, orders: int, number: dict[str, int], choose: random.Random) -> None:
    size = len(_SHAPE)
    head = [(1, 0, number["__dict__"]), (2, 2, 0), (3, 2, 0)]
    edges = array("I", (edge[0] for edge in head)) + array("I", range(_HEAD, _HEAD + size * orders, size))
    kinds = array("B", [0, 2, 2]) + array("B", [1]) * orders
    labels = array("I", (edge[2] for edge in head)) + array("I", range(orders))
    starts = array("I", [0, 1, 3, 3 + orders, 3 + orders])
    # Within an order: who refers to whom, relative to it; None: the class, "?": a customer's text of another order.
    rows: list[list[int | str | None]] = [
        [None, 1, 11, 14, "?"],
        [2, 5, 8],
        [3, 4],
        [],
        [],
        [6, 7],
        [],
        [],
        [9, 10],
        [],
        [],
        [12, 13],
        [],
        [],
        [],
    ]
    relative = [each for row in rows for each in row]
    part = [(0, number["lines"])] * len(relative)
    first = starts[-1]
    step_starts = [sum(map(len, rows[: i + 1])) for i in range(size)]
    for block in range(0, orders, _ORDERS_A_BLOCK):
        some = range(block, min(block + _ORDERS_A_BLOCK, orders))
        targets = array("I")
        for order in some:
            base = _HEAD + size * order
            near = choose.random() < 0.5
            other = max(0, order - choose.randrange(1000)) if near else choose.randrange(orders)
            shared = _HEAD + size * other + 14
            targets.extend([3 if each is None else shared if each == "?" else base + each for each in relative])  # type: ignore[operator]
        edges += targets
        kinds += array("B", (kind for kind, _ in part)) * len(some)
        labels += array("I", (label for _, label in part)) * len(some)
        for _ in some:
            starts.extend([first + each for each in step_starts])
            first += len(relative)
    writer.add("edge.start", "u32", starts)
    writer.add("edge.to", "u32", edges)
    writer.add("edge.kind", "u8", kinds)
    writer.add("edge.label", "u32", labels)
