"""All live objects of the program, without Heapsight's: those that the collector lists, or everything reachable.

One walk in C counts them or finds some (native/heap/population.c); where it is not there, `Population` finds the same.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import cast

from ..attributes import is_python_class, type_mro, type_name, type_qualname
from ..frame_layout import names_and_kinds
from ..frames import frames_of_threads, read_locals
from ..own import PACKAGE_FOLDER, is_own_frame
from . import native_heap
from .budget import Budget
from .capture.fields import caches_of_code, hidden_parts_of_class
from .counted import CountedReferences
from .ours import PACKAGE, OwnReferences, is_own_type
from .own_objects import own_addresses, own_starts
from .sizes import Sizes

_CHUNK = 512
_type_bases: Callable[[type], tuple[type, ...]] = type.__dict__["__bases__"].__get__
_OWN_SECONDS = 5.0


def count_by_type(budget: Budget, *, all: bool) -> tuple[list[tuple[type, int, int]], bool]:
    """Return count and shallow size of the objects of each type, and whether all were counted."""
    native = native_heap.module
    if native is None:
        return _count_in_python(budget, all)
    starts = own_starts()
    roots = _roots() if all else []
    # The last thing made before the walk: it counts the references of this frame as they are during it.
    ours = OwnReferences(of_objects=False)
    rows, complete = native.histogram(starts, roots, ours.counts, PACKAGE, PACKAGE_FOLDER, all, budget.left())
    return rows, complete


def find_instances(
    types: list[type], judge: Callable[[type], bool], budget: Budget, *, subclasses: bool, all: bool
) -> tuple[list[object], bool]:
    """Return the objects of `types`, with `subclasses` also of those, and whether all were looked at.

    judge: says the same of any type, for the walk in Python. all: not only those that the collector lists.
    """
    native = native_heap.module
    if native is None:
        return _find_in_python(judge, budget, all)
    starts = own_starts()
    roots = _roots() if all else []
    ours = OwnReferences(of_objects=False)
    found, complete = native.instances(
        starts, roots, ours.counts, PACKAGE, PACKAGE_FOLDER, types, subclasses, all, budget.left()
    )
    return found, complete


class Population:
    """One walk over the heap. Nothing is kept beyond it.

    all: also what the collector does not track, found by walking on from what it does.
    """

    def __init__(self, budget: Budget, *, all: bool) -> None:
        self._budget = budget
        self._all = all
        self.complete = True
        self._own_types: dict[int, bool] = {}
        self._references = CountedReferences()

    def visit(self, visitor: Callable[[list[object]], None]) -> None:
        """Call `visitor` with lists of objects, each object once. It must keep neither lists nor objects."""
        # As late as can be: what is made after it and before the list is taken for the program's.
        own = own_addresses(Budget(_OWN_SECONDS))
        listed = gc.get_objects()
        own |= {id(own), id(listed)}
        seen: set[int] = set()
        if self._all:
            # What is seen is either listed or kept alive by who refers to it.
            seen.update(map(id, listed))
            seen |= own
        for start in range(0, len(listed), _CHUNK):
            if self._budget.is_spent():
                self.complete = False
                return
            chunk = self._without_own(listed[start : start + _CHUNK], own)
            visitor(chunk)
            if self._all and not self._visit_unlisted(chunk, seen, visitor):
                return
        if self._all:
            self._visit_new(_roots(), seen, visitor)

    def _without_own(self, objects: list[object], own: set[int]) -> list[object]:
        return [one for one in objects if id(one) not in own and not self._is_own(type(one))]

    def _is_own(self, cls: type) -> bool:
        """Say whether a type is Heapsight's: what has been made since the walk began is not the program's either."""
        own = self._own_types.get(id(cls))
        if own is None:
            own = self._own_types[id(cls)] = is_own_type(cls)
        return own

    def _visit_unlisted(self, holders: list[object], seen: set[int], visitor: Callable[[list[object]], None]) -> bool:
        """Visit what `holders` lead to and is not seen yet; False where the budget has ended it."""
        return self._visit_new(self._references.of(holders) + _passed_over(holders), seen, visitor)

    def _visit_new(self, pending: list[object], seen: set[int], visitor: Callable[[list[object]], None]) -> bool:
        while pending:
            if self._budget.is_spent():
                self.complete = False
                return False
            new = []
            for one in pending:
                if id(one) not in seen:
                    seen.add(id(one))
                    if not self._is_own(type(one)):
                        new.append(one)
            visitor(new)
            pending = self._references.of(new) + _passed_over(new)
        return True


def _passed_over(objects: list[object]) -> list[object]:
    """Return what code objects and classes are made of that their traversal does not tell."""
    found: list[object] = []
    for one in objects:
        if type(one) is CodeType:
            found += (one.co_consts, one.co_names, one.co_filename, one.co_name, one.co_qualname)
            found += (one.co_linetable, one.co_exceptiontable, *(names_and_kinds(one) or ()))
            found += [part for _, _, part in caches_of_code(one)]
        elif issubclass(type(one), type):
            found += _parts_of_class(cast(type, one))
    return found


def _parts_of_class(cls: type) -> list[object]:
    parts = [part for _, _, part in hidden_parts_of_class(cls)]
    if is_python_class(cls):
        return [*parts, type_name(cls), type_qualname(cls)]
    return [*parts, type_mro(cls), _type_bases(cls)]  # static: no traversal of it tells anything


def _roots() -> list[object]:
    """Return modules and the values of local variables, which no traversal comes to."""
    found: list[object] = list(sys.modules.values())
    for top in frames_of_threads().values():
        frame: FrameType | None = top
        while frame is not None:
            if not is_own_frame(frame):
                found += read_locals(frame).values()
            frame = frame.f_back
        # One of them is this function's own: it would hold itself, and all that the callers hold.
        del top, frame
    return found


def _count_in_python(budget: Budget, all: bool) -> tuple[list[tuple[type, int, int]], bool]:
    rows: dict[int, list[int]] = {}
    types: list[type] = []
    measure = Sizes().of

    def visit(objects: list[object]) -> None:
        for one in objects:
            row = rows.get(id(type(one)))
            if row is None:
                row = rows[id(type(one))] = [0, 0]
                types.append(type(one))
            row[0] += 1
            row[1] += measure(one)

    population = Population(budget, all=all)
    population.visit(visit)
    return [(cls, rows[id(cls)][0], rows[id(cls)][1]) for cls in types], population.complete


def _find_in_python(judge: Callable[[type], bool], budget: Budget, all: bool) -> tuple[list[object], bool]:
    found: list[object] = []
    population = Population(budget, all=all)
    population.visit(lambda objects: found.extend([one for one in objects if judge(type(one))]))
    return found, population.complete
