"""Bringing the agent into a process that runs already and knows nothing of it.

CPython 3.14 has a way of its own (`sys.remote_exec`, PEP 768). Before, a system debugger has to call into the
interpreter: gdb on Linux, lldb on macOS. Both are told the same: where the stopped thread holds the interpreter's lock
it may be in the middle of anything, so the code is left as a pending call, which the interpreter runs between two
bytecodes; where it does not, it waits in a system call, takes the lock and runs the code there and then.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..wire.launch_options import Address
from .errors import RequestFailed

_BOOTSTRAP = Path(__file__).absolute().parent.parent / "debuggee" / "bootstrap.py"
# A debugger reads the symbols of the process first, which takes seconds where there are many.
_DEBUGGER_SECONDS = 60.0
_RUN_SECONDS = 20.0
_POLL_SECONDS = 0.02
_NO_REMOTE_EXEC = 3
_REMOTE_EXEC = (
    f"import sys; hasattr(sys, 'remote_exec') or sys.exit({_NO_REMOTE_EXEC}); "
    "sys.remote_exec(int(sys.argv[1]), sys.argv[2])"
)
_PYTHON_NAME = re.compile(r"python[0-9.]*[dt]?(\.exe)?")

# Tells the outcome by a file that appears whole: "" for success.
_SCRIPT = """\
import io, os
path, outcome, failure = {path!r}, {outcome!r}, ""
scope = {{"__name__": "heapsight_attach", "__file__": path}}
try:
    with io.open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), scope)
    eval({call!r}, scope)
except BaseException as error:
    failure = "%s: %s" % (type(error).__name__, error)
with io.open(outcome + ".new", "w", encoding="utf-8") as file:
    file.write(u"%s" % failure)
os.replace(outcome + ".new", outcome)
"""

_GDB = """\
set confirm off
set pagination off
set unwindonsignal on
set $holds_lock = ((int (*)(void))PyGILState_Check)()
set $text = ((char *(*)(void *, unsigned long, int, int, int, long))mmap)(0, 4096, 3, 34, -1, 0)
set {{char [{length}]}} $text = "{code}"
if $holds_lock
  set $failed = ((int (*)(void *, void *))Py_AddPendingCall)((void *)&PyRun_SimpleString, $text)
else
  set $state = ((int (*)(void))PyGILState_Ensure)()
  set $failed = ((int (*)(char *))PyRun_SimpleString)($text)
  call ((void (*)(int))PyGILState_Release)($state)
