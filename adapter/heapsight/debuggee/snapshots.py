"""Snapshots that the program itself asks for, at once or when something happens. No debugger is needed for them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from types import FrameType, TracebackType
from typing import Any, Final

from .memory.capture.capturing import SnapshotFailed, Wish, capture, resident_bytes
from .originals import allocate_lock, start_new_thread

_POLL_SECONDS: Final = 0.25
_MEGABYTE: Final = 1 << 20
# What a snapshot in Python needs at first when there is no memory left.
_RESERVE_BYTES: Final = 32 * _MEGABYTE


def snapshot(path: str | os.PathLike[str] | None, label: str | None) -> str:
    """See `heapsight.snapshot`."""
    try:
        return capture(Wish(path=None if path is None else os.fspath(path), label=label)).path
    except SnapshotFailed as error:
        raise OSError(str(error)) from None


class Destination:
    """Where snapshots go that are taken when something happens.

    folder: `.heapsight` for None. path: of the first of them; later ones have a number before the suffix.
    """

    def __init__(
        self, folder: str | os.PathLike[str] | None = None, path: str | None = None, label: str | None = None
    ) -> None:
        # Where it is now: the program may change its current folder.
        self._folder = os.path.abspath(".heapsight" if folder is None else os.fspath(folder))
        self._path = None if path is None else os.path.abspath(path)
        self._label = label
        self._taken = 0

    def take(self, reason: str, roots: Mapping[str, object] | None = None) -> None:
        """Take a snapshot in the middle of the program, which notices nothing but a line on standard error."""
        said = ""
        try:
            said = f"snapshot written to {capture(self._wish(reason, roots)).path}"
        except Exception as error:  # noqa: BLE001 - the program goes on, whatever is wrong with the snapshot
            said = f"no snapshot: {error or type(error).__name__}"
        try:
            os.write(2, f"heapsight: {said}\n".encode("utf-8", "backslashreplace"))
        except OSError:
            pass

    def _wish(self, reason: str, roots: Mapping[str, object] | None) -> Wish:
        self._taken += 1
        path = self._path
        if path is not None and self._taken > 1:
            stem, suffix = os.path.splitext(path)
            path = f"{stem}-{self._taken}{suffix}"
        return Wish(path=path, folder=self._folder, label=self._label, reason=reason, roots=roots)


def on_signal(signum: int | None, to: Destination) -> None:
    """See `heapsight.snapshot_on_signal`."""
    import signal

    if signum is None:
        if not hasattr(signal, "SIGUSR2"):
            raise ValueError("This system has no SIGUSR2: name a signal.")
        signum = signal.SIGUSR2

    def take(number: int, frame: FrameType | None) -> None:
        to.take("signal")

    signal.signal(signum, take)


def on_memory_error(to: Destination) -> None:
    """See `heapsight.snapshot_on_memory_error`."""
    import threading

    reserve = [bytearray(_RESERVE_BYTES)]
    in_main, in_threads = sys.excepthook, threading.excepthook

    def take(kind: type[BaseException] | None, error: BaseException | None) -> None:
        if kind is not None and issubclass(kind, MemoryError):
            reserve.clear()
            # Its traceback has the frames in which the memory was used.
            to.take("MemoryError", {"uncaught exception": error})

    def main_hook(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        take(kind, error)
        in_main(kind, error, traceback)

    def thread_hook(told: Any) -> None:
        take(told.exc_type, told.exc_value)
        in_threads(told)

    sys.excepthook, threading.excepthook = main_hook, thread_hook


def above(megabytes: float, to: Destination) -> None:
    """See `heapsight.snapshot_above`."""
    if isinstance(megabytes, bool) or not isinstance(megabytes, (int, float)) or not megabytes > 0:
        raise ValueError(f"The limit has to be a number of megabytes above 0, not {megabytes!r}.")
    if measured_bytes() is None:
        raise OSError("This system does not tell how much memory a process uses.")
    start_new_thread(_watch, (megabytes * _MEGABYTE, lambda: to.take("limit")))


def after(seconds: float, to: Destination) -> None:
    """Take a snapshot in so many seconds, if the program still runs then."""
    start_new_thread(_wait_and_take, (seconds, lambda: to.take("time")))


def measured_bytes() -> int | None:
    """Return the resident bytes of this process; where only the most that it ever had is told, that."""
    resident = resident_bytes()
    if resident is not None:
        return resident
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _watch(limit: float, take: Callable[[], None]) -> None:
    """Take a snapshot each time that the memory has grown to the limit, which doubles then."""
    pause = allocate_lock()
    pause.acquire()
    while True:
        used = measured_bytes()
        if used is not None and used >= limit:
            take()
            while limit <= used:
                limit *= 2
        pause.acquire(timeout=_POLL_SECONDS)


def _wait_and_take(seconds: float, take: Callable[[], None]) -> None:
    pause = allocate_lock()
    pause.acquire()
    pause.acquire(timeout=seconds)
    take()
