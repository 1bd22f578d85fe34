"""Which references and objects are Heapsight's own, so that they can be subtracted and left out.

Between two requests the agent holds user objects through `Held` alone. While it answers one there are also the frames
of the agent above the user's on each stopped thread: their arguments, variables and evaluation stacks, and the objects
of our own classes that these hold (a stop knows the exception it is for). All of them are found by address.
"""

from __future__ import annotations

import gc
import sys
from types import FrameType, TracebackType
from typing import Final

from ..attributes import type_namespace
from ..frame_layout import frame_slots
from ..frames import frames_of_threads, read_locals
from ..holding import Held
from ..originals import get_ident
from ..own import is_own_frame
from . import layout

PACKAGE: Final = __name__.partition(".")[0] + "."
_MOST_OBJECTS: Final = 2000
_EXCEPTION_TRIPLE: Final = 3


def is_own_type(cls: type) -> bool:
    """Say whether `cls` is a class of Heapsight."""
    module = type_namespace(cls).get("__module__")
    return type(module) is str and module.startswith(PACKAGE)


class OwnReferences:
    """How often Heapsight itself, apart from `Held`, refers to an object at this moment."""

    def __init__(self, *, of_objects: bool = True) -> None:
        """`of_objects`: with the references from objects of our own that frames hold, not from the frames alone."""
        # Here, for a session that never asks about memory does without the module.
        from . import native_heap

        self._of_objects = of_objects
        self._counts: dict[int, int] = {}
        self.containers: set[int] = set()
        # Frames from the one below on: what this method holds itself is gone when it returns.
        frames = _own_frames(sys._getframe(1))
        native = native_heap.module
        if native is not None:
            counted = native.own_references(frames, PACKAGE, Held, TracebackType, of_objects)
            self._counts, self.containers = counted
            return
        for frame in frames:
            self._add_frame(frame)

    def count(self, address: int) -> int:
        """Return the number of own references to the object at `address`."""
        return self._counts.get(address, 0)

    @property
    def counts(self) -> dict[int, int]:
        """All counts by address: to be read only."""
        return self._counts

    def _add_frame(self, frame: FrameType) -> None:
        slots = frame_slots(frame)
        if slots is not None:
            # A variable that is shared with a function in it is the cell here, which is our own as well.
            for address in (*slots.variables, *slots.stack):
                self._counts[address] = self._counts.get(address, 0) + 1
        for value in read_locals(frame).values():
            if slots is None:
                self._counts[id(value)] = self._counts.get(id(value), 0) + 1
            if self._of_objects and (is_own_type(type(value)) or _is_exception_triple(value)):
                self._add_object(value)

    def _add_object(self, start: object) -> None:
        """Count what `start`, ours, refers to, through objects of our own classes, their dicts and tuples."""
        pending = [start]
        while pending and len(self.containers) < _MOST_OBJECTS:
            holder = pending.pop()
            if id(holder) in self.containers or type(holder) is Held:
                continue
            self.containers.add(id(holder))
            own_dict = layout.instance_dict_address(holder)
            for value in gc.get_referents(holder):
                self._counts[id(value)] = self._counts.get(id(value), 0) + 1
                if type(value) is tuple or id(value) == own_dict or is_own_type(type(value)):
                    pending.append(value)


def _own_frames(start: FrameType) -> list[FrameType]:
    tops: dict[int, FrameType] = frames_of_threads()
    tops[get_ident()] = start
    found = []
    for top in tops.values():
        frame: FrameType | None = top
        while frame is not None:
            if is_own_frame(frame):
                found.append(frame)
            frame = frame.f_back
    return found


def _is_exception_triple(value: object) -> bool:
    """Say whether `value` is what the interpreter passes to a trace function with an exception."""
    if type(value) is not tuple or len(value) != _EXCEPTION_TRIPLE:
        return False
    kind, error, traceback = value
    is_traceback = traceback is None or type(traceback) is TracebackType
    return issubclass(type(error), BaseException) and kind is type(error) and is_traceback
