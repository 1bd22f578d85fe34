"""Where objects were allocated, as `tracemalloc` remembers it.

Asked by address, from where an object's memory begins. (`tracemalloc.get_object_traceback` looks at a wrong place on
3.11 for each instance that may have a dict.) Which objects have a site depends on when the tracing began: those that
were there before, and those whose memory comes from a free list, have none or that of an earlier one.
"""

from __future__ import annotations

import ctypes
import sys
from array import array
from typing import Any, Final

from ....wire.snapshot_file import SnapshotWriter
from .. import layout
from .columns import Sparse, Strings

_HAVE_GC: Final = 1 << 14
_LIMIT: Final = 1 << 32

Trace = tuple[tuple[str, int], ...]


def traced_frames() -> int:
    """Return how many frames `tracemalloc` keeps; 0 while it is off. Does not import it."""
    module = sys.modules.get("_tracemalloc")
    if module is None:
        return 0
    return int(module.get_traceback_limit()) if module.is_tracing() else 0


def bytes_before(cls: type) -> int:
    """Return how far before an instance of `cls` its memory begins."""
    flags = layout.type_flags(cls)
    before = 2 * layout.WORD if flags & _HAVE_GC else 0
    return before + (2 * layout.WORD if flags & layout.PRE_HEADER_FLAGS else 0)


class Sites:
    """The columns `site`, `trace` and `frame`."""

    def __init__(self, strings: Strings) -> None:
        self._strings = strings
        self._rows = Sparse("site", {"trace": "u32"})
        self._traces: dict[Trace, int] = {}
        self._trace_start, self._trace_frame = array("I", [0]), array("I")
        self._frames: dict[tuple[str, int], int] = {}
        self._frame_file, self._frame_line = array("I"), array("I")

    def add(self, node: int, address: int) -> None:
        """Look up the memory at `address`, and note its site for `node`."""
        trace = _traceback(0, address)
        if trace:
            self._rows.add(node, self._trace(trace))

    def write(self, writer: SnapshotWriter) -> None:
        """Write the columns."""
        self._rows.write(writer)
        writer.add("trace.start", "u32", self._trace_start)
        writer.add("trace.frame", "u32", self._trace_frame)
        writer.add("frame.file", "u32", self._frame_file)
        writer.add("frame.line", "u32", self._frame_line)

    def _trace(self, trace: Trace) -> int:
        known = self._traces.get(trace)
        if known is not None:
            return known
        number = self._traces[trace] = len(self._traces)
        # The most recent frame is first already.
        for file, line in trace:
            self._trace_frame.append(self._frame(str(file), int(line)))
        self._trace_start.append(len(self._trace_frame))
        return number

    def _frame(self, file: str, line: int) -> int:
        known = self._frames.get((file, line))
        if known is None:
            known = self._frames[file, line] = len(self._frames)
            self._frame_file.append(self._strings.number(file))
            self._frame_line.append(min(max(line, 0), _LIMIT - 2))
        return known


def _find_traceback() -> Any:
    try:
        found = ctypes.pythonapi["_PyTraceMalloc_GetTraceback"]
    except AttributeError:  # an interpreter without it: no sites
        return lambda domain, address: None
    found.restype = ctypes.py_object
    found.argtypes = [ctypes.c_uint, ctypes.c_size_t]
    return found


_traceback: Final = _find_traceback()
