"""What is special about exceptions, functions, generators and other objects that the interpreter is made of."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from enum import Enum
from types import (
    AsyncGeneratorType,
    CellType,
    CodeType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodType,
    ModuleType,
)
from typing import Any, cast
from weakref import ref

from ..attributes import find_class_attribute, instance_attributes, type_mro, type_namespace
from ..frame_layout import generator_slots
from ..frames import read_locals, write_local
from .instances import category_of
from .members import Category, Member, attribute, fixed, note, place_of_attribute
from .text.signatures import signature_text

MembersOf = Callable[[Any], Iterator[Member]]


def special_members(obj: object) -> Iterator[Member]:
    """Yield what is shown for the kind of object that `obj` is, before its attributes."""
    for base in type_mro(type(obj)):
        members = _KINDS.get(id(base))
        if members is not None:
            yield from members(obj)


def _exception(obj: BaseException) -> Iterator[Member]:
    get = type_namespace(BaseException)
    for name in ("args", "__cause__", "__context__", "__traceback__", "__suppress_context__"):
        value = cast(Any, get[name]).__get__(obj)
        if value is not None and (name != "__suppress_context__" or value):
            yield attribute(name, value)
    notes = (instance_attributes(obj) or {}).get("__notes__")
    if notes is not None:
        yield attribute("__notes__", notes)


def _enum(obj: Enum) -> Iterator[Member]:
    stored = instance_attributes(obj) or {}
    for name in ("name", "value"):
        if f"_{name}_" in stored:
            yield fixed(name, stored[f"_{name}_"])


def _named_tuple(obj: tuple[object, ...]) -> Iterator[Member]:
    fields = find_class_attribute(type(obj), "_fields")
    if type(fields) is not tuple:
        return
    for name, value in zip(fields, tuple.__iter__(obj), strict=False):
        if type(name) is str:
            before, after = place_of_attribute(name)
            yield Member(name, value, after, before, refusal="The fields of a named tuple cannot be changed.")


def _class(obj: type) -> Iterator[Member]:
    for name, value in list(type_namespace(obj).items()):
        if type(name) is str and name not in {"__dict__", "__weakref__", "_abc_impl"}:
            yield attribute(name, value, category_of(name, value))
    for name in ("__bases__", "__mro__"):
        yield fixed(name, cast(Any, type_namespace(type)[name]).__get__(obj), Category.SPECIAL)
    yield fixed("__class__", type(obj), Category.SPECIAL)


def _module(obj: ModuleType) -> Iterator[Member]:
    for name, value in (instance_attributes(obj) or {}).items():
        yield attribute(name, value, category_of(name, value))


def _function(obj: FunctionType) -> Iterator[Member]:
    code = obj.__code__
    yield note("signature", signature_text(obj))
    yield note("defined at", f"{_place(code)}:{code.co_firstlineno}")
    for index, (name, cell) in enumerate(zip(code.co_freevars, obj.__closure__ or (), strict=False)):
        yield from _in_cell(name, cell, f".__closure__[{index}].cell_contents")
    if obj.__defaults__:
        yield attribute("__defaults__", obj.__defaults__)
    if obj.__kwdefaults__:
        yield attribute("__kwdefaults__", obj.__kwdefaults__)
    for name in ("__code__", "__doc__", "__globals__", "__module__", "__qualname__"):
        yield attribute(name, getattr(obj, name), Category.SPECIAL)


def _place(code: CodeType) -> str:
    name = code.co_filename
    return name if name.startswith("<") else os.path.abspath(name)


def _in_cell(name: str, cell: CellType, after: str) -> Iterator[Member]:
    try:
        value = cell.cell_contents
    except ValueError:  # empty
        return

    def store(owner: object, new: object, cell: CellType = cell) -> None:
        cell.cell_contents = new

    yield Member(name, value, after, store=store)


def _cell(obj: CellType) -> Iterator[Member]:
    yield from _in_cell("cell_contents", obj, ".cell_contents")


def _method(obj: MethodType) -> Iterator[Member]:
    yield fixed("__self__", obj.__self__)
    yield fixed("__func__", obj.__func__)


def _weak_reference(obj: ref[object]) -> Iterator[Member]:
    yield Member("()", ref.__call__(obj), "()")


def _frame(obj: FrameType) -> Iterator[Member]:
    yield note("at", f"{_place(obj.f_code)}:{obj.f_lineno}")
    for name, value in read_locals(obj).items():
        yield Member(name, value, f".f_locals[{name!r}]", store=_storing_local(name))
    yield fixed("f_code", obj.f_code, Category.SPECIAL)
    yield fixed("f_globals", obj.f_globals, Category.SPECIAL)


def _storing_local(name: str) -> Callable[[Any, object], None]:
    def store(owner: FrameType, value: object) -> None:
        write_local(owner, name, value)

    return store


def _code(obj: CodeType) -> Iterator[Member]:
    yield note("defined at", f"{_place(obj)}:{obj.co_firstlineno}")
    for name in ("co_qualname", "co_varnames", "co_freevars", "co_cellvars", "co_names", "co_consts"):
        yield fixed(name, getattr(obj, name))


_WAITING = {True: "suspended", False: "created", None: "created or suspended"}


def _generator(obj: object, prefix: str, code: CodeType, running: bool, suspended: bool | None) -> Iterator[Member]:
    """State and variables of what can be suspended. Its `*_frame` is not read: that would create a frame for good."""
    slots = generator_slots(obj, code)
    referents = {id(referent): referent for referent in gc.get_referents(obj)}
    # What has not come to its end refers to the function that it runs.
    ended = not running and (slots.function if slots is not None else id(code)) not in referents
    yield note("state", "running" if running else "finished" if ended else _WAITING[suspended])
    yield note("defined at", f"{_place(code)}:{code.co_firstlineno}")
    if slots is None or running or ended:
        return
    for name, address in zip(slots.names, slots.variables, strict=True):
        if address not in referents:
            continue
        value = referents[address]
        if type(value) is CellType:
            yield from _in_cell(name, value, f".{prefix}_frame.f_locals[{name!r}]")
        else:
            yield Member(name, value, f".{prefix}_frame.f_locals[{name!r}]", store=_storing_suspended(prefix, name))


def _storing_suspended(prefix: str, name: str) -> Callable[[Any, object], None]:
    def store(owner: Any, value: object) -> None:
        write_local(getattr(owner, f"{prefix}_frame"), name, value)

    return store


def _plain_generator(obj: GeneratorType[Any, Any, Any]) -> Iterator[Member]:
    yield from _generator(obj, "gi", obj.gi_code, obj.gi_running, obj.gi_suspended)


def _coroutine(obj: CoroutineType[Any, Any, Any]) -> Iterator[Member]:
    yield from _generator(obj, "cr", obj.cr_code, obj.cr_running, obj.cr_suspended)
    if obj.cr_await is not None:
        yield fixed("cr_await", obj.cr_await)


def _async_generator(obj: AsyncGeneratorType[Any, Any]) -> Iterator[Member]:
    suspended = getattr(obj, "ag_suspended", None)  # 3.12+
    yield from _generator(obj, "ag", obj.ag_code, obj.ag_running, suspended)


# By address: looking a class up in a dict would ask its metaclass for a hash.
_KINDS: dict[int, MembersOf] = {
    id(cls): members
    for cls, members in cast(
        "list[tuple[type, MembersOf]]",
        [
            (BaseException, _exception),
            (Enum, _enum),
            (tuple, _named_tuple),
            (type, _class),
            (ModuleType, _module),
            (FunctionType, _function),
            (CellType, _cell),
            (MethodType, _method),
            (ref, _weak_reference),
            (FrameType, _frame),
            (CodeType, _code),
            (GeneratorType, _plain_generator),
            (CoroutineType, _coroutine),
            (AsyncGeneratorType, _async_generator),
        ],
    )
}
_OWN_MEMBERS = (type, ModuleType, FunctionType, CellType, MethodType, FrameType, CodeType, ref)
_SUSPENDABLE = (GeneratorType, CoroutineType, AsyncGeneratorType)
_VALUES = (int, float, complex, str, bytes, bytearray, list, dict, set, frozenset, BaseException)
# What these classes define is left out: `special_members` and the value itself say it better.
QUIET = frozenset(id(cls) for cls in (*_OWN_MEMBERS, *_SUSPENDABLE, *_VALUES))
