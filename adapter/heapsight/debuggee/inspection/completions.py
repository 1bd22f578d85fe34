"""Completions for the console: names in reach, and attributes of what a chain of names leads to."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable
from types import FrameType

from ..attributes import instance_attributes, slot_values, type_mro, type_namespace
from ..frames import read_locals

_CHAIN = re.compile(r"(?:(?P<owner>[^\W\d]\w*(?:\.[^\W\d]\w*)*)\.)?(?P<start>\w*)$")
_MOST = 500


def complete(text: str, column: int, frame: FrameType) -> list[dict[str, object]]:
    """Return DAP `CompletionItem`s for `text` up to `column`, 1-based."""
    found = _CHAIN.search(text[: max(0, column - 1)])
    if found is None:
        return []
    start = found["start"]
    names = _names_in_reach(frame) if found["owner"] is None else _attributes_of(found["owner"], frame)
    matching = sorted({name for name in names if name.startswith(start)}, key=lambda name: (name.startswith("_"), name))
    place = max(0, column - 1 - len(start))
    return [{"label": name, "start": place, "length": len(start), "type": _kind(name)} for name in matching[:_MOST]]


def _names_in_reach(frame: FrameType) -> Iterable[str]:
    return [*read_locals(frame), *frame.f_globals, *vars(builtins), *keyword.kwlist]


def _attributes_of(chain: str, frame: FrameType) -> Iterable[str]:
    """Follow a chain of names without running any code of the user's: properties are not read."""
    first, *others = chain.split(".")
    for namespace in (read_locals(frame), frame.f_globals, vars(builtins)):
        if first in namespace:
            owner = namespace[first]
            break
    else:
        return []
    for name in others:
        own = _own_attributes(owner)
        if name not in own:
            return []
        owner = own[name]
    names = list(_own_attributes(owner))
    for cls in (*type_mro(type(owner)), *(type_mro(owner) if issubclass(type(owner), type) else ())):  # type: ignore[arg-type]
        names += [name for name in type_namespace(cls) if type(name) is str]
    return names


def _own_attributes(owner: object) -> dict[str, object]:
    if issubclass(type(owner), type):
        found: dict[str, object] = {}
        for cls in reversed(type_mro(owner)):  # type: ignore[arg-type]
            found.update(type_namespace(cls))
        return found
    return {**(instance_attributes(owner) or {}), **slot_values(owner)}


def _kind(name: str) -> str:
    return "keyword" if keyword.iskeyword(name) else "variable"
