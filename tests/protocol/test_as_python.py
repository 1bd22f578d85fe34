"""A launched program is what it is without a debugger: its output, its exit code, and what it sees of itself."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support.session import debug_session


class Result:
    """What a run of a program gave."""

    def __init__(self, code: int, stdout: str, stderr: str) -> None:
        self.code = code
        self.stdout = stdout
        # The interpreter's own machinery below `-m` and zip files, which is not in our traceback.
        stderr = re.sub(r'  File "<frozen runpy>", line \d+, in \w+\n', "", stderr)
        # From 3.12 on, a fork in a process with threads is warned of, and the agent reads on a thread of its own.
        stderr = re.sub(r".*is multi-threaded, use of fork\(\) may lead to deadlocks in the child.*\n.*\n", "", stderr)
        self.stderr = re.sub(r"0x[0-9a-f]+", "0x…", stderr)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Result) and vars(self) == vars(other)

    def __repr__(self) -> str:
        return f"exit code {self.code}\n--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"


def plainly(folder: Path, *words: str) -> Result:
    process = subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=60
    )
    return Result(process.returncode, *(text.decode("utf-8", "replace") for text in (process.stdout, process.stderr)))


def debugged(folder: Path, **configuration) -> Result:
    with debug_session() as session:
        session.start("launch", {"python": sys.executable, "cwd": str(folder), **configuration}).configured()
        code = session.wait_for_exit()
        session.disconnect()
        return Result(code, session.output("stdout"), session.output("stderr"))


def assert_same(folder: Path, configuration: dict, *words: str) -> None:
    assert debugged(folder, **configuration) == plainly(folder, *words)


ENDINGS = {
    "nothing": "",
    "output": "import sys; print('ünï'); sys.stderr.write('no newline'); print('\\N{SNAKE}')",
    "exit": "import sys; sys.exit(3)",
    "exit_none": "import sys; sys.exit()",
    "exit_large": "import sys; sys.exit(-1)",
    "exit_text": "import sys; sys.exit('a reason')",
    "exit_object": "raise SystemExit([1, 2])",
    "exit_tuple_bool": "raise SystemExit(True)",
    "error": "def f():\n    1 / 0\nf()",
    "error_with_cause": "try:\n    1 / 0\nexcept ArithmeticError as e:\n    raise KeyError('x') from e",
    "group": "raise ExceptionGroup('several', [ValueError(1), TypeError(2)])",
    "error_with_note": "e = ValueError('v')\ne.add_note('a note')\nraise e",
    "syntax": "print('before')\ndef f(:\n    pass\n",
    "indentation": "if True:\nprint(1)\n",
    "interrupt": "raise KeyboardInterrupt",
    "generator_exit": "raise GeneratorExit",
    "recursion": "def f(): f()\ntry:\n    f()\nexcept RecursionError as e:\n    print(type(e).__name__)",
    "hard_exit": "import os, sys; print('x'); sys.stdout.flush(); os._exit(9)",
    "signal": "import os, signal; os.kill(os.getpid(), signal.SIGUSR1)",
    "abort": "import sys; print('x', flush=True); import os; os.abort()",
    "atexit": "import atexit; atexit.register(print, 'first'); atexit.register(print, 'second'); print('main')",
    "atexit_exit": "import atexit, os; atexit.register(lambda: os._exit(4)); print('x', flush=True)",
    "thread": "import threading; threading.Thread(target=lambda: print('from thread')).start()",
    "late_thread": (
        "import threading, time\ndef late():\n    time.sleep(0.2)\n    print('late')\n"
        "threading.Thread(target=late).start()\nprint('main is over')"
    ),
    "daemon": "import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
    "excepthook": "import sys; sys.excepthook = lambda *a: print('hook', a[0], a[1], a[2].tb_lineno); 1 / 0",
    "excepthook_exit": "import sys; sys.excepthook = lambda *a: sys.exit(6); 1 / 0",
    "no_excepthook": "import sys; del sys.excepthook; 1 / 0",
    "last_exception": "import atexit, sys; atexit.register(lambda: print(repr(sys.last_value))); 1 / 0",
    "destructor": "import sys\nclass A:\n    def __del__(self): print('gone')\nkeep = A()\n",
    "unraisable": "class A:\n    def __del__(self): 1 / 0\nA()\nprint('goes on')",
    "exec": "import os, sys; sys.stdout.flush(); os.execv(sys.executable, [sys.executable, '-c', 'print(8)'])",
    "fork": (
        "import os, sys\npid = os.fork()\nif pid == 0:\n    print('child', flush=True)\n    sys.exit(4)\n"
        "print('child said', os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
    ),
    "subprocess": "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1 + 1)'])",
    "raw_output": "import os; os.write(1, b'raw\\n'); os.write(2, b'\\xff raw\\n')",
    "closed_stdout": "import sys; sys.stdout.close()",
    "replaced_stdout": "import io, sys; sys.stdout = io.StringIO(); print('unseen')",
    "input": "try:\n    input('? ')\nexcept EOFError:\n    print('no input')",
    "warning": "import warnings\ndef f():\n    warnings.warn('watch out')\nf()",
    "main_pickles": "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)",
    "assert_message": "x = 3\nassert x == 4, f'{x} is not 4'",
    "async": "import asyncio\nasync def main():\n    await asyncio.sleep(0)\n    raise OSError(5)\nasyncio.run(main())",
}


@pytest.mark.parametrize("name", ENDINGS)
def test_the_end_of_a_program(tmp_path, name):
    (tmp_path / "program.py").write_text(ENDINGS[name], encoding="utf-8")
    assert_same(tmp_path, {"program": "program.py"}, "program.py")


@pytest.mark.parametrize("name", ["exit", "error", "error_with_cause", "syntax", "output", "warning"])
def test_the_end_of_a_module(tmp_path, name):
    package = tmp_path / "pack"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "tool.py").write_text(ENDINGS[name], encoding="utf-8")
    assert_same(tmp_path, {"module": "pack.tool"}, "-m", "pack.tool")


@pytest.mark.parametrize("name", ["exit", "error", "exit_text", "output"])
def test_the_end_of_code(tmp_path, name):
    assert_same(tmp_path, {"code": ENDINGS[name]}, "-c", ENDINGS[name])


LOOK_AROUND = """
import sys
main = sys.modules["__main__"]
for name, value in sorted(vars(main).items()):
    if name in ("__loader__", "__builtins__"):
        value = getattr(value, "__name__", None) or type(value).__name__
    if name == "__spec__" and value is not None:
        value = (value.name, value.origin, value.parent, value.cached, value.submodule_search_locations)
    if name not in ("sys", "main", "name", "value"):
        print(name, "=", value)
