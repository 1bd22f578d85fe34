"""Data breakpoints as the engine asks about them: what was noticed, judged and put in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FrameType
from typing import Protocol

from ...records import record
from ..breakpoints.code_lines import begins_line
from ..breakpoints.locations import Span
from ..expressions.conditions import judge
from ..model import Breakpoint, LogOutput
from ..verdicts import Failed, Hit
from .changes import Change, Notice, span_of, tell
from .watch import Describing
from .watchpoints import Watchpoints


@record
class DataStop:
    """Why a thread stops: its breakpoints, all there is to say, the same in few words, and what is shown as written."""

    breakpoints: tuple[Breakpoint, ...]
    text: str
    headline: str
    span: Span | None


class Stopper(Protocol):
    """Stops threads."""

    def stop_for_data(self, ident: int, frame: FrameType, data: DataStop) -> None:
        """Stop thread `ident`, the calling one."""

    def line(self, ident: int, frame: FrameType, line: int) -> None:
        """Decide at a line that is about to run."""


class DataBreakpoints(Watchpoints):
    """Watchpoints with conditions, which stop threads. `logged` is told each change that stops, and where it was."""

    def __init__(
        self,
        new_id: Callable[[], int],
        on_change: Callable[[Breakpoint], None],
        describing: Describing,
        logged: Callable[[LogOutput], None],
        stopper: Stopper,
    ) -> None:
        super().__init__(new_id, on_change, describing)
        self._logged = logged
        self._stopper = stopper

    def line(self, ident: int, frame: FrameType) -> None:
        """Decide, at a line that is about to run, on what the one before has written."""
        self._stop(ident, frame, self.settle(ident, frame))

    def instruction(self, ident: int, frame: FrameType, offset: int) -> None:
        """Decide on what the instruction before has written, and on what the one that is about to run reads."""
        if self._stop(ident, frame, self.settle(ident, frame)) and begins_line(frame.f_code, offset):
            # Seen from the stop, the line is yet to come: a step may end here.
            self._stopper.line(ident, frame, frame.f_lineno)
        self._stop(ident, frame, self.arrive(ident, frame, offset))

    def also(
        self, frame: FrameType, breakpoints: tuple[Breakpoint, ...], text: str | None
    ) -> tuple[tuple[Breakpoint, ...], str | None]:
        """Add, for a thread that stops for something else, what has changed without being noticed."""
        late = self._reached(frame, self.look_again())
        if late is None:
            return breakpoints, text
        return (*breakpoints, *late.breakpoints), "\n".join(filter(None, (text, late.text)))

    def _stop(self, ident: int, frame: FrameType, changes: Sequence[Change]) -> bool:
        found = self._reached(frame, changes) if changes else None
        if found is not None:
            self._stopper.stop_for_data(ident, frame, found)
        return found is not None

    def _reached(self, frame: FrameType, changes: Sequence[Change]) -> DataStop | None:
        """Judge what was noticed in `frame`; None where nothing of it stops."""
        hit: list[Breakpoint] = []
        texts: list[str] = []
        headline = ""
        span: Span | None = None
        for change in changes:
            verdict = judge(change.bp, frame)
            if not isinstance(verdict, Hit | Failed):
                continue
            told = tell(change, self.describing.full)
            hit.append(change.bp)
            text = f"{told.text}\n{verdict.message}" if isinstance(verdict, Failed) else told.text
            texts.append(text)
            headline = headline or told.headline
            if span is None and change.here and change.notice is Notice.WRITTEN:
                span = span_of(change.site)
            path, line = change.place(frame)
            self._logged(LogOutput(text, path, line))
        return DataStop(tuple(hit), "\n".join(texts), headline, span) if hit else None
