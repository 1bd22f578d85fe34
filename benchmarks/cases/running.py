"""What a program pays for being debugged while nothing stops it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from debugging import UNCAUGHT, run_to_end
from measuring import Case, Kind, Sample
from peers import Peer

_LOG_TEXT = "logged"
_RUNS = 2


def running(
    program: str, *breakpoints: Mapping[str, object], exceptions: Mapping[str, object] = UNCAUGHT
) -> Callable[[Peer | None, str], Iterator[Sample]]:
    """Return a measurement of how long a program says it took, with those breakpoints and exception filters set."""

    def measure(peer: Peer | None, python: str) -> Iterator[Sample]:
        for _ in range(_RUNS):
            yield Sample(min(run_to_end(peer, python, program, breakpoints, exceptions=exceptions).figures))

    return measure


def log_points(peer: Peer | None, python: str) -> Iterator[Sample]:
    """Measure a loop with a log point, and count what arrives."""
    for _ in range(_RUNS):
        ended = run_to_end(peer, python, "logging_loop.py", [{"marker": "hot", "logMessage": _LOG_TEXT + " {number}"}])
        lost = _lost(ended.outputs, len(ended.figures) * LOG_EVENTS) if peer is not None else 0
        yield Sample(min(ended.figures), "lines were lost" if lost else None)


def _lost(outputs: Sequence[str], expected: int) -> int:
    return expected - sum(text.count(_LOG_TEXT) for text in outputs)


CONDITION_EVENTS = 20_000
LOG_EVENTS = 1_000
EXCEPTION_EVENTS = 20_000
# The one way to name a type that all peers understand.
RAISED_FOR_ANOTHER = [
    {"path": [{"names": ["Python Exceptions"]}, {"names": ["ZeroDivisionError"]}], "breakMode": "always"}
]

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
    Case(
        "user-unhandled",
        "handled exception, `userUnhandled` on",
        Kind.COST,
        running("exception_loop.py", exceptions={"filters": ["uncaught", "userUnhandled"]}),
        EXCEPTION_EVENTS,
    ),
    Case(
        "raised-other",
        "handled exception, `raised` on for another type",
        Kind.COST,
        running("exception_loop.py", exceptions={"filters": ["uncaught"], "exceptionOptions": RAISED_FOR_ANOTHER}),
        EXCEPTION_EVENTS,
    ),
    Case("log", "log point, a hit in the program", Kind.COST, log_points, LOG_EVENTS),
]
