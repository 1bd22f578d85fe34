"""Child processes, each in a session of its own."""

import signal
import subprocess
import sys

import pytest

from heapsight.client import PACKAGE, Client
from heapsight.debuggee.python_command import is_python, parse
from support.markers import program_path
from support.processes import wait_until_gone

PROGRAM, WORKER = "proto_children.py", "proto_child.py"
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]


@pytest.fixture(params=ENGINES)
def launch(request, open_session):
    """Launch the program so that it starts a child in a certain way."""

    def run(how: str, children: bool = True, **configuration):
        session = open_session(children=children)
        session.launch(PROGRAM, args=[how], engine=request.param, **configuration).configured()
        return session

    return run


def stop_in_child(session, program: str, marker: str):
    child = session.child()
    child.set_breakpoints(program, marker)
    child.configured()
    child.wait_for_stopped("breakpoint")
    assert child.at(program, marker)
    return child


@pytest.mark.parametrize("how", ["subprocess", "subprocess_module", "posix_spawn", "spawnv"])
def test_a_new_interpreter(launch, how):
    session = launch(how)
    if how == "spawnv":
        # Forks first, then gives the process to the new program: one session sees both.
        child = session.child().configured()
        child.wait_for_event("initialized")
        child.set_breakpoints(WORKER, "in_child")
        child.configured()
        child.wait_for_stopped("breakpoint")
    else:
        child = stop_in_child(session, WORKER, "in_child")
    assert child.evaluate("__name__")["result"] == "'__main__'"
    assert child.evaluate("sys.argv")["result"].count("proto_child.py") == 1
    assert child.evaluate("'HEAPSIGHT_TOKEN' in __import__('os').environ")["result"] == "False"
    assert child.evaluate("[m for m in sys.modules if 'bootstrap.py' in str(sys.orig_argv)]")["result"] == "[]"
    child.cont()
    assert child.wait_for_exit() == 5
    child.disconnect()
    assert session.wait_for_exit() == 0
    expected = "['a b', 'ü'] typed 1\n  5\n" if how == "subprocess" else "['x']  0\n5\n"
    assert session.output() == expected + "parent done\n"
    assert session.output("stderr") == ""


def test_the_session_of_a_child_inherits_the_configuration(launch):
    session = launch("subprocess", justMyCode=False, stopOnEntry=False)
    offered = session._offered.get(timeout=60)
    session._offered.put(offered)
    assert offered["request"] == "attach"
    configuration = offered["configuration"]
    assert configuration["justMyCode"] is False
    assert configuration["name"] == f"Subprocess {configuration['subProcessId']}"
    assert not {"program", "args", "type", "stopOnEntry", "python"} & set(configuration)
    child = session.child()
    assert child.wait_for_event("process")["systemProcessId"] == configuration["subProcessId"]
    child.configured()
    assert child.wait_for_exit() == 5


@pytest.mark.parametrize(("how", "code"), [("fork", 6), ("forkpty", 6), ("fork_and_exit", 7)])
def test_a_fork(launch, how, code):
    session = launch(how)
    child = stop_in_child(session, PROGRAM, "working")
    assert [frame["name"] for frame in child.stack()][-1] == "<module>"
    assert child.request("threads")["threads"][0]["id"] == 1
    child.step("stepOut")
    child.cont()
    assert child.wait_for_exit() == code
    assert session.wait_for_exit() == 0
    assert session.output() == f"{code}\nparent done\n"
    assert session.output("stderr") == ""


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_multiprocessing(launch, method):
    session = launch(f"multiprocessing:{method}")
    child = stop_in_child(session, PROGRAM, "leaving")
    child.step("stepIn")
    child.step("next")
    assert child.local_variables()["doubled"]["value"] == "8"
    child.cont()
    assert child.wait_for_exit() == 8
    assert session.wait_for_exit() == 0
    assert session.output() == "8\nparent done\n"
    assert not session.has_child()


def test_an_executor(launch):
    session = launch("executor")
    child = stop_in_child(session, PROGRAM, "working")
    child.set_breakpoints(PROGRAM)
    child.cont()
    child.wait_for_event("terminated")
    assert session.wait_for_exit() == 0
    assert session.output() == "42\nparent done\n"


