"""What an expression leads to, as far as stored values do: nothing of the user's runs."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice
from types import FunctionType, MappingProxyType, MethodType
from typing import Any, cast

from ...attributes import find_class_attribute, instance_attributes, slot_values, type_mro, type_namespace
from ..elements import literal
from ..presenters.table import presentation_of
from ..text.builtin_reprs import underlying

_MOST_KEYS = 10_000
_SEQUENCES: tuple[Any, ...] = (list, tuple, deque)


class Unresolvable(Exception):
    """Where the expression leads can only be found by running it."""


def resolve(expression: str, names: Mapping[str, object]) -> object:
    """Return the object that `expression` leads to. Raises Unresolvable."""
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Unresolvable(expression) from None
    return _value(tree, names)


def _value(node: ast.expr, names: Mapping[str, object]) -> object:
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    if isinstance(node, ast.Attribute):
        owner = _value(node.value, names)
        stored = stored_attributes(owner)
        if node.attr in stored:
            return stored[node.attr]
    if isinstance(node, ast.Subscript):
        return _item(_value(node.value, names), _constant(node.slice))
    if isinstance(node, ast.Constant):
        return node.value
    raise Unresolvable


def _constant(node: ast.expr) -> object:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        value = node.operand.value
        if isinstance(value, (int, float)):
            return -value
    raise Unresolvable


def _item(owner: object, key: object) -> object:
    mapping = mapping_of(owner)
    if mapping is not None:
        # Compared by what they look like: the keys of the dict may have an `__eq__` of the user's.
        wanted = literal(key)
        for each, value in dict.items(mapping):
            if type(each) is type(key) and literal(each) == wanted:
                return value
    for kind in _SEQUENCES:
        if issubclass(type(owner), kind) and type(key) is int:
            size = kind.__len__(owner)
            if -size <= key < size:
                return kind.__getitem__(owner, key)
    raise Unresolvable


def mapping_of(owner: object) -> dict[object, object] | None:
    """Return the dict that `owner` is or shows."""
    if issubclass(type(owner), dict):
        return cast("dict[object, object]", owner)
    if issubclass(type(owner), MappingProxyType):
        behind = underlying(owner)
        return cast("dict[object, object]", behind) if issubclass(type(behind), dict) else None
    return None


def keys_of(owner: object) -> Iterable[object]:
    """Return what `owner` can be subscripted with, in its order."""
    mapping = mapping_of(owner)
    if mapping is not None:
        return list(islice(dict.keys(mapping), _MOST_KEYS))
    presentation = presentation_of(type(owner))
    if presentation is not None and presentation.keys is not None:
        return presentation.keys(owner)
    return ()


def stored_attributes(owner: object) -> dict[str, object]:
    """Return what can be reached from `owner` by a dot without running anything."""
    if issubclass(type(owner), type):
        return attributes_of_type(cast(type, owner))
    return {**(instance_attributes(owner) or {}), **slot_values(owner)}


def attributes_of_type(cls: type) -> dict[str, object]:
    """Return what instances of `cls` and the class itself have in common, descriptors unbound."""
    found: dict[str, object] = {}
    for base in reversed(type_mro(cls)):
        found.update((name, value) for name, value in list(type_namespace(base).items()) if type(name) is str)
    return found


def keyword_arguments(function: object) -> list[str]:
    """Return the names that a call of `function` can give arguments by; empty where that is not known."""
    bound = False
    if issubclass(type(function), type):
        bound, function = True, find_class_attribute(cast(type, function), "__init__")
    elif type(function) is MethodType:
        bound, function = True, cast(Any, function).__func__
    elif type(function) is staticmethod or type(function) is classmethod:
        bound = type(function) is classmethod
        function = cast(Any, type(function).__dict__["__func__"]).__get__(function)
    if type(function) is not FunctionType:
        return []
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return list(names[max(code.co_posonlyargcount, int(bound)) :])
