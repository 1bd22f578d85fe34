"""The adapter alone: a fake agent stands in for the program, so that each accident can be made to happen."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from heapsight.client import PACKAGE, Client, ConnectionEnded
from heapsight.wire.framing import encode
from support.markers import PROGRAMS
from support.session import RequestRefused, Session

FAKE_AGENT = PROGRAMS / "proto_fake_agent.py"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The file that the fake agent writes its requests to; it is the "program" of the launch."""
    path = tmp_path / "requests.log"
    path.touch()
    return path


def fake(mode: str, log: Path, **configuration) -> dict:
    return {"program": str(log), "python": [sys.executable, str(FAKE_AGENT), mode], **configuration}


def requests_in(log: Path) -> list[dict]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def refused_launch(session: Session, configuration: dict) -> str:
    with pytest.raises(RequestRefused) as caught:
        session.start("launch", configuration)
    return str(caught.value)


def test_launch_introduces_the_client_and_forwards_the_configuration(session, log):
    session.start("launch", fake("ok", log, justMyCode=False, unknown={"a": 1}))
    initialize, launch = requests_in(log)
    assert initialize["command"] == "initialize"
    assert initialize["arguments"]["clientID"] == "tests"
    assert launch["arguments"]["justMyCode"] is False
    assert launch["arguments"]["unknown"] == {"a": 1}
    assert launch["arguments"]["console"] == "internalConsole"


def test_requests_go_through_and_come_back_under_their_own_numbers(session, log):
    session.start("launch", fake("ok", log)).configured()
    slow = session.client.send_request("evaluate", {"expression": "never answer"})
    numbers = [session.client.send_request("evaluate", {"expression": text}) for text in ("a", "b", "c")]
    answers = [session.client.wait_response(number)["body"]["result"] for number in reversed(numbers)]
    assert answers == ["C", "B", "A"]
    session.request("cancel", requestId=slow)
    session.request("threads")
    forwarded = requests_in(log)
    waiting = next(r for r in forwarded if r.get("arguments") == {"expression": "never answer"})
    cancel = next(r for r in forwarded if r["command"] == "cancel")
    assert cancel["arguments"]["requestId"] == waiting["seq"]


def test_numbers_of_the_adapter_never_repeat(session, log):
    session.start("launch", fake("early-event", log)).configured()
    session.request("pause", threadId=1)
    session.wait_for_stopped("pause")
    session.disconnect()
    numbers = [json.loads(line[2:])["seq"] for line in session.transcript if line.startswith("<")]
    assert len(numbers) == len(set(numbers)) > 6


def test_an_event_right_behind_the_hello_is_not_lost(session, log):
    session.start("launch", fake("early-event", log))
    assert session.wait_for_event("output", lambda body: body["output"] == "early\n")


def test_an_impostor_is_cut_off_and_the_program_still_gets_in(session, log):
    session.start("launch", fake("wrong-token", log)).configured()
    assert session.request("threads")["threads"]


def test_the_program_that_is_killed_answers_everything_and_ends_the_session(session, log):
    session.start("launch", fake("ok", log)).configured()
    waiting = session.client.send_request("evaluate", {"expression": "never answer"})
    assert session.refused("evaluate", expression="die") == "The program has ended."
    assert session.client.wait_response(waiting)["message"] == "The program has ended."
    assert session.wait_for_exit() == -signal.SIGKILL
    assert "The program was ended by SIGKILL." in session.output("important")
    assert session.refused("threads") == "'threads' is not possible now: the program has ended."
    session.disconnect()


def test_the_exit_code_is_told(session, log):
    session.start("launch", fake("ok", log)).configured()
    assert session.refused("evaluate", expression="exit") == "The program has ended."
    assert session.wait_for_exit() == 7


def test_a_program_that_sends_nonsense_is_dropped(session, log):
    session.start("launch", fake("ok", log)).configured()
    assert session.refused("evaluate", expression="garbage") == "The program has ended."
    session.disconnect()


def test_the_agent_refuses_the_launch(session, log):
    assert refused_launch(session, fake("refuse-launch", log)) == "no, thank you"


def test_a_failed_launch_can_be_repeated(session, log):
    assert refused_launch(session, fake("refuse-launch", log)) == "no, thank you"
    session.client.request("launch", fake("ok", log))
    session.client.wait_for("initialized")
    assert session.request("threads")["threads"]