end
printf "heapsight: %d\\n", $failed
detach
"""
_LLDB = """\
expression -- int $state = ((int (*)(void))PyGILState_Ensure)()
expression -- int $failed = ((int (*)(const char *))PyRun_SimpleString)("{code}")
expression -- ((void (*)(int))PyGILState_Release)($state)
expression -- (void)printf("heapsight: %d\\n", $failed)
detach
"""


async def inject(pid: int, call: str) -> None:
    """Have process `pid` run `call`, a call of a function in `debuggee/bootstrap.py`.

    Returns when the code has been run. Raises RequestFailed.
    """
    _check_process(pid)
    with _script_for(pid, call) as script:
        if not await _remote_exec(pid, script):
            await _by_debugger(pid, script)
        await _outcome(pid, script.with_name("outcome"))


async def _outcome(pid: int, told: Path) -> None:
    """Wait until the process has run the script, which it does when it next runs Python code."""
    for _ in range(int(_RUN_SECONDS / _POLL_SECONDS)):
        if told.exists():
            failure = told.read_text(encoding="utf-8")
            if failure:
                raise RequestFailed(f"Process {pid} could not run the agent: {failure}.")
            return
        await asyncio.sleep(_POLL_SECONDS)
    raise RequestFailed(f"Process {pid} was told to run the agent, but runs no Python code; it may wait in a call.")


def call_to_connect(address: Address, token: str) -> str:
    """Return the call that connects a process to an adapter that waits at `address`."""
    return f"connect_here({str(address)!r}, {token!r})"


def _check_process(pid: int) -> None:
    if os.name == "nt":
        raise RequestFailed("Attaching by process id is not supported on Windows; use heapsight.listen() instead.")
    if pid == os.getpid():
        raise RequestFailed("This is the debugger's own process.")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        raise RequestFailed(f"There is no process {pid}.") from None
    except PermissionError:
        raise RequestFailed(f"Process {pid} belongs to another user.") from None
    try:
        mapped = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    if "python" not in mapped.lower():
        raise RequestFailed(f"Process {pid} is not a Python program.")


@contextmanager
def _script_for(pid: int, call: str) -> Iterator[Path]:
    """Make the file that the process is to run, readable for its user alone."""
    with tempfile.TemporaryDirectory(prefix="heapsight-") as folder:
        script = Path(folder) / "attach.py"
        script.write_text(
            _SCRIPT.format(path=str(_BOOTSTRAP), call=call, outcome=str(script.with_name("outcome"))),
            encoding="utf-8",
        )
        _give_to_user_of(pid, Path(folder), script)
        yield script


def _give_to_user_of(pid: int, *paths: Path) -> None:
    try:
        user = Path(f"/proc/{pid}").stat().st_uid
    except OSError:
        return
    if os.name != "nt" and os.getuid() == 0 and user != 0:
        for path in paths:
            os.chown(path, user, -1)


async def _remote_exec(pid: int, script: Path) -> bool:
    """Let an interpreter like the process's own do it; False where that has no `sys.remote_exec`."""
    try:
        interpreter = str(Path(f"/proc/{pid}/exe").readlink())
    except OSError:
        interpreter = sys.executable
    if not _PYTHON_NAME.fullmatch(os.path.basename(interpreter)):  # noqa: PTH119
        return False
    try:
        asked = await asyncio.create_subprocess_exec(
            interpreter, "-I", "-c", _REMOTE_EXEC, str(pid), str(script),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return False
    return await asked.wait() == 0


async def _by_debugger(pid: int, script: Path) -> None:
    code = f"exec(__import__('io').open('{script}', encoding='utf-8').read(), {{}})"
    gdb, lldb = shutil.which("gdb"), shutil.which("lldb")
    commands = script.with_name("commands")
    if gdb is not None:
        commands.write_text(_GDB.format(code=code, length=len(code) + 1), encoding="utf-8")
        words = [gdb, "-nx", "-q", "--batch", "-iex", "set auto-load no", "-p", str(pid), "-x", str(commands)]
    elif lldb is not None:
        commands.write_text(_LLDB.format(code=code), encoding="utf-8")
        words = [lldb, "--no-lldbinit", "--batch", "-p", str(pid), "-s", str(commands)]
    else:
        raise RequestFailed(
            "Attaching by process id needs gdb (Linux) or lldb (macOS) on the PATH, unless the program runs on Python "
            "3.14 or newer; or start the program with heapsight.listen()."
        )
    process = await asyncio.create_subprocess_exec(
        *words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), _DEBUGGER_SECONDS)
    except BaseException as error:
        # A debugger that is killed lets go of the process.
        process.kill()
        await process.wait()
        if isinstance(error, TimeoutError):
            raise RequestFailed(f"{Path(words[0]).name} did not come to an end with process {pid}.") from None
        raise
    _judge(pid, Path(words[0]).name, said.decode("utf-8", "replace"))


def _judge(pid: int, debugger: str, said: str) -> None:
    """Raise RequestFailed unless the debugger's output says that it worked."""
    result = re.search(r"heapsight: (-?\d+)", said)
    if result is not None and result[1] == "0":
        return
    if result is not None:
        raise RequestFailed(f"Process {pid} could not run the agent; what went wrong is on its standard error.")
    if "Operation not permitted" in said or "not permitted" in said:
        raise RequestFailed(
            f"This system does not allow looking into process {pid}: it has to belong to the same user, "
            "/proc/sys/kernel/yama/ptrace_scope has to be 0 on Linux (sudo sysctl kernel.yama.ptrace_scope=0), and a "
            "container needs the capability SYS_PTRACE."
        )
    if 'No symbol "Py' in said or "undeclared identifier 'Py" in said:
        raise RequestFailed(f"Process {pid} is not a Python program, or its interpreter does not show its functions.")
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(("[", "warning:"))]
    raise RequestFailed(f"{debugger} could not call a function in process {pid}: {' '.join(lines[-2:])[-500:]}")
