"""Completions for the console: names in reach, attributes, keys, keyword arguments, modules.

Nothing of the user's runs: an expression is followed as far as stored values lead, and properties are offered but not
read. Upper and lower case count alike; names that are written as typed come first.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Callable, Iterable, Mapping
from types import BuiltinFunctionType, FunctionType, MethodDescriptorType, MethodType, ModuleType

from ...records import record
from ..elements import literal
from .console_text import Attribute, Context, Imported, Key, Name, context_of
from .import_names import modules_in, names_in
from .resolving import Unresolvable, attributes_of_type, keys_of, keyword_arguments, resolve, stored_attributes

_MOST = 500
_FUNCTIONS = (FunctionType, BuiltinFunctionType, MethodType, MethodDescriptorType, staticmethod, classmethod)


@record
class _Offer:
    """One proposal. `text`, where it differs from the label, is what is inserted."""

    label: str
    type: str
    text: str = ""


def complete(text: str, line: int, column: int, names: Mapping[str, object]) -> list[dict[str, object]]:
    """Return DAP `CompletionItem`s for console text at a place (1-based, the column in UTF-16 units).

    `names` are the variables in reach. `start` of an item counts UTF-16 units from the beginning of the whole text,
    from 0 on.
    """
    lines = text.split("\n")
    current = lines[line - 1] if 0 < line <= len(lines) else text
    above = sum(_units(each) + 1 for each in lines[: line - 1]) if 0 < line <= len(lines) else 0
    before = current.encode("utf-16-le", "surrogatepass")[: 2 * max(0, column - 1)].decode("utf-16-le", "ignore")
    context = context_of(before)
    if context is None:
        return []
    length = _units(context.start)
    place = above + max(0, min(column - 1, _units(before)) - length)
    found: list[dict[str, object]] = []
    for offer in list(_offers(context, names))[:_MOST]:
        item: dict[str, object] = {"label": offer.label, "start": place, "length": length, "type": offer.type}
        if offer.text:
            item["text"] = offer.text
        # Clients sort by name; public names, and keys in their own order, come first.
        item["sortText"] = f"{len(found):04}"
        found.append(item)
    return found


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _offers(context: Context, names: Mapping[str, object]) -> Iterable[_Offer]:
    scope = {**vars(builtins), **names}
    try:
        match context:
            case Imported():
                return _imports(context)
            case Key():
                return _keys(resolve(context.owner, scope), context)
            case Attribute():
                owner = resolve(context.owner, scope)
                return _named({**attributes_of_type(type(owner)), **stored_attributes(owner)}, context.start)
            case Name():
                plain = {**dict.fromkeys(keyword.kwlist, _Keyword), **scope}
                return [*_arguments(context, scope), *_named(plain, context.start)]
    except Unresolvable:
        return []


class _Keyword:
    """Stands for what a keyword is, which is no object."""


def _named(found: Mapping[str, object], start: str) -> list[_Offer]:
    matching = sorted((name for name in found if _begins(name, start)), key=lambda name: _rank(name, start))
    return [_Offer(name, _kind(found[name])) for name in matching]


def _imports(context: Imported) -> list[_Offer]:
    if not context.names:
        return _named(dict.fromkeys(modules_in(context.package), builtins), context.start)
    modules: dict[str, object] = dict.fromkeys(modules_in(context.package), builtins)
    return _named({**modules, **names_in(context.package)}, context.start)


def _keys(owner: object, context: Key) -> list[_Offer]:
    found = []
    for key in keys_of(owner):
        text = literal(key)
        if text is None:
            continue
        if not context.quote:
            if _begins(text, context.start):
                found.append(_Offer(text, "value"))
            continue
        if type(key) is not (str if len(context.quote) == 1 else bytes):
            continue
        inside = text.removeprefix("b")[1:-1]
        quote = context.quote[-1]
        if text[-1] != quote:
            # Written with the other quote than the one that is open.
            inside = inside.replace(f"\\{text[-1]}", text[-1]).replace(quote, f"\\{quote}")
        if _begins(inside, context.start):
            found.append(_Offer(inside, "value"))
    return found


def _arguments(context: Name, scope: Mapping[str, object]) -> list[_Offer]:
    """Offer the keyword arguments of the call that is being written."""
    if context.call is None:
        return []
    try:
        names = keyword_arguments(_callee(context.call, scope))
    except Unresolvable:
        return []
    free = [name for name in names if name not in context.used and _begins(name, context.start)]
    return [_Offer(f"{name}=", "field") for name in free]


def _callee(expression: str, scope: Mapping[str, object]) -> object:
    try:
        return resolve(expression, scope)
    except Unresolvable:
        # A method, which only the class stores: its first argument is what it is asked of.
        owner, dot, name = expression.rpartition(".")
        found = attributes_of_type(type(resolve(owner, scope))).get(name.strip()) if dot else None
        return MethodType(found, owner) if type(found) is FunctionType else found


def _begins(name: str, start: str) -> bool:
    """Say whether a name begins with what has been typed, in upper or lower case."""
    return name.startswith(start) or name.casefold().startswith(start.casefold())


def _rank(name: str, start: str) -> tuple[int, bool, str]:
    """Order public names before private ones, and those before Python's own; each as typed before in another case."""
    return (2 if name.startswith("__") else 1 if name.startswith("_") else 0, not name.startswith(start), name)


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