def test_the_program_dies_while_it_is_introduced(session, log):
    assert refused_launch(session, fake("die-in-launch", log)) == "The program ended before it could be debugged."


def test_the_interpreter_fails_to_start(session, log):
    text = refused_launch(session, fake("die-before-hello", log))
    assert "ended with exit code 3 before it ran the program; is it a Python interpreter?" in text
    assert "something is wrong here" in text


def test_the_interpreter_never_reports(session, log):
    text = refused_launch(session, fake("silent", log, startTimeout=0.5))
    assert "no Python program reported back from it within 0.5 seconds" in text


def test_an_old_python_is_named(session, log):
    text = refused_launch(session, fake("too-old", log))
    assert text == "Heapsight needs CPython 3.11 or newer, this is 3.9.18 at /opt/fake/python."


def test_disconnect_while_the_program_is_starting(session, log):
    session.initialize()
    launching = session.client.send_request("launch", fake("silent", log))
    assert session.refused("threads") == "'threads' is not possible now: the program is still being started."
    assert "still being started" in session.refused("launch", **fake("ok", log))
    session.disconnect()
    assert session.client.wait_response(launching)["message"] == "Cancelled: the session is ending."


def test_terminate_is_graceful_at_first(session, log):
    session.start("launch", fake("ok", log)).configured()
    session.request("terminate")
    assert session.wait_for_exit() == -signal.SIGTERM
    session.disconnect()


def test_disconnect_ends_a_stubborn_program_by_force(session, log):
    session.start("launch", fake("stubborn", log)).configured()
    session.wait_for_event("output", lambda body: body["output"] == "stubborn\n")
    session.disconnect()
    exited = next(json.loads(line[2:]) for line in session.transcript if '"exited"' in line)
    assert exited["body"]["exitCode"] == -signal.SIGKILL


def test_disconnect_can_leave_the_program_running(session, log):
    session.start("launch", fake("ok", log)).configured()
    session.disconnect(terminateDebuggee=False)
    assert requests_in(log)[-1]["command"] == "disconnect"
    assert "exited" not in session.dump()


def test_a_client_that_vanishes_takes_its_program_along(open_session, log):
    session = open_session()
    session.start("launch", fake("stubborn", log)).configured()
    pid = session.wait_for_event("process")["systemProcessId"]
    session.wait_for_event("output", lambda body: body["output"] == "stubborn\n")
    session.client.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_an_adapter_that_is_told_to_end_takes_its_program_along(session, log, number):
    session.start("launch", fake("ok", log)).configured()
    pid = session.wait_for_event("process")["systemProcessId"]
    session.client.process.send_signal(number)
    session.client.wait_end()
    assert session.client.process.wait(30) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


# Requests that cannot be carried out


def test_every_standard_request_is_answered_in_every_phase(open_session, log):
    session = open_session(own_checked=False)
    commands = [
        "attach", "breakpointLocations", "cancel", "completions", "configurationDone", "continue",
        "dataBreakpointInfo", "disassemble", "evaluate", "exceptionInfo", "goto", "gotoTargets", "loadedSources",
        "locations", "modules", "next", "pause", "readMemory", "restartFrame", "reverseContinue", "scopes",
        "setBreakpoints", "setDataBreakpoints", "setExceptionBreakpoints", "setExpression",
        "setFunctionBreakpoints", "setInstructionBreakpoints", "setVariable", "source", "stackTrace", "stepBack",
        "stepIn", "stepInTargets", "stepOut", "terminateThreads", "threads", "variables", "writeMemory",
    ]  # fmt: skip
    for command in commands:
        assert session.refused(command)
    session.initialize()
    for command in commands:
        assert session.refused(command)
    assert session.refused("initialize") == (
        "'initialize' is not possible now: there is no program yet, it has to be launched or attached to first."
    )
    session.client.request("launch", fake("ok", log))
    answers = [session.client.wait_response(session.client.send_request(command)) for command in commands]
    unsupported = {answer["command"] for answer in answers if "not supported" in answer.get("message", "")}
    assert {"reverseContinue", "stepBack"} <= unsupported
    assert not unsupported & {"threads", "continue", "variables"}
    session.client.send_request("evaluate", {"expression": "die"})
    session.wait_for_exit()
    for command in commands:
        assert session.refused(command)
    session.disconnect()


