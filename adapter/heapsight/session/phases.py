"""The states of a session."""

from __future__ import annotations

from enum import Enum


class Phase(Enum):
    """Where a session stands. The value explains why a request that is illegal in it is refused."""

    CONNECTED = "the session has to begin with 'initialize'"
    INITIALIZED = "there is no program yet, it has to be launched or attached to first"
    STARTING = "the program is still being started"
    ATTACHED = "the session has a program already"
    ENDED = "the program has ended"
    CLOSED = "the session is over"


BEFORE_PROGRAM = frozenset({Phase.INITIALIZED})
WITH_PROGRAM = frozenset({Phase.ATTACHED})
ANY = frozenset(Phase)
ANY_INITIALIZED = ANY - {Phase.CONNECTED}
