"""Whole sessions with the real agent: starting, stopping, talking, ending."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from support.markers import line_of, program_path
from support.processes import wait_until_gone


@pytest.fixture
def spin(tmp_path):
    """The file that ends `proto_spin.py`."""
    return tmp_path / "stop"


def launch_spinning(session, spin, **configuration):
    session.launch("proto_spin.py", args=[str(spin)], **configuration).configured()
    session.wait_for_event("output", lambda body: body["output"] == "spinning\n")


# Starting


def test_a_program_from_launch_to_exit(session):
    stopped = session.launch_and_stop("proto_steps.py", "inside", "printing")
    assert stopped["reason"] == "breakpoint"
    assert stopped["allThreadsStopped"] is True
    assert session.at("proto_steps.py", "inside")
    assert [frame["name"] for frame in session.stack()] == ["double", "<module>"]
    assert session.local_variables()["number"]["value"] == "20"
    session.step("next")
    assert session.at("proto_steps.py", "leaving")
    assert session.evaluate("doubled + 2")["result"] == "42"
    session.step("stepOut")
    session.cont()
    session.wait_for_stopped("breakpoint")
    assert session.at("proto_steps.py", "inside")
    session.cont()
    session.wait_for_stopped()
    assert session.at("proto_steps.py", "printing")
    session.cont()
    assert session.wait_for_exit() == 3
    assert session.output("stdout") == "result 82\n"
    session.disconnect()


def test_events_come_in_the_order_that_clients_rely_on(session):
    session.launch("proto_steps.py").configured()
    session.wait_for_exit()
    session.disconnect()
    order = [
        name
        for line in session.transcript
        for name in ("initialize", "launch", "initialized", "configurationDone", "exited", "terminated", "disconnect")
        if line.startswith("<") and (f'"event": "{name}"' in line or f'"command": "{name}"' in line)
    ]
    assert order == ["initialize", "launch", "initialized", "configurationDone", "exited", "terminated", "disconnect"]


def test_the_program_does_not_start_before_the_client_is_ready(session, tmp_path):
    (tmp_path / "program.py").write_text(f"open({str(tmp_path / 'began')!r}, 'w').close()")
    session.launch(tmp_path / "program.py")
    session.request("threads")
    assert not (tmp_path / "began").exists()
    session.configured()
    session.wait_for_exit()
    assert (tmp_path / "began").exists()


@pytest.mark.parametrize(
    "configuration",
    [{"module": "package.tool"}, {"program": "script.py"}, {"code": "import package.tool"}],
    ids=lambda configuration: next(iter(configuration)),
)
def test_breakpoints_bind_however_the_program_is_started(session, tmp_path, configuration):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    tool = tmp_path / "package" / "tool.py"
    tool.write_text("answer = 42\nprint(answer)  # @here\n")
    (tmp_path / "script.py").write_text("import package.tool")
    session.start("launch", {"python": sys.executable, "cwd": str(tmp_path), **configuration})
    session.set_breakpoints(tool, "here")
    session.configured()
    session.wait_for_stopped("breakpoint")
    assert session.at(tool, "here")
    assert session.evaluate("answer")["result"] == "42"
    assert "runpy" not in str(session.stack())
    assert "heapsight" not in str(session.stack())
    session.cont()
    assert session.wait_for_exit() == 0


def test_a_breakpoint_in_the_package_of_a_module(session, tmp_path):
    (tmp_path / "package").mkdir()
    init = tmp_path / "package" / "__init__.py"
    init.write_text("loaded = True  # @init\n")
    (tmp_path / "package" / "__main__.py").write_text("print('main')\n")
    session.start("launch", {"python": sys.executable, "cwd": str(tmp_path), "module": "package"})
    session.set_breakpoints(init, "init")
    session.configured()
    session.wait_for_stopped("breakpoint")
    assert session.at(init, "init")
    session.cont()
    assert session.wait_for_exit() == 0
    assert session.output() == "main\n"


@pytest.mark.parametrize("kind", ["program", "module", "code"])
def test_stop_on_entry(session, tmp_path, kind):
    source = '"""A docstring."""\n\nimport sys\nsys.exit(2)\n'
    (tmp_path / "program.py").write_text(source)
    value = {"program": "program.py", "module": "program", "code": source}[kind]
    configuration = {"python": sys.executable, "cwd": str(tmp_path), "stopOnEntry": True, kind: value}
    session.start("launch", configuration).configured()
    session.wait_for_stopped("entry")
    assert session.stack()[0]["name"] == "<module>"
    assert session.line() in (1, 3)
    assert len(session.stack()) == 1
    session.cont()
    assert session.wait_for_exit() == 2


def test_the_process_is_announced(session):
    session.launch("proto_steps.py")
    process = session.wait_for_event("process")
    assert process["name"] == str(program_path("proto_steps.py"))
    assert process["startMethod"] == "launch"
    assert process["isLocalProcess"] is True
    os.kill(process["systemProcessId"], 0)


# Output


def test_output_names_the_line_that_wrote_it(session):
    session.launch("proto_steps.py").configured()
    session.wait_for_exit()
    written = {body["output"]: body for body in session.output_events if body.get("category") in ("stdout", "stderr")}
    result = written["result 82\n"]
    assert result["category"] == "stdout"
    assert result["source"]["path"] == str(program_path("proto_steps.py"))
    assert result["line"] == line_of("proto_steps.py", "printing")
    assert written["complaint\n"]["category"] == "stderr"


def test_a_lot_of_output_arrives_whole_and_in_order(session):
    code = "for i in range(5000): print(i)"
    session.start("launch", {"python": sys.executable, "code": code}).configured()
    session.wait_for_exit()
    assert session.output() == "".join(f"{i}\n" for i in range(5000))


def test_a_lot_of_raw_output_arrives_whole(session):
    code = "import os\nfor i in range(2000): os.write(1, b'0123456789' * 100)"
    session.start("launch", {"python": sys.executable, "code": code}).configured()
    session.wait_for_exit()
    assert session.output() == "0123456789" * 200_000


# Ending


def test_terminate_ends_a_running_program(session, spin):
    launch_spinning(session, spin)
    session.request("terminate")
    assert session.wait_for_exit() == -signal.SIGTERM
    # Nobody has to be told in a box of its own what they asked for.
    assert session.output("console") == "The program was ended by SIGTERM.\n"
    assert session.output("important") == ""
    session.disconnect()


def test_terminate_lets_the_program_clean_up(session):
    session.launch("proto_sigterm.py").configured()
    session.wait_for_event("output", lambda body: body["output"] == "ready\n")
    session.request("terminate")
    assert session.wait_for_exit() == 5
    assert session.output() == "ready\ncleaned up\n"


def test_terminate_lets_a_stopped_program_clean_up(session):
    session.launch_and_stop("proto_sigterm.py", "ready")
    session.request("terminate")
    assert session.wait_for_exit() == 5
    assert "cleaned up\n" in session.output()


def test_terminate_at_a_breakpoint_runs_no_other_line(session):
    session.launch_and_stop("proto_steps.py", "printing")
    session.request("terminate")
    assert session.wait_for_exit() == -signal.SIGTERM
    assert session.output() == ""


def test_disconnect_ends_a_launched_program(session, spin):
    launch_spinning(session, spin)
    pid = session.wait_for_event("process")["systemProcessId"]
    session.disconnect()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_disconnect_can_let_a_stopped_program_run_on(session, spin, tmp_path):
    done = tmp_path / "done"
    (tmp_path / "program.py").write_text(f"x = 1  # @here\nopen({str(done)!r}, 'w').close()\n")
    session.launch_and_stop(tmp_path / "program.py", "here")
    pid = session.wait_for_event("process")["systemProcessId"]
    session.disconnect(terminateDebuggee=False)
    wait_until_gone(pid)
    assert done.exists()


def test_children_of_a_program_that_is_killed_go_with_it(session, tmp_path):
    (tmp_path / "program.py").write_text(
        "import signal, subprocess, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid)\n"
        "child.wait()\n"
    )
    session.launch(tmp_path / "program.py").configured()
    pid = int(session.wait_for_event("output", lambda body: body["category"] == "stdout")["output"])
    session.disconnect()
    wait_until_gone(pid)


def test_a_stopped_program_that_is_killed_ends_the_session(session):
    session.launch_and_stop("proto_steps.py", "inside")
    os.kill(session.wait_for_event("process")["systemProcessId"], signal.SIGKILL)
    assert session.wait_for_exit() == -signal.SIGKILL
    assert "The program was ended by SIGKILL." in session.output("important")
    assert session.refused("stackTrace", threadId=1) == "'stackTrace' is not possible now: the program has ended."
    session.disconnect()


def test_a_program_killed_during_an_evaluation_answers_it(session):
    session.launch_and_stop("proto_steps.py", "inside")
    frame = session.stack()[0]["id"]
    assert session.refused("evaluate", expression="__import__('os').kill(__import__('os').getpid(), 9)", frameId=frame)
    assert session.wait_for_exit() == -signal.SIGKILL


# Bad input


def test_conditions_that_do_not_compile_are_refused_where_they_are_set(session):
    session.launch("proto_raise.py")
    (broken,) = session.set_breakpoints("proto_raise.py", {"marker": "loop", "condition": "index ==="})
    assert broken["verified"] is False
    assert "syntax" in broken["message"].lower()
    session.configured()
    assert session.wait_for_exit() == 0


def test_a_condition_that_raises_stops_and_says_why(session):
    session.launch("proto_raise.py")
    session.set_breakpoints("proto_raise.py", {"marker": "loop", "condition": "no_such_name > 1"})
    session.configured()
    session.wait_for_stopped()
    assert session.at("proto_raise.py", "loop")
    assert "no_such_name" in session.output("important", "console", "stderr") + session.dump()
    session.set_breakpoints("proto_raise.py")
    session.cont()
    assert session.wait_for_exit() == 0


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("1 +", "SyntaxError"),
        ("no_such_name", "NameError"),
        ("1 / 0", "ZeroDivisionError"),
        ("__import__('sys').exit(3)", "SystemExit"),
        ("(_ for _ in ()).throw(KeyboardInterrupt)", "KeyboardInterrupt"),
    ],
)
def test_expressions_that_fail_tell_why_and_leave_the_program_alone(session, expression, reason):
    session.launch_and_stop("proto_raise.py", "over")
    frame = session.stack()[0]["id"]
    assert reason in session.refused("evaluate", expression=expression, frameId=frame, context="watch")
    session.cont()
    assert session.wait_for_exit() == 0


def test_an_expression_that_never_ends_is_interrupted(session):
    session.launch_and_stop("proto_raise.py", "over", evaluateTimeout=0.3)
    frame = session.stack()[0]["id"]
    assert session.refused("evaluate", expression="broken.forever", frameId=frame, context="watch")
    assert session.evaluate("index")["result"] == "2"
    session.cont()
    assert session.wait_for_exit() == 0


def test_a_waiting_evaluation_can_be_cancelled(session):
    session.launch_and_stop("proto_raise.py", "over", evaluateTimeout=600)
    frame = session.stack()[0]["id"]
    number = session.client.send_request("evaluate", {"expression": "broken.forever", "frameId": frame})
    session.request("cancel", requestId=number)
    assert session.client.wait_response(number)["success"] is False
    session.cont()
    assert session.wait_for_exit() == 0


def test_a_broken_repr_is_shown_as_such(session):
    session.launch_and_stop("proto_raise.py", "over")
    assert "RuntimeError" in session.local_variables()["broken"]["value"]


def test_a_second_launch_in_a_session_is_refused(session):
    session.launch("proto_steps.py")
    assert "has a program already" in session.refused("launch", code="1")


def test_references_that_no_longer_mean_anything(session):
    session.launch_and_stop("proto_steps.py", "inside")
    frame = session.stack()[0]["id"]
    reference = session.scopes()["Locals"]
    session.step()
    assert session.refused("scopes", frameId=frame)
    assert session.refused("variables", variablesReference=reference)
    assert session.refused("stackTrace", threadId=99)
    assert session.refused("variables", variablesReference=123456)


# Terminals


@pytest.mark.parametrize("console", ["integratedTerminal", "externalTerminal"])
def test_a_program_in_a_terminal(session, console):
    session.launch("proto_steps.py", console=console, env={"PYTHONUNBUFFERED": "1"})
    session.set_breakpoints("proto_steps.py", "inside")
    session.configured()
    session.wait_for_stopped("breakpoint")
    session.set_breakpoints("proto_steps.py")
    session.cont()
    assert session.wait_for_exit() == 3
    # In a terminal the output is the terminal's, and the terminal has its own idea of the exit code.
    assert session.output("stdout") == ""
    assert session.terminals[0].stdout.read() == b"result 82\ncomplaint\n"
    assert session.terminals[0].wait(60) == 3


def test_redirect_output_shows_it_in_both_places(session):
    session.launch("proto_steps.py", console="integratedTerminal", redirectOutput=True).configured()
    session.wait_for_exit()
    assert session.output("stdout") == "result 82\n"
    assert b"result 82\n" in session.terminals[0].stdout.read()


def test_a_shell_in_the_terminal_splits_arguments(session, tmp_path):
    (tmp_path / "program.py").write_text("import sys; print(sys.argv[1:])")
    session.launch(tmp_path / "program.py", console="integratedTerminal", args="'a  b' $((1+1))").configured()
    session.wait_for_exit()
    assert session.terminals[0].stdout.read() == b"['a  b', '2']\n"


def test_without_a_shell_arguments_are_split_by_us(session, tmp_path):
    (tmp_path / "program.py").write_text("import sys; print(sys.argv[1:])")
    session.initialize(supportsArgsCanBeInterpretedByShell=False)
    program = str(tmp_path / "program.py")
    arguments = {"program": program, "python": sys.executable, "console": "integratedTerminal", "args": "'a  b' *"}
    session.client.request("launch", arguments)
    session.configured()
    session.wait_for_exit()
    assert session.terminals[0].stdout.read() == b"['a  b', '*']\n"


def test_a_terminal_that_is_closed_ends_the_session(session, spin):
    session.launch("proto_spin.py", console="integratedTerminal", args=[str(spin)]).configured()
    os.killpg(session.terminals[0].pid, signal.SIGHUP)
    session.wait_for_event("terminated")


def test_disconnect_ends_a_program_in_a_terminal(session, spin):
    session.launch("proto_spin.py", console="integratedTerminal", args=[str(spin)]).configured()
    session.disconnect()
    assert session.terminals[0].wait(60) == -signal.SIGTERM


# Interpreters


def test_a_virtual_environment(session, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    code = "import sys; print(sys.prefix)"
    session.start("launch", {"python": str(tmp_path / "venv" / "bin" / "python"), "code": code}).configured()
    session.wait_for_exit()
    assert session.output() == f"{tmp_path / 'venv'}\n"


def test_an_interpreter_from_the_path_of_env(session, tmp_path):
    (tmp_path / "mypython").symlink_to(sys.executable)
    session.start("launch", {"python": "mypython", "code": "print(1)", "env": {"PATH": str(tmp_path)}}).configured()
    assert session.wait_for_exit() == 0


def test_a_folder_with_a_space_and_a_snake(session, tmp_path):
    folder = tmp_path / "a folder 🐍"
    folder.mkdir()
    shutil.copy(program_path("proto_steps.py"), folder / "my program.py")
    session.launch_and_stop(folder / "my program.py", "inside")
    assert session.at(folder / "my program.py", "inside")
    assert session.stack()[0]["source"]["path"] == str(folder / "my program.py")


def test_two_sessions_at_once(open_session):
    one, two = open_session(), open_session()
    one.launch_and_stop("proto_steps.py", "inside")
    two.launch_and_stop("proto_steps.py", "printing")
    assert one.at("proto_steps.py", "inside")
    assert two.at("proto_steps.py", "printing")


def test_the_client_gets_every_answer_while_it_sends_without_waiting(session):
    session.launch_and_stop("proto_steps.py", "inside")
    frame = session.stack()[0]["id"]
    numbers = [
        session.client.send_request("evaluate", {"expression": f"{i} * 2", "frameId": frame}) for i in range(200)
    ]
    results = [session.client.wait_response(number)["body"]["result"] for number in numbers]
    assert results == [str(i * 2) for i in range(200)]


def test_requests_that_wait_are_answered_when_the_program_goes_on(session):
    session.launch_and_stop("proto_steps.py", "printing")
    numbers = [
        session.client.send_request("continue", {"threadId": 1}),
        session.client.send_request("stackTrace", {"threadId": 1}),
        session.client.send_request("threads"),
    ]
    answers = [session.client.wait_response(number) for number in numbers]
    assert answers[0]["success"] is True
    assert session.wait_for_exit() == 3


def test_a_signal_handler_may_print_while_the_program_prints(session, tmp_path):
    (tmp_path / "program.py").write_text(
        "import signal\n"
        "signal.signal(signal.SIGPROF, lambda number, frame: print('!', flush=True))\n"
        "signal.setitimer(signal.ITIMER_PROF, 0.002, 0.002)\n"
        "for i in range(3000):\n"
        "    print(i, flush=True)\n"
        "signal.setitimer(signal.ITIMER_PROF, 0)\n"
    )
    session.launch(tmp_path / "program.py").configured()
    assert session.wait_for_exit() == 0, session.output("stderr")
    # A text and the end of its line are written one after the other: a signal may come in between, in the handler, too.
    written = session.output()
    assert written.count("\n") == 3000 + written.count("!")
    assert sorted(written.replace("!", "").split(), key=int) == [str(i) for i in range(3000)]
