"""Events from a trace function in C: as with `sys.settrace`, but dull code hardly costs anything.

The C function decides by tables that are filled here; what is not dull comes to the methods that serve `sys.settrace`.
On 3.11 all threads can be traced at any time, and unless `BackendKind.SETTRACE` is chosen, an evaluation function
(PEP 523) has code without breakpoints run untraced while only breakpoints are looked for. Objects live as long as they
do without it: the references to arguments that calls would leave with their callers are given up (`arguments.c`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import CodeType, FrameType

from ...._native import tracing
from ...frames import frames_of_threads
from ...originals import get_ident
from ...own import is_own_code
from .. import greenlets
from ..breakpoints.code_lines import lines_at
from ..exceptions.shown import has_ended
from ..threads import is_own_thread
from .base import Armed, Sink, ThreadBegins
from .code_tables import CodeSet
from .settrace import OPCODES_ARE_SWITCHED_BY_LINE, SettraceBackend, Trace


class NativeBackend(SettraceBackend):
    """The back end of 3.11 where the extension is there; selectable on other versions."""

    def __init__(self, sink: Sink, thread_begins: ThreadBegins, *, evaluates_frames: bool) -> None:
        """`evaluates_frames`: leave dull code untraced, where that is possible."""
        self._evaluates_frames = evaluates_frames
        # Whether something is watched, which has dull instructions told in C.
        self._has_sites = False
        super().__init__(sink, thread_begins)
        self._wakes_all = True
        # What `sys.gettrace` tells. Called only where somebody has put it back with `sys.settrace`.
        self._global_trace = self._take_back

    def install(self) -> None:
        """Trace the program's threads, and those that start later."""
        tracing.begin(self._global_trace, self._decide, self._classify)
        super().install()

    def arm(self, armed: Armed, frames: Iterable[FrameType] = ()) -> None:
        """See `Backend.arm`."""
        tracing.judge(
            armed.dull_raises if armed.raises else None, armed.dull_unwinds if armed.unwinds else None, self._left
        )
        pending = self._sink.pending_writes
        if pending is not None:
            tracing.begin_sites(_never, pending)
        elif self._has_sites:
            tracing.end_sites()
        self._has_sites = pending is not None
        super().arm(armed, frames)
        if not self._installed:
            return
        if self._idle:
            self._asleep = True
            tracing.rest()
        else:
            self._use(self._dull, quiet=self._is_quiet)

    @property
    def _is_quiet(self) -> bool:
        """Whether only breakpoints are looked for: then a frame's code and arguments say whether it is dull."""
        return self._armed.is_nothing and not self._sink.has_motion()

    def _make_table(self) -> CodeSet:
        table = tracing.CodeTable()
        self._use(table, quiet=False)
        return table

    def _use(self, table: CodeSet, *, quiet: bool) -> None:
        assert isinstance(table, tracing.CodeTable)
        tracing.use(table, quiet and self._evaluates_frames and not _others_evaluate())

    def _trace_all(self) -> None:
        tracing.trace_threads(
            {ident for ident, frame in frames_of_threads().items() if not is_own_thread(ident, frame)}
        )

    def _trace_current(self) -> None:
        if self._installed:
            tracing.trace_current()

    def _untrace(self) -> None:
        tracing.end()

    def _runs(self, code: CodeType) -> None:
        # What runs was found when the breakpoints were set. What is not dull stays unknown: a call will ask.
        if is_own_code(code) or (self._is_quiet and not self._has_breakpoints(code) and not self._is_leaving(code)):
            self._dull.add(code)

    def _take_back(self, frame: FrameType, _event: str, _arg: object) -> object:
        """Trace the calling thread in C again."""
        self._trace_current()
        return self._decide(frame)

    def _classify(self, code: CodeType) -> None:
        """Put code that is about to run into the table; called only while there is nothing to see but breakpoints."""
        table = self._dull
        assert isinstance(table, tracing.CodeTable)
        if not is_own_code(code):
            self._see(code)
            if self._has_breakpoints(code) or self._is_leaving(code):
                # How it is to be traced is decided when it is called.
                table.note(code)
                return
        table.add(code)
        if _others_evaluate() and self._dull is table:
            self._use(table, quiet=False)

    def _line_trace(self, code: CodeType, lines: frozenset[int], table: CodeSet) -> Trace:
        assert isinstance(table, tracing.CodeTable)
        trace = tracing.LineTrace(lines, table, self._local_trace)
        if not self._sink.breakpoints.entry_for(code):
            table.note(code, trace)
        return trace

    def _offset_trace(self, code: CodeType, lines: frozenset[int], offsets: frozenset[int]) -> Trace:
        if not OPCODES_ARE_SWITCHED_BY_LINE:
            return super()._offset_trace(code, lines, offsets)
        table = self._dull
        assert isinstance(table, tracing.CodeTable)
        is_leaving = self._is_leaving(code)
        arguments = () if lines or is_leaving else self._sink.arguments_for(code)
        trace = tracing.LineTrace(
            lines, table, self._local_trace, None, lines_at(code, offsets), offsets, is_leaving, arguments
        )
        if self._has_sites:
            tracing.note_sites(code, self._sink.sites_for(code))
        if not self._sink.breakpoints.entry_for(code):
            table.note(code, trace)
        return trace

    def _trace(self, frame: FrameType) -> None:
        super()._trace(frame)
        offsets = self._sink.offsets_for(frame.f_code)
        if offsets and self._is_quiet and not is_own_code(frame.f_code) and not has_ended(frame):
            frame.f_trace = self._offset_trace(frame.f_code, self._sink.breakpoints.lines_for(frame.f_code), offsets)

    def _trace_exceptions(self, frame: FrameType) -> None:
        code = frame.f_code
        if has_ended(frame) or is_own_code(code) or not self._sees_exceptions_only or self._is_special(code):
            self._trace(frame)
        else:
            frame.f_trace = self._exception_trace(frame)

    def _exception_trace(self, frame: FrameType) -> Trace:
        general = super()._exception_trace(frame)
        unwinding = self._unwinding.get(get_ident())
        code, table = frame.f_code, self._dull
        assert isinstance(table, tracing.CodeTable)
        lines = self._sink.breakpoints.lines_for(code)
        trace = tracing.LineTrace(lines, table, general, self._sink.is_user_code(code))
        if not self._sink.breakpoints.entry_for(code):
            table.note(code, trace)
        return general if unwinding is not None and unwinding.concerns(frame) else trace


def _others_evaluate() -> bool:
    """Say whether there are evaluation loops that cannot be told what is wanted.

    Those of greenlets that wait; and those that an evaluation function of somebody else's begins, which takes the
    place of ours while code runs that was compiled through it.
    """
    return greenlets.are_used() or "torch._dynamo" in sys.modules


def _never(_code: CodeType, _offset: int) -> None:
    """Take the events of `sys.monitoring`, of which there are none."""
