"""Short texts for objects that are not asked: no `__repr__`, `__len__` or `__str__` of the user's runs."""

from __future__ import annotations

from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import cast

from ..attributes import type_qualname
from ..typenames import code_name, local_qualname, module_namespace, plain_text, qualified_name

_LONGEST = 40
_MOST_BITS = 128
_MOST_ITEMS = 3
_ATOMS = frozenset({int, float, bool, complex, type(None)})
_COUNTED = (list, tuple, dict, set, frozenset, bytearray)


def literal(obj: object) -> str | None:
    """Return Python source that makes `obj`, for small values of the interpreter's own types; else None."""
    cls = type(obj)
    if cls is str or cls is bytes:
        text = cast("str | bytes", obj)
        return repr(text) if len(text) <= _LONGEST else None
    if cls is int:
        return repr(obj) if int.bit_length(cast(int, obj)) <= _MOST_BITS else None
    if any(cls is atom for atom in _ATOMS):
        return repr(obj)
    if cls is tuple and len(cast("tuple[object, ...]", obj)) <= _MOST_ITEMS:
        return _tuple_literal(cast("tuple[object, ...]", obj))
    return None


def _tuple_literal(items: tuple[object, ...]) -> str | None:
    parts = []
    for item in items:
        part = None if type(item) is tuple else literal(item)
        if part is None:
            return None
        parts.append(part)
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


def subscript(key: object) -> tuple[str, str | None]:
    """Return how to write access by `key`: for people, and as an expression where there is one."""
    text = literal(key)
    if text is not None:
        return f"[{text}]", f"[{text}]"
    if type(key) is str:
        return f"[{key[: _LONGEST - 3]!r}…]", None
    return f"[{plain_text(type_qualname(type(key)))} key]", None


def describe(obj: object) -> str:
    """Return what `obj` is in a few words: `Order object`, `dict of 3 items`, `function handler`."""
    text = literal(obj)
    if text is not None:
        return text
    cls = type(obj)
    if cls is FunctionType or cls is BuiltinFunctionType:
        return f"function {local_qualname(cast(FunctionType, obj).__qualname__)}"
    if cls is MethodType:
        function = cast(MethodType, obj).__func__
        name = local_qualname(function.__qualname__) if type(function) is FunctionType else "?"
        return f"bound method {name}"
    if cls is CodeType:
        return f"code of {code_name(cast(CodeType, obj))}"
    if cls is FrameType:
        return f"frame of {code_name(cast(FrameType, obj).f_code)}()"
    if issubclass(cls, type):
        return f"class {qualified_name(cast(type, obj))}"
    if issubclass(cls, ModuleType):
        namespace = module_namespace(obj) or {}
        return f"module {plain_text(namespace.get('__name__'))}"
    for counted in _COUNTED:
        if issubclass(cls, counted):
            count = counted.__len__(obj)  # type: ignore[arg-type]
            return f"{plain_text(type_qualname(cls))} of {count:,} {'item' if count == 1 else 'items'}"
    if cls is str:
        return f"{cast(str, obj)[: _LONGEST - 3]!r}…"
    return f"{plain_text(type_qualname(cls))} object"
