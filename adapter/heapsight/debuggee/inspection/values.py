"""What an expandable value has inside."""

from __future__ import annotations

from types import MappingProxyType

from ..holding import Held
from .elements import elements_of
from .instances import class_members, stored_members
from .kinds import QUIET, special_members
from .members import Member
from .presenter import Presenter, count_grouped, grouped
from .tree import Children, Listing, Row

# By address: comparing classes could run code of their metaclass.
_NUMBERS = frozenset(map(id, (type(None), bool, int, float, complex, type(...), type(NotImplemented))))
_PLAIN_CONTAINERS = frozenset(
    map(id, (list, tuple, dict, set, frozenset, type({}.keys()), type({}.values()), type({}.items()), MappingProxyType))
)
_TEXTS = frozenset(map(id, (str, bytes, bytearray)))


def children_of(presenter: Presenter, held: Held, evaluate_name: str | None) -> Children | None:
    """Return what is inside; None for numbers, and for strings where there is nothing of the agent's to add."""
    kind = id(type(held.obj))
    if kind in _NUMBERS or (kind in _TEXTS and not presenter.extras):
        return None
    return ObjectChildren(presenter, held, evaluate_name)


def members_of(obj: object) -> list[Member]:
    """Return the named members of any object, each name once."""
    if id(type(obj)) in _TEXTS:
        return []
    elements = elements_of(type(obj))
    if elements is not None and id(type(obj)) in _PLAIN_CONTAINERS:
        return [_length(elements.length(obj))]
    found: dict[str, Member] = {}
    for member in special_members(obj):
        found.setdefault(member.name, member)
    for member in stored_members(obj):
        found.setdefault(member.name, member)
    for member in class_members(obj, QUIET):
        found.setdefault(member.name, member)
    members = list(found.values())
    if elements is not None:
        members.append(_length(elements.length(obj)))
    return members


def _length(length: int) -> Member:
    return Member("len()", length, ")", "len(", virtual=True)


class ObjectChildren(Listing):
    """Elements of a container, attributes and groups of any object."""

    def __init__(self, presenter: Presenter, held: Held, evaluate_name: str | None) -> None:
        super().__init__()
        self._presenter = presenter
        self._held = held
        self._evaluate_name = evaluate_name

    @property
    def named(self) -> int:
        """How many rows have names."""
        return count_grouped(members_of(self._held.obj)) + self._presenter.extras

    @property
    def indexed(self) -> int:
        """How many elements there are."""
        elements = elements_of(type(self._held.obj))
        return elements.length(self._held.obj) if elements is not None else 0

    def named_rows(self, only: str | None = None) -> list[Row]:
        """Return attributes, groups, the length of a container, and the agent's own row."""
        held = self._held
        rows = grouped(self._presenter, held, self._evaluate_name, lambda: members_of(held.obj), only)
        if only is not None and rows:
            return rows
        extra = self._presenter.extra_row(held, self._evaluate_name)
        return rows if extra is None or only not in {None, extra.name} else [*rows, extra]

    def element_rows(self, start: int, stop: int) -> list[Row]:
        """Return elements of the container."""
        elements = elements_of(type(self._held.obj))
        if elements is None:
            return []
        members = elements.page(self._held.obj, start, stop, self._presenter.reprs)
        return self._presenter.rows(self._held, self._evaluate_name, members)