@pytest.mark.parametrize("how", ["exec", "execlp"])
def test_a_program_that_gives_its_process_to_another_one_keeps_its_session(launch, how):
    session = launch(how)
    pid = session.wait_for_event("process")["systemProcessId"]
    session.wait_for_event("initialized")
    session.set_breakpoints(WORKER, "in_child")
    session.configured()
    session.wait_for_stopped("breakpoint")
    assert session.at(WORKER, "in_child")
    assert session.evaluate("__import__('os').getpid()")["result"] == str(pid)
    assert session.evaluate("__import__('os').environ.get('MORE', 0)")["result"] == ("'1'" if "lp" in how else "0")
    session.cont()
    assert session.wait_for_exit() == 5
    assert session.output() == "['x']  0\n"


def test_children_of_children(open_session, tmp_path):
    program = tmp_path / "tree.py"
    program.write_text(
        "import subprocess, sys\n"
        "depth = int(sys.argv[1])\n"
        "if depth:\n"
        "    subprocess.run([sys.executable, __file__, str(depth - 1)])\n"
        "print('depth', depth)  # @printing\n"
    )
    session = open_session(children=True)
    session.launch(program, args=["2"]).configured()
    child = session.child().configured()
    grandchild = stop_in_child(child, program, "printing")
    assert grandchild.evaluate("depth")["result"] == "0"
    grandchild.cont()
    for one in (grandchild, child, session):
        assert one.wait_for_exit() == 0
    assert session.output() == "depth 0\ndepth 1\ndepth 2\n"


@pytest.mark.parametrize("how", ["subprocess", "fork", "multiprocessing:spawn"])
def test_without_sub_process_nothing_is_changed(launch, how):
    session = launch(how, subProcess=False)
    assert session.wait_for_exit() == 0
    assert not session.has_child()
    assert session.output().endswith("parent done\n")
    assert session.output("console") == ""


@pytest.mark.parametrize("how", ["subprocess", "fork"])
def test_a_client_that_opens_no_sessions_is_told_once(launch, how):
    session = launch(how, children=False)
    assert session.wait_for_exit() == 0
    assert session.output("console").count("is not debugged") == 1
    assert session.output().endswith("parent done\n")


def test_a_child_that_the_client_refuses_runs_alone(open_session):
    def refuse(_arguments):
        raise ValueError("not now")

    session = open_session(children=True, start_debugging=refuse)
    session.launch(PROGRAM, args=["subprocess"]).configured()
    assert session.wait_for_exit() == 0
    assert "runs without a debugger: not now" in session.output("console")
    assert session.output() == "['a b', 'ü'] typed 1\n  5\nparent done\n"


def test_nobody_attaches_to_a_child_without_its_token(launch, open_session):
    session = launch("subprocess")
    offered = session._offered.get(timeout=60)
    session._offered.put(offered)
    place = offered["configuration"]["connect"]
    stranger = open_session(lambda **options: Client.connect(place["host"], place["port"], **options))
    stranger.initialize()
    assert "No child process waits" in stranger.refused("attach", subProcessId=1, accessToken="guess")
    stranger.disconnect()
    session.child().configured()
    assert session.wait_for_exit() == 0


def test_a_child_that_is_left_runs_on(launch):
    session = launch("fork")
    child = stop_in_child(session, PROGRAM, "working")
    child.disconnect()
    assert session.wait_for_exit() == 0
    assert session.output() == "6\nparent done\n"


@pytest.mark.parametrize("how", ["fork", "subprocess"])
def test_a_child_that_is_left_before_it_has_begun_runs_on(launch, how):
    session = launch(how)
    session.child().disconnect()
    assert session.wait_for_exit() == 0
    assert session.output().endswith("parent done\n")


def test_children_end_with_the_program_that_the_client_ends(launch):
    session = launch("fork")
    child = stop_in_child(session, PROGRAM, "working")
    pid = child.wait_for_event("process")["systemProcessId"]
    session.request("disconnect")
    child.wait_for_event("terminated")
    child.disconnect()
    wait_until_gone(pid)


def test_children_are_left_alone_where_that_is_wanted(launch):
    session = launch("fork", terminateChildProcesses=False)
    child = stop_in_child(session, PROGRAM, "working")
    pid = child.wait_for_event("process")["systemProcessId"]
    session.request("disconnect")
    assert child.evaluate("1 + 1")["result"] == "2"
    child.request("disconnect", terminateDebuggee=True)
    wait_until_gone(pid)


def test_the_session_of_a_child_outlives_the_program_that_started_it(open_session, tmp_path):
    program = tmp_path / "leaving.py"
    program.write_text("import os, sys\nif os.fork():\n    os._exit(0)\nalone = True  # @alone\nprint('alone')\n")
    session = open_session(children=True)
    session.launch(program).configured()
    child = session.child()
    assert session.wait_for_exit() == 0
    session.request("disconnect")
    session.client.process.send_signal(signal.SIGTERM)
    child.set_breakpoints(program, "alone")
    child.configured()
    child.wait_for_stopped("breakpoint")
    child.cont()
    child.wait_for_event("terminated")
    child.disconnect()
    session.client.wait_end()


