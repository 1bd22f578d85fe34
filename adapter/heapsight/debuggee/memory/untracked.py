"""Holders that the collector does not list: untracked tuples and dicts, code objects, and what `gc.freeze()` hid.

A forward walk finds them: from everything that the collector lists, through what it does not. It is the expensive part
of a search, and done only where the reference count is not explained otherwise.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from operator import is_
from types import CodeType, FrameType
from typing import Final, cast

from ..attributes import is_python_class
from ..frames import read_locals
from ..holding import Held
from ..own import is_own_code
from ..traversal import referents
from . import layout
from .budget import Budget
from .contents import find_in

_CHUNK: Final = 4096
# `gc.freeze()` takes everything there is, which is never as little as this. (3.12 itself begins with some hundreds.)
FROZEN_BY_THE_INTERPRETER: Final = 1000
# Types whose objects refer to others although the collector does not list them (always, or at times).
_UNLISTED: Final = frozenset(map(id, (tuple, dict, CodeType)))


class UntrackedSearch:
    """One walk for `missing` references to the object in `held`; it ends when they are found.

    `own_count` are references from Heapsight's own code.
    """

    def __init__(
        self,
        held: Held,
        missing: int,
        frames: Sequence[FrameType],
        budget: Budget,
        is_hidden: Callable[[object], bool],
    ) -> None:
        self._held = held
        self._missing = missing
        self._frames = frames
        self._budget = budget
        self._is_hidden = is_hidden
        self._seen: set[int] = set()
        self._found: list[object] = []
        self._seeks_text = type(held.obj) is str
        # By the address of a tuple of constants or names: the code it belongs to.
        self.codes: dict[int, CodeType] = {}
        self.complete = True
        self.own_count = 0

    def holders(self) -> list[object]:
        """Return the holders that only this walk can find."""
        may_be_frozen = gc.get_freeze_count() > FROZEN_BY_THE_INTERPRETER
        # What the collector lists itself is held by what it lists, unless that was hidden from it.
        if gc.is_tracked(self._held.obj) and not may_be_frozen:
            return self._found
        listed = gc.get_objects()
        self._look_around(listed)
        if may_be_frozen:
            self._walk_frozen(listed)
        return self._found

    def _is_over(self) -> bool:
        """Say whether everything is found, or the budget spent."""
        if self._missing <= 0:
            return True
        if self._budget.is_spent():
            self.complete = False
            return True
        return False

    def _look_around(self, listed: list[object]) -> None:
        """Look into everything that is one step, or some steps unknown to the collector, from what it lists."""
        for frame in self._frames:
            self._walk([frame.f_code, *read_locals(frame).values()])
        for start in range(0, len(listed), _CHUNK):
            if self._is_over():
                return
            chunk = listed[start : start + _CHUNK]
            self._walk(referents(chunk))
            if self._seeks_text:
                self._look_for_text(chunk)

    def _walk(self, referents: Iterable[object]) -> None:
        """Look into each unlisted container among `referents`, and into those inside them."""
        pending = [one for one in referents if id(type(one)) in _UNLISTED and not gc.is_tracked(one)]
        seen = self._seen
        while pending:
            one = pending.pop()
            if id(one) in seen:
                continue
            seen.add(id(one))
            inside = _referents(one)
            if type(one) is CodeType:
                self.codes[id(one.co_consts)] = self.codes[id(one.co_names)] = one
            if any(map(is_, inside, repeat(self._held.obj))):
                self._take(one)
            pending += [part for part in inside if id(type(part)) in _UNLISTED and not gc.is_tracked(part)]

    def _take(self, one: object) -> None:
        count = sum(finding.count for finding in find_in(one, self._held.obj))
        self._missing -= count
        if type(one) is CodeType and is_own_code(one):
            self.own_count += count
        elif not self._is_hidden(one):
            self._found.append(one)

    def _look_for_text(self, chunk: list[object]) -> None:
        """Find a string as the key of a dict or the name of a class: no traversal visits these."""
        for one in chunk:
            cls = type(one)
            if issubclass(cls, dict):
                mapping = cast("dict[object, object]", one)
                if not layout.has_shared_keys(mapping) and any(map(is_, dict.keys(mapping), repeat(self._held.obj))):
                    self._take_new(one)
            elif issubclass(cls, type) and is_python_class(cast(type, one)) and find_in(one, self._held.obj):
                self._take_new(one)

    def _take_new(self, one: object) -> None:
        # One that the collector has reported is known already.
        if not any(map(is_, gc.get_referents(one), repeat(self._held.obj))):
            self._take(one)

    def _walk_frozen(self, listed: list[object]) -> None:
        """Walk on from what the collector lists, and from the roots, to reach what `gc.freeze()` took off its lists."""
        seen = set(map(id, listed))
        pending: list[object] = []
        _add_unseen(list(sys.modules.values()), seen, pending)
        for frame in self._frames:
            _add_unseen(list(read_locals(frame).values()), seen, pending)
        for start in range(0, len(listed), _CHUNK):
            if self._is_over():
                return
            _add_unseen(referents(listed[start : start + _CHUNK]), seen, pending)
        while pending and not self._is_over():
            chunk = pending[-_CHUNK:]
            del pending[-_CHUNK:]
            for one in chunk:
                # The others were looked into before, wherever they are.
                if gc.is_tracked(one) and find_in(one, self._held.obj):
                    self._take(one)
            _add_unseen(referents(chunk), seen, pending)


def _add_unseen(found: list[object], seen: set[int], pending: list[object]) -> None:
    for one in found:
        if id(one) not in seen:
            seen.add(id(one))
            pending.append(one)


def _referents(one: object) -> list[object]:
    if type(one) is CodeType:
        parts = (one.co_consts, one.co_names, one.co_filename, one.co_name, one.co_qualname)
        return [*parts, one.co_linetable, one.co_exceptiontable]
    found = gc.get_referents(one)
    if type(one) is dict and not layout.has_shared_keys(one):
        found += dict.keys(one)
    return found
