"""The motion that a step of a stopped thread is."""

from __future__ import annotations

from .. import greenlets
from ..foreign import Foreign
from ..model import Granularity, StepKind, Stop
from .motion import IsMine, Motion, step
from .statements import StatementTable
from .step_targets import StepTarget


def begin_step(
    kind: StepKind,
    stop: Stop,
    is_mine: IsMine,
    foreign: Foreign | None,
    goal: Granularity | StepTarget,
    *,
    statements: StatementTable,
) -> Motion:
    """Return the motion of a step from `stop`; call it on the thread that steps, which decides the greenlet."""
    frame = stop.frame
    if isinstance(goal, StepTarget):
        kind = StepKind.OVER  # unless it comes to the call
    if stop.exception is not None and stop.exception.is_unwound:
        kind = StepKind.IN  # to wherever the user's code goes on
    motion = step(kind, frame, is_mine, stop.line)
    motion.greenlet = greenlets.current()
    different = foreign.step(frame, kind, is_mine) if foreign is not None else None
    if different is not None:
        motion.place, motion.beyond = different.place, different.beyond
        if different.start is not frame:
            motion.start, motion.stays, motion.called_by_library = different.start, False, True
    if isinstance(goal, StepTarget):
        motion.target, motion.instructions = goal, (frame.f_code,)
    if goal is Granularity.STATEMENT and not (foreign is not None and foreign.is_in(frame)):
        motion.step_by_statements(frame, statements, before_line=stop.before_line)
    if goal is Granularity.INSTRUCTION:
        motion.step_by_instructions(frame, before_line=stop.before_line)
    return motion
