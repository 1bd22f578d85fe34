"""The program's `sys.stdout` and `sys.stderr` as DAP output events that name the line that wrote."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import ClassVar, TextIO, cast

from .own import is_own_frame

# Deep library stacks (logging, pytest) are common; beyond this the line is not worth the walk.
_FRAMES_SEARCHED = 64

OutputSink = Callable[[str, str, FrameType | None], None]


class _EventStream(io.BufferedIOBase):
    """What a text stream writes to: every write becomes an output event, and goes to the real file if wanted.

    Takes the place of a BufferedWriter, which refuses a signal handler that prints while a print is going on. Below the
    real one that takes nanoseconds in C; here it is Python code, which signal handlers interrupt often.
    """

    def __init__(
        self,
        category: str,
        descriptor: int,
        *,
        encoding: str,
        keep_raw: bool,
        sink: OutputSink,
        is_mine: Callable[[CodeType], bool],
    ) -> None:
        self.name = f"<{category}>"
        self._category = category
        self._descriptor = descriptor
        self._keep_raw = keep_raw
        self._sink = sink
        self._is_mine = is_mine
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    @property
    def raw(self) -> io.RawIOBase:
        """The file itself, for a program that asks for it: what it writes there comes without a line."""
        return io.FileIO(self._descriptor, "wb", closefd=False)

    def isatty(self) -> bool:
        return self._keep_raw and os.isatty(self._descriptor)

    def write(self, data: bytes) -> int:  # type: ignore[override]
        raw = bytes(data)
        if self._keep_raw:
            _write_all(self._descriptor, raw)
        text = self._decoder.decode(raw)
        if text:
            self._sink(self._category, text, _writing_frame(sys._getframe().f_back, self._is_mine))
        return len(raw)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _writing_frame(frame: FrameType | None, is_mine: Callable[[CodeType], bool]) -> FrameType | None:
    """Return the nearest frame of the user's own code, else the nearest one that is not ours."""
    nearest: FrameType | None = None
    for _ in range(_FRAMES_SEARCHED):
        if frame is None:
            break
        if not is_own_frame(frame):
            if is_mine(frame.f_code):
                return frame
            nearest = nearest or frame
        frame = frame.f_back
    return nearest


class OutputCapture:
    """Replaces `sys.stdout` and `sys.stderr`, and puts back what was there."""

    # What was replaced last. `print` holds `sys.stdout` without a reference of its own (until some 3.13), so that a
    # stream must outlive the call that another thread is in.
    _retired: ClassVar[tuple[TextIO, ...]] = ()

    def __init__(self, sink: OutputSink, is_mine: Callable[[CodeType], bool], *, keep_raw: bool) -> None:
        self._sink = sink
        self._is_mine = is_mine
        self._keep_raw = keep_raw
        self._replaced: dict[str, tuple[TextIO, TextIO]] = {}

    def install(self) -> None:
        """Replace both streams, where the program has them."""
        for name in ("stdout", "stderr"):
            original = getattr(sys, name)
            if original is None or name in self._replaced:
                continue
            try:
                descriptor = original.fileno()
            except (OSError, ValueError, AttributeError):
                # A stream without a file (a test double, a GUI): it is not ours to replace.
                continue
            original.flush()
            buffer = _EventStream(
                name,
                descriptor,
                encoding=original.encoding,
                keep_raw=self._keep_raw,
                sink=self._sink,
                is_mine=self._is_mine,
            )
            stream = io.TextIOWrapper(
                cast("io.BufferedWriter", buffer),
                encoding=original.encoding,
                errors=original.errors,
                line_buffering=True,
            )
            # As the interpreter's own streams do, so that a traceback shows the stream's usual name.
            stream.mode = "w"  # type: ignore[misc]
            setattr(sys, name, stream)
            self._replaced[name] = (original, stream)

    def flush(self) -> None:
        """Send what is still in the buffers."""
        for _, stream in self._replaced.values():
            if not stream.closed:
                stream.flush()

    def remove(self) -> None:
        """Put the original streams back, unless the program has replaced ours."""
        self.flush()
        for name, (original, stream) in self._replaced.items():
            if getattr(sys, name) is stream:
                setattr(sys, name, original)
        OutputCapture._retired = tuple(stream for _, stream in self._replaced.values())
        self._replaced.clear()
