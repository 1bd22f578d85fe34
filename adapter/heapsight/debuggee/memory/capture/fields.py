"""What objects of types written in C keep in which word: the names for what their traversals report, or pass over.

The counterpart of the tables in C (native/heap/fields.c, frames.c, references.c). A word is only compared with what the
traversal has reported (`visited`), except where a type is known to report too little: then it is read as an object,
in the layouts that 3.11 to 3.13 share, which are tried out at import. Where they are not as expected `READS_FIELDS` is
false, and `references.py` makes do with attributes.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CellType,
    CodeType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    MemberDescriptorType,
    MethodType,
)
from typing import Any, Final

from ...attributes import READS_INLINE, is_python_class, shared_names, type_mro, type_name, type_namespace
from ...frame_layout import FIRST_VARIABLE, READS_FRAMES
from ...typenames import plain_text
from .. import layout
from .kinds import ATTRIBUTE, INTERNAL, ITEM

# kind, label, word of the object.
Field = tuple[int, str, int]
# kind, label, address of what the word refers to.
Word = tuple[int, str, int]

_IS_3_12: Final = sys.version_info >= (3, 12)
_WORD: Final = layout.WORD
_HEADER: Final = 2 * _WORD
_HEAP_TYPE: Final = 1 << 9
_COLLECTED: Final = 1 << 14
_MANAGED_DICT: Final = 1 << 4
_BUILTIN: Final = 1 << 1  # 3.12+: a static type of the interpreter itself, whose subclasses are elsewhere
_OBJECT_MEMBERS: Final = (6, 16)  # T_OBJECT, T_OBJECT_EX
_TYPE_OF_DESCRIPTOR: Final = 2 * _WORD
_MEMBER_OF_DESCRIPTOR: Final = 5 * _WORD
_flags: Final = type.__dict__["__flags__"].__get__
_basicsize: Final = type.__dict__["__basicsize__"].__get__
_dictoffset: Final = type.__dict__["__dictoffset__"].__get__


def _named(*fields: tuple[str, int], kind: int = ATTRIBUTE) -> tuple[Field, ...]:
    return tuple((kind, name, word) for name, word in fields)


_CLEARED: Final = 4  # the state of a generator whose frame holds nothing but its code any more
# A generator is as large as its own fields and a frame without variables.
_FRAME: Final = GeneratorType.__basicsize__ // _WORD - FIRST_VARIABLE
FRAME_FIELDS: Final = _named(("frame", _FRAME + (6 if _IS_3_12 else 5)), kind=INTERNAL)
_GENERATOR: Final = (
    *_named(("__name__", _FRAME - 6), ("__qualname__", _FRAME - 5)),
    *_named(("exception", _FRAME - 4), *(() if _IS_3_12 else (("code", 2),)), kind=INTERNAL),
)
_COROUTINE: Final = (*_GENERATOR, *_named(("origin", _FRAME - 2), kind=INTERNAL))

_FIELDS: Final[dict[int, tuple[Field, ...]]] = {
    id(FunctionType): _named(
        ("__globals__", 2), ("__builtins__", 3), ("__name__", 4), ("__qualname__", 5), ("__code__", 6),
        ("__defaults__", 7), ("__kwdefaults__", 8), ("__closure__", 9), ("__doc__", 10), ("__dict__", 11),
        ("__module__", 13), ("__annotations__", 14), ("__type_params__", 15),
    ),
    id(MethodType): _named(("__func__", 2), ("__self__", 3)),
    id(BuiltinFunctionType): _named(("__self__", 3)),
    id(CellType): _named(("cell_contents", 2)),
    id(BaseException): _named(
        ("__dict__", 2), ("args", 3), ("__notes__", 4), ("__traceback__", 5), ("__context__", 6), ("__cause__", 7)
    ),
    id(_lru_cache_wrapper): _named(("cache", 9), ("function", 11), kind=INTERNAL),
    id(GeneratorType): _GENERATOR,
    id(CoroutineType): _COROUTINE,
    id(AsyncGeneratorType): _COROUTINE,
    id(FrameType): (
        *_named(("f_back", 2), ("f_trace", 4)),
        *(_named(("locals", 6), ("locals", 7), kind=INTERNAL) if layout.VALUES_WITHIN else ()),
    ),
}  # fmt: skip


def fields_of(bases: tuple[type, ...]) -> tuple[Field, ...]:
    """Return the known fields of instances of a type with these bases."""
    found = (_FIELDS[id(base)] for base in bases if id(base) in _FIELDS)
    return next(found, ()) if READS_FIELDS else ()


def words_at(obj: object, fields: tuple[Field, ...]) -> Iterator[Word]:
    """Yield what the fields of `obj` refer to, by address. Only to be compared: a word may be something else."""
    for kind, name, word in fields:
        address = layout.word_at(id(obj) + word * _WORD)
        if address:
            yield kind, name, address


def keeps_code(generator: object) -> bool:
    """Say whether a generator, coroutine or async generator has ended, and still holds its code (3.12+)."""
    if not _IS_3_12 or not READS_FIELDS:
        return False
    return ctypes.c_int8.from_address(id(generator) + (_FRAME - 1) * _WORD + 3).value >= _CLEARED


# -- members ----------------------------------------------------------------------------------------------------------


class Members:
    """The plain members of instances of a type that hold objects: slots, and what types written in C tell.

    A member hidden by one of the same name in a subclass is called `Base.name`.
    """

    __slots__ = ("_members",)

    def __init__(self, bases: tuple[type, ...]) -> None:
        self._members: list[tuple[str, Any, int]] = []
        seen: set[str] = set()
        for base in bases:
            for name, member, offset in _members_of(base):
                if offset and any(offset == known for _, _, known in self._members):
                    continue
                text = name if name not in seen else f"{plain_text(type_name(base))}.{name}"
                self._members.append((text, member, offset))
                seen.add(name)

    def __bool__(self) -> bool:
        return bool(self._members)

    def addresses(self, obj: object) -> Iterator[tuple[str, int]]:
        """Yield name and address of what the members of `obj` refer to. Only to be compared."""
        for name, member, offset in self._members:
            address = layout.word_at(id(obj) + offset) if offset else _address_told(member, obj)
            if address:
                yield name, address

    def objects(self, obj: object) -> Iterator[tuple[str, object]]:
        """Yield name and object, where places are known: for a type with members that no traversal tells of."""
        for name, _, offset in self._members:
            if offset and layout.word_at(id(obj) + offset):
                yield name, object_at(id(obj) + offset)


def _members_of(cls: type) -> Iterator[tuple[str, Any, int]]:
    """Yield name, descriptor and offset of the members that hold objects; 0: where places are not known."""
    most = _basicsize(cls) - _WORD
    for name, member in list(type_namespace(cls).items()):
        if type(member) is not MemberDescriptorType or name in ("__dictoffset__", "__weaklistoffset__"):
            continue
        if not READS_FIELDS:
            yield plain_text(name), member, 0
        elif layout.word_at(id(member) + _TYPE_OF_DESCRIPTOR) == id(cls):
            definition = layout.word_at(id(member) + _MEMBER_OF_DESCRIPTOR)
            kind = ctypes.c_int.from_address(definition + _WORD).value
            offset = ctypes.c_ssize_t.from_address(definition + 2 * _WORD).value
            if kind in _OBJECT_MEMBERS and _HEADER <= offset <= most:
                text = ctypes.c_char_p.from_address(definition).value or b""
                yield text.decode("utf-8", "replace"), member, offset


def slot_names(cls: type) -> list[str] | None:
    """Return the names of the slots of an instance in the order in which its traversal reports them, before its class.

    None where it may report more than that: it has a dict, items, or a base written in C; or where that is not known.
    """
    if not READS_FIELDS or not _TRAVERSE or not _flags(cls) & _COLLECTED or _flags(cls) & _MANAGED_DICT:
        return None
    bases = type_mro(cls)
    if bases[-1] is not object or any(_traverse(base) != _traverse(_Trial) for base in bases[:-1]):
        return None
    if _dictoffset(cls) or layout.may_have_inline_values(cls):
        return None
    # The traversal goes from a class to its base, and has each one's slots as they lie. Those of a derived class lie
    # behind those of its base, as there is one such line of classes with slots.
    places = [sorted((offset, name) for name, _, offset in _members_of(base)) for base in bases[:-1]]
    names = [name for of_class in places for _, name in of_class]
    return names if len(set(names)) == len(names) else None


def _traverse(cls: type) -> int:
    return layout.word_at(id(cls) + _TRAVERSE)


def _address_told(member: Any, obj: object) -> int:
    try:
        return id(member.__get__(obj))
    except (AttributeError, TypeError, ValueError):
        return 0


# -- types and arrays -------------------------------------------------------------------------------------------------


def hidden_parts_of_class(cls: type) -> list[tuple[int, str, object]]:
    """Return what a class keeps for the interpreter, which its traversal passes over; kind INTERNAL."""
    if not READS_FIELDS:
        return []
    found: list[tuple[int, str, object]] = []
    flags = _flags(cls)
    if not (_IS_3_12 and flags & _BUILTIN):
        found += _at(cls, "subclasses", _SUBCLASSES)
    if flags & _HEAP_TYPE:
        found += _at(cls, "slots", _QUALNAME - _WORD)
        found += _at(cls, "module", _QUALNAME + 2 * _WORD)
        found += [(INTERNAL, "attribute name", name) for name in shared_names(cls)]
    return found


def type_cache(cls: type) -> list[tuple[int, str, object]]:
    """Return what is in the word for a cache of a type's."""
    return _at(cls, "cache", _SUBCLASSES - _WORD) if READS_FIELDS else []


