"""Values of texts and numbers in a snapshot: a short text for people, and a hash by which equal ones are found.

The hash is the interpreter's own of the content (SipHash, with a key of the process), with a number for the type in it:
the objects and the interpreter have it in C. No code of the program's is asked: these are exact types only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

_SHOWN: Final = 80
_CUT: Final = "…"
_MASK: Final = 0xFFFF_FFFF_FFFF_FFFF
# 10**1000 is the smallest number with more than 1,000 digits, and has 3,322 bits.
_LONG_BITS: Final = 3322

Shown = Callable[[Any], str]


def describe(obj: object) -> tuple[str, int] | None:
    """Return text and hash of a value; None for objects of other types. Not for subclasses."""
    shown = SHOWN.get(id(type(obj)))
    if shown is None:
        return None
    text = shown(obj)
    return text, value_hash(obj, text) & _MASK


def value_hash(obj: Any, text: str) -> int:
    """Return the hash of a value of which `text` is shown, with a sign."""
    cls: Any = type(obj)
    if cls is str or cls is bytes:
        return hash(obj) ^ _OF_TYPE[cls]
    if cls is bytearray:
        return hash(bytes(obj)) ^ _OF_TYPE[cls]
    # Of a number's text: its own hash is no more than a remainder.
    return hash(_digits(obj) if text.endswith(_CUT) else text) ^ _OF_TYPE[cls]


def _text(obj: str | bytes | bytearray) -> str:
    return repr(obj) if len(obj) <= _SHOWN else repr(obj[:_SHOWN]) + _CUT


def _integer(obj: int) -> str:
    text = _digits(obj)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + _CUT


def _digits(obj: int) -> str:
    # A decimal text takes quadratic time, and the interpreter refuses it for long numbers.
    return hex(obj) if obj.bit_length() >= _LONG_BITS else repr(obj)


# What shows a value, by the address of its type.
SHOWN: Final[dict[int, Shown]] = {
    **dict.fromkeys(map(id, (str, bytes, bytearray)), _text),
    id(int): _integer,
    **dict.fromkeys(map(id, (float, complex, bool, type(None))), repr),
}
# Of texts that are no content of the program's: `'str'` and `b'bytes'` would have the same.
_OF_TYPE: Final[dict[type, int]] = {
    one: hash(f"{one.__name__}\0 of a snapshot")
    for one in (str, bytes, bytearray, int, float, complex, bool, type(None))
}
