"""The value of an expression as far as it can be read in a frame: nothing of the user's runs, no call is made again.

Names, attributes that are stored and not computed, items of Python's own containers, arithmetic on small numbers.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from enum import EnumMeta
from types import FrameType, FunctionType, MemberDescriptorType, ModuleType
from typing import Any, cast

from ...attributes import (
    find_class_attribute,
    instance_attributes,
    is_python_class,
    module_dict,
    slot_values,
    type_mro,
    type_namespace,
)
from .namespaces import variables_of

_NUMBERS = (int, float, bool, complex)
_SCALARS = (*_NUMBERS, str, bytes, type(None))
_SEQUENCES = (list, tuple, str, bytes, bytearray, range)
_SIZED = (*_SEQUENCES, dict, set, frozenset)
_LARGEST = 1 << 64
_MOST_KEYS = 100_000
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_SIGNS: dict[type[ast.unaryop], Callable[[Any], object]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}
# Attribute access that asks nobody but the object and its class.
_PLAIN_ACCESS = frozenset(map(id, (object.__getattribute__, type.__getattribute__, ModuleType.__getattribute__)))


class NotKept(Exception):
    """The value cannot be read; the message says why, in a few words."""


def is_exactly(value: object, *kinds: type) -> bool:
    """Say whether the type of `value` is one of `kinds`, and no subclass, which may be the user's."""
    return any(type(value) is kind for kind in kinds)


class StaticValues:
    """Reads expressions in one frame."""

    def __init__(self, frame: FrameType) -> None:
        self._scopes = (variables_of(frame), frame.f_globals, frame.f_builtins)

    def read(self, node: ast.expr) -> object:
        """Return the value of an expression. Raises NotKept."""
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self._name(node.id)
            case ast.NamedExpr(target=ast.Name(id=name)):
                return self._name(name)
            case ast.Attribute():
                return attribute_of(self.read(node.value), node.attr)
            case ast.Subscript():
                return _item(self.read(node.value), self._key(node.slice))
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _SIGNS:
                return _SIGNS[type(op)](_number(self.read(operand)))
            case ast.BinOp(op=op):
                return _computed(op, self.read(node.left), self.read(node.right))
            case ast.Call(func=ast.Name(id="len"), args=[argument], keywords=[]) if self._name("len") is len:
                return _length(self.read(argument))
            case ast.Call():
                raise NotKept("a call's result is not kept")
            case ast.Await():
                raise NotKept("what was awaited is not kept")
        raise NotKept("not kept")

    def _name(self, name: str) -> object:
        for scope in self._scopes:
            # Of a namespace that is a dict only: what a class body runs in may be anything.
            if issubclass(type(scope), dict):
                try:
                    return dict.__getitem__(scope, name)
                except KeyError:
                    continue
        raise NotKept("not bound")

    def _key(self, node: ast.expr) -> object:
        if not isinstance(node, ast.Slice):
            return self.read(node)
        return slice(*[None if one is None else self.read(one) for one in (node.lower, node.upper, node.step)])


def attribute_of(obj: object, name: str) -> object:
    """Return a stored attribute. Raises NotKept where it is computed, or not there."""
    cls = type(obj)
    if id(find_class_attribute(cls, "__getattribute__")) not in _PLAIN_ACCESS:
        raise NotKept("computed by __getattribute__")
    if cls is ModuleType:
        return _stored(module_dict(cast(ModuleType, obj)), name)
    if issubclass(cls, type):
        return _class_attribute(cast(type, obj), name)
    found = find_class_attribute(cls, name)
    if found is not None and find_class_attribute(type(found), "__set__") is not None:
        if type(found) is MemberDescriptorType:
            return _stored(slot_values(obj), name) if is_python_class(cls) else _c_member(found, obj)
        raise NotKept("a property, computed each time")
    attributes = instance_attributes(obj) or {}
    if name in attributes:
        return attributes[name]
    if found is None:
        raise NotKept("no such attribute is stored")
    if find_class_attribute(type(found), "__get__") is not None:
        raise NotKept("a method" if type(found) is FunctionType else "computed each time")
    return found


def _class_attribute(cls: type, name: str) -> object:
    # Members of an enum are not among its attributes on every version.
    members = type_namespace(cls).get("_member_map_") if issubclass(type(cls), EnumMeta) else None
    if type(members) is dict and name in members:
        return members[name]
    for base in type_mro(cls):
        if name in type_namespace(base):
            value = type_namespace(base)[name]
            if type(value) is FunctionType or find_class_attribute(type(value), "__get__") is None:
                return value
            raise NotKept("computed each time")
    raise NotKept("no such attribute is stored")


def _stored(namespace: dict[str, object], name: str) -> object:
    if name not in namespace:
        raise NotKept("no such attribute is stored")
    return namespace[name]


def _c_member(descriptor: MemberDescriptorType, obj: object) -> object:
    try:
        return descriptor.__get__(obj)
    except (AttributeError, TypeError):
        raise NotKept("no such attribute is stored") from None


def _item(owner: object, key: object) -> object:
    if is_exactly(owner, *_SEQUENCES) and is_exactly(key, int, bool, slice):
        try:
            return cast(Any, owner)[key]
        except (IndexError, TypeError, ValueError):
            raise NotKept("there is no such item now") from None
    if type(owner) is dict and is_exactly(key, *_SCALARS):
        # One by one: a look-up would ask keys of the user's for their equality.
        if len(owner) > _MOST_KEYS:
            raise NotKept("too many keys to look through")
        for one, value in list(dict.items(owner)):
            if is_exactly(one, *_SCALARS) and one == key:
                return value
        raise NotKept("there is no such item now")
    raise NotKept("an item that the object computes")


def _number(value: object) -> Any:
    if is_exactly(value, float, complex) or (is_exactly(value, int, bool) and abs(cast(int, value)) < _LARGEST):
        return value
    raise NotKept("not computed again")


def _computed(op: ast.operator, left: object, right: object) -> object:
    operation = _ARITHMETIC.get(type(op))
    if operation is None:
        raise NotKept("not computed again")
    try:
        return operation(_number(left), _number(right))
    except (ArithmeticError, TypeError):
        raise NotKept("not computed again") from None


def _length(value: object) -> int:
    if is_exactly(value, *_SIZED):
        return len(cast("list[object]", value))
    raise NotKept("a call's result is not kept")
