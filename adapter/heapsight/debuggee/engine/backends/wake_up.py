"""Waking the main thread on 3.11, where a thread is traced only once it has said so itself."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from ...originals import get_ident
from ..main_thread import main_ident


class WakeUp:
    """Runs a function on the main thread, which may be in the middle of anything: as a pending call."""

    def __init__(self, function: Callable[[], None]) -> None:
        def call(_nothing: object) -> int:
            function()
            return 0

        # Kept as long as this object: the interpreter calls it later.
        self._callback = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(call)

    def main_thread(self) -> None:
        """Have the main thread run it soon; at once where the caller is the main thread."""
        if get_ident() == main_ident():
            self._callback(None)
        else:
            ctypes.pythonapi.Py_AddPendingCall(self._callback, None)
