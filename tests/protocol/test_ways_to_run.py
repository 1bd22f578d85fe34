"""Running without debugging, and as another user."""

import os
import stat
import sys

import pytest

PROGRAM = "proto_steps.py"
FAILING = "import sys\nprint('out')\nprint('err', file=sys.stderr)\nraise ValueError('ends it')\n"


def test_without_debugging_nothing_stops(session):
    session.launch(PROGRAM, noDebug=True, stopOnEntry=True)
    (bound,) = session.set_breakpoints(PROGRAM, "inside")
    assert bound["verified"] is False
    assert "without debugging" in bound["message"]
    session.set_exception_filters("raised", "uncaught")
    session.configured()
    assert session.wait_for_exit() == 3
    assert session.output() == "result 82\n"
    assert session.output("stderr") == "complaint\n"
    assert session.client.take_events("stopped") == []


def test_without_debugging_an_exception_ends_the_program(session):
    session.launch(code=FAILING, noDebug=True)
    session.set_exception_filters("uncaught")
    session.configured()
    assert session.wait_for_exit() == 1
    assert "ValueError: ends it" in session.output("stderr")


def test_without_debugging_the_interpreter_is_left_alone(session):
    code = (
        "import os, sys, threading\n"
        "print(sys.gettrace(), threading.gettrace(), sys.breakpointhook is sys.__breakpointhook__)\n"
        "print(sys.monitoring.get_tool(0) if sys.version_info >= (3, 12) else None, 'heapsight' in repr(os._exit))\n"
    )
    session.launch(code=code, noDebug=True).configured()
    assert session.wait_for_exit() == 0
    assert session.output() == "None None True\nNone False\n"


def test_without_debugging_a_running_program_can_be_ended(session, tmp_path):
    session.launch("proto_spin.py", args=[str(tmp_path / "never")], noDebug=True).configured()
    session.wait_for_event("output", lambda body: body["output"] == "spinning\n")
    assert "without debugging" in session.refused("pause", threadId=1)
    assert session.request("threads")["threads"]
    session.request("terminate")
    assert session.wait_for_exit() < 0


@pytest.mark.skipif(os.name != "posix", reason="there is no sudo")
def test_sudo_runs_the_command_line(open_session, tmp_path):
    words = tmp_path / "words"
    sudo = tmp_path / "bin" / "sudo"
    sudo.parent.mkdir()
    sudo.write_text(f'#!/bin/sh\necho "$1 $2" > {words}\nshift\nexec "$@"\n')
    sudo.chmod(stat.S_IRWXU)
    session = open_session()
    session.launch(
        PROGRAM, console="integratedTerminal", sudo=True, env={"PATH": f"{sudo.parent}{os.pathsep}{os.environ['PATH']}"}
    )
    session.set_breakpoints(PROGRAM, "inside")
    session.configured()
    session.wait_for_stopped("breakpoint")
    session.disconnect()
    assert words.read_text() == f"-E {sys.executable}\n"


def test_stop_can_be_an_interrupt(session, tmp_path):
    program = tmp_path / "busy.py"
    program.write_text(
        "try:\n    print('begun', flush=True)\n    while True:\n        pass\n"
        "except KeyboardInterrupt:\n    print('interrupted')\n"
    )
    session.launch(program, onTerminate="KeyboardInterrupt").configured()
    session.wait_for_event("output", lambda body: body["output"].startswith("begun"))
    session.request("terminate")
    assert session.wait_for_exit() == 0
    assert "interrupted" in session.output()


def test_an_interrupt_reaches_a_program_that_is_stopped(session, tmp_path):
    program = tmp_path / "stopped.py"
    program.write_text("try:\n    print('here')\nfinally:\n    print('cleaned up')\n")
    session.launch(program, onTerminate="KeyboardInterrupt")
    session.request("setBreakpoints", source={"path": str(program)}, breakpoints=[{"line": 2}])
    session.configured()
    session.wait_for_stopped("breakpoint")
    session.request("terminate")
    session.wait_for_exit()
    assert session.output() == "cleaned up\n"
