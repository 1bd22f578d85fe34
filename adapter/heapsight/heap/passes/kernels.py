"""Which passes there are: `best` is the module to call, `python` or `heapsight._native.graph`; both have the same."""

from __future__ import annotations

from array import array
from types import ModuleType

from . import python

native: ModuleType | None
try:
    from ..._native import graph as native
except ImportError:  # not built
    native = None

best: ModuleType = native or python


def largest(numbers: array[int]) -> int:
    """Return the largest number of a column, 0 of an empty one."""
    found: int = best.largest(numbers)
    return found


def column(code: str, count: int) -> array[int]:
    """Return an array of zeros. code: B, I or Q."""
    return array(code, bytes(count * {"B": 1, "I": 4, "Q": 8}[code]))
