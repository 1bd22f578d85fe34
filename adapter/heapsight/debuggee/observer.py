"""What the engine reports, as DAP events."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import FrameType

from ..wire.framing import encode_body, encode_text
from ..wire.messages import event
from .attributes import type_name
from .engine.model import Breakpoint, ExceptionStop, LogOutput, Stop, StopReason
from .handlers.breakpoints import breakpoint_body
from .inspection.text.limits import Limits
from .inspection.text.saferepr import Reprs
from .program import EventSender

_DESCRIPTIONS = {
    StopReason.STEP: "Paused on step",
    StopReason.BREAKPOINT: "Paused on breakpoint",
    StopReason.FUNCTION_BREAKPOINT: "Paused on function breakpoint",
    StopReason.DATA_BREAKPOINT: "Paused on data breakpoint",
    StopReason.EXCEPTION: "Paused on exception",
    StopReason.PAUSE: "Paused",
    StopReason.ENTRY: "Paused on entry",
    StopReason.GOTO: "Paused after jump",
    StopReason.INSTRUCTION_BREAKPOINT: "Paused on instruction breakpoint",
    StopReason.RESTART: "Paused after frame restart",
}


_EMPTY_TEXT = b'""}}'
_IN_A_LINE = Limits(characters=80, elements=8, depth=2)


def source_of(path: str) -> dict[str, object]:
    """Return the DAP `Source` of a file."""
    return {"name": os.path.basename(path), "path": path}


def _assertion(stop: ExceptionStop) -> str | None:
    """Return what a failed assertion compared, on a line; no user code runs for it."""
    from .inspection.assertions import explain

    reprs = Reprs(asks=False)
    explanation = explain(stop.exception, stop.traceback, lambda value: reprs.text(value, _IN_A_LINE))
    return explanation.line if explanation is not None else None


class EventObserver:
    """Turns engine notices into events, on the thread they come from.

    `before_stop` is called when a thread has stopped, `after_stop` when the client knows of it already.
    """

    def __init__(
        self,
        send_event: EventSender,
        send_body: Callable[[bytes], None],
        before_stop: Callable[[], None],
        after_stop: Callable[[], None],
    ) -> None:
        """send_body: sends the JSON of a message."""
        self._send_event = send_event
        self._send_body = send_body
        self._before_stop = before_stop
        self._after_stop = after_stop
        # Of the place that logged last: the JSON of the event up to the text.
        self._last_place: tuple[tuple[str, int, bool], bytes] = ("", 0, False), b""

    def stopped(self, stop: Stop) -> None:
        """Tell the client that a thread has stopped, and with it all others."""
        self._before_stop()
        body: dict[str, object] = {
            "reason": stop.reason.value,
            "description": stop.headline or _DESCRIPTIONS[stop.reason],
            "threadId": stop.thread_id,
            "allThreadsStopped": True,
        }
        if stop.breakpoints:
            body["hitBreakpointIds"] = [one.id for one in stop.breakpoints]
        if stop.exception is not None:
            if stop.text is not None:
                code = stop.frame.f_code
                line = stop.frame.f_lineno or code.co_firstlineno
                self.logged(LogOutput(stop.text, code.co_filename, line, important=True))
            name = type_name(type(stop.exception.exception))
            more = stop.text or _assertion(stop.exception)
            body["text"] = name if more is None else f"{name}: {more}"
        elif stop.text is not None:
            body["text"] = stop.text
        self._send_event("stopped", body)
        self._after_stop()

    def breakpoint_changed(self, bp: Breakpoint) -> None:
        """Tell the client that a breakpoint was bound, moved or refused."""
        self._send_event("breakpoint", {"reason": "changed", "breakpoint": breakpoint_body(bp)})

    def logged(self, output: LogOutput) -> None:
        """Show the text of a log point."""
        # A program waits at each of thousands of hits, and most of the event is the same as the time before.
        place = (output.path, output.line, output.important)
        known, begin = self._last_place
        if known != place:
            body = {
                "category": "important" if output.important else "console",
                "source": source_of(output.path),
                "line": output.line,
                "output": "",
            }
            begin = encode_body(event("output", body)).removesuffix(_EMPTY_TEXT)
            self._last_place = place, begin
        text = output.text if output.text.endswith("\n") else output.text + "\n"
        self._send_body(b"%b%b}}" % (begin, encode_text(text)))

    def thread_started(self, thread_id: int, name: str) -> None:
        """Tell the client of a new thread."""
        del name  # the client asks for the names with `threads`
        self._send_event("thread", {"reason": "started", "threadId": thread_id})

    def thread_exited(self, thread_id: int) -> None:
        """Tell the client that a thread has ended."""
        self._send_event("thread", {"reason": "exited", "threadId": thread_id})

    def printed(self, category: str, text: str, frame: FrameType | None) -> None:
        """Show what the program wrote, with the line that wrote it."""
        body: dict[str, object] = {"category": category, "output": text}
        if frame is not None and frame.f_lineno is not None and not frame.f_code.co_filename.startswith("<"):
            body["source"] = source_of(os.path.abspath(frame.f_code.co_filename))
            body["line"] = frame.f_lineno
        self._send_event("output", body)
