"""Greenlets of gevent: flows of control within one thread. Nothing is imported: without gevent, all is None.

A thread that steps into what runs next would stop in whichever greenlet that is. So a step remembers its own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


def are_used() -> bool:
    """Say whether there may be greenlets that wait, in the middle of calls that no thread shows."""
    return "greenlet" in sys.modules


def current() -> object | None:
    """Return the greenlet that the calling thread runs, in a program that uses gevent."""
    if "gevent" not in sys.modules:
        return None
    getcurrent: Callable[[], object] | None = getattr(sys.modules.get("greenlet"), "getcurrent", None)
    return getcurrent() if getcurrent is not None else None


def is_elsewhere(greenlet: object) -> bool:
    """Say whether the calling thread runs another greenlet while `greenlet` still has something to do."""
    module: Any = sys.modules.get("greenlet")
    return module is not None and module.getcurrent() is not greenlet and not _is_dead(module, greenlet)


def _is_dead(module: Any, greenlet: object) -> bool:
    # The C type's own: a subclass may ask something else.
    return bool(module.greenlet.__dict__["dead"].__get__(greenlet))
