"""How much work an answer may cost, and the collector kept out of it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

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


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep the cyclic collector off meanwhile.

    Our own allocations would otherwise be what makes it run, and with it the user's finalizers.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
