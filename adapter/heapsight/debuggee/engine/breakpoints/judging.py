"""Which of the breakpoints that a thread has arrived at stop it."""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType

from ..expressions.conditions import judge
from ..foreign import Foreign
from ..model import Breakpoint, LogOutput
from ..verdicts import MISS, Failed, Hit, Log

_NOTHING: tuple[tuple[Breakpoint, ...], None] = ((), None)


class Judging:
    """Judges breakpoints. `logged` is told what log points say, and conditions that fail."""

    def __init__(self, logged: Callable[[LogOutput], None], foreign: Foreign | None) -> None:
        self._logged = logged
        self._foreign = foreign

    def reached(
        self, frame: FrameType, bps: tuple[Breakpoint, ...], line: int
    ) -> tuple[tuple[Breakpoint, ...], str | None]:
        """Return those of `bps` that stop the thread whose `frame` stands at them, and what there is to say."""
        hit: tuple[Breakpoint, ...] = ()
        text: str | None = None
        # Most often there is one, with a condition that does not hold.
        test = bps[0].test if len(bps) == 1 and self._foreign is None else None
        first = None if test is None else test.judge(bps[0], frame)
        if first is MISS:
            return _NOTHING
        if self._foreign is not None:
            frame = self._foreign.stand_in(frame)
            line = frame.f_lineno or line
        for bp in bps:
            verdict = first or judge(bp, frame)
            if verdict is MISS:
                continue
            if isinstance(verdict, Log):
                self._logged(LogOutput(verdict.text, frame.f_code.co_filename, line))
            elif isinstance(verdict, Failed):
                text = verdict.message
                self._logged(LogOutput(text, frame.f_code.co_filename, line, important=True))
                hit = (*hit, bp)
            elif isinstance(verdict, Hit):
                hit = (*hit, bp)
        return hit, text
