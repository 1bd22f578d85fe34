"""Which exception leaves a frame, told from the events of `sys.settrace`.

Its 'return' event says None both for a function that returns None and for one that an exception leaves, and neither a
bare `raise` nor the end of a `finally` or `with` block is an 'exception' event. So the exceptions that a frame is
handling are remembered, no longer than the frame itself holds them, and the instruction that it ends at tells the rest.
What leaves a frame with `except*` may be a group that the interpreter has just put together: it shows in the caller.
"""

from __future__ import annotations

import opcode
import sys
from types import CodeType, FrameType, TracebackType

from ...own import is_own_frame
from ...records import mutable_record
from .types import is_group

RETURNS = frozenset(
    opcode.opmap[name] for name in ("RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR") if name in opcode.opmap
)
# A generator that an exception is thrown into stands at its `yield`, or at the instruction after it.
_SUSPENSIONS = frozenset((opcode.opmap["YIELD_VALUE"], opcode.opmap["RESUME"]))
_TAKES = opcode.opmap["PUSH_EXC_INFO"]
_SPLITS_GROUPS = opcode.opmap["CHECK_EG_MATCH"]
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
        # Under `except*` a frame handles a part of a group, or a group made for the exception; what is left goes on at
        # the end.
        return self.exception is handled or (
            handled is not None and (is_group(type(self.exception)) or is_group(type(handled)))
        )


class Unwinding:
    """The exceptions on their way, or being handled, in the frames of one thread. Its methods follow the events."""

    def __init__(self, left: dict[int, FrameType], ident: int) -> None:
        """left: by thread, a frame that was left with a group which its caller knows, the event's next place."""
        self._left = left
        self._ident = ident
        # By frame, each of which is held by its entries: a generator may wait while it handles an exception, and the
        # frame of one that is dropped still reports its end.
        self._raised: dict[int, list[_Raised]] = {}

    def concerns(self, frame: FrameType) -> bool:
        """Say whether `frame` may pass on an exception that is known here."""
        return id(frame) in self._raised

    def arrived(self, frame: FrameType) -> FrameType | None:
        """Take notice of an 'exception' event, before `raised`; return the frame that the exception has just left.

        Only one that `returned` has not told of.
        """
        left = self._left.pop(self._ident, None)
        return left if left is not None and left.f_back is frame else None

    def raised(self, frame: FrameType, exception: BaseException, traceback: TracebackType | None) -> None:
        """Take notice of an 'exception' event."""
        if not (issubclass(type(exception), StopIteration) and frame.f_code.co_code[frame.f_lasti] in _TAKES_THE_END):
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
        if frame.f_back is not None and not is_own_frame(frame.f_back) and _splits_groups(frame.f_code):
            self._left[self._ident] = frame
            return None
        return last.exception, last.traceback


def _splits_groups(code: CodeType) -> bool:
    """Say whether there is an `except*` in `code`."""
    return _SPLITS_GROUPS in code.co_code[::2]
