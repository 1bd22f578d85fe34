"""The report of `heapsight why`, for people and for programs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..wire.memory_requests import Location, Referrer
from .why_run import HeldBy, Node, Report

_BOLD, _DIM, _CYAN, _YELLOW, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[36m", "\x1b[33m", "\x1b[0m"
_ASCII = str.maketrans({"├": "|", "└": "`", "│": "|", "─": "-", "·": "-", "—": "-", "…": "...", "↺": "<-", "×": "x"})
# What the table above replaces and what else our own texts contain; values have to fit in by themselves.
_SPECIAL = "├└│─·—…↺×≥"


@dataclass(frozen=True, slots=True)
class Style:
    """How to write: with colours or without, with line-drawing characters or without."""

    colour: bool = False
    unicode: bool = True

    def paint(self, colour: str, text: str) -> str:
        """Return `text` in a colour."""
        return f"{colour}{text}{_PLAIN}" if self.colour and text else text

    def fit(self, text: str) -> str:
        """Return `text` in the characters there are."""
        return text if self.unicode else text.translate(_ASCII).replace("≥", ">=")


def can_draw(encoding: str | None) -> bool:
    """Say whether an encoding has the characters that trees are drawn with."""
    try:
        _SPECIAL.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def as_text(report: Report, expression: str, style: Style) -> str:
    """Return the report as lines for a terminal."""
    return style.fit("\n".join(_lines(report, expression, style))) + "\n"


def as_data(report: Report, expression: str) -> dict[str, object]:
    """Return the report as plain data. Numbers that only a running session understands are left out."""
    info = {key: value for key, value in report.info.items() if key not in {"object", "follow"}}
    stopped = report.stopped
    return {
        "file": stopped.path,
        "line": stopped.line,
        "wantedLine": report.wanted_line,
        "function": stopped.function,
        "expression": expression,
        "object": info,
        "heldBy": _held_by_data(report.held_by),
    }


def _held_by_data(held_by: HeldBy) -> dict[str, object]:
    return {
        "total": held_by.total,
        "unaccounted": held_by.unaccounted,
        "complete": held_by.complete,
        "referrers": [_node_data(node) for node in held_by.nodes],
    }


def _node_data(node: Node) -> dict[str, object]:
    data: dict[str, object] = {key: value for key, value in node.referrer.items() if key not in {"object", "frameId"}}
    data["truncated"] = node.cut
    if node.held_by is not None:
        data["heldBy"] = _held_by_data(node.held_by)
    return data


def _lines(report: Report, expression: str, style: Style) -> Iterator[str]:
    stopped, info = report.stopped, report.info
    place = {"path": stopped.path, "line": stopped.line}
    yield style.paint(_DIM, f"{_place(place)} in {_function(stopped.function)}")  # type: ignore[arg-type]
    if stopped.line != report.wanted_line:
        yield style.paint(_YELLOW, f"Line {report.wanted_line} has no code; the next line that has is {stopped.line}.")
    yield ""
    yield f"{style.paint(_BOLD, expression)} = {info['value']}"
    deep, retained = info["deepSize"], info["retainedSize"]
    reachable = f"{deep['text']} with all it reaches, {_counted(deep['objects'], 'object')}"
    defined = f", defined at {_place(info['classLocation'])}" if "classLocation" in info else ""
    facts = [
        ("type", info["qualifiedType"] + defined),
        ("size", f"{info['shallowSize']:,} B by itself; {reachable}"),
        ("retained", f"{retained['text']} would be freed with it, {_counted(retained['objects'], 'object')}"),
        ("references", "immortal: never freed" if info["references"] is None else f"{info['references']:,}"),
        ("weak references", f"{info['weakReferences']:,}"),
        ("garbage collector", "tracked" if info["gcTracked"] else "not tracked"),
        ("address", info["address"]),
    ]
    for name, text in facts:
        yield f"  {style.paint(_DIM, name.ljust(17))}  {text}"
    yield ""
    yield from _tree(report, style)


def _tree(report: Report, style: Style) -> Iterator[str]:
    held_by = report.held_by
    if report.info["immortal"] and not held_by.nodes:
        yield "The interpreter keeps it for ever."
    elif not held_by.nodes and not held_by.unaccounted:
        yield "Nothing holds it."
    else:
        yield style.paint(_BOLD, "held by")
        yield from _branches(held_by, "", style)


def _branches(held_by: HeldBy, indent: str, style: Style) -> Iterator[str]:
    """Yield the lines below one object."""
    rest = list(_rest(held_by))
    last = len(held_by.nodes) + len(rest) - 1
    for index, node in enumerate(held_by.nodes):
        fork, below = ("└─ ", "   ") if index == last else ("├─ ", "│  ")
        yield indent + fork + _node_text(node, style)
        if node.held_by is not None:
            yield from _branches(node.held_by, indent + below, style)
    for index, text in enumerate(rest, start=len(held_by.nodes)):
        yield indent + ("└─ " if index == last else "├─ ") + style.paint(_DIM, text)


def _rest(held_by: HeldBy) -> Iterator[str]:
    hidden = held_by.total - len(held_by.nodes)
    if hidden > 0:
        yield f"… {hidden:,} more (--width)"
    if held_by.unaccounted > 0:
        yield f"{_counted(held_by.unaccounted, 'reference')} from native code or the evaluation stack"
    if not held_by.complete:
        yield "… the search ran out of time; there may be more"


def _node_text(node: Node, style: Style) -> str:
    referrer = node.referrer
    parts = [style.paint(_CYAN, referrer["label"])]
    if referrer["count"] > 1:
        parts.append(f"×{referrer['count']:,}")
    if referrer.get("value") and not referrer["root"]:
        parts.append(f"— {referrer.get('value')}")
        parts.append(style.paint(_DIM, f"({referrer.get('summary')})") if referrer.get("summary") else "")
    parts.append(style.paint(_DIM, _location(referrer)))
    if referrer["cycle"]:
        parts.append(style.paint(_YELLOW, "↺ shown above"))
    elif node.cut:
        parts.append(style.paint(_DIM, "… (--depth)"))
    return " ".join(part for part in parts if part)


def _location(referrer: Referrer) -> str:
    # A module is at its own first line; its name says that already.
    if "location" not in referrer or referrer["kind"] == "global":
        return ""
    return f"at {_place(referrer['location'])}"


def _place(location: Location) -> str:
    path = location["path"]
    try:
        inside = Path(path).is_relative_to(Path.cwd())
    except (OSError, ValueError):
        inside = False
    return f"{os.path.relpath(path) if inside else path}:{location['line']}"


def _function(name: str) -> str:
    return name if name.startswith("<") or name.endswith(")") else f"{name}()"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
