"""Where CPython keeps what no Python function tells: reference counts, instance dicts not yet asked for, shared keys.

Read-only, by address, for objects that are alive. Every fact is tried out at import on objects of our own; where a
trial fails (another build, a later version), the function answers as if the thing were not there.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any, Final, cast

from ..attributes import READS_INLINE

WORD: Final = ctypes.sizeof(ctypes.c_void_p)
_MANAGED_WEAKREF: Final = 1 << 3
_MANAGED_DICT: Final = 1 << 4
_INLINE_VALUES: Final = 1 << 2  # 3.13+
PRE_HEADER_FLAGS: Final = _MANAGED_DICT | _MANAGED_WEAKREF if sys.version_info >= (3, 12) else _MANAGED_DICT
_DICT_KEYS: Final = 4 * WORD  # after header, used, version
_GENERAL_KEYS: Final = 0  # of any type: a table with room for hashes
_DICT_VALUES: Final = 5 * WORD  # after header, used, version, keys
VALUES_WITHIN: Final = sys.version_info >= (3, 13)  # the object, and shown by its dict if it gets one

type_flags: Callable[[type], int] = type.__dict__["__flags__"].__get__
_type_basicsize: Callable[[type], int] = type.__dict__["__basicsize__"].__get__
_type_dictoffset: Callable[[type], int] = type.__dict__["__dictoffset__"].__get__

_dict_pointer: Any = ctypes.pythonapi["_PyObject_GetDictPtr"]
_dict_pointer.restype = ctypes.c_void_p
# An address, not `py_object`: ctypes asks an argument of that type for its `__class__`, which is user code.
_dict_pointer.argtypes = [ctypes.c_void_p]


# All of memory as one array each, of which an item is read much faster than by `from_address`.
_ADDRESSES: Final = 1 << 63 if ctypes.sizeof(ctypes.c_void_p) == 8 else 1 << 31
_WORDS: Final = (ctypes.c_size_t * (_ADDRESSES // WORD - 1)).from_address(0)
_BYTES: Final = (ctypes.c_uint8 * (_ADDRESSES - 1)).from_address(0)


def word_at(address: int) -> int:
    """Return the word at `address`, which is a multiple of its size."""
    return _WORDS[address // WORD]


def _byte(address: int) -> int:
    return _BYTES[address]


def instance_dict_address(obj: object) -> int:
    """Return the address of the `__dict__` that `obj` has at this moment; 0 if there is none (yet)."""
    cls = type(obj)
    if not _type_dictoffset(cls) or issubclass(cls, type):
        return 0
    if not type_flags(cls) & _MANAGED_DICT:
        pointer = _dict_pointer(id(obj))
        return word_at(pointer) if pointer else 0
    if not READS_INLINE:
        return 0
    word = word_at(id(obj) - 3 * WORD)
    return 0 if word & 1 else word  # 3.12 marks inline values with the lowest bit


def may_have_inline_values(cls: type) -> bool:
    """Say whether instances of `cls` can keep their attribute values without a dict."""
    flag = _INLINE_VALUES if sys.version_info >= (3, 13) else _MANAGED_DICT
    return READS_INLINE and bool(type_flags(cls) & flag)


def keeps_values(obj: object, cls: type) -> bool:
    """Say whether `obj` itself refers to its attribute values; False where a dict does, or there are none."""
    if not may_have_inline_values(cls) or issubclass(cls, type):
        return False
    if not VALUES_WITHIN:
        return instance_dict_address(obj) == 0
    return bool(_byte(id(obj) + _type_basicsize(cls) + 3))


def inline_values_size(obj: object, cls: type) -> int:
    """Return the bytes of the array of attribute values of `obj`, whose class may have inline values."""
    if sys.version_info >= (3, 13):
        capacity = _byte(id(obj) + _type_basicsize(cls))
        # A header, the values, and the order in which they were set.
        return WORD + capacity * WORD + _round_up(capacity)
    if sys.version_info >= (3, 12):
        tagged = word_at(id(obj) - 3 * WORD)
        values_at = tagged + 1 if tagged & 1 else 0
    else:
        values_at = word_at(id(obj) - 4 * WORD)
    return _byte(values_at - 1) + _shared_capacity(cls) * WORD if values_at else 0


def shown_values_size(obj: object) -> int:
    """Return how many bytes of a dict's own size are inline values of its instance, counted there already."""
    if not _shows_values(obj):
        return 0
    # What `dict.__sizeof__` counts: the entries that there are and the places that are free, in the keys of the class.
    # The instance may have room for more than that.
    keys_at = word_at(id(obj) + _DICT_KEYS)
    return (word_at(keys_at + 2 * WORD) + word_at(keys_at + 3 * WORD)) * WORD


def _shows_values(obj: object) -> bool:
    """Say whether a dict shows the inline values of an instance, which owns them (3.13)."""
    if not READS_INLINE or not VALUES_WITHIN:
        return False
    values_at = word_at(id(obj) + _DICT_VALUES)
    return values_at != 0 and _byte(values_at + 2) != 0


def pre_header(obj: object) -> int:
    """Return the word before an object that has a managed dict, where 3.13 has the address of that; 0: none."""
    return word_at(id(obj) - 3 * WORD)


def hidden_dict(obj: object) -> dict[Any, Any] | None:
    """Return the dict of an instance that its traversal passes over, because it keeps the values itself (3.13)."""
    if not VALUES_WITHIN or not keeps_values(obj, type(obj)) or not instance_dict_address(obj):
        return None
    return cast("dict[Any, Any]", ctypes.py_object.from_address(id(obj) - 3 * WORD).value)


def is_hidden_dict(mapping: object) -> bool:
    """Say whether a dict shows the values of an instance, which does not tell the collector of it."""
    return type(mapping) is dict and _shows_values(mapping)


def has_shared_keys(mapping: dict[Any, Any]) -> bool:
    """Say whether the keys of a dict belong to a class, for all its instances, and not to the dict."""
    return READS_INLINE and word_at(id(mapping) + _DICT_VALUES) != 0


def visits_keys(mapping: dict[Any, Any]) -> bool:
    """Say whether the collector's traversal of a dict comes to its keys; True too where that cannot be told."""
    if not READS_INLINE:
        return True
    keys_at = word_at(id(mapping) + _DICT_KEYS)
    return _byte(keys_at + WORD + 2) == _GENERAL_KEYS


def _round_up(size: int) -> int:
    return (size + WORD - 1) // WORD * WORD


def _shared_capacity(cls: type) -> int:
    keys_at = word_at(id(cls) + _KEYS_OFFSET) if _KEYS_OFFSET else 0
    # The places that are free and the entries there are.
    return word_at(keys_at + 2 * WORD) + word_at(keys_at + 3 * WORD) if keys_at else 0


class _Trial:
    pass


def _find_keys_offset() -> int:
    """Return where a class keeps its shared keys: after its qualified name. 0 if that is not found."""
    if not READS_INLINE:
        return 0
    words = ctypes.pointer(ctypes.c_size_t.from_address(id(_Trial)))[: _type_basicsize(type) // WORD]
    places = [index for index, word in enumerate(words) if word == id(_Trial.__qualname__)]
    return (places[-1] + 1) * WORD if places else 0


_KEYS_OFFSET = _find_keys_offset()
