"""What a program pays for being debugged while nothing stops it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from debugging import run_to_end
from measuring import Case, Kind, Measured
from peers import Peer

_LOG_TEXT = "logged"


def running(program: str, *breakpoints: Mapping[str, object]) -> Callable[[Peer | None, str], Measured]:
    """Return a measurement of how long a program says it took, with those breakpoints set."""

    def measure(peer: Peer | None, python: str) -> Measured:
        return Measured(run_to_end(peer, python, program, breakpoints).seconds)

    return measure


def log_points(peer: Peer | None, python: str) -> Measured:
    """Measure a loop with a log point, and count what arrives."""
    ended = run_to_end(peer, python, "logging_loop.py", [{"marker": "hot", "logMessage": _LOG_TEXT + " {number}"}])
    if peer is None:
        return Measured(ended.seconds)
    return Measured(ended.seconds, _lost(ended.outputs, len(ended.seconds) * LOG_EVENTS))


def _lost(outputs: Sequence[str], expected: int) -> frozenset[str]:
    arrived = sum(text.count(_LOG_TEXT) for text in outputs)
    return frozenset() if arrived == expected else frozenset({f"{expected - arrived} of {expected} lines lost"})


CONDITION_EVENTS = 20_000
LOG_EVENTS = 1_000
EXCEPTION_EVENTS = 20_000

CASES = [
    Case("cpu", "CPU-bound program, no breakpoint", Kind.SLOWDOWN, running("cpu_bound.py")),
    Case("cold", "breakpoint in a cold function", Kind.SLOWDOWN, running("cpu_bound.py", {"marker": "cold"})),
    Case(
        "hot",
        "breakpoint in a hot function, on a line that never runs",
        Kind.SLOWDOWN,
        running("cpu_bound.py", {"marker": "never"}),
    ),
    Case(
        "condition",
        "conditional breakpoint, never true, an evaluation",
        Kind.COST,
        running("condition_loop.py", {"marker": "hot", "condition": "number < 0"}),
        CONDITION_EVENTS,
    ),
    Case("exceptions", "handled exception, `uncaught` on", Kind.COST, running("exception_loop.py"), EXCEPTION_EVENTS),
    Case("log", "log point, a hit in the program", Kind.COST, log_points, LOG_EVENTS),
]
