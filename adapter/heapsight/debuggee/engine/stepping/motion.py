"""What a running thread looks for: the end of a step, a pause. A motion is a predicate over events.

A step holds the frames that it can end in, since the address of a frame that is gone is soon that of another call of
the same function. The frame that it began in is let go when it returns: what dies with it must not wait for the stop.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from enum import Enum
from types import CodeType, FrameType

from ...frames import begin_of_instruction
from ...own import is_own_code
from ...records import field, mutable_record
from .. import greenlets
from ..foreign import Beyond, Place
from ..model import Breakpoint, NoValue, StepKind, StopReason
from . import comprehensions
from .comprehensions import Inlined, inlined_comprehensions
from .statements import StatementTable
from .step_targets import StepTarget

IsMine = Callable[[CodeType], bool]
_YIELDS = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
_RUN_AT_ONCE = comprehensions.NAMES - {"<genexpr>"}
_AWAITS = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR | inspect.CO_ITERABLE_COROUTINE


class Where(Enum):
    """Which lines end a motion."""

    FRAMES = "of the motion's own frames"
    MINE = "of the user's code, in any frame"
    ANY = "of any code but the debugger's"


@mutable_record
class Motion:
    """One thread on its way to the next stop."""

    reason: StopReason
    where: Where
    callers: dict[int, FrameType] = field(default_factory=dict)
    silent: bool = False
    # What the stop is for, where that is known before.
    breakpoints: tuple[Breakpoint, ...] = ()
    text: str | None = None
    # The frame that a step began in and its line there. A loop on one line (a comprehension that the compiler inlined,
    # say) comes by there again.
    start: FrameType | None = None
    line: int = 0
    # Whether another line of that frame ends the motion.
    stays: bool = False
    # Whether after its end the motion waits for whichever user code runs next: its caller is a library, which may call
    # anything.
    called_by_library: bool = False
    # The inlined comprehensions that the frames were in when the step began: there its lines are places to stop at.
    inside: dict[int, Inlined] = field(default_factory=dict)
    # What the frame that the step began in returned, else the functions that it called: the last value of each name.
    returned: dict[str, object] = field(default_factory=dict)
    # For a step that began in a template: its line there, and the frames beside its own that it can end in.
    place: Place | None = None
    beyond: Beyond | None = None
    # The one that a step began in, where the program has any: it ends there.
    greenlet: object = None
    # Code whose instructions are looked at one by one.
    instructions: tuple[CodeType, ...] = ()
    # An instruction that is told once more although the step began before it: its line was told first.
    told_twice: int | None = None
    # For a step by statements: those of the instructions that begin a statement end it. And the instruction that it
    # began at: another line of that statement does not.
    statements: StatementTable | None = None
    began_at: int = 0
    # The call that the step is to end in, and whether the frame that it began in has come to it.
    target: StepTarget | None = None
    is_calling: bool = False
    _inlined: dict[int, tuple[Inlined, ...]] = field(default_factory=dict)

    def wants(self, frame: FrameType, line: int, is_mine: IsMine) -> bool:
        """Say whether `line` of `frame` ends the motion."""
        if frame is self.start and (line == self.line or (self.target is not None and line in self.target.lines)):
            return False
        if self.greenlet is not None and greenlets.is_elsewhere(self.greenlet):
            return False
        if self.statements is not None and (
            frame.f_code.co_name in comprehensions.NAMES
            or self._inlined_at(frame) is not None
            or (frame is self.start and self._goes_on(frame))
        ):
            return False
        return self.watches(frame, is_mine) and not (self.reason is StopReason.STEP and self._goes_round(frame, line))

    def wants_place(self, frame: FrameType, place: Place | None) -> bool:
        """Say whether the line of a template that begins in `frame`, if one does, ends the motion."""
        return place is not None and not (frame is self.start and place == self.place)

    def wants_instruction(self, frame: FrameType, offset: int, is_mine: IsMine) -> bool:
        """Say whether the instruction at `offset` of `frame` ends the motion."""
        if self.target is not None or not self.watches(frame, is_mine):
            return False
        if not any(frame.f_code is code for code in self.instructions):
            return False
        told_twice, self.told_twice = self.told_twice, None
        if self.statements is not None:
            known = self.statements.of(frame.f_code)
            if offset not in known.beginnings or (frame is self.start and known.goes_round(offset, self.began_at)):
                return False
        return frame is not self.start or offset != told_twice

    def reaches_target(self, frame: FrameType, offset: int) -> bool:
        """Take notice that `frame` comes to an instruction; say whether it is the call that the step is to end in."""
        if self.target is None or self.is_calling or frame is not self.start or offset != self.target.offset:
            return False
        self.is_calling = True
        self.instructions = ()
        return True

    def _is_called(self, frame: FrameType) -> bool:
        """Say whether `frame` runs what the target calls."""
        if self.target is None or not self.is_calling or self.start is None or frame.f_back is not self.start:
            return False
        return begin_of_instruction(self.start.f_code, self.start.f_lasti) in self.target.offsets

    def step_by_instructions(self, frame: FrameType, *, before_line: bool) -> None:
        """End at the next instruction, of the frame that the step begins in or of the one that it returns to."""
        caller = frame.f_back
        while caller is not None and id(caller) not in self.callers and self.where is Where.FRAMES:
            caller = caller.f_back
        self.instructions = (frame.f_code,) if caller is None else (frame.f_code, caller.f_code)
        self.told_twice = frame.f_lasti if before_line else None

    def step_by_statements(self, frame: FrameType, table: StatementTable, *, before_line: bool) -> None:
        """End where a statement begins, too, of the same frames as `step_by_instructions`; at all lines of others.

        A generator that a step into it resumes is one of the others: it stops at its next line.
        """
        self.statements, self.began_at = table, frame.f_lasti
        self.step_by_instructions(frame, before_line=before_line)

    @property
    def stepped_by_statements(self) -> tuple[CodeType, ...]:
        """Code the beginnings of whose statements may end the motion."""
        return self.instructions if self.statements is not None else ()

    def _goes_on(self, frame: FrameType) -> bool:
        """Say whether the next line of the frame that the step began in is still the same statement."""
        assert self.statements is not None
        known = self.statements.of(frame.f_code)
        return frame.f_lasti not in known.beginnings and known.is_same(frame.f_lasti, self.began_at)

    def begin_inside(self, frames: Iterable[FrameType]) -> None:
        """Take notice of the comprehensions that `frames` are in."""
        for frame in frames:
            inlined = self._inlined_at(frame)
            if inlined is not None:
                self.inside[id(frame)] = inlined

    def _goes_round(self, frame: FrameType, line: int) -> bool:
        """Say whether `line` of `frame` is part of a comprehension that the step does not show.

        That is the line that a comprehension begins on, where the statement around it has stopped already: a step would
        come by there for each element. And all of its lines, for a step over the statement.
        """
        code = frame.f_code
        if code.co_name in comprehensions.NAMES:
            return line == code.co_firstlineno
        inlined = self._inlined_at(frame)
        if inlined is None:
            return False
        return line == inlined.line or (self.where is Where.FRAMES and self.inside.get(id(frame)) != inlined)

    def _inlined_at(self, frame: FrameType) -> Inlined | None:
        known = self._inlined.get(id(frame.f_code))
        if known is None:
            known = self._inlined[id(frame.f_code)] = inlined_comprehensions(frame.f_code)
        offset = frame.f_lasti
        return next((one for one in known if one.start < offset <= one.end), None)

    def watches(self, frame: FrameType, is_mine: IsMine) -> bool:
        """Say whether lines of `frame` can end the motion."""
        if frame is self.start and self.stays:
            return True
        if self.where is Where.FRAMES:
            if self.callers.get(id(frame)) is frame:
                return True
            return self._is_called(frame) or (self.beyond is not None and self.beyond.watches(frame))
        return self.may_end_in(frame.f_code, is_mine)

    @property
    def looks_everywhere(self) -> bool:
        """Whether frames that begin later can end the motion."""
        return self.where is not Where.FRAMES or self.beyond is not None or self.is_calling

    def may_end_in(self, code: CodeType, is_mine: IsMine) -> bool:
        """Say whether a line of a frame that begins to run `code` now can end the motion."""
        if self.where is Where.FRAMES:
            called = self.is_calling and not is_own_code(code)
            return called or (self.beyond is not None and self.beyond.may_end_in(code))
        return is_mine(code) if self.where is Where.MINE else not is_own_code(code)

    def wants_result_of(self, frame: FrameType) -> bool:
        """Say whether `frame` was called by the one that the step began in, and what it returns is to be shown."""
        caller = frame.f_back
        if caller is not None and caller.f_code.co_name in _RUN_AT_ONCE:
            caller = caller.f_back  # on 3.11, where a comprehension has a frame of its own
        return self.start is not None and caller is self.start and not frame.f_code.co_flags & _YIELDS

    def _note_result(self, frame: FrameType, value: object) -> None:
        if frame is self.start:
            self.returned.clear()
        elif not self.wants_result_of(frame) or frame.f_code.co_name in comprehensions.NAMES:
            return
        self.returned[frame.f_code.co_qualname.rpartition("<locals>.")[2]] = value

    def left(self, frame: FrameType, *, suspended: bool, value: object) -> bool:
        """Take notice that `frame` returned, unwound or yielded; say whether what the motion looks for has changed."""
        if not suspended and value is not NoValue.RAISED:
            self._note_result(frame, value)
        if suspended and frame is self.start and self.where is not Where.FRAMES:
            return self._look_at_callers(frame)
        if frame is not self.start or (
            suspended and (self.place is not None or not self.called_by_library or _waits(frame.f_code, value))
        ):
            return False
        if not suspended:
            self.start = None
        if self.where is not Where.FRAMES:
            return self._look_at_statements_of(frame.f_back)
        if self.called_by_library:
            self.where = Where.MINE
            return True
        return self._go_on_in(frame.f_back)

    def _look_at_statements_of(self, caller: FrameType | None) -> bool:
        """Have a step into whatever comes next end within a line of `caller`, too: it may have no other to stop at."""
        if caller is None or self.statements is None:
            return False
        self.start, self.line, self.stays = caller, caller.f_lineno, False
        self.step_by_statements(caller, self.statements, before_line=False)
        return True

    def _look_at_callers(self, frame: FrameType) -> bool:
        """Have a step into whatever comes next end within a line of what `frame` yields to, or of who called that.

        All of them, as the generator may never be resumed, and end without a word.
        """
        if self.statements is None:
            return False
        codes = list(self.instructions)
        caller = frame.f_back
        while caller is not None:
            if not any(caller.f_code is code for code in codes):
                codes.append(caller.f_code)
            caller = caller.f_back
        has_more = len(codes) > len(self.instructions)
        self.instructions = tuple(codes)
        return has_more

    def _go_on_in(self, caller: FrameType | None) -> bool:
        """Wait for the end of the caller, too: it may have no other line to stop at."""
        if caller is None or self.callers.get(id(caller)) is not caller:
            return False
        outer = caller.f_back
        self.start, self.line, self.stays = caller, 0, True
        if self.statements is not None:
            self.line = caller.f_lineno  # what comes next there is told by its beginning
            self.step_by_statements(caller, self.statements, before_line=False)
        self.called_by_library = outer is None or self.callers.get(id(outer)) is not outer
        return True


def _waits(code: CodeType, value: object) -> bool:
    """Say whether a yield hands control to an event loop: an `await`, and not an item of an async generator."""
    if not code.co_flags & _AWAITS:
        return False
    return type(value).__name__ != "async_generator_wrapped_value"


def step(kind: StepKind, frame: FrameType, is_mine: IsMine, line: int) -> Motion:
    """Return the motion of a step from `frame`, which stands on `line`.

    Over: to the next line of the frame itself, else of one of its callers. They are told by identity, so that another
    call of the same function does not count. Out: the same without the frame itself. In: any line of the user's.
    """
    if kind is StepKind.IN:
        return Motion(StopReason.STEP, Where.MINE, start=frame, line=line, stays=True)
    motion = Motion(
        StopReason.STEP,
        Where.FRAMES,
        callers=_user_callers(frame, is_mine),
        start=frame,
        line=line,
        stays=kind is StepKind.OVER,
        called_by_library=frame.f_back is None or not is_mine(frame.f_back.f_code),
    )
    motion.begin_inside((frame, *motion.callers.values()))
    return motion


def _user_callers(frame: FrameType, is_mine: IsMine) -> dict[int, FrameType]:
    callers = {}
    caller = frame.f_back
    while caller is not None:
        if is_mine(caller.f_code):
            callers[id(caller)] = caller
        caller = caller.f_back
    return callers
