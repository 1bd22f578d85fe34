"""Whose a module is: the program's own, a library's that was installed, Python's, or Heapsight's.

The names of the standard library's modules are those of the Python that reads the file, which is near enough.
"""

from __future__ import annotations

import sys
from enum import IntEnum

_INSTALLED = ("site-packages", "dist-packages")
_FROZEN = ("<frozen", "<string>", "<__array_function__")


class Origin(IntEnum):
    """Whose something is; the smaller, the more it interests who looks for a leak."""

    USER = 0
    LIBRARY = 1
    PYTHON = 2
    HEAPSIGHT = 3


def of_module(name: str, file: str = "") -> Origin:
    """Return whose a module is. file: where it is, where known."""
    package = name.partition(".")[0]
    if is_own_module(name):
        return Origin.HEAPSIGHT
    if package in sys.stdlib_module_names and name != "__main__":
        return Origin.PYTHON
    return of_file(file)


def is_own_module(name: str) -> bool:
    """Say whether a module is Heapsight's."""
    return name.partition(".")[0] == "heapsight"


def of_file(file: str) -> Origin:
    """Return whose a source file is, from where it lies; USER where nothing is known against it."""
    parts = file.replace("\\", "/").split("/")
    if any(each in parts for each in _INSTALLED):
        return Origin.LIBRARY
    if file.startswith(_FROZEN):
        return Origin.PYTHON
    before, _, last = file.replace("\\", "/").rpartition("/lib/python3.")
    if before and "/" in last:
        return Origin.PYTHON
    return Origin.HEAPSIGHT if "heapsight" in parts and "debuggee" in parts else Origin.USER
