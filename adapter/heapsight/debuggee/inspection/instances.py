"""What any object consists of: attributes, slots, and what its class adds, without asking the object for it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cached_property
from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    WrapperDescriptorType,
)
from typing import Any, cast

from ..attributes import (
    find_class_attribute,
    instance_attributes,
    is_python_class,
    slot_values,
    type_mro,
    type_namespace,
)
from .members import Category, Form, Member, attribute, is_dunder, place_of_attribute, reading, storing
from .ready_rows import ReadyRows

_C_METHODS = (MethodDescriptorType, WrapperDescriptorType, ClassMethodDescriptorType, BuiltinFunctionType)
_METHODS = (FunctionType, staticmethod, classmethod)
_MACHINERY = frozenset(
    {"__dict__", "__weakref__", "_abc_impl", "__slots__", "__static_attributes__", "__firstlineno__"}
)

_NAMED_TUPLE = frozenset({"_fields", "_field_defaults"})


def category_of(name: str, value: object) -> Category:
    """Say in which group of a module, a class or a scope a name belongs."""
    if is_dunder(name):
        return Category.SPECIAL
    if issubclass(type(value), (*_METHODS, BuiltinFunctionType)):
        return Category.FUNCTION
    return Category.CLASS if issubclass(type(value), type) else Category.PLAIN


def stored_members(obj: object, ready: ReadyRows | None = None) -> dict[str, Member | str]:
    """Return by its name what the object itself stores, but for what an enum keeps for its own purposes.

    With `ready`, some are rows already.
    """
    values = (instance_attributes(obj) or {}) | slot_values(obj)
    rows = {} if ready is None else ready.of_attributes(values)
    of_enum = issubclass(type(obj), Enum)
    found: dict[str, Member | str] = {}
    for name, value in values.items():
        row = rows.get(name)
        if row is not None:
            found[name] = row
        elif name[:1] != "_":
            found[name] = attribute(name, value)
        elif not (of_enum and name.endswith("_")):
            found[name] = attribute(name, value, Category.SPECIAL if is_dunder(name) else Category.PLAIN)
    return found


def class_members(obj: object, quiet: frozenset[int]) -> Iterator[Member]:
    """Yield what the class of `obj` adds: properties to read on demand, methods, values that all instances share.

    Classes whose addresses are in `quiet` add nothing.
    """
    cls = type(obj)
    for base in type_mro(cls):
        if base is object or base is Enum or id(base) in quiet:
            continue
        python_class = is_python_class(base)
        for name, value in list(type_namespace(base).items()):
            if type(name) is str and name not in _MACHINERY:
                yield from _class_member(obj, name, value, python_class)
    yield Member("__class__", cls, ".__class__", category=Category.SPECIAL, store=storing("__class__"))


def _class_member(obj: object, name: str, value: object, python_class: bool) -> Iterator[Member]:
    kind = type(value)
    before, after = place_of_attribute(name)
    if kind is MemberDescriptorType:
        if not python_class and not is_dunder(name):
            found = _read_c_member(cast(MemberDescriptorType, value), obj)
            if found is not None:
                yield Member(name, found, after, before)
    elif issubclass(kind, _C_METHODS):
        return
    elif issubclass(kind, _METHODS):
        category = Category.SPECIAL if is_dunder(name) else Category.FUNCTION
        yield Member(name, value, after, before, category, static=True)
    elif is_dunder(name):
        if kind is not GetSetDescriptorType:
            yield Member(name, value, after, before, Category.SPECIAL, static=True)
    elif find_class_attribute(kind, "__get__") is not None:
        yield _lazy(name, value)
    elif not issubclass(type(obj), Enum) and not (issubclass(type(obj), tuple) and name in _NAMED_TUPLE):
        yield attribute(name, value, Category.CLASS if issubclass(kind, type) else Category.PLAIN, static=True)


def _read_c_member(descriptor: MemberDescriptorType, obj: object) -> object:
    try:
        return descriptor.__get__(obj)
    except (AttributeError, TypeError):
        return None


def _lazy(name: str, descriptor: Any) -> Member:
    before, after = place_of_attribute(name)
    settable = find_class_attribute(type(descriptor), "__set__") is not None
    refusal = "This attribute cannot be set."
    if issubclass(type(descriptor), property):
        settable = cast(Any, type_namespace(property)["fset"]).__get__(descriptor) is not None
        refusal = "The property has no setter."
    elif issubclass(type(descriptor), cached_property):
        settable = True
    elif type(descriptor) is GetSetDescriptorType:
        settable = False
    store = storing(name) if settable else None
    return Member(name, None, after, before, form=Form.LAZY, store=store, read=reading(name), refusal=refusal)
