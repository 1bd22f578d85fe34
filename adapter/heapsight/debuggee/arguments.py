"""Reading a request's arguments: the right type, or a clear error that names the property."""

from __future__ import annotations

from collections.abc import Mapping

from .errors import RequestError

Arguments = Mapping[str, object]


def integer(arguments: Arguments, name: str) -> int:
    """Return a required number."""
    value = arguments.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise RequestError(f"'{name}' has to be a number, not {value!r}.")
    return value


def optional_integer(arguments: Arguments, name: str) -> int | None:
    """Return a number, or None where it is left out."""
    return None if arguments.get(name) is None else integer(arguments, name)


def text(arguments: Arguments, name: str) -> str:
    """Return a required string."""
    value = arguments.get(name)
    if not isinstance(value, str):
        raise RequestError(f"'{name}' has to be a string, not {value!r}.")
    return value


def optional_text(arguments: Arguments, name: str) -> str | None:
    """Return a string that is not blank, or None."""
    if arguments.get(name) is None:
        return None
    value = text(arguments, name)
    return value if value.strip() else None


def objects(arguments: Arguments, name: str) -> list[Arguments]:
    """Return a list of objects; empty where it is left out."""
    value = arguments.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise RequestError(f"'{name}' has to be a list of objects.")
    return value


def texts(arguments: Arguments, name: str) -> list[str]:
    """Return a list of strings; empty where it is left out."""
    value = arguments.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise RequestError(f"'{name}' has to be a list of strings.")
    return value


def integers(arguments: Arguments, name: str) -> list[int]:
    """Return a list of numbers; empty where it is left out."""
    value = arguments.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, int) for one in value):
        raise RequestError(f"'{name}' has to be a list of numbers.")
    return value
