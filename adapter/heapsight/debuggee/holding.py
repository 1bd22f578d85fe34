"""The one place where the agent keeps the user's objects alive between two requests.

Inspection must not change what it measures. Every reference that the agent keeps is therefore a `Held`, interned by
identity: whatever number of rows, handles and tree nodes show an object, it is held exactly once, that one reference
can be subtracted exactly, and releasing the holder releases everything.
"""

from __future__ import annotations

from collections.abc import Iterator


class Held:
    """One strong reference to a user object. Read `.obj` late, and never keep what it gives."""

    __slots__ = ("obj",)

    def __init__(self, obj: object) -> None:
        self.obj = obj


class Holder:
    """All objects held during one stop, each once."""

    def __init__(self) -> None:
        self._by_id: dict[int, Held] = {}

    def hold(self, obj: object) -> Held:
        """Return the one `Held` for `obj`, making it at first use."""
        held = self._by_id.get(id(obj))
        if held is None:
            held = self._by_id[id(obj)] = Held(obj)
        return held

    def is_held(self, address: int) -> bool:
        """Say whether the object at `address` is held (an address is an identity only while it is)."""
        return address in self._by_id

    @property
    def by_address(self) -> dict[int, Held]:
        """What is held, by address, as it is at each moment: to be read only."""
        return self._by_id

    def __iter__(self) -> Iterator[Held]:
        return iter(self._by_id.values())

    def release(self) -> None:
        """Drop every reference; `Held` objects kept elsewhere answer `None` from now on."""
        released, self._by_id = self._by_id, {}
        for held in released.values():
            held.obj = None
