"""Names and places of the objects that have one: functions, classes, methods, code, modules."""

from __future__ import annotations

from collections.abc import Callable
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any, Final, cast

from ...attributes import is_python_class, module_dict, type_namespace
from ...typenames import code_location, function_location, module_location, plain_text, qualified_name

# Name, and path and line where they are known; line 0 is the file as a whole.
Naming = tuple[str, "tuple[str, int] | None"]
Namer = Callable[[Any], Naming]


def namer_of(cls: type) -> Namer | None:
    """Return what names instances of `cls`; None where they have no names."""
    if issubclass(cls, type):
        return _class
    if issubclass(cls, ModuleType):
        return _module
    if issubclass(cls, BuiltinFunctionType):  # methods in C that know their class are of a subclass
        return _builtin
    return _NAMERS.get(id(cls))


def _function(obj: FunctionType) -> Naming:
    return plain_text(obj.__qualname__), function_location(obj)


def _method(obj: MethodType) -> Naming:
    function = obj.__func__
    return _function(function) if type(function) is FunctionType else ("?", None)


def _builtin(obj: BuiltinFunctionType) -> Naming:
    # The qualified name would ask the class of `__self__`, which may have a metaclass.
    return plain_text(obj.__name__), None


def _code(obj: CodeType) -> Naming:
    return plain_text(obj.co_qualname), code_location(obj)


def _module(obj: ModuleType) -> Naming:
    place = module_location(obj)
    namespace = module_dict(obj) or {}
    return plain_text(namespace.get("__name__")), None if place is None else (place[0], 0)


def _class(obj: type) -> Naming:
    return qualified_name(obj), _class_place(obj) if is_python_class(obj) else None


def _class_place(cls: type) -> tuple[str, int] | None:
    """Return the file of the class, and the line where the interpreter keeps it (3.13); no source is read here."""
    namespace = type_namespace(cls)
    prefix = plain_text(cast(Any, type.__dict__["__qualname__"]).__get__(cls)) + "."
    for value in list(namespace.values()):
        if type(value) is FunctionType and plain_text(value.__qualname__).startswith(prefix):
            place = code_location(value.__code__)
            line = namespace.get("__firstlineno__")
            return None if place is None else (place[0], line if type(line) is int and line > 0 else 0)
    return None


_NAMERS: Final[dict[int, Namer]] = {
    id(FunctionType): _function,
    id(MethodType): _method,
    id(CodeType): _code,
}
