"""The commands of the heap worker, one line each. What they take and answer is in docs/protocol.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import arguments as read
from .answers import describe_object, dominated, path_to, references, referrers
from .changes import compare, new_objects, trend
from .exporting import export as write_export
from .exports.writing import FORMATS, TABLES
from .files import Files, OpenFile
from .progress import Progress
from .questions import cycles, duplicates, instances, native_held, query, sparse, summary, suspects, types

Arguments = dict[str, object]
Body = dict[str, Any]
Command = Callable[[Files, Arguments, Progress], Body]
Question = Callable[[OpenFile, Arguments], Body]


def open_snapshot(files: Files, arguments: Arguments, progress: Progress) -> Body:
    """Open a file, and analyse it."""
    path = read.path(arguments, "path")
    opened = files.open(path, progress)
    try:
        opened.graph.analyse()
    except BaseException:
        files.close(opened.number)
        raise
    snapshot = opened.snapshot
    return {
        "snapshot": opened.number,
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
    opened = files.of(number, progress)
    form = read.choice(arguments, "format", FORMATS, "")
    table = read.choice(arguments, "table", TABLES)
    path = read.path(arguments, "path")

    def ask(command: str, **more: object) -> Body:
        progress("", 0.0)
        return COMMANDS[command](files, {"snapshot": number, **more}, progress)

    size = write_export(opened, path, form, table, ask=ask, progress=progress)
    return {"path": str(path), "bytes": size}


def _about(question: Question) -> Command:
    """Return the command that puts a question about one snapshot."""

    def command(files: Files, arguments: Arguments, progress: Progress) -> Body:
        return question(files.of(read.number(arguments, "snapshot"), progress), arguments)

    return command


def _about_two(question: Callable[[OpenFile, OpenFile, Arguments], Body]) -> Command:
    """Return the command that puts a question about two snapshots."""

    def command(files: Files, arguments: Arguments, progress: Progress) -> Body:
        before, after = (files.of(read.number(arguments, name), progress) for name in ("before", "after"))
        return question(before, after, arguments)

    return command


def trend_of(files: Files, arguments: Arguments, progress: Progress) -> Body:
    """Tell how things have changed over several snapshots."""
    numbers = read.numbers(arguments, "snapshots", least=2)
    return trend([files.of(number, progress) for number in numbers], arguments)


COMMANDS: dict[str, Command] = {
    "open": open_snapshot,
    "close": close_snapshot,
    "summary": _about(summary),
    "suspects": _about(suspects),
    "types": _about(types),
    "instances": _about(instances),
    "object": _about(describe_object),
    "references": _about(references),
    "referrers": _about(referrers),
    "dominated": _about(dominated),
    "path": _about(path_to),
    "query": _about(query),
    "duplicates": _about(duplicates),
    "sparse": _about(sparse),
    "cycles": _about(cycles),
    "nativeHeld": _about(native_held),
    "compare": _about_two(compare),
    "new": _about_two(new_objects),
    "trend": trend_of,
    "export": export,
}