def caches_of_code(code: CodeType) -> list[tuple[int, str, object]]:
    """Return what attributes of a code object (`co_code`, `co_varnames` …) have made and left there."""
    place = id(code) + _CODE_CACHE
    if not READS_FIELDS or not layout.word_at(place):
        return []
    if not _IS_3_12:
        return _at(code, "cached", _CODE_CACHE)
    words = [layout.word_at(place) + index * _WORD for index in range(4)]
    return [(INTERNAL, "cached", object_at(word)) for word in words if layout.word_at(word)]


def _at(obj: object, label: str, offset: int) -> list[tuple[int, str, object]]:
    return [(INTERNAL, label, object_at(id(obj) + offset))] if layout.word_at(id(obj) + offset) else []


class _Array(ctypes.Structure):
    """What numpy promises to C code of an array (PyArrayObject_fields)."""

    _fields_ = (
        ("header", ctypes.c_char * 16),
        ("data", ctypes.c_void_p),
        ("dimensions", ctypes.c_int),
        ("shape", ctypes.POINTER(ctypes.c_ssize_t)),
        ("strides", ctypes.c_void_p),
        ("base", ctypes.c_void_p),
        ("dtype", ctypes.c_void_p),
        ("flags", ctypes.c_int),
    )


_OWNS_DATA: Final = 4
_TYPE_NUMBER: Final = 28
_OF_OBJECTS: Final = 17


