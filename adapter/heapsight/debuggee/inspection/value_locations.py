"""Where a value was written down: the definition of a function, class, module, generator or code object."""

from __future__ import annotations

import functools
import os
from types import (
    AsyncGeneratorType,
    CodeType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodType,
    ModuleType,
    TracebackType,
)
from typing import Any, cast

from ..attributes import instance_attributes, is_python_class
from ..errors import RequestError
from ..holding import Held
from ..typenames import class_location, code_location, module_location, source_path
from .handles import Handles

_WRAPPERS: tuple[tuple[type, str], ...] = (
    (MethodType, "__func__"),
    (staticmethod, "__func__"),
    (classmethod, "__func__"),
    (property, "fget"),
    (functools.partial, "func"),
    (GeneratorType, "gi_code"),
    (CoroutineType, "cr_code"),
    (AsyncGeneratorType, "ag_code"),
)
_PLACED = (FunctionType, CodeType, type, ModuleType, TracebackType, FrameType, *(cls for cls, _ in _WRAPPERS))
_MOST_WRAPPINGS = 20


class ValueLocations:
    """Numbers for values that have a place in some source, within one stop."""

    def __init__(self) -> None:
        self._handles: Handles[Held] = Handles()

    def reference(self, held: Held) -> int | None:
        """Return the number to ask with for the place of a value; None where it has none."""
        if not _may_have_place(_unwrapped(held.obj)):
            return None
        return self._handles.number(id(held.obj), lambda: held)

    def body(self, reference: int) -> dict[str, object]:
        """Return the body of `locations`. Raises StaleHandle, RequestError."""
        place = location_of(self._handles[reference].obj)
        if place is None:
            raise RequestError("Its source is not there, or does not have it any more.")
        path, line = place
        return {"source": {"name": os.path.basename(path), "path": path}, "line": line}

    def release(self) -> None:
        """End a stop."""
        self._handles.clear()


def has_definition(cls: type) -> bool:
    """Say whether instances of `cls` may have a place in some source."""
    return issubclass(cls, _PLACED)


def location_of(value: object) -> tuple[str, int] | None:
    """Return path and line of what `value` is, or of what it runs."""
    value = _unwrapped(value)
    kind = type(value)
    if issubclass(kind, CodeType):
        return code_location(cast(CodeType, value))
    if issubclass(kind, type):
        return class_location(cast(type, value))
    if issubclass(kind, ModuleType):
        return module_location(value)
    line: int | None = None
    if issubclass(kind, TracebackType):
        line, value = cast(TracebackType, value).tb_lineno, cast(TracebackType, value).tb_frame
    if issubclass(type(value), FrameType):
        frame = cast(FrameType, value)
        path = source_path(frame.f_code.co_filename)
        return None if path is None else (path, line or frame.f_lineno or frame.f_code.co_firstlineno)
    return None


def _may_have_place(value: object) -> bool:
    """Say whether it is worth asking, without reading any file."""
    kind = type(value)
    if issubclass(kind, CodeType):
        return source_path(cast(CodeType, value).co_filename) is not None
    if issubclass(kind, type):
        return is_python_class(cast(type, value))
    return issubclass(kind, (ModuleType, TracebackType, FrameType))


def _unwrapped(value: object) -> object:
    """Return the code of what can be called, through methods, partials and decorators that say what they wrap."""
    for _ in range(_MOST_WRAPPINGS):
        kind = type(value)
        if kind is FunctionType:
            wrapped = (instance_attributes(value) or {}).get("__wrapped__")
            if wrapped is None:
                return cast(FunctionType, value).__code__
            value = wrapped
            continue
        for wrapper, name in _WRAPPERS:
            if issubclass(kind, wrapper):
                value = cast(Any, wrapper.__dict__[name]).__get__(value)
                break
        else:
            return value
    return value
