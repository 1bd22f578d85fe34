"""Where stopped threads wait: one stop is told at a time, and all that wait are let go together, or one alone."""

from __future__ import annotations

from typing import Protocol

from ..originals import allocate_lock
from .main_thread import main_ident
from .model import Stop, StopReason
from .threads import Idle, Parked, Threads


class Stopping(Protocol):
    """Who is told of stops. All is called on the thread that stops."""

    def has_arrived(self, ident: int) -> None:
        """A thread is about to wait: it is not on its way to anything any more."""

    def first_stop(self, ident: int, stop: Stop) -> None:
        """A thread stops, the first to do so: others are to stop, and the client is to know."""


class Parking:
    """Has threads wait at their stops."""

    def __init__(self, threads: Threads, told: Stopping, idle: Idle | None) -> None:
        """`idle`: what the main thread does again and again while it waits."""
        self._threads = threads
        self._told = told
        self._idle = idle
        self._lock = allocate_lock()
        self._is_stopped = False
        # Threads that were let go while others stay stopped: what they stop for is told all the same.
        self._alone: set[int] = set()

    def forked(self) -> None:
        """Forget who holds the lock: perhaps a thread that does not exist in the forked child."""
        self._lock = allocate_lock()

    def wait(self, ident: int, stop: Stop, *, silent: bool) -> None:
        """Wait, on the calling thread, until it is let go; a second stop is told when the first one is over.

        silent: it stops because another one did, and has nothing to tell.
        """
        while True:
            self._told.has_arrived(ident)
            with self._lock:
                first = not self._is_stopped or ident in self._alone
                if silent and first:
                    # The program went on before this thread came by.
                    return
                self._is_stopped = True
                parked = self._threads.park(ident, stop)
            if first:
                self._alone.clear()
                self._told.first_stop(ident, stop)
            parked.wait(self._idle if ident == main_ident() else None)
            # Whoever is paused together with another thread has nothing to tell.
            if first or silent or stop.reason is StopReason.PAUSE:
                return

    def release_one(self, ident: int, parked: Parked | None) -> None:
        """Let one thread go; the others stay."""
        with self._lock:
            self._threads.parked.pop(ident, None)
            self._is_stopped = bool(self._threads.parked)
            self._alone.add(ident)
        if parked is not None:
            parked.let_go()

    def release_all(self) -> None:
        """Let every thread go."""
        with self._lock:
            parked = list(self._threads.parked.values())
            self._threads.parked.clear()
            self._is_stopped = False
            self._alone.clear()
        for one in parked:
            one.let_go()
