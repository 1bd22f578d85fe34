"""Run a program to a line and find out what holds an object there: the debugging half of `heapsight why`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from ..client import Client, ConnectionEnded, RequestRefused
from ..wire.framing import Message
from ..wire.memory_requests import INSPECT, REFERRERS, ObjectInfo, Referrer, ReferrersBody
from ..wire.messages import body_of

_FOR_EVER = 1e9
_GRACE_SECONDS = 5.0
# How often a launch that takes its time is looked after.
_LOOK_SECONDS = 0.5


class ProgramNotStarted(Exception):
    """The interpreter ended before it ran the program; what it had to say is on standard error."""


class LineRefused(Exception):
    """No breakpoint can be there; the text says why."""


class LineNeverReached(Exception):
    """The program ended before; `exit_code` is None where it is not known."""

    def __init__(self, exit_code: int | None) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. `configuration` is the part of a launch configuration that names it: `program` or `module`."""

    configuration: Mapping[str, str]
    args: Sequence[str] = ()
    python: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where to stop: the visit number `visit` of a line on which `condition` holds."""

    path: Path
    line: int
    condition: str | None = None
    visit: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the tree to show: levels, lines below one object, and lines in all."""

    depth: int = 4
    width: int = 8
    lines: int = 100


@dataclass(slots=True)
class HeldBy:
    """What holds an object: the first of `total` referrers, and references that no referrer accounts for."""

    nodes: list[Node]
    total: int
    unaccounted: int
    complete: bool


@dataclass(slots=True)
class Node:
    """A referrer, and what holds its holder: None where that was not asked for."""

    referrer: Referrer
    held_by: HeldBy | None = None
    cut: bool = field(default=False)
    """A holder that could be followed further, but for the limits."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The place where the program stopped."""

    path: str
    line: int
    function: str
    frame_id: int


@dataclass(frozen=True, slots=True)
class Report:
    """All there is to say."""

    stopped: Stopped
    wanted_line: int
    info: ObjectInfo
    held_by: HeldBy


