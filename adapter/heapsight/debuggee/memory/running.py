"""References from the frames that the program's threads run at this moment: no object of the collector tells them."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from types import CellType, CodeType, FrameType
from typing import Final

from ..frame_layout import IN_CELL, FrameSlots, frame_slots
from ..frames import read_locals
from ..holding import Held
from ..records import record
from ..typenames import source_path
from .edges import Edge, EdgeKind, Finding
from .suspended import slot_findings, where_in

_NO_KIND: Final = 0


@record
class RunningFrame:
    """A frame of the user's and what it holds, as addresses."""

    frame: FrameType
    slots: FrameSlots

    def location(self) -> tuple[str, int] | None:
        """Return path and current line."""
        return frame_location(self.frame)

    def edge(self, finding: Finding) -> Edge:
        """Return the edge for a reference from this frame."""
        return Edge(finding, None, True, self.location(), self.frame, where_in(self.frame.f_code))


class RunningFrames:
    """The user's frames of all threads."""

    def __init__(self, threads: Mapping[int, list[FrameType]]) -> None:
        frames = [frame for frames in threads.values() for frame in frames]
        self._frames = [RunningFrame(frame, frame_slots(frame) or _slots_of_locals(frame)) for frame in frames]

    def edges_to(self, target: int) -> list[Edge]:
        """Return the references that frames hold to the object at address `target`, itself and not through a cell."""
        found = []
        for running in self._frames:
            if _mentions(running.slots, target):
                found += [running.edge(one) for one in _merged(running, target)]
        return found

    def users_of_cell(self, cell: CellType) -> list[Edge]:
        """Return the frames that have `cell` for a variable, as edges to what is in it."""
        found = []
        for running in self._frames:
            slots = running.slots
            for name, kind, address in zip(slots.names, slots.kinds, slots.variables, strict=True):
                if address == id(cell) and kind & IN_CELL:
                    label = f"local {name} {where_in(running.frame.f_code)}"
                    found.append(running.edge(Finding(EdgeKind.LOCAL, label, 0)))
        return found

    def namespace_edge(self, mapping: object, names: str, count: int) -> Edge | None:
        """Return the edge to an object that is in `mapping` under `names`, if that is where a frame has variables."""
        for running in self._frames:
            if running.slots.namespace != id(mapping):
                continue
            code = running.frame.f_code
            # The body of a class, or code run by `exec`. In a function: what `locals()` (before 3.13) made and kept.
            copied = ", copied by locals()" if code.co_flags & inspect.CO_OPTIMIZED else ""
            return running.edge(Finding(EdgeKind.LOCAL, f"local {names} {where_in(code)}{copied}", count))
        return None

    def code_with(self, constants: object) -> CodeType | None:
        """Return the code of a frame whose constants, or names, are the tuple given."""
        for running in self._frames:
            code = running.frame.f_code
            if code.co_consts is constants or code.co_names is constants:
                return code
        return None

    def frames(self) -> list[FrameType]:
        """Return the frames themselves."""
        return [running.frame for running in self._frames]


def times_being_handled(held: Held) -> int:
    """Return how many threads are in the `except` block of the exception in `held`: the interpreter holds it there."""
    found = list(sys._current_exceptions().values())
    # A tuple of type, exception and traceback on 3.11.
    errors = [one[1] if type(one) is tuple else one for one in found]
    return sum(one is held.obj for one in errors)


def frame_location(frame: FrameType) -> tuple[str, int] | None:
    """Return path and current line of a frame."""
    path = source_path(frame.f_code.co_filename)
    return None if path is None else (path, frame.f_lineno or 1)


def _mentions(slots: FrameSlots, target: int) -> bool:
    return target in slots.variables or target in slots.stack or target in (slots.function, slots.namespace)


def _merged(running: RunningFrame, target: int) -> list[Finding]:
    """Return the findings of one frame, its variables told in one: `local a, b in f()`."""
    found = list(slot_findings(running.slots, target, running.frame.f_code))
    plain = [one for one in found if one.kind is EdgeKind.LOCAL and one.step is not None]
    if len(plain) < 2:
        return found
    names = ", ".join(one.step or "" for one in plain)
    label = f"local {names} {where_in(running.frame.f_code)}"
    return [Finding(EdgeKind.LOCAL, label, len(plain)), *(one for one in found if one not in plain)]


def _slots_of_locals(frame: FrameType) -> FrameSlots:
    """Make do with `f_locals` where frames cannot be read: variables in cells are left out."""
    if not frame.f_code.co_flags & inspect.CO_OPTIMIZED:
        return FrameSlots((), b"", (), (), 0, id(frame.f_locals))
    code = frame.f_code
    in_cells = {*code.co_cellvars, *code.co_freevars}
    values = {name: id(value) for name, value in read_locals(frame).items() if name not in in_cells}
    return FrameSlots(tuple(values), bytes([_NO_KIND] * len(values)), tuple(values.values()), (), 0, 0)
