"""Numbers that stand for things of one stop."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

from .failures import StaleHandle

T = TypeVar("T")


class Handles(Generic[T]):
    """Number ↔ thing. Cleared on resume; a number is never given out twice in a session."""

    def __init__(self) -> None:
        self._things: dict[int, T] = {}
        self._numbers: dict[Hashable, int] = {}
        self._last = 0

    def number(self, key: Hashable, make: Callable[[], T]) -> int:
        """Return the number of `key`, the same throughout a stop. The thing is made anew, and is what counts now.

        `key` must not keep a user's object alive: use addresses of what is held anyway.
        """
        number = self._numbers.get(key)
        if number is None:
            self._last += 1
            number = self._numbers[key] = self._last
        self._things[number] = make()
        return number

    def find(self, key: Hashable) -> int | None:
        """Return the number of `key`, where it has one."""
        return self._numbers.get(key)

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._things.values()))

    def __getitem__(self, number: int) -> T:
        thing = self._things.get(number)
        if thing is None:
            gone = 0 < number <= self._last
            raise StaleHandle(
                f"{number} belongs to an earlier stop; the program has gone on since."
                if gone
                else f"There is no frame or variable with the number {number}."
            )
        return thing

    def clear(self) -> None:
        """Forget everything of this stop."""
        self._things.clear()
        self._numbers.clear()
