"""What a breakpoint says when a thread arrives at it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """The thread stops here."""


@dataclass(frozen=True, slots=True)
class Miss:
    """The thread goes on."""


@dataclass(frozen=True, slots=True)
class Log:
    """The thread goes on, and `text` is shown."""

    text: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The condition raised: the thread stops here, and `message` says why."""

    message: str


Verdict = Hit | Miss | Log | Failed

HIT = Hit()
MISS = Miss()
