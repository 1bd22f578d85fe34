"""What can be watched about a container: an item of a list or a dict, and how many items there are."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import cast

from ...attributes import type_name
from .owners import Owner
from .places import HIDDEN, MISSING, OnGone, Place

# Hashed and compared in C, by address: asking whether a class is in a set could run code of its metaclass.
_PLAIN_KEYS = frozenset(map(id, (str, int, bytes, float, bool, complex, type(None))))


class ContainerPlace(Place):
    """Something about a container: an item of a dict or a list, or how many there are."""

    end = "Nothing refers to the container any more."

    def __init__(self, label: str, container: object) -> None:
        super().__init__(label)
        self._owner = Owner(container)
        self.addresses = frozenset((id(container),))
        self._type = type_name(type(container))

    def is_of(self, kind: type) -> bool:
        """Say whether the container is an instance of `kind`."""
        return issubclass(type(self._owner.get()), kind)

    @property
    def title(self) -> str:
        """The item, and what sort of container has it."""
        return f"{self.label} ({self._type})"

    def when_gone(self, tell: OnGone) -> None:
        """Tell when the container dies, where it is held weakly."""
        self._owner.when_gone(tell)

    @property
    def lasts(self) -> bool:
        """Where the container is held weakly."""
        return self._owner.is_weak

    def is_gone(self) -> bool:
        """Say whether only we have the container."""
        return self._owner.is_gone()

    def references(self, address: int) -> int:
        """One to a container that cannot be held weakly."""
        return self._owner.references(address)


class IndexPlace(ContainerPlace):
    """An item of a list, by its index; a negative one counts from the end."""

    def __init__(self, label: str, container: list[object], index: int) -> None:
        super().__init__(label, container)
        self.index = index

    @property
    def key(self) -> tuple[object, ...]:
        """The list and the index."""
        return ("index", self._owner.address, self.index)

    def read(self) -> object:
        """Return the item."""
        container = self._owner.get()
        if container is None:
            return HIDDEN
        try:
            return list.__getitem__(cast("list[object]", container), self.index)
        except IndexError:
            return MISSING

    def means(self, key: object) -> bool:
        """Say whether an item that is asked for by `key` is this one."""
        container = self._owner.get()
        if type(key) is not int or container is None:
            return False
        length = list.__len__(cast("list[object]", container))
        return key % length == self.index % length if -length <= key < length else False


class KeyPlace(ContainerPlace):
    """The value of a key of a dict."""

    def __init__(self, label: str, container: dict[object, object], key: object) -> None:
        super().__init__(label, container)
        self._key = key
        # Another key's class could define how it is hashed and compared: it is looked for by identity.
        self._is_plain = _is_plain(key)

    @property
    def key(self) -> tuple[object, ...]:
        """The dict and the key."""
        return ("key", self._owner.address, self._key if self._is_plain else id(self._key), self._is_plain)

    def read(self) -> object:
        """Look the key up."""
        container = self._owner.get()
        if container is None:
            return HIDDEN
        if self._is_plain:
            return dict.get(cast("dict[object, object]", container), self._key, MISSING)
        items = list(dict.items(cast("dict[object, object]", container)))
        return next((value for key, value in items if key is self._key), MISSING)

    def means(self, key: object) -> bool:
        """Say whether `key` is this one."""
        if self._is_plain and _is_plain(key):
            return key == self._key
        return key is self._key

    def references(self, address: int) -> int:
        """One to the dict, one to the key."""
        return super().references(address) + int(id(self._key) == address)


class LengthPlace(ContainerPlace):
    """How many items a container has."""

    _LENGTHS = ((list, list.__len__), (dict, dict.__len__), (set, set.__len__), (deque, deque.__len__))

    @property
    def key(self) -> tuple[object, ...]:
        """The container."""
        return ("length", self._owner.address)

    @classmethod
    def can_watch(cls, container: object) -> bool:
        """Say whether `container` is of a kind whose length can be watched."""
        return issubclass(type(container), tuple(kind for kind, _ in cls._LENGTHS))

    def read(self) -> object:
        """Count the items."""
        container = self._owner.get()
        if container is None:
            return HIDDEN
        length = next(length for kind, length in self._LENGTHS if issubclass(type(container), kind))
        return cast(Callable[[object], int], length)(container)


def _is_plain(key: object) -> bool:
    """Say whether hashing and comparing `key` runs no code of the program's."""
    return id(type(key)) in _PLAIN_KEYS or (type(key) is tuple and all(map(_is_plain, key)))
