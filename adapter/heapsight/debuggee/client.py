"""What the client has said about itself in `initialize`."""

from __future__ import annotations

from collections.abc import Mapping

from .records import record


@record
class ClientFeatures:
    """What the client understands. A client that says nothing gets nothing that it may not know."""

    memory_references: bool = False
    memory_events: bool = False
    invalidated_events: bool = False
    columns_from_one: bool = True
    name: str = ""


def features_of(arguments: Mapping[str, object]) -> ClientFeatures:
    """Read the arguments of `initialize`."""
    return ClientFeatures(
        memory_references=arguments.get("supportsMemoryReferences") is True,
        memory_events=arguments.get("supportsMemoryEvent") is True,
        invalidated_events=arguments.get("supportsInvalidatedEvent") is True,
        columns_from_one=arguments.get("columnsStartAt1") is not False,
        name=str(arguments.get("clientID") or ""),
    )