def test_a_fork_warns_as_without_a_debugger(open_session, tmp_path):
    program = tmp_path / "warned.py"
    program.write_text(
        "import os, warnings\n"
        "warnings.simplefilter('error')\n"
        "before = list(warnings.filters)\n"
        "if os.fork() == 0:\n"
        "    os._exit(0)\n"
        "os.wait()\n"
        "assert before == warnings.filters\n"
    )
    session = open_session(children=True)
    session.launch(program).configured()
    session.child().configured()
    assert session.wait_for_exit() == 0, session.output("stderr")


@pytest.mark.parametrize(
    ("line", "options", "target"),
    [
        ("python a.py -x", (), ("a.py", "-x")),
        ("python -B -X dev -Wignore a.py", ("-B", "-X", "dev", "-Wignore"), ("a.py",)),
        ("python -W ignore -m a.b c", ("-W", "ignore"), ("-m", "a.b", "c")),
        ("python -Bum a", ("-Bu",), ("-m", "a")),
        ("python -cpass x", (), ("-c", "pass", "x")),
        ("python -Ic pass", ("-I",), ("-c", "pass")),
        ("python --check-hash-based-pycs never a.py", ("--check-hash-based-pycs", "never"), ("a.py",)),
    ],
)
def test_python_command_lines(line, options, target):
    command = parse(line.split())
    assert (command.python, command.options, command.target) == ("python", options, target)


@pytest.mark.parametrize(
    "line", ["python", "python -V", "python --version", "python -", "python -i a.py", "python -c", "python -Bh"]
)
def test_command_lines_without_a_program(line):
    assert parse(line.split()) is None


def test_which_programs_are_python():
    assert is_python("/usr/bin/python3.12")
    assert is_python("python")
    assert is_python("C:/Python/python.exe")
    assert is_python(sys.executable)
    assert not is_python("/usr/bin/python-config")
    assert not is_python("/bin/sh")


def test_what_the_agent_replaces_is_put_back(open_session, tmp_path):
    program = tmp_path / "listener.py"
    program.write_text(
        "import sys, os, subprocess, _posixsubprocess\n"
        f"sys.path.append({str(PACKAGE.parent)!r})\n"
        "import heapsight\n"
        "def all_functions():\n"
        "    return [os.fork, os.execv, os.execve, os._exit, os.posix_spawn, _posixsubprocess.fork_exec,\n"
        "            subprocess._fork_exec]\n"
        "before = all_functions()\n"
        "print(*heapsight.listen(0), flush=True)\n"
        "heapsight.wait_for_client()\n"
        "during = all_functions()\n"
        "heapsight.breakpoint()\n"
        "while heapsight.is_client_connected(): pass\n"
        "print(before == all_functions(), before == during, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True)
    host, port = process.stdout.readline().split()
    session = open_session(lambda **options: Client.connect(host, int(port), **options), children=True)
    session.attach().configured()
    session.wait_for_stopped()
    session.disconnect()
    assert process.communicate(timeout=60)[0] == "True False\n"


LISTENER = """\
import sys
sys.path.append({package!r})
import heapsight
heapsight.configure(subProcess={wanted})
print(*heapsight.listen(0), flush=True)
heapsight.wait_for_client()
import subprocess
print(subprocess.run([sys.executable, {worker!r}, "x"]).returncode, flush=True)
"""


@pytest.mark.parametrize("wanted", [True, False])
def test_children_of_a_program_that_listens(open_session, tmp_path, wanted):
    program = tmp_path / "listener.py"
    program.write_text(LISTENER.format(package=str(PACKAGE.parent), worker=str(program_path(WORKER)), wanted=wanted))
    process = subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True)
    host, port = process.stdout.readline().split()
    session = open_session(lambda **options: Client.connect(host, int(port), **options), children=True)
    session.attach().configured()
    if wanted:
        child = stop_in_child(session, WORKER, "in_child")
        child.cont()
        assert child.wait_for_exit() == 5
        child.disconnect()
    session.wait_for_event("terminated")
    session.disconnect()
    assert not session.has_child()
    assert process.communicate(timeout=60)[0] == "['x']  0\n5\n"
    assert process.returncode == 0