print("argv", sys.argv)
print("orig_argv", [word for word in sys.orig_argv[1:] if "frozen_modules" not in word and word != "-X"])
print("path", sys.path)
print("globals", globals() is vars(main))
print("file", sys._getframe().f_code.co_filename, sys._getframe().f_code.co_name)
print("flags", sys.flags)
import os
print("environment", sorted(name for name in os.environ if "HEAPSIGHT" in name))
print("hooks", sys.excepthook is sys.__excepthook__, sys.displayhook is sys.__displayhook__)
print("interrupt", __import__("signal").getsignal(2))
"""


def folder_with_everything(tmp_path: Path) -> Path:
    (tmp_path / "program.py").write_text(LOOK_AROUND)
    package = tmp_path / "pack"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(LOOK_AROUND)
    (package / "tool.py").write_text("from __future__ import annotations\n" + LOOK_AROUND)
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "__main__.py").write_text(LOOK_AROUND)
    (tmp_path / "link.py").symlink_to(tmp_path / "plain" / "__main__.py")
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        archive.writestr("__main__.py", LOOK_AROUND)
    (tmp_path / "no_main").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ({"program": "program.py", "args": ["a b", "", "*", "$A", "-c"]}, ["program.py", "a b", "", "*", "$A", "-c"]),
        ({"program": "./program.py"}, ["./program.py"]),
        ({"program": "pack/../program.py"}, ["pack/../program.py"]),
        ({"program": "link.py"}, ["link.py"]),
        ({"program": "plain", "args": ["x"]}, ["plain", "x"]),
        ({"program": "app.zip", "args": ["x"]}, ["app.zip", "x"]),
        ({"module": "program", "args": ["x", "-m"]}, ["-m", "program", "x", "-m"]),
        ({"module": "pack"}, ["-m", "pack"]),
        ({"module": "pack.tool"}, ["-m", "pack.tool"]),
        ({"code": LOOK_AROUND, "args": ["x"]}, ["-c", LOOK_AROUND, "x"]),
        ({"program": "program.py", "pythonArgs": ["-O", "-W", "error"]}, ["-O", "-W", "error", "program.py"]),
        ({"program": "program.py", "pythonArgs": ["-P"]}, ["-P", "program.py"]),
        ({"program": "program.py", "pythonArgs": ["-I"]}, ["-I", "program.py"]),
        ({"program": "program.py", "pythonArgs": ["-S", "-E", "-B"]}, ["-S", "-E", "-B", "program.py"]),
        ({"program": "app.zip", "pythonArgs": ["-P"]}, ["-P", "app.zip"]),
        ({"program": "program.py", "pythonArgs": ["-X", "dev"]}, ["-X", "dev", "program.py"]),
    ],
    ids=lambda value: None if isinstance(value, dict) else re.sub(r"\s+", " ", " ".join(value))[:30],
)  # fmt: skip
def test_what_a_program_sees_of_itself(tmp_path, configuration, words):
    folder = folder_with_everything(tmp_path)
    assert_same(folder, configuration, *words)


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ({"module": "no_such_module"}, ["-m", "no_such_module"]),
        ({"module": "no_such.module"}, ["-m", "no_such.module"]),
        ({"module": "pack.nothing"}, ["-m", "pack.nothing"]),
        ({"module": "no_main"}, ["-m", "no_main"]),
        ({"module": "program.inner"}, ["-m", "program.inner"]),
        ({"program": "no_main"}, ["no_main"]),
    ],
    ids=str,
)
def test_what_cannot_be_found(tmp_path, configuration, words):
    folder = folder_with_everything(tmp_path)
    assert_same(folder, configuration, *words)


def test_a_compiled_program(tmp_path):
    import py_compile

    (tmp_path / "program.py").write_text("print(__file__, __name__)")
    py_compile.compile(str(tmp_path / "program.py"), cfile=str(tmp_path / "program.pyc"))
    assert_same(tmp_path, {"program": "program.pyc"}, "program.pyc")


@pytest.mark.parametrize("name", ["json", "traceback", "socket", "queue", "inspect", "dataclasses", "linecache"])
def test_a_file_named_like_a_library_module_is_what_the_program_imports(tmp_path, name):
    (tmp_path / f"{name}.py").write_text("MINE = True")
    (tmp_path / "program.py").write_text(f"import {name}; print({name}.MINE, {name}.__file__)")
    assert_same(tmp_path, {"program": "program.py"}, "program.py")


def test_what_is_imported_because_of_us_is_the_real_library(tmp_path):
    (tmp_path / "json.py").write_text("raise RuntimeError('not for you')")
    (tmp_path / "program.py").write_text("print('fine')")
    assert_same(tmp_path, {"program": "program.py"}, "program.py")


def test_environment_and_working_folder(tmp_path):
    (tmp_path / "program.py").write_text(
        "import os; print(os.getcwd(), *map(os.environ.get, ['A', 'B', 'C', 'GONE', 'KEPT']))"
    )
    (tmp_path / "my.env").write_text("A=from file\nB=from file\nC=${KEPT}!\n")
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    environment = {**os.environ, "GONE": "1", "KEPT": "kept"}
    with debug_session(env=environment) as session:
        session.launch(
            tmp_path / "program.py", cwd=str(elsewhere), envFile="../my.env", env={"B": "from env", "GONE": None}
        )
        session.configured()
        assert session.wait_for_exit() == 0
        assert session.output() == f"{elsewhere} from file from env kept! None kept\n"


def test_without_cwd_the_folder_of_the_program_is_used(tmp_path):
    (tmp_path / "program.py").write_text("import os; print(os.getcwd())")
    with debug_session() as session:
        session.launch(tmp_path / "program.py").configured()
        session.wait_for_exit()
        assert session.output() == f"{tmp_path}\n"


def test_arguments_as_one_string_go_through_a_shell(tmp_path):
    (tmp_path / "program.py").write_text("import sys; print(sys.argv[1:])")
    (tmp_path / "a.txt").touch()
    (tmp_path / "b.txt").touch()
    with debug_session(env={**os.environ, "NAME": "v w"}) as session:
        session.launch(tmp_path / "program.py", args="'x  y' *.txt \"$NAME\"").configured()
        session.wait_for_exit()
        assert session.output() == "['x  y', 'a.txt', 'b.txt', 'v w']\n"


def test_the_interpreter_may_come_with_arguments(tmp_path):
    (tmp_path / "program.py").write_text("import sys; print(sys.flags.optimize)")
    with debug_session() as session:
        session.launch(tmp_path / "program.py", python=[sys.executable, "-OO"]).configured()
        session.wait_for_exit()
        assert session.output() == "2\n"


def test_the_default_interpreter_is_the_adapters(tmp_path):
    with debug_session() as session:
        session.start("launch", {"code": "import sys; print(sys.executable)"}).configured()
        session.wait_for_exit()
        assert session.output() == f"{sys.executable}\n"
