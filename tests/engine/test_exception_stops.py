"""Where exceptions stop, by filter, on both back ends."""

from __future__ import annotations

import sys

import pytest

from heapsight.debuggee.engine.engine import BackendKind, Engine
from heapsight.debuggee.engine.model import BreakMode, Stop
from support.exceptions import rules
from support.stepping import BACKENDS, PROGRAMS, Script, load, place, run_script

PROGRAM = PROGRAMS / "step_exceptions.py"
RAISED, UNCAUGHT, USER = BreakMode.ALWAYS, BreakMode.UNHANDLED, BreakMode.USER_UNHANDLED

CASES: dict[str, tuple[str, frozenset[BreakMode], list[str]]] = {
    "raised stops once, where it was raised": ("caught", frozenset({RAISED}), ["raises_line"]),
    "uncaught leaves handled exceptions alone": ("caught", frozenset({UNCAUGHT}), []),
    "raised in a library stops in the user's frame": ("library_raises", frozenset({RAISED}), ["library_call"]),
    "a hook's exception is raised": ("through_library", frozenset({RAISED}), ["hook_line"]),
    "leaving user code for a library is user-unhandled": ("calls_hook", frozenset({USER}), ["hook_line"]),
    "handled by user code behind a library is not": ("through_library", frozenset({USER}), []),
    "handled by user code is not user-unhandled": ("caught", frozenset({USER}), []),
    "raised again with a bare raise is user-unhandled": ("calls_failing_hook", frozenset({USER}), ["bare_raise"]),
    "leaving through a finally is user-unhandled, where it leaves": (
        "calls_finally_hook",
        frozenset({USER}),
        ["finally_last"],
    ),
    "an iterator's end is no exception": ("iterates", frozenset({RAISED}), []),
    "each exception thrown into a generator is one of its own": (
        "throws_into_generators",
        frozenset({RAISED, UNCAUGHT, USER}),
        ["suspended"] * 4,
    ),
    "one stop for one exception, raised again or not": ("caught_reraise", frozenset({RAISED}), ["raises_line"]),
}


def _look(stop: Stop) -> object:
    assert stop.exception is not None
    return place(stop)


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize("case", CASES)
def test_filters(case: str, backend: BackendKind) -> None:
    function, modes, wanted = CASES[case]
    module = load(PROGRAM)

    def choose(engine: Engine) -> None:
        engine.set_exception_breakpoints(rules(*modes))

    def program() -> None:
        try:
            getattr(module, function)()
        except BaseException:  # noqa: BLE001 - a library that takes everything
            pass

    script = run_script(backend, Script([], look=_look), PROGRAM, [], program, prepare=choose)
    assert script.seen == wanted


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_the_last_exception_stops_where_it_was_raised(backend: BackendKind) -> None:
    module = load(PROGRAM)
    script = Script([], look=lambda stop: (place(stop), [frame.f_code.co_name for frame in frames_of(stop)][:2]))

    def frames_of(stop: Stop) -> list[object]:
        return script.engine.frames(stop.thread_id)  # type: ignore[return-value]

    def program() -> None:
        try:
            module.uncaught()
        except KeyError as error:
            script.engine.report_uncaught(error)

    def choose(engine: Engine) -> None:
        engine.set_exception_breakpoints(rules(UNCAUGHT))

    run_script(backend, script, PROGRAM, [], program, prepare=choose)
    assert script.seen == [("raises_line", ["raises", "uncaught"])]


PATHS = PROGRAMS / "exc_paths.py"
# What stops as raised, and what as user-unhandled where a library takes everything that comes out of the function.
# An exception stops once, however many frames, tasks and threads it comes through; another one that it leads to is
# another one. A future forgets the traceback when it is awaited again: then it looks like one that is raised anew.
ON_THE_WAY: dict[str, tuple[list[str], list[str]]] = {
    "plain": (["fails"], ["fails"]),
    "awaited": (["fails_soon"], ["fails_soon"]),
    "awaited_task": (["fails_soon"], ["fails_soon"]),
    "gathered": (["fails_soon"], ["fails_soon"]),
    "in_a_task_group": (["fails_soon", "task_group"], ["fails_soon", "task_group"]),
    "awaited_twice": (["fails_soon", "awaits_again"], ["fails_soon"]),
    "in_async_generator": (["fails_soon"], ["fails_soon"]),
    "in_async_with": (["fails_soon"], ["fails_soon"]),
    "in_a_pool": (["fails"], ["fails"]),
    "in_a_thread": (["fails"], ["fails"]),
    "in_generators": (["fails"], ["fails"]),
    "in_comprehension": (["fails"], ["fails"]),
    "in_key_function": (["fails"], ["fails"]),
    "through_with": (["fails"], ["fails"]),
    "through_cache": (["fails"], ["fails"]),
    "from_another": (["fails", "from_another"], ["from_another"]),
    "again_and_again": (["fails"], ["fails"]),
    "kept_and_raised_later": (["fails"], ["fails"]),
    "handled": (["fails"] * 3, []),
}
# 3.11 does not know any more who has resumed a coroutine that is at its end: the stop is in the outermost one.
OUTERMOST_ON_3_11 = {
    "awaited": "awaits_inner",
    "in_async_generator": "iterates",
    "in_async_with": "within",
    "in_generators": "lists",
}


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize("case", ON_THE_WAY)
def test_one_stop_for_one_exception(case: str, backend: BackendKind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.excepthook", lambda args: None)
    module = load(PATHS)

    def program() -> None:
        try:
            getattr(module, case)()
        except BaseException:  # noqa: BLE001 - a library that takes everything
            pass

    for mode, wanted in zip((RAISED, USER), ON_THE_WAY[case], strict=True):
        script = run_script(
            backend,
            Script([], look=_look),
            PATHS,
            [],
            program,
            prepare=lambda engine, mode=mode: engine.set_exception_breakpoints(rules(mode)),  # type: ignore[misc]
        )
        if mode is USER and sys.version_info < (3, 12) and case in OUTERMOST_ON_3_11:
            wanted = [OUTERMOST_ON_3_11[case]]
        assert script.seen == wanted, mode
