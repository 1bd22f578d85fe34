"""Stopping an evaluation that takes too long, from another thread.

The interpreter offers one way to break into running Python code: an asynchronous exception, raised in the target thread
between two bytecodes. A call that blocks in C notices it only when it returns. In the main thread a signal makes most
of them return: those that Python itself offers (`time.sleep`, locks, sockets, `os.waitpid`) then run the handlers of
signals, and ours gives the exception the bytecode that it waits for. No other thread can be reached so: the user is
told what it waits in.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` would load more
import ctypes
from collections.abc import Callable
from functools import partial
from types import TracebackType

from .originals import allocate_lock, get_ident, monotonic, start_new_thread

# What the operating system ignores unless a program asks for it, which hardly one does.
_ALARM: int | None = getattr(_signal, "SIGURG", None) if hasattr(_signal, "pthread_kill") else None
# What has not ended so long after it was told to is not going to.
_STUCK_SECONDS = 2.0


class EvaluationInterrupted(BaseException):
    """Raised inside the user's expression; a BaseException, so that `except Exception` lets it through."""


def raise_in(thread: int, exception: type[BaseException]) -> None:
    """Have `exception` raised in `thread`, the interpreter's number, between two of its bytecodes."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(exception))


def _alarmed(_number: int, _frame: object) -> None:
    """Do nothing: that the interpreter runs this at all lets the exception that waits be raised here."""


def _take_alarms() -> bool:
    """Have the alarm wake the calling thread; False where it cannot, or the program uses the signal itself."""
    try:
        if _ALARM is None or _signal.getsignal(_ALARM) is not _signal.SIG_DFL:
            return False
        _signal.signal(_ALARM, _alarmed)
    except ValueError:  # Not the main thread.
        return False
    return True


class Evaluation:
    """One evaluation under watch: a context manager around the code that may never end.

    At the deadline `warn` is called, once, and the evaluation goes on; without `warn` it is interrupted. While `gently`
    is set, an interrupt asks it first, from another thread: True means that the evaluation will end by itself.
    """

    def __init__(self, watchdog: Watchdog, seconds: float | None, warn: Callable[[], None] | None = None) -> None:
        self._watchdog = watchdog
        self.thread = get_ident()
        self.deadline = None if seconds is None else monotonic() + seconds
        self.warn = warn
        self.gently: Callable[[], bool] | None = None
        self.asked = False
        self.late = False
        self.interrupted = False
        # When it counts as stuck, once it was interrupted.
        self.stuck_at: float | None = None
        self.can_be_woken = False

    def __enter__(self) -> Evaluation:
        self.can_be_woken = _take_alarms()
        try:
            self._watchdog.begin(self)
        except BaseException:
            self._leave_alarms()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        while True:
            try:
                self._watchdog.end(self)
                break
            except EvaluationInterrupted:
                # It arrived while the evaluation was being taken off the list.
                continue
        if self.interrupted:
            _receive()
        self._leave_alarms()

    def _leave_alarms(self) -> None:
        """Leave the signal to the program; whoever has taken it during the evaluation keeps it."""
        if self.can_be_woken and _ALARM is not None and _signal.getsignal(_ALARM) is _alarmed:
            _signal.signal(_ALARM, _signal.SIG_DFL)


def _receive() -> None:
    """Let an interrupt that is still on its way arrive here, where it does no harm.

    Withdrawing it (PyThreadState_SetAsyncExc with NULL) is no way: 3.11 then looks for it for ever.
    """
    try:
        for _ in range(100):
            get_ident()
    except EvaluationInterrupted:
        pass


class Watchdog:
    """Interrupts evaluations at their deadline, or warns. Its thread starts with the first evaluation that has one."""

    def __init__(
        self,
        hide_thread: Callable[[], None],
        is_cancelled: Callable[[int], bool] = lambda thread: False,
        on_stuck: Callable[[int], None] = lambda thread: None,
    ) -> None:
        """`is_cancelled` says of a thread whether what it does now was cancelled before it came to be watched.

        `on_stuck` is told the number of a thread whose evaluation was interrupted and does not end.
        """
        self._hide_thread = hide_thread
        self._is_cancelled = is_cancelled
        self._on_stuck = on_stuck
        self._hurries = False
        self._running: list[Evaluation] = []
        self._lock = allocate_lock()
        self._wake = allocate_lock()
        self._wake.acquire()
        self._asleep_until: float | None = None
        self._started = False
        self._closed = False

    def watch(self, seconds: float | None, warn: Callable[[], None] | None = None) -> Evaluation:
        """Return a context manager; `seconds` None means no deadline, only `interrupt` ends it."""
        return Evaluation(self, seconds, warn)

    def interrupt(self, thread: int | None = None) -> bool:
        """Break into the evaluations of `thread` (of all threads for None); say whether there was one."""
        with self._lock:
            found = [one for one in self._running if thread is None or one.thread == thread]
            for one in found:
                self._break(one)
        return bool(found)

    def hurry(self) -> None:
        """The program is to go on: end the evaluations that are late, and at their deadline any that becomes so."""
        with self._lock:
            self._hurries = True
            for one in self._running:
                if one.late:
                    self._break(one)

    def calm(self) -> None:
        """The program goes on: nothing waits for an evaluation any more."""
        self._hurries = False

    def close(self) -> None:
        """Let the thread end, as soon as there is no evaluation: the next session would take it for the program's."""
        with self._lock:
            self._closed = True
            if self._wake.locked():
                self._wake.release()

    def begin(self, evaluation: Evaluation) -> None:
        """Put `evaluation` under watch. Raises EvaluationInterrupted where it was cancelled already."""
        with self._lock:
            if self._is_cancelled(evaluation.thread):
                raise EvaluationInterrupted
            self._running.append(evaluation)
            if evaluation.deadline is not None:
                self._expect(evaluation.deadline)

    def _expect(self, time: float) -> None:
        """Have the thread look at `time` at what is late then."""
        if not self._started:
            self._started = True
            self._asleep_until = time
            start_new_thread(self._run, ())
        elif self._asleep_until is None or time < self._asleep_until:
            self._asleep_until = time
            if self._wake.locked():
                self._wake.release()

    def end(self, evaluation: Evaluation) -> None:
        """Take `evaluation` off the list: it is not interrupted any more."""
        with self._lock:
            if evaluation in self._running:
                self._running.remove(evaluation)
            if self._closed and self._wake.locked():
                self._wake.release()

    def _break(self, evaluation: Evaluation) -> None:
        if evaluation.interrupted:
            return
        if evaluation.gently is not None and not evaluation.asked:
            evaluation.asked = True
            if evaluation.gently():
                return
        evaluation.interrupted = True
        raise_in(evaluation.thread, EvaluationInterrupted)
        if evaluation.can_be_woken and _ALARM is not None:
            _signal.pthread_kill(evaluation.thread, _ALARM)
        evaluation.stuck_at = monotonic() + _STUCK_SECONDS
        self._expect(evaluation.stuck_at)

    def _run(self) -> None:
        self._hide_thread()
        while True:
            late: list[Callable[[], None]] = []
            with self._lock:
                if self._closed and not self._running:
                    self._started = False
                    return
                now = monotonic()
                for one in self._running:
                    if one.deadline is not None and one.deadline <= now:
                        if one.warn is None or self._hurries:
                            self._break(one)
                        else:
                            late.append(one.warn)
                        one.deadline, one.late = None, True
                    elif one.stuck_at is not None and one.stuck_at <= now:
                        one.stuck_at = None
                        late.append(partial(self._on_stuck, one.thread))
                times = [time for one in self._running for time in (one.deadline, one.stuck_at)]
                waiting = [time for time in times if time is not None]
                if self._asleep_until is not None and self._asleep_until > now:
                    # It was woken for that: not once for each of many evaluations that are over before it looks.
                    waiting.append(self._asleep_until)
                self._asleep_until = min(waiting, default=None)
                pause = -1.0 if self._asleep_until is None else max(0.0, self._asleep_until - now)
            for warn in late:
                warn()
            self._wake.acquire(timeout=pause)
