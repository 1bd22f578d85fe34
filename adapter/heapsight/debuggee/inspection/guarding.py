"""Presenters run code of libraries, of any version, on objects that may be half made: what it raises is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .elements import Elements
from .failures import describe_error, disown
from .members import Member, note
from .text.saferepr import Reprs

_WHERE = "⟨error⟩"


def guarded(elements: Elements) -> Elements:
    """Return elements that show an error instead of raising it."""

    def length(obj: Any) -> int:
        try:
            return elements.length(obj)
        except Exception as error:  # noqa: BLE001 - a library's own code
            disown(error)
            return 0

    def page(obj: Any, start: int, stop: int, reprs: Reprs) -> list[Member]:
        try:
            return elements.page(obj, start, stop, reprs)
        except Exception as error:  # noqa: BLE001 - a library's own code
            disown(error)
            return [note(_WHERE, f"cannot be shown: {describe_error(error)}")]

    return Elements(length, page)


def guarded_members(members: Callable[[Any], Iterable[Member]], obj: Any) -> list[Member]:
    """Return the members of `obj`, and where they end in an error, that error."""
    found: list[Member] = []
    try:
        for member in members(obj):
            found.append(member)
    except Exception as error:  # noqa: BLE001 - a library's own code
        disown(error)
        found.append(note(_WHERE, f"cannot be shown: {describe_error(error)}"))
    return found
