"""Attaching to a process that knows nothing of the debugger, by its number.

Whether a system debugger may call functions in another process depends on the machine: containers and sandboxes often
forbid it. So the way through gdb is tried on a process of the test's first; where the machine forbids it, the test is
that Heapsight says so. Everything else is tested with a stand-in for gdb that hands the code over by a file.
"""

import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from heapsight.client import PACKAGE, Client
from support.markers import program_path

PROGRAM = "proto_attachable.py"
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]
STAND_IN = """\
#!{python}
import os, re, sys, time
commands = open(sys.argv[sys.argv.index("-x") + 1]).read()
length, code = re.search(r'set {{char \\[(\\d+)\\]}} \\$text = "(.*)"', commands).groups()
assert int(length) == len(code) + 1 <= 4096
with open({folder!r} + "/new", "w") as file:
    file.write(code)
os.rename({folder!r} + "/new", {folder!r} + "/code")
print("heapsight: 0")
"""
REFUSING = "#!/bin/sh\necho 'ptrace: Operation not permitted.'\nexit 1\n"


@pytest.fixture
def program(tmp_path) -> Iterator[subprocess.Popen]:
    process = start(tmp_path)
    yield process
    end(process)


def start(folder: Path) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, str(program_path(PROGRAM)), str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


def end(process: subprocess.Popen) -> None:
    process.kill()
    process.wait()
    process.stdout.close()


def path_with_gdb(folder: Path, text: str) -> dict[str, str]:
    """Return an environment in which `gdb` is a script of the test's."""
    bin_folder = folder / "bin"
    bin_folder.mkdir(exist_ok=True)
    (bin_folder / "gdb").write_text(text.format(python=sys.executable, folder=str(folder)))
    (bin_folder / "gdb").chmod(stat.S_IRWXU)
    return {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture
def stand_in(tmp_path) -> dict[str, str]:
    return path_with_gdb(tmp_path, STAND_IN)


def refusal(session, pid: int) -> str:
    session.initialize()
    return session.refused("attach", processId=pid)


@pytest.mark.parametrize("engine", ENGINES)
def test_attach_to_a_running_program(open_session, program, stand_in, tmp_path, engine):
    session = open_session(env=stand_in)
    session.attach(processId=program.pid, engine=engine)
    assert session.wait_for_event("process")["systemProcessId"] == program.pid
    session.set_breakpoints(PROGRAM, "looping")
    session.configured()
    session.wait_for_stopped("breakpoint")
    assert session.at(PROGRAM, "looping")
    assert [frame["name"] for frame in session.stack()][-1] == "<module>"
    assert session.evaluate("sorted(name for name in globals() if 'heapsight' in name)")["result"] == "[]"
    assert session.evaluate("[p for p in __import__('sys').path if 'heapsight' in p]")["result"] == "[]"
    (tmp_path / "stop").touch()
    session.disconnect()
    assert program.wait(60) == 0


def test_attach_again_after_detaching(open_session, program, stand_in):
    for _ in range(2):
        session = open_session(env=stand_in)
        session.attach(processId=str(program.pid))
        session.set_breakpoints(PROGRAM, "looping")
        session.configured()
        session.wait_for_stopped("breakpoint")
        other = open_session(env=stand_in)
        if _ == 0:
            # The program stands still, so the one that is there has to go on first.
            session.set_breakpoints(PROGRAM)
            session.cont()
            assert "is being debugged already" in refusal(other, program.pid)
        session.disconnect()
    assert program.poll() is None


def test_the_command_makes_a_program_listen(open_session, program, stand_in, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    words = [sys.executable, str(PACKAGE), "attach", str(program.pid), "--port", str(port)]
    said = subprocess.run(words, env=stand_in, capture_output=True, text=True, timeout=60)
    assert (said.returncode, said.stdout) == (0, f"heapsight: process {program.pid} listens on 127.0.0.1:{port}\n")
    session = open_session(lambda **options: Client.connect("127.0.0.1", port, **options))
    session.attach()
    session.set_breakpoints(PROGRAM, "looping")
    session.configured()
    session.wait_for_stopped("breakpoint")
    (tmp_path / "stop").touch()
    session.disconnect()
    assert program.wait(60) == 0


def test_the_command_line_of_debugpy(program, stand_in, session):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    session.initialize()
    attaching = session.client.send_request("attach", {"listen": {"host": "127.0.0.1", "port": port}})
    session.wait_for_event("output", lambda body: "Waiting for a program" in body["output"])
    words = [sys.executable, str(PACKAGE), "--connect", str(port), "--pid", str(program.pid)]
    said = subprocess.run(words, env=stand_in, capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr
    assert session.client.wait_response(attaching)["success"] is True


@cache
def gdb_can_call_functions() -> bool:
    """Try it on a process that may be lost."""
    gdb = shutil.which("gdb")
    if gdb is None:
        return False
    victim = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        words = [gdb, "-nx", "-q", "--batch", "-p", str(victim.pid), "-ex", "print ((int (*)(void))getpid)()"]
        said = subprocess.run(words, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    finally:
        victim.kill()
        victim.wait()
    return f"$1 = {victim.pid}" in said.stdout


def test_through_gdb_itself(session, program):
    if sys.version_info < (3, 14) and not gdb_can_call_functions():
        said = refusal(session, program.pid)
        if shutil.which("gdb") is None:
            assert "needs gdb (Linux) or lldb (macOS)" in said
        else:
            assert "gdb could not call a function in process" in said or "does not allow looking into" in said
        return
    session.attach(processId=program.pid)
    session.set_breakpoints(PROGRAM, "looping")
    session.configured()
    session.wait_for_stopped("breakpoint")
    assert session.at(PROGRAM, "looping")


# What cannot be done


def test_no_such_process(session):
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert refusal(session, process.pid) == f"There is no process {process.pid}."


def test_a_process_that_is_not_python(session):
    with subprocess.Popen(["sleep", "600"]) as process:
        try:
            assert refusal(session, process.pid) == f"Process {process.pid} is not a Python program."
        finally:
            process.kill()


def test_without_a_debugger(open_session, program, tmp_path):
    session = open_session(env={**os.environ, "PATH": str(tmp_path)})
    assert "needs gdb (Linux) or lldb (macOS) on the PATH" in refusal(session, program.pid)


def test_where_the_system_forbids_it(open_session, program, tmp_path):
    session = open_session(env=path_with_gdb(tmp_path, REFUSING))
    assert "does not allow looking into process" in refusal(session, program.pid)
    assert program.poll() is None


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ('No symbol "PyGILState_Check" in current context.', "is not a Python program, or its interpreter does not"),
        ("heapsight: -1", "could not run the agent; what went wrong is on its standard error"),
        ("Something else.", "gdb could not call a function in process"),
    ],
)
def test_a_debugger_that_fails(open_session, program, tmp_path, said, reason):
    session = open_session(env=path_with_gdb(tmp_path, f"#!/bin/sh\necho '{said}'\n"))
    assert reason in refusal(session, program.pid)


def test_the_session_can_go_on_after_a_failure(open_session, program, tmp_path):
    session = open_session(env=path_with_gdb(tmp_path, REFUSING))
    refusal(session, program.pid)
    session.client.request("launch", {"python": sys.executable, "code": "print(1)"})
    session.configured()
    assert session.wait_for_exit() == 0
