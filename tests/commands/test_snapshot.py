"""`heapsight snapshot` as it is typed."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import heapsight
from support.heap_files import HeapFile
from support.markers import line_of, program_path

PACKAGE = Path(heapsight.__file__).parent
PROGRAM = program_path("proto_heap.py")
STAND_IN = """\
#!{python}
import os, re, sys
commands = open(sys.argv[sys.argv.index("-x") + 1]).read()
length, code = re.search(r'set {{char \\[(\\d+)\\]}} \\$text = "(.*)"', commands).groups()
with open({folder!r} + "/new", "w") as file:
    file.write(code)
os.rename({folder!r} + "/new", {folder!r} + "/code")
print("heapsight: 0")
"""


def command(*words: object) -> list[str]:
    return [sys.executable, str(PACKAGE), "snapshot", *map(str, words)]


def run(*words: object, folder: Path, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words), capture_output=True, text=True, cwd=folder, stdin=subprocess.DEVNULL, **options
    )


def only_file(folder: Path) -> Path:
    (found,) = (folder / ".heapsight").iterdir()
    return found


def test_at_the_end(tmp_path) -> None:
    output = tmp_path / "end.heapsight"
    ended = run("--output", output, "--label", "end", "--", PROGRAM, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == f"heapsight: snapshot written to {output}\n"
    heap = HeapFile.open(output)
    # What is in the cache of the module.
    assert heap.counts["__main__.Order"] == 1
    assert (heap.meta["label"], heap.meta["reason"], heap.meta["argv"]) == ("end", "exit", [str(PROGRAM)])


def test_the_programs_exit_code_and_words_are_kept(tmp_path) -> None:
    ended = run("--", "-c", "import sys; print(sys.argv[1:]); sys.exit(7)", "--on", "x", folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (7, "['--on', 'x']\n")
    assert HeapFile.open(only_file(tmp_path)).meta["reason"] == "exit"


def test_a_program_that_fails(tmp_path) -> None:
    ended = run("--", "-c", "kept = [1]\nraise ValueError('no')", folder=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith('Traceback (most recent call last):\n  File "<string>", line 2, in <module>\n')
    assert "ValueError: no\nheapsight: snapshot written to " in ended.stderr
    assert only_file(tmp_path).exists()


def test_on_a_signal(tmp_path) -> None:
    text = (
        "import os, signal, sys\n"
        "class Kept: pass\n"
        "def work():\n"
        "    kept = [Kept() for _ in range(9)]\n"
        "    os.kill(os.getpid(), signal.SIGUSR2)\n"
        "    return kept\n"
        "work()\n"
    )
    ended = run("--on", "signal", "--", "-c", text, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    heap = HeapFile.open(only_file(tmp_path))
    assert heap.counts["__main__.Kept"] == 9
    assert heap.meta["reason"] == "signal"
    (thread,) = heap.of_type("<thread>")
    assert [heap.names[node].split(" at ")[0] for _, _, node in heap.edges(thread)] == ["work()", "<module>"]


def test_on_a_memory_error(tmp_path) -> None:
    text = (
        "class Kept: pass\ndef work():\n    kept = [Kept() for _ in range(9)]\n    return bytearray(1 << 60)\nwork()\n"
    )
    ended = run("--on", "memory-error", "--", "-c", text, folder=tmp_path)
    assert ended.returncode == 1
    assert "MemoryError" in ended.stderr
    heap = HeapFile.open(only_file(tmp_path))
    assert heap.meta["reason"] == "MemoryError"
    kept = set(heap.of_type("__main__.Kept"))
    assert len(kept) == 9
    # Held by the traceback of the error, so the program's.
    assert kept <= heap.reachable(2)


def test_above_a_limit(tmp_path) -> None:
    text = (
        "import os, time\n"
        "kept = bytearray(64 << 20)\n"
        "import glob\n"
        "while not glob.glob('.heapsight/*.heapsight'):\n"
        "    time.sleep(0.01)\n"
    )
    ended = run("--on", "60", "--", "-c", text, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    heap = HeapFile.open(only_file(tmp_path))
    assert heap.meta["reason"] == "limit"
    assert heap.meta["rss"] > 60 << 20


def test_after_some_time(tmp_path) -> None:
    text = "import os, time\nwhile not os.path.exists('late.heapsight'):\n    time.sleep(0.01)\n"
    ended = run("--after", "0.05", "--output", "late.heapsight", "--", "-c", text, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert HeapFile.open(tmp_path / "late.heapsight").meta["reason"] == "time"


def test_at_a_line(tmp_path) -> None:
    place = f"{PROGRAM}:{line_of(PROGRAM, 'placed')}"
    ended = run("--at", place, "--output", "at.heapsight", "--", PROGRAM, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert HeapFile.open(tmp_path / "at.heapsight").counts["__main__.Order"] == 50


def test_with_allocation_sites(tmp_path) -> None:
    ended = run("--trace", "4", "--output", "a", "--", PROGRAM, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    heap = HeapFile.open(tmp_path / "a")
    files = {heap.strings[row] for row in heap.columns["frame.file"]}
    assert str(PROGRAM) in files
    assert heap.meta["traced"] == 4


def test_of_a_running_process(tmp_path) -> None:
    (tmp_path / "gdb").write_text(STAND_IN.format(python=sys.executable, folder=str(tmp_path)))
    (tmp_path / "gdb").chmod(stat.S_IRWXU)
    env = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    words = [sys.executable, str(program_path("proto_attachable.py")), str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            ended = run("--pid", process.pid, "--output", "pid.heapsight", folder=tmp_path, env=env)
            assert ended.returncode == 0, ended.stderr
            heap = HeapFile.open(tmp_path / "pid.heapsight")
            assert heap.meta["pid"] == process.pid
            refused = run("--pid", process.pid, "--output", "/proc/nowhere", folder=tmp_path, env=env)
            assert refused.returncode == 1
            assert "cannot be written" in refused.stderr
            (tmp_path / "stop").touch()
            assert process.wait(60) == 0
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "There is no program"),
        (["--", "-m"], "-m needs a value"),
        (["--pid", "1", "--on", "exit"], "--on is for a program that is run here"),
        (["--pid", "1", "--", "x.py"], "there is none to run"),
        (["--pid", "-5"], "not the number of a process"),
        (["--on", "exit", "--after", "1", "--", "x.py"], "--on and --after exclude each other"),
        (["--on", "never", "--", "x.py"], "none of exit, signal, memory-error"),
        (["--after", "soon", "--", "x.py"], "not a number of seconds"),
        (["--trace", "0", "--", "x.py"], "not a number of frames"),
        (["--output", "/nowhere/x", "--", "x.py"], "There is no folder '/nowhere'"),
        (["--output", "/", "--", "x.py"], "is a folder"),
        (["--at", "x.py", "--", "x.py"], "is not FILE:LINE"),
        (["--at", "nowhere.py:3", "--", "x.py"], "There is no file 'nowhere.py'"),
    ],
)
def test_wrong_usage(tmp_path, words, message) -> None:
    ended = run(*words, folder=tmp_path)
    assert ended.returncode == 2
    assert message in ended.stderr


def test_a_program_that_is_not_there(tmp_path) -> None:
    ended = run("--", "nowhere.py", folder=tmp_path)
    assert ended.returncode == 2
    assert "can't open file" in ended.stderr


def test_a_process_that_is_not_there(tmp_path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    ended = run("--pid", process.pid, folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (1, f"heapsight snapshot: There is no process {process.pid}.\n")


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_program_ended_by_a_signal(tmp_path) -> None:
    ended = run("--on", "signal", "--", "-c", "import os; os.kill(os.getpid(), 9)", folder=tmp_path)
    assert ended.returncode == 128 + signal.SIGKILL
