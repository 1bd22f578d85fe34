"""Compiling source of the user's without running it, and without a word on the user's stderr."""

from __future__ import annotations

import _ast
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Literal, cast

# What `compile` raises for source that is not Python, or that is too much for it.
COMPILE_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)


def compile_quietly(source: str | bytes | _ast.Module, name: str, mode: Literal["exec", "eval"]) -> CodeType:
    """Compile `source` under the file name `name`; no warning is printed. Raises one of COMPILE_ERRORS."""
    with _no_warnings_about(name):
        return compile(source, name, mode, dont_inherit=True)


def parse_expression(source: str, name: str) -> _ast.Expression:
    """Return the syntax tree of an expression. Raises one of COMPILE_ERRORS."""
    with _no_warnings_about(name):
        tree = compile(source, name, "eval", flags=_ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(tree, _ast.Expression)
    return tree


def parse_module(source: str | bytes, name: str) -> _ast.Module:
    """Return the syntax tree of a file. Raises one of COMPILE_ERRORS."""
    with _no_warnings_about(name):
        tree = compile(source, name, "exec", flags=_ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(tree, _ast.Module)
    return tree


def walk(node: _ast.AST) -> Iterator[_ast.AST]:
    """Yield a syntax tree's nodes, as `ast.walk` does, outer ones first. `ast` itself takes long to import."""
    yield node
    for name in node._fields:
        value = getattr(node, name, None)
        for child in value if isinstance(value, list) else (value,):
            if isinstance(child, _ast.AST):
                yield from walk(child)


@contextmanager
def _no_warnings_about(name: str) -> Iterator[None]:
    # The filter matches the module name that the compiler makes of `name`, so no warning of another thread's compile
    # is lost; and it is put into the list directly, because warnings.filterwarnings would make the interpreter show
    # again every once-shown warning of the program.
    filters = cast("list[object]", warnings.filters)
    quiet = ("ignore", None, Warning, name, 0)
    filters.insert(0, quiet)
    try:
        yield
    finally:
        for index, entry in enumerate(filters):
            if entry is quiet:
                del filters[index]
                break


def describe_error(error: BaseException) -> str:
    """Return one line on why something did not compile."""
    if isinstance(error, SyntaxError):
        line = f" (line {error.lineno})" if error.lineno is not None else ""
        return f"{error.msg}{line}"
    return f"{type(error).__name__}: {error}"
