"""Setting the next statement of a stopped thread, by assigning to `frame.f_lineno`.

The interpreter allows that only from within a callback for a line that is about to run, for the frame of that line: a
stopped thread is inside one, unless it stopped on an exception or in the middle of a line. It also refuses to jump to
where its evaluation stack would have to hold something that is not there, such as a loop's iterator; what it says then
is passed on. It does not run the blocks that are jumped out of: no `finally`, no `__exit__`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from types import CodeType, FrameType

from ...frames import read_locals
from ..breakpoints.code_lines import breakable_lines, event_lines, first_traceable, nested_code
from ..model import Stop, StopReason
from ..threads import Threads


class JumpRefused(Exception):
    """A jump that is not possible; the text says why."""


class Jumps:
    """Where stopped threads can be made to go on. `same_file` compares two file names; `tell` reports a new stop."""

    def __init__(self, threads: Threads, same_file: Callable[[str, str], bool], tell: Callable[[Stop], None]) -> None:
        self._threads = threads
        self._same_file = same_file
        self._tell = tell
        # Ids are given out once in a session: places in this list, from 1.
        self._targets: list[tuple[str, int]] = []

    def target(self, path: str, line: int) -> tuple[int, int]:
        """Return the id of a target at `line` of a file, or after it where it has no code, and its line.

        Raises JumpRefused when no thread is stopped where it could jump there.
        """
        stops = [parked.stop for parked in list(self._threads.parked.values())]
        here = [stop for stop in stops if self._same_file(stop.frame.f_code.co_filename, path)]
        if not here:
            raise JumpRefused("No thread is stopped in this file: a jump cannot leave the function that it begins in.")
        reasons = []
        for stop in here:
            try:
                found = _line_in(stop, line)
            except JumpRefused as refusal:
                reasons.append(str(refusal))
                continue
            self._targets.append((stop.frame.f_code.co_filename, found))
            return len(self._targets), found
        raise JumpRefused(reasons[0])

    def jump(self, thread_id: int, target: int) -> list[str]:
        """Have the calling thread, which is stopped, go on at a target; it stops there at once.

        Returns the names of variables that had no value and are None now, which is the interpreter's doing. Raises
        JumpRefused.
        """
        if not 0 < target <= len(self._targets):
            raise JumpRefused(f"There is no jump target {target}.")
        path, line = self._targets[target - 1]
        stop = self._stop_of(thread_id)
        if not self._same_file(stop.frame.f_code.co_filename, path):
            raise JumpRefused("The thread is not stopped in the file of this jump target.")
        return self._go(thread_id, _line_in(stop, line, exact=True), StopReason.GOTO)

    def restart(self, thread_id: int, frame: FrameType) -> list[str]:
        """Have the calling thread, which is stopped in `frame`, begin it again; as `jump`.

        Its variables, arguments too, keep the values that they have now.
        """
        stop = self._stop_of(thread_id)
        refusal = restart_refusal(stop, frame)
        if refusal is not None:
            raise JumpRefused(refusal)
        return self._go(thread_id, first_line(frame.f_code), StopReason.RESTART)

    def _stop_of(self, thread_id: int) -> Stop:
        ident = self._threads.ident_of(thread_id)
        parked = self._threads.parked.get(ident) if ident is not None else None
        if parked is None:
            raise JumpRefused(f"Thread {thread_id} is not stopped.")
        return parked.stop

    def _go(self, thread_id: int, line: int, reason: StopReason) -> list[str]:
        ident = self._threads.ident_of(thread_id)
        parked = self._threads.parked[ident or 0]
        frame = parked.stop.frame
        before = set(read_locals(frame))
        with warnings.catch_warnings():
            # It warns of the variables that it binds to None, in the program's own output.
            warnings.simplefilter("ignore", RuntimeWarning)
            try:
                frame.f_lineno = line  # type: ignore[misc]
            except ValueError as error:
                raise JumpRefused(f"Python cannot jump to line {line}: {error}.") from None
        # Nothing of what the stop was for is true there.
        parked.stop = Stop(thread_id, reason, frame, before_line=True)
        # Behind the answer to the request, which this thread gives first.
        parked.post(lambda: self._tell(parked.stop))
        return sorted(name for name in read_locals(frame) if name not in before)


def restart_refusal(stop: Stop | None, frame: FrameType) -> str | None:
    """Say why `frame` cannot begin again; None where it can. `stop`: its thread's."""
    if stop is None or stop.frame is not frame:
        return "Only the innermost frame of a stopped thread can be restarted: Python cannot leave those inside it."
    if not stop.before_line:
        return _NOT_BEFORE_LINE
    line = first_line(frame.f_code)
    if _begins_with_set_up(frame.f_code, line):
        return "The function's only line also sets it up, which cannot be done twice."
    return None


def first_line(code: CodeType) -> int:
    """Return the line where the body of `code` begins to run."""
    begin = first_traceable(code)
    lines = (line for _, end, line in code.co_lines() if line is not None and end > begin)
    return next(lines, code.co_firstlineno)


_NOT_BEFORE_LINE = "Python can jump from the beginning of a line only, and the thread stands elsewhere: step first."


def _line_in(stop: Stop, line: int, *, exact: bool = False) -> int:
    """Return the line that a jump to `line` leads to: itself, or the next with code in the same function."""
    code = stop.frame.f_code
    if not stop.before_line:
        raise JumpRefused(_NOT_BEFORE_LINE)
    elsewhere = next((one for one in nested_code(code) if one is not code and line in breakable_lines(one)), None)
    lines = event_lines(code)
    if line not in lines and elsewhere is not None:
        raise JumpRefused(f"Line {line} is in {elsewhere.co_qualname}: {_SAME_FUNCTION.format(code.co_qualname)}")
    if line not in lines and (exact or not min(lines, default=0) <= line <= max(lines, default=0)):
        raise JumpRefused(f"Line {line} is not in {code.co_qualname}: {_SAME_FUNCTION.format(code.co_qualname)}")
    found = min(one for one in lines if one >= line)
    if _begins_with_set_up(code, found):
        raise JumpRefused(f"Line {found} also sets the function up, which cannot be done twice.")
    return found


_SAME_FUNCTION = "a jump cannot leave the function that the thread stands in, {}."


def _begins_with_set_up(code: CodeType, line: int) -> bool:
    """Say whether the first instruction of `line` is one that makes cells or the generator object."""
    first = next((start for start, _, one in code.co_lines() if one == line), None)
    return first is not None and first + 2 < first_traceable(code)
