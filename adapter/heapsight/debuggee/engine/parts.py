"""What an engine is made of, as the options and the interpreter decide."""

from __future__ import annotations

import os
import sys
from _weakref import ref
from collections.abc import Callable
from types import CodeType
from typing import Protocol

from .backends.base import Backend, BackendKind, Sink, ThreadBegins
from .breakpoints.table import BreakpointTable, OnChange
from .foreign import Foreign


def make_backend(sink: Sink, kind: BackendKind | None, thread_begins: ThreadBegins) -> Backend:
    """Return a source of events, the best that there is unless `kind` names one. What is not used is not imported."""
    if sys.version_info >= (3, 12) and kind in (None, BackendKind.MONITORING):
        from .backends.monitoring import MonitoringBackend

        return MonitoringBackend(sink, thread_begins)
    if kind is not BackendKind.SETTRACE_PYTHON:
        try:
            from .backends.native import NativeBackend
        except ImportError:  # not built, or not for this interpreter
            pass
        else:
            evaluates = kind is not BackendKind.SETTRACE
            return NativeBackend(sink, thread_begins, evaluates_frames=evaluates)
    from .backends.settrace import SettraceBackend

    return SettraceBackend(sink, thread_begins)


def make_table(foreign: Foreign | None, on_change: OnChange, is_mine: Callable[[CodeType], bool]) -> BreakpointTable:
    """Return the table of breakpoints, one that knows of `foreign` languages where there are any."""
    if foreign is None:
        return BreakpointTable(on_change=on_change, is_mine=is_mine)
    from .breakpoints.foreign_breakpoints import ForeignBreakpoints

    return ForeignBreakpoints(foreign, on_change=on_change, is_mine=is_mine)


class Abandonable(Protocol):
    """What a forked child leaves behind."""

    def abandon(self) -> None:
        """End, in a forked child."""


def abandon_in_forks(engine: Abandonable) -> None:
    """Have children that the program forks run on as if they had never been debugged: they have no client."""
    if not hasattr(os, "register_at_fork"):
        return
    # It cannot be taken back: it must not be what keeps an engine alive.
    held = ref(engine)

    def forked() -> None:
        one = held()
        if one is not None:
            one.abandon()

    os.register_at_fork(after_in_child=forked)
