"""`heapsight report FILE`: what is in a heap: on the terminal, as JSON, or as a page of HTML."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from typing import Any

from ..heap.report import gather
from ..heap.texts import size_text
from .snapshot_questions import Questions, run
from .suspects import print_suspects
from .tables import Column, print_heading, print_table, print_text, progress_shown, text_column

_LINES = 15


def main(words: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="heapsight report", description="Say what is in a snapshot.")
    parser.add_argument("file", metavar="FILE", help="a snapshot")
    parser.add_argument("--html", metavar="OUT", help="write a page of HTML that needs no other file")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(words)
    return run(lambda: _report(options.file, options.html, options.json))


def _report(path: str, html: str | None, as_json: bool) -> int:
    with progress_shown() as progress:
        questions = Questions(progress)
        number, opened = questions.open(path)
        if html is not None:
            written = questions.ask("export", snapshot=number, format="html", path=html)
        if html is None or as_json:
            report = gather(lambda command, **more: questions.ask(command, snapshot=number, **more), progress)
    if as_json:
        print(json.dumps({"meta": opened["meta"], **report}, indent=2))
    elif html is not None:
        print_text(f"{html}: {size_text(written['bytes'])}")
    else:
        _print_report(report, opened)
    return 0


def _print_report(report: dict[str, Any], opened: dict[str, Any]) -> None:
    summary = report["summary"]
    print_text(_source(opened["meta"]), "dim")
    print_text(f"{size_text(summary['bytes'])} in {summary['objects']:,} objects, {opened['references']:,} references")
    for label, key in (
        ("not reachable", "unreachable"),
        ("held by native code only", "native"),
        ("Heapsight's own", "own"),
    ):
        if summary[key]["objects"]:
            print_text(f"  {label}: {size_text(summary[key]['bytes'])} in {summary[key]['objects']:,} objects")
    for note in opened.get("notes", ()):
        print_text(f"  {note}", "yellow")
    print_heading("Suspects")
    print_suspects(report["suspects"])
    for title, key, columns, cells in _TABLES:
        page = report[key]
        if page["rows"]:
            print_heading(title if len(page["rows"]) <= _LINES else f"{title} ({_LINES} of {page['total']:,})")
            print_table(columns, [cells(row) for row in page["rows"][:_LINES]])


def _source(meta: dict[str, Any]) -> str:
    """Return what a snapshot is of: `shop.py, process 4711, Python 3.11.7, 2024-05-01T12:00:00Z: after the sale`."""
    command = meta.get("argv")
    words = [str(word) for word in command] if isinstance(command, list) else []
    parts = [" ".join(words), f"process {meta['pid']}" if "pid" in meta else ""]
    parts += [f"Python {meta['python']}" if "python" in meta else "", str(meta.get("time", ""))]
    label = meta.get("label")
    return ", ".join(part for part in parts if part) + (f": {label}" if label else "")


Row = dict[str, Any]
_SHALLOW, _RETAINED = Column("shallow"), Column("retained")
_TABLES: list[tuple[str, str, list[Column], Callable[[Row], list[str]]]] = [
    (
        "Types",
        "types",
        [Column("objects"), _SHALLOW, _RETAINED, text_column("type")],
        lambda row: [f"{row['count']:,}", size_text(row["shallow"]), size_text(row["retained"]), row["name"]],
    ),
    (
        "Largest objects",
        "dominators",
        [_RETAINED, _SHALLOW, text_column("object"), text_column("where")],
        lambda row: [size_text(row["retained"]), size_text(row["size"]), row["text"], row["path"]],
    ),
    (
        "Duplicates",
        "duplicates",
        [Column("wasted"), Column("objects"), text_column("type"), text_column("value")],
        lambda row: [size_text(row["wasted"]), f"{row['count']:,}", row["type"], row["text"]],
    ),
    (
        "Sparse collections",
        "sparse",
        [Column("wasted"), Column("items"), Column("room for"), text_column("collection")],
        lambda row: [size_text(row["wasted"]), f"{row['length']:,}", f"{row['capacity']:,}", row["text"]],
    ),
    (
        "Unreachable cycles",
        "cycles",
        [Column("bytes"), Column("objects"), text_column("cycle")],
        lambda row: [size_text(row["bytes"]), f"{row['objects']:,}", row["sentence"]],
    ),
    (
        "Held by native code",
        "nativeHeld",
        [_RETAINED, Column("references"), text_column("object")],
        lambda row: [size_text(row["retained"]), f"{row['count']:,}", row["text"]],
    ),
]
