"""Data breakpoints in this process: a program is watched from its call of `ready()` on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType, ModuleType

from heapsight.debuggee.engine.engine import BackendKind, Engine
from heapsight.debuggee.engine.model import BreakpointSpec, StepKind, Stop, StopReason
from heapsight.debuggee.engine.watchpoints.container_places import IndexPlace, KeyPlace, LengthPlace
from heapsight.debuggee.engine.watchpoints.places import AttributePlace, NamespacePlace, Place, variable_of
from heapsight.debuggee.engine.watchpoints.watch import Access, DataSpec, Describing
from heapsight.debuggee.frames import read_locals
from support.stepping import PROGRAMS, ProgramOnly, Script, load, marked_line, place

Watched = Callable[[FrameType], Place]


def variable(name: str) -> Watched:
    """Watch a variable of the function, in its cell where functions share it."""
    return lambda frame: variable_of(name, frame, name)


def module_name(name: str, module: str | None = None) -> Watched:
    """Watch a name of the module, by the module's name or by its dict."""

    def make(frame: FrameType) -> Place:
        found = NamespacePlace(name, None, name, module)
        if module is None:
            found.bind(frame.f_globals, None)
        return found

    return make


def attribute(owner: str, name: str) -> Watched:
    """Watch an attribute of what a variable refers to."""
    return lambda frame: AttributePlace(f"{owner}.{name}", _value(frame, owner), name)


def item(container: str, key: object) -> Watched:
    """Watch an item of a dict or a list."""

    def make(frame: FrameType) -> Place:
        found = _value(frame, container)
        label = f"{container}[{key!r}]"
        return IndexPlace(label, found, key) if isinstance(found, list) else KeyPlace(label, found, key)  # type: ignore

    return make


def length(container: str) -> Watched:
    """Watch how many items there are."""
    return lambda frame: LengthPlace(f"len({container})", _value(frame, container))


def _value(frame: FrameType, name: str) -> object:
    return {**frame.f_globals, **read_locals(frame)}[name]


class WatchingScript(Script):
    """Sets data breakpoints at the first stop, in the frame that called `ready()`; then notes (reason, place) pairs."""

    def __init__(self, *watched: Watched, access: Access = Access.WRITE, commands=(), breakpoints=(), **spec) -> None:
        super().__init__(commands, look=lambda stop: (place_shown(stop), stop.headline))
        self._watched = watched
        self._access = access
        self._spec = spec
        self._breakpoints = breakpoints
        self.stops: list[Stop] = []
        # Where each stop was shown, the first one left out.
        self.places: list[str] = []
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
                path = Path(stop.frame.f_code.co_filename)
                lines = [BreakpointSpec(line=marked_line(path, marker)) for marker in self._breakpoints]
                self.engine.set_source_breakpoints(str(path), lines)
                self.engine.resume(stop.thread_id, StepKind.CONTINUE)

            self.engine.post(stop.thread_id, watch)
            return
        self.stops.append(stop)
        self.places.append(place_shown(stop))
        super().stopped(stop)


def quiet_text(value: object) -> str:
    """Return a text that calls nothing of the program's."""
    return repr(value) if type(value) in {int, str, float, bool, type(None), list, dict} else object.__repr__(value)


def place_shown(stop: Stop) -> str:
    """Return the marker of the line that is shown, else its text."""

    class Shown:
        f_code = stop.frame.f_code
        f_lineno = stop.line

    class At:
        frame = Shown

    return place(At)  # type: ignore[arg-type]


def run_watched(
    backend: BackendKind | None,
    script: WatchingScript,
    program: Callable[[], object],
    module: ModuleType,
) -> WatchingScript:
    """Run `program` of `module` with the data breakpoints of `script`."""
    path = Path(module.__file__ or "")
    engine = script.engine = Engine(
        script, backend=backend, scope=ProgramOnly(), describing=Describing(full=repr, quiet=quiet_text)
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
    shown = zip(script.places, script.stops[1:], strict=True)
    return [(place, stop.headline or "") for place, stop in shown if stop.reason is StopReason.DATA_BREAKPOINT]


def load_writes() -> ModuleType:
    """Import the program with one function for each way of writing."""
    module = load(PROGRAMS / "data_writes.py")
    sys.modules.pop("data_writes", None)
    return module
