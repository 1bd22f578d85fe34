"""Events from `sys.settrace`: the back end of 3.11, selectable everywhere. Frames without interest are left alone."""

from __future__ import annotations

import opcode
import sys
import threading
from collections.abc import Callable, Iterable
from types import CodeType, FrameType, TracebackType

from ...frames import SUSPENDS, frames_of_threads
from ...originals import get_ident
from ...own import is_own_code
from ..breakpoints.code_lines import lines_at
from ..exceptions.shown import has_ended
from ..exceptions.unwinding import RETURNS, Unwinding
from ..main_thread import main_ident
from ..model import NoValue
from ..threads import is_own_thread
from .base import Armed, Backend, Sink, ThreadBegins
from .code_tables import CodeSet, CodeTable
from .raw_threads import RawThreads
from .wake_up import WakeUp

# Where a frame stands that has yielded: 3.13 has moved on to the next instruction already.
_YIELDED = frozenset({opcode.opmap["YIELD_VALUE"], opcode.opmap["RESUME"]})
_RESUME = opcode.opmap["RESUME"]
_WHERE_RESUMED = 3  # the bits of its argument that say so; 0 is the beginning of a function

# Whether the interpreter looks for the trace function of a frame that has none at each of its lines.
_LINES_COST = sys.version_info < (3, 12)
# 3.12 sends opcode events only after a call of settrace that follows the first wish for them.
_OPCODES_WAIT_FOR_SETTRACE = (3, 12) <= sys.version_info < (3, 13)
# Whether it costs nothing to have the instructions of some lines told only: later it is a matter of the code.
OPCODES_ARE_SWITCHED_BY_LINE = sys.version_info < (3, 12)

Trace = Callable[[FrameType, str, object], object]


