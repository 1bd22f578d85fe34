"""Who is told what the engine notices."""

from __future__ import annotations

from typing import Protocol

from .model import Breakpoint, LogOutput, Stop


class Observer(Protocol):
    """Told what happens, on the thread concerned."""

    def stopped(self, stop: Stop) -> None:
        """A thread is about to park, and all others with it."""

    def breakpoint_changed(self, bp: Breakpoint) -> None:
        """A breakpoint was bound or moved."""

    def logged(self, output: LogOutput) -> None:
        """A log point was reached, or a condition failed."""

    def thread_started(self, thread_id: int, name: str) -> None:
        """A thread of the program began."""

    def thread_exited(self, thread_id: int) -> None:
        """A thread of the program is gone."""
