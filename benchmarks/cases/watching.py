"""What a program pays for a data breakpoint that nothing hits."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from debugging import SECONDS, Debugging, ends_or_stops, read_figures, run_to_end
from measuring import Case, Kind, NotThere, Sample
from peers import Peer

_PROGRAM = "watched.py"
_RUNS = 2


def watching(expression: str) -> Callable[[Peer | None, str], Iterator[Sample]]:
    """Return a measurement of how long the program says it took while `expression` is watched in `main`."""

    def measure(peer: Peer | None, python: str) -> Iterator[Sample]:
        for _ in range(_RUNS):
            yield Sample(
                min(_watched(peer, python, expression) if peer else run_to_end(None, python, _PROGRAM).figures)
            )

    return measure


def _watched(peer: Peer, python: str, expression: str) -> list[float]:
    with tempfile.TemporaryDirectory() as folder, Debugging(peer, python, _PROGRAM) as debugging:
        result = Path(folder) / "result.json"
        debugging.start([{"marker": "ready"}], [str(result)])
        debugging.wait_stopped()
        frame = debugging.frames()[1]["id"]
        client = debugging.client
        if not debugging.capabilities.get("supportsDataBreakpoints"):
            raise NotThere("it has no data breakpoints")
        found = client.request("dataBreakpointInfo", {"name": expression, "frameId": frame})
        [bp] = client.request("setDataBreakpoints", {"breakpoints": [{"dataId": found["dataId"]}]})["breakpoints"]
        assert bp["verified"], bp
        debugging.clear_breakpoints()
        debugging.go_on()
        event = client.wait_for(ends_or_stops, SECONDS)
        if event["event"] == "stopped":
            raise AssertionError(f"it stopped, and never should: {event['body']}")
        return read_figures(result)


CASES = [
    Case(
        "watch",
        "data breakpoint on an attribute whose name the work does not write",
        Kind.SLOWDOWN,
        watching("settings.calls"),
    ),
    Case("watch-local", "data breakpoint on a local variable of a caller", Kind.SLOWDOWN, watching("limit")),
    Case(
        "watch-item",
        "data breakpoint on an item of a dict; the work writes items of others",
        Kind.SLOWDOWN,
        watching("prices['tea']"),
    ),
    Case(
        "watch-like",
        "data breakpoint on an attribute that the work writes 41,500 times, on another object",
        Kind.SLOWDOWN,
        watching("watched.value"),
    ),
]
