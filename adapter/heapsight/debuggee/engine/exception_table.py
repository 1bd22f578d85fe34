"""The exception table of a code object: which handler is in force where.

The format is described in CPython's `InternalDocs/exception_handling.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType

from ..records import record


@record
class Protected:
    """A range of instructions with a handler; offsets in bytes, `end` not included.

    depth: how many values stay on the stack. On top of them comes, with `pushes_offset`, where the exception happened,
    and then the exception itself.
    """

    start: int
    end: int
    target: int
    depth: int
    pushes_offset: bool


def protected_ranges(code: CodeType) -> Iterator[Protected]:
    """Yield the exception table of `code`, in its order."""
    numbers = _numbers(code.co_exceptiontable)
    for start, length, target, kind in zip(numbers, numbers, numbers, numbers, strict=True):
        # Code units of two bytes.
        yield Protected(start * 2, (start + length) * 2, target * 2, kind >> 1, bool(kind & 1))


def _numbers(table: bytes) -> Iterator[int]:
    """Six bits a byte, the highest first; bit 6 says that more follow (bit 7 marks where an entry begins)."""
    value = 0
    for byte in table:
        value = value << 6 | byte & 0x3F
        if not byte & 0x40:
            yield value
            value = 0
