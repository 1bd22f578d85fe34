"""Exceptions in generated programs: each stops once, where it shows up first, told by a tracer of the simplest kind."""

from __future__ import annotations

import itertools
import linecache
import sys
import tempfile
from functools import partial
from pathlib import Path
from types import CodeType, FrameType, ModuleType

import pytest
from hypothesis import given, note

from heapsight.debuggee.engine.engine import BackendKind
from heapsight.debuggee.engine.model import BreakMode, Stop
from heapsight.debuggee.engine.scope import Scope
from support.exceptions import rules
from support.generated import tries
from support.raising_programs import raising_programs
from support.stepping import BACKENDS, Script, load, run_script

_FOLDER = Path(tempfile.mkdtemp(prefix="heapsight-raising-"))
_numbers = itertools.count()
_CONTROL_FLOW = (StopIteration, StopAsyncIteration, GeneratorExit)
_SETTINGS = tries(24)
Where = tuple[str, int, str]


class OnlyThese(Scope):
    """Counts the generated programs alone as the user's code."""

    def is_mine(self, code: CodeType) -> bool:
        return code.co_filename.startswith(str(_FOLDER))


def _written(source: str) -> tuple[Path, ModuleType]:
    path = _FOLDER / f"program_{next(_numbers)}.py"
    path.write_text(source)
    linecache.checkcache(str(path))
    return path, load(path)


def _traced(module: ModuleType) -> list[Where]:
    """Return where each exception of the program first shows up, in order. All are kept, so that none is met twice."""
    seen: list[BaseException] = []
    found: list[Where] = []

    def trace(frame: FrameType, event: str, arg: object) -> object:
        if event == "exception" and frame.f_code.co_filename.startswith(str(_FOLDER)):
            exception = arg[1]  # type: ignore[index]
            if not isinstance(exception, _CONTROL_FLOW) and not any(_is_of(exception, one) for one in seen):
                seen.append(exception)
                found.append((frame.f_code.co_qualname, frame.f_lineno, type(exception).__name__))
        return trace

    sys.settrace(trace)
    try:
        _run(module)
    finally:
        sys.settrace(None)
    return found


def _is_of(exception: BaseException, known: BaseException) -> bool:
    """Say whether `exception` is one that is known, or what `except*` or `suppress` have left of a known group."""
    if isinstance(exception, BaseExceptionGroup) and isinstance(known, BaseExceptionGroup):
        return all(any(one is other for other in known.exceptions) for one in exception.exceptions)
    return exception is known


def _run(module: ModuleType) -> None:
    """Call all functions, as a library that takes everything."""
    for function in module.FUNCTIONS:
        try:
            function()
        except BaseException:  # noqa: BLE001 - see above
            pass


def _look(stop: Stop) -> Where:
    assert stop.exception is not None
    return stop.frame.f_code.co_qualname, stop.frame.f_lineno, type(stop.exception.exception).__name__


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
@_SETTINGS
@given(source=raising_programs())
def test_each_exception_stops_once(backend: BackendKind, source: str) -> None:
    note(source)
    path, module = _written(source)
    expected = _traced(module)
    script = run_script(
        backend,
        Script([], look=_look),
        path,
        [],
        partial(_run, load(path)),
        scope=OnlyThese(),
        prepare=lambda engine: engine.set_exception_breakpoints(rules(BreakMode.ALWAYS)),
    )
    assert script.seen == expected


@_SETTINGS
@given(source=raising_programs(stars=True))
def test_both_back_ends_agree_on_what_is_user_unhandled(source: str) -> None:
    note(source)
    path, _ = _written(source)
    answers = []
    for backend in BACKENDS:
        script = run_script(
            backend,
            Script([], look=_look),
            path,
            [],
            partial(_run, load(path)),
            scope=OnlyThese(),
            prepare=lambda engine: engine.set_exception_breakpoints(rules(BreakMode.USER_UNHANDLED)),
        )
        answers.append(script.seen)
    assert answers == [answers[0]] * len(answers)
