"""How much work an answer may cost, and the collector kept out of it."""

from __future__ import annotations

import gc

from ..originals import monotonic


class Budget:
    """Seconds from the moment it is made. A walk asks every so often, and says that it is partial when it stops."""

    __slots__ = ("_end", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = monotonic() + seconds

    def is_spent(self) -> bool:
        """Say whether it is time to stop."""
        return monotonic() > self._end

    def left(self) -> float:
        """Return how many seconds are left, 0 at least."""
        return max(0.0, self._end - monotonic())


class without_collector:
    """Keep the cyclic collector off meanwhile.

    Our own allocations would otherwise be what makes it run, and with it the user's finalizers. (A class of ours, no
    `contextmanager`: that one's objects would count as the program's.)
    """

    __slots__ = ("_was_enabled",)

    def __enter__(self) -> None:
        self._was_enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *raised: object) -> None:
        if self._was_enabled:
            gc.enable()
