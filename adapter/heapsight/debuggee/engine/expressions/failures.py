"""Exceptions of the user's expressions as one line of text."""

from __future__ import annotations


def describe_failure(error: BaseException) -> str:
    """Return `Type: message`; survives an exception whose own text raises."""
    name = type(error).__qualname__
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - the user's `__str__`; what it raises says nothing about the expression
        text = "<its message raises>"
    return f"{name}: {text}" if text else name
