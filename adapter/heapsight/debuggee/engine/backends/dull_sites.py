"""Instructions that write what looks like a watched place, told from those that write the place itself, in C.

A callback in Python costs a microsecond, and a loop that sets an attribute of the same name on other objects has one
for each time. Without the extension module it stays at that.

What follows on such an instruction, where somebody looks whether it has written, is told only in code that has come to
Python once: an event costs as much as the instruction itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import CodeType, ModuleType
from typing import Any

from .base import Sink

OnInstruction = Callable[[CodeType, int], object]


class DullSites:
    """Chooses the callback for instructions: `on_instruction`, or one in C that calls it for what is not dull."""

    def __init__(self, sink: Sink, on_instruction: OnInstruction, disable: object) -> None:
        self._sink = sink
        self._on_instruction = on_instruction
        self._disable = disable
        self._native: Any = None
        self._is_used = False
        # By address the code whose instructions are all told, since `renew`.
        self._awake: set[int] = set()

    def renew(self, codes: Iterable[CodeType]) -> OnInstruction:
        """Return the callback for what is armed now, `codes` with breakpoints among it."""
        self._awake = set()
        pending = self._sink.pending_writes
        if pending is None:
            self.end()
            return self._on_instruction
        self._native = self._native or _native()
        if self._native is None:
            return self._on_instruction
        self._native.begin_sites(self._on_instruction, pending, self._disable)
        self._is_used = True
        for code in codes:
            self.note(code)
        callback: OnInstruction = self._native.instruction
        return callback

    def note(self, code: CodeType) -> None:
        """Take notice of code that was armed since."""
        sites = self._sink.sites_for(code) if self._is_used else []
        if sites:
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
