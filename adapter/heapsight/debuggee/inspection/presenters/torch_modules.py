"""Modules of torch: their parts under the names that the program uses for them.

A module keeps its parameters, buffers and inner modules in dicts of its own and finds them in `__getattr__`. The dicts
are read where they lie. What is called is the `__repr__` of a module that has no others in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...attributes import instance_attributes, type_name
from ..members import Member, attribute
from ..text.writing import Writing
from .presentation import Presentation

_KEPT_IN = ("_modules", "_parameters", "_buffers")


def _kept(obj: Any, where: str) -> dict[str, object]:
    """Return what a module keeps in one of its dicts."""
    found: Any = (instance_attributes(obj) or {}).get(where)
    if not issubclass(type(found), dict):
        return {}
    return {name: value for name, value in dict.items(found) if type(name) is str}


def _write(writing: Writing, obj: Any, depth: int) -> None:
    inner = _kept(obj, "_modules")
    if not inner:
        writing.put(repr(obj))
        return
    writing.put(f"{type_name(type(obj))}(")
    written = 0
    for name, module in inner.items():
        if writing.full or written == writing.limits.elements:
            break
        writing.put(f"{', ' if written else ''}{name}: {type_name(type(module))}")
        written += 1
    writing.rest(written, len(inner))
    writing.close(")")


def _members(obj: Any) -> Iterator[Member]:
    for where in _KEPT_IN:
        for name, value in _kept(obj, where).items():
            yield attribute(name, value)


MODULE = Presentation(summary=_write, members=_members)