def test_an_unknown_request_is_named(open_session):
    session = open_session(own_checked=False)
    session.initialize()
    assert session.refused("brew") == "The request 'brew' is not supported by Heapsight."


def test_requests_out_of_order(session):
    assert session.refused("launch", program="a.py") == (
        "'launch' is not possible now: the session has to begin with 'initialize'."
    )
    session.initialize()
    assert session.refused("stackTrace", threadId=1) == (
        "'stackTrace' is not possible now: there is no program yet, it has to be launched or attached to first."
    )


def test_a_second_launch_is_refused(session, log):
    session.start("launch", fake("ok", log))
    assert "the session has a program already" in session.refused("launch", **fake("ok", log))
    assert session.request("threads")["threads"]


@pytest.mark.parametrize(
    "data",
    [
        b"Content-Length: 9\r\n\r\nnot json!",
        b"Content-Length: 2\r\n\r\n[]",
        b"Content-Length: 2\r\n\r\n{}",
        b'Content-Length: 15\r\n\r\n{"type":"wrong"}'[:-1] + b"}",
        b"Content-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_a_malformed_message_is_told_and_the_session_goes_on(open_session, data):
    session = open_session()
    session.client.send_bytes(data)
    text = session.wait_for_event("output")["output"]
    assert text.startswith("Heapsight cannot read a message of the client: ")
    assert session.initialize()["supportsConfigurationDoneRequest"]


@pytest.mark.parametrize(
    "message",
    [
        {"type": "request", "command": "initialize", "seq": "one"},
        {"type": "request", "command": 5},
        {"type": "request"},
        {"type": "request", "command": "initialize", "arguments": [1]},
        {"type": "request", "command": "launch", "arguments": "program"},
    ],
)
def test_a_request_of_the_wrong_shape_is_answered(open_session, message):
    session = open_session(own_checked=False)
    session.client.send_bytes(encode({"seq": 9, **message}))
    number = message.get("seq", 9)
    answer = session.client.wait_response(number if isinstance(number, int) else 0)
    assert answer["type"] == "response"
    session.disconnect()


def test_a_response_that_nobody_asked_for_is_ignored(open_session):
    session = open_session(own_checked=False)
    session.client.send({"type": "response", "request_seq": 99, "command": "runInTerminal", "success": True})
    assert session.initialize()


# Bad configurations, end to end


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        ({"program": "/no/such/file.py"}, "The program '/no/such/file.py' does not exist."),
        ({"program": "missing.py"}, "The program 'missing.py' does not exist."),
        ({"code": "1", "python": "/no/such/python"}, "The Python interpreter '/no/such/python' does not exist."),
        ({"code": "1", "python": "no-such-python"}, "The Python interpreter 'no-such-python' is not on the PATH."),
        ({"code": "1", "python": "/etc"}, "The Python interpreter '/etc' is not an executable file."),
        ({"code": "1", "python": "/etc/passwd"}, "The Python interpreter '/etc/passwd' is not an executable file."),
        ({"code": "1", "cwd": "/no/such/folder"}, "'cwd' '/no/such/folder' is not a folder."),
        ({"code": "1", "envFile": "/no/such/.env"}, "'envFile' '/no/such/.env' cannot be read"),
        ({"code": "1", "env": {"A": 1}}, "'env.A' has to be a string or null, not 1."),
        (
            {"code": "1", "sudo": True},
            "'sudo' asks for a password: 'console' has to be 'integratedTerminal' or 'externalTerminal'.",
        ),
        ({}, "One of 'program', 'module' and 'code' has to be set."),
        ({"code": "1", "python": "/bin/false"}, "'/bin/false' ended with exit code 1 before it ran the program"),
        ({"code": "1", "python": "/bin/ls"}, "is it a Python interpreter? It wrote: "),
        (
            {"code": "1", "console": "integratedTerminal", "args": "'unbalanced"},
            "'args' cannot be split into words: No closing quotation.",
        ),
    ],
)
def test_configurations_that_cannot_work(session, configuration, reason):
    session.initialize(supportsArgsCanBeInterpretedByShell=False)
    assert reason in session.refused("launch", **configuration)
    session.disconnect()


