"""What an expandable value has inside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import cast

from ..holding import Held
from .computed import Computed
from .elements import Elements, elements_of, pieces_of
from .guarding import guarded, guarded_members
from .instances import class_members, stored_members
from .kinds import QUIET, special_members
from .members import Category, Member, Storage
from .presenter import Presenter, count_grouped, grouped, quick_grouped
from .presenters.presentation import Presentation
from .presenters.table import classes_of_library, presentation_of, recognise
from .ready_rows import ReadyRows, ready_rows
from .text.spoken import spoken_row
from .tree import Children, Listing, Row

# By address: comparing classes could run code of their metaclass.
_NUMBERS = frozenset(map(id, (type(None), bool, int, float, complex, type(...), type(NotImplemented))))
_PLAIN_CONTAINERS = frozenset(
    map(id, (list, tuple, dict, set, frozenset, type({}.keys()), type({}.values()), type({}.items()), MappingProxyType))
)
_TEXTS = frozenset(map(id, (str, bytes, bytearray)))


def children_of(
    presenter: Presenter, held: Held, evaluate_name: str | None, *, withheld: bool = False
) -> Children | None:
    """Return what is inside; None for numbers, and for short texts where there is nothing of the agent's to add.

    With `withheld`, the text of the object left out something, and the first row is what its `__repr__` says.
    """
    kind = id(type(held.obj))
    if kind in _NUMBERS or (kind in _TEXTS and not presenter.extras and elements_in(held.obj) is None):
        return None
    return ObjectChildren(presenter, held, evaluate_name, withheld=withheld)


def members_of(obj: object) -> list[Member]:
    """Return the named members of any object, each name once."""
    return cast("list[Member]", quick_members_of(obj, None))


def quick_members_of(obj: object, ready: ReadyRows | None) -> list[Member | str]:
    """As `members_of`; with `ready`, some are rows already."""
    cls = type(obj)
    elements = elements_in(obj)
    if id(cls) in _TEXTS:
        return [_length(len(cast(str, obj)))] if elements is not None else []
    if elements is not None and id(cls) in _PLAIN_CONTAINERS:
        return [_length(elements.length(obj))]
    recognised = recognise(cls)
    found: dict[str, Member | str] = {}
    if recognised is None:
        for member in special_members(obj):
            found.setdefault(member.name, member)
        for name, one in stored_members(obj, ready).items():
            found.setdefault(name, one)
        for member in class_members(obj, QUIET):
            found.setdefault(member.name, member)
    else:
        for member in _members_of_foreign(obj, *recognised):
            found.setdefault(member.name, member)
    members = list(found.values())
    if elements is not None:
        members.append(_length(elements.length(obj)))
    return members


def elements_in(obj: object) -> Elements | None:
    """Return how to look into `obj`: a long text, one of Python's own containers, or of a library's."""
    cls = type(obj)
    if id(cls) in _TEXTS:
        return pieces_of(cast(str, obj))
    if id(cls) in _PLAIN_CONTAINERS:
        return elements_of(cls)
    presentation = presentation_of(cls)
    if presentation is not None and presentation.elements is not None:
        return guarded(presentation.elements)
    return elements_of(cls)


def _all_members(obj: object, quiet: frozenset[int]) -> Iterator[Member]:
    yield from special_members(obj)
    yield from cast("dict[str, Member]", stored_members(obj)).values()
    yield from class_members(obj, quiet)


def _members_of_foreign(obj: object, presentation: Presentation, base: type) -> Iterator[Member]:
    """Yield what the presenter says about an object of a library's, then what the user's class adds to it."""
    if presentation.members is not None:
        yield from guarded_members(presentation.members, obj)
    if not presentation.hides_insides:
        yield from _all_members(obj, QUIET | {id(base)})
        return
    for member in _all_members(obj, QUIET.union(map(id, classes_of_library(type(obj), base)))):
        if member.name.startswith("_"):
            member.category = Category.SPECIAL
        if member.name not in presentation.inner:
            yield member


def _length(length: int) -> Member:
    return Member("len()", length, ")", "len(", virtual=True, storage=Storage.LENGTH)


class ObjectChildren(Listing):
    """Elements of a container, attributes and groups of any object."""

    def __init__(self, presenter: Presenter, held: Held, evaluate_name: str | None, *, withheld: bool = False) -> None:
        super().__init__()
        self._presenter = presenter
        self._held = held
        self._evaluate_name = evaluate_name
        self._withheld = withheld

    @property
    def named(self) -> int:
        """How many rows have names."""
        obj = self._held.obj
        if id(type(obj)) in _PLAIN_CONTAINERS:
            return 1 + self._extras + self._withheld  # "len()"
        return count_grouped(self._presenter, members_of(obj)) + self._extras + self._withheld

    @property
    def _extras(self) -> int:
        return self._presenter.extras and not isinstance(self._held, Computed)

    @property
    def indexed(self) -> int:
        """How many elements there are."""
        obj = self._held.obj
        elements = elements_in(obj)
        return elements.length(obj) if elements is not None else 0

    def named_rows(self, only: str | None = None) -> list[Row]:
        """Return attributes, groups, the length of a container, and the agent's own row."""
        held = self._held
        rows = grouped(self._presenter, held, self._evaluate_name, lambda: members_of(held.obj), only)
        if only is not None and rows:
            return rows
        if self._withheld and only is None:
            rows.insert(0, spoken_row(self._presenter, held, self._evaluate_name))
        extra = self._presenter.extra_row(held, self._evaluate_name)
        return rows if extra is None or only not in {None, extra.name} else [*rows, extra]

    def quick_named_rows(self) -> Sequence[Row | str]:
        """As `named_rows`."""
        held, presenter, name = self._held, self._presenter, self._evaluate_name
        shown = quick_members_of(held.obj, ready_rows(name, presenter.limits, self._elements))
        rows = quick_grouped(presenter, held, name, shown, lambda: members_of(held.obj))
        if self._withheld:
            rows.insert(0, spoken_row(presenter, held, name))
        extra = presenter.extra_row(held, name)
        return rows if extra is None else [*rows, extra]

    def element_rows(self, start: int, stop: int) -> list[Row]:
        """Return elements of the container."""
        obj = self._held.obj
        elements = elements_in(obj)
        if elements is None:
            return []
        members = elements.page(obj, start, stop, self._presenter.reprs)
        return self._presenter.rows(self._held, self._evaluate_name, members)

    def quick_element_rows(self, start: int, stop: int) -> Sequence[Row | str]:
        """As `element_rows`."""
        obj, presenter = self._held.obj, self._presenter
        elements = elements_in(obj)
        ready = ready_rows(self._evaluate_name, presenter.limits, self._elements)
        if elements is None or elements.quick_page is None or ready is None:
            return self.element_rows(start, stop)
        members = elements.quick_page(obj, start, stop, presenter.reprs, ready)
        return presenter.quick_rows(self._held, self._evaluate_name, members)
