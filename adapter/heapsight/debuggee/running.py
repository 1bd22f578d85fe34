"""Running the program under the agent, and ending with it: exit codes and tracebacks as without a debugger."""

from __future__ import annotations

import atexit
import ctypes
import os
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType

from .agent import Agent
from .children import ChildAddress
from .connection import Connection, connect
from .own import is_own_frame
from .target import ProgramNotFound, Target, TargetKind, first_path_entry, load
from .this_process import this_process


class ExitReport:
    """Tells the adapter the exit code, at the last moment when Python code still runs.

    `exit_code` stays None for a program that we have not started: nothing tells what it ends with.
    """

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self.exit_code: int | None = None
        # Called in reverse order: registered before the program starts means called after its own.
        atexit.register(self._report)

    def _report(self) -> None:
        # A forked child that leaves through sys.exit() comes by here too; it counts if it is debugged itself.
        if os.getpid() == self._agent.process:
            self._agent.finish(self.exit_code)


def run_launched(address: str, token: str, words: Sequence[str], already_loaded: frozenset[str]) -> None:
    """Connect to the adapter at `address` and run the program that `words` name, once the client says so.

    `already_loaded` are the modules that the interpreter itself had loaded before any of ours.
    """
    host, _, port = address.rpartition(":")
    target = Target.parse(words)
    restore_command_line(target)
    try:
        connection = connect(host, int(port), token)
    except OSError as error:
        sys.exit(f"Heapsight: the debugger at {address} does not answer: {error}")
    agent = Agent(connection)
    agent.start()
    if not agent.wait_until_configured():
        sys.exit("Heapsight: the debugger went away before the program was started.")
    # For a program that calls heapsight.breakpoint() itself.
    this_process.agent = agent
    report = ExitReport(agent)
    agent.program_will_start()
    run(agent, report, target, already_loaded)


def run_child(address: str, token: str, mode: str, words: Sequence[str], already_loaded: frozenset[str]) -> None:
    """Run a program that a debugged program has started, under the same debugger where that still wants it.

    `mode` is "child", or "forks" for a process that only forks: its children are debugged, it is not.
    """
    host, _, port = address.rpartition(":")
    target = Target.parse(words)
    restore_command_line(target)
    if mode == "forks":
        agent = Agent(Connection.to_nobody())
        agent.debug_forked_children(ChildAddress(address, token))
    else:
        try:
            agent = Agent(connect(host, int(port), token))
            agent.start()
            agent.wait_until_configured()
        except OSError:
            # The debugger is gone, which is no reason for the program not to run.
            agent = Agent(Connection.to_nobody())
    this_process.agent = agent
    report = ExitReport(agent)
    agent.program_will_start()
    run(agent, report, target, already_loaded)


def run(agent: Agent, report: ExitReport, target: Target, already_loaded: frozenset[str]) -> None:
    """Run `target` as `__main__` to its end. Raises SystemExit when the program ends with anything but success."""
    report.exit_code = 0
    agent.program_text = target.name if target.kind is TargetKind.CODE else None
    make_way_for(first_path_entry(target), already_loaded)
    try:
        code, main = load(target)
        exec(code, main.__dict__)
    except ProgramNotFound as error:
        report.exit_code = error.exit_code
        print(error, file=sys.stderr)
        sys.exit(report.exit_code)
    except SystemExit as error:
        report.exit_code = exit_code_of(error)
        _stop_on_exit(agent, error)
        raise
    except BaseException as error:
        error.__traceback__ = without_own_frames(error.__traceback__)
        report.exit_code = 1
        try:
            if error.__traceback__ is not None:
                agent.report_uncaught(error)
            display(error)
        except SystemExit as exit_error:
            # Out of the program's own sys.excepthook.
            report.exit_code = exit_code_of(exit_error)
            raise
        if isinstance(error, KeyboardInterrupt):
            # Left to the interpreter, which ends the process by SIGINT; already displayed.
            sys.excepthook = _display_nothing
            raise
        sys.exit(1)


def exit_code_of(error: SystemExit) -> int:
    """Return the exit code that the interpreter makes of a SystemExit."""
    if error.code is None:
        return 0
    if not isinstance(error.code, int):
        return 1
    limit = 1 << (8 * ctypes.sizeof(ctypes.c_long) - 1)
    code = error.code if -limit <= error.code < limit else -1
    # What the operating system keeps of it: eight bits, or on Windows 32.
    return code & 0xFF if os.name == "posix" else code & 0xFFFF_FFFF


def _stop_on_exit(agent: Agent, error: SystemExit) -> None:
    """Stop where the program leaves, if it does so with a code that the client wants to hear of."""
    if error.__traceback__ is not None:
        agent.report_uncaught(error)


def without_own_frames(tb: TracebackType | None) -> TracebackType | None:
    """Return `tb` from the program's first frame on; None when it never got that far."""
    # `runpy` finds modules for us: neither its frames are the program's.
    while tb is not None and (is_own_frame(tb.tb_frame) or tb.tb_frame.f_globals.get("__name__") == "runpy"):
        tb = tb.tb_next
    return tb


def display(error: BaseException) -> None:
    """Show an uncaught exception through `sys.excepthook`, with the interpreter's own fallbacks."""
    kind, tb = type(error), error.__traceback__
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, tb
    if sys.version_info >= (3, 12):
        sys.last_exc = error
    hook = getattr(sys, "excepthook", None)
    if hook is None:
        print("sys.excepthook is missing", file=sys.stderr)
        hook = sys.__excepthook__
    sys.audit("sys.excepthook", hook, kind, error, tb)
    try:
        hook(kind, error, tb)
    except SystemExit:
        raise
    except BaseException as failure:  # noqa: BLE001 - the program's own hook; anything may come out of it
        failure.__traceback__ = without_own_frames(failure.__traceback__)
        print("Error in sys.excepthook:", file=sys.stderr)
        traceback.print_exception(failure)
        print("\nOriginal exception was:", file=sys.stderr)
        traceback.print_exception(error)


def _display_nothing(kind: type[BaseException], error: BaseException, tb: TracebackType | None) -> None:
    pass


def restore_command_line(target: Target) -> None:
    """Make `sys.orig_argv` what it would be without us: programs restart themselves from it."""
    for index, word in enumerate(sys.orig_argv):
        if os.path.basename(word) == "bootstrap.py":
            sys.orig_argv = [*sys.orig_argv[:index], *target.command_line]
            return


def make_way_for(folder: str | None, already_loaded: frozenset[str]) -> None:
    """Let go of library modules that the program has files of the same name for.

    The agent has imported library modules before the program's folder came on the path. What the program imports must
    not depend on that: where its folder has a `json.py`, `import json` finds that one, as without a debugger.
    """
    if folder is None:
        return
    try:
        names = os.listdir(folder or ".")
    except OSError:
        return
    own_names = {name.partition(".")[0] for name in names}
    for name in list(sys.modules):
        top = name.partition(".")[0]
        if top in own_names and top != "heapsight" and name not in already_loaded and top not in already_loaded:
            del sys.modules[name]
