"""What a back end has to see, put together from what is on its way and what is waited for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import CodeType, FrameType

from .backends.base import Armed
from .exceptions.filters import ExceptionFilters
from .model import StopReason
from .stepping.motion import Motion


def what_to_see(
    motions: Sequence[Motion],
    frames: Iterable[FrameType],
    lasting: Iterable[FrameType],
    filters: ExceptionFilters,
    *,
    breakpoints_changed: bool,
    results: bool,
    creators: Iterable[CodeType] = (),
) -> Armed:
    """Return what is to be armed.

    frames: those that exist and that a motion can end in. lasting: those whose end somebody waits for. results: whether
    what functions return during a step is shown. creators: code whose end is to be told, because it creates objects.
    """
    needs = filters.needs
    starts = [motion.start.f_code for motion in motions if motion.start is not None]
    return Armed(
        watched=tuple({id(frame.f_code): frame.f_code for frame in frames}.values()),
        everywhere=any(motion.looks_everywhere for motion in motions),
        breakpoints_changed=breakpoints_changed,
        leaving=(*starts, *(frame.f_code for frame in lasting), *creators),
        calling=tuple(
            motion.start.f_code
            for motion in motions
            if results and motion.start is not None and motion.reason is StopReason.STEP
        ),
        instructions=tuple(code for motion in motions if motion.statements is None for code in motion.instructions),
        raises=needs.raises,
        unwinds=needs.unwinds,
        dull_raises=filters.dull_raises,
        dull_unwinds=filters.dull_unwinds,
    )
