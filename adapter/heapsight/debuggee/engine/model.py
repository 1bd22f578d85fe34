"""What the engine is told and what it answers, as plain data."""

from __future__ import annotations

from enum import Enum
from types import FrameType, TracebackType
from typing import Protocol

from ..records import mutable_record, record
from .breakpoints.locations import Location, Span
from .verdicts import Verdict

# An instruction's offset, the first of the frame's words to look at, how many, and addresses that are not dull there.
SiteOfCode = tuple[int, int, int, tuple[int, ...]]


class StopReason(Enum):
    """Why a thread stopped; values are DAP's `stopped` reasons."""

    STEP = "step"
    BREAKPOINT = "breakpoint"
    FUNCTION_BREAKPOINT = "function breakpoint"
    DATA_BREAKPOINT = "data breakpoint"
    EXCEPTION = "exception"
    PAUSE = "pause"
    ENTRY = "entry"
    GOTO = "goto"
    RESTART = "restart"
    INSTRUCTION_BREAKPOINT = "instruction breakpoint"


class NoValue(Enum):
    """What a frame leaves with instead of a value."""

    RAISED = "an exception leaves it"


class StepKind(Enum):
    """The ways to go on from a stop."""

    CONTINUE = "continue"
    IN = "stepIn"
    OVER = "next"
    OUT = "stepOut"


class Granularity(Enum):
    """How far a step goes at least; values are DAP's `SteppingGranularity`."""

    STATEMENT = "statement"
    LINE = "line"
    INSTRUCTION = "instruction"


class BreakMode(Enum):
    """When an exception is of interest; values are DAP's `ExceptionBreakMode`."""

    NEVER = "never"
    ALWAYS = "always"
    UNHANDLED = "unhandled"
    USER_UNHANDLED = "userUnhandled"


@record
class BreakpointSpec:
    """A breakpoint as the client asked for it. `line` is 1-based, `column` a UTF-8 offset into it from 0."""

    line: int = 0
    column: int | None = None
    function: str | None = None
    # The address of a code object and the offset of an instruction in it.
    instruction: tuple[int, int] | None = None
    condition: str | None = None
    hit_condition: str | None = None
    log_message: str | None = None


class BreakpointTest(Protocol):
    """Decides what happens at a breakpoint; made once, when the breakpoint is set."""

    def judge(self, bp: Breakpoint, frame: FrameType) -> Verdict:
        """Return the verdict for `frame`, which stands at `bp`. Raises nothing; counts the hit in `bp.hits`."""


@mutable_record(eq=False)
class Breakpoint:
    """A logical breakpoint: one per request of the client, however many places it is armed at."""

    id: int
    spec: BreakpointSpec
    path: str | None = None
    line: int | None = None
    verified: bool = False
    message: str | None = None
    hits: int = 0
    test: BreakpointTest | None = None
    # Where it is within its line; None where it is on the whole line.
    location: Location | None = None
    # The client's number for a source that is no file.
    reference: int = 0
    # Whether the user was told that what it asks for does not compile.
    told: bool = False


@record
class ExceptionStop:
    """The exception that a thread stopped on. `text` says why, where a condition failed."""

    exception: BaseException
    traceback: TracebackType | None
    mode: BreakMode
    text: str | None = None

    @property
    def is_unwound(self) -> bool:
        """Whether the frame of the stop has come to its end: there is no next line in it."""
        return self.mode is not BreakMode.ALWAYS


@record
class Stop:
    """One thread, stopped. `frame` is the user frame that the stop is in."""

    thread_id: int
    reason: StopReason
    frame: FrameType
    breakpoints: tuple[Breakpoint, ...] = ()
    exception: ExceptionStop | None = None
    text: str | None = None
    # The place within the line, where a breakpoint has one.
    location: Location | None = None
    # What functions returned during the step that ended here, by name; the last value of each.
    returned: tuple[tuple[str, object], ...] = ()
    # A few words on what happened, where the reason alone does not say it.
    headline: str | None = None
    # Where the frame is shown, where that is not at the instruction that comes next: at the one that has just written.
    span: Span | None = None
    # Whether nothing of the frame's line has run yet.
    before_line: bool = False

    @property
    def line(self) -> int:
        """The line that the frame is shown on."""
        return self.frame.f_lineno if self.span is None else self.span[0]


@record
class LogOutput:
    """Text of a log point, or of a condition that failed, with the place it came from."""

    text: str
    path: str
    line: int
    important: bool = False