def is_array_type(cls: type) -> bool:
    """Say whether `cls` is `numpy.ndarray`."""
    if _flags(cls) & _HEAP_TYPE or _basicsize(cls) < ctypes.sizeof(_Array):
        return False
    name = ctypes.c_char_p.from_address(id(cls) + 3 * _WORD).value
    return READS_FIELDS and name == b"numpy.ndarray"


def array_references(obj: object) -> list[tuple[int, object, object]]:
    """Return what an array of numpy's refers to, which has no traversal: the items of one dimension by index."""
    array = _Array.from_address(id(obj))
    found: list[tuple[int, object, object]] = []
    for name, field, address in (("base", _Array.base, array.base), ("dtype", _Array.dtype, array.dtype)):
        if address:
            found.append((ATTRIBUTE, name, object_at(id(obj) + field.offset)))
    if not array.dtype or not array.data or not array.flags & _OWNS_DATA:
        return found
    if ctypes.c_int.from_address(array.dtype + _TYPE_NUMBER).value != _OF_OBJECTS:
        return found
    count = 1
    for length in array.shape[: array.dimensions]:
        count *= length
    is_row = array.dimensions == 1
    for index in range(count):
        at = array.data + index * _WORD
        if layout.word_at(at):
            found.append((ITEM, index, object_at(at)) if is_row else (INTERNAL, "", object_at(at)))
    return found


