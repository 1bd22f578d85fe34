"""Which exceptions stop the program, and where: filters `raised`, `uncaught`, `userUnhandled`, each with its condition.

No exception is kept: that would keep all its frames alive. Whether one came by before is read off its own traceback,
which names every frame that it has come through. What was decided then is remembered as `shown.py` says, and decided
anew wherever an exception comes by for the first time.

With a back end's events:

- `on_raise` for each frame that an exception appears in, the first and every one that it propagates to (RAISE of
  `sys.monitoring`, 'exception' of `sys.settrace`);
- `on_unwind` when it leaves a frame (PY_UNWIND; 'return' after 'exception' with no line executed in between);
- `on_uncaught` with a program's or a thread's last exception.

docs/exceptions.md says what the filters mean to a person.
"""

from __future__ import annotations

import itertools
import opcode
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import CodeType, FrameType, TracebackType

from ...attributes import type_module, type_mro, type_name
from ...own import is_own_code, is_own_frame
from ...records import record
from ..model import BreakMode, ExceptionStop
from .catching import Catch, catches
from .conditions import ConditionFailed, ExceptionCondition
from .exit_codes import ExitCodes
from .shown import Shown
from .types import TypeTable

# Through the descriptor of the base class: a user's class may define the name itself.
_traceback_of: Callable[[BaseException], TracebackType | None] = BaseException.__dict__["__traceback__"].__get__
_CONTROL_FLOW = (StopIteration, StopAsyncIteration, GeneratorExit)
_RAISE = opcode.opmap["RAISE_VARARGS"]
_PROTOCOL_FUNCTIONS = frozenset({"__next__", "__anext__"})
# What attribute and item access answer with where there is nothing; C code takes it without a handler to be seen.
_ANSWERS: dict[str, type[BaseException]] = {
    "__getattr__": AttributeError,
    "__getattribute__": AttributeError,
    "__getitem__": IndexError,
}
# Exceptions that are raised in order to leave the user's code for the library that called it, by module and name.
_WAYS_OUT = frozenset(
    {
        ("asyncio.exceptions", "CancelledError"),
        # Where pytest says that its own come from.
        ("builtins", "Skipped"),
        ("builtins", "XFailed"),
        ("_pytest.outcomes", "Skipped"),
        ("_pytest.outcomes", "XFailed"),
        ("_pytest.outcomes", "Exit"),
        ("unittest.case", "SkipTest"),
        ("werkzeug.exceptions", "HTTPException"),
        ("starlette.exceptions", "HTTPException"),
        ("django.http.response", "Http404"),
        ("django.core.exceptions", "PermissionDenied"),
    }
)
# Library code that an exception only passes through on its way from user code to user code.
_LIBRARY = os.path.dirname(os.__file__)
_TRANSPARENT = (
    "<frozen importlib",
    "<frozen runpy",
    *(os.path.join(_LIBRARY, name) for name in ("contextlib.py", "functools.py", "importlib" + os.sep, "runpy.py")),
)


@record
class Needs:
    """The events that have to be on for the filters in force."""

    raises: bool
    unwinds: bool


@record(eq=False)
class ExceptionRule:
    """One filter in force: stop in this mode for what the condition holds for, with `BreakMode.NEVER` never."""

    mode: BreakMode
    condition: ExceptionCondition


