"""All live objects of the program, without Heapsight's: those that the collector lists, or everything reachable."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FrameType

from ..frames import frames_of_threads, read_locals
from ..own import is_own_frame
from .budget import Budget
from .counted import CountedReferences
from .ours import is_own_type
from .own_objects import own_addresses

_CHUNK = 512
_OWN_SECONDS = 5.0


class Population:
    """One walk over the heap. Nothing is kept beyond it.

    all: also what the collector does not track, found by walking on from what it does.
    """

    def __init__(self, budget: Budget, *, all: bool) -> None:
        self._budget = budget
        self._all = all
        self.complete = True
        self._own_types: dict[int, bool] = {}

    def visit(self, visitor: Callable[[list[object]], None]) -> None:
        """Call `visitor` with lists of objects, each object once. It must keep neither lists nor objects."""
        if self._all:
            self._visit_everything(visitor)
            return
        for chunk in self._listed():
            visitor(chunk)

    def _is_own(self, cls: type) -> bool:
        """Say whether a type is Heapsight's: what has been made since the walk began is not the program's either."""
        own = self._own_types.get(id(cls))
        if own is None:
            own = self._own_types[id(cls)] = is_own_type(cls)
        return own

    def _listed(self) -> Iterator[list[object]]:
        # As late as can be: what is made after it and before the list is taken for the program's.
        own = own_addresses(Budget(_OWN_SECONDS))
        listed = gc.get_objects()
        own |= {id(own), id(listed)}
        for start in range(0, len(listed), _CHUNK):
            if self._budget.is_spent():
                self.complete = False
                return
            yield [one for one in listed[start : start + _CHUNK] if id(one) not in own and not self._is_own(type(one))]

    def _visit_everything(self, visitor: Callable[[list[object]], None]) -> None:
        references = CountedReferences()
        # What is seen is either listed or kept alive by who refers to it.
        seen = own_addresses(Budget(_OWN_SECONDS))
        listed = gc.get_objects()
        seen |= {id(seen), id(listed)}
        known = set(map(id, listed))
        pending: list[object] = _locals_of_threads()
        seen |= {id(known), id(pending)}
        for start in range(0, len(listed), _CHUNK):
            chunk = [
                one for one in listed[start : start + _CHUNK] if id(one) not in seen and not self._is_own(type(one))
            ]
            visitor(chunk)
            pending += _code_parts(chunk)
            pending += references.of(chunk)
            while pending:
                if self._budget.is_spent():
                    self.complete = False
                    return
                new = []
                for one in pending:
                    if id(one) not in seen and id(one) not in known:
                        seen.add(id(one))
                        if not self._is_own(type(one)):
                            new.append(one)
                visitor(new)
                pending[:] = references.of(new)
                pending += _code_parts(new)


def _code_parts(objects: list[object]) -> list[object]:
    """Return what code objects are made of: their traversal tells nothing."""
    found: list[object] = []
    for one in objects:
        if type(one) is CodeType:
            found += (one.co_consts, one.co_names, one.co_filename, one.co_name, one.co_qualname)
            found += (one.co_linetable, one.co_exceptiontable)
    return found


def _locals_of_threads() -> list[object]:
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
