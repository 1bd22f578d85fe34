"""`heapsight/snapshot` and `heapsight/traceAllocations`. What they need is loaded when they are first asked for."""

from __future__ import annotations

from ..arguments import Arguments, integer, optional_text
from ..errors import RequestError
from ..program import Body, Program

_MOST_FRAMES = 65535


def snapshot(program: Program, arguments: Arguments) -> Body:
    """Write the whole heap into a file. It can be cancelled, and leaves no file then."""
    from ..memory.capture.capturing import SnapshotFailed, Wish, capture

    wish = Wish(
        path=optional_text(arguments, "path"),
        label=optional_text(arguments, "label"),
        collect=arguments.get("collect") is True,
        held=tuple(program.holder),
    )
    try:
        with program.watchdog.watch(None):
            taken = capture(wish)
    except SnapshotFailed as error:
        raise RequestError(str(error)) from None
    return {
        "path": taken.path,
        "capture": taken.capture,
        "pauseSeconds": taken.pause_seconds,
        "nodes": taken.nodes,
        "references": taken.references,
        "fileBytes": taken.file_bytes,
    }


def trace_allocations(program: Program, arguments: Arguments) -> Body:
    """Have `tracemalloc` keep some frames for each allocation from now on; 0 ends it."""
    from ..memory.capture.sites import set_traced_frames, traced_frames

    frames = integer(arguments, "frames")
    if not 0 <= frames <= _MOST_FRAMES:
        raise RequestError(f"'frames' has to be from 0 to {_MOST_FRAMES}, not {frames}.")
    set_traced_frames(frames)
    return {"frames": traced_frames()}
