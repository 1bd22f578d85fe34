"""What a running thread looks for: the end of a step, a pause. A motion is a predicate over events."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from types import CodeType, FrameType

from .model import StepKind, StopReason

IsMine = Callable[[CodeType], bool]
_AWAITS = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR | inspect.CO_ITERABLE_COROUTINE


class Where(Enum):
    """Which lines end a motion."""

    FRAMES = "of the motion's own frames"
    MINE = "of the user's code, in any frame"
    ANY = "of any code but the debugger's"


@dataclass(slots=True)
class Motion:
    """One thread on its way to the next stop."""

    reason: StopReason
    where: Where
    frames: tuple[FrameType, ...] = ()
    # The frame whose end makes the motion wait for whichever user code runs next: its caller is a library, which may
    # call anything.
    leaving: FrameType | None = None
    silent: bool = False
    # Where it began. A loop on one line (a comprehension that the compiler inlined, say) comes by there again.
    origin: tuple[FrameType, int] | None = None

    def wants(self, frame: FrameType, line: int, is_mine: IsMine) -> bool:
        """Say whether `line` of `frame` ends the motion."""
        if self.origin is not None and frame is self.origin[0] and line == self.origin[1]:
            return False
        if self.where is Where.FRAMES:
            return any(frame is one for one in self.frames)
        return self.where is Where.ANY or is_mine(frame.f_code)

    def may_end_in(self, code: CodeType, is_mine: IsMine) -> bool:
        """Say whether a line of `code` can end the motion at all."""
        if self.where is Where.FRAMES:
            return any(code is one.f_code for one in self.frames)
        return self.where is Where.ANY or is_mine(code)

    def left(self, frame: FrameType, *, suspended: bool, value: object) -> bool:
        """Take notice that `frame` returned, unwound or yielded; say whether what the motion looks for has changed."""
        if frame is not self.leaving or (suspended and _waits(frame.f_code, value)):
            return False
        self.leaving = None
        self.where = Where.MINE
        return True


def _waits(code: CodeType, value: object) -> bool:
    """Say whether a yield hands control to an event loop: an `await`, and not an item of an async generator."""
    if not code.co_flags & _AWAITS:
        return False
    return type(value).__name__ != "async_generator_wrapped_value"


def step(kind: StepKind, frame: FrameType, is_mine: IsMine) -> Motion:
    """Return the motion of a step from `frame`.

    Over: to the next line of the frame itself, else of one of its callers. They are told by identity, so that another
    call of the same function does not count. Out: the same without the frame itself. In: any line of the user's.
    """
    callers = user_frames(frame.f_back, is_mine)
    origin = (frame, frame.f_lineno)
    if kind is StepKind.IN:
        return Motion(StopReason.STEP, Where.MINE, (frame, *callers), origin=origin)
    frames = (frame, *callers) if kind is StepKind.OVER else callers
    called_by_library = frame.f_back is None or not is_mine(frame.f_back.f_code)
    return Motion(StopReason.STEP, Where.FRAMES, frames, frame if called_by_library else None, origin=origin)


def user_frames(frame: FrameType | None, is_mine: IsMine) -> tuple[FrameType, ...]:
    """Return the user's frames of a stack from `frame` outwards."""
    frames = []
    while frame is not None:
        if is_mine(frame.f_code):
            frames.append(frame)
        frame = frame.f_back
    return tuple(frames)
