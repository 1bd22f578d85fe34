"""The retained size of an object: the bytes that would be freed if it went away. By trial deletion, without a snapshot.

An object goes away with another one when every reference to it comes from what goes away, too: when its reference count
equals the references found inside. That is how the cyclic collector finds garbage (Bacon and Rajan, "Concurrent Cycle
Collection in Reference Counted Systems", 2001), asked here about a part of the heap that is in use. References held by
C code are in the count, so what they keep is not retained; a dominator tree cannot see them.

Two steps. Peeling: whoever lost all references is freed, and takes its own references away. That costs no more than
what is freed, and is true however early it ends. Then the cycles: everything reachable is walked, and what has
references from elsewhere, with all that it reaches, stays. Where the budget ends a step, the answer is a lower bound
and says so.

The walk stops at what the whole program shares (modules, classes, code, frames), which counts only where it is the
object in question. Our own references are not the program's: those of `Held` and of our frames are subtracted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Final

from ...wire.memory_requests import RetainedBody
from ..holding import Held, Holder
from ..records import record
from ..typenames import module_namespace
from . import native_heap
from .budget import Budget, without_collector
from .counted import CountedReferences
from .deep_size import is_shared_type
from .ours import OwnReferences
from .probe import is_immortal
from .sizes import Sizes, size_text

_CHUNK: Final = 512
_SLICE: Final = 8192
# What sys.getrefcount answers for an object that only a list holds.
_SAMPLE: Final = [object()]
_BASELINE: Final = sys.getrefcount(_SAMPLE[0])
_SHARED: Final = -1


@record
class Retained:
    """Bytes and objects that would be freed, the object itself among them; a lower bound where not `complete`."""

    bytes: int
    objects: int
    complete: bool
    seconds: float

    def text(self) -> str:
        """Return the size as a person reads it: `1.2 MB`, `≥ 1.2 MB (50 ms budget)`."""
        text = size_text(self.bytes)
        return text if self.complete else f"≥ {text} ({self.seconds * 1000:.0f} ms budget)"

    def body(self) -> RetainedBody:
        """Return what the protocol has of it."""
        return {"bytes": self.bytes, "objects": self.objects, "complete": self.complete, "text": self.text()}


def retained_size(
    held: Held,
    holder: Holder,
    budget: Budget,
    listed: frozenset[int] = frozenset(),
    ours: OwnReferences | None = None,
) -> Retained:
    """Return what would be freed without the object in `held`, which counts whatever it is.

    listed: addresses of objects that the caller holds, once each, besides those in `holder`. `ours`, where the caller
    has it, is as of now.
    """
    with without_collector():
        sizes = Sizes()
        if is_immortal(held, sys.getrefcount(held.obj)):
            return Retained(sizes.of(held.obj), 1, True, budget.seconds)
        ours = ours or OwnReferences()
        native = native_heap.module
        if native is not None:
            modules = list(sys.modules.values())
            size, objects, complete = native.retained(
                [held.obj], modules, ours.counts, holder.by_address, listed, budget.left()
            )
            return Retained(size, objects, complete, budget.seconds)
        trial = TrialDeletion(
            budget, lambda address: ours.count(address) + holder.is_held(address) + (address in listed)
        )
        freed = trial.run([held.obj])
        return Retained(sum(map(sizes.of, freed)), len(freed), trial.complete, budget.seconds)


class TrialDeletion:
    """One walk from some objects on.

    own_count: how many references to the object at an address are Heapsight's.
    """

    def __init__(self, budget: Budget, own_count: Callable[[int], int]) -> None:
        self._budget = budget
        self._own_count = own_count
        self._references = CountedReferences()
        self._shared_types: dict[int, bool] = {}
        # Everything met, once, with the references to it found so far, whether it goes, and whether it was looked into.
        self._objects: list[object] = []
        self._counts: list[int] = []
        self._goes = bytearray()
        self._places: dict[int, int] = {}
        self.complete = True

    def peel(self, starts: Sequence[object], candidates: Sequence[object] = ()) -> list[object]:
        """Return what reference counting alone would free if `starts` were, with them.

        candidates: objects that go as well where nothing holds them but what goes, and what `own_count` knows of.
        """
        pending = []
        one: object = None
        for one in starts:
            place = self._places.get(id(one), _SHARED)
            if place == _SHARED:
                place = self._add(one)
            if not self._goes[place]:
                self._goes[place] = 1
                pending.append(place)
        places = [self._places[id(one)] if id(one) in self._places else self._meet(one) for one in candidates]
        del one  # whose count would have this one, too
        for place in places:
            if place != _SHARED and not self._goes[place] and self._true_count(place) == 0:
                self._goes[place] = 1
                pending.append(place)
        self._peel(pending)
        return [one for one, goes in zip(self._objects, self._goes, strict=True) if goes]

    def run(self, starts: Sequence[object]) -> list[object]:
        """Return what would be freed if `starts` were, with them."""
        for module in list(sys.modules.values()):
            self._places[id(module_namespace(module))] = _SHARED
        for one in starts:
            # A module's namespace is its own; for all others it is where the walk stops.
            self._places.pop(id(module_namespace(one)), None)
            if self._places.get(id(one), _SHARED) == _SHARED:
                self._goes[self._add(one)] = 1
        self._peel(list(range(len(self._objects))))
        freed = [one for one, goes in zip(self._objects, self._goes, strict=True) if goes]
        if self.complete and len(freed) < len(self._objects):
            freed = self._without_cycles(freed)
        return freed

    def _peel(self, pending: list[int]) -> None:
        """Free what is left without references, from the objects at `pending` on, which are freed."""
        counts, goes = self._counts, self._goes
        while pending and self.complete:
            chunk = pending[-_CHUNK:]
            del pending[-_CHUNK:]
            touched = self._take_away(chunk)
            for place in touched:
                if not goes[place] and counts[place] == self._true_count(place):
                    goes[place] = 1
                    pending.append(place)
            if pending and self._budget.is_spent():
                self.complete = False

    def _without_cycles(self, freed: list[object]) -> list[object]:
        """Walk everything else that is reachable; return what goes after all, `freed` among it."""
        walked = self._goes[:]
        pending = [place for place, done in enumerate(walked) if not done]
        while pending:
            chunk = pending[-_CHUNK:]
            del pending[-_CHUNK:]
            known = len(self._objects)
            self._take_away(chunk)
            pending += range(known, len(self._objects))
            if not self.complete or (pending and self._budget.is_spent()):
                self.complete = False
                return freed
        stays = bytearray(len(self._objects))
        for place in range(len(self._objects)):
            if not self._goes[place] and self._counts[place] != self._true_count(place):
                stays[place] = 1
                pending.append(place)
        if not self._mark_reachable(pending, stays):
            return freed
        return [one for one, kept in zip(self._objects, stays, strict=True) if not kept]

    def _mark_reachable(self, pending: list[int], stays: bytearray) -> bool:
        """Mark what the objects at `pending` reach; False where the budget ends it."""
        objects, places = self._objects, self._places
        while pending:
            chunk = [objects[place] for place in pending[-_CHUNK:]]
            del pending[-_CHUNK:]
            for one in self._references.of(chunk):
                place = places.get(id(one), _SHARED)
                if place >= 0 and not stays[place] and not self._goes[place]:
                    stays[place] = 1
                    pending.append(place)
            if pending and self._budget.is_spent():
                self.complete = False
                return False
        return True

    def _take_away(self, chunk: list[int]) -> set[int]:
        """Count the references of the objects at `chunk`; return the places of what they refer to."""
        objects, counts, places = self._objects, self._counts, self._places
        found = self._references.of([objects[place] for place in chunk])
        touched = set()
        for number, one in enumerate(found, 1):
            place = places.get(id(one))
            if place is None:
                place = self._meet(one)
            if place >= 0:
                counts[place] += 1
                touched.add(place)
            if not number % _SLICE and self._budget.is_spent():
                # Half counted is not counted: nothing more may be concluded.
                self.complete = False
                return set()
        return touched

    def _meet(self, one: object) -> int:
        """Give an object its place; what everybody shares has none."""
        cls = type(one)
        shared = self._shared_types.get(id(cls))
        if shared is None:
            shared = self._shared_types[id(cls)] = is_shared_type(cls)
        if shared:
            self._places[id(one)] = _SHARED
            return _SHARED
        return self._add(one)

    def _add(self, one: object) -> int:
        place = self._places[id(one)] = len(self._objects)
        self._objects.append(one)
        self._counts.append(0)
        self._goes.append(0)
        return place

    def _true_count(self, place: int) -> int:
        """Return the number of references that the program holds to the object at `place`."""
        count = sys.getrefcount(self._objects[place]) - _BASELINE
        return count - self._own_count(id(self._objects[place]))
