"""How long an editor waits while somebody steps."""

from __future__ import annotations

from time import perf_counter

from debugging import Debugging
from measuring import Case, Kind, Measured
from peers import Peer

_LAUNCHES = 5
_STEPS = 150
_WARM_UP = 10
_PROGRAM = "stepping.py"
_HERE = [{"marker": "first"}]


def launch(peer: Peer | None, python: str) -> Measured:
    """Measure from starting the adapter to the first stop."""
    assert peer is not None
    samples = []
    for _ in range(_LAUNCHES):
        with Debugging(peer, python, _PROGRAM) as debugging:
            debugging.start(_HERE)
            debugging.wait_stopped()
            samples.append(perf_counter() - debugging.started)
    return Measured(samples)


def step_over(peer: Peer | None, python: str) -> Measured:
    """Measure from the request to the `stopped` event."""
    assert peer is not None
    with Debugging(peer, python, _PROGRAM) as debugging:
        debugging.start(_HERE)
        debugging.wait_stopped()
        samples = []
        for _ in range(_STEPS + _WARM_UP):
            begin = perf_counter()
            debugging.step()
            samples.append(perf_counter() - begin)
        return Measured(samples[_WARM_UP:])


def step_and_look(peer: Peer | None, python: str) -> Measured:
    """Measure what an editor does at each step: the step, then stack, scopes and local variables."""
    assert peer is not None
    with Debugging(peer, python, _PROGRAM) as debugging:
        debugging.start(_HERE)
        debugging.wait_stopped()
        samples = []
        for _ in range(_STEPS + _WARM_UP):
            begin = perf_counter()
            debugging.step()
            frame = debugging.frames()[0]
            scope = debugging.scopes(frame["id"])[0]
            rows = debugging.variables(scope["variablesReference"])
            samples.append(perf_counter() - begin)
            assert any(row["name"] == "total" for row in rows)
        return Measured(samples[_WARM_UP:])


CASES = [
    Case("launch", "launch → first stop", Kind.LATENCY, launch),
    Case("step", "step over", Kind.LATENCY, step_over),
    Case("step-and-look", "step + stackTrace + scopes + variables", Kind.LATENCY, step_and_look),
]
