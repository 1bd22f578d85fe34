"""Completions for the console: names in reach, and attributes of what a chain of names leads to.

Nothing of the user's runs: a chain goes on as far as stored values do, and properties are offered but not read.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Mapping
from types import BuiltinFunctionType, FunctionType, MethodDescriptorType, MethodType, ModuleType
from typing import cast

from ..attributes import instance_attributes, slot_values, type_mro, type_namespace

_CHAIN = re.compile(r"(?:(?P<owner>[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*)\s*\.\s*)?(?P<start>[^\W\d]\w*)?$")
_MOST = 500
_FUNCTIONS = (FunctionType, BuiltinFunctionType, MethodType, MethodDescriptorType, staticmethod, classmethod)


def complete(text: str, column: int, names: Mapping[str, object]) -> list[dict[str, object]]:
    """Return DAP `CompletionItem`s for a line of console text up to `column` (1-based, in UTF-16 units).

    `names` are the variables in reach. `start` of an item counts from 0: VS Code takes it for an index.
    """
    before = text.encode("utf-16-le", "surrogatepass")[: 2 * max(0, column - 1)].decode("utf-16-le", "ignore")
    found = _CHAIN.search(before)
    if found is None or _in_number(before, found):
        return []
    start = found["start"] or ""
    if found["owner"] is not None:
        offered = _attributes_of([part.strip() for part in found["owner"].split(".")], names)
    elif before[: found.start()].rstrip().endswith("."):
        return []  # of a call's result, say: it would have to be evaluated
    else:
        offered = {**dict.fromkeys(keyword.kwlist, _Keyword), **vars(builtins), **names}
    matching = sorted((name for name in offered if name.startswith(start)), key=_rank)
    length = len(start.encode("utf-16-le")) // 2
    place = max(0, min(column - 1, len(before.encode("utf-16-le")) // 2) - length)
    return [
        {"label": name, "start": place, "length": length, "type": _kind(offered[name])} for name in matching[:_MOST]
    ]


class _Keyword:
    """Stands for what a keyword is, which is no object."""


def _in_number(before: str, found: re.Match[str]) -> bool:
    return found.start() > 0 and before[found.start() - 1].isdigit()


def _rank(name: str) -> tuple[int, str]:
    """Order public names before private ones, and those before Python's own."""
    return (2 if name.startswith("__") else 1 if name.startswith("_") else 0, name)


def _attributes_of(chain: list[str], names: Mapping[str, object]) -> dict[str, object]:
    scope: Mapping[str, object] = {**vars(builtins), **names}
    if chain[0] not in scope:
        return {}
    owner = scope[chain[0]]
    for name in chain[1:]:
        own = _stored(owner)
        if name not in own:
            return {}
        owner = own[name]
    return {**_of_type(type(owner)), **_stored(owner)}


def _stored(owner: object) -> dict[str, object]:
    """Return what can be reached from `owner` by a dot without running anything."""
    if issubclass(type(owner), type):
        return _of_type(cast(type, owner))
    return {**(instance_attributes(owner) or {}), **slot_values(owner)}


def _of_type(cls: type) -> dict[str, object]:
    found: dict[str, object] = {}
    for base in reversed(type_mro(cls)):
        found.update((name, value) for name, value in list(type_namespace(base).items()) if type(name) is str)
    return found


def _kind(value: object) -> str:
    if value is _Keyword:
        return "keyword"
    kinds: list[tuple[Callable[[object], bool], str]] = [
        (lambda value: issubclass(type(value), _FUNCTIONS), "function"),
        (lambda value: issubclass(type(value), type), "class"),
        (lambda value: issubclass(type(value), ModuleType), "module"),
        (lambda value: issubclass(type(value), property), "property"),
    ]
    return next((kind for is_kind, kind in kinds if is_kind(value)), "variable")
