"""The export of a snapshot: which format is written by what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from .exports import heapprofile, heapsnapshot, html_report, tables
from .exports.writing import write_file
from .files import OpenFile
from .report import Ask, gather

Progress = Callable[[str, float], None]


def export(opened: OpenFile, path: Path, format: str, table: str, *, ask: Ask, progress: Progress) -> int:
    """Write the file at `path`; return its size in bytes. `ask` puts a question about the snapshot.

    `table`, `types` or `objects`, is what CSV and JSON have. Raises QuestionFailed, SnapshotError, OSError.
    """
    snapshot, graph = opened.snapshot, opened.graph

    def write(file: TextIO) -> None:
        if format == "heapsnapshot":
            heapsnapshot.write(graph, file, progress)
        elif format == "heapprofile":
            heapprofile.write(snapshot, file, progress)
        elif format == "html":
            html_report.write(gather(ask, progress), snapshot.meta, snapshot.path.name, file)
        elif table == "objects":
            rows = tables.object_rows(graph, progress)
            tables.write_rows(tables.OBJECT_COLUMNS, rows, file, as_json=format == "json")
        else:
            types: list[dict[str, Any]] = ask("types")["rows"]
            tables.write_rows(tables.TYPE_COLUMNS, iter(types), file, as_json=format == "json")

    return write_file(path, write)
