"""Reading the arguments of a request: a wrong one is a clear error, never a surprise further in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

# More than any number in a snapshot, and little enough for Python to count with.
_NO_END = 1 << 60
Arguments = Mapping[str, object]


class BadArguments(Exception):
    """Arguments that cannot be meant; the text says which."""


def number(arguments: Arguments, name: str, default: int | None = None, *, below: int | None = None) -> int:
    """Return a whole number from 0 on; without `default` it has to be there. `below`: what it must be less than."""
    value = arguments.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _NO_END:
        raise BadArguments(
            f"'{name}' has to be a whole number, not {value!r}." if name in arguments else _missing(name)
        )
    if below is not None and value >= below:
        raise BadArguments(f"'{name}' is {value:,}, but there are only {below:,}.")
    return value


def text(arguments: Arguments, name: str, default: str | None = None) -> str:
    """Return a text; without `default` it has to be there."""
    value = arguments.get(name, default)
    if not isinstance(value, str):
        raise BadArguments(f"'{name}' has to be a text, not {value!r}." if name in arguments else _missing(name))
    return value


def choice(arguments: Arguments, name: str, choices: Sequence[str], default: str | None = None) -> str:
    """Return one of `choices`, the first one where nothing is said and there is no other default."""
    value = arguments.get(name, choices[0] if default is None else default)
    if not isinstance(value, str) or value not in choices:
        raise BadArguments(f"'{name}' has to be one of {', '.join(choices)}, not {value!r}.")
    return value


def flag(arguments: Arguments, name: str) -> bool:
    """Return whether something is wanted; not, where nothing is said."""
    value = arguments.get(name, False)
    if not isinstance(value, bool):
        raise BadArguments(f"'{name}' has to be true or false, not {value!r}.")
    return value


def numbers(arguments: Arguments, name: str, *, least: int) -> list[int]:
    """Return a list of at least so many whole numbers from 0 on."""
    value = arguments.get(name)
    if name not in arguments:
        raise BadArguments(_missing(name))
    if not isinstance(value, list) or len(value) < least:
        raise BadArguments(f"'{name}' has to be a list of {least} numbers or more, not {value!r}.")
    return [number({name: each}, name) for each in value]


def page(arguments: Arguments) -> tuple[int, int]:
    """Return the first row and the number of rows that are wanted; a count of 0, or none: all."""
    return number(arguments, "start", 0), number(arguments, "count", 0) or _NO_END


def path(arguments: Arguments, name: str) -> Path:
    """Return the path of a file; it has to be there."""
    value = text(arguments, name)
    if "\0" in value or (not Path(value).name and not value.endswith("/")):
        raise BadArguments(f"'{name}' has to be the path of a file, not {value!r}.")
    return Path(value)


def _missing(name: str) -> str:
    return f"'{name}' is missing."
