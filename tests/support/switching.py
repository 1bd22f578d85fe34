"""Watching that a program itself switches on and off, at any moment: it is given the script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from heapsight.debuggee.engine.engine import BackendKind, Engine
from heapsight.debuggee.engine.model import BreakpointSpec, StepKind
from heapsight.debuggee.engine.watchpoints.places import Place
from heapsight.debuggee.engine.watchpoints.watch import Access, DataSpec, Describing
from support.stepping import ProgramOnly, Script, load, marked_line
from support.watching import place_shown, quiet_text


class Switching(Script):
    """Watches the place that `make` returns for what the program calls `watch` with, until it calls `unwatch`."""

    def __init__(self, make: Callable[[object], Place], commands: list[StepKind] | None = None) -> None:
        super().__init__(commands or [], look=lambda stop: (place_shown(stop), stop.headline))
        self._make = make
        self.places: list[Place] = []

    def watch(self, obj: object) -> None:
        place = self._make(obj)
        self.places.append(place)
        self.engine.set_data_breakpoints([DataSpec("1", place, Access.WRITE)])

    def unwatch(self) -> None:
        self.engine.set_data_breakpoints([])


def run_switching(
    script: Switching,
    program: Path,
    function: str,
    backend: BackendKind | None,
    *,
    markers: tuple[str, ...] = (),
    module: ModuleType | None = None,
) -> list[object]:
    """Run a function of the program, which gets the script; return what it stopped for. `module`: loaded from it."""
    module = module or load(program)
    engine = script.engine = Engine(
        script, backend=backend, scope=ProgramOnly(), describing=Describing(full=quiet_text, quiet=quiet_text)
    )
    # Something that is expected, so that the program is traced before anything is watched.
    lines = [marked_line(program, marker) for marker in markers]
    engine.set_source_breakpoints(str(program), [BreakpointSpec(line=line) for line in lines])
    engine.install()
    try:
        getattr(module, function)(script)
    finally:
        engine.uninstall()
    return script.seen
