"""Threads that a program starts through `_thread` itself: nothing of the interpreter's tells when they begin."""

from __future__ import annotations

import _thread
from collections.abc import Callable

_NAMES = ("start_new_thread", "start_new")


class RawThreads:
    """Has each such thread call `begins` first, while it is in place."""

    def __init__(self, begins: Callable[[], None]) -> None:
        self._begins = begins
        self._original: Callable[..., int] | None = None

    def watch(self) -> None:
        """Take the place of the functions that start threads."""
        if self._original is None:
            self._original = _thread.start_new_thread
            self._put(self._start)

    def leave(self) -> None:
        """Put them back."""
        original, self._original = self._original, None
        if original is not None and _thread.start_new_thread == self._start:
            self._put(original)

    def _put(self, function: Callable[..., int]) -> None:
        for name in _NAMES:
            setattr(_thread, name, function)

    def _start(self, function: object, *arguments: object) -> int:
        original: Callable[..., int] = self._original or _thread.start_new_thread
        if not callable(function):
            return original(function, *arguments)
        return original(_Beginning(self._begins, function), *arguments)


class _Beginning:
    """What the thread calls. Shows as the program's own function, in case that one fails."""

    def __init__(self, begins: Callable[[], None], function: Callable[..., object]) -> None:
        self._begins = begins
        self._function = function

    def __repr__(self) -> str:
        return repr(self._function)

    def __call__(self, *arguments: object, **options: object) -> None:
        self._begins()
        self._function(*arguments, **options)
