"""A debug session as an editor conducts it, in the few moves that the benchmarks need. The same for every peer."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter

from peers import HERE, Peer

from heapsight.client import Client, ConnectionEnded, RequestRefused
from heapsight.wire.framing import Message

PROGRAMS = HERE / "programs"
SECONDS = 300.0
# What every editor sends: the filters that are on by default.
UNCAUGHT: Mapping[str, object] = {"filters": ["uncaught"]}


def program_path(name: str) -> str:
    return str(PROGRAMS / name)


def line_of(name: str, marker: str) -> int:
    """Return the line that ends in the comment `# @marker`."""
    for number, line in enumerate((PROGRAMS / name).read_text().splitlines(), start=1):
        if re.search(rf"#.*@{marker}\b", line):
            return number
    raise LookupError(f"{name} has no @{marker}")


class Debugging:
    """A program under a debugger; a context manager, at whose end both are gone."""

    def __init__(self, peer: Peer, python: str, program: str) -> None:
        self._peer, self._python, self._program = peer, python, program
        self.thread_id = 0
        self.capabilities: Mapping[str, object] = {}
        self.started = perf_counter()
        self.client = Client.spawn(peer.command(python), env=peer.environment())

    def __enter__(self) -> Debugging:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.client.request("disconnect", {"terminateDebuggee": True}, 20.0)
        except (RequestRefused, ConnectionEnded, OSError, ValueError, TimeoutError):
            pass  # it is gone already
        self.client.close()

    def start(
        self,
        breakpoints: Sequence[Mapping[str, object]] = (),
        args: Sequence[str] = (),
        exceptions: Mapping[str, object] = UNCAUGHT,
    ) -> None:
        """Launch and let run. A breakpoint is a dict of DAP's properties, with `marker` in place of `line`."""
        client = self.client
        self.capabilities = client.request(
            "initialize", {"adapterID": self._peer.name, "linesStartAt1": True, "columnsStartAt1": True}
        )
        launched = client.send_request(
            "launch",
            {
                **self._peer.configuration,
                "request": "launch",
                "program": program_path(self._program),
                "args": list(args),
                "python": [self._python],
                "cwd": str(PROGRAMS),
            },
        )
        answer = self._wait_initialized(launched)
        if breakpoints:
            wanted = []
            for each in breakpoints:
                spec = dict(each)
                spec["line"] = line_of(self._program, str(spec.pop("marker")))
                wanted.append(spec)
            client.request(
                "setBreakpoints", {"source": {"path": program_path(self._program)}, "breakpoints": wanted}, SECONDS
            )
        client.request("setExceptionBreakpoints", exceptions)
        client.request("configurationDone")
        self._check(answer or client.wait_response(launched, SECONDS))

    def _wait_initialized(self, launched: int) -> Message | None:
        """Wait until breakpoints can be set; return the response to `launch`, if it has come already.

        Some adapters answer `launch` before the `initialized` event, some only after `configurationDone`, and a failed
        launch has no such event.
        """
        deadline = perf_counter() + SECONDS
        answer = None
        while perf_counter() < deadline:
            try:
                self.client.wait_for("initialized", 0.2)
                return answer
            except TimeoutError:
                answer = answer or self._answer_so_far(launched)
        raise TimeoutError("no 'initialized' event")

    def _answer_so_far(self, number: int) -> Message | None:
        try:
            answer = self.client.wait_response(number, 0.0)
        except TimeoutError:
            return None
        self._check(answer)
        return answer

    @staticmethod
    def _check(answer: Message) -> None:
        if answer.get("success") is not True:
            raise RequestRefused(answer)

    def wait_stopped(self) -> None:
        self.thread_id = self.client.wait_for("stopped", SECONDS)["body"]["threadId"]

    def clear_breakpoints(self) -> None:
        self.client.request("setBreakpoints", {"source": {"path": program_path(self._program)}, "breakpoints": []})

    def step(self) -> None:
        """Step over, to the next `stopped`."""
        self.client.request("next", {"threadId": self.thread_id})
        self.wait_stopped()

    def go_on(self) -> None:
        self.client.request("continue", {"threadId": self.thread_id})

    def frames(self) -> list[dict]:
        arguments = {"threadId": self.thread_id, "startFrame": 0, "levels": 20}
        return self.client.request("stackTrace", arguments)["stackFrames"]

    def scopes(self, frame_id: int) -> list[dict]:
        return self.client.request("scopes", {"frameId": frame_id})["scopes"]

    def variables(self, reference: int, **arguments: object) -> list[dict]:
        return self.client.request("variables", {"variablesReference": reference, **arguments}, SECONDS)["variables"]

    def local(self, name: str) -> dict:
        """Return the row of a local variable of the innermost frame."""
        scope = self.scopes(self.frames()[0]["id"])[0]
        return next(row for row in self.variables(scope["variablesReference"]) if row["name"] == name)


def run_to_end(
    peer: Peer | None,
    python: str,
    program: str,
    breakpoints: Sequence[Mapping[str, object]] = (),
    *,
    exceptions: Mapping[str, object] = UNCAUGHT,
    args: Sequence[str] = (),
) -> Ended:
    """Run a program that measures itself, under a debugger or (peer None) on its own."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        outputs: list[str] = []
        if peer is None:
            command = [python, program_path(program), str(result), *args]
            subprocess.run(command, cwd=PROGRAMS, check=True, stdout=subprocess.DEVNULL)
        else:
            with Debugging(peer, python, program) as debugging:
                debugging.start(breakpoints, [str(result), *args], exceptions)
                event = debugging.client.wait_for(ends_or_stops, SECONDS)
                if event["event"] == "stopped":
                    raise AssertionError(f"it stopped, and never should: {event['body']}")
                events = debugging.client.take_events("output")
                outputs = [str(event["body"].get("output", "")) for event in events]
        return Ended(read_figures(result), outputs)


def read_figures(result: Path) -> list[float]:
    """Return what a program has measured of itself."""
    figures: list[float] = json.loads(result.read_text())
    return figures


def ends_or_stops(event: Message) -> bool:
    """Say whether the program has come to its end, or to a stop."""
    return event.get("event") in ("terminated", "stopped")


class Ended:
    """What a program measured of itself (mostly seconds for each repetition), and what came out meanwhile."""

    def __init__(self, figures: list[float], outputs: list[str]) -> None:
        self.figures, self.outputs = figures, outputs
