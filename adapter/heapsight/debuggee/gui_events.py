"""Keeping windows alive while the program is stopped: `guiEventLoop`.

A window whose thread waits in the debugger neither repaints nor answers. So that thread handles the events of its
toolkit in between. Nothing is imported: a toolkit that the program has not loaded has no windows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

_QT = ("PyQt6.QtCore", "PySide6.QtCore", "PyQt5.QtCore", "PySide2.QtCore")
_TK_DONT_WAIT = 2  # _tkinter.DONT_WAIT
# So many events are handled in a row; the debugger's requests come in between.
_MOST_EVENTS = 200

Pump = Callable[[], bool]


class GuiEvents:
    """Handles waiting events of the toolkit that a configuration names.

    name: "matplotlib" (the toolkit of its windows, if pyplot is loaded), "tk", "qt", "gtk", "none", or the dotted name
    of a function of the program's. say: shows a text.
    """

    def __init__(self, name: str, say: Callable[[str], None]) -> None:
        self._name = name
        self._say = say
        self._has_failed = False

    def handle(self) -> bool:
        """Handle what waits; False when there is nothing that could wait. On the thread that has the windows."""
        if self._has_failed:
            return False
        try:
            return self._handle()
        except Exception as error:  # noqa: BLE001 - the program's own event handlers
            self._has_failed = True
            self._say(f"Windows are not kept alive: {type(error).__name__}: {error}\n")
            return False

    def _handle(self) -> bool:
        if self._name == "matplotlib":
            if "matplotlib.pyplot" not in sys.modules:
                return False
            alive = [pump() for pump in _PUMPS.values()]
            return any(alive)
        pump = _PUMPS.get(self._name.rstrip("3456"))
        if pump is None and "." not in self._name:
            known = ", ".join(["matplotlib", *_PUMPS])
            raise LookupError(f"there is no guiEventLoop {self._name!r}; there are {known}")
        return pump() if pump is not None else self._handle_by_own()

    def _handle_by_own(self) -> bool:
        module, _, name = self._name.rpartition(".")
        function = getattr(sys.modules.get(module), name, None)
        if not callable(function):
            return False
        function()
        return True


def _tk() -> bool:
    root: Any = _loaded("tkinter", "_default_root")
    if root is None:
        return False
    for _ in range(_MOST_EVENTS):
        if not root.tk.dooneevent(_TK_DONT_WAIT):
            break
    return True


def _qt() -> bool:
    for name in _QT:
        application: Any = _loaded(name, "QCoreApplication")
        running = application.instance() if application is not None else None
        if running is not None:
            running.processEvents()
            return True
    return False


def _gtk() -> bool:
    glib: Any = sys.modules.get("gi.repository.GLib")
    if glib is None:
        return False
    context = glib.MainContext.default()
    for _ in range(_MOST_EVENTS):
        if not context.iteration(False):
            break
    return True


_PUMPS: dict[str, Pump] = {"tk": _tk, "qt": _qt, "gtk": _gtk, "none": lambda: False}


def _loaded(module: str, name: str) -> object | None:
    """Return what a module that the program has loaded stores under `name`."""
    found = sys.modules.get(module)
    return found.__dict__.get(name) if isinstance(found, ModuleType) else None
