"""Data breakpoints in this process: a program is watched from its call of `ready()` on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType, ModuleType

from heapsight.debuggee.engine.engine import BackendKind, Engine
from heapsight.debuggee.engine.model import BreakpointSpec, StepKind, Stop, StopReason
from heapsight.debuggee.engine.watchpoints.places import Place
from heapsight.debuggee.engine.watchpoints.watchpoints import Access, DataSpec, Describing
from support.stepping import PROGRAMS, ProgramOnly, Script, load, place

Watched = Callable[[FrameType], Place]


class WatchingScript(Script):
    """Sets data breakpoints at the first stop, in the frame that called `ready()`; then notes (reason, place) pairs."""

    def __init__(self, *watched: Watched, access: Access = Access.WRITE, commands=(), **spec) -> None:
        super().__init__(commands, look=lambda stop: (place_shown(stop), stop.headline))
        self._watched = watched
        self._access = access
        self._spec = spec
        self.stops: list[Stop] = []
        self.set: list = []

    def stopped(self, stop: Stop) -> None:
        if not self.stops:
            self.stops.append(stop)
            frame = stop.frame.f_back
            assert frame is not None
            places = [watched(frame) for watched in self._watched]
            specs = [DataSpec(str(n), one, self._access, **self._spec) for n, one in enumerate(places)]

            def watch() -> None:
                self.set = self.engine.set_data_breakpoints(specs)
                self.engine.set_source_breakpoints(str(Path(stop.frame.f_code.co_filename)), [])
                self.engine.resume(stop.thread_id, StepKind.CONTINUE)

            self.engine.post(stop.thread_id, watch)
            return
        self.stops.append(stop)
        super().stopped(stop)


def place_shown(stop: Stop) -> str:
    """Return the marker of the line that is shown, else its text."""

    class Shown:
        f_code = stop.frame.f_code
        f_lineno = stop.line

    class At:
        frame = Shown

    return place(At)  # type: ignore[arg-type]


def run_watched(
    backend: BackendKind,
    script: WatchingScript,
    program: Callable[[], object],
    module: ModuleType,
) -> WatchingScript:
    """Run `program` of `module` with the data breakpoints of `script`."""
    path = Path(module.__file__ or "")
    engine = script.engine = Engine(
        script, backend=backend, scope=ProgramOnly(), describing=Describing(full=repr, quiet=object.__repr__)
    )
    line = module.ready.__code__.co_firstlineno + 1
    engine.set_source_breakpoints(str(path), [BreakpointSpec(line=line)])
    engine.install()
    try:
        program()
    finally:
        engine.uninstall()
    return script


def data_stops(script: WatchingScript) -> list[tuple[str, str]]:
    """Return (place, headline) of the stops for data."""
    return [
        (place_shown(stop), stop.headline or "")
        for stop in script.stops[1:]
        if stop.reason is StopReason.DATA_BREAKPOINT
    ]


def load_writes() -> ModuleType:
    """Import the program with one function for each way of writing."""
    module = load(PROGRAMS / "data_writes.py")
    sys.modules.pop("data_writes", None)
    return module
