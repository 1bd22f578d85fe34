"""Which exception leaves a frame, told from the events of `sys.settrace`.

Its 'return' event says None both for a function that returns None and for one that an exception leaves, and neither a
bare `raise` nor the end of a `finally` or `with` block is an 'exception' event. So the exceptions that a frame is
handling are remembered, no longer than the frame itself holds them, and the instruction that it ends at tells the rest.
"""

from __future__ import annotations

import opcode
import sys
from types import FrameType, TracebackType

from ...records import mutable_record

RETURNS = frozenset(
    opcode.opmap[name] for name in ("RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR") if name in opcode.opmap
)
# A generator that an exception is thrown into stands at its `yield`, or at the instruction after it.
_SUSPENSIONS = frozenset((opcode.opmap["YIELD_VALUE"], opcode.opmap["RESUME"]))
_TAKES = opcode.opmap["PUSH_EXC_INFO"]
# The end of what is iterated over or awaited is an 'exception' event, too, but these take it themselves.
_TAKES_THE_END = frozenset(
    opcode.opmap[name] for name in ("SEND", "END_SEND", "FOR_ITER", "END_FOR") if name in opcode.opmap
)


@mutable_record
class _Raised:
    frame: FrameType
    exception: BaseException
    traceback: TracebackType | None
    just_now: bool = True

    def is_in_hand(self, handled: BaseException | None) -> bool:
        """Say whether a frame that handles `handled` may still pass this exception on."""
        # Under `except*` a frame handles a part of a group, and what is left of the group goes on at the end.
        return self.exception is handled or (
            handled is not None and issubclass(type(self.exception), BaseExceptionGroup)
        )


class Unwinding:
    """The exceptions on their way, or being handled, in the frames of one thread. Its methods follow the events."""

    def __init__(self) -> None:
        # By frame, each of which is held by its entries: a generator may wait while it handles an exception, and the
        # frame of one that is dropped still reports its end.
        self._raised: dict[int, list[_Raised]] = {}

    def raised(self, frame: FrameType, exception: BaseException, traceback: TracebackType | None) -> None:
        """Take notice of an 'exception' event."""
        if issubclass(type(exception), StopIteration) and frame.f_code.co_code[frame.f_lasti] in _TAKES_THE_END:
            return
        self._raised.setdefault(id(frame), []).append(_Raised(frame, exception, traceback))

    def line(self, frame: FrameType) -> None:
        """Take notice of a 'line' event; call it from the trace function itself."""
        raised = self._raised.get(id(frame))
        if raised is None:
            return
        if raised[-1].just_now or frame.f_code.co_code[frame.f_lasti] == _TAKES:
            # A handler's first line may be reported before the handler has taken the exception.
            raised[-1].just_now = False
            return
        handled = sys.exc_info()[1]
        while raised and not raised[-1].is_in_hand(handled):
            raised.pop()
        if not raised:
            del self._raised[id(frame)]

    def returned(self, frame: FrameType) -> tuple[BaseException, TracebackType | None] | None:
        """Take notice of a 'return' event; return the exception that leaves `frame`, if one does."""
        raised = self._raised.get(id(frame))
        if raised is None:
            return None
        last = raised[-1]
        instruction = frame.f_code.co_code[frame.f_lasti]
        if instruction in _SUSPENSIONS and not last.just_now:
            return None  # it goes on later
        del self._raised[id(frame)]
        if instruction in RETURNS:
            return None
        return last.exception, last.traceback
