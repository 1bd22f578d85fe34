"""Events from `sys.monitoring` (3.12 and newer): code without interest runs at full speed.

Breakpoints and steps use local events on the code objects concerned, and a location that turns out dull is disabled.
Code that begins to run is noticed by PY_START, once per code object, while there are breakpoints it could have or a
motion that could end in it.

The tables that decide whether a location is dull are changed by other threads at any moment, without a lock. A callback
that is about to return DISABLE makes no call after it has looked into them, because threads are switched at calls only:
so either it sees the new tables, or its DISABLE takes effect before `arm`, which changes the tables first, sets the
events anew.
"""

from __future__ import annotations

import sys
import threading
from _thread import RLock
from collections.abc import Callable, Iterable
from types import CodeType, FrameType, FunctionType, MethodType

from ...frames import read_locals
from ...originals import get_ident
from ...own import is_own_code
from ..model import NoValue
from .base import Armed, Backend, Sink, ThreadBegins
from .dull_calls import DullCalls, Pairs
from .dull_sites import DullSites

if sys.version_info >= (3, 12):
    _monitoring = sys.monitoring
    _events = _monitoring.events
    _TOOL = _monitoring.DEBUGGER_ID
    _DISABLE = _monitoring.DISABLE
    _LEAVES = _events.PY_RETURN | _events.PY_YIELD
    # Where a thread of `threading` begins: the one place where a new one can be noticed.
    _THREAD_START: CodeType = threading.Thread._bootstrap_inner.__code__  # type: ignore[attr-defined]

    class MonitoringBackend(Backend):
        """The default where the interpreter has it."""

        def __init__(self, sink: Sink, thread_begins: ThreadBegins) -> None:
            super().__init__(sink)
            self._thread_begins = thread_begins
            self._installed = False
            self._armed = Armed()
            # What `_local` says is what the interpreter has: both change together, under the lock.
            self._lock = RLock()
            # By identity, holding the code: two code objects that are equal are still two.
            self._local: dict[int, tuple[CodeType, int]] = {}
            # The tables of `_on_line`: code every line of which may end a motion, and lines with breakpoints.
            self._watched: set[int] = set()
            self._lines: dict[int, frozenset[int]] = {}
            # The same for `_on_instruction`.
            self._stepped: set[int] = set()
            self._offsets: dict[int, frozenset[int]] = {}
            self._dull_sites = DullSites(sink, self._on_instruction, self._on_start, _DISABLE)
            self._dull_calls = DullCalls(sink)
            self._callbacks: dict[int, Callable[..., object]] = {
                _events.LINE: self._on_line,
                _events.INSTRUCTION: self._on_instruction,
                _events.PY_START: self._on_start,
                _events.PY_RESUME: self._on_resume,
                _events.PY_THROW: self._on_throw,
                _events.PY_RETURN: self._on_return,
                _events.PY_YIELD: self._on_yield,
                _events.PY_UNWIND: self._on_unwind,
                _events.CALL: self._on_call,
                _events.RAISE: self._on_raise,
            }

        def install(self) -> None:
            """Claim the debugger's place. Raises RuntimeError when another debugger has it."""
            if self._installed:
                return
            holder = _monitoring.get_tool(_TOOL)
            if holder is not None:
                raise RuntimeError(f"Another debugger, {holder!r}, uses sys.monitoring in this process.")
            _monitoring.use_tool_id(_TOOL, "heapsight")
            self._installed = True
            for event, callback in self._callbacks.items():
                _monitoring.register_callback(_TOOL, event, callback)
            self.arm(self._armed)

        def uninstall(self) -> None:
            """Give the debugger's place back."""
            with self._lock:
                if not self._installed:
                    return
                self._installed = False
                _monitoring.set_events(_TOOL, 0)
                for code, _ in self._local.values():
                    _monitoring.set_local_events(_TOOL, code, 0)
                self._local.clear()
                for event in self._callbacks:
                    _monitoring.register_callback(_TOOL, event, None)
                self._dull_sites.end()
                _monitoring.free_tool_id(_TOOL)

        def forked(self) -> None:
            """Forget who holds the lock."""
            self._lock = RLock()

        def arm(self, armed: Armed, frames: Iterable[FrameType] = ()) -> None:
            """Set the tables, then the events."""
            with self._lock:
                self._armed = armed
                if self._installed:
                    self._dull_calls.begin(is_native=self._dull_sites.find_native())
                    self._set_local(armed)
                    _monitoring.set_events(_TOOL, self._global_events(armed))
                    if armed.everywhere or armed.breakpoints_changed:
                        self._dull_calls.restart()
                        # The one place where every DISABLE is taken back.
                        _monitoring.restart_events()

        def _set_local(self, armed: Armed) -> None:
            table = self._sink.breakpoints
            wanted: dict[int, tuple[CodeType, int]] = {}

            def want(code: CodeType, events: int) -> None:
                wanted[id(code)] = (code, events | wanted.get(id(code), (code, 0))[1])

            want(_THREAD_START, _events.PY_START)
            lines, offsets = {}, {}
            armed_code = self._sink.armed_code()
            for code in armed_code:
                lines[id(code)] = table.lines_for(code)
                offsets[id(code)] = self._sink.offsets_for(code)
                want(code, self._breakpoint_events(code))
            for code in armed.watched:
                want(code, _events.LINE)
            for code in armed.instructions:
                want(code, _events.INSTRUCTION)
            for code in armed.leaving:
                want(code, _LEAVES)
            for code in armed.calling:
                want(code, _events.CALL)
            watched = {id(code) for code in armed.watched}
            stepped = {id(code) for code in armed.instructions}
            # What was found dull has to be seen again where it may not be dull any more.
            renewed = {number for number in wanted if lines.get(number) != self._lines.get(number)}
            renewed |= {number for number in wanted if offsets.get(number) != self._offsets.get(number)}
            renewed |= (watched - self._watched) | (stepped - self._stepped)
            self._lines, self._watched = lines, watched
            self._offsets, self._stepped = offsets, stepped
            on_instruction, on_start = self._dull_sites.renew(armed_code)
            _monitoring.register_callback(_TOOL, _events.INSTRUCTION, on_instruction)
            _monitoring.register_callback(_TOOL, _events.PY_START, on_start)
            self._replace_local(wanted, renewed)

        def _replace_local(self, wanted: dict[int, tuple[CodeType, int]], renewed: set[int]) -> None:
            """Set the local events of all code; `renewed`: of which what was disabled is not any more."""
            known, self._local = self._local, wanted
            for number, (code, _) in known.items():
                if number not in wanted or number in renewed:
                    _monitoring.set_local_events(_TOOL, code, 0)
            narrowed: list[tuple[CodeType, int]] = []
            for number, (code, events) in wanted.items():
                before = known.get(number, (code, 0))[1]
                if number in renewed or before != events:
                    still = before & _events.INSTRUCTION if self._dull_calls.by_call(code) else 0
                    _monitoring.set_local_events(_TOOL, code, events | still)
                    narrowed += [(code, events)] if still else []
            # What began while its instructions were told goes on with that.
            for code in self._dull_calls.late():
                self._add_local(code, watched=False)
            for code, events in narrowed:
                if self._local[id(code)][1] == events:
                    _monitoring.set_local_events(_TOOL, code, events)

        def _global_events(self, armed: Armed) -> int:
            events = 0
            if self._sink.expects_code:
                events |= _events.PY_START
            if armed.everywhere:
                events |= _events.PY_START | _events.PY_RESUME | _events.PY_THROW
            if armed.raises:
                events |= _events.RAISE
            if armed.unwinds or armed.leaving:
                events |= _events.PY_UNWIND
            return events

        def _breakpoint_events(self, code: CodeType) -> int:
            table = self._sink.breakpoints
            events = _events.LINE if table.lines_for(code) else 0
            if self._sink.offsets_for(code):
                events |= _events.PY_START if self._dull_calls.by_call(code) else _events.INSTRUCTION
            return events | (_events.PY_START if table.entry_for(code) else 0)

        def _add_local(self, code: CodeType, *, watched: bool) -> None:
            """Set the events of one code object."""
            with self._lock:
                number = id(code)
                events = self._breakpoint_events(code)
                if watched:
                    events |= _events.LINE
                    self._watched.add(number)
                lines = self._sink.breakpoints.lines_for(code)
                if lines:
                    self._lines[number] = lines
                offsets = self._sink.offsets_for(code)
                if offsets:
                    self._offsets[number] = offsets
                    self._dull_sites.note(code)
                self._add_events(code, events)

        def _add_events(self, code: CodeType, events: int) -> None:
            with self._lock:
                _, known = self._local.get(id(code), (code, 0))
                if events | known != known and self._installed:
                    self._local[id(code)] = (code, events | known)
                    _monitoring.set_local_events(_TOOL, code, events | known)

        def _restart(self, code: CodeType) -> None:
            """Take back what was disabled in one code object."""
            with self._lock:
                _, events = self._local.get(id(code), (code, 0))
                if events and self._installed:
                    _monitoring.set_local_events(_TOOL, code, 0)
                    _monitoring.set_local_events(_TOOL, code, events)

        def _on_start(self, code: CodeType, _offset: int) -> object:
            armed = self._armed
            if code is _THREAD_START:
                self._thread_begins(get_ident(), read_locals(sys._getframe(1)).get("self"))
            if self._sink.expects_code:
                self._sink.code_seen(code)
            self._look_at(code, armed)
            if self._sink.breakpoints.entry_for(code):
                self._sink.entered(get_ident(), sys._getframe(1))
                return None
            arguments = self._dull_calls.arguments(code)
            if arguments:
                self._call_begins(code, sys._getframe(1), armed, arguments)
                return None
            disabled = self._dull_calls.disabled
            if self._dull_calls.is_used:
                disabled.add(id(code))
            is_current = self._armed is armed and self._dull_calls.disabled is disabled
            return _DISABLE if is_current and code is not _THREAD_START else None

        def _call_begins(self, code: CodeType, frame: FrameType, armed: Armed, arguments: Pairs) -> None:
            """Have the instructions of code told once it is called with what is watched."""
            with self._lock:
                if self._dull_calls.wakes(code, frame):
                    self._add_local(code, watched=False)
                if self._armed is armed:
                    # From now on such calls are told that are not dull.
                    self._dull_sites.note(code, arguments)

        def _on_resume(self, code: CodeType, _offset: int) -> object:
            armed = self._armed
            self._look_at(code, armed)
            return _DISABLE if self._armed is armed else None

        def _on_throw(self, code: CodeType, _offset: int, _exception: BaseException) -> None:
            self._look_at(code, self._armed)

        def _look_at(self, code: CodeType, armed: Armed) -> None:
            """See more of code that is about to run, where there is reason to."""
            if not is_own_code(code):
                watched = armed.everywhere and self._sink.may_end_in(code)
                if watched or self._breakpoint_events(code):
                    self._add_local(code, watched=watched)

        def _on_line(self, code: CodeType, line: int) -> object:
            number = id(code)
            if number in self._watched:
                self._sink.line(get_ident(), sys._getframe(1), line)
                return None
            offset = sys._getframe(1).f_lasti if self._offsets.get(number) else -1
            try:
                if line not in self._lines[number]:
                    # CPython forgets the event of the instruction that begins a line when the line's is disabled there.
                    begins = number in self._stepped or (offset != -1 and offset in self._offsets[number])
                    return None if begins else _DISABLE
            except KeyError:
                return _DISABLE
            self._sink.line(get_ident(), sys._getframe(1), line)
            return None

        def _on_instruction(self, code: CodeType, offset: int) -> object:
            number = id(code)
            if number not in self._stepped:
                try:
                    if offset not in self._offsets[number]:
                        return _DISABLE
                except KeyError:
                    return _DISABLE
            if self._dull_sites.wakes(code):
                self._restart(code)
            self._sink.instruction(get_ident(), sys._getframe(1), offset)
            return None

        def _on_return(self, _code: CodeType, _offset: int, value: object) -> None:
            self._sink.left(get_ident(), sys._getframe(1), False, value)

        def _on_yield(self, _code: CodeType, _offset: int, value: object) -> None:
            self._sink.left(get_ident(), sys._getframe(1), True, value)

        def _on_call(self, _code: CodeType, _offset: int, function: object, _argument: object) -> None:
            """Have the function's return told."""
            if type(function) is MethodType:
                function = function.__func__
            if type(function) is FunctionType and not is_own_code(function.__code__):
                self._add_events(function.__code__, _events.PY_RETURN)

        def _on_unwind(self, code: CodeType, _offset: int, exception: BaseException) -> None:
            armed = self._armed
            if armed.leaving and any(code is one for one in armed.leaving):
                self._sink.left(get_ident(), sys._getframe(1), False, NoValue.RAISED)
            if armed.unwinds:
                self._sink.unwound(get_ident(), sys._getframe(1), exception)

        def _on_raise(self, _code: CodeType, _offset: int, exception: BaseException) -> None:
            if id(type(exception)) not in self._armed.dull_raises:
                self._sink.raised(get_ident(), sys._getframe(1), exception)
