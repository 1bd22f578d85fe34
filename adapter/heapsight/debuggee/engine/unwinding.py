"""Which exception leaves a frame, told from the events of `sys.settrace`.

Its 'return' event says None both for a function that returns None and for one that an exception leaves, and neither a
bare `raise` nor the end of a `finally` or `with` block is an 'exception' event. So the exceptions that a frame is
handling are remembered, no longer than the frame itself holds them, and the instruction that it ends at tells the rest.
"""

from __future__ import annotations

import opcode
import sys
from dataclasses import dataclass
from types import FrameType, TracebackType

RETURNS = frozenset(
    opcode.opmap[name] for name in ("RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR") if name in opcode.opmap
)
# A generator that an exception is thrown into stands at its `yield`, or at the instruction after it.
_SUSPENSIONS = frozenset((opcode.opmap["YIELD_VALUE"], opcode.opmap["RESUME"], opcode.opmap["SEND"]))


@dataclass(slots=True)
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
        self._raised: list[_Raised] = []

    def raised(self, frame: FrameType, exception: BaseException, traceback: TracebackType | None) -> None:
        """Take notice of an 'exception' event."""
        self._raised.append(_Raised(frame, exception, traceback))

    def line(self, frame: FrameType) -> None:
        """Take notice of a 'line' event; call it from the trace function itself."""
        if not self._raised or self._raised[-1].frame is not frame:
            return
        if self._raised[-1].just_now:
            # The handler's first line: in a `with` block it is reported before the handler has taken the exception.
            self._raised[-1].just_now = False
            return
        handled = sys.exc_info()[1]
        while self._raised and self._raised[-1].frame is frame and not self._raised[-1].is_in_hand(handled):
            self._raised.pop()

    def returned(self, frame: FrameType) -> tuple[BaseException, TracebackType | None] | None:
        """Take notice of a 'return' event; return the exception that leaves `frame`, if one does."""
        last: _Raised | None = None
        while self._raised and self._raised[-1].frame is frame:
            raised = self._raised.pop()
            last = last or raised
        if last is None:
            return None
        instruction = frame.f_code.co_code[frame.f_lasti]
        if instruction in RETURNS or (instruction in _SUSPENSIONS and not last.just_now):
            return None
        return last.exception, last.traceback
