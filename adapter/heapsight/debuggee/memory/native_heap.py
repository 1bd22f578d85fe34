"""The heap walked in C, `module`, where it was built for this interpreter; None where twins in Python do its work."""

from __future__ import annotations

from types import ModuleType

module: ModuleType | None
try:
    from ..._native import heap as module
except ImportError:  # not built, or not for this interpreter
    module = None

# Kinds of references, as docs/snapshot-format.md has them.
ITEM, VALUE, KEY, MEMBER = 1, 2, 3, 4
