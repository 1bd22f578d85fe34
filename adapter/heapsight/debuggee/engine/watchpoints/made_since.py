"""Writes to containers that a call has made itself after the places were watched: they are to no watched place.

Whether a call writes to nothing else is told from its instructions, and so for all calls of some code; but not for
those that had begun before: what is watched may be what one of these has made. Nor where the person at the debugger
has put something watched into a variable.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import CodeType, FrameType

from ...frame_layout import FIRST_VARIABLE, READS_FRAMES, words_of
from ...frames import SUSPENDS
from .. import greenlets
from .provenance import Provenance
from .sites import Body, Site, Subject, variables_of_code


class MadeSince:
    """Which sites need not be looked at, because their container is one that the call has made."""

    def __init__(self) -> None:
        # By address the code that may have calls which began before the places were watched; None: any may.
        self._older: set[int] | None = None
        # Code that has sites which are not looked at.
        self._trusted: set[int] = set()

    def begin(self, running: Iterable[CodeType]) -> None:
        """Forget all: other places are watched now; `running`: what all threads are in the middle of."""
        self._trusted = set()
        certain = READS_FRAMES and not greenlets.are_used()
        self._older = {id(code) for code in running} if certain else None

    def without(self, code: CodeType, sites: list[Site]) -> list[Site]:
        """Return the sites that have to be looked at. All have to be of places that are at one address always."""
        if self._older is None or id(code) in self._older or code.co_flags & SUSPENDS:
            return sites
        if not any(site.subject is Subject.WORDS for site in sites):
            return sites
        provenance = Provenance(Body(code))
        found = [site for site in sites if site.subject is not Subject.WORDS or not provenance.is_new(site)]
        if len(found) < len(sites):
            self._trusted.add(id(code))
        return found

    def doubt(self, frames: Iterable[FrameType], addresses: frozenset[int]) -> list[CodeType]:
        """Return the code of those frames that was trusted and is not any more: they have got hold of one of these."""
        found: list[CodeType] = []
        if self._older is None or not self._trusted:
            return found
        for frame in frames:
            code = frame.f_code
            if id(code) not in self._trusted:
                continue
            words = words_of(frame, FIRST_VARIABLE, len(variables_of_code(code)))
            if words is None or not addresses.isdisjoint(words):
                self._trusted.discard(id(code))
                self._older.add(id(code))
                found.append(code)
        return found
