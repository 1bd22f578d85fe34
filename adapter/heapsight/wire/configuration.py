"""Reading properties of a configuration, whatever they mean: of the wrong type, each is refused by its name."""

from __future__ import annotations

from collections.abc import Mapping

Configuration = Mapping[str, object]


class BadConfiguration(Exception):
    """A configuration that cannot be carried out; the text names the property and says what it may be."""


def is_set(configuration: Configuration, name: str) -> bool:
    """Say whether a property has a value; null is none."""
    return configuration.get(name) is not None


def wrong(name: str, wanted: str, value: object) -> BadConfiguration:
    """Return the error for a property whose value is not what is wanted."""
    return BadConfiguration(f"'{name}' has to be {wanted}, not {shown(value)}.")


def shown(value: object) -> str:
    """Return a value as an error's text calls it, in JSON's words."""
    names = {True: "true", False: "false", None: "null"}
    if value is None or isinstance(value, bool):
        return names[value]
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


def text(value: object, name: str, wanted: str = "a string") -> str:
    """Return a value that has to be a string; `name` is the property's. Raises BadConfiguration."""
    if not isinstance(value, str):
        raise wrong(name, wanted, value)
    if "\0" in value:
        raise BadConfiguration(f"'{name}' contains a NUL character.")
    return value


def optional_string(configuration: Configuration, name: str) -> str | None:
    """Return a string property; None where it is missing or empty. Raises BadConfiguration."""
    return text(configuration[name], name) or None if is_set(configuration, name) else None


def strings(configuration: Configuration, name: str) -> tuple[str, ...]:
    """Return a list of strings, empty where it is missing. Raises BadConfiguration."""
    value = configuration.get(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise wrong(name, "a list of strings", value)
    return tuple(text(item, f"{name}[{index}]") for index, item in enumerate(value))


def seconds(configuration: Configuration, name: str, default: float) -> float:
    """Return a positive number of seconds. Raises BadConfiguration."""
    value = configuration.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise wrong(name, "a positive number of seconds", value)
    return float(value)
