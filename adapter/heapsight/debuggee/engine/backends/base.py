"""What a source of execution events has to do, and what it tells."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from enum import Enum
from types import CodeType, FrameType, TracebackType
from typing import Any, Protocol

from ...records import field, record
from ..breakpoints.table import BreakpointTable
from ..model import SiteOfCode


class BackendKind(Enum):
    """The back ends; values are those of the `engine` launch option."""

    SETTRACE = "settrace"
    """With the trace function in C where there is one."""
    SETTRACE_PYTHON = "settrace-python"
    FRAME_EVALUATION = "frame-evaluation"
    """As SETTRACE, and on 3.11, where it is the default, code without breakpoints is untraced; see `NativeBackend`."""
    MONITORING = "monitoring"


@record
class Armed:
    """What has to be seen, besides breakpoints."""

    # Code whose lines may end a motion in a frame that runs already.
    watched: tuple[CodeType, ...] = ()
    # Lines of code that begins to run may, too: a motion looks everywhere.
    everywhere: bool = False
    # Breakpoints were set anew: code that was looked at before has to be looked at again.
    breakpoints_changed: bool = False
    # Code whose returns and yields a motion waits for.
    leaving: tuple[CodeType, ...] = ()
    # Code whose direct calls a motion wants the results of.
    calling: tuple[CodeType, ...] = ()
    # Code each instruction of which may end a motion in a frame that runs already.
    instructions: tuple[CodeType, ...] = ()
    raises: bool = False
    unwinds: bool = False
    # By their addresses the exception types not to be told of where they are raised, and where they leave frames.
    # Both grow while the program runs.
    dull_raises: dict[int, Any] = field(default_factory=dict)
    dull_unwinds: dict[int, Any] = field(default_factory=dict)

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to see but breakpoints and the returns of some code."""
        code = (*self.watched, *self.calling, *self.instructions)
        return not (code or self.everywhere or self.raises or self.unwinds)


# Told, on a thread that begins, its number and its `threading.Thread` where that is known already.
ThreadBegins = Callable[[int, object], None]


class Sink(Protocol):
    """Takes events, on the thread that they happen in. May park the thread."""

    @property
    def breakpoints(self) -> BreakpointTable:
        """What is armed where."""

    @property
    def expects_code(self) -> bool:
        """Whether code that appears may have breakpoints."""

    def code_seen(self, code: CodeType) -> None:
        """Bind breakpoints to `code`, which is about to run for the first time since the armed set changed."""

    def armed_code(self) -> tuple[CodeType, ...]:
        """Return every code object that has a breakpoint of any kind."""

    def offsets_for(self, code: CodeType) -> frozenset[int]:
        """Return the offsets of the instructions of `code` that have to be told."""

    @property
    def pending_writes(self) -> dict[int, Any] | None:
        """Who is in the middle of what may write a watched place; None while nothing is watched."""

    def sites_for(self, code: CodeType) -> list[SiteOfCode]:
        """Return those of `offsets_for` that are dull where no word of the frame is among some addresses."""

    def arguments_for(self, code: CodeType) -> tuple[tuple[int, int], ...]:
        """Return pairs of a word of the frame, which stays as it is, and an address, if such pairs tell all.

        A frame of `code` that has none of these addresses there comes to nothing of `offsets_for`, and to nothing that
        a motion could end in.
        """

    def arguments_of(self, code: CodeType) -> tuple[tuple[int, int], ...]:
        """Return the same, but for motions: these are told by other events."""

    def is_interested(self, ident: int, frame: FrameType) -> bool:
        """Say whether a motion of thread `ident` may end in `frame`. Cheap."""

    def wants_result(self, ident: int, frame: FrameType) -> bool:
        """Say whether the return of `frame`, which begins, is to be told for a motion of thread `ident`. Cheap."""

    def may_end_in(self, code: CodeType) -> bool:
        """Say whether a motion of any thread may end in a frame that begins to run `code` now."""

    def has_motion(self) -> bool:
        """Say whether any thread is on its way to a stop."""

    def line(self, ident: int, frame: FrameType, line: int) -> None:
        """A line is about to run."""

    def instruction(self, ident: int, frame: FrameType, offset: int) -> None:
        """An instruction is about to run that is in `offsets_for`, or whose code is in `Armed.instructions`.

        Where a line begins, `line` was called before.
        """

    def entered(self, ident: int, frame: FrameType) -> None:
        """A function with function breakpoints has begun."""

    def left(self, ident: int, frame: FrameType, suspended: bool, value: object) -> None:
        """A frame in `Armed.leaving`, or called by one in `Armed.calling`, returned, yielded or unwound (NoValue)."""

    def raised(
        self, ident: int, frame: FrameType, exception: BaseException, traceback: TracebackType | None = None
    ) -> None:
        """An exception appeared in a frame."""

    def is_user_code(self, code: CodeType) -> bool:
        """Say whether `code` is the user's. Cheap."""

    def may_leave_user_code(self, frame: FrameType) -> bool:
        """Say whether there is something to decide on an exception that leaves `frame`. Cheap."""

    def unwound(
        self, ident: int, frame: FrameType, exception: BaseException, traceback: TracebackType | None = None
    ) -> None:
        """An exception leaves a frame."""


class Backend(ABC):
    """A source of events."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    @abstractmethod
    def install(self) -> None:
        """Begin: for the calling thread, those started later, and others as far as the version allows."""

    @abstractmethod
    def uninstall(self) -> None:
        """End: no tracing is left behind."""

    @abstractmethod
    def forked(self) -> None:
        """Make ready for `uninstall` in a forked child: no lock is held there."""

    @abstractmethod
    def arm(self, armed: Armed, frames: Iterable[FrameType] = ()) -> None:
        """See to it that the events for `armed` and for all breakpoints arrive.

        frames: those of `armed.watched` and `armed.instructions` that exist; not to be kept.
        """
