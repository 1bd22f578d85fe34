"""Reading what an instance and a class store, without running user code and without leaving a trace.

`vars(x)`, `dir(x)` and `x.__dict__` create the instance's dict where CPython (3.11+) had kept the values inline, and
the dict stays for the life of the object. Here the inline values are read where they lie: names from the keys that the
class shares among its instances, values from the array of the instance. Every pointer read is compared with what the
object's own traversal reports (`gc.get_referents`) before it is taken for an object, and the layout is tried out at
import on classes of our own. Where that trial fails (an interpreter built differently), `READS_INLINE` is false and
`instance_attributes` falls back on `__dict__`, which materialises it.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable, Iterable, Mapping
from types import MemberDescriptorType, ModuleType
from typing import Any, cast

_HEAP_TYPE = 1 << 9
_INLINE_VALUES = 1 << 2  # 3.13+: Py_TPFLAGS_INLINE_VALUES
_MANAGED_DICT = 1 << 4
_WORD = ctypes.sizeof(ctypes.c_void_p)
_SPLIT_KEYS = 2
_KEYS_HEADER = 4 * _WORD  # refcount; sizes and kind and version; usable; number of entries
_ENTRY = 2 * _WORD

# The getters that `type` itself uses: no metaclass can get in between.
_type_name: Callable[[type], str] = type.__dict__["__name__"].__get__
_type_qualname: Callable[[type], str] = type.__dict__["__qualname__"].__get__
_type_mro: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
_type_namespace: Callable[[type], Mapping[str, object]] = type.__dict__["__dict__"].__get__
_type_flags: Callable[[type], int] = type.__dict__["__flags__"].__get__
_type_dictoffset: Callable[[type], int] = type.__dict__["__dictoffset__"].__get__
_type_basicsize: Callable[[type], int] = type.__dict__["__basicsize__"].__get__
type_module: Callable[[type], object] = type.__dict__["__module__"].__get__
# Likewise for modules, whose class may have a `__getattribute__`.
module_dict: Callable[[ModuleType], dict[str, object]] = vars(ModuleType)["__dict__"].__get__

_dict_pointer = ctypes.pythonapi["_PyObject_GetDictPtr"]
_dict_pointer.restype = ctypes.c_void_p
# An address, not `py_object`: ctypes asks an argument of that type for its `__class__`, which is user code.
_dict_pointer.argtypes = [ctypes.c_void_p]


def type_name(cls: type) -> str:
    """Return the `__name__` of `cls`, whatever its metaclass does."""
    return _type_name(cls)


def type_qualname(cls: type) -> str:
    """Return the `__qualname__` of `cls`, whatever its metaclass does."""
    return _type_qualname(cls)


def type_mro(cls: type) -> tuple[type, ...]:
    """Return the method resolution order of `cls`, whatever its metaclass does."""
    return _type_mro(cls)


def type_namespace(cls: type) -> Mapping[str, object]:
    """Return the live, read-only namespace of `cls` (its own attributes, no bases)."""
    return _type_namespace(cls)


def is_python_class(cls: type) -> bool:
    """Say whether `cls` was made at run time (a `class` statement, mostly), not a static type of the interpreter."""
    return bool(_type_flags(cls) & _HEAP_TYPE)


def find_class_attribute(cls: type, name: str) -> object | None:
    """Return what `name` means on `cls` or its bases, descriptors unbound; None when there is nothing."""
    for base in type_mro(cls):
        namespace = type_namespace(base)
        if name in namespace:
            return namespace[name]
    return None


def instance_attributes(obj: object) -> dict[str, object] | None:
    """Return a new dict of what `obj` stores in its `__dict__`, existing or not; None if its type provides for none.

    For a class, its namespace. In the order of `vars(obj)`. Keys that are no strings are left out.
    """
    cls = type(obj)
    if issubclass(cls, type):
        return _strings_only(type_namespace(cast(type, obj)).items())
    offset = _type_dictoffset(cls)
    if not offset:
        return None
    if _type_flags(cls) & _MANAGED_DICT:
        return _managed_attributes(obj, cls) if READS_INLINE else _materialised(obj)
    pointer = _dict_pointer(id(obj))
    return _dict_at(pointer) if pointer else {}


def slot_values(obj: object) -> dict[str, object]:
    """Return a new dict of the slots of `obj` that are set: those of `__slots__`, and of C types made at run time.

    A slot hidden by one of the same name in a subclass is called `Base.name`.
    """
    values: dict[str, object] = {}
    for base in type_mro(type(obj)):
        if not is_python_class(base):
            continue
        for name, member in type_namespace(base).items():
            if type(member) is not MemberDescriptorType or name in {"__dictoffset__", "__weaklistoffset__"}:
                continue
            try:
                value = member.__get__(obj)
            except (AttributeError, TypeError):  # not set; or moved here from a foreign class by an assignment
                continue
            values[name if name not in values else f"{type_name(base)}.{name}"] = value
    return values


def _strings_only(items: Iterable[tuple[object, object]]) -> dict[str, object]:
    # A subclass of str may define __hash__: its plain text becomes the key.
    return {
        key if type(key) is str else str.__str__(cast(str, key)): value
        for key, value in list(items)  # at once: another thread may be changing the dict
        if issubclass(type(key), str)
    }


def _dict_at(pointer: int) -> dict[str, object]:
    """Copy the dict that the word at `pointer` refers to; {} where there is none yet."""
    if not _words(pointer, 1)[0]:
        return {}
    found: dict[object, object] = _object_at(pointer)
    return _strings_only(dict.items(found))


def _materialised(obj: object) -> dict[str, object]:
    try:
        return _strings_only(dict.items(object.__getattribute__(obj, "__dict__")))
    except (AttributeError, TypeError):  # hidden by an attribute of the class
        return {}


def _words(address: int, count: int) -> memoryview:
    return memoryview(ctypes.string_at(address, count * _WORD)).cast("P")


def _object_at(pointer: int) -> Any:
    """Return the object that the word at `pointer` refers to."""
    return ctypes.py_object.from_address(pointer).value


def _managed_attributes(obj: object, cls: type) -> dict[str, object]:
    """Attributes of an instance whose dict, if any, is kept in front of the object by the interpreter."""
    dict_at = id(obj) - 3 * _WORD
    values_at, capacity = _locate_values(obj, cls, dict_at)
    if not values_at:
        return _dict_at(dict_at)
    names = shared_names(cls)
    pointers = _words(values_at, min(len(names), capacity))
    by_address = {id(referent): referent for referent in gc.get_referents(obj)}
    found = {
        index: (names[index], by_address[address])
        for index, address in enumerate(pointers)
        if address and address in by_address
    }
    order = _insertion_order(values_at, capacity)
    if sorted(order) != sorted(found):
        order = list(found)
    return dict(found[index] for index in order)


if sys.version_info >= (3, 13):

    def _locate_values(obj: object, cls: type, dict_at: int) -> tuple[int, int]:
        """Return address and capacity of the inline values of `obj`; (0, 0) where it has a dict, or nothing."""
        if _words(dict_at, 1)[0] or not _type_flags(cls) & _INLINE_VALUES:
            return 0, 0
        header = id(obj) + _type_basicsize(cls)
        capacity, _, _, valid = ctypes.string_at(header, 4)
        return (header + _WORD, capacity) if valid else (0, 0)

    def _insertion_order(values_at: int, capacity: int) -> list[int]:
        used = ctypes.string_at(values_at - _WORD, 2)[1]
        return list(ctypes.string_at(values_at + capacity * _WORD, used))

else:

    def _locate_values(obj: object, cls: type, dict_at: int) -> tuple[int, int]:
        """Return address and capacity of the inline values of `obj`; (0, 0) where it has a dict, or nothing."""
        if sys.version_info >= (3, 12):
            tagged = _words(dict_at, 1)[0]
            address = tagged + 1 if tagged & 1 else 0
        else:
            address = _words(dict_at - _WORD, 1)[0]
        # The array has one place for each name that the class's keys have room for.
        return address, len(shared_names(cls)) if address else 0

    def _insertion_order(values_at: int, capacity: int) -> list[int]:
        used = ctypes.string_at(values_at - 2, 1)[0]
        return list(reversed(ctypes.string_at(values_at - 2 - used, used)))


def shared_names(cls: type) -> list[str]:
    """Return the names that instances of `cls` share, in the order of their values."""
    keys_at = _words(id(cls) + _KEYS_OFFSET, 1)[0]
    if not keys_at:
        return []
    header = ctypes.string_at(keys_at, _KEYS_HEADER)
    log2_index_bytes, kind = header[_WORD + 1], header[_WORD + 2]
    if kind != _SPLIT_KEYS:
        return []
    count = int.from_bytes(header[3 * _WORD :], sys.byteorder)
    entries_at = keys_at + _KEYS_HEADER + (1 << log2_index_bytes)
    return [_object_at(entries_at + index * _ENTRY) for index in range(count)]


class _Trial:
    def __init__(self, extra: bool) -> None:
        self.first = [1]
        if extra:
            self.second = [2]
        self.third = [3]


class _SlottedTrial(_Trial):
    __slots__ = ("fourth",)
    fourth: object


def _find_keys_offset() -> int:
    """Return where a class keeps its shared keys: the word after its qualified name. 0 if that is not found."""
    if _type_basicsize(object) != 2 * _WORD:
        return 0  # free threading, or reference tracing: everything lies elsewhere
    words = _words(id(_Trial), _type_basicsize(type) // _WORD)
    qualname = id(_Trial.__qualname__)
    places = [index for index, word in enumerate(words) if word == qualname]
    # The name of a class that is not nested is the same string object as its qualified name.
    return (places[-1] + 1) * _WORD if places and places[-1] + 1 < len(words) else 0


def _reads_inline() -> bool:
    """Try the layout on instances with attributes in three orders, with a hole, with slots, and with a dict."""
    if not _KEYS_OFFSET:
        return False
    plain, holed, slotted, dictful = _Trial(True), _Trial(False), _SlottedTrial(True), _Trial(False)
    holed.second = [4]
    del holed.first
    slotted.fourth = [5]
    for trial in (plain, holed, slotted):
        found = _managed_attributes(trial, type(trial))
        # Only now the dict: reading it ends the inline state.
        if list(found.items()) != list(vars(trial).items()) or not found:
            return False
    expected = vars(dictful)
    return _managed_attributes(dictful, _Trial) == expected


_KEYS_OFFSET = _find_keys_offset()
READS_INLINE = _reads_inline()
