"""`heapsight/snapshot` and `heapsight/traceAllocations`. What they need is loaded when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..arguments import Arguments, integer, optional_text
from ..dispatch import Later
from ..errors import RequestError
from ..interrupts import EvaluationInterrupted
from ..originals import get_ident
from ..program import Body, Program

if TYPE_CHECKING:
    from ..memory.capture.capturing import Captured

_MOST_FRAMES = 65535


def snapshot(program: Program, arguments: Arguments) -> Body | Later:
    """Write the whole heap into a file. It can be cancelled, and leaves no file then.

    Where a fork writes it, the program may go on meanwhile. Else a stopped thread takes it, as it does everything that
    is asked of it; if the program runs, a thread of ours does, so that there is one to read that it is cancelled.
    """
    from ..memory.capture.capturing import SnapshotFailed, Wish, begin, capture, is_by_fork

    wish = Wish(
        path=optional_text(arguments, "path"),
        label=optional_text(arguments, "label"),
        collect=arguments.get("collect") is True,
        held=tuple(program.holder),
    )
    switch = _Switch()
    try:
        if is_by_fork(wish):
            pending = begin(wish)
            return Later(lambda: _finished(lambda: pending.finish(switch.check)), switch.cancel)
        if _is_stopped(program):
            with program.watchdog.watch(None):
                return _body(capture(wish, progress=switch.passed))
    except SnapshotFailed as error:
        raise RequestError(str(error)) from None
    return Later(lambda: _finished(lambda: capture(wish, progress=switch.passed)), switch.cancel)


class _Switch:
    """Whether a snapshot is wanted: another thread says when it is not any more."""

    def __init__(self) -> None:
        self._is_cancelled = False

    def cancel(self) -> None:
        self._is_cancelled = True

    def check(self) -> None:
        if self._is_cancelled:
            raise EvaluationInterrupted

    def passed(self, share: float) -> None:
        self.check()


def _is_stopped(program: Program) -> bool:
    """Say whether the calling thread is one that is stopped."""
    return get_ident() in [program.engine.ident_of(thread) for thread in program.engine.stopped_threads()]


def _finished(take: Callable[[], Captured]) -> Body:
    from ..memory.capture.capturing import SnapshotFailed

    try:
        return _body(take())
    except SnapshotFailed as error:
        raise RequestError(str(error)) from None


def _body(taken: Captured) -> Body:
    return {
        "path": taken.path,
        "capture": taken.capture,
        "pauseSeconds": taken.pause_seconds,
        "nodes": taken.nodes,
        "references": taken.references,
        "fileBytes": taken.file_bytes,
    }


def trace_allocations(program: Program, arguments: Arguments) -> Body:
    """Have `tracemalloc` keep some frames for each allocation from now on; 0 ends it."""
    from ..memory.capture.sites import set_traced_frames, traced_frames

    frames = integer(arguments, "frames")
    if not 0 <= frames <= _MOST_FRAMES:
        raise RequestError(f"'frames' has to be from 0 to {_MOST_FRAMES}, not {frames}.")
    set_traced_frames(frames)
    return {"frames": traced_frames()}
