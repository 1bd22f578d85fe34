"""Attaching: programs that listen, programs that connect, clients that come and go."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from heapsight.client import PACKAGE, Client
from support.markers import line_of, program_path
from support.session import RequestRefused

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}


class Program:
    """A program started by the test, not by an adapter."""

    def __init__(self, words: list[str], cwd: Path) -> None:
        self.process = subprocess.Popen(
            words,
            cwd=cwd,
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self) -> tuple[int, str, str]:
        """Wait for its end; return exit code, output and errors."""
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err

    def line(self) -> str:
        """Wait for a line of its output."""
        return self.process.stdout.readline().rstrip("\n")


@pytest.fixture
def run(tmp_path) -> Iterator:
    """Start programs that end with the test."""
    programs = []

    def start(*words: str) -> Program:
        program = Program([sys.executable, *words], tmp_path)
        programs.append(program)
        return program

    yield start
    for program in programs:
        program.process.kill()
        program.process.wait()
        program.process.stdin.close()
        program.process.stdout.close()
        program.process.stderr.close()


LISTENER = """
import sys
import heapsight
print(*heapsight.listen(("127.0.0.1", 0)), flush=True)
heapsight.wait_for_client()
answer = 42
heapsight.breakpoint()  # @ours
print("between", flush=True)
breakpoint()  # @builtin
print("end", answer, flush=True)
sys.exit(6)
"""


@pytest.fixture
def listener(tmp_path) -> Path:
    path = tmp_path / "listener.py"
    path.write_text(LISTENER)
    return path


def stands_at(session, program: Path, marker: str) -> bool:
    """Say whether a `breakpoint()` has stopped: on its own line, or on the one after."""
    return session.line() - line_of(program, marker) in (0, 1)


def address_of(program: Program) -> tuple[str, int]:
    host, port = program.line().split()
    return host, int(port)


def connected(open_session, address):
    return open_session(lambda **options: Client.connect(*address, **options))


def test_nothing_of_a_session_is_left_for_the_next_one_to_see(run, open_session, tmp_path):
    path = tmp_path / "asked.py"
    path.write_text(
        "import sys, heapsight\n"
        "print(*heapsight.listen(('127.0.0.1', 0)), flush=True)\n"
        "heapsight.wait_for_client()\n"
        "for line in sys.stdin:\n"
        "    heapsight.breakpoint()\n"
    )
    program = run(str(path))
    address = address_of(program)
    for _ in range(3):
        session = connected(open_session, address)
        session.attach().configured()
        program.process.stdin.write("\n")
        program.process.stdin.flush()
        session.wait_for_stopped()
        # With a time limit, so somebody watches the clock.
        assert session.evaluate("line", context="hover")["result"].startswith("'\\n'")
        # Whoever watched for the session before may be on the way out.
        for _ in range(1000):
            threads = session.request("threads")["threads"]
            if len(threads) == 1:
                break
        assert [thread["name"] for thread in threads] == ["MainThread"]
        session.disconnect()


def test_a_client_attaches_over_tcp_to_a_program_that_listens(run, open_session, listener):
    program = run(str(listener))
    session = connected(open_session, address_of(program))
    session.attach().configured()
    session.wait_for_stopped()
    assert stands_at(session, listener, "ours")
    assert session.evaluate("answer")["result"] == "42"
    session.cont()
    session.wait_for_stopped()
    assert stands_at(session, listener, "builtin")
    session.cont()
    # Nobody can know what a program will exit with that we have not started.
    session.wait_for_event("terminated")
    assert session.output("important") == ""
    session.disconnect()
    assert program.end() == (6, "between\nend 42\n", "")


def test_a_stdio_adapter_attaches_to_a_program_that_listens(run, session, listener):
    program = run(str(listener))
    host, port = address_of(program)
    session.attach(connect={"host": host, "port": port}).configured()
    session.wait_for_stopped()
    assert stands_at(session, listener, "ours")
    assert [frame["name"] for frame in session.stack()] == ["<module>"]
    session.cont()
    session.wait_for_stopped()
    assert stands_at(session, listener, "builtin")
    session.cont()
    session.disconnect()
    assert program.end()[0] == 6


def test_the_progress_of_an_attach_through_another_adapter_ends_with_its_answer(run, session, listener, tmp_path):
    program = run(str(listener))
    host, port = address_of(program)
    session.initialize(supportsProgressReporting=True)
    session.request("attach", connect={"host": host, "port": port})
    session.client.wait_for("initialized")
    session.configured()
    session.wait_for_stopped()
    done = tmp_path / "done"
    waiting = f"[1 for _ in iter(lambda: __import__('os').path.exists({str(done)!r}), True)][:0]"
    frame = session.stack()[0]["id"]
    number = session.client.send_request("evaluate", {"expression": waiting, "frameId": frame, "context": "repl"})
    # Began later than the attach, and is shown all the same: so the attach is not shown, or is over.
    session.wait_for_event("progressStart", lambda body: body["title"] == "Evaluating")
    attaching = [body["body"]["progressId"] for body in session.client.take_events("progressStart")]
    assert attaching == [body["body"]["progressId"] for body in session.client.take_events("progressEnd")]
    done.touch()
    session.client.wait_response(number)


@pytest.mark.parametrize("relay", [False, True], ids=["directly", "through an adapter"])
def test_a_program_on_another_machine(run, open_session, listener, relay):
    """The program's folder has another name at the client's, and files of other folders the client does not have."""
    program = run(str(listener))
    host, port = address_of(program)
    session = open_session() if relay else connected(open_session, (host, port))
    where = {"connect": {"host": host, "port": port}} if relay else {}
    mapping = {"localRoot": "C:\\work\\shop", "remoteRoot": str(listener.parent)}
    session.attach(pathMappings=[mapping], **where)
    local = "c:\\Work\\shop\\listener.py"
    line = line_of(listener, "builtin") + 1
    answer = session.request("setBreakpoints", source={"path": local}, breakpoints=[{"line": line}])
    assert answer["breakpoints"][0]["verified"] is True
    session.configured()
    session.wait_for_stopped()
    assert session.stack()[0]["source"]["path"] == "C:\\work\\shop\\listener.py"
    library = json.__file__
    session.evaluate("import json; json.__file__")
    [source] = [one for one in session.request("loadedSources")["sources"] if one["path"] == library]
    assert source["sourceReference"] > 0
    text = session.request("source", source=source, sourceReference=source["sourceReference"])["content"]
    assert text == Path(library).read_text()
    body_line = 1 + next(index for index, one in enumerate(text.splitlines()) if "return _default_encoder" in one)
    answer = session.request("setBreakpoints", source=source, breakpoints=[{"line": body_line}])
    assert answer["breakpoints"][0]["verified"] is True
    assert answer["breakpoints"][0]["source"] == source
    session.disconnect()
    assert program.end()[0] == 6


def test_disconnect_leaves_an_attached_program_running(run, session, listener):
    program = run(str(listener))
    host, port = address_of(program)
    session.attach(connect={"host": host, "port": port}).configured()
    session.wait_for_stopped()
    session.disconnect()
    assert program.end() == (6, "between\nend 42\n", "")


def test_a_client_that_vanishes_leaves_an_attached_program_running(run, session, listener):
    program = run(str(listener))
    host, port = address_of(program)
    session.attach(connect={"host": host, "port": port}).configured()
    session.wait_for_stopped()
    session.client.close()
    assert program.end() == (6, "between\nend 42\n", "")


def test_terminate_on_disconnect_ends_an_attached_program(run, open_session, listener):
    program = run(str(listener))
    session = connected(open_session, address_of(program))
    session.attach().configured()
    session.wait_for_stopped()
    session.disconnect(terminateDebuggee=True)
    assert program.end()[0] == -signal.SIGTERM


def test_clients_come_one_after_the_other(run, open_session, listener, tmp_path):
    spinning = tmp_path / "spinning.py"
    spinning.write_text(
        "import heapsight, os, time\n"
        "print(*heapsight.listen(0), flush=True)\n"
        "count = 0\n"
        "while not os.path.exists('stop'):\n"
        "    count += 1  # @counting\n"
        "    time.sleep(0.001)\n"
        "print('stopped', heapsight.is_client_connected())\n"
    )
    program = run(str(spinning))
    address = address_of(program)
    for _ in range(3):
        session = connected(open_session, address)
        session.attach()
        session.set_breakpoints(spinning, "counting")
        session.configured()
        session.wait_for_stopped("breakpoint")
        assert session.at(spinning, "counting")
        other = connected(open_session, address)
        with pytest.raises(RequestRefused, match="Another client is debugging this program"):
            other.attach()
        other.disconnect()
        session.disconnect()
    (tmp_path / "stop").touch()
    assert program.end() == (0, "stopped False\n", "")


def test_a_program_that_is_killed_ends_its_session_and_its_adapter(run, open_session, listener):
    program = run(str(listener))
    address = address_of(program)
    session = connected(open_session, address)
    session.attach().configured()
    session.wait_for_stopped()
    pid = session.wait_for_event("process")["systemProcessId"]
    assert pid == program.process.pid
    program.process.kill()
    session.wait_for_event("terminated")
    assert "ended without a word" in session.output("important")
    session.disconnect()
    session.client.wait_end()
    # The adapter goes when its program has gone; until then it only refuses to do anything.
    with pytest.raises(OSError, match=r".*"):
        while True:
            with socket.create_connection(address, timeout=60) as sock:
                assert sock.recv(1) == b""


def test_the_program_is_left_without_children_and_open_pipes(run, listener):
    program = run(str(listener))
    address_of(program)
    children = Path(f"/proc/{program.process.pid}/task/{program.process.pid}/children").read_text()
    assert children == ""


def test_waiting_costs_nothing_when_nobody_comes(run, listener):
    program = run(str(listener))
    address_of(program)
    program.process.send_signal(signal.SIGINT)
    code, _, errors = program.end()
    assert code == -signal.SIGINT
    assert "KeyboardInterrupt" in errors


SIGNALLED_THREAD = """
import signal
import sys
import threading
import heapsight

