"""Objects and sizes in a few words."""

from __future__ import annotations

from .graph import Graph
from .loading import NONE

_UNITS = ("B", "kB", "MB", "GB", "TB")
_KINDS = {
    "type": "class",
    "function": "function",
    "builtin_function_or_method": "built-in function",
    "code": "code of",
    "generator": "generator",
    "coroutine": "coroutine",
    "async_generator": "asynchronous generator",
    "method": "method",
    "frame": "frame of",
}


def describe(graph: Graph, node: int) -> str:
    """Return an object in a few words: its value, its name, or its type and length."""
    snapshot = graph.snapshot
    if node >= graph.nodes:
        return "everything"
    value = snapshot.value(node)
    if value is not None:
        return value
    kind, name = snapshot.type_of(node).name, snapshot.name(node)
    return describe_kind(kind, snapshot.node_length[node]) if name is None else describe_named(kind, name)


def describe_named(kind: str, name: str) -> str:
    """Return an object that has a name in a few words. kind: the name of its type."""
    if kind == "module":
        return f"module {name}"
    if kind in {"<frame>", "<thread>"}:
        return shortened(name) if kind == "<frame>" else f"thread {name}"
    return f"{_KINDS.get(kind, kind)} {shortened(name)}"


def describe_kind(kind: str, length: int) -> str:
    """Return an object that has neither value nor name in a few words. length: NONE where it has none."""
    return kind if length == NONE else f"{kind} of {counted(length, 'item')}"


def shortened(name: str) -> str:
    """Return a frame's name (`serve() at /home/me/shop.py:36`) without the folders."""
    before, at, place = name.partition(" at ")
    return f"{before}{at}{file_name(place)}" if at else name


def file_name(path: str) -> str:
    """Return a path without its folders."""
    return path.replace("\\", "/").rpartition("/")[2]


def counted(count: int, noun: str) -> str:
    """Return `1 item`, `1,204 items`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def size_text(size: float) -> str:
    """Return `1.2 MB`: three digits, units of 1,000."""
    sign, amount = ("-" if size < 0 else ""), float(abs(size))
    for unit in _UNITS:
        if amount < 999.5 or unit == _UNITS[-1]:
            break
        amount /= 1000
    digits = 0 if unit == "B" or amount >= 99.95 else 1
    return f"{sign}{amount:,.{digits}f} {unit}"


def short_type(name: str) -> str:
    """Return a type's name without its module: `Order` of `shop.Order`."""
    return name.rpartition(".")[2] if not name.startswith("<") else name.strip("<>")
