"""The numbers of docs/snapshot-format.md."""

from __future__ import annotations

from typing import Final

# Kinds of references.
ATTRIBUTE: Final = 0
ITEM: Final = 1
VALUE: Final = 2
KEY: Final = 3
MEMBER: Final = 4
LOCAL: Final = 5
TYPE: Final = 6
STACK: Final = 7
INTERNAL: Final = 8
FRAME: Final = 9

# Kinds of roots.
MODULE_ROOT: Final = 0
THREAD_ROOT: Final = 1
INTERPRETER_ROOT: Final = 2
OWN_ROOT: Final = 3

# Flags of nodes.
TRACKED: Final = 1
PSEUDO: Final = 2
UNLISTED: Final = 4
