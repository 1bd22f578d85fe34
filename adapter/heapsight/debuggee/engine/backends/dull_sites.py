"""Instructions that write what looks like a watched place, told from those that write the place itself, in C.

A callback in Python costs a microsecond, and a loop that sets an attribute of the same name on other objects has one
for each time. Without the extension module it stays at that.

Beginnings of calls are looked at likewise, by their arguments: see `dull_calls`.

What follows on such an instruction, where somebody looks whether it has written, is told only in code that has come to
Python once: an event costs as much as the instruction itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import CodeType, ModuleType
from typing import Any

from .base import Sink

OnInstruction = Callable[[CodeType, int], object]
OnStart = Callable[[CodeType, int], object]
# In a list of sites: that of the beginning of a call.
_BEGINNING = -1


class DullSites:
    """Chooses the callbacks for instructions and for the beginnings of calls: those given, or ones in C that call them.

    These do so for what is not dull.
    """

    def __init__(self, sink: Sink, on_instruction: OnInstruction, on_start: OnStart, disable: object) -> None:
        self._sink = sink
        self._on_instruction = on_instruction
        self._on_start = on_start
        self._disable = disable
        self._native: Any = None
        self._is_used = False
        # By address the code whose instructions are all told, since `renew`.
        self._awake: set[int] = set()

    def find_native(self) -> bool:
        """Say whether there is the extension, where something is watched."""
        if self._sink.pending_writes is not None:
            self._native = self._native or _native()
        return self._native is not None

    def renew(self, codes: Iterable[CodeType]) -> tuple[OnInstruction, OnStart]:
        """Return the callbacks for what is armed now, `codes` with breakpoints among it."""
        self._awake = set()
        pending = self._sink.pending_writes
        if pending is None:
            self.end()
        if pending is None or not self.find_native():
            return self._on_instruction, self._on_start
        self._native.begin_sites(self._on_instruction, pending, self._disable, self._on_start)
        self._is_used = True
        for code in codes:
            self.note(code)
        return self._native.instruction, self._native.start

    def note(self, code: CodeType, arguments: tuple[tuple[int, int], ...] = ()) -> None:
        """Take notice of code that was armed since; with `arguments`, pairs of a word and an address, of its calls."""
        sites = self._sink.sites_for(code) if self._is_used else []
        sites = [(_BEGINNING, word, 1, (address,)) for word, address in arguments] + sites
        if sites and self._is_used:
            self._native.note_sites(code, sites)
            self._awake.discard(id(code))

    def wakes(self, code: CodeType) -> bool:
        """Say whether instructions of `code` may have been disabled; from now on none will be."""
        if not self._is_used or id(code) in self._awake:
            return False
        self._native.wake_sites(code)
        self._awake.add(id(code))
        return True

    def end(self) -> None:
        """Let go of everything."""
        if self._is_used:
            self._is_used = False
            self._native.end_sites()


def _native() -> ModuleType | None:
    try:
        from ...._native import tracing
    except ImportError:
        return None
    return tracing
