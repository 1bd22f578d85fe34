"""Values that an object does not contain but that are made out of it: rows of an array, fields of a record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..holding import Held


class Computed(Held):
    """Stands for a value that is made anew from its owner whenever it is asked for, and kept by nobody.

    A row of an array, for instance, is a new object that refers to the array. Held, it would count as one more
    reference to the array, and the array could not be resized.
    """

    __slots__ = ("_owner", "_put", "_read")

    def __init__(
        self, owner: Held, read: Callable[[Any], object], put: Callable[[Any, int, object], None] | None = None
    ) -> None:
        """`put` changes an element where the value is a copy of something in the owner."""
        self._owner = owner
        self._read = read
        self._put = put

    def putting(self, place: int) -> Callable[[object], None] | None:
        """Return a function that changes the element at `place` in the owner; None where the value itself will do."""
        put = self._put
        if put is None:
            return None
        return lambda value: put(self._owner.obj, place, value)

    @property
    def obj(self) -> object:  # type: ignore[override]
        """Make the value."""
        return self._read(self._owner.obj)
