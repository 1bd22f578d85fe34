"""Reading what a library's object stores, without running its code or the user's."""

from __future__ import annotations

from typing import cast


def attribute(obj: object, name: str) -> object:
    """Return what `obj` itself stores under `name`; None where it stores nothing."""
    try:
        namespace = object.__getattribute__(obj, "__dict__")
    except AttributeError:
        return None
    return namespace.get(name) if type(namespace) is dict else None


def text(obj: object) -> str | None:
    """Return a string, also one of a class of the library's that marks it as safe; None for anything else."""
    return str.__str__(cast(str, obj)) if issubclass(type(obj), str) else None


def text_dict(obj: object) -> dict[str, object]:
    """Return a new dict of the items of a dict that have names; an empty one for anything else."""
    if not issubclass(type(obj), dict):
        return {}
    items = list(dict.items(cast("dict[object, object]", obj)))
    return {name: value for name, value in items if type(name) is str}
