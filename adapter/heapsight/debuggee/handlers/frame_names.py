"""The name of a stack frame as a client's `format` wants it: with its module, its parameters, its line."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from types import CodeType, FrameType

from ..attributes import type_name
from ..frames import read_locals
from ..inspection.text.limits import Limits
from ..inspection.text.saferepr import Reprs

_IN_A_NAME = Limits(characters=40, elements=4, depth=1)
_PARTS = ("parameterTypes", "parameterNames", "parameterValues")


def wants_format(wanted: object) -> bool:
    """Say whether a DAP `StackFrameFormat` asks for anything that the name of a function does not say."""
    return isinstance(wanted, Mapping) and any(wanted.get(one) is True for one in ("module", "line", "parameters"))


def formatted_name(frame: FrameType, name: str, line: object, wanted: Mapping[str, object]) -> str:
    """Return `module.name(parameters) : line`, of these what the `StackFrameFormat` wants; no user code runs.

    `parameters` alone means their names. Values are those that the variables have now.
    """
    if wanted.get("module") is True:
        module = frame.f_globals.get("__name__")
        if type(module) is str:
            name = module if name == "<module>" else f"{module}.{name}"
    if wanted.get("parameters") is True and frame.f_code.co_flags & inspect.CO_OPTIMIZED:
        shown = frozenset(one for one in _PARTS if wanted.get(one) is True) or frozenset({"parameterNames"})
        name = f"{name}({', '.join(_parameters(frame, shown))})"
    return f"{name} : {line}" if wanted.get("line") is True else name


def _parameters(frame: FrameType, shown: frozenset[str]) -> Iterator[str]:
    values = read_locals(frame)
    reprs = Reprs(asks=False)
    for star, name in _declared(frame.f_code):
        text = f"{star}{name}" if "parameterNames" in shown else ""
        if name in values and "parameterTypes" in shown:
            text += f"{': ' if text else ''}{type_name(type(values[name]))}"
        if name in values and "parameterValues" in shown:
            text += f"{'=' if text else ''}{reprs.text(values[name], _IN_A_NAME)}"
        yield text


def _declared(code: CodeType) -> Iterator[tuple[str, str]]:
    """Yield the parameters of a function as it declares them, with their stars."""
    names = list(code.co_varnames)
    keywords = names[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    after = code.co_argcount + code.co_kwonlyargcount
    # What a comprehension goes through has no name of the user's.
    yield from (("", name) for name in names[: code.co_argcount] if not name.startswith("."))
    if code.co_flags & inspect.CO_VARARGS:
        yield "*", names[after]
        after += 1
    yield from (("", name) for name in keywords)
    if code.co_flags & inspect.CO_VARKEYWORDS:
        yield "**", names[after]
