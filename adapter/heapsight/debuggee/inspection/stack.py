"""The stack of a thread as DAP stack frames."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import islice
from types import CodeType, FrameType

from .columns import Columns

SourceOf = Callable[[FrameType], dict[str, object]]  # the DAP `Source` of what a frame runs
Span = tuple[int, int, int, int]  # line, end line, and UTF-8 offsets in them, as in `co_positions`


def frame_body(
    frame: FrameType,
    number: int,
    is_mine: Callable[[CodeType], bool],
    columns: Columns,
    source_of: SourceOf,
    *,
    at: Span | None = None,
) -> dict[str, object]:
    """Return the DAP `StackFrame` of `frame`; lines and columns are 1-based, columns in UTF-16 units.

    at: where it stands, where that is known better than from the instruction.
    """
    code = frame.f_code
    body: dict[str, object] = {"id": number, "name": code.co_qualname, "line": frame.f_lineno or 0, "column": 1}
    body["source"] = source_of(frame)
    span = at or position(frame, columns)
    if span is not None:
        line, end_line, column, end_column = span
        body["line"] = line
        body["column"] = columns.column(code.co_filename, line, column)
        if (line, column) != (end_line, end_column):
            body["endLine"] = end_line
            body["endColumn"] = columns.column(code.co_filename, end_line, end_column)
    body["presentationHint"] = "normal" if is_mine(code) else "subtle"
    return body


def file_of(frame: FrameType) -> dict[str, object]:
    """Return the DAP `Source` of the code that `frame` runs, going by its name alone."""
    return source_of_code(frame.f_code)


def source_of_code(code: CodeType) -> dict[str, object]:
    """Return the DAP `Source` of `code`, going by its name alone."""
    name = code.co_filename
    if not name or name.startswith("<"):
        return {"name": name, "presentationHint": "deemphasize"}
    path = os.path.abspath(name)
    return {"name": os.path.basename(path), "path": path}


def position(frame: FrameType, columns: Columns) -> Span | None:
    """Return what is being executed: at the beginning of a line that place alone, else the expression within it.

    Editors select what they are given: not the whole statement at each step, for one key to replace.
    """
    code, index = frame.f_code, frame.f_lasti // 2
    found = next(islice(code.co_positions(), index, None), None) if index >= 0 else None
    current = _complete(found) if found is not None else None
    if current is None or current[0] != frame.f_lineno:
        return None
    if not _begins_line(code, frame.f_lasti):
        return current
    line = current[0]
    # Of two stores in one instruction only the second has a place: the statement begins where the line does.
    start = min(span[2] for span in map(_complete, code.co_positions()) if span is not None and span[0] == line)
    start = min(start, columns.indentation(code.co_filename, line, start))
    return line, line, start, start


def _begins_line(code: CodeType, offset: int) -> bool:
    before: int | None = None
    for start, _, line in code.co_lines():
        if start == offset:
            return line != before
        before = line
    return False


def _complete(span: tuple[int | None, int | None, int | None, int | None]) -> Span | None:
    line, end_line, column, end_column = span
    if line is None or end_line is None or column is None or end_column is None:
        return None
    return line, end_line, column, end_column