class SettraceBackend(Backend):
    """One global trace function a thread; a local one for frames of interest only.

    Both decide by tables that `arm` replaces: code known to be dull costs one look-up a call, and a line without
    interest in code with a breakpoint one look-up a line.
    """

    def __init__(self, sink: Sink, thread_begins: ThreadBegins) -> None:
        super().__init__(sink)
        self._thread_begins = thread_begins
        self._armed = Armed()
        self._installed = False
        # Whether threads that are not traced can be traced at any time.
        self._wakes_all = sys.version_info >= (3, 12)
        # Whether the main thread (from 3.12 on, any) may not be traced now, there being nothing that it could meet.
        self._asleep = False
        self._sees_opcodes = False
        # Of code with breakpoints at offsets, by address: which lines they are on.
        self._offset_lines: dict[int, frozenset[int]] = {}
        self._raw_threads = RawThreads(self._begin_raw_thread)
        self._wake_up = WakeUp(self._trace_current)
        # By identity: two code objects that are equal are still two. Weakly: a program may make and drop any number.
        # New ones take the place of both when anything is armed: a thread that is deciding right now decides by the old
        # ones, which are not changed under it.
        self._seen = CodeTable()
        self._dull: CodeSet = self._make_table()
        # What each thread's frames are about to leave with, kept only while a filter asks for it.
        self._unwinding: dict[int, Unwinding] = {}
        self._left: dict[int, FrameType] = {}
        # Bound once: every access to a method makes a new object.
        self._global_trace: Trace = self._on_call
        self._local_trace: Trace = self._on_event

    def install(self) -> None:
        """Trace the main and the calling thread, and those that start later; from 3.12 on, all."""
        self._installed = True
        self._asleep = False
        threading.settrace(self._on_new_thread)  # type: ignore[arg-type]
        self._raw_threads.watch()
        self._trace_all()
        if not is_own_thread(get_ident(), sys._getframe()):
            self._trace_current()
        self.arm(self._armed)

    def _make_table(self) -> CodeSet:
        """Return a new table of dull code, now the one to decide by."""
        return CodeTable()

    def _trace_all(self) -> None:
        if sys.version_info >= (3, 12):
            sys._settraceallthreads(self._global_trace)  # type: ignore[attr-defined]
        else:
            # A client that attaches to a running program comes in on the agent's own thread.
            self._wake_up.main_thread()

    def uninstall(self) -> None:
        """Stop tracing. On 3.11 another thread notices at its next call or line."""
        if not self._installed:
            return
        self._installed = False
        self._seen = CodeTable()
        self._dull = self._make_table()
        threading.settrace(None)
        self._raw_threads.leave()
        self._untrace()

    def _untrace(self) -> None:
        if sys.version_info >= (3, 12):
            sys._settraceallthreads(None)  # type: ignore[attr-defined]
        elif sys.gettrace() is self._global_trace:
            sys.settrace(None)

    def forked(self) -> None:
        """Nothing is locked here."""

    def arm(self, armed: Armed, frames: Iterable[FrameType] = ()) -> None:
        """Give the frames that run already a local trace function where they have become interesting."""
        self._armed = armed
        self._seen = CodeTable()
        self._dull = self._make_table()
        self._offset_lines = {}
        if not armed.unwinds:
            self._unwinding.clear()
            self._left.clear()
        if not self._installed:
            return
        if self._asleep and not self._idle:
            self._asleep = False
            self._trace_all()
        for frame in frames:
            self._trace(frame)
        table = self._sink.breakpoints
        for frame in frames_of_threads().values():
            caller: FrameType | None = frame
            while caller is not None:
                code = caller.f_code
                if armed.raises or armed.unwinds:
                    self._trace_exceptions(caller)
                elif table.lines_for(code) or self._sink.offsets_for(code):
                    self._trace(caller)
                self._runs(code)
                caller = caller.f_back
        # Perhaps our own frame: one that is its own local lives on, with all the frames of the program below it.
        del frame, caller

    def _runs(self, code: CodeType) -> None:
        """Take notice, while arming, of code that a thread is in."""

    @property
    def _idle(self) -> bool:
        return not (self._sink.expects_code or self._sink.has_motion() or self._armed.raises or self._armed.unwinds)

    def _trace_current(self) -> None:
        if self._installed:
            sys.settrace(self._global_trace)  # type: ignore[arg-type]

    def _trace(self, frame: FrameType) -> None:
        if not is_own_code(frame.f_code) and not has_ended(frame):
            frame.f_trace = self._local_trace
            frame.f_trace_lines = True
            self._trace_opcodes(frame)

    def _trace_exceptions(self, frame: FrameType) -> None:
        """Have exceptions told in a frame that runs already."""
        self._trace(frame)

    def _trace_opcodes(self, frame: FrameType) -> None:
        """Have each instruction of `frame` told, where one of its code may be of interest."""
        if self._wants_opcodes(frame.f_code) and not has_ended(frame):
            # 3.13 listens to the second only where there is the first, and forgets it where tracing was off meanwhile.
            frame.f_trace = self._local_trace
            frame.f_trace_opcodes = True
            if _OPCODES_WAIT_FOR_SETTRACE and not self._sees_opcodes:
                self._sees_opcodes = True
                self._trace_all()

    def _wants_opcodes(self, code: CodeType) -> bool:
        return bool(self._sink.offsets_for(code)) or any(code is one for one in self._armed.instructions)

    def _on_new_thread(self, frame: FrameType, _event: str, _arg: object) -> object:
        self._thread_begins(get_ident(), None)
        self._trace_current()
        return self._decide(frame)

    def _begin_raw_thread(self) -> None:
        if self._installed:
            self._thread_begins(get_ident(), None)
            self._trace_current()

    def _on_call(self, frame: FrameType, _event: str, _arg: object) -> object:
        if id(frame.f_code) in self._dull:
            if _LINES_COST:
                frame.f_trace_lines = False
            return None
        return self._decide(frame)

    def _decide(self, frame: FrameType) -> object:
        """Return the local trace function of a frame that begins to run or goes on."""
        dull = self._dull
        if not self._installed:
            sys.settrace(None)
            return None
        if self._idle and (self._wakes_all or get_ident() == main_ident()):
            # Other threads cannot be woken on 3.11: they go on being traced, at one look-up a call.
            self._asleep = True
            sys.settrace(None)
            return None
        code = frame.f_code
        if is_own_code(code):
            dull.add(code)
            return None
        self._see(code)
        table = self._sink.breakpoints
        ident = get_ident()
        if table.entry_for(code) and _begins(frame):
            self._sink.entered(ident, frame)
        lines = table.lines_for(code)
        offsets = self._sink.offsets_for(code)
        is_leaving = self._is_leaving(code)
        if offsets:
            frame.f_trace_lines = True
            self._trace_opcodes(frame)
            if self._sink.has_motion() or self._armed.raises or self._armed.unwinds:
                return self._local_trace
            return self._offset_trace(code, lines, offsets)
        if not is_leaving and self._sees_exceptions_only:
            return self._exception_trace(frame)
        if self._sink.has_motion() or self._armed.raises or self._armed.unwinds:
            if lines or self._wants_lines(ident, frame):
                frame.f_trace_lines = True
                return self._local_trace
            # Lines are asked for when an exception has come by.
            frame.f_trace_lines = False
            if self._armed.raises or self._armed.unwinds or self._sink.wants_result(ident, frame):
                return self._local_trace
            return None
        if is_leaving:
            frame.f_trace_lines = bool(lines)
            return self._local_trace
        if lines:
            # It may go on after it was dull.
            frame.f_trace_lines = True
            return self._line_trace(code, lines, dull)
        if not table.entry_for(code):
            dull.add(code)
        return None

    @property
    def _sees_exceptions_only(self) -> bool:
        return (self._armed.raises or self._armed.unwinds) and not self._sink.has_motion()

    def _exception_trace(self, frame: FrameType) -> Trace:
        """Return the local trace function of a frame in which exceptions and breakpoints on lines are of interest.

        What an exception has come by in sees lines until that is handled.
        """
        unwinding = self._unwinding.get(get_ident())
        lines = self._sink.breakpoints.lines_for(frame.f_code)
        frame.f_trace_lines = bool(lines) or (unwinding is not None and unwinding.concerns(frame))
        return self._local_trace

    def _see(self, code: CodeType) -> None:
        """Bind breakpoints to `code`, unless that was done since they were set."""
        if id(code) not in self._seen:
            self._sink.code_seen(code)
            self._seen.add(code)

    def _has_breakpoints(self, code: CodeType) -> bool:
        table = self._sink.breakpoints
        return bool(table.lines_for(code) or self._sink.offsets_for(code) or table.entry_for(code))

    def _is_special(self, code: CodeType) -> bool:
        """Say whether more than lines and exceptions of `code` is of interest."""
        return bool(self._sink.offsets_for(code)) or self._is_leaving(code)

    def _is_leaving(self, code: CodeType) -> bool:
        """Say whether the returns of `code` are to be told."""
        return any(code is one for one in self._armed.leaving)

    def _wants_lines(self, ident: int, frame: FrameType) -> bool:
        return self._is_leaving(frame.f_code) or self._sink.is_interested(ident, frame)

    def _line_trace(self, _code: CodeType, lines: frozenset[int], table: CodeSet) -> Trace:
        """Return a local trace function for code that has breakpoints on `lines` only, as long as `table` is in use."""
        general = self._local_trace

        def trace(frame: FrameType, event: str, arg: object) -> object:
            if self._dull is table:
                if event != "line" or frame.f_lineno not in lines:
                    return trace
                general(frame, event, arg)
                # Perhaps something was armed meanwhile, and the frame is traced for that.
                return trace if self._dull is table else general
            return general(frame, event, arg)

        return trace

    def _offset_trace(self, code: CodeType, lines: frozenset[int], offsets: frozenset[int]) -> Trace:
        """Return a local trace function for code with breakpoints at `offsets`, while nothing else is armed.

        Besides those only the returns are told of code whose returns are to be.
        """
        table = self._dull
        general = self._local_trace
        is_leaving = self._is_leaving(code)
        with_offsets = self._offset_lines.get(id(code))
        if with_offsets is None:
            with_offsets = self._offset_lines[id(code)] = lines_at(code, offsets)

        def trace(frame: FrameType, event: str, arg: object) -> object:
            if self._dull is table:
                if event == "line":
                    line = frame.f_lineno
                    if OPCODES_ARE_SWITCHED_BY_LINE:
                        frame.f_trace_opcodes = line in with_offsets
                    if line not in lines:
                        return trace
                elif event == "return":
                    return general(frame, event, arg) if is_leaving else trace
                elif event != "opcode" or frame.f_lasti not in offsets:
                    return trace
                general(frame, event, arg)
                return trace if self._dull is table else general
            return general(frame, event, arg)

        return trace

    def _on_event(self, frame: FrameType, event: str, arg: object) -> object:
        if not self._installed:
            sys.settrace(None)
            return None
        ident = get_ident()
        if event == "line":
            is_over = False
            if self._armed.unwinds:
                unwinding = self._unwinding_of(ident)
                was_concerned = unwinding.concerns(frame)
                unwinding.line(frame)
                is_over = was_concerned and not unwinding.concerns(frame)
            code, line = frame.f_code, frame.f_lineno
            if self._sink.breakpoints.at(code, line) or self._sink.is_interested(ident, frame):
                self._sink.line(ident, frame, line)
            if is_over and self._sees_exceptions_only and not self._is_special(code):
                return self._exception_trace(frame)
        elif event == "opcode":
            self._on_opcode(ident, frame)
        elif event == "return":
            self._on_return(ident, frame, arg)
            return None  # what has been put into `f_trace` meanwhile stays there
        elif event == "exception":
            exception = arg[1]  # type: ignore[index]
            armed = self._armed
            if armed.raises and id(type(exception)) not in armed.dull_raises:
                self._sink.raised(ident, frame, exception, arg[2])  # type: ignore[index]
            if armed.unwinds:
                self._on_unwinding(ident, frame, exception, arg[2])  # type: ignore[index]
        return self._local_trace

    def _on_unwinding(
        self, ident: int, frame: FrameType, exception: BaseException, traceback: TracebackType | None
    ) -> None:
        unwinding = self._unwinding_of(ident)
        left = unwinding.arrived(frame)
        if left is not None:
            self._sink.unwound(ident, left, exception, traceback.tb_next if traceback is not None else None)
        if self._sink.may_leave_user_code(frame):
            unwinding.raised(frame, exception, traceback)
            if unwinding.concerns(frame):
                frame.f_trace = self._local_trace
                frame.f_trace_lines = True

    def _on_opcode(self, ident: int, frame: FrameType) -> None:
        code, offset = frame.f_code, frame.f_lasti
        if offset in self._sink.offsets_for(code) or any(code is one for one in self._armed.instructions):
            self._sink.instruction(ident, frame, offset)
        elif not self._wants_opcodes(code):
            frame.f_trace_opcodes = False

    def _on_return(self, ident: int, frame: FrameType, value: object) -> None:
        if self._armed.unwinds:
            leaving = self._unwinding_of(ident).returned(frame)
            if leaving is not None:
                self._sink.unwound(ident, frame, *leaving)
        code = frame.f_code
        if not self._armed.leaving and not self._sink.has_motion():
            return
        suspended = bool(code.co_flags & SUSPENDS) and code.co_code[frame.f_lasti] in _YIELDED
        if value is None and not suspended and code.co_code[frame.f_lasti] not in RETURNS:
            value = NoValue.RAISED
        self._sink.left(ident, frame, suspended, value)

    def _unwinding_of(self, ident: int) -> Unwinding:
        return self._unwinding.get(ident) or self._unwinding.setdefault(ident, Unwinding(self._left, ident))


def _begins(frame: FrameType) -> bool:
    """Say whether a 'call' event is the beginning of `frame`, and not a generator's going on."""
    code = frame.f_code.co_code
    return code[frame.f_lasti] == _RESUME and not code[frame.f_lasti + 1] & _WHERE_RESUMED
