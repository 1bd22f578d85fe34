"""The commands of the heap worker, one line each. What they take and answer is in docs/protocol.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import arguments as read
from .answers import describe_object, dominated, object_page, path_to, references, referrers, sorted_nodes
from .errors import QuestionFailed
from .exporting import export as write_export
from .exports.writing import FORMATS, TABLES
from .files import Files, OpenFile
from .types import GROUPINGS, group
from .types import ORDERS as TYPE_ORDERS
from .types import instances as instances_of

Arguments = dict[str, object]
Body = dict[str, Any]
Progress = Callable[[str, float], None]
Command = Callable[[Files, Arguments, Progress], Body]
Question = Callable[[OpenFile, Arguments], Body]


def open_snapshot(files: Files, arguments: Arguments, progress: Progress) -> Body:
    """Open a file, and analyse it."""
    path = Path(read.text(arguments, "path"))
    number, opened = files.open(path, progress)
    try:
        opened.graph.analyse()
    except BaseException:
        files.close(number)
        raise
    snapshot = opened.snapshot
    return {
        "snapshot": number,
        "meta": snapshot.meta,
        "nodes": snapshot.nodes,
        "references": snapshot.edges,
        "types": len(snapshot.types),
        "bytes": opened.graph.retained[snapshot.nodes],
        "complete": True,
        "notes": _notes(snapshot.meta),
    }


def _notes(meta: dict[str, object]) -> list[str]:
    notes = meta.get("notes")
    return [note for note in notes if isinstance(note, str)] if isinstance(notes, list) else []


def close_snapshot(files: Files, arguments: Arguments, progress: Progress) -> Body:
    """Close a file."""
    files.close(read.number(arguments, "snapshot"))
    return {}


def export(files: Files, arguments: Arguments, progress: Progress) -> Body:
    """Write a snapshot in another format."""
    number = read.number(arguments, "snapshot")
    opened = files.of(number)
    form = read.choice(arguments, "format", FORMATS, "")
    table = read.choice(arguments, "table", TABLES)
    path = Path(read.text(arguments, "path"))
    if not path.name:
        raise QuestionFailed("'path' names no file.")

    def ask(command: str, **more: object) -> Body:
        progress("", 0.0)
        return COMMANDS[command](files, {"snapshot": number, **more}, progress)

    size = write_export(opened, path, form, table, ask=ask, progress=progress)
    return {"path": str(path), "bytes": size}


def _about(question: Question) -> Command:
    """Return the command that puts a question about one snapshot."""

    def command(files: Files, arguments: Arguments, progress: Progress) -> Body:
        return question(files.of(read.number(arguments, "snapshot")), arguments)

    return command


def types(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `types`."""
    grouping = read.choice(arguments, "groupBy", GROUPINGS)
    order = read.choice(arguments, "sortBy", TYPE_ORDERS)
    rows = group(opened.graph, grouping, order, read.text(arguments, "filter", ""))
    start, count = read.page(arguments)
    return {"rows": [asdict(row) for row in rows[start : start + count]], "total": len(rows)}


def instances(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `instances`."""
    grouping = read.choice(arguments, "groupBy", GROUPINGS)
    nodes: Sequence[int] = instances_of(opened.graph, read.text(arguments, "type"), grouping)
    if arguments.get("sortBy") is not None:
        nodes = sorted_nodes(opened.graph, nodes, arguments)
    return object_page(opened.graph, nodes, arguments)


COMMANDS: dict[str, Command] = {
    "open": open_snapshot,
    "close": close_snapshot,
    "types": _about(types),
    "instances": _about(instances),
    "object": _about(describe_object),
    "references": _about(references),
    "referrers": _about(referrers),
    "dominated": _about(dominated),
    "path": _about(path_to),
    "export": export,
}
