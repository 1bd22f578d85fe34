"""What a breakpoint says when a thread arrives at it."""

from __future__ import annotations

from ..records import record


@record
class Hit:
    """The thread stops here."""


@record
class Miss:
    """The thread goes on."""


@record
class Log:
    """The thread goes on, and `text` is shown."""

    text: str


@record
class Failed:
    """The condition raised: the thread stops here, and `message` says why."""

    message: str


Verdict = Hit | Miss | Log | Failed

HIT = Hit()
MISS = Miss()
