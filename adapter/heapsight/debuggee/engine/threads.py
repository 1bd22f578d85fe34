"""The program's threads: small numbers, names, and the place where a stopped one waits."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from ..originals import SimpleQueue, allocate_lock, get_ident
from ..own import is_own_frame, is_start_of_program
from .model import Stop

Command = Callable[[], None]
_MAIN = 1


@dataclass(frozen=True, slots=True)
class ThreadInfo:
    """A thread as the client knows it. `frame` is its innermost frame while it has one."""

    id: int
    name: str
    frame: FrameType | None


class Parked:
    """A thread that waits and runs commands meanwhile."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop
        self._commands: SimpleQueue[Command | None] = SimpleQueue()

    def post(self, command: Command) -> None:
        """Have `command` run on the thread."""
        self._commands.put(command)

    def let_go(self) -> None:
        """Let the thread go on once it has run what was posted before."""
        self._commands.put(None)

    def wait(self) -> None:
        """Run commands on the calling thread until it is let go."""
        while (command := self._commands.get()) is not None:
            command()


class Threads:
    """Numbers the program's threads and parks them. Threads of the debugger's own are hidden."""

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._ids: dict[int, int] = {}
        self._last = _MAIN
        self._hidden: set[int] = set()
        self.parked: dict[int, Parked] = {}

    def id_of(self, ident: int) -> int:
        """Return the small number of a thread, given out at first sight: 1 for the main thread."""
        known = self._ids.get(ident)
        if known is not None:
            return known
        with self._lock:
            if ident == threading.main_thread().ident:
                number = _MAIN
            else:
                self._last += 1
                number = self._last
            return self._ids.setdefault(ident, number)

    def ident_of(self, thread_id: int) -> int | None:
        """Return the interpreter's number of a thread."""
        return next((ident for ident, number in list(self._ids.items()) if number == thread_id), None)

    def forget(self, ident: int) -> None:
        """Drop the number of a thread that ended: the interpreter uses its own numbers again."""
        self._ids.pop(ident, None)

    def forget_ended(self) -> list[int]:
        """Drop the numbers of threads that have no frames any more, and return them."""
        # Not the frames: this call's own is among them, and would hold itself.
        running = set(sys._current_frames())
        ended = {ident: number for ident, number in list(self._ids.items()) if ident not in running}
        for ident in ended:
            self.forget(ident)
        return list(ended.values())

    def hide_current(self) -> None:
        """Make the calling thread one of the debugger's own."""
        self._hidden.add(get_ident())

    def is_hidden(self, ident: int) -> bool:
        """Say whether a thread is the debugger's own."""
        return ident in self._hidden

    def frames(self) -> dict[int, FrameType]:
        """Return the innermost frame of each of the program's threads, by the interpreter's number."""
        parked = self.parked
        # Of a parked thread the program's frame: one of ours in the answer would hold the answer, and both live on.
        return {
            ident: parked[ident].stop.frame if ident in parked else frame
            for ident, frame in sys._current_frames().items()
            if ident not in self._hidden
        }

    def list(self) -> list[ThreadInfo]:
        """Return the program's threads, the main one first."""
        found = [
            ThreadInfo(self.id_of(ident), thread_name(ident, self.id_of(ident)), frame)
            for ident, frame in self.frames().items()
        ]
        return sorted(found, key=lambda thread: thread.id)

    def park(self, ident: int, stop: Stop) -> Parked:
        """Make the calling thread count as stopped. The caller has it wait."""
        parked = self.parked[ident] = Parked(stop)
        return parked


def thread_name(ident: int, number: int) -> str:
    """Return the name of a thread, read without running code of the program's."""
    thread = threading._active.get(ident)  # type: ignore[attr-defined]
    name = getattr(thread, "_name", None)
    return name if type(name) is str else f"Thread-{number}"


def without_own(frame: FrameType | None) -> list[FrameType]:
    """Return `frame` and its callers, innermost first, without the debugger's own."""
    frames = []
    while frame is not None:
        if not is_own_frame(frame):
            frames.append(frame)
        elif is_start_of_program(frame):
            break
        frame = frame.f_back
    return frames
