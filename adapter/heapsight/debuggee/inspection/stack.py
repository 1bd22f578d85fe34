"""The stack of a thread as DAP stack frames."""

from __future__ import annotations

import linecache
import os
from collections.abc import Callable
from itertools import islice
from types import CodeType, FrameType


def frame_body(frame: FrameType, number: int, is_mine: Callable[[CodeType], bool]) -> dict[str, object]:
    """Return the DAP `StackFrame` of `frame`; lines and columns are 1-based, columns in characters."""
    code = frame.f_code
    body: dict[str, object] = {"id": number, "name": code.co_qualname, "line": frame.f_lineno or 0, "column": 1}
    path = source_path(code)
    if path is not None:
        body["source"] = {"name": os.path.basename(path), "path": path}
        body.update(_span(frame, path))
    else:
        body["source"] = {"name": code.co_filename, "presentationHint": "deemphasize"}
    if not is_mine(code):
        body["presentationHint"] = "subtle"
    return body


def source_path(code: CodeType) -> str | None:
    """Return the absolute path of the file that `code` comes from; None where it comes from none."""
    name = code.co_filename
    if name.startswith("<"):
        return None
    return os.path.abspath(name)


def _span(frame: FrameType, path: str) -> dict[str, object]:
    """Return where the current instruction's expression begins and ends, where that is on the current line."""
    place = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), None)
    if place is None or None in place or place[0] != frame.f_lineno:
        return {}
    line, end_line, column, end_column = place
    assert line is not None
    assert end_line is not None
    assert column is not None
    assert end_column is not None
    return {
        "column": _characters(path, line, column) + 1,
        "endLine": end_line,
        "endColumn": _characters(path, end_line, end_column) + 1,
    }


def _characters(path: str, line: int, offset: int) -> int:
    """Return a byte offset into a line of UTF-8 as characters."""
    text = linecache.getline(path, line)
    return offset if text.isascii() else len(text.encode()[:offset].decode(errors="replace"))
