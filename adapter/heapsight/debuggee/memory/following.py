"""Objects that the user wants to see again at the next stop, held weakly: following keeps nothing alive."""

from __future__ import annotations

from _weakref import ref

from ..holding import Held, Holder


class Follower(ref[object]):
    """A weak reference of ours, told from the program's own by its type (and never shared with them)."""

    __slots__ = ()


class Following:
    """Numbers of followed objects, given out once in a session."""

    def __init__(self) -> None:
        self._followers: dict[int, tuple[Follower, str]] = {}
        self._last = 0

    def follow(self, held: Held, name: str) -> int | None:
        """Return the number under which the object is followed from now on; None if it cannot be held weakly."""
        for number, (follower, _) in self._followers.items():
            if follower() is held.obj:
                return number
        try:
            follower = Follower(held.obj)
        except TypeError:
            return None
        self._last += 1
        self._followers[self._last] = (follower, name)
        return self._last

    def find(self, number: int, holder: Holder) -> tuple[Held, str] | None:
        """Return the object, which is alive, held, and the name it was followed by; None when it is gone.

        Raises KeyError for a number that is not in use.
        """
        follower, name = self._followers[number]
        obj = follower()
        return None if obj is None else (holder.hold(obj), name)

    def unfollow(self, number: int) -> None:
        """Forget a number, in use or not."""
        self._followers.pop(number, None)
