"""How much of a value is shown, and how long it may take to say it."""

from __future__ import annotations

from ...records import record, replace


@record
class Limits:
    """Bounds of one shown value: characters, elements of one container, nesting; hexadecimal numbers on request.

    `patient`: the value was asked for by itself, so that a slow `__repr__` is called although it is known to be slow.
    """

    characters: int = 600
    elements: int = 30
    depth: int = 6
    one_line: bool = True
    hex: bool = False
    patient: bool = False


ROW = Limits()
HOVER = Limits(characters=2_000, elements=60, depth=8, one_line=False)
CONSOLE = Limits(characters=200_000, elements=20_000, depth=60, one_line=False, patient=True)
WHOLE = Limits(characters=50_000_000, elements=10_000_000, depth=150, one_line=False, patient=True)

# What a `__repr__` says, in a row of its own.
SPOKEN = Limits(characters=10_000, one_line=False, patient=True)

_BY_CONTEXT = {"hover": HOVER, "repl": CONSOLE, "clipboard": WHOLE}


def limits_for(context: str | None, *, hex: bool = False) -> Limits:
    """Return the limits for a DAP `evaluate` context; those of a row in Variables for any other."""
    limits = _BY_CONTEXT.get(context or "", ROW)
    if not hex:
        return limits
    return replace(limits, hex=True)


@record
class Patience:
    """Seconds that the user's `__repr__` methods may take: one call, and all calls of one request."""

    one: float = 0.1
    request: float = 1.0
