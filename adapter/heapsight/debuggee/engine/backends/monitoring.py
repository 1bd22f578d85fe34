"""Events from `sys.monitoring` (3.12 and newer): code without interest runs at full speed.

Breakpoints and steps use local events on the code objects concerned, and a location that turns out dull is disabled.
New code is noticed by PY_START, once per code object, while there are breakpoints it could have.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import CodeType, FrameType

from ...originals import get_ident
from ...own import is_own_code
from .base import Armed, Backend, Sink

if sys.version_info >= (3, 12):
    _monitoring = sys.monitoring
    _events = _monitoring.events
    _TOOL = _monitoring.DEBUGGER_ID
    _DISABLE = _monitoring.DISABLE
    _LEAVES = _events.PY_RETURN | _events.PY_YIELD
    _EVENTS = (
        _events.LINE,
        _events.PY_START,
        _events.PY_RETURN,
        _events.PY_YIELD,
        _events.PY_UNWIND,
        _events.RAISE,
    )

    class MonitoringBackend(Backend):
        """The default where the interpreter has it."""

        def __init__(self, sink: Sink, thread_begins: Callable[[int], None]) -> None:
            super().__init__(sink)
            self._thread_begins = thread_begins
            # By identity, holding the code: two code objects that are equal are still two.
            self._local: dict[int, tuple[CodeType, int]] = {}
            self._global = 0
            self._armed = Armed()
            self._installed = False

        def install(self) -> None:
            """Claim the debugger's place. Raises RuntimeError when another debugger has it."""
            if self._installed:
                return
            holder = _monitoring.get_tool(_TOOL)
            if holder is not None:
                raise RuntimeError(f"Another debugger, {holder!r}, uses sys.monitoring in this process.")
            _monitoring.use_tool_id(_TOOL, "heapsight")
            self._installed = True
            for event, callback in (
                (_events.LINE, self._on_line),
                (_events.PY_START, self._on_start),
                (_events.PY_RETURN, self._on_return),
                (_events.PY_YIELD, self._on_yield),
                (_events.PY_UNWIND, self._on_unwind),
                (_events.RAISE, self._on_raise),
            ):
                _monitoring.register_callback(_TOOL, event, callback)
            threading.settrace(self._on_new_thread)
            self.arm(self._armed)

        def _on_new_thread(self, _frame: FrameType, _event: str, _arg: object) -> None:
            # The one place where a new thread can be noticed: at its first call, after which it is not traced.
            sys.settrace(None)
            self._thread_begins(get_ident())

        def uninstall(self) -> None:
            """Give the debugger's place back."""
            if not self._installed:
                return
            self._installed = False
            threading.settrace(None)  # type: ignore[arg-type]
            _monitoring.set_events(_TOOL, 0)
            for code, _ in self._local.values():
                _monitoring.set_local_events(_TOOL, code, 0)
            self._local.clear()
            for event in _EVENTS:
                _monitoring.register_callback(_TOOL, event, None)
            _monitoring.free_tool_id(_TOOL)

        def arm(self, armed: Armed) -> None:
            """Set events, and take back every DISABLE: the one place where that is done."""
            self._armed = armed
            if not self._installed:
                return
            wanted: dict[int, tuple[CodeType, int]] = {}

            def want(code: CodeType, events: int) -> None:
                wanted[id(code)] = (code, events | wanted.get(id(code), (code, 0))[1])

            for code in self._sink.breakpoints.armed_code():
                want(code, self._events_for(code))
            for frame in armed.frames:
                want(frame.f_code, _events.LINE)
            for code in armed.leaving:
                want(code, _LEAVES)
            for number, (code, _) in self._local.items():
                if number not in wanted:
                    _monitoring.set_local_events(_TOOL, code, 0)
            for number, (code, events) in wanted.items():
                if self._local.get(number, (code, 0))[1] != events:
                    _monitoring.set_local_events(_TOOL, code, events)
            self._local = wanted
            _monitoring.set_events(_TOOL, self._global_events(armed))
            _monitoring.restart_events()

        def _global_events(self, armed: Armed) -> int:
            events = 0
            if self._sink.expects_code:
                events |= _events.PY_START
            if armed.everywhere:
                events |= _events.LINE
            if armed.raises:
                events |= _events.RAISE
            if armed.unwinds or armed.leaving:
                events |= _events.PY_UNWIND
            return events

        def _events_for(self, code: CodeType) -> int:
            table = self._sink.breakpoints
            events = _events.LINE if table.lines_for(code) else 0
            return events | (_events.PY_START if table.entry_for(code) else 0)

        def _on_start(self, code: CodeType, _offset: int) -> object:
            table = self._sink.breakpoints
            table.code_seen(code)
            events = self._events_for(code)
            known = self._local.get(id(code), (code, 0))[1]
            if events & ~known:
                self._local = {**self._local, id(code): (code, events | known)}
                _monitoring.set_local_events(_TOOL, code, events | known)
            if table.entry_for(code):
                self._sink.entered(get_ident(), sys._getframe(1))
                return None
            return _DISABLE

        def _on_line(self, code: CodeType, line: int) -> object:
            sink = self._sink
            ident = get_ident()
            if sink.breakpoints.at(code, line) or sink.is_interested(ident, code):
                sink.line(ident, sys._getframe(1), line)
                return None
            # Another thread may be looking for this very line; without one, the location is dull.
            return None if sink.has_motion() and not is_own_code(code) else _DISABLE

        def _on_return(self, _code: CodeType, _offset: int, value: object) -> None:
            self._sink.left(get_ident(), sys._getframe(1), False, value)

        def _on_yield(self, _code: CodeType, _offset: int, value: object) -> None:
            self._sink.left(get_ident(), sys._getframe(1), True, value)

        def _on_unwind(self, code: CodeType, _offset: int, exception: BaseException) -> None:
            frame, ident = sys._getframe(1), get_ident()
            if any(code is one for one in self._armed.leaving):
                self._sink.left(ident, frame, False, None)
            if self._armed.unwinds:
                self._sink.unwound(ident, frame, exception)

        def _on_raise(self, _code: CodeType, _offset: int, exception: BaseException) -> None:
            self._sink.raised(get_ident(), sys._getframe(1), exception)
