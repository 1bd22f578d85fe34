"""Which thread is the main one, also after gevent has put numbers of its own into `threading`."""

from __future__ import annotations

import _thread
import os
import threading
from types import FrameType

from ..frames import frames_of_threads
from ..originals import get_ident

_main: list[int] = []


def main_ident() -> int:
    """Return the interpreter's number of the main thread."""
    return _main[0]


def _find() -> int:
    known = getattr(_thread, "_get_main_thread_ident", None)
    if known is not None:
        return int(known())
    told = threading.main_thread().ident
    stacks = frames_of_threads()
    if told is not None and told in stacks:
        return told
    # Replaced already: it is the one whose stack begins with a module, not with the start of a thread.
    return next((ident for ident, frame in stacks.items() if _outermost(frame).f_code.co_name == "<module>"), 0)


def _outermost(frame: FrameType) -> FrameType:
    while frame.f_back is not None:
        frame = frame.f_back
    return frame


def _forked() -> None:
    _main[0] = get_ident()


_main.append(_find())
if hasattr(os, "register_at_fork"):
    # The thread that forks is the main one of the child.
    os.register_at_fork(after_in_child=_forked)
