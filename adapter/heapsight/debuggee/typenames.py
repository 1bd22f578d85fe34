"""What types, functions and modules are called and where they are defined, without running user code.

Classes are asked through the getters of `type` itself, so no metaclass takes part; texts that come out may be
instances of a subclass of `str`, and are made plain before anything is done with them.
"""

from __future__ import annotations

import os
import sys
from types import CodeType, FunctionType, ModuleType
from typing import cast

from .attributes import is_python_class, module_dict, type_module, type_name, type_namespace, type_qualname


def plain_text(text: object) -> str:
    """Return a `str` of the interpreter's own for `text`, "?" for what is no string."""
    if not issubclass(type(text), str):
        return "?"
    return str.__str__(cast(str, text))


def short_name(cls: type) -> str:
    """Return `__name__` as plain text."""
    return plain_text(type_name(cls))


def module_name(cls: type) -> str:
    """Return the name of the module that `cls` says it comes from."""
    try:
        return plain_text(type_module(cls))
    except AttributeError:  # deleted from the class
        return "?"


def qualified_name(cls: type) -> str:
    """Return `module.qualname`; builtins without their module."""
    module = module_name(cls)
    qualname = plain_text(type_qualname(cls))
    return qualname if module in {"builtins", "?"} else f"{module}.{qualname}"


def local_qualname(qualname: object) -> str:
    """Return a function's qualified name without the functions around it: `make.<locals>.Cart.add` is `Cart.add`."""
    return plain_text(qualname).rpartition("<locals>.")[2]


def code_name(code: CodeType) -> str:
    """Return what to call the code of a function or of a module."""
    return local_qualname(code.co_qualname)


def module_namespace(module: object) -> dict[str, object] | None:
    """Return the live dict of a module; None for anything else."""
    if not issubclass(type(module), ModuleType):
        return None
    return module_dict(cast(ModuleType, module))


def source_path(filename: object) -> str | None:
    """Return the absolute path of a source file; None for code that has none."""
    path = plain_text(filename)
    if path == "?" or path.startswith("<"):
        return None
    return os.path.abspath(path)


def function_location(function: FunctionType) -> tuple[str, int] | None:
    """Return path and first line of a function."""
    return code_location(function.__code__)


def code_location(code: CodeType) -> tuple[str, int] | None:
    """Return path and first line of a code object."""
    path = source_path(code.co_filename)
    return None if path is None else (path, max(code.co_firstlineno, 1))


def module_location(module: object) -> tuple[str, int] | None:
    """Return a module's file, at its first line."""
    namespace = module_namespace(module)
    path = None if namespace is None else source_path(namespace.get("__file__"))
    return None if path is None else (path, 1)


def class_location(cls: type) -> tuple[str, int] | None:
    """Return path and line of the `class` statement; None for types that are not made in Python source."""
    if not is_python_class(cls):
        return None
    namespace = type_namespace(cls)
    path = _class_path(cls)
    if path is None:
        return None
    line = namespace.get("__firstlineno__")
    if type(line) is int:
        return path, line
    line = _find_class_line(path, short_name(cls), _first_method_line(cls, path))
    return None if line is None else (path, line)


def _class_path(cls: type) -> str | None:
    module = sys.modules.get(module_name(cls))
    namespace = module_namespace(module)
    path = None if namespace is None else source_path(namespace.get("__file__"))
    if path is not None:
        return path
    for code in _own_methods(cls):
        return source_path(code.co_filename)
    return None


def _own_methods(cls: type) -> list[CodeType]:
    """Return the code of the functions written in the body of `cls`."""
    prefix = plain_text(type_qualname(cls)) + "."
    functions = [value for value in type_namespace(cls).values() if type(value) is FunctionType]
    codes = [function.__code__ for function in functions]
    return [code for code in codes if code.co_qualname.startswith(prefix)]


def _first_method_line(cls: type, path: str) -> int | None:
    lines = [code.co_firstlineno for code in _own_methods(cls) if source_path(code.co_filename) == path]
    return min(lines, default=None)


def _find_class_line(path: str, name: str, before: int | None) -> int | None:
    """Return the line of `class name`: the last one above line `before`, or else the first of the file.

    By the text alone: `ast` would have to be imported into the user's program.
    """
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.readlines()
    except OSError:
        return None
    found = None
    for number, line in enumerate(lines, 1):
        if before is not None and number >= before:
            break
        words = line.split(None, 1)
        if len(words) == 2 and words[0] == "class" and words[1].startswith(name):
            rest = words[1][len(name) :].lstrip()
            if rest[:1] in {":", "(", "["}:
                found = number
                if before is None:
                    break
    return found
