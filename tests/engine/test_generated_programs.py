"""Stepping on generated programs, against `bdb` and against the meaning of each step read off a full trace."""

from __future__ import annotations

import bdb
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, ModuleType

from hypothesis import given, note
from hypothesis import strategies as st

from heapsight.debuggee.engine.engine import BackendKind
from heapsight.debuggee.engine.model import BreakpointSpec, StepKind, Stop
from support.comprehensions import COMPREHENSIONS, inlined_at
from support.generated import tries
from support.generated_programs import OnlyThese, programs, written
from support.stepping import BACKENDS, Script, run_script

IN, OVER, OUT = StepKind.IN, StepKind.OVER, StepKind.OUT
_SETTINGS = tries(20)


def _main_line(module: ModuleType) -> int:
    return module.main.__code__.co_firstlineno + 1


def _where(stop: Stop) -> tuple[str, int]:
    return stop.frame.f_code.co_qualname, stop.frame.f_lineno


def _ours(backend: BackendKind, path: Path, module: ModuleType, commands: list[StepKind]) -> list[object]:
    script = Script(commands, look=_where)
    spec = BreakpointSpec(line=_main_line(module), hit_condition="1")
    return run_script(backend, script, path, [spec], module.main, scope=OnlyThese()).seen


class _Lines(bdb.Bdb):
    """Steps into everything, and writes down the lines."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = str(path)
        self.seen: list[tuple[str, int, FrameType]] = []

    def user_line(self, frame: FrameType) -> None:
        if frame.f_code.co_filename == self._path and not _begins_comprehension(frame):
            self.seen.append((frame.f_code.co_qualname, frame.f_lineno, frame))
        self.set_step()


def _begins_comprehension(frame: FrameType) -> bool:
    if frame.f_code.co_name in COMPREHENSIONS:
        return frame.f_lineno == frame.f_code.co_firstlineno
    inlined = inlined_at(frame)
    return inlined is not None and inlined[2] == frame.f_lineno


def _without_repeats(lines: list[tuple[str, int, FrameType]]) -> list[tuple[str, int]]:
    """Leave out what is intended to differ from bdb.

    Lines that a frame comes by again with nothing in between: a loop on one line. And the line that a comprehension
    begins on, in its own frame: the statement around it was there just before.
    """
    kept: list[tuple[str, int, FrameType]] = []
    for one in lines:
        if not kept or kept[-1] != one:
            kept.append(one)
    return [(name, line) for name, line, _ in kept]


@given(programs())
@_SETTINGS
def test_stepping_in_visits_the_lines_that_bdb_visits(source: str) -> None:
    path, module = written(source)
    peer = _Lines(path)
    peer.runcall(module.main)
    wanted = _without_repeats(peer.seen)
    for backend in BACKENDS:
        _, again = written(source)
        again_path = Path(again.__file__ or "")
        assert _ours(backend, again_path, again, [IN] * 100_000) == wanted, backend


@dataclass(frozen=True)
class _Event:
    """One line event of a full trace: the frame, its line, and the frames below it."""

    frame: int
    name: str
    line: int
    stack: tuple[int, ...]
    in_comprehension: bool
    begins_comprehension: bool


def _full_trace(path: Path, main: Callable[[], object]) -> list[_Event]:
    events: list[_Event] = []
    frames: list[FrameType] = []  # kept, so that no two have the same id

    def stack_of(frame: FrameType | None) -> tuple[int, ...]:
        found = []
        while frame is not None:
            if frame.f_code.co_filename == str(path):
                found.append(id(frame))
            frame = frame.f_back
        return tuple(found)

    def trace(frame: FrameType, event: str, _arg: object) -> object:
        if frame.f_code.co_filename != str(path):
            return None
        frames.append(frame)
        if event == "line":
            within, begins = inlined_at(frame) is not None, _begins_comprehension(frame)
            events.append(_Event(id(frame), frame.f_code.co_qualname, frame.f_lineno, stack_of(frame), within, begins))
        return trace

    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        main()
    finally:
        sys.settrace(None)
    return events


def _expected(events: list[_Event], commands: list[StepKind], is_plain: Callable[[str], bool]) -> list[tuple[str, int]]:
    """Return the stops that the definition of each step gives, as far as plain functions go.

    Over: the next line of the frame itself or of one of its callers. Out: of one of its callers. In: the next line.
    The same line of the same frame again is not a new place, the line that a comprehension begins on is not one of its
    own, and a comprehension is stepped over and out of as a whole. Stops at the first line of anything but a plain
    function: what a suspended frame's callers are is for the tables to say.
    """
    at = 0
    seen = [(events[0].name, events[0].line)]
    for command in commands:
        now = events[at]
        if not is_plain(now.name):
            break
        targets = {OVER: set(now.stack), OUT: set(now.stack[1:])}.get(command)
        within = {event.frame: event.in_comprehension for event in events[: at + 1]}
        for following in range(at + 1, len(events)):
            event = events[following]
            again = (event.frame == now.frame and event.line == now.line) or event.begins_comprehension
            if targets is not None and event.in_comprehension and not within.get(event.frame, False):
                continue
            if not again and (targets is None or event.frame in targets):
                at = following
                seen.append((event.name, event.line))
                break
        else:
            break
    return seen


@given(programs(), st.lists(st.sampled_from([IN, OVER, OVER, OUT]), min_size=1, max_size=30))
@_SETTINGS
def test_random_steps_go_where_their_definition_says(source: str, commands: list[StepKind]) -> None:
    path, module = written(source)
    suspendable = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
    events = _full_trace(path, module.main)
    plain = {
        name: not getattr(getattr(module, name.partition(".")[0], None), "__code__", _full_trace.__code__).co_flags
        & suspendable
        for name in {event.name for event in events}
    }
    wanted = _expected(events, commands, lambda name: plain[name])
    note(source)
    for backend in BACKENDS:
        _, again = written(source)
        seen = _ours(backend, Path(again.__file__ or ""), again, commands)
        assert seen[: len(wanted)] == wanted, backend


@given(programs(), st.lists(st.sampled_from([IN, OVER, OVER, OUT]), min_size=1, max_size=40))
@_SETTINGS
def test_both_back_ends_stop_at_the_same_places(source: str, commands: list[StepKind]) -> None:
    note(source)
    results = []
    for backend in BACKENDS:
        path, module = written(source)
        results.append(_ours(backend, path, module, commands))
    assert all(result == results[0] for result in results)
