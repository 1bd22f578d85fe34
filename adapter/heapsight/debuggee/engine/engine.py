"""The engine: breakpoints, steps and pauses of one program, over either back end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import CodeType, FrameType

from ..originals import get_ident
from .backends.base import BackendKind
from .deciding import Deciding
from .exceptions.filters import ExceptionRule
from .model import Breakpoint, BreakpointSpec, Granularity, StepKind, Stop, StopReason
from .observer import Observer
from .stepping.motion import Motion, Where
from .stepping.step_targets import StepTarget
from .stepping.steps import begin_step
from .threads import ThreadInfo, without_own
from .watchpoints.watch import DataSpec

__all__ = ["BackendKind", "Engine", "Observer", "ThreadInfo"]


class Engine(Deciding):
    """Where the program stops and how it goes on. Install it on the program's main thread."""

    def set_source_breakpoints(
        self, path: str, specs: Sequence[BreakpointSpec], text: str | None = None, reference: int = 0
    ) -> list[Breakpoint]:
        """Replace the breakpoints of a file; the result is parallel to `specs`. See `BreakpointTable.set_source`."""
        found = self._breakpoints.set_source(path, specs, text, reference)
        self._expect(f"{path}\0{text}", bool(specs))
        return found

    def file_changed(self, path: str) -> None:
        """Take notice that the functions of a file have other code now."""
        self._breakpoints.set_again(path)
        self._arm(breakpoints_changed=True)

    def scope_changed(self) -> None:
        """Take notice that other code counts as the user's now."""
        self._arm()

    def set_function_breakpoints(self, specs: Sequence[BreakpointSpec]) -> list[Breakpoint]:
        """Replace the function breakpoints; the result is parallel to `specs`."""
        found = self._breakpoints.set_functions(specs)
        self._expect("", bool(specs))
        return found

    def set_instruction_breakpoints(
        self, specs: Sequence[BreakpointSpec], places: Sequence[tuple[CodeType, int] | None]
    ) -> list[Breakpoint]:
        """Replace the instruction breakpoints; all are parallel."""
        found = self._breakpoints.set_instructions(specs, places)
        self._expect("\0instructions", bool(specs))
        return found

    def set_data_breakpoints(self, specs: Sequence[DataSpec]) -> list[Breakpoint]:
        """Replace the data breakpoints; the result is parallel to `specs`."""
        found = self._data.set(specs, may_ask=get_ident() in self._threads.parked)
        self._arm(breakpoints_changed=True)
        return found

    def set_exception_breakpoints(self, rules: Sequence[ExceptionRule]) -> None:
        """Choose when exceptions stop."""
        self._filters.set_rules(rules)
        self._arm()

    def stop_on_entry(self) -> None:
        """Stop the calling thread at the next line of the user's."""
        self._motions[get_ident()] = Motion(StopReason.ENTRY, Where.MINE)
        self._arm()

    def pause(self, thread_id: int | None) -> None:
        """Stop a thread (all for None) at its next line."""
        idents = list(self._threads.frames()) if thread_id is None else [self._threads.ident_of(thread_id)]
        for ident in idents:
            if ident is not None and ident not in self._threads.parked:
                self._motions[ident] = Motion(StopReason.PAUSE, Where.ANY)
        self._arm()

    def resume(
        self,
        thread_id: int,
        kind: StepKind,
        *,
        single_thread: bool = False,
        goal: Granularity | StepTarget = Granularity.LINE,
    ) -> None:
        """Let the program go on, thread `thread_id` by a step; with `single_thread` only that one."""
        self._data.refresh()
        ident = self._threads.ident_of(thread_id)
        parked = self._threads.parked.get(ident) if ident is not None else None
        if ident is not None and parked is not None and kind is not StepKind.CONTINUE:
            self._motions[ident] = begin_step(
                kind, parked.stop, self._is_mine, self._foreign, goal, statements=self._statements
            )
        if single_thread and ident is not None:
            self._arm()
            self._parking.release_one(ident, parked)
            return
        for other, motion in list(self._motions.items()):
            if motion.silent:
                del self._motions[other]
        self._arm()
        self._parking.release_all()

    def stopped_threads(self) -> dict[int, Stop]:
        """Return the stop of each parked thread, the one that caused the stop first."""
        return {parked.stop.thread_id: parked.stop for parked in list(self._threads.parked.values())}

    def threads(self) -> list[ThreadInfo]:
        """Return the program's threads; those that ended since are reported and forgotten."""
        self._threads.forget_ended()
        return self._threads.list()

    def ident_of(self, thread_id: int) -> int | None:
        """Return the interpreter's own number of a thread; None when there is no such thread."""
        self._threads.forget_ended()
        return self._threads.ident_of(thread_id)

    def hide_current_thread(self) -> None:
        """Make the calling thread one of the debugger's own."""
        self._threads.hide_current()

    def post(self, thread_id: int, command: Callable[[], None]) -> bool:
        """Have a parked thread run `command`; False when it is not parked."""
        ident = self._threads.ident_of(thread_id)
        parked = self._threads.parked.get(ident) if ident is not None else None
        if parked is None:
            return False
        parked.post(command)
        return True

    def stop_here(self) -> None:
        """`breakpoint()`: stop the calling thread in the nearest frame of the user's."""
        frames = without_own(sys._getframe(1))
        frame = next((one for one in frames if self._is_mine(one.f_code)), frames[0] if frames else None)
        if frame is not None:
            self._park(get_ident(), frame, StopReason.BREAKPOINT)

    def report_uncaught(self, exception: BaseException) -> None:
        """Stop on the exception that ends the program or the calling thread, where the filters want it."""
        found = self._filters.on_uncaught(exception)
        if found is not None:
            self._stop_on(get_ident(), *found)

    def frames(self, thread_id: int) -> list[FrameType]:
        """Return a thread's frames without the debugger's own, innermost first."""
        ident = self._threads.ident_of(thread_id)
        return without_own(self._frame_of(ident)) if ident is not None else []

    def _expect(self, key: str, expected: bool) -> None:
        (self._expected.add if expected else self._expected.discard)(key)
        self._arm(breakpoints_changed=True)
