"""Code whose instructions need not be told in a call that was not given what is watched.

An event for each instruction that sets an attribute of the same name costs several times as much as the instruction,
one for each call a third of that. So where what is written is an argument of the call, its beginning is told (see
`DullSites`), and the instructions only of code that was once called with what is watched, or of which calls are under
way that may have been.
"""

from __future__ import annotations

from types import CodeType, FrameType

from ...frame_layout import words_of
from ...frames import SUSPENDS, running_frames
from .. import greenlets
from .base import Sink

Pairs = tuple[tuple[int, int], ...]


class DullCalls:
    """Which code is told of by its calls, and which by its instructions."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.is_used = False
        # By address the code whose instructions are told, whatever its calls are given.
        self._told: set[int] = set()
        # Code whose beginning is disabled, by address, while that matters. `restart` puts another set in its place.
        self.disabled: set[int] = set()

    def begin(self, *, is_native: bool) -> None:
        """Decide anew, before events are set. What runs now may have begun with anything."""
        self.is_used = is_native and self._sink.pending_writes is not None and not greenlets.are_used()
        self._told = set(_running_code()) if self.is_used else set()

    def restart(self) -> None:
        """Take notice that no beginning is disabled any more: before that is done."""
        self.disabled = set()

    def late(self) -> list[CodeType]:
        """Return code that runs and is not told of by its instructions, after events were set: now it is."""
        if not self.is_used:
            return []
        found = {number: code for number, code in _running_code().items() if self.by_call(code)}
        self._told.update(found)
        return list(found.values())

    def arguments(self, code: CodeType) -> Pairs:
        """Return pairs of a word and an address: without any of them a call of `code` is dull. Empty: not known."""
        if not self.is_used or code.co_flags & SUSPENDS or self._sink.breakpoints.entry_for(code):
            return ()
        return self._sink.arguments_of(code)

    def by_call(self, code: CodeType) -> bool:
        """Say whether the beginnings of calls of `code` are told, and not its instructions."""
        number = id(code)
        return number not in self._told and number not in self.disabled and bool(self.arguments(code))

    def wakes(self, code: CodeType, frame: FrameType) -> bool:
        """Say whether a call that begins is the first reason to have the instructions of `code` told."""
        if not self.by_call(code):
            return False
        for word, address in self.arguments(code):
            words = words_of(frame, word, 1)
            if words is None or words[0] == address:
                self._told.add(id(code))
                return True
        return False


def _running_code() -> dict[int, CodeType]:
    """Return by address the code that all threads are in the middle of."""
    return {id(frame.f_code): frame.f_code for frame in running_frames()}
