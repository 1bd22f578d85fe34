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
from ..records import mutable_record, record
from ..typenames import module_name, plain_text, qualified_name, short_name
from .budget import Budget, without_collector
from .population import Population
from .sizes import Sizes

_Key = tuple[str, str]
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


@mutable_record
class _Tally:
    held: Held
    count: int = 0
    size: int = 0


def take_moment(holder: Holder, budget: Budget, *, all: bool) -> tuple[Moment, dict[_Key, list[Held]]]:
    """Count all objects; return the figures, and the types, held in `holder`, by the same keys."""
    began = perf_counter()
    with without_collector():
        population = Population(budget, all=all)
        tallies = _tally(population, holder)
    counts: dict[_Key, tuple[int, int]] = {}
    types: dict[_Key, list[Held]] = {}
    for tally in tallies.values():
        cls: type = tally.held.obj  # type: ignore[assignment]
        key = (module_name(cls), plain_text(type_qualname(cls)))
        count, size = counts.get(key, (0, 0))
        counts[key] = (count + tally.count, size + tally.size)
        types.setdefault(key, []).append(tally.held)
    return Moment(counts, all, population.complete, perf_counter() - began), types


def _tally(population: Population, holder: Holder) -> dict[int, _Tally]:
    tallies: dict[int, _Tally] = {}
    measure = Sizes().of

    def visit(objects: list[object]) -> None:
        for one in objects:
            cls = type(one)
            tally = tallies.get(id(cls))
            if tally is None:
                tally = tallies[id(cls)] = _Tally(holder.hold(cls))
            tally.count += 1
            tally.size += measure(one)

    population.visit(visit)
    return tallies


class Comparison:
    """The rows of one moment, compared with an earlier one or with none."""

    def __init__(self, now: Moment, before: Moment | None) -> None:
        self._now = now
        self._before = before

    def rows(self, sort_by: Sorting, filter: str | None, number_of: Callable[[_Key], int]) -> list[HistogramRow]:
        """Return all rows whose qualified name contains `filter`, the largest first. Gone types have 0 objects.

        Raises RequestError where a change is to be sorted by and there is none.
        """
        if sort_by in {"sizeChange", "countChange"} and self._before is None:
            raise RequestError(f"There is nothing to compare with yet, so no {sort_by!r} to sort by.")
        before = self._before.counts if self._before is not None else {}
        keys = dict.fromkeys((*self._now.counts, *before))
        rows = [self._row(key, before) for key in keys]
        if filter is not None:
            wanted = filter.casefold()
            rows = [row for row in rows if wanted in row["qualifiedName"].casefold()]
        if sort_by == "name":
            rows.sort(key=lambda row: row["qualifiedName"])
        else:
            rows.sort(key=lambda row: (-row[sort_by], row["qualifiedName"]))
        for row in rows:
            key = (row["module"], row["name"])
            if key in self._now.counts:
                row["type"] = number_of(key)
        return rows

    def totals(self) -> HistogramTotals:
        """Return all rows together."""
        count, size = self._now.totals
        totals = HistogramTotals(count=count, size=size)
        if self._before is not None:
            count_before, size_before = self._before.totals
            totals["countChange"], totals["sizeChange"] = count - count_before, size - size_before
        return totals

    def _row(self, key: _Key, before: dict[_Key, tuple[int, int]]) -> HistogramRow:
        module, name = key
        count, size = self._now.counts.get(key, (0, 0))
        qualified = name if module in {"builtins", "?"} else f"{module}.{name}"
        row = HistogramRow(name=name, qualifiedName=qualified, module=module, count=count, size=size)
        if self._before is not None:
            count_before, size_before = before.get(key, (0, 0))
            row["countChange"], row["sizeChange"] = count - count_before, size - size_before
        return row


def names_of(cls: type) -> tuple[str, str]:
    """Return the short and the qualified name of a type."""
    return short_name(cls), qualified_name(cls)
