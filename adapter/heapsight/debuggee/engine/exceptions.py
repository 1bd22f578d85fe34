"""Which exceptions stop the program, and where: filters `raised`, `uncaught`, `userUnhandled`.

No record is kept of exceptions that were shown: built-in exceptions take no weak reference, a strong one would keep
them and all their frames alive, and ids are used again. Whether an exception was shown before is read off its own
traceback, which names every frame that it has come through.

With a back end's events:

- `on_raise` for each frame that an exception appears in, the first and every one that it propagates to (RAISE of
  `sys.monitoring`, 'exception' of `sys.settrace`);
- `on_unwind` when it leaves a frame (PY_UNWIND; 'return' after 'exception' with no line executed in between);
- `on_uncaught` with a program's or a thread's last exception.
"""

from __future__ import annotations

import itertools
import opcode
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import CodeType, FrameType, ModuleType, TracebackType

from ..own import is_own_code, is_own_frame
from .model import BreakMode, ExceptionStop

# Through the descriptor of the base class: a user's class may define the name itself.
_traceback_of: Callable[[BaseException], TracebackType | None] = BaseException.__dict__["__traceback__"].__get__
_exit_code_of: Callable[[BaseException], object] = SystemExit.__dict__["code"].__get__
_CONTROL_FLOW = (StopIteration, StopAsyncIteration, GeneratorExit)
_RAISE = opcode.opmap["RAISE_VARARGS"]
_PROTOCOL_FUNCTIONS = frozenset({"__next__", "__anext__"})
# Library code that an exception only passes through on its way from user code to user code.
_LIBRARY = os.path.dirname(os.__file__)
_TRANSPARENT = (
    "<frozen importlib",
    "<frozen runpy",
    *(os.path.join(_LIBRARY, name) for name in ("contextlib.py", "functools.py", "importlib" + os.sep, "runpy.py")),
)


@dataclass(frozen=True, slots=True)
class Needs:
    """The events that have to be on for the filters in force."""

    raises: bool
    unwinds: bool


class ExceptionFilters:
    """Decides on exceptions as they happen. `is_mine` tells the user's code from libraries (`Scope.is_mine`)."""

    def __init__(self, is_mine: Callable[[CodeType], bool]) -> None:
        self._is_mine = is_mine
        self._modes: frozenset[BreakMode] = frozenset()

    def set_modes(self, modes: frozenset[BreakMode]) -> None:
        """Replace the filters."""
        self._modes = modes

    @property
    def needs(self) -> Needs:
        """The events to switch on. `uncaught` needs none."""
        return Needs(raises=BreakMode.ALWAYS in self._modes, unwinds=BreakMode.USER_UNHANDLED in self._modes)

    def on_raise(
        self, frame: FrameType, exception: BaseException, traceback: TracebackType | None = None
    ) -> ExceptionStop | None:
        """Decide when `exception` appears in `frame`: raised there, or propagated to it.

        traceback: the one of the event, outermost entry first, where the exception does not carry it yet (3.11).
        """
        if BreakMode.ALWAYS not in self._modes or not self._is_mine(frame.f_code):
            return None
        trace = traceback if traceback is not None else _traceback_of(exception)
        deeper = trace.tb_next if trace is not None and trace.tb_frame is frame else trace
        if any(self._is_mine(passed.f_code) for passed in _frames_of(deeper)):
            return None  # shown in the first of these
        if is_clean_exit(exception):
            return None
        if issubclass(type(exception), _CONTROL_FLOW) and (deeper is not None or not _raises_on_purpose(frame)):
            return None
        return ExceptionStop(exception, trace, BreakMode.ALWAYS)

    def on_unwind(
        self, frame: FrameType, exception: BaseException, traceback: TracebackType | None = None
    ) -> ExceptionStop | None:
        """Decide when `exception` leaves `frame` without having been handled there."""
        modes = self._modes
        if BreakMode.USER_UNHANDLED not in modes or not self._is_mine(frame.f_code):
            return None
        if BreakMode.ALWAYS in modes or _is_way_out(exception):
            return None  # shown when it was raised, or not of interest
        caller = _caller(frame)
        if caller is None or is_own_frame(caller):
            if BreakMode.UNHANDLED in modes:
                return None  # shown by `on_uncaught`
        elif self._is_mine(caller.f_code):
            return None
        trace = traceback if traceback is not None else _traceback_of(exception)
        if self._has_left_user_code(_frames_of(trace)):
            return None
        return ExceptionStop(exception, trace, BreakMode.USER_UNHANDLED)

    def on_uncaught(self, exception: BaseException) -> tuple[FrameType, ExceptionStop] | None:
        """Decide on the last exception of the program or of a thread; return the frame to stop in with it.

        That is the user's innermost frame, else the innermost of all.
        """
        trace = _traceback_of(exception)
        if BreakMode.UNHANDLED not in self._modes or trace is None or is_clean_exit(exception):
            return None
        frames = [frame for frame in _frames_of(trace) if not is_own_code(frame.f_code)]
        mine = [frame for frame in frames if self._is_mine(frame.f_code)]
        if not frames or (mine and self._was_shown(exception, frames)):
            return None
        return (mine or frames)[-1], ExceptionStop(exception, trace, BreakMode.UNHANDLED)

    def _was_shown(self, exception: BaseException, frames: list[FrameType]) -> bool:
        if BreakMode.ALWAYS in self._modes:
            return True
        if BreakMode.USER_UNHANDLED not in self._modes or _is_way_out(exception):
            return False
        return self._has_left_user_code(frames)

    def _has_left_user_code(self, frames: Iterable[FrameType]) -> bool:
        """Say whether among `frames`, outermost first, one of the user's was called by a library's."""
        opaque = (frame for frame in frames if not _is_transparent(frame.f_code))
        return any(
            self._is_mine(inner.f_code) and not self._is_mine(outer.f_code)
            for outer, inner in itertools.pairwise(opaque)
        )


def is_clean_exit(exception: BaseException) -> bool:
    """Say whether `exception` ends a program with success: `SystemExit` with code None or 0."""
    if not issubclass(type(exception), SystemExit):
        return False
    code = _exit_code_of(exception)
    return code is None or code is False or (type(code) is int and code == 0)


def _is_way_out(exception: BaseException) -> bool:
    """Say whether leaving user code is what `exception` is for: an iterator's end, an exit, a cancelled task."""
    kind = type(exception)
    if issubclass(kind, (*_CONTROL_FLOW, KeyboardInterrupt)) or is_clean_exit(exception):
        return True
    module = sys.modules.get("asyncio.exceptions")
    cancelled = vars(module).get("CancelledError") if type(module) is ModuleType else None
    return type(cancelled) is type and issubclass(kind, cancelled)


def _raises_on_purpose(frame: FrameType) -> bool:
    """Say whether `frame` stands at a `raise` statement that is not how its function has to report the end."""
    code = frame.f_code
    return code.co_code[frame.f_lasti] == _RAISE and code.co_name not in _PROTOCOL_FUNCTIONS


def _is_transparent(code: CodeType) -> bool:
    return code.co_filename.startswith(_TRANSPARENT)


def _caller(frame: FrameType) -> FrameType | None:
    caller = frame.f_back
    while caller is not None and _is_transparent(caller.f_code):
        caller = caller.f_back
    return caller


def _frames_of(trace: TracebackType | None) -> Iterator[FrameType]:
    """Yield the frames of a traceback, outermost first."""
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next