class ExceptionFilters:
    """Decides on exceptions as they happen. `is_mine` tells the user's code from libraries (`Scope.is_mine`)."""

    def __init__(self, is_mine: Callable[[CodeType], bool], exit_codes: ExitCodes | None = None) -> None:
        self._is_mine = is_mine
        self._exit_codes = exit_codes or ExitCodes()
        self._ways_out = TypeTable()
        self.set_rules(())

    def set_rules(self, rules: Sequence[ExceptionRule]) -> None:
        """Replace the filters."""
        self._never = tuple(one.condition for one in rules if one.mode is BreakMode.NEVER)
        self._raised, self._unhandled, self._user_unhandled = (
            tuple(one.condition for one in rules if one.mode is mode)
            for mode in (BreakMode.ALWAYS, BreakMode.UNHANDLED, BreakMode.USER_UNHANDLED)
        )
        # Types that no condition can be about, found out once: most exceptions are handled, and handling must not cost.
        self._dull_raised, self._dull_unhandled = TypeTable(), TypeTable()
        self._shown_raised, self._shown_unhandled = Shown(), Shown()

    @property
    def dull_raises(self) -> TypeTable:
        """By their addresses the types that `on_raise` has nothing to say about."""
        return self._dull_raised

    @property
    def dull_unwinds(self) -> TypeTable:
        """By their addresses the types that `on_unwind` has nothing to say about."""
        return self._dull_unhandled

    @property
    def needs(self) -> Needs:
        """The events to switch on. `uncaught` needs none."""
        return Needs(raises=bool(self._raised), unwinds=bool(self._user_unhandled))

    def on_raise(
        self, frame: FrameType, exception: BaseException, traceback: TracebackType | None = None
    ) -> ExceptionStop | None:
        """Decide when `exception` appears in `frame`: raised there, or propagated to it.

        traceback: the one of the event, outermost entry first, where the exception does not carry it yet (3.11).
        """
        if id(type(exception)) in self._dull_raised or not self._raised or not self._is_mine(frame.f_code):
            return None
        if self._is_dull(self._dull_raised, self._raised, exception):
            return None
        trace = traceback if traceback is not None else _traceback_of(exception)
        deeper = trace.tb_next if trace is not None and trace.tb_frame is frame else trace
        if any(self._is_mine(passed.f_code) for passed in _frames_of(deeper)):
            return None  # decided in the first of these
        kind = type(exception)
        is_quiet = self._exit_codes.is_clean(exception) or (
            issubclass(kind, _CONTROL_FLOW) and (deeper is not None or not _raises_on_purpose(frame))
        )
        stop = self._judge(self._raised, BreakMode.ALWAYS, frame, exception, trace, is_quiet=is_quiet)
        self._shown_raised.note(exception, is_shown=stop is not None)
        return stop

    def on_unwind(
        self, frame: FrameType, exception: BaseException, traceback: TracebackType | None = None
    ) -> tuple[FrameType, ExceptionStop] | None:
        """Decide when `exception` leaves `frame` without having been handled there; return the frame to stop in.

        That is the user's frame that it came from. It has come to its end, but its variables are still there.
        """
        if id(type(exception)) in self._dull_unhandled or not self._is_mine(frame.f_code):
            return None
        caller = _caller(frame)
        if caller is not None and self._is_mine(caller.f_code):
            return None
        if not self._user_unhandled or self._is_dull(self._dull_unhandled, self._user_unhandled, exception):
            return None
        if (caller is None or is_own_frame(caller)) and self._unhandled:
            return None  # decided by `on_uncaught`
        trace = traceback if traceback is not None else _traceback_of(exception)
        came_by = self._has_left_user_code(_frames_of(trace))
        if came_by and self._shown_unhandled.has(exception, trace):
            return None
        origin = self._origin(frame, trace)
        stop = None
        if not self._shown_raised.has(exception, trace) and not self._is_expected(frame, exception):
            is_quiet = self._is_way_out(exception)
            stop = self._judge(
                self._user_unhandled, BreakMode.USER_UNHANDLED, origin, exception, trace, is_quiet=is_quiet
            )
        self._shown_unhandled.note(exception, is_shown=stop is not None, left=frame)
        return (origin, stop) if stop is not None else None

    def on_uncaught(self, exception: BaseException) -> tuple[FrameType, ExceptionStop] | None:
        """Decide on the last exception of the program or of a thread; return the frame to stop in with it.

        That is the user's innermost frame, else the innermost of all.
        """
        trace = _traceback_of(exception)
        if not self._unhandled or trace is None:
            return None
        frames = [frame for frame in _frames_of(trace) if not is_own_code(frame.f_code)]
        mine = [frame for frame in frames if self._is_mine(frame.f_code)]
        if not frames or (mine and self._was_shown(exception, trace, frames)):
            return None
        if not mine and issubclass(type(exception), SystemExit):
            return None  # a library's way to tell how it went: `python -m pytest`
        frame = (mine or frames)[-1]
        is_quiet = self._exit_codes.is_clean(exception)
        stop = self._judge(self._unhandled, BreakMode.UNHANDLED, frame, exception, trace, is_quiet=is_quiet)
        return (frame, stop) if stop is not None else None

    def unseen(self, exception: BaseException) -> None:
        """Take notice of an exception that nobody decides on: it may be at the address of one that was shown."""
        self._shown_raised.note(exception, is_shown=False)
        self._shown_unhandled.note(exception, is_shown=False)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _judge(
        self,
        conditions: tuple[ExceptionCondition, ...],
        mode: BreakMode,
        frame: FrameType,
        exception: BaseException,
        trace: TracebackType | None,
        *,
        is_quiet: bool,
    ) -> ExceptionStop | None:
        """Ask the conditions of one filter. With `is_quiet` only those count that name the exception's own type."""
        if any(one.chooses(exception) for one in self._never):
            return None
        for one in conditions:
            if is_quiet and not one.names(type(exception)):
                continue
            try:
                if one.holds(exception, frame):
                    return ExceptionStop(exception, trace, mode)
            except ConditionFailed as failure:
                return ExceptionStop(exception, trace, mode, str(failure))
        return None

    def _is_dull(self, table: TypeTable, conditions: tuple[ExceptionCondition, ...], exception: BaseException) -> bool:
        """Say whether none of `conditions` can hold for the type of `exception`, and remember it."""
        kind = type(exception)
        dull = all(one.excludes(kind) for one in conditions)
        if dull:
            table.put(kind, None)
        return dull

    def _is_expected(self, frame: FrameType, exception: BaseException) -> bool:
        """Say whether `exception`, which leaves the user's `frame` for a library, will be taken by a handler for it.

        A handler that names such a type is one, wherever it is; a handler for everything is one in the user's code
        only: in a library that is how test runners, servers and event loops deal with what has failed.
        """
        answer = _ANSWERS.get(frame.f_code.co_name)
        if answer is not None and issubclass(type(exception), answer):
            return True
        caller = frame.f_back
        while caller is not None:
            if not is_own_frame(caller):
                catch = catches(caller, exception)
                if catch is not None:
                    return catch is Catch.NAMED or self._is_mine(caller.f_code)
            caller = caller.f_back
        return False

    def _origin(self, frame: FrameType, trace: TracebackType | None) -> FrameType:
        """Return the user's innermost frame in `trace` whose callers lead to `frame`; else `frame` itself."""
        origin = frame
        inside = {id(frame)}
        for one in _frames_of(trace):
            if id(one.f_back) in inside:
                inside.add(id(one))
                if self._is_mine(one.f_code):
                    origin = one
        return origin

    def _is_way_out(self, exception: BaseException) -> bool:
        """Say whether leaving user code is what `exception` is for: an iterator's end, an exit, a cancelled task."""
        if self._exit_codes.is_clean(exception):
            return True
        kind = type(exception)
        known = self._ways_out.get(id(kind))
        if known is None:
            places = [(type_module(base), type_name(base)) for base in type_mro(kind)]
            is_one = issubclass(kind, (*_CONTROL_FLOW, KeyboardInterrupt)) or any(
                type(module) is str and (module, name) in _WAYS_OUT for module, name in places
            )
            self._ways_out.put(kind, is_one)
            return is_one
        return known[1] is True

    def _was_shown(self, exception: BaseException, trace: TracebackType, frames: list[FrameType]) -> bool:
        if self._shown_raised.has(exception, trace):
            return True
        return self._shown_unhandled.has(exception, trace) and self._has_left_user_code(frames)

    def _has_left_user_code(self, frames: Iterable[FrameType]) -> bool:
        """Say whether among `frames`, outermost first, one of the user's was called by a library's.

        A future keeps what has left a coroutine, and hands it to another without a frame of a library's in between.
        """
        opaque = (frame for frame in frames if not _is_transparent(frame.f_code))
        return any(
            self._is_mine(inner.f_code) and (not self._is_mine(outer.f_code) or _is_seam(outer, inner))
            for outer, inner in itertools.pairwise(opaque)
        )


def _raises_on_purpose(frame: FrameType) -> bool:
    """Say whether `frame` stands at a `raise` statement that is not how its function has to report the end."""
    code = frame.f_code
    return code.co_code[frame.f_lasti] == _RAISE and code.co_name not in _PROTOCOL_FUNCTIONS


def _is_transparent(code: CodeType) -> bool:
    return code.co_filename.startswith(_TRANSPARENT)


def _is_seam(outer: FrameType, inner: FrameType) -> bool:
    """Say whether an exception came from `inner` to `outer` without being passed to its caller: in a future, say.

    A frame that raises what it has caught is in the traceback twice.
    """
    return inner is not outer and _caller(inner) is not outer


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
