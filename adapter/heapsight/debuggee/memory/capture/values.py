"""Values of texts and numbers in a snapshot: a short text for people, and a hash by which equal ones are found.

The hash is FNV-1a with 64 bits (Fowler, Noll, Vo; RFC 9923) over the type's name, a zero byte, and the content. Of
contents over 128 bytes it is BLAKE2b, which the interpreter has in C: equal contents have equal hashes all the same,
but not those of a native capture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

try:
    from _blake2 import blake2b

    _HAS_BLAKE2 = True
except ImportError:  # an interpreter built without it
    _HAS_BLAKE2 = False

_SHOWN: Final = 80
_CUT: Final = "…"
_OFFSET: Final = 0xCBF2_9CE4_8422_2325
_PRIME: Final = 0x100_0000_01B3
_MASK: Final = 0xFFFF_FFFF_FFFF_FFFF
_QUICK: Final = 128
_WHOLE: Final = 1 << 16
_PART: Final = 1 << 15
# 10**1000 is the smallest number with more than 1,000 digits, and has 3,322 bits.
_LONG_BITS: Final = 3322

Describe = Callable[[Any], tuple[str, int]]


def fnv1a(data: bytes, state: int = _OFFSET) -> int:
    """Return the 64-bit FNV-1a hash of `data`, going on from `state`."""
    for byte in data:
        state = (state ^ byte) * _PRIME & _MASK
    return state


def describe(obj: object) -> tuple[str, int] | None:
    """Return text and hash of a value; None for objects of other types. Not for subclasses."""
    rule = RULES.get(id(type(obj)))
    return None if rule is None else rule(obj)


def _hash(state: int, content: bytes) -> int:
    if len(content) > _QUICK and _HAS_BLAKE2:
        # A tenth of a microsecond for each byte is too much for long texts.
        return int.from_bytes(blake2b(content, digest_size=8, key=state.to_bytes(8, "little")).digest(), "little")
    if len(content) > _WHOLE:
        content = content[:_PART] + content[-_PART:] + len(content).to_bytes(8, "little")
    return fnv1a(content, state)


def _text(obj: str) -> tuple[str, int]:
    shown = repr(obj) if len(obj) <= _SHOWN else repr(obj[:_SHOWN]) + _CUT
    return shown, _hash(_STATES["str"], obj.encode("utf-8", "surrogatepass"))


def _bytes(obj: bytes | bytearray) -> tuple[str, int]:
    shown = repr(obj) if len(obj) <= _SHOWN else repr(obj[:_SHOWN]) + _CUT
    return shown, _hash(_STATES[type(obj).__name__], bytes(obj))


def _integer(obj: int) -> tuple[str, int]:
    # A decimal text takes quadratic time, and the interpreter refuses it for long numbers.
    text = hex(obj) if obj.bit_length() >= _LONG_BITS else repr(obj)
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + _CUT
    return shown, _hash(_STATES["int"], text.encode("ascii"))


def _plain(obj: object) -> tuple[str, int]:
    text = repr(obj)
    return text, fnv1a(text.encode("ascii"), _STATES[type(obj).__name__])


_TYPES: Final[dict[type, Describe]] = {
    str: _text,
    bytes: _bytes,
    bytearray: _bytes,
    int: _integer,
    float: _plain,
    complex: _plain,
    bool: _plain,
    type(None): _plain,
}
_STATES: Final = {kind.__name__: fnv1a(kind.__name__.encode() + b"\0") for kind in _TYPES}
# By the address of the type.
RULES: Final[dict[int, Describe]] = {id(kind): rule for kind, rule in _TYPES.items()}
