"""The program's threads: small numbers, names, and the place where a stopped one waits."""

from __future__ import annotations

import sys
import threading
from _thread import _local as ThreadLocal
from _weakref import ref
from collections import deque
from collections.abc import Callable
from types import FrameType

from ..frames import frames_of_threads
from ..originals import Empty, SimpleQueue, allocate_lock, get_ident
from ..own import is_own_code, is_own_frame, is_start_of_program
from ..records import record
from .main_thread import main_ident
from .model import Stop

Command = Callable[[], None]
Idle = Callable[[], bool]
_IDLE_SECONDS = 0.05
_MAIN = 1


@record
class ThreadInfo:
    """A thread as the client knows it. `frame` is its innermost frame while it has one."""

    id: int
    name: str
    frame: FrameType | None


class Parked:
    """A thread that waits and runs commands meanwhile.

    A signal handler may raise at any point of the wait. So nothing is taken off the list before it has been done, and
    what wakes the thread carries no meaning of its own: a command, or the word to go on, is never lost.
    """

    def __init__(self, stop: Stop) -> None:
        self.stop = stop
        self._commands: deque[Command] = deque()
        self._may_go = False
        self._wake_ups: SimpleQueue[None] = SimpleQueue()

    def post(self, command: Command) -> None:
        """Have `command` run on the thread. It may be run a second time where a signal handler raised meanwhile."""
        self._commands.append(command)
        self._wake_ups.put(None)

    def let_go(self) -> None:
        """Let the thread go on once it has run what was posted before."""
        self._may_go = True
        self._wake_ups.put(None)

    def wait(self, idle: Idle | None = None) -> None:
        """Run commands on the calling thread until it is let go.

        `idle` is called again and again while there is none, until it says that it has nothing to do.
        What a signal handler raises meanwhile, such as KeyboardInterrupt, is raised when the thread goes on.
        """
        late: BaseException | None = None
        while self._commands or not self._may_go:
            try:
                if not self._commands:
                    self._sleep(idle)
                while self._commands:
                    try:
                        self._commands[0]()
                    finally:
                        self._commands.popleft()
            except BaseException as error:  # noqa: BLE001 - the program's own handler; anything may come out of it
                late = error
        if late is not None:
            raise late

    def _sleep(self, idle: Idle | None) -> None:
        while idle is not None and idle():
            try:
                self._wake_ups.get(timeout=_IDLE_SECONDS)
            except Empty:
                continue
            return
        self._wake_ups.get()


class _Presence:
    """Dies with the thread in whose local storage it is: the only notice of a thread's end that there is."""

    __slots__ = ("_ident", "_threads")

    def __init__(self, threads: ref[Threads], ident: int) -> None:
        self._threads = threads
        self._ident = ident

    def __del__(self, _is_finalizing: Callable[[], bool] = sys.is_finalizing) -> None:
        threads = self._threads()
        if threads is not None and not _is_finalizing():
            threads.ended(self._ident)


class Threads:
    """Numbers the program's threads and parks them. Threads of the debugger's own are hidden."""

    def __init__(self, on_end: Callable[[int, int | None], None]) -> None:
        """`on_end` is told a thread's number of the interpreter's and its small one, if it had any."""
        self._on_end = on_end
        self._here = ThreadLocal()
        self._lock = allocate_lock()
        self._ids: dict[int, int] = {}
        self._last = _MAIN
        # Those of the debugger's own, by the interpreter's numbers.
        self.hidden: set[int] = set()
        self.parked: dict[int, Parked] = {}

    def id_of(self, ident: int) -> int:
        """Return the small number of a thread, given out at first sight: 1 for the main thread."""
        known = self._ids.get(ident)
        if known is not None:
            return known
        with self._lock:
            if ident == main_ident():
                number = _MAIN
            else:
                self._last += 1
                number = self._last
            return self._ids.setdefault(ident, number)

    def ident_of(self, thread_id: int) -> int | None:
        """Return the interpreter's number of a thread."""
        return next((ident for ident, number in list(self._ids.items()) if number == thread_id), None)

    def begin(self) -> int:
        """Return the number of the calling thread, a new one if it is the first time that it is seen here."""
        ident = get_ident()
        if getattr(self._here, "presence", None) is None:
            # The interpreter uses its own numbers again; a thread that had this one has ended.
            if ident != main_ident() and ident not in self.parked:
                self._ids.pop(ident, None)
            self.watch()
        return self.id_of(ident)

    def has_begun(self) -> bool:
        """Say whether the calling thread is known: gevent has greenlets of a thread begin as if they were threads."""
        return getattr(self._here, "presence", None) is not None or get_ident() == main_ident()

    def watch(self) -> None:
        """Take notice of the end of the calling thread."""
        if getattr(self._here, "presence", None) is None:
            self._here.presence = _Presence(ref(self), get_ident())

    def ended(self, ident: int) -> None:
        """Forget a thread that has ended: the interpreter uses its own numbers again."""
        self.hidden.discard(ident)
        self._on_end(ident, self._ids.pop(ident, None))

    def forget_ended(self) -> None:
        """Forget threads that have no frames any more and whose end went unnoticed."""
        # Not the frames: this call's own is among them, and would hold itself.
        running = set(frames_of_threads())
        for ident in list(self._ids):
            if ident not in running:
                self.ended(ident)

    def hide_current(self) -> None:
        """Make the calling thread one of the debugger's own."""
        self.hidden.add(get_ident())
        self.watch()

    def is_hidden(self, ident: int) -> bool:
        """Say whether a thread is the debugger's own."""
        return ident in self.hidden

    def frames(self) -> dict[int, FrameType]:
        """Return the innermost frame of each of the program's threads, by the interpreter's number."""
        parked = self.parked
        # Of a parked thread the program's frame: one of ours in the answer would hold the answer, and both live on.
        return {
            ident: parked[ident].stop.frame if ident in parked else frame
            for ident, frame in frames_of_threads().items()
            if ident not in self.hidden
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


def thread_name(ident: int, number: int, thread: object = None) -> str:
    """Return the name of a thread, read without running code of the program's; `thread`: its `threading.Thread`."""
    if thread is None:
        active = threading._active.get(ident)  # type: ignore[attr-defined]
        thread = threading.main_thread() if ident == main_ident() else active
    try:
        name = object.__getattribute__(thread, "_name")
    except AttributeError:
        name = None
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


def is_own_thread(ident: int, frame: FrameType) -> bool:
    """Say whether the thread of that number, which is in `frame`, was started by the debugger."""
    while frame.f_back is not None:
        frame = frame.f_back
    return is_own_code(frame.f_code) and ident != main_ident()
