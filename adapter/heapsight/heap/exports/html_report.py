"""The report as one file of HTML that needs nothing else: no network, no other file, and no script to be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import PurePath
from typing import Any, TextIO

from ..amounts import share_text
from ..texts import size_text
from .html_page import SCRIPT, STYLE

Data = Mapping[str, Any]
# A cell: its HTML, what it sorts by, and the part of its row's table that it stands for, where it has these.
Cell = tuple[str, float | None, float | None]


def write(report: Data, meta: Data, name: str, file: TextIO) -> None:
    """Write the page. `report` is what `report.gather` returns, `meta` the snapshot's, `name` the file's."""
    # Only what the file itself contains may run: a text of the program's that slipped through would be dead.
    policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    title = _title(meta)
    file.write(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)} – heap report</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    )
    file.write(_header(report, meta, title, name) + "<main>\n")
    for section in (_suspects, _types, _dominators, _duplicates, _sparse, _cycles, _native):
        file.write(section(report))
    file.write(f"</main>\n<footer>Made by Heapsight {_text(meta.get('heapsight', ''))} of {_text(name)}. ")
    file.write("Retained: what would be freed if the object went away.</footer>\n")
    file.write(f"<script>{SCRIPT}</script>\n</body>\n</html>\n")


def _text(value: object) -> str:
    # A lone surrogate cannot be written as UTF-8.
    return escape(str(value).encode("utf-8", "replace").decode("utf-8"))


def _title(meta: Data) -> str:
    words = meta.get("argv")
    program = words[0] if isinstance(words, list) and words else ""
    return str(meta.get("label") or PurePath(str(program)).name or "A heap")


def _header(report: Data, meta: Data, title: str, name: str) -> str:
    summary = report["summary"]
    facts = [
        f"Python {meta['python']}" if meta.get("python") else "",
        str(meta.get("platform") or ""),
        f"process {meta['pid']}" if meta.get("pid") else "",
        str(meta.get("time") or ""),
        f"made on {meta['reason']}" if meta.get("reason") else "",
    ]
    cards = [
        ("The program's objects", summary["bytes"], summary["objects"]),
        ("Not reachable", summary["unreachable"]["bytes"], summary["unreachable"]["objects"]),
        ("Held by native code only", summary["native"]["bytes"], summary["native"]["objects"]),
        ("Heapsight's own", summary["own"]["bytes"], summary["own"]["objects"]),
    ]
    shown = "".join(
        f'<div class="card"><span class="dim">{label}</span><b>{size_text(size)}</b>{objects:,} objects</div>'
        for label, size, objects in cards
    )
    links = "".join(f'<a href="#{key}">{heading}</a>' for key, heading in _HEADINGS.items())
    described = " · ".join(_text(fact) for fact in facts if fact)
    return (
        f'<header><h1>{_text(title)}</h1><div class="dim">{described}</div>'
        f'<nav>{links}</nav><div class="facts">{shown}</div></header>\n'
    )


_HEADINGS = {
    "suspects": "Suspects",
    "types": "Types",
    "dominators": "Largest objects",
    "duplicates": "Duplicates",
    "sparse": "Sparse collections",
    "cycles": "Cycles",
    "native": "Held by native code",
}


def _heading(key: str, text: str) -> str:
    return f'<h2 id="{key}">{_HEADINGS[key]}</h2>\n<p class="dim">{text}</p>\n'


def _suspects(report: Data) -> str:
    found = report["suspects"]
    if not found:
        return _heading("suspects", "No object holds a tenth of the heap.")
    return _heading("suspects", "What holds a large part of the heap, and how it is reached.") + "".join(
        f'<section class="card suspect"><h3>{_text(each["title"])}'
        f"<span>{share_text(each['share'])}</span></h3>"
        f'<div class="meter"><i style="width:{100 * min(1.0, each["share"]):.1f}%"></i></div>'
        f"<p>{_text(each['sentence'])}</p><code>{_text(each['path'])}</code>{_steps(each['steps'])}</section>\n"
        for each in found
    )


def _steps(steps: Sequence[Data]) -> str:
    lines = "".join(f"<li>{_text(step['label'])} <em>{_text(step['text'])}</em></li>" for step in steps)
    return f'<ol class="path">{lines}</ol>'


def _types(report: Data) -> str:
    types = report["types"]
    whole = max(1, report["summary"]["bytes"])
    rows = (
        [_words(row["name"]), _number(row["count"]), _size(row["shallow"], whole), _size(row["retained"], whole)]
        for row in types["rows"]
    )
    search = (
        '<input type="search" data-filters="type-table" placeholder="Filter by name" aria-label="Filter by name">\n'
    )
    headings = ["Type", "Objects", "Shallow", "Retained"]
    return _heading("types", _shown(types, "types")) + search + _table(headings, rows, "type-table")


def _dominators(report: Data) -> str:
    found = report["dominators"]
    whole = max(1, report["summary"]["bytes"])
    rows = (
        [_words(row["text"]), _words(row["path"]), _size(row["size"]), _size(row["retained"], whole)]
        for row in found["rows"]
    )
    text = "Objects that nothing else holds: with each of them goes what it retains. " + _shown(found, "objects")
    if found["own"]["objects"]:
        text += (
            f" Left out: {found['own']['objects']:,} objects of Heapsight's own ({size_text(found['own']['bytes'])})."
        )
    trees = "".join(
        f"<details><summary>{_text(row['text'])} "
        f"<span class='dim'>retains {size_text(row['retained'])}</span></summary>"
        + "".join(
            f"<p>{_text(one['label'])} <span class='dim'>{_text(one['text'])}, {size_text(one['retained'])}</span></p>"
            for one in row["dominates"]["rows"]
        )
        + "</details>\n"
        for row in found["rows"]
        if row.get("dominates", {}).get("rows")
    )
    return (
        _heading("dominators", text)
        + _table(["Object", "Where", "Shallow", "Retained"], rows, "dominator-table")
        + trees
    )


def _duplicates(report: Data) -> str:
    found = report["duplicates"]
    rows = (
        [
            _words(row["text"]),
            _words(row["type"]),
            _words(row["path"]),
            _number(row["count"]),
            _size(row["bytes"]),
            _size(row["wasted"]),
        ]
        for row in found["rows"]
    )
    text = f"Equal values in several objects; {size_text(found['wasted'])} could be shared. {_shown(found, 'values')}"
    return _heading("duplicates", text) + _table(
        ["Value", "Type", "One of them", "Objects", "Bytes", "Wasted"], rows, "duplicate-table"
    )


def _sparse(report: Data) -> str:
    found = report["sparse"]
    rows = (
        [
            _words(row["text"]),
            _words(row["path"]),
            _number(row["length"]),
            _number(row["capacity"]),
            _size(row["size"]),
            _size(row["wasted"]),
        ]
        for row in found["rows"]
    )
    text = f"Room for items that are not there; {size_text(found['wasted'])} in all. {_shown(found, 'collections')}"
    return _heading("sparse", text) + _table(
        ["Collection", "Where", "Items", "Room for", "Shallow", "Wasted"], rows, "sparse-table"
    )


def _cycles(report: Data) -> str:
    found = report["cycles"]
    rows = (
        [_words(row["sentence"]), _number(row["cycles"]), _number(row["objects"]), _size(row["bytes"])]
        for row in found["rows"]
    )
    text = "Unreachable objects that refer to each other, and wait for the collector. "
    text += _shown(found, "kinds of cycles")
    return _heading("cycles", text) + _table(["Cycle", "Cycles", "Objects", "Bytes"], rows, "cycle-table")


def _native(report: Data) -> str:
    found = report["nativeHeld"]
    rows = (
        [_words(row["text"]), _number(row["count"]), _size(row["size"]), _size(row["retained"])]
        for row in found["rows"]
    )
    text = "Objects with references that no object has: extension modules hold them. " + _shown(found, "objects")
    return _heading("native", text) + _table(["Object", "References", "Shallow", "Retained"], rows, "native-table")


def _shown(page: Data, what: str) -> str:
    rows, total = len(page["rows"]), page["total"]
    return f"The first {rows:,} of {total:,} {what}." if rows < total else f"{total:,} {what}."


def _words(text: object) -> Cell:
    return _text(text), None, None


def _number(number: int) -> Cell:
    return f"{number:,}", number, None


def _size(size: int, whole: int | None = None) -> Cell:
    return size_text(size), size, None if whole is None else min(1.0, size / whole)


def _table(headings: Sequence[str], rows: Iterable[Sequence[Cell]], key: str) -> str:
    lines = []
    textual = {0}
    for row in rows:
        textual |= {column for column, (_, value, _) in enumerate(row) if value is None}
        lines.append("<tr>" + "".join(map(_cell, row)) + "</tr>")
    if not lines:
        return ""
    head = "".join(
        f'<th scope="col"{" class=" + chr(34) + "text" + chr(34) if column in textual else ""}>{heading}</th>'
        for column, heading in enumerate(headings)
    )
    body = "\n".join(lines)
    return (
        f'<div class="table"><table id="{key}" data-sortable><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>\n"
    )


def _cell(cell: Cell) -> str:
    html, value, share = cell
    if value is None:
        return f'<td class="text">{html}</td>'
    if share is None:
        return f'<td data-value="{value}">{html}</td>'
    return f'<td data-value="{value}" class="bar" style="--share:{100 * share:.1f}%">{html}</td>'
