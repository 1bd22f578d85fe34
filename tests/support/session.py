"""A debug session as a test drives it: every message checked against the schema, and shown when the test fails."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from heapsight.client import Client, RequestRefused
from support.markers import line_of, program_path
from support.schema import SchemaViolation, check

CLIENT_CAPABILITIES = {
    "clientID": "tests",
    "adapterID": "heapsight",
    "linesStartAt1": True,
    "columnsStartAt1": True,
    "pathFormat": "path",
    "supportsVariableType": True,
    "supportsVariablePaging": True,
    "supportsRunInTerminalRequest": True,
    "supportsArgsCanBeInterpretedByShell": True,
    "supportsInvalidatedEvent": True,
    "supportsMemoryReferences": True,
    "supportsMemoryEvent": True,
}

__all__ = ["RequestRefused", "Session", "debug_session"]


class Session:
    """Drives one session; `client` is there for what has no helper.

    With `own_checked=False` the test may send what the protocol forbids; the adapter never may. With `children=True`
    it opens sessions for child processes, which `child` returns.
    """

    def __init__(
        self,
        make_client: Callable[..., Client] = Client.spawn,
        *,
        own_checked: bool = True,
        children: bool = False,
        **options,
    ) -> None:
        self.transcript: list[str] = []
        self.violations: list[SchemaViolation] = []
        self.terminals: list[subprocess.Popen] = []
        self.output_events: list[dict] = []
        self.thread_id = 1
        self.initialize_body: dict = {}
        self.configuration: dict = {}
        self.parent: Session | None = None
        self._opens_children = children
        self._offered: queue.Queue[dict] = queue.Queue()
        self._children: list[Session] = []
        self._own_checked = own_checked
        self._lock = threading.Lock()
        options.setdefault("run_in_terminal", self.run_in_terminal)
        if children:
            options.setdefault("start_debugging", self._offer)
        self.client = make_client(observe=self._observe, **options)

    # Starting

    def initialize(self, **capabilities) -> dict:
        """Send `initialize`; return the adapter's capabilities."""
        ours = {**CLIENT_CAPABILITIES, "supportsStartDebuggingRequest": self._opens_children}
        self.initialize_body = self.client.request("initialize", {**ours, **capabilities})
        return self.initialize_body

    def launch(self, program: str | Path | None = None, **configuration) -> "Session":
        """Initialize and launch; returns when breakpoints can be set. `program` is a fixture's name, or a path."""
        if program is not None:
            configuration["program"] = str(program_path(program))
        configuration.setdefault("python", sys.executable)
        return self.start("launch", configuration)

    def attach(self, **configuration) -> "Session":
        """Initialize and attach; returns when breakpoints can be set."""
        return self.start("attach", configuration)

    def start(self, command: str, configuration: Mapping[str, object]) -> "Session":
        """Initialize and send `launch` or `attach`; return at the `initialized` event. Raises RequestRefused."""
        self.initialize()
        self.configuration = dict(configuration)
        number = self.client.send_request(command, {"type": "heapsight", "request": command, **configuration})
        answer = self.client.wait_response(number)
        if not answer["success"]:
            raise RequestRefused(answer)
        self.client.wait_for("initialized")
        return self

    def configured(self) -> "Session":
        """Say that the program may run now."""
        self.client.request("configurationDone")
        return self

    def launch_and_stop(self, program: str | Path, *marker_names: str, **configuration) -> dict:
        """Launch with breakpoints at markers, and return the body of the first `stopped` event."""
        self.launch(program, **configuration)
        self.set_breakpoints(program, *marker_names)
        self.configured()
        return self.wait_for_stopped()

    def child(self) -> "Session":
        """Wait for a child process of the program, and return a session that is attached to it, not configured yet."""
        arguments = self._offered.get(timeout=60)
        configuration = arguments["configuration"]
        address = configuration["connect"]["host"], configuration["connect"]["port"]
        child = Session(lambda **options: Client.connect(*address, **options), children=True)
        child.parent = self
        self._children.append(child)
        return child.start(arguments["request"], configuration)

    def has_child(self) -> bool:
        """Say whether a child process has been offered that `child` has not returned."""
        return not self._offered.empty()

    def _offer(self, arguments: Mapping[str, object]) -> None:
        self._offered.put(dict(arguments))

    # Breakpoints

    def set_breakpoints(self, program: str | Path, *places: str | Mapping[str, object]) -> list[dict]:
        """Set the breakpoints of a file: marker names, or dicts with `marker` (or `line`) and DAP's properties."""
        wanted = []
        for place in places:
            spec = {"marker": place} if isinstance(place, str) else dict(place)
            if "marker" in spec:
                spec["line"] = line_of(program, spec.pop("marker"))
            wanted.append(spec)
        source = {"path": str(program_path(program))}
        return self.request("setBreakpoints", source=source, breakpoints=wanted)["breakpoints"]

    def set_exception_filters(self, *filters: str) -> dict:
        """Set the exception filters."""
        return self.request("setExceptionBreakpoints", filters=list(filters))

    # Running and stopping

    def request(self, command: str, **arguments) -> dict:
        """Send a request and return the response's body. Raises RequestRefused."""
        return self.client.request(command, arguments)

    def refused(self, command: str, **arguments) -> str:
        """Send a request that has to fail; return the error's text."""
        try:
            body = self.request(command, **arguments)
        except RequestRefused as error:
            return str(error)
        raise AssertionError(f"{command!r} succeeded with {body}")

    def wait_for_event(self, name: str, matching: Callable[[dict], bool] = lambda body: True) -> dict:
        """Return the body of the next such event."""
        message = self.client.wait_for(lambda event: event["event"] == name and matching(event.get("body", {})))
        return message.get("body", {})

    def wait_for_event_of(self, *names: str) -> dict:
        """Return the next event, whole, of one of these kinds."""
        return self.client.wait_for(lambda event: event["event"] in names)

    def wait_for_stopped(self, reason: str | None = None) -> dict:
        """Return the body of the next `stopped` event, and make its thread the current one."""
        body = self.wait_for_event("stopped")
        assert reason is None or body["reason"] == reason, f"stopped because of {body}, not {reason}"
        self.thread_id = body["threadId"]
        return body

    def cont(self) -> None:
        """Let the program run on."""
        self.request("continue", threadId=self.thread_id)

    def step(self, command: str = "next", **arguments) -> dict:
        """Step with `next`, `stepIn` or `stepOut`; return the body of the following `stopped`."""
        self.request(command, threadId=self.thread_id, **arguments)
        return self.wait_for_stopped()

    def stack(self, **arguments) -> list[dict]:
        """Return the stack frames of the current thread."""
        return self.request("stackTrace", threadId=self.thread_id, **arguments)["stackFrames"]

    def line(self) -> int:
        """Return the line of the innermost frame."""
        return self.stack(startFrame=0, levels=1)[0]["line"]

    def at(self, program: str | Path, marker: str) -> bool:
        """Say whether the current thread is at a marker."""
        frame = self.stack(startFrame=0, levels=1)[0]
        path = program_path(program)
        return frame["line"] == line_of(program, marker) and Path(frame["source"]["path"]) == path

    def scopes(self, frame: int = 0) -> dict[str, int]:
        """Return the scopes of the frame at that depth: name to variablesReference."""
        found = self.request("scopes", frameId=self.stack()[frame]["id"])["scopes"]
        return {scope["name"]: scope["variablesReference"] for scope in found}

    def variables(self, reference: int, **arguments) -> dict[str, dict]:
        """Return the variables of a reference by name."""
        rows = self.request("variables", variablesReference=reference, **arguments)["variables"]
        return {row["name"]: row for row in rows}

    def local_variables(self, frame: int = 0) -> dict[str, dict]:
        """Return the Locals of the frame at that depth by name."""
        return self.variables(self.scopes(frame)["Locals"])

    def evaluate(self, expression: str, context: str = "repl", frame: int = 0) -> dict:
        """Evaluate in the frame at that depth."""
        return self.request("evaluate", expression=expression, frameId=self.stack()[frame]["id"], context=context)

    # Output and the end

    def output(self, *categories: str) -> str:
        """Return what the program has written so far."""
        wanted = categories or ("stdout",)
        with self._lock:
            return "".join(body["output"] for body in self.output_events if body.get("category") in wanted)

    def wait_for_exit(self) -> int:
        """Wait for the end of the program and return its exit code."""
        code = self.wait_for_event("exited")["exitCode"]
        self.wait_for_event("terminated")
        return code

    def disconnect(self, **arguments) -> None:
        """Say goodbye."""
        self.request("disconnect", **arguments)
        self.client.wait_end()

    def run_in_terminal(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """Do what an editor's terminal does."""
        changes = arguments.get("env") or {}
        env = {name: value for name, value in {**os.environ, **changes}.items() if value is not None}
        words = arguments["args"]
        if arguments.get("argsCanBeInterpretedByShell"):
            words = ["/bin/sh", "-c", " ".join(words)]
        process = subprocess.Popen(
            words, cwd=arguments["cwd"], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.terminals.append(process)
        return {"shellProcessId": process.pid}

    def close(self) -> None:
        """Leave, and end whatever is still there. Raises the first schema violation of the session."""
        for child in self._children:
            child.close()
        try:
            self.client.close()
        finally:
            for process in self.terminals:
                _end_group(process)
        if self.violations:
            raise self.violations[0]

    def dump(self) -> str:
        """Return the last messages as text."""
        children = "".join(f"\nchild {number}:\n{one.dump()}" for number, one in enumerate(self._children, start=1))
        with self._lock:
            return children + "\n".join(
                line if len(line) < 1000 else line[:999] + "…" for line in self.transcript[-80:]
            )

    def _observe(self, direction: str, message: dict) -> None:
        with self._lock:
            self.transcript.append(f"{direction} {json.dumps(message)}")
            if message.get("event") == "output":
                self.output_events.append(message.get("body", {}))
        if direction == ">" and not self._own_checked:
            return
        try:
            check(message)
        except SchemaViolation as violation:
            self.violations.append(violation)


def _end_group(process: subprocess.Popen) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


@contextmanager
def debug_session(*args, **options) -> Iterator[Session]:
    """Open a session; prints the messages when the body fails."""
    session = Session(*args, **options)
    try:
        yield session
    except BaseException:
        print(session.dump())
        raise
    finally:
        session.close()
