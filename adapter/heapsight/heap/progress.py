"""Telling how far something is, and hearing that nobody wants it any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from .errors import Cancelled

Tell = Callable[[str, float], None]
T = TypeVar("T")

# After so many objects a loop tells how far it is.
_ROUNDS = 1 << 10


class Progress:
    """What a question is worked on with. `cancelled` is one byte: another thread sets it, loops and passes look at it.

    tell: called with what is being done, and how far that is, from 0 to 1.
    """

    def __init__(self, tell: Tell | None = None) -> None:
        self.cancelled = bytearray(1)
        self._tell = tell

    def __call__(self, title: str, fraction: float) -> None:
        """Tell how far it is. Raises Cancelled where nobody wants the answer any more."""
        if self.cancelled[0]:
            raise Cancelled
        if self._tell is not None:
            self._tell(title, fraction)

    def through(self, items: Iterable[T], title: str, count: int) -> Iterator[T]:
        """Yield the items, of which there are `count`, and tell how far it is. Raises Cancelled."""
        for number, item in enumerate(items):
            if not number % _ROUNDS or self.cancelled[0]:
                self(title, number / max(count, 1))
            yield item
