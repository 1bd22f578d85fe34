"""Restarting in place: the same client session, the program anew."""

import os
import subprocess
import sys

import pytest

from heapsight.client import PACKAGE, Client
from support.markers import line_of
from support.processes import wait_until_gone

PROGRAM = "proto_steps.py"
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]


def restart(session, *places: str, **arguments) -> None:
    """Restart, and set breakpoints as an editor does: when the adapter says that it is ready for them."""
    session.request("restart", **arguments)
    session.wait_for_event("initialized")
    session.set_breakpoints(PROGRAM, *places)
    session.configured()


def own_pid(session) -> int:
    return session.wait_for_event("process")["systemProcessId"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_stopped_program_begins_anew(session, engine):
    session.launch_and_stop(PROGRAM, "inside", engine=engine)
    first = own_pid(session)
    frame = session.stack()[0]["id"]
    restart(session, "printing")
    second = own_pid(session)
    assert first != second
    wait_until_gone(first)
    assert session.wait_for_event("thread", lambda body: body["reason"] == "exited")["threadId"] == 1
    session.wait_for_stopped("breakpoint")
    assert session.at(PROGRAM, "printing")
    session.request("scopes", frameId=session.stack()[0]["id"])
    assert isinstance(frame, int)
    session.cont()
    assert session.wait_for_exit() == 3
    assert session.output() == "result 82\n"
    assert [line for line in session.transcript if '"event": "terminated"' in line][1:] == []


def test_a_running_program_begins_anew_with_other_arguments(session, tmp_path):
    session.launch("proto_spin.py", args=[str(tmp_path / "never")]).configured()
    session.wait_for_event("output", lambda body: body["output"] == "spinning\n")
    first = own_pid(session)
    (tmp_path / "stop").touch()
    changed = {**session.configuration, "args": [str(tmp_path / "stop")]}
    restart(session, arguments=changed)
    wait_until_gone(first)
    assert session.wait_for_exit() == 0
    assert session.output() == "spinning\nspinning\ndone\n"


def test_in_a_terminal(session):
    session.launch_and_stop(PROGRAM, "inside", console="integratedTerminal")
    restart(session, "printing")
    session.wait_for_stopped("breakpoint")
    assert len(session.terminals) == 2
    session.cont()
    assert session.wait_for_exit() == 3


def test_again_and_again(session):
    session.launch_and_stop(PROGRAM, "inside")
    for _ in range(5):
        restart(session, "inside")
        session.wait_for_stopped("breakpoint")
    assert session.at(PROGRAM, "inside")
    session.disconnect()


def test_a_configuration_that_is_wrong_leaves_the_program_as_it_is(session):
    session.launch_and_stop(PROGRAM, "inside")
    assert "has to be" in session.refused("restart", arguments={"program": 5})
    assert session.at(PROGRAM, "inside")


def test_a_program_that_is_no_longer_there_ends_the_session(session):
    session.launch_and_stop(PROGRAM, "inside")
    assert "does not exist" in session.refused("restart", arguments={"program": "/no/such/program.py"})
    session.wait_for_event("terminated")
    session.disconnect()


def test_only_with_a_program(session):
    session.initialize()
    assert "no program yet" in session.refused("restart")


def test_an_attached_program_is_attached_to_again(open_session, tmp_path):
    program = tmp_path / "listener.py"
    program.write_text(
        "import heapsight, os\n"
        "print(*heapsight.listen(0), flush=True)\n"
        "heapsight.wait_for_client()\n"
        "while not os.path.exists('stop'):\n"
        "    once_more = True  # @once_more\n"
    )
    process = subprocess.Popen(
        [sys.executable, str(program)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
    )
    host, port = process.stdout.readline().split()
    session = open_session(lambda **options: Client.connect(host, int(port), **options))
    session.attach().configured()
    for _ in range(2):
        session.request("restart")
        session.wait_for_event("initialized")
        session.set_breakpoints(program, "once_more")
        session.configured()
        session.wait_for_stopped("breakpoint")
        assert session.line() == line_of(program, "once_more")
    (tmp_path / "stop").touch()
    session.disconnect()
    assert process.wait(60) == 0
    process.stdout.close()
