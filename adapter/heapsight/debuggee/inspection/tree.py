"""The variables tree: rows, and what stands behind the number of an expandable one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..holding import Held
from ..records import mutable_record
from .computed import Computed
from .failures import Unassignable
from .members import Member

INDEXED = "indexed"
NAMED = "named"
# A client that asks for everything at once gets this many elements and one row to expand for the rest.
_AT_ONCE = 1000


@mutable_record
class Row:
    """One variable as the client sees it. Lives for one request, but `children` may be kept: it holds only `Held`s."""

    name: str
    value: str
    type: str = ""
    children: Children | None = None
    evaluate_name: str | None = None
    presentation: dict[str, object] | None = None
    held: Held | None = None
    refusal: str = "This value cannot be changed."
    # What the row was made of, where it is a part of something.
    owner: Held | None = None
    member: Member | None = None


class Children(Protocol):
    """What a `variablesReference` stands for."""

    @property
    def named(self) -> int:
        """How many rows have names."""

    @property
    def indexed(self) -> int:
        """How many rows are elements."""

    def rows(self, filter: str | None, start: int, count: int) -> Sequence[Row | str]:
        """Return a page; `filter` is 'named', 'indexed' or None for both, `count` 0 means all.

        A row that is JSON already is a str.
        """

    def assign(self, name: str, value: object) -> Row:
        """Bind the row `name` to `value` and return it as it is now.

        Raises Unassignable.
        """


class Listing(ABC):
    """Children that can be asked for a page of elements and for all named rows. Elements come first."""

    def __init__(self) -> None:
        # Where the rows shown so far are, so that one can be found again by its name.
        self._elements: dict[str, int] = {}

    @property
    def named(self) -> int:
        """How many rows have names."""
        return len(self.named_rows())

    @property
    def indexed(self) -> int:
        """How many rows are elements."""
        return 0

    @abstractmethod
    def named_rows(self, only: str | None = None) -> list[Row]:
        """Return the rows with names; with `only` the one of that name, in whatever group it is shown."""

    def element_rows(self, start: int, stop: int) -> list[Row]:
        """Return elements `start` to `stop`, which are in range."""
        return []

    def quick_named_rows(self) -> Sequence[Row | str]:
        """As `named_rows`; rows may be JSON already."""
        return self.named_rows()

    def quick_element_rows(self, start: int, stop: int) -> Sequence[Row | str]:
        """As `element_rows`; rows may be JSON already, if they can be found by their number or are in `_elements`."""
        return self.element_rows(start, stop)

    def rows(self, filter: str | None, start: int, count: int) -> list[Row | str]:
        """Return a page."""
        size = 0 if filter == NAMED else self.indexed
        stop = start + count if count > 0 else None
        found = [] if start >= size else self._page(start, stop, size, self.quick_element_rows)
        if filter != INDEXED and (stop is None or stop > size):
            found += self.quick_named_rows()[max(0, start - size) : None if stop is None else stop - size]
        return found

    def find(self, name: str) -> Row | None:
        """Return the row called `name` as it is now."""
        place = self._elements.get(name)
        if place is not None and place < self.indexed:
            row = self.element_rows(place, place + 1)[0]
            if name in {row.name, _distinct(row.name, place)}:
                row.name = name
                return row
        return next(iter(self.named_rows(name)), None) or self._search(name)

    def assign(self, name: str, value: object) -> Row:
        """Bind the row `name` to `value`."""
        row = self.find(name)
        if row is None:
            raise Unassignable(f"There is no {name!r} here any more.")
        if row.owner is None or row.member is None or row.member.store is None:
            raise Unassignable(row.refusal)
        _put(row.owner, row.member, row.member.store, value)
        return self.find(name) or row

    def _page(
        self, start: int, stop: int | None, size: int, make: Callable[[int, int], Sequence[Row | str]]
    ) -> list[Row | str]:
        rest = stop is None and size - start > _AT_ONCE + 1
        end = start + _AT_ONCE if rest else size if stop is None else min(stop, size)
        found = [*make(start, end)]
        for place, row in enumerate(found, start):
            if not isinstance(row, str) and self._elements.setdefault(row.name, place) != place:
                row.name = _distinct(row.name, place)
                self._elements[row.name] = place
        if rest:
            virtual: dict[str, object] = {"kind": "virtual"}
            found.append(Row(f"[{end} … {size - 1}]", "", children=Rest(self, end), presentation=virtual))
        return found

    def _search(self, name: str) -> Row | None:
        """Look through elements that were not shown yet."""
        if name.isdecimal() and int(name) < self.indexed:
            row = self.element_rows(int(name), int(name) + 1)[0]
            if row.name == name:
                return row
        for start in range(0, min(self.indexed, 100 * _AT_ONCE), _AT_ONCE):
            for found in self._page(start, start + _AT_ONCE, self.indexed, self.element_rows):
                if not isinstance(found, str) and found.name == name:
                    return found
        return None


class Rest(Listing):
    """The elements of another listing from some place on."""

    def __init__(self, whole: Listing, start: int) -> None:
        super().__init__()
        self._whole = whole
        self._start = start

    @property
    def indexed(self) -> int:
        """How many there are left."""
        return max(0, self._whole.indexed - self._start)

    def named_rows(self, only: str | None = None) -> list[Row]:
        """Return nothing: the whole shows them."""
        return []

    def element_rows(self, start: int, stop: int) -> list[Row]:
        """Return elements of the whole."""
        return self._whole.element_rows(self._start + start, self._start + stop)


def _put(owner: Held, member: Member, store: Callable[[Any, object], None], value: object) -> None:
    """Give a part of what `owner` stands for a new value."""
    put = owner.putting(member.place) if isinstance(owner, Computed) and member.place is not None else None
    if put is not None:
        put(value)
    else:
        store(owner.obj, value)


def _distinct(name: str, place: int) -> str:
    return f"{name} #{place}"


def find_row(children: Children, name: str) -> Row | None:
    """Return the row called `name` among any children."""
    if isinstance(children, Listing):
        return children.find(name)
    return next((row for row in children.rows(None, 0, 0) if not isinstance(row, str) and row.name == name), None)
