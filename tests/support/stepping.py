"""Driving the engine in this process: a scripted observer that answers each stop with the next command."""

from __future__ import annotations

import importlib.util
import linecache
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import CodeType, ModuleType

from heapsight.debuggee.engine.engine import BackendKind, Engine
from heapsight.debuggee.engine.model import Breakpoint, BreakpointSpec, LogOutput, StepKind, Stop
from heapsight.debuggee.engine.scope import Scope

PROGRAMS = Path(__file__).parent.parent / "programs"
_IS_311 = sys.version_info < (3, 12)
# Those that differ on this version.
_ONLY_ON = {BackendKind.MONITORING: not _IS_311, BackendKind.FRAME_EVALUATION: _IS_311}
BACKENDS = [kind for kind in BackendKind if _ONLY_ON.get(kind, True)]


def load(path: Path) -> ModuleType:
    """Import a program anew, as a module of its own."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def marked_line(path: Path, marker: str) -> int:
    """Return the line that carries the comment `# @marker`."""
    for number, text in enumerate(path.read_text().splitlines(), 1):
        if f"# @{marker}" in text and text.split(f"# @{marker}")[1][:1] in {"", " "}:
            return number
    raise LookupError(f"{path.name} has no marker @{marker}")


def place(stop: Stop) -> str:
    """Return the marker of the line that a stop is on, else its text."""
    text = linecache.getline(stop.frame.f_code.co_filename, stop.frame.f_lineno).strip()
    _, _, marker = text.partition("# @")
    return marker.split()[0] if marker else text


class ProgramOnly(Scope):
    """Counts the fixture programs as the user's code, and this driver as a library."""

    def is_mine(self, code: CodeType) -> bool:
        return super().is_mine(code) and (not self.just_my_code or code.co_filename.startswith(str(PROGRAMS)))


class Script:
    """An observer that sends one command a stop, then lets the program run."""

    def __init__(self, commands: Iterable[StepKind], look: Callable[[Stop], object] = place) -> None:
        self._commands = iter(commands)
        self._look = look
        self.seen: list[object] = []
        self.logs: list[str] = []
        self.changed: list[Breakpoint] = []
        self.threads: list[tuple[str, int]] = []
        self.engine: Engine

    def stopped(self, stop: Stop) -> None:
        self.seen.append(self._look(stop))
        command = next(self._commands, StepKind.CONTINUE)
        self.engine.post(stop.thread_id, lambda: self.engine.resume(stop.thread_id, command))

    def breakpoint_changed(self, bp: Breakpoint) -> None:
        self.changed.append(bp)

    def logged(self, output: LogOutput) -> None:
        self.logs.append(output.text)

    def thread_started(self, thread_id: int, name: str) -> None:
        self.threads.append(("started", thread_id))

    def thread_exited(self, thread_id: int) -> None:
        self.threads.append(("exited", thread_id))


def run_script(
    backend: BackendKind | None,
    script: Script,
    path: Path,
    specs: Sequence[BreakpointSpec],
    program: Callable[[], object],
    *,
    just_my_code: bool = True,
    scope: Scope | None = None,
    prepare: Callable[[Engine], object] = lambda engine: None,
) -> Script:
    """Run `program` under an engine with breakpoints in `path`; no tracing is left behind."""
    engine = script.engine = Engine(script, backend=backend, scope=scope or ProgramOnly(just_my_code=just_my_code))
    engine.set_source_breakpoints(str(path), specs)
    prepare(engine)
    engine.install()
    try:
        program()
    finally:
        engine.uninstall()
    return script
