"""Where objects were allocated, as `tracemalloc` remembers it.

Asked by address, from where an object's memory begins. (`tracemalloc.get_object_traceback` looks at a wrong place on
3.11 for each instance that may have a dict.) Which objects have a site depends on when the tracing began: those that
were there before, and those whose memory comes from a free list, have none or that of an earlier one.
"""

from __future__ import annotations

import ctypes
from array import array
from typing import Any, BinaryIO, Final

from ....wire.snapshot_file import NONE, Directory, SnapshotWriter, read_column
from ...own import PACKAGE_FOLDER
from .. import layout
from .columns import Sparse, Strings
from .untraced import untraced

_HAVE_GC: Final = 1 << 14
_LIMIT: Final = 1 << 32

Trace = tuple[tuple[str, int], ...]


def traced_frames() -> int:
    """Return how many frames `tracemalloc` keeps; 0 while it is off."""
    # The C part alone, which also knows of a tracing that `python -X tracemalloc` began.
    import _tracemalloc

    return int(_tracemalloc.get_traceback_limit()) if _tracemalloc.is_tracing() else 0


def set_traced_frames(frames: int) -> None:
    """Have `tracemalloc` keep so many frames for each allocation from now on; what it has is lost where that changes.

    0: off. The module itself is not imported, which would import others into the program; its C part is enough.
    """
    import _tracemalloc

    if frames == traced_frames():
        return
    if _tracemalloc.is_tracing():
        _tracemalloc.stop()
    if frames:
        _tracemalloc.start(frames)


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
        # None: of Heapsight's.
        self._traces: dict[Trace, int | None] = {}
        self._trace_start, self._trace_frame = array("I", [0]), array("I")
        self._frames: dict[tuple[str, int], int] = {}
        self._frame_file, self._frame_line = array("I"), array("I")

    def add(self, node: int, address: int) -> None:
        """Look up the memory at `address`, and note its site for `node`."""
        trace = _traceback(0, address)
        number = self._trace(trace) if trace else None
        if number is not None:
            self._rows.add(node, number)

    def write(self, writer: SnapshotWriter) -> None:
        """Write the columns."""
        self._rows.write(writer)
        writer.add("trace.start", "u32", self._trace_start)
        writer.add("trace.frame", "u32", self._trace_frame)
        writer.add("frame.file", "u32", self._frame_file)
        writer.add("frame.line", "u32", self._frame_line)

    def _trace(self, trace: Trace) -> int | None:
        """Return the number of a trace, less the frames that run the program; None where Heapsight itself allocated."""
        if trace in self._traces:
            return self._traces[trace]
        is_own = trace[0][0].startswith(PACKAGE_FOLDER)
        number = self._traces[trace] = None if is_own else len(self._trace_start) - 1
        if not is_own:
            # The most recent frame is first already.
            for file, line in trace:
                if not file.startswith(PACKAGE_FOLDER):
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


def write_sites(file: BinaryIO, directory: Directory, writer: SnapshotWriter) -> None:
    """Add the sites to a snapshot that was written in this process, with nothing freed since."""
    columns = {name: read_column(file, directory.columns[name]) for name in ("node.address", "node.type", "type.node")}
    addresses, types = columns["node.address"], columns["type.node"]
    before = [
        bytes_before(ctypes.cast(addresses[node], ctypes.py_object).value) if node != NONE else 0 for node in types
    ]
    starts = directory.columns["string.start"]
    strings = Strings(starts.count - 1, directory.columns["string.bytes"].count)
    sites = Sites(strings)
    with untraced():
        for node, row in enumerate(columns["node.type"]):
            if addresses[node]:
                sites.add(node, addresses[node] - before[row])
    file.seek(0, 2)
    sites.write(writer)
    strings.write(writer)


def _find_traceback() -> Any:
    try:
        found = ctypes.pythonapi["_PyTraceMalloc_GetTraceback"]
    except AttributeError:  # an interpreter without it: no sites
        return lambda domain, address: None
    found.restype = ctypes.py_object
    found.argtypes = [ctypes.c_uint, ctypes.c_size_t]
    return found


_traceback: Final = _find_traceback()
