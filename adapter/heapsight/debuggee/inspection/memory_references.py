"""Memory references: what a client asks with to read and write the bytes of a value.

A reference names the object, not the stop: a memory view that stays open goes on when the object is shown again, or if
it can be referred to weakly. It keeps nothing alive.
"""

from __future__ import annotations

from _weakref import ref

from ..holding import Held
from .buffers import has_buffer
from .computed import Computed
from .failures import StaleHandle


class MemoryReferences:
    """References given out, and of those that were used what they mean after the stop."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}
        self._opened: dict[str, ref[object] | None] = {}

    def reference(self, held: Held) -> str | None:
        """Return the reference for a value; None where it has no bytes of its own."""
        if isinstance(held, Computed) or not has_buffer(held.obj):
            return None
        reference = f"{id(held.obj):#x}"
        self._held[reference] = held
        return reference

    def open(self, reference: str) -> object:
        """Return the object of a reference. Raises StaleHandle."""
        held = self._held.get(reference)
        if held is not None:
            self._opened.setdefault(reference, None)
            return held.obj
        weak = self._opened.get(reference)
        found = weak() if weak is not None else None
        if found is None:
            raise StaleHandle(
                "This memory belongs to an earlier stop; look at its variable again to see it as it is now."
            )
        return found

    @property
    def opened(self) -> list[str]:
        """The references that were used and still mean something."""
        found = []
        for reference, weak in self._opened.items():
            if reference in self._held or (weak is not None and weak() is not None):
                found.append(reference)
        return found

    def release(self) -> None:
        """End a stop: of what is open only a weak reference stays, where the type allows one."""
        for reference in list(self._opened):
            held = self._held.get(reference)
            if held is not None:
                self._opened[reference] = _weak(held.obj)
        self._held.clear()


def _weak(obj: object) -> ref[object] | None:
    try:
        return ref(obj)
    except TypeError:
        return None