class Run:
    """A program on its way to a line. Use it as a context manager: the program is gone at the end."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._client = Client.spawn(run_in_terminal=self._start_program)

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._client.request("disconnect", {"terminateDebuggee": True}, _GRACE_SECONDS)
        except (RequestRefused, ConnectionEnded, TimeoutError, OSError, ValueError):
            # Whatever is left of it is ended below.
            pass
        try:
            self._client.close()
        finally:
            self._end_program()

    def to(self, place: Place, seconds: float | None = None) -> Stopped:
        """Run to a line.

        Raises LineRefused, LineNeverReached and TimeoutError, and for a failed launch RequestRefused or
        ProgramNotStarted.
        """
        client = self._client
        client.request("initialize", {"adapterID": "heapsight", "supportsRunInTerminalRequest": True})
        self._launch()
        client.wait_for("initialized")
        breakpoint_id = self._set_breakpoint(place)
        client.request("configurationDone")
        while True:
            event = client.wait_for(_stops_or_ends, seconds or _FOR_EVER)
            if event["event"] == "terminated":
                raise LineNeverReached(self._exit_code())
            body = body_of(event)
            thread_id = cast(int, body["threadId"])
            # A program may also stop elsewhere by itself, by calling breakpoint().
            if breakpoint_id in cast("list[int]", body.get("hitBreakpointIds") or []):
                return self._where(thread_id)
            client.request("continue", {"threadId": thread_id})

    def request(self, command: str, arguments: Mapping[str, object]) -> Mapping[str, object]:
        """Ask the stopped program anything; return the answer's body. Raises RequestRefused."""
        return self._client.request(command, arguments, _FOR_EVER)

    def inspect(self, expression: str, frame_id: int) -> ObjectInfo:
        """Describe the value of an expression. Raises RequestRefused with the reason when it has none."""
        body = self._client.request(INSPECT, {"expression": expression, "frameId": frame_id}, _FOR_EVER)
        return cast(ObjectInfo, cast(object, body))

    def holders(self, info: ObjectInfo, limits: Limits) -> HeldBy:
        """Return the tree of what holds an object, the nearest first, as far as the limits go."""
        left = limits.lines
        top = self._held_by(info["object"], limits.width, ())
        start: tuple[int, ...] = (info["object"],)
        pending = deque([(top, start)])
        while pending:
            held_by, ancestors = pending.popleft()
            left -= len(held_by.nodes)
            for node in held_by.nodes:
                number = node.referrer.get("object")
                if number is None or node.referrer["root"] or node.referrer["cycle"]:
                    continue
                if len(ancestors) >= limits.depth or left <= 0:
                    node.cut = True
                    continue
                node.held_by = self._held_by(number, limits.width, ancestors)
                pending.append((node.held_by, (*ancestors, number)))
        return top

    def _held_by(self, number: int, count: int, ancestors: Sequence[int]) -> HeldBy:
        arguments = {"object": number, "start": 0, "count": count, "ancestors": list(ancestors)}
        body = cast(ReferrersBody, cast(object, self._client.request(REFERRERS, arguments, _FOR_EVER)))
        nodes = [Node(referrer) for referrer in body["referrers"]]
        return HeldBy(nodes, body["total"], body["unaccounted"], body["complete"])

    def _configuration(self) -> dict[str, object]:
        program = self._program
        return {
            **program.configuration,
            "type": "heapsight",
            "request": "launch",
            "args": list(program.args),
            "python": program.python or sys.executable,
            "cwd": str(Path.cwd()),
            # The program shares our terminal: it can be talked to, and its output is its own.
            "console": "integratedTerminal",
            "justMyCode": False,
            "memory": {"children": False, "hover": False},
        }

    def _launch(self) -> None:
        """Raises RequestRefused, or ProgramNotStarted when the process ends before it reports."""
        launched = self._client.send_request("launch", self._configuration())
        while True:
            # Looked at first: a process that had ended by now can have nothing more to say.
            code = self._process.poll() if self._process is not None else None
            try:
                answer = self._client.wait_response(launched, _LOOK_SECONDS)
            except TimeoutError:
                if code is not None:
                    raise ProgramNotStarted(f"The interpreter ended with exit code {code} at once.") from None
                continue
            if answer.get("success") is not True:
                raise RequestRefused(answer)
            return

    def _set_breakpoint(self, place: Place) -> int:
        wanted: dict[str, object] = {"line": place.line}
        if place.condition is not None:
            wanted["condition"] = place.condition
        if place.visit > 1:
            wanted["hitCondition"] = str(place.visit)
        body = self._client.request(
            "setBreakpoints", {"source": {"path": str(place.path)}, "breakpoints": [wanted], "lines": [place.line]}
        )
        found = cast("list[dict[str, object]]", body["breakpoints"])[0]
        if found.get("verified") is not True and found.get("message"):
            raise LineRefused(str(found["message"]))
        return cast(int, found["id"])

    def _where(self, thread_id: int) -> Stopped:
        body = self._client.request("stackTrace", {"threadId": thread_id, "startFrame": 0, "levels": 1})
        frame = cast("list[dict[str, object]]", body["stackFrames"])[0]
        source = cast("dict[str, object]", frame.get("source") or {})
        path = str(source.get("path") or source.get("name") or "?")
        return Stopped(path, cast(int, frame["line"]), str(frame["name"]), cast(int, frame["id"]))

    def _start_program(self, arguments: Mapping[str, object]) -> Mapping[str, object]:
        """Answer `runInTerminal`: start the program in our own terminal, its standard output on our standard error."""
        # The program is ended at the line, and what it has printed by then must not die in a buffer.
        env = {"PYTHONUNBUFFERED": "1", **os.environ}
        for name, value in cast("Mapping[str, str | None]", arguments.get("env") or {}).items():
            if value is None:
                env.pop(name, None)
            else:
                env[name] = value
        words = cast("list[str]", arguments["args"])
        self._process = subprocess.Popen(words, cwd=cast(str, arguments["cwd"]), env=env, stdout=sys.stderr.fileno())
        return {"processId": self._process.pid}

    def _exit_code(self) -> int | None:
        if self._process is None:
            return None
        try:
            return self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            return None

    def _end_program(self) -> None:
        process = self._process
        if process is None:
            return
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _stops_or_ends(event: Message) -> bool:
    return event.get("event") in {"stopped", "terminated"}
