"""What of a program is of interest: breakpoints, watched places, and what threads are on their way to."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from .breakpoints.table import BreakpointTable
from .model import SiteOfCode
from .stepping.motion import Motion
from .stepping.statements import StatementTable
from .watchpoints.creations import Creations
from .watchpoints.data_breakpoints import DataBreakpoints


class Interest:
    """Answers what a back end asks before it tells an event; the questions of `Sink`."""

    def __init__(
        self,
        breakpoints: BreakpointTable,
        data: DataBreakpoints,
        creations: Creations,
        is_mine: Callable[[CodeType], bool],
        *,
        show_returned: bool,
    ) -> None:
        """`show_returned`: what functions return during a step is wanted."""
        self._breakpoints = breakpoints
        self._data = data
        self.creations = creations
        self._is_mine = is_mine
        self._show_returned = show_returned
        # What code that appears is looked through for.
        self._expected: set[str] = set()
        # By the interpreter's numbers of threads.
        self._motions: dict[int, Motion] = {}
        self._statements = StatementTable()

    @property
    def breakpoints(self) -> BreakpointTable:
        """What is armed where."""
        return self._breakpoints

    @property
    def expects_code(self) -> bool:
        """Whether code that appears may have breakpoints."""
        return bool(self._expected or self.creations.codes) or self._data.active

    def code_seen(self, code: CodeType) -> None:
        """Bind breakpoints to code that is about to run for the first time."""
        if self._expected:
            self._breakpoints.code_seen(code)
        self._data.code_seen(code)

    def armed_code(self) -> tuple[CodeType, ...]:
        """Return every code object that has a breakpoint of any kind."""
        stepped = (code for motion in list(self._motions.values()) for code in motion.stepped_by_statements)
        return (*self._breakpoints.armed_code(), *self._data.armed_code(), *stepped)

    def offsets_for(self, code: CodeType) -> frozenset[int]:
        """Return the offsets of the instructions of `code` that have to be told."""
        offsets = self._breakpoints.offsets_for(code)
        if self._data.active:
            offsets |= self._data.offsets_for(code)
        for motion in list(self._motions.values()) if self._motions else ():
            if any(code is one for one in motion.stepped_by_statements):
                offsets |= self._statements.of(code).beginnings
        return offsets

    @property
    def pending_writes(self) -> dict[int, Any] | None:
        """Who is in the middle of what may write a watched place; None while nothing is watched."""
        return self._data.pending if self._data.active else None

    def sites_for(self, code: CodeType) -> list[SiteOfCode]:
        """Return the instructions of `code` that are dull where no word of the frame is among some addresses."""
        if any(code is one for _, motion in list(self._motions.items()) for one in motion.instructions):
            return []
        own = self._breakpoints.offsets_for(code)
        return [site for site in self._data.sites_for(code) if site[0] not in own]

    def arguments_for(self, code: CodeType) -> tuple[tuple[int, int], ...]:
        """Return the words of a frame, and addresses, that tell whether it comes to anything of `offsets_for`."""
        return () if self._motions else self.arguments_of(code)

    def arguments_of(self, code: CodeType) -> tuple[tuple[int, int], ...]:
        """Return the same, whether or not any thread is on its way to a stop."""
        stepped = (one for motion in list(self._motions.values()) for one in motion.stepped_by_statements)
        if self._breakpoints.offsets_for(code) or any(code is one for one in stepped):
            return ()
        return self._data.arguments_for(code)

    def has_motion(self) -> bool:
        """Say whether any thread is on its way to a stop."""
        return bool(self._motions)

    def is_interested(self, ident: int, frame: FrameType) -> bool:
        """Say whether a motion of thread `ident` may end in `frame`."""
        motion = self._motions.get(ident)
        return motion is not None and motion.watches(frame, self._is_mine)

    def wants_result(self, ident: int, frame: FrameType) -> bool:
        """Say whether what `frame` returns is to be shown at the end of a step of thread `ident`."""
        motion = self._motions.get(ident)
        return motion is not None and self._show_returned and motion.wants_result_of(frame)

    def may_end_in(self, code: CodeType) -> bool:
        """Say whether a motion of any thread may end in a frame that begins to run `code` now."""
        return any(motion.may_end_in(code, self._is_mine) for motion in list(self._motions.values()))

    def is_user_code(self, code: CodeType) -> bool:
        """Say whether `code` is the user's."""
        return self._is_mine(code)

    def may_leave_user_code(self, frame: FrameType) -> bool:
        """Say whether an exception that leaves `frame` leaves the user's code: before, it may handle it yet."""
        caller = frame.f_back
        return (caller is None or not self._is_mine(caller.f_code)) and self._is_mine(frame.f_code)
