"""Addresses for instructions: a range of numbers for each code object that a client was told of.

They look like memory, which is what clients expect of a disassembly, but say only which code object is meant and how
far into it. They last as long as the code object, which they do not keep alive.
"""

from __future__ import annotations

from _weakref import ref
from types import CodeType

from .failures import StaleHandle

# The bits of an address that tell the offset, and their value for the beginning of the code.
_BITS = 32
_BEGINNING = 1 << (_BITS - 1)


class CodeAddresses:
    """Code object ↔ range of addresses, throughout the session."""

    def __init__(self) -> None:
        self._last = 0
        self._numbers: dict[int, int] = {}
        self._codes: dict[int, ref[CodeType]] = {}

    def address(self, code: CodeType, offset: int) -> str:
        """Return the address of the instruction at `offset`, or of a place before or behind the code."""
        number = self._numbers.get(id(code))
        if number is None or self._codes[number]() is not code:
            self._last += 1
            number = self._numbers[id(code)] = self._last
            self._codes[number] = ref(code)
        return f"{(number << _BITS) + _BEGINNING + offset:#x}"

    def find(self, address: str) -> tuple[CodeType, int]:
        """Return what an address means: code and offset, which may be outside of it. Raises StaleHandle."""
        try:
            value = int(address, 0)
        except ValueError:
            raise StaleHandle(f"{address!r} is no address of an instruction.") from None
        found = self._codes.get(value >> _BITS)
        code = found() if found is not None else None
        if code is None:
            raise StaleHandle(f"There is no code at {address}, or not any more.")
        return code, value % (1 << _BITS) - _BEGINNING
