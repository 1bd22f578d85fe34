"""What can be asked about all objects of the stopped program at once: how many, what is new, which they are."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Final, cast

from ...wire.heap_requests import HistogramBody, Instance, InstancesBody, MarkBody
from ..attributes import type_namespace
from ..errors import RequestError
from ..holding import Held, Holder
from ..typenames import module_namespace, qualified_name
from .budget import Budget
from .histogram import Comparison, Moment, Sorting, take_moment
from .instances import Chosen, InstanceFilter, InstanceSearch, Ordering
from .ours import OwnReferences
from .probe import reference_count
from .retained import Retained
from .sizes import shallow_size

_SECONDS: Final = 30.0
_PAGE: Final = 100
_Key = tuple[str, str]
# Where an object was created: path, line, name of the function.
Creation = tuple[str, int, str]


class LiveHeap:
    """Answers for one session; numbers of types end with each stop, the figures of earlier stops stay.

    `number_of` gives an object its number in `heapsight/inspect`; `creation_of` says where one was created, if known.
    """

    def __init__(
        self, holder: Holder, number_of: Callable[[Held], int], creation_of: Callable[[object], Creation | None]
    ) -> None:
        self._holder = holder
        self._number_of = number_of
        self._creation_of = creation_of
        self._now: Moment | None = None
        self._last: Moment | None = None
        self._mark: Moment | None = None
        self._types: dict[_Key, list[Held]] = {}
        self._type_numbers: dict[_Key, int] = {}
        self._keys: dict[int, _Key] = {}
        self._last_number = 0
        self._chosen: tuple[object, Chosen] | None = None

    def histogram(
        self,
        *,
        compare_with: str,
        sort_by: Sorting,
        filter: str | None,
        all: bool | None,
        start: int,
        count: int,
    ) -> HistogramBody:
        """Count all objects; return a page of types. Later pages are of the count that the first one made.

        Raises RequestError for a comparison with a mark that was not set, or by changes that there are none of.
        """
        wanted = default_all() if all is None else all
        now = self._now
        if now is None or start == 0 or now.all != wanted:
            now, self._types = take_moment(self._holder, Budget(_SECONDS), all=wanted)
            self._now = now
        before = self._compared(compare_with)
        if before is not None and before.all != now.all:
            before = None  # the difference would be that of the questions
        comparison = Comparison(now, before)
        keys = comparison.keys(sort_by, filter)
        page = keys[start : start + count] if count > 0 else keys[start:]
        return {
            "rows": [comparison.row(key, self._type_number) for key in page],
            "total": len(keys),
            "totals": comparison.totals(),
            "comparedWith": None if before is None else "mark" if compare_with == "mark" else "lastStop",
            "all": now.all,
            "complete": now.complete,
            "seconds": now.seconds,
        }

    def mark(self, *, all: bool | None) -> MarkBody:
        """Remember this moment, to compare with at any later one; `all` as for a histogram."""
        wanted = default_all() if all is None else all
        self._mark, _ = take_moment(self._holder, Budget(_SECONDS), all=wanted)
        count, size = self._mark.totals
        return {"count": count, "size": size}

    def type_named(self, name: str) -> list[Held]:
        """Return the types, alive, of a qualified name, held. Raises RequestError where there is none.

        A type is looked for in its module first, then, local classes, among all there are.
        """
        found = _type_in_module(name)
        if found is not None:
            return [self._holder.hold(found)]
        types = [self._holder.hold(one) for one in _all_types() if qualified_name(one) == name]
        if not types:
            raise RequestError(f"There is no type {name!r} in the program. Names are written as in 'shop.Order'.")
        return types

    def type_numbered(self, number: int) -> list[Held]:
        """Return the types that a row of a histogram of this stop is about. Raises RequestError."""
        key = self._keys.get(number)
        if key is None:
            if 0 < number <= self._last_number:
                raise RequestError("That type is of an earlier stop; ask for the histogram again.")
            raise RequestError(f"There is no type with the number {number}.")
        return self._types[key]

    def instances(
        self,
        types: list[Held],
        *,
        filter: InstanceFilter | None,
        question: object,
        subclasses: bool,
        sort_by: Ordering,
        start: int,
        count: int,
        text: Callable[[object], str],
    ) -> InstancesBody:
        """Return a page of the instances of `types`. Later pages are of the search that the first one made.

        question: what makes this search another one than the last. text: what to write for an object.
        """
        search = InstanceSearch(types, self._holder, subclasses=subclasses)
        chosen = self._chosen[1] if self._chosen is not None and self._chosen[0] == question and start else None
        if chosen is None:
            chosen = search.choose(sort_by, Budget(_SECONDS), filter)
            self._chosen = (question, chosen)
        page = chosen.addresses[start : start + (count if count > 0 else _PAGE)]
        held = search.hold(page, Budget(_SECONDS))
        ours = OwnReferences()
        body: InstancesBody = {
            "instances": [self._instance(one, ours, chosen.retained, text) for one in held],
            "total": len(chosen.addresses),
            "complete": chosen.complete,
        }
        if chosen.failed:
            body["failed"] = chosen.failed
            body["error"] = chosen.error or "?"
        return body

    def release(self) -> None:
        """End the stop: what was counted is the last stop's from now on."""
        if self._now is not None:
            self._last, self._now = self._now, None
        self._types = {}
        self._type_numbers.clear()
        self._keys.clear()
        self._chosen = None

    def _compared(self, compare_with: str) -> Moment | None:
        if compare_with == "nothing":
            return None
        if compare_with == "mark":
            if self._mark is None:
                raise RequestError("No moment has been marked yet: 'heapsight/mark' does that.")
            return self._mark
        return self._last

    def _type_number(self, key: _Key) -> int:
        number = self._type_numbers.get(key)
        if number is None:
            self._last_number += 1
            number = self._type_numbers[key] = self._last_number
            self._keys[number] = key
        return number

    def _instance(
        self, held: Held, ours: OwnReferences, retained: Mapping[int, Retained], text: Callable[[object], str]
    ) -> Instance:
        references = reference_count(held, ours)  # before its text is written, which may keep it for a while
        instance: Instance = {
            "object": self._number_of(held),
            "type": qualified_name(type(held.obj)),
            "value": text(held.obj),
            "size": shallow_size(held.obj),
            "references": references,
        }
        found = retained.get(id(held.obj))
        if found is not None:
            instance["retained"] = found.body()
        created = self._creation_of(held.obj)
        if created is not None:
            path, line, function = created
            instance["created"] = {"path": path, "line": line, "function": function}
        return instance


def default_all() -> bool:
    """Say whether a histogram counts untracked objects where the client does not say."""
    return False


def _type_in_module(name: str) -> type | None:
    """Return the class of a qualified name by looking into module and classes, without running user code."""
    parts = name.split(".")
    for split in range(len(parts) - 1, -1, -1):
        module = ".".join(parts[:split]) or "builtins"
        found: object = sys.modules.get(module)
        for part in parts[split:]:
            found = _namespace_of(found).get(part)
        if found is not None and issubclass(type(found), type) and qualified_name(cast(type, found)) == name:
            return cast(type, found)
    return None


def _namespace_of(one: object) -> Mapping[str, object]:
    if issubclass(type(one), type):
        return type_namespace(cast(type, one))
    return module_namespace(one) or {}


def _all_types() -> list[type]:
    """Return all classes below `object`, each once, whatever their metaclasses do."""
    subclasses = type.__dict__["__subclasses__"]
    found: dict[int, type] = {id(object): object}
    pending: list[type] = [object]
    while pending:
        for one in subclasses(pending.pop()):
            if id(one) not in found:
                found[id(one)] = one
                pending.append(one)
    return list(found.values())
