"""The names of a frame, and how to bind them, whether a function, a class body or a module runs in it."""

from __future__ import annotations

import dis
import inspect
import sys
from types import CodeType, FrameType
from typing import cast

from ...frame_layout import read_variables
from ...frames import read_locals, unbind_local, write_local


def runs_function(frame: FrameType) -> bool:
    """Say whether the frame's variables have places of their own; a module's and a class's are in a namespace."""
    return bool(frame.f_code.co_flags & inspect.CO_OPTIMIZED)


def runs_module(frame: FrameType) -> bool:
    """Say whether the frame's local variables are its globals."""
    return not runs_function(frame) and frame.f_locals is frame.f_globals


def variables_of(frame: FrameType) -> dict[str, object]:
    """Return a new dict of the frame's local variables.

    A class body may run in a mapping that a metaclass prepared: only what such a dict stores is read.
    """
    if runs_function(frame):
        return read_locals(frame)
    namespace: object = frame.f_locals
    captured = read_variables(frame) or {} if frame.f_code.co_freevars else {}
    if not issubclass(type(namespace), dict):
        return captured
    return captured | text_keys(cast("dict[object, object]", namespace))


def text_keys(namespace: dict[object, object]) -> dict[str, object]:
    """Return a new dict of the items of `namespace` that have names."""
    return {name: value for name, value in list(dict.items(namespace)) if type(name) is str}


def names_of(frame: FrameType) -> list[str]:
    """Return the names of all local variables, bound or not, each once."""
    code = frame.f_code
    if runs_function(frame):
        return list(dict.fromkeys((*code.co_varnames, *code.co_cellvars, *code.co_freevars)))
    return list(dict.fromkeys((*variables_of(frame), *code.co_freevars)))


def bind(frame: FrameType, name: str, value: object) -> None:
    """Bind a local variable of the frame. Raises KeyError where a function has no such variable."""
    write_local(frame, name, value)


def unbind(frame: FrameType, name: str) -> bool:
    """Unbind a local variable; False where the interpreter has no way to do that."""
    if not runs_function(frame):
        del frame.f_locals[name]
        return True
    return unbind_local(frame, name)


def declares_global(code: CodeType, name: str) -> bool:
    """Say whether a function binds `name` among its globals."""
    if name not in code.co_names:
        return False
    return any(
        one.argval == name for one in dis.get_instructions(code) if one.opname in {"STORE_GLOBAL", "DELETE_GLOBAL"}
    )


def main_namespace() -> dict[str, object]:
    """Return the globals of the program's main module."""
    main = sys.modules["__main__"]
    return cast("dict[str, object]", main.__dict__)
