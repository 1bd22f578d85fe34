"""How long an editor waits while somebody steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter

from debugging import Debugging
from measuring import Case, Kind, Sample
from peers import Peer

_LAUNCHES = 5
_STEPS = 150
_WARM_UP = 10
_PROGRAM = "stepping.py"
_HERE = [{"marker": "first"}]


def launch(peer: Peer | None, python: str) -> Iterator[Sample]:
    """Measure from starting the adapter to the first stop."""
    assert peer is not None
    for _ in range(_LAUNCHES):
        with Debugging(peer, python, _PROGRAM) as debugging:
            debugging.start(_HERE)
            debugging.wait_stopped()
            seconds = perf_counter() - debugging.started
        yield Sample(seconds)


def each_step(then: Callable[[Debugging], None]) -> Callable[[Peer | None, str], Iterator[Sample]]:
    """Return a measurement from the request to step over to its `stopped` event and what comes `then`."""

    def measure(peer: Peer | None, python: str) -> Iterator[Sample]:
        assert peer is not None
        with Debugging(peer, python, _PROGRAM) as debugging:
            debugging.start(_HERE)
            debugging.wait_stopped()
            for number in range(_STEPS + _WARM_UP):
                begin = perf_counter()
                debugging.step()
                then(debugging)
                seconds = perf_counter() - begin
                if number >= _WARM_UP:
                    yield Sample(seconds)

    return measure


def nothing(debugging: Debugging) -> None:
    """Only step."""


def look(debugging: Debugging) -> None:
    """Do what an editor does at each step: ask for stack, scopes and local variables."""
    frame = debugging.frames()[0]
    scope = debugging.scopes(frame["id"])[0]
    rows = debugging.variables(scope["variablesReference"])
    assert any(row["name"] == "total" for row in rows)


CASES = [
    Case("launch", "launch → first stop", Kind.LATENCY, launch),
    Case("step", "step over", Kind.LATENCY, each_step(nothing)),
    Case("step-and-look", "step + stackTrace + scopes + variables", Kind.LATENCY, each_step(look)),
]
