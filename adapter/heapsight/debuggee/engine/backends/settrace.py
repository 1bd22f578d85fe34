"""Events from `sys.settrace`: the back end of 3.11, selectable everywhere. Frames without interest are left alone."""

from __future__ import annotations

import opcode
import sys
import threading
from collections.abc import Callable
from types import CodeType, FrameType

from ...originals import get_ident
from ...own import is_own_code
from .base import Armed, Backend, Sink

# Where a frame stands that has yielded: 3.13 has moved on to the next instruction already.
_YIELDED = frozenset({opcode.opmap["YIELD_VALUE"], opcode.opmap["RESUME"]})
_GENERATES = 0x20 | 0x80 | 0x200  # generator, coroutine, async generator

Trace = Callable[[FrameType, str, object], object]


class SettraceBackend(Backend):
    """One global trace function a thread; a local one for frames of interest only."""

    def __init__(self, sink: Sink, thread_begins: Callable[[int], None]) -> None:
        super().__init__(sink)
        self._thread_begins = thread_begins
        self._armed = Armed()
        self._installed = False
        # By identity, holding the code: two code objects that are equal are still two.
        self._seen: dict[int, CodeType] = {}
        self._threads: set[int] = set()
        # The exception that a thread's frame may be about to leave with.
        self._unwinding: dict[int, tuple[FrameType, BaseException]] = {}
        # Bound once: every access to a method makes a new object.
        self._global_trace: Trace = self._on_call
        self._local_trace: Trace = self._on_event

    def install(self) -> None:
        """Trace the calling thread and those that start later; from 3.12 on, all."""
        self._installed = True
        self._threads.add(get_ident())
        threading.settrace(self._on_new_thread)  # type: ignore[arg-type]
        if sys.version_info >= (3, 12):
            threading.settrace_all_threads(self._global_trace)  # type: ignore[arg-type]
            threading.settrace(self._on_new_thread)
        else:
            sys.settrace(self._global_trace)  # type: ignore[arg-type]
        self.arm(self._armed)

    def uninstall(self) -> None:
        """Stop tracing. On 3.11 another thread notices at its next call or line."""
        if not self._installed:
            return
        self._installed = False
        self._seen.clear()
        threading.settrace(None)
        if sys.version_info >= (3, 12):
            threading.settrace_all_threads(None)
        elif sys.gettrace() is self._global_trace:
            sys.settrace(None)

    def arm(self, armed: Armed) -> None:
        """Give the frames that run already a local trace function where they have become interesting."""
        self._armed = armed
        self._seen.clear()
        if not self._installed:
            return
        for frame in armed.frames:
            self._trace(frame)
        table = self._sink.breakpoints
        for frame in sys._current_frames().values():
            caller: FrameType | None = frame
            while caller is not None:
                if table.lines_for(caller.f_code) or (armed.raises or armed.unwinds):
                    self._trace(caller)
                caller = caller.f_back

    def _trace(self, frame: FrameType) -> None:
        if not is_own_code(frame.f_code):
            frame.f_trace = self._local_trace

    def _on_new_thread(self, frame: FrameType, event: str, arg: object) -> object:
        self._threads.add(get_ident())
        self._thread_begins(get_ident())
        sys.settrace(self._global_trace)  # type: ignore[arg-type]
        return self._on_call(frame, event, arg)

    def _on_call(self, frame: FrameType, _event: str, _arg: object) -> object:
        if not self._installed:
            sys.settrace(None)
            return None
        code = frame.f_code
        table = self._sink.breakpoints
        if id(code) not in self._seen:
            if is_own_code(code):
                return None
            table.code_seen(code)
            self._seen[id(code)] = code
        ident = get_ident()
        if table.entry_for(code):
            self._sink.entered(ident, frame)
        armed = self._armed
        if (
            table.lines_for(code)
            or self._sink.is_interested(ident, code)
            or armed.raises
            or armed.unwinds
            or any(code is one for one in armed.leaving)
        ):
            return self._local_trace
        return None

    def _on_event(self, frame: FrameType, event: str, arg: object) -> object:
        if not self._installed:
            sys.settrace(None)
            return None
        ident = get_ident()
        if event == "line":
            self._unwinding.pop(ident, None)
            code, line = frame.f_code, frame.f_lineno
            if self._sink.breakpoints.at(code, line) or self._sink.is_interested(ident, code):
                self._sink.line(ident, frame, line)
        elif event == "return":
            self._on_return(ident, frame, arg)
        elif event == "exception":
            exception = arg[1]  # type: ignore[index]
            if self._armed.raises:
                self._sink.raised(ident, frame, exception, arg[2])  # type: ignore[index]
            if self._armed.unwinds:
                self._unwinding[ident] = (frame, exception)
        return self._local_trace

    def _on_return(self, ident: int, frame: FrameType, value: object) -> None:
        unwinding = self._unwinding.pop(ident, None)
        if unwinding is not None and unwinding[0] is frame:
            self._sink.unwound(ident, frame, unwinding[1])
        code = frame.f_code
        suspended = bool(code.co_flags & _GENERATES) and code.co_code[frame.f_lasti] in _YIELDED
        self._sink.left(ident, frame, suspended, value)
