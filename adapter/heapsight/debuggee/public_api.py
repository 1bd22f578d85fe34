"""What a program can ask of the debugger from within: `heapsight.listen()` and its companions."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping

from .agent import Agent
from .connection import connect as open_connection
from .own import PACKAGE_FOLDER
from .running import ExitReport, run
from .target import Target
from .this_process import this_process

Endpoint = tuple[str, int]

_TOKEN_VARIABLE = "HEAPSIGHT_TOKEN"


def listen(endpoint: Endpoint | int, *, in_process_debug_adapter: bool = False) -> Endpoint:
    """Start an adapter for this process, and connect to it. See `heapsight.listen`."""
    _refuse_second_time("listen")
    if in_process_debug_adapter:
        raise NotImplementedError("Heapsight's adapter is always a process of its own.")
    host, port = _address(endpoint)
    # 16 random bytes that nobody else on this machine can guess; `secrets` would cost the user's program an import.
    token = os.urandom(16).hex()
    answer = _start_adapter(host, port, token)
    if "error" in answer:
        raise RuntimeError(str(answer["error"]))
    client, debuggee = _endpoint(answer["client"]), _endpoint(answer["debuggee"])
    _connect(*debuggee, token)
    return client


def connect(endpoint: Endpoint | int, *, access_token: str | None = None) -> Endpoint:
    """Connect to an adapter that waits. See `heapsight.connect`."""
    _refuse_second_time("connect")
    host, port = _address(endpoint)
    _connect(host, port, access_token or "")
    return host, port


def wait_for_client() -> None:
    """See `heapsight.wait_for_client`."""
    if this_process.agent is None:
        raise RuntimeError("wait_for_client() needs listen() or connect() before it.")
    this_process.agent.wait_for_client()


def is_client_connected() -> bool:
    """See `heapsight.is_client_connected`."""
    return this_process.agent is not None and this_process.agent.client_connected


def breakpoint() -> None:
    """See `heapsight.breakpoint`."""
    if this_process.agent is not None and this_process.agent.client_connected:
        this_process.agent.stop_here()


def debug_this_thread() -> None:
    """See `heapsight.debug_this_thread`."""
    if this_process.agent is None:
        raise RuntimeError("debug_this_thread() needs listen() or connect() before it.")
    this_process.agent.trace_this_thread()


def trace_this_thread(should_trace: bool) -> None:
    """See `heapsight.trace_this_thread`."""
    if should_trace:
        debug_this_thread()
    else:
        sys.settrace(None)


def configure(properties: Mapping[str, object]) -> None:
    """See `heapsight.configure`."""
    if this_process.agent is not None:
        raise RuntimeError("configure() has to come before listen() and connect().")
    for name in properties:
        if name not in this_process.settings:
            raise ValueError(f"There is no property {name!r}; there are {', '.join(this_process.settings)}.")
    this_process.settings.update(properties)


def log_to(path: str) -> None:
    """See `heapsight.log_to`."""
    try:
        os.makedirs(path, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(f"{path!r} is not a folder.") from None
    this_process.log_folder = os.path.abspath(path)


def run_target(words: list[str], already_loaded: frozenset[str]) -> None:
    """Run a program in this process, under the agent that listens or is connected."""
    agent = this_process.agent
    if agent is None:
        raise RuntimeError("There is no debugger yet.")
    # Reports before the one of `_connect`, and with the exit code.
    run(agent, ExitReport(agent), Target.parse(words), already_loaded)


def _refuse_second_time(function: str) -> None:
    if this_process.agent is not None:
        raise RuntimeError(f"{function}() is not possible: this process is being debugged already.")


def connect_again(address: str, token: str) -> None:
    """Connect to an adapter that attaches by process id: also when an earlier one has gone.

    Raises RuntimeError when this process is debugged, or waits for a client of its own.
    """
    if this_process.agent is not None and this_process.agent.is_linked:
        raise RuntimeError("this process is being debugged already, or listens for a client")
    host, _, port = address.rpartition(":")
    _connect(host, int(port), token)


def _connect(host: str, port: int, token: str) -> None:
    try:
        agent = Agent(open_connection(host, port, token))
    except OSError as error:
        reason = error.strerror or error
        raise type(error)(error.errno, f"No debug adapter answers at {host}:{port}: {reason}") from None
    agent.debugs_children = this_process.settings["subProcess"] is not False
    agent.attach_to_running_program()
    agent.start()
    this_process.agent = agent
    ExitReport(agent)
    if os.environ.get("PYTHONBREAKPOINT") != "0":
        sys.breakpointhook = _breakpoint_hook


def _breakpoint_hook(*_arguments: object, **_options: object) -> None:
    """Stand behind the built-in `breakpoint()`: while no client is there, it does nothing instead of starting pdb."""
    breakpoint()


def _address(endpoint: Endpoint | int) -> Endpoint:
    if isinstance(endpoint, int):
        endpoint = ("127.0.0.1", endpoint)
    match endpoint:
        case (str(host), int(port)) if 0 <= port < 65536:
            return host, port
        case _:
            raise ValueError(f"{endpoint!r} is neither a port nor (host, port).")


def _endpoint(pair: object) -> Endpoint:
    assert isinstance(pair, list)
    return str(pair[0]), int(pair[1])


def _start_adapter(host: str, port: int, token: str) -> dict[str, object]:
    """Run `heapsight adapter` beside this process, and return what it says about itself."""
    import subprocess

    command = [str(this_process.settings["python"]), PACKAGE_FOLDER, "adapter", "--for-debuggee"]
    command += ["--host", host, "--port", str(port)]
    if this_process.log_folder is not None:
        command += ["--log-dir", this_process.log_folder]
    # What the program has set up for itself is not for the adapter: a PYTHONPATH may hide the standard library.
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON") or name == "PYTHONHOME"
    }
    starter = subprocess.Popen(
        command,
        env={**inherited, _TOKEN_VARIABLE: token},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Ctrl-C in the program's terminal is for the program.
        start_new_session=True,
    )
    said, complaint = starter.communicate()
    try:
        answer = json.loads(said)
    except ValueError:
        text = complaint.decode("utf-8", "replace").strip()
        raise RuntimeError(f"The debug adapter did not start: {text or 'it said nothing'}") from None
    assert isinstance(answer, dict)
    return answer