def test_clients_are_to_show_that_a_session_does_not_start(session):
    # VS Code ends a session whose launch failed without a word where `showUser` is false.
    session.initialize()
    for command, shown in (("launch", True), ("attach", True), ("threads", False)):
        response = session.client.wait_response(session.client.send_request(command, {}))
        assert response["body"]["error"]["showUser"] is shown
    session.disconnect()


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        ({}, "One of 'connect', 'listen' and 'processId' has to be set."),
        ({"processId": -1}, "'processId' has to be the number of a process, not -1."),
        ({"connect": {"port": 1}}, "Nothing answers at 127.0.0.1:1: "),
        ({"connect": {"host": "no.such.host.invalid", "port": 1}}, "Nothing answers at no.such.host.invalid:1: "),
    ],
)
def test_attach_configurations_that_cannot_work(session, configuration, reason):
    session.initialize()
    assert reason in session.refused("attach", **configuration)
    session.disconnect()


def old_interpreters() -> list[str]:
    """Return Pythons below 3.11 on this machine, 2.7 included."""
    folders = [Path(folder) for folder in os.get_exec_path()] + sorted(Path.home().glob(".pyenv/versions/*/bin"))
    found = {}
    for folder in folders:
        for name in ("python2.7", *(f"python3.{minor}" for minor in range(6, 11))):
            path = folder / name
            if path.exists() and name not in found and "shims" not in path.parts:
                found[name] = str(path)
    return list(found.values())


@pytest.mark.parametrize("python", old_interpreters(), ids=lambda path: Path(path).name)
def test_real_old_interpreters_say_what_they_are(session, python):
    text = refused_launch(session, {"code": "1", "python": python})
    assert text.startswith("Heapsight needs CPython 3.11 or newer, this is ")
    version = subprocess.run([python, "-V"], capture_output=True, text=True, check=True)
    assert (version.stdout + version.stderr).strip().removeprefix("Python ") in text


def test_what_old_interpreters_have_to_compile_is_simple():
    # Where no old interpreter is at hand: only this file is read by one, so it must not use newer syntax.
    import ast

    ast.parse((PACKAGE / "debuggee" / "bootstrap.py").read_text(), feature_version=(3, 4))


# Terminals


def test_the_terminal_is_asked_to_run_the_program(session, log):
    session.start("launch", fake("ok", log, console="integratedTerminal", env={"A": "1", "B": None}))
    request = next(json.loads(line[2:]) for line in session.transcript if '"runInTerminal"' in line)
    arguments = request["arguments"]
    assert arguments["kind"] == "integrated"
    assert arguments["cwd"] == str(log.parent)
    assert arguments["args"][-1] == str(log)
    assert (arguments["env"]["A"], arguments["env"]["B"]) == ("1", None)
    assert session.refused("evaluate", expression="exit")
    assert session.wait_for_exit() == 7


def test_a_program_killed_in_a_terminal_ends_the_session(session, log):
    session.start("launch", fake("ok", log, console="externalTerminal"))
    assert session.refused("evaluate", expression="die") == "The program has ended."
    session.wait_for_event("terminated")
    assert "ended without a word" in session.output("important")


def test_a_terminal_program_is_ended_too(session, log):
    session.start("launch", fake("stubborn", log, console="integratedTerminal")).configured()
    session.wait_for_event("output", lambda body: body["output"] == "stubborn\n")
    session.disconnect()
    assert session.terminals[0].wait(30) == -signal.SIGKILL
    assert session.output("important") == ""


def test_a_client_without_terminals(session, log):
    session.initialize(supportsRunInTerminalRequest=False)
    text = session.refused("launch", **fake("ok", log, console="integratedTerminal"))
    assert text == "This client has no terminal to run in; use 'console': 'internalConsole'."


def test_a_terminal_that_cannot_be_opened(open_session, log):
    def fail(arguments):
        raise OSError("no more terminals")

    session = open_session(run_in_terminal=fail)
    text = refused_launch(session, fake("ok", log, console="integratedTerminal"))
    assert text == "The client could not open a terminal: no more terminals"


