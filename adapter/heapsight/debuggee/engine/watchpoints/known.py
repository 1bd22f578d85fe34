"""What was in a watched place when it was last looked at, remembered without keeping it alive.

Numbers, short strings and the like are kept themselves. Of other objects there is a weak reference, or where the type
allows none, as for lists, the address: it is compared right after each write, before it can be another object's.
"""

from __future__ import annotations

from _weakref import ReferenceType
from collections.abc import Callable
from typing import cast

from .places import HIDDEN, MISSING

_ATOMS = frozenset(map(id, (bool, float, complex, type(None), type(MISSING), type(HIDDEN))))
_LONGEST = 1000
_MOST_BITS = 4096

Describe = Callable[[object], str]


class Known:
    """One value. `text`: what it was like when it was last written down."""

    __slots__ = ("_address", "_atom", "_is_atom", "_kind", "_weak", "text")

    def __init__(self, value: object, describe: Describe) -> None:
        self._address = id(value)
        self._kind = id(type(value))
        self._is_atom = _is_atom(value)
        self._atom = value if self._is_atom else None
        self._weak: ReferenceType[object] | None = None
        if not self._is_atom:
            try:
                self._weak = ReferenceType(value)
            except TypeError:
                pass
        self.text = self.write(value, describe)

    def is_still(self, value: object) -> bool:
        """Say whether `value` is the same object."""
        if self._is_atom:
            return self._atom is value
        if self._weak is not None:
            return self._weak() is value
        return id(value) == self._address and id(type(value)) == self._kind

    def equals(self, value: object) -> bool:
        """Say whether `value`, another object, is an equal number, string …"""
        return (
            self._is_atom and id(type(value)) == self._kind and _is_atom(value) and bool(self._atom == value)
        )  # the interpreter's own types: comparing them runs no code of the program's

    def describe(self, describe: Describe) -> str:
        """Return the text of the value: as it is now where it is still there, else as it was."""
        if self._is_atom:
            return self.write(self._atom, describe)
        value = self._weak() if self._weak is not None else None
        return self.text if value is None else describe(value)

    @staticmethod
    def write(value: object, describe: Describe) -> str:
        """Return the text of a value that may be none."""
        return "nothing" if value is MISSING or value is HIDDEN else describe(value)


def _is_atom(value: object) -> bool:
    kind = type(value)
    if kind is str or kind is bytes:
        return len(cast(str, value)) <= _LONGEST
    if kind is int:
        return int.bit_length(cast(int, value)) <= _MOST_BITS
    return id(kind) in _ATOMS
