"""Where exceptions stop, by filter, on both back ends."""

from __future__ import annotations

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
