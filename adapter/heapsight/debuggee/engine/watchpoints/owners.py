"""Holding what is watched: weakly where the type allows, else for as long as anybody else does."""

from __future__ import annotations

import sys
from _weakref import ReferenceType
from collections.abc import Callable

# The owner's own reference and the argument of the call.
_ONLY_OURS = 2


class Owner:
    """A reference to an object of the program. `address` is its identity while it is there."""

    __slots__ = ("_strong", "_tell", "_weak", "address")

    def __init__(self, obj: object) -> None:
        self.address = id(obj)
        self._strong: object = None
        self._weak: ReferenceType[object] | None = None
        tell = self._tell = list[Callable[[], None]]()
        try:
            self._weak = ReferenceType(obj, lambda _: _call(tell))
        except TypeError:
            self._strong = obj

    def when_gone(self, tell: Callable[[], None]) -> None:
        """Have `tell` called when the object dies, on whichever thread that is; not where it is held by us."""
        self._tell.append(tell)

    @property
    def is_weak(self) -> bool:
        """Whether the object lives no longer for being held."""
        return self._weak is not None

    def get(self) -> object | None:
        """Return the object; None when it is gone."""
        return self._strong if self._weak is None else self._weak()

    def is_gone(self) -> bool:
        """Say whether the object is gone, or would be but for us."""
        if self._weak is not None:
            return self._weak() is None
        return sys.getrefcount(self._strong) <= _ONLY_OURS

    def references(self, address: int) -> int:
        """Return how often this keeps the object at `address` alive."""
        return int(self._weak is None and self.address == address)


def _call(functions: list[Callable[[], None]], is_finalizing: Callable[[], bool] = sys.is_finalizing) -> None:
    # At the interpreter's end everything dies, and there is nobody left to be told.
    if not is_finalizing():
        for function in functions:
            function()