def test_a_terminal_that_runs_nothing(open_session, log):
    session = open_session(run_in_terminal=lambda arguments: {})
    text = refused_launch(session, fake("ok", log, console="integratedTerminal", startTimeout=0.5))
    assert text == "The program did not report back from the terminal within 0.5 seconds."


def test_a_terminal_that_answers_late(open_session, log):
    holder: list[Session] = []

    def answer_after_hello(arguments):
        holder[0].run_in_terminal(arguments)
        holder[0].wait_for_event("initialized")
        return {}

    session = open_session(run_in_terminal=answer_after_hello)
    holder.append(session)
    session.initialize()
    session.client.request("launch", fake("ok", log, console="integratedTerminal"))
    assert session.request("threads")["threads"]


# The process


def test_what_prints_in_the_adapter_does_not_reach_the_client(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "def hook(name, arguments):\n"
        "    if name == 'subprocess.Popen':\n"
        "        print('noise')\n"
        "        os.write(1, b'noise')\n"
        "        sys.__stdout__.write('noise')\n"
        "        sys.__stdout__.flush()\n"
        "sys.addaudithook(hook)\n"
    )
    client = Client.spawn(env={**os.environ, "PYTHONPATH": str(tmp_path)})
    try:
        client.request("initialize", {"adapterID": "x"})
        with pytest.raises(RequestRefused):
            client.request("launch", {"code": "1", "python": "/bin/false"})
        assert client.request("disconnect") == {}
        client.wait_end()
        assert client._failure is None
    finally:
        client.close()


def test_the_adapter_ends_when_its_input_ends():
    process = subprocess.run([sys.executable, str(PACKAGE), "adapter"], input=b"", capture_output=True, timeout=60)
    assert (process.returncode, process.stdout, process.stderr) == (0, b"", b"")


def test_an_input_that_cannot_be_waited_for_ends_too():
    process = subprocess.run(
        [sys.executable, str(PACKAGE), "adapter"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60
    )
    assert (process.returncode, process.stdout, process.stderr) == (0, b"", b"")


def test_the_adapter_runs_as_a_module_in_a_folder_full_of_traps(tmp_path):
    for name in ("json", "asyncio", "socket", "argparse"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('shadowed')")
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    client = Client.spawn([sys.executable, "-m", "heapsight", "adapter"], env=environment, cwd=str(tmp_path))
    assert client.request("initialize", {"adapterID": "x"})
    client.close()


def test_output_goes_out_before_the_adapter_ends(log):
    client = Client.spawn()
    client.request("initialize", {"adapterID": "x"})
    client.request("launch", fake("ok", log))
    client.send_request("disconnect")
    client.wait_for("terminated")
    client.wait_end()
    client.close()
    with pytest.raises((ConnectionEnded, OSError, ValueError)):
        client.request("threads")


@pytest.fixture
def tcp_adapter():
    process = subprocess.Popen(
        [sys.executable, str(PACKAGE), "adapter", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    host, port = json.loads(process.stdout.readline())["client"]
    yield host, port
    process.terminate()
    assert process.wait(30) == 0
    process.stdout.close()


def test_a_tcp_adapter_serves_several_clients_at_once(tcp_adapter, open_session, log):
    def connect(**options):
        return Client.connect(*tcp_adapter, **options)

    one, two = open_session(connect), open_session(connect)
    one.start("launch", fake("ok", log))
    two.start("launch", fake("ok", log))
    assert one.request("threads") == two.request("threads")
    one.disconnect()
    assert two.request("threads")
    two.disconnect()
    assert open_session(connect).initialize()


def test_a_port_that_is_taken(tcp_adapter):
    command = [sys.executable, str(PACKAGE), "adapter", "--port", str(tcp_adapter[1])]
    process = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert process.returncode == 1
    assert process.stderr == f"heapsight: cannot listen on 127.0.0.1:{tcp_adapter[1]}: Address already in use\n"


def test_the_messages_are_written_down_where_that_is_wanted(tmp_path):
    client = Client.spawn([sys.executable, str(PACKAGE), "adapter", "--log-dir", str(tmp_path)])
    client.request("initialize", {"adapterID": "x"})
    client.close()
    (file,) = tmp_path.glob("*.log")
    came, went = file.read_text().splitlines()
    assert " <- {" in came
    assert " -> {" in went
