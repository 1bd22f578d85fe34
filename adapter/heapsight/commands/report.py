"""`heapsight report FILE`: what is in a heap: on the terminal, as JSON, or as a page of HTML."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from typing import Any

from ..heap.report import gather
from ..heap.texts import size_text
from ..heap.types import GROUPINGS
from .snapshot_questions import Questions, count_argument, run
from .suspects import print_suspects
from .tables import Column, print_heading, print_table, print_text, progress_shown, text_column

_LINES = 15


def main(words: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="heapsight report", description="Say what is in a snapshot.")
    parser.add_argument("file", metavar="FILE", help="a snapshot")
    parser.add_argument("--html", metavar="OUT", help="write a page of HTML that needs no other file")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--by", choices=GROUPINGS, help="only a table: the objects by that")
    parser.add_argument("--type", metavar="NAME", help="only a table: where the objects of a type were allocated")
    parser.add_argument(
        "--count", type=count_argument, default=50, metavar="N", help="its rows, 0 for all (default: %(default)s)"
    )
    options = parser.parse_args(words)
    if options.html is not None and (options.by or options.type):
        parser.error("--html is for the whole report, --by and --type for a table")
    if options.by or options.type:
        return run(lambda: _table_of_groups(options))
    return run(lambda: _report(options.file, options.html, options.json))


def _table_of_groups(options: argparse.Namespace) -> int:
    by = options.by or "site"
    with progress_shown() as progress:
        questions = Questions(progress)
        number, opened = questions.open(options.file)
        page = questions.ask("types", snapshot=number, groupBy=by, only=options.type or "", count=options.count)
    rows, total = page["rows"], page["total"]
    if options.json:
        print(json.dumps(page, indent=2))
        return 0
    print_table([Column("objects"), _SHALLOW, _RETAINED, text_column(by)], list(map(_group_cells, rows)))
    if len(rows) < total:
        print_text(f"{len(rows):,} of {total:,} rows (--count 0: all)")
    if by == "site" and not opened["meta"].get("traced"):
        print_text("The program was not traced: heapsight snapshot --trace N, or traceAllocations when debugging.")
    return 0


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


def _group_cells(row: Row) -> list[str]:
    return [f"{row['count']:,}", size_text(row["shallow"]), size_text(row["retained"]), row["name"]]


_SHALLOW, _RETAINED = Column("shallow"), Column("retained")
_TABLES: list[tuple[str, str, list[Column], Callable[[Row], list[str]]]] = [
    (
        "Types",
        "types",
        [Column("objects"), _SHALLOW, _RETAINED, text_column("type")],
        _group_cells,
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
        [Column("wasted"), Column("objects"), text_column("type"), text_column("value"), text_column("one of them")],
        lambda row: [size_text(row["wasted"]), f"{row['count']:,}", row["type"], row["text"], row["path"]],
    ),
    (
        "Sparse collections",
        "sparse",
        [Column("wasted"), Column("items"), Column("room for"), text_column("collection"), text_column("where")],
        lambda row: [size_text(row["wasted"]), f"{row['length']:,}", f"{row['capacity']:,}", row["text"], row["path"]],
    ),
    (
        "Unreachable cycles",
        "cycles",
        [Column("bytes"), Column("objects"), Column("cycles"), text_column("cycle")],
        lambda row: [size_text(row["bytes"]), f"{row['objects']:,}", f"{row['cycles']:,}", row["sentence"]],
    ),
    (
        "Held by native code",
        "nativeHeld",
        [_RETAINED, Column("references"), text_column("object")],
        lambda row: [size_text(row["retained"]), f"{row['count']:,}", row["text"]],
    ),
]
