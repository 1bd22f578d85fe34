"""Tracebacks as text: the user's frames only, with their source lines."""

from __future__ import annotations

from types import FrameType, TracebackType

from ..own import is_own_frame
from .failures import describe_error, without_own_frames
from .sources import Sources

CONSOLE = "<console>"
_MOST = 100


def report(error: BaseException, source: str) -> str:
    """Return what Python would print for an error of console code `source`; short for a mistake in its syntax."""
    if type(error) is SyntaxError and error.filename == CONSOLE:
        return f"SyntaxError: {error.msg}"
    lines = stack_text(without_own_frames(error.__traceback__), console=source)
    return f"Traceback (most recent call last):\n{lines}{describe_error(error)}"


def stack_text(traceback: TracebackType | None, *, outer: bool = False, console: str = "") -> str:
    """Return the lines of a traceback, outermost frame first; with `outer` the frames that called those, too."""
    sources = Sources()
    entries: list[tuple[FrameType, int]] = []
    if outer and traceback is not None:
        entries = _callers(traceback.tb_frame)
    while traceback is not None:
        entries.append((traceback.tb_frame, traceback.tb_lineno or 0))
        traceback = traceback.tb_next
    shown = [entry for entry in entries if not is_own_frame(entry[0])]
    left_out = len(shown) - _MOST
    parts = [_entry(frame, line, sources, console) for frame, line in shown[-_MOST:]]
    if left_out > 0:
        parts.insert(0, f"  … {left_out} frames left out\n")
    return "".join(parts)


def _callers(frame: FrameType) -> list[tuple[FrameType, int]]:
    found = []
    caller = frame.f_back
    while caller is not None:
        found.append((caller, caller.f_lineno or 0))
        caller = caller.f_back
    return found[::-1]


def _entry(frame: FrameType, line: int, sources: Sources, console: str) -> str:
    code = frame.f_code
    if code.co_filename == CONSOLE:
        lines = console.strip().split("\n")
        text = lines[line - 1] if 0 < line <= len(lines) else ""
    else:
        text = sources.line(code.co_filename, line)
    name = "<module>" if code.co_filename == CONSOLE and code.co_name == CONSOLE else code.co_qualname
    place = f'  File "{code.co_filename}", line {line}, in {name}\n'
    return f"{place}    {text.strip()}\n" if text.strip() else place
