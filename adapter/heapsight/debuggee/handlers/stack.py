"""Where a stopped thread stands."""

from __future__ import annotations

from types import FrameType
from typing import cast

from ..arguments import Arguments, integer, optional_integer
from ..engine.breakpoints.locations import Span
from ..engine.model import Stop
from ..engine.stepping.jumps import restart_refusal
from ..program import Body, Program


def stack_trace(program: Program, arguments: Arguments) -> Body:
    """`stackTrace`, paged."""
    thread_id = integer(arguments, "threadId")
    start = optional_integer(arguments, "startFrame") or 0
    levels = optional_integer(arguments, "levels") or 0
    stop = program.engine.stopped_threads().get(thread_id)
    at = _shown_at(stop) if stop is not None else None
    frames = program.frames(thread_id)
    body = program.inspector.stack_trace(thread_id, frames, start, levels, at)
    shown = cast("list[dict[str, object]]", body["stackFrames"])
    wanted = arguments.get("format")
    for frame, one in zip(frames[start:], shown, strict=False):
        if restart_refusal(stop, frame) is not None:
            one["canRestart"] = False
        if isinstance(wanted, dict) and wanted:
            _rename(frame, one, wanted)
    return body


def _rename(frame: FrameType, body: dict[str, object], wanted: Arguments) -> None:
    """Give a frame the name that a client's `format` asks for."""
    # Hardly a client has a format: sessions without one do not load what makes it.
    from .frame_names import formatted_name, wants_format

    if wants_format(wanted):
        body["name"] = formatted_name(frame, str(body["name"]), body["line"], wanted)


def _shown_at(stop: Stop) -> Span | None:
    """Return where a thread stands that stopped within a line, as the breakpoint shows it, or behind a write."""
    location = stop.location
    if stop.span is not None or location is None:
        return stop.span
    _, end_line, _, end_column = location.span
    return location.line, end_line, location.column, end_column


def scopes(program: Program, arguments: Arguments) -> Body:
    """`scopes`: Locals, Closure where there is one, Globals."""
    frame_id = integer(arguments, "frameId")
    stop = program.engine.stopped_threads().get(program.inspector.thread_of(frame_id))
    if stop is not None and stop.returned and stop.frame is program.inspector.frame(frame_id):
        return program.inspector.scopes(frame_id, stop.returned)
    return program.inspector.scopes(frame_id)
