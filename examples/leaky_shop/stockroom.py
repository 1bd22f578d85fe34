"""Tells whoever wants to know that goods have arrived."""

from collections.abc import Callable

# Everyone who asked to be told.
LISTENERS: list[Callable[[], str]] = []


def when_restocked(listener: Callable[[], str]) -> None:
    LISTENERS.append(listener)
