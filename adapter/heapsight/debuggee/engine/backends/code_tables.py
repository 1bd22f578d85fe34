"""Sets of code objects, by which a trace function decides."""

from __future__ import annotations

from _weakref import ReferenceType
from types import CodeType
from typing import Protocol


class CodeSet(Protocol):
    """Code objects, by identity."""

    def __contains__(self, key: object, /) -> bool: ...

    def add(self, code: CodeType, /) -> None:
        """Put in `code`."""


class CodeTable(dict[int, ReferenceType[CodeType]]):
    """Code objects that live, by address: hashing one would read all of its bytes."""

    def add(self, code: CodeType) -> None:
        """Put in `code`; it leaves by itself when it dies."""
        number = id(code)
        self[number] = ReferenceType(code, lambda _: self.pop(number, None))