# -- reading ----------------------------------------------------------------------------------------------------------


def object_at(address: int) -> Any:
    """Return the object that the word at `address` refers to, which must not be 0."""
    return ctypes.py_object.from_address(address).value


class _Trial:
    __slots__ = ("first",)
    first: object


class _Heir(_Trial):
    __slots__ = ()


def _word_of(obj: object, target: object, which: int = -1) -> int:
    """Return the offset of a word of `obj`, the last of those that refer to `target`; 0: there is none."""
    words = ctypes.pointer(ctypes.c_size_t.from_address(id(obj)))[: _basicsize(type(obj)) // _WORD]
    places = [index for index, word in enumerate(words) if word == id(target)]
    return places[which] * _WORD if places else 0


def _reads_fields() -> bool:
    """Try everything that is read as an object on classes and an instance of our own."""
    if not READS_INLINE or not READS_FRAMES or not _MRO or not _QUALNAME or not is_python_class(_Trial):
        return False
    subclasses = object_at(id(_Trial) + _SUBCLASSES) if layout.word_at(id(_Trial) + _SUBCLASSES) else None
    trial = _Trial()
    trial.first = [1]
    return (
        type(subclasses) is dict
        and any(one() is _Heir for one in subclasses.values())
        and object_at(id(_Trial) + _QUALNAME - _WORD) == ("first",)
        and _member_is_known(trial, _Trial.__dict__["first"])
        and _code_is_known(_word_of.__code__)
    )


def _member_is_known(trial: _Trial, member: Any) -> bool:
    definition = layout.word_at(id(member) + _MEMBER_OF_DESCRIPTOR)
    return (
        layout.word_at(id(member) + _TYPE_OF_DESCRIPTOR) == id(_Trial)
        and ctypes.c_char_p.from_address(definition).value == b"first"
        and ctypes.c_int.from_address(definition + _WORD).value == _OBJECT_MEMBERS[1]
        and layout.word_at(id(trial) + ctypes.c_ssize_t.from_address(definition + 2 * _WORD).value) == id(trial.first)
    )


def _code_is_known(code: CodeType) -> bool:
    words = ctypes.pointer(ctypes.c_size_t.from_address(id(code) + _CODE_CACHE - 5 * _WORD))[:4]
    return words == [id(code.co_filename), id(code.co_name), id(code.co_qualname), id(code.co_linetable)]


def _find_traverse() -> int:
    """Return the offset of the traversal in a type; 0: it is not where it was in 3.11 to 3.13."""
    place = 23 * _WORD
    in_types = [layout.word_at(id(one) + place) for one in (_Trial, _Heir, list, dict)]
    return place if READS_FIELDS and in_types[0] == in_types[1] and len(set(in_types)) == 3 and all(in_types) else 0


_MRO: Final = _word_of(_Trial, type_mro(_Trial))
_SUBCLASSES: Final = _MRO + 2 * _WORD
# The name of a class that is not nested is the same string object as its qualified name.
_QUALNAME: Final = _word_of(_Trial, _Trial.__qualname__)
# Behind the file name, two names, the line table and the weak references.
_CODE_CACHE: Final = _word_of(_word_of.__code__, _word_of.__code__.co_filename, 0) + 5 * _WORD
READS_FIELDS: Final = _reads_fields()
# A class made by a `class` statement has the same traversal as any other; those of lists and dicts have their own.
_TRAVERSE: Final = _find_traverse()
