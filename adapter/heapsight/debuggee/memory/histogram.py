"""How many objects of each type there are, how large they are together, and what has changed since another moment.

A moment is kept as numbers by name: no type is kept alive for the sake of a comparison. Types of one name in one module
count as one type, which is what a module that was reloaded has.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from ...wire.heap_requests import HistogramRow, HistogramTotals
from ..attributes import type_qualname
from ..errors import RequestError
from ..holding import Held, Holder
from ..originals import perf_counter
from ..records import record
from ..typenames import module_name, plain_text
from .budget import Budget, without_collector
from .population import count_by_type

_Key = tuple[str, str]
_NONE: Final = (0, 0)
Sorting = Literal["size", "count", "sizeChange", "countChange", "name"]
SORTINGS: Final[tuple[Sorting, ...]] = ("size", "count", "sizeChange", "countChange", "name")


@record
class Moment:
    """The heap at one moment: count and size by module and qualified name. `all`: with untracked objects."""

    counts: dict[_Key, tuple[int, int]]
    all: bool
    complete: bool
    seconds: float

    @property
    def totals(self) -> tuple[int, int]:
        """Count and size of everything."""
        values = self.counts.values()
        return sum(count for count, _ in values), sum(size for _, size in values)


def take_moment(holder: Holder, budget: Budget, *, all: bool) -> tuple[Moment, dict[_Key, list[Held]]]:
    """Count all objects; return the figures, and the types, held in `holder`, by the same keys."""
    began = perf_counter()
    with without_collector():
        rows, complete = count_by_type(budget, all=all)
    counts: dict[_Key, tuple[int, int]] = {}
    types: dict[_Key, list[Held]] = {}
    for cls, count, size in rows:
        key = (module_name(cls), plain_text(type_qualname(cls)))
        known = counts.get(key)
        if known is None:
            counts[key] = (count, size)
            types[key] = [holder.hold(cls)]
        else:
            counts[key] = (known[0] + count, known[1] + size)
            types[key].append(holder.hold(cls))
    return Moment(counts, all, complete, perf_counter() - began), types


class Comparison:
    """The rows of one moment, compared with an earlier one or with none."""

    def __init__(self, now: Moment, before: Moment | None) -> None:
        self._now = now
        self._before = before
        self._counts_before = {} if before is None else before.counts

    def keys(self, sort_by: Sorting, filter: str | None) -> list[_Key]:
        """Return the keys of all rows whose qualified name contains `filter`, the largest first, then by name.

        Raises RequestError where a change is to be sorted by and there is none.
        """
        if sort_by in {"sizeChange", "countChange"} and self._before is None:
            raise RequestError(f"There is nothing to compare with yet, so no {sort_by!r} to sort by.")
        names = {key: _qualified(key) for key in (*self._now.counts, *self._counts_before)}
        if filter is not None:
            wanted = filter.casefold()
            names = {key: name for key, name in names.items() if wanted in name.casefold()}
        found = sorted(names, key=names.__getitem__)
        if sort_by != "name":
            place = ("count", "size").index("size" if sort_by.startswith("size") else "count")
            before = self._counts_before if sort_by.endswith("Change") else {}
            now = self._now.counts
            found.sort(key=lambda key: before.get(key, _NONE)[place] - now.get(key, _NONE)[place])
        return found

    def row(self, key: _Key, number_of: Callable[[_Key], int]) -> HistogramRow:
        """Return the row of one key; a type that is gone has 0 objects and no number."""
        module, name = key
        count, size = self._now.counts.get(key, _NONE)
        row = HistogramRow(name=name, qualifiedName=_qualified(key), module=module, count=count, size=size)
        if self._before is not None:
            count_before, size_before = self._counts_before.get(key, _NONE)
            row["countChange"], row["sizeChange"] = count - count_before, size - size_before
        if key in self._now.counts:
            row["type"] = number_of(key)
        return row

    def totals(self) -> HistogramTotals:
        """Return all rows together."""
        count, size = self._now.totals
        totals = HistogramTotals(count=count, size=size)
        if self._before is not None:
            count_before, size_before = self._before.totals
            totals["countChange"], totals["sizeChange"] = count - count_before, size - size_before
        return totals


def _qualified(key: _Key) -> str:
    module, name = key
    return name if module in {"builtins", "?"} else f"{module}.{name}"
