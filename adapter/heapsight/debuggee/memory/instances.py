"""Finding the instances of a type: all of them, in pages, chosen by an expression, in an order."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Final, Literal, cast

from ..attributes import is_python_class, type_mro
from ..holding import Held, Holder
from ..records import record
from . import layout
from .budget import Budget, without_collector
from .population import find_instances
from .retained import Retained, retained_size
from .sizes import Sizes
from .untracked import FROZEN_BY_THE_INTERPRETER

Ordering = Literal["size", "retained", "address"]
ORDERINGS: Final[tuple[Ordering, ...]] = ("size", "retained", "address")
_HAVE_GC: Final = 1 << 14
_MOST_RETAINED: Final = 10_000


@record
class Chosen:
    """Addresses of instances, in order, and what is known of them. An address is one only while the object lives."""

    addresses: list[int]
    retained: dict[int, Retained]
    complete: bool
    failed: int = 0
    error: str | None = None


class InstanceFilter:
    """An expression over objects, and what went wrong with it. `describe` puts an exception into words."""

    def __init__(self, accepts: Callable[[object], object], describe: Callable[[BaseException], str]) -> None:
        self._accepts = accepts
        self._describe = describe
        self.failed = 0
        self.error: str | None = None

    def takes(self, one: object) -> bool:
        """Say whether an object is to be shown. Runs the user's code; what it raises counts as a failure."""
        try:
            return bool(self._accepts(one))
        except Exception as error:  # noqa: BLE001 - the user's expression may raise anything
            self.failed += 1
            self.error = self.error or self._describe(error)
            error.__traceback__ = None
            return False


class InstanceSearch:
    """Finds the instances of some types, which are one type to the user."""

    def __init__(self, types: list[Held], holder: Holder, *, subclasses: bool) -> None:
        self._types = types
        self._wanted = {id(held.obj) for held in types}
        self._judged: dict[int, bool] = dict.fromkeys(self._wanted, True)
        self._subclasses = subclasses
        self._holder = holder
        self.complete = True

    def choose(self, order: Ordering, budget: Budget, filter: InstanceFilter | None) -> Chosen:
        """Return the instances that `filter` takes."""
        with without_collector():
            found = self._find(budget)
        if filter is not None:
            # Not with the collector off: the program's own code runs.
            found = [one for one in found if filter.takes(one)]
        retained: dict[int, Retained] = {}
        if order == "size":
            measure = Sizes().of
            found.sort(key=lambda one: (-measure(one), id(one)))
        elif order == "retained":
            retained = self._measure_retained(found, budget)
            found.sort(key=lambda one: (-retained[id(one)].bytes if id(one) in retained else 0, id(one)))
        else:
            found.sort(key=id)
        addresses = list(map(id, found))
        if filter is None:
            return Chosen(addresses, retained, self.complete)
        return Chosen(addresses, retained, self.complete, filter.failed, filter.error)

    def hold(self, addresses: list[int], budget: Budget) -> list[Held]:
        """Return the objects at `addresses`, held. Those that do not exist any more are left out."""
        with without_collector():
            wanted = frozenset(addresses)
            found = {id(one): one for one in self._find(budget) if id(one) in wanted}
        return [self._holder.hold(found[address]) for address in addresses if address in found]

    def _measure_retained(self, found: list[object], budget: Budget) -> dict[int, Retained]:
        """Return the retained sizes of as many as there is time for."""
        ours = frozenset(map(id, found))
        retained = {}
        held = Held(None)
        for one in found[:_MOST_RETAINED]:
            if budget.is_spent():
                break
            held.obj = one
            retained[id(one)] = retained_size(held, self._holder, budget, ours)
        self.complete = self.complete and len(retained) == len(found)
        return retained

    def _find(self, budget: Budget) -> list[object]:
        """Return the instances. Those of classes that the collector knows need no walk beyond what it lists."""
        types = [held.obj for held in self._types]
        everything = not all(map(_is_listed, types)) or gc.get_freeze_count() > FROZEN_BY_THE_INTERPRETER
        found, complete = find_instances(
            cast("list[type]", types), self._is_wanted, budget, subclasses=self._subclasses, all=everything
        )
        self.complete = self.complete and complete
        return found

    def _is_wanted(self, cls: type) -> bool:
        judged = self._judged.get(id(cls))
        if judged is None:
            judged = self._subclasses and any(id(base) in self._wanted for base in type_mro(cls))
            self._judged[id(cls)] = judged
        return judged


def _is_listed(cls: object) -> bool:
    """Say whether all instances of a class are of the program and known to the collector."""
    assert isinstance(cls, type)
    return is_python_class(cls) and bool(layout.type_flags(cls) & _HAVE_GC)