def signalled():
    sys.stdin.readline()
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)
    sys.stdin.readline()

print(*heapsight.listen(("127.0.0.1", 0)), flush=True)
threading.Thread(target=signalled, daemon=True).start()
heapsight.wait_for_client()
"""


def test_waiting_ends_with_a_signal_that_another_thread_received(run, tmp_path):
    path = tmp_path / "signalled.py"
    path.write_text(SIGNALLED_THREAD)
    program = run(str(path))
    address_of(program)
    # The main thread waits as soon as it can; nothing tells the moment, and what comes before it is handled at once.
    program.process.stdin.write("now\n")
    program.process.stdin.flush()
    assert program.process.wait(60) == -signal.SIGINT


# The command line


def free_port() -> int:
    """Return a port that nobody uses, below those that systems give away: nobody gets it before the test does."""
    for port in random.sample(range(20_000, 32_000), 100):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise AssertionError("There is no free port.")


def test_listen_on_the_command_line(run, open_session, tmp_path):
    port = free_port()
    program = run(
        "-m", "heapsight", "--listen", str(port), "--wait-for-client", "--log-to", str(tmp_path),
        str(program_path("proto_steps.py")), "an argument",
    )  # fmt: skip
    session = connect_when_ready(open_session, port)
    session.attach()
    session.set_breakpoints("proto_steps.py", "inside")
    session.configured()
    session.wait_for_stopped("breakpoint")
    assert session.at("proto_steps.py", "inside")
    assert session.evaluate("__import__('sys').argv[1:]")["result"] == "['an argument']"
    assert len(session.stack()) == 2
    session.set_breakpoints("proto_steps.py")
    session.cont()
    assert session.wait_for_exit() == 3
    session.disconnect()
    assert program.end() == (3, "result 82\n", "complaint\n")
    (log,) = tmp_path.glob("heapsight.adapter-*.log")
    assert '"setBreakpoints"' in log.read_text()


def connect_when_ready(open_session, port):
    """Connect to a port that will be listened on in a moment."""
    import time

    deadline = time.monotonic() + 60
    while True:
        try:
            return connected(open_session, ("127.0.0.1", port))
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_without_waiting_the_program_just_runs(run):
    program = run("-m", "heapsight", "--listen", "0", str(program_path("proto_steps.py")))
    assert program.end() == (3, "result 82\n", "complaint\n")


def test_the_program_sees_nothing_of_the_command_line_before_it(run, tmp_path):
    (tmp_path / "look.py").write_text("import sys; print(sys.argv, sys.path[0], __name__, __file__)")
    plain = run("look.py", "x").end()
    debugged = run("-m", "heapsight", "--listen", "0", "look.py", "x").end()
    assert plain == debugged
    by_path = run(str(PACKAGE), "--listen", "0", "look.py", "x").end()
    assert plain == by_path
    module = run("-m", "heapsight", "--listen", "0", "-m", "look", "x").end()
    assert module == run("-m", "look", "x").end()


def test_a_port_that_is_taken(run, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code, out, err = run("-m", "heapsight", "--listen", str(port), "-c", "print(1)").end()
    assert (code, out) == (1, "")
    assert err == f"heapsight: cannot listen on 127.0.0.1:{port}: Address already in use\n"


def test_nobody_to_connect_to(run):
    port = free_port()
    code, out, err = run("-m", "heapsight", "--connect", str(port), "-c", "print(1)").end()
    assert (code, out) == (1, "")
    assert f"No debug adapter answers at 127.0.0.1:{port}: Connection refused" in err


def test_a_wrong_command_line(run):
    code, _, err = run("-m", "heapsight", "--listen", "0").end()
    assert code == 2
    assert err.startswith("heapsight: there is no program to run\n\nusage:\n")


def test_help(run):
    code, out, _ = run("-m", "heapsight", "--help").end()
    assert code == 0
    assert "--listen | --connect" in out


# Adapters that wait


def test_a_program_connects_to_an_adapter_that_waits(run, open_session, tmp_path):
    port = free_port()
    session = open_session()
    session.initialize()
    attaching = session.client.send_request("attach", {"listen": {"host": "127.0.0.1", "port": port}})
    session.wait_for_event("output", lambda body: "Waiting for a program to connect" in body["output"])
    program = run("-m", "heapsight", "--connect", str(port), "--wait-for-client", str(program_path("proto_steps.py")))
    assert session.client.wait_response(attaching)["success"] is True
    session.client.wait_for("initialized")
    session.set_breakpoints("proto_steps.py", "inside")
    session.configured()
    session.wait_for_stopped("breakpoint")
    assert session.at("proto_steps.py", "inside")
    session.disconnect()
    assert program.end()[:2] == (3, "result 82\n")


def test_waiting_can_be_given_up(open_session):
    session = open_session()
    session.initialize()
    attaching = session.client.send_request("attach", {"listen": {"host": "127.0.0.1", "port": free_port()}})
    session.wait_for_event("output", lambda body: "Waiting for a program to connect" in body["output"])
    session.disconnect()
    assert session.client.wait_response(attaching)["success"] is False


def test_an_adapter_cannot_wait_on_a_port_that_is_taken(session):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        session.initialize()
        text = session.refused("attach", listen={"host": "127.0.0.1", "port": port})
    assert text.startswith(f"Cannot listen on 127.0.0.1:{port}: ")


def test_only_who_knows_the_access_token_gets_in(run, session):
    port = free_port()
    session.initialize()
    arguments = {"listen": {"host": "127.0.0.1", "port": port}, "accessToken": "secret"}
    attaching = session.client.send_request("attach", arguments)
    session.wait_for_event("output", lambda body: "Waiting for a program to connect" in body["output"])
    refused = run("-m", "heapsight", "--connect", str(port), "-c", "print('alone')")
    assert refused.end()[:2] == (0, "alone\n")
    run("-m", "heapsight", "--connect", str(port), "--adapter-access-token", "secret", "--wait-for-client", "-c", "1")
    assert session.client.wait_response(attaching)["success"] is True


# The functions


def test_importing_the_package_loads_nothing(run):
    program = run("-c", "import heapsight, sys; print([m for m in sys.modules if m.startswith('heapsight.')])")
    assert program.end() == (0, "[]\n", "")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("heapsight.wait_for_client()", "RuntimeError: wait_for_client() needs listen() or connect() before it."),
        ("heapsight.debug_this_thread()", "RuntimeError: debug_this_thread() needs listen() or connect() before it."),
        ("heapsight.listen(0); heapsight.listen(0)", "RuntimeError: listen() is not possible: this process is"),
        ("heapsight.listen(0); heapsight.connect(1)", "RuntimeError: connect() is not possible: this process is"),
        ("heapsight.listen(0); heapsight.configure(qt='x')", "RuntimeError: configure() has to come before"),
        ("heapsight.configure(nonsense=1)", "ValueError: There is no property 'nonsense'; there are subProcess"),
        ("heapsight.listen('x')", "ValueError: 'x' is neither a port nor (host, port)."),
        ("heapsight.listen(('h', 70000))", "ValueError: ('h', 70000) is neither a port nor (host, port)."),
        ("heapsight.listen(('no.such.host.invalid', 0))", "RuntimeError: cannot listen on no.such.host.invalid:0: "),
        ("heapsight.log_to('/dev/null')", "NotADirectoryError: '/dev/null' is not a folder."),
        ("heapsight.configure(python='/no/such/python'); heapsight.listen(0)", "FileNotFoundError"),
        ("heapsight.configure(python='/bin/false'); heapsight.listen(0)", "RuntimeError: The debug adapter did not"),
        ("heapsight.connect(('127.0.0.1', 1))", "ConnectionRefusedError"),
    ],
)
def test_functions_called_wrongly(run, code, said):
    exit_code, _, errors = run("-c", f"import heapsight\n{code}").end()
    assert exit_code == 1
    assert said in errors.splitlines()[-1]


def test_without_a_client_nothing_happens(run):
    code = (
        "import heapsight\n"
        "heapsight.breakpoint()\n"
        "print(heapsight.is_client_connected())\n"
        "heapsight.configure({'subProcess': False}, qt='none')\n"
        "host, port = heapsight.listen(('127.0.0.1', 0))\n"
        "assert host == '127.0.0.1' and port > 0\n"
        "heapsight.breakpoint()\n"
        "heapsight.debug_this_thread()\n"
        "heapsight.trace_this_thread(True)\n"
        "heapsight.trace_this_thread(False)\n"
        "print(heapsight.is_client_connected())\n"
    )
    assert run("-c", code).end() == (0, "False\nFalse\n", "")


def test_a_launched_program_may_call_the_functions_too(session, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\n"
        f"sys.path.append({str(PACKAGE.parent)!r})\n"
        "import heapsight\n"
        "assert heapsight.is_client_connected()\n"
        "heapsight.wait_for_client()\n"
        "heapsight.breakpoint()  # @here\n"
        "print('here')\n"
        "try:\n"
        "    heapsight.listen(0)\n"
        "except RuntimeError as error:\n"
        "    print(error)\n"
    )
    session.launch(program).configured()
    session.wait_for_stopped()
    assert stands_at(session, program, "here")
    session.cont()
    assert session.wait_for_exit() == 0
    assert "listen() is not possible: this process is being debugged already." in session.output()


def test_an_adapter_that_was_started_by_hand_for_a_program_needs_a_port():
    process = subprocess.run(
        [sys.executable, str(PACKAGE), "adapter", "--for-debuggee"], capture_output=True, text=True, timeout=60
    )
    assert process.returncode == 2
    assert "--for-debuggee needs --port" in process.stderr


def test_an_impostor_cannot_pose_as_the_program(tmp_path):
    process = subprocess.Popen(
        [sys.executable, str(PACKAGE), "adapter", "--for-debuggee", "--port", "0"],
        env={**os.environ, "HEAPSIGHT_TOKEN": "secret"},
        stdout=subprocess.PIPE,
        text=True,
    )
    answer = json.loads(process.stdout.readline())
    process.stdout.close()
    process.wait(60)
    hello = {"seq": 1, "type": "event", "event": "heapsight/hello", "body": {"token": "guess", "pid": 1}}
    body = json.dumps(hello).encode()
    for payload in (b"Content-Length: %d\r\n\r\n%b" % (len(body), body), b"GET / HTTP/1.0\r\n\r\n"):
        with socket.create_connection(tuple(answer["debuggee"]), timeout=60) as sock:
            sock.sendall(payload)
            assert sock.recv(1) == b""
    # The right one ends the adapter with its going.
    hello["body"]["token"] = "secret"
    body = json.dumps(hello).encode()
    with socket.create_connection(tuple(answer["debuggee"]), timeout=60) as sock:
        sock.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
