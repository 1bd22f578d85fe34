"""Stepping, as tables: where it starts, and (command, place) pairs. Both back ends, every interpreter."""

from __future__ import annotations

import sys

import pytest

from heapsight.debuggee.engine.engine import BackendKind
from heapsight.debuggee.engine.model import BreakpointSpec, StepKind, Stop, StopReason
from support.stepping import BACKENDS, PROGRAMS, Script, load, marked_line, place, run_script

IN, OVER, OUT = StepKind.IN, StepKind.OVER, StepKind.OUT
PROGRAM = PROGRAMS / "step_cases.py"

# The function that is run, the marker of the breakpoint, and the steps: each command and where it leads. A last command
# that leads to None runs to the end of the program without another stop.
CASES: dict[str, tuple[str, str, list[tuple[StepKind, str | None]]]] = {
    "over lines and calls": (
        "calls",
        "calls_start",
        [(OVER, "calls_call"), (OVER, "calls_end"), (OVER, None)],
    ),
    "into a call and on to the caller": (
        "calls",
        "calls_call",
        [(IN, "add_body"), (OVER, "add_return"), (OVER, "calls_end")],
    ),
    "out of a call": ("calls", "add_body", [(OUT, "calls_end"), (OUT, None)]),
    "over recursion stays in the frame": ("recursion", "recursion_call", [(OVER, "recursion_end")]),
    "at a function's end to the caller, not into the sibling call": (
        "recursion",
        "recursion_call",
        [(IN, "rec_if"), (OVER, "rec_sum"), (IN, "rec_if"), (OVER, "rec_sum"), (OVER, "recursion_end")],
    ),
    "over a call that raises": (
        "handled",
        "handled_call",
        [(OVER, "handled_except"), (OVER, "handled_body"), (OVER, "handled_finally"), (OVER, "handled_end")],
    ),
    "an exception leaves the stepped frame": ("handled", "fails_raise", [(OVER, "handled_except")]),
    "an exception leaves two frames": ("handled", "middle_call", [(OVER, "handled_except")]),
    "out of a frame that raises": ("handled", "fails_raise", [(OUT, "handled_except")]),
    "over a with that suppresses": (
        "suppressed",
        "suppressed_call",
        [(OVER, "suppressed_with"), (OVER, "suppressed_end")],
    ),
    "over a for over a generator": (
        "consumes",
        "consumes_for",
        [(OVER, "consumes_body"), (OVER, "consumes_for"), (OVER, "consumes_body"), (OVER, "consumes_for")],
    ),
    "into a generator and over its yield": (
        "consumes",
        "consumes_for",
        [(IN, "numbers_one"), (OVER, "consumes_body"), (OVER, "consumes_for"), (IN, "numbers_two")],
    ),
    "out of a generator": ("consumes", "numbers_one", [(OUT, "consumes_body")]),
    "over the yield of a generator that is dropped": (
        "drops",
        "closing_yield",
        [(OVER, "drops_break"), (OVER, "drops_after")],
    ),
    "over the finally of a generator that was dropped": (
        "drops",
        "closing_finally",
        [(OVER, "closing_last"), (OVER, "drops_after"), (OVER, "drops_end")],
    ),
    "over a comprehension": ("comprehension", "comprehension_line", [(OVER, "comprehension_end")]),
    "into a call in a comprehension on several lines": (
        "long_comprehension",
        "long_element",
        [(IN, "square_body"), (OVER, "return result")],
    ),
    "into what a comprehension on one line calls": (
        "one_line_comprehension",
        "one_line",
        [(IN, "square_body"), (OUT, None)],
    ),
    "into what a generator expression on one line calls": (
        "one_line_generator",
        "one_line_sum",
        [(IN, "square_body"), (OVER, "return result"), (IN, "square_body"), (OUT, None)],
    ),
    "over an await": (
        "runs_loop",
        "answer_await",
        [(OVER, "answer_value"), (OVER, "answer_return"), (OVER, "asks_return"), (OVER, "loop_end")],
    ),
    "into an awaited coroutine": ("runs_loop", "asks_await", [(IN, "answer_await"), (OVER, "answer_value")]),
    "over awaiting a coroutine": ("runs_loop", "asks_await", [(OVER, "asks_return")]),
    "out of a coroutine": ("runs_loop", "answer_await", [(OUT, "asks_return")]),
    "over asyncio.run": ("runs_loop", "loop_run", [(OVER, "loop_end")]),
    "over an await in an async generator": (
        "runs_listener",
        "ticks_await",
        [(OVER, "ticks_yield"), (OVER, "listens_body"), (OVER, "listens_for")],
    ),
    "over an async for": (
        "runs_listener",
        "listens_for",
        [(OVER, "listens_body"), (OVER, "listens_for"), (OVER, "listens_body")],
    ),
    "into code that a library calls back": (
        "calls_back",
        "back_sorted",
        [(IN, "key_body"), (IN, "key_body"), (OVER, "back_end")],
    ),
    "a library is not stepped into": ("library", "library_call", [(IN, "library_end")]),
    "into a lambda": ("anonymous", "anonymous_call", [(IN, "anonymous_lambda"), (OVER, "anonymous_end")]),
    "into the ends of a with": (
        "guards",
        "guards_with",
        [(IN, "guard_enter"), (IN, "guards_inside"), (IN, "guards_with"), (IN, "guard_exit"), (IN, "guards_end")],
    ),
    "through a match": (
        "matches",
        "matches_match",
        [(OVER, "matches_a"), (OVER, "matches_b"), (OVER, "matches_found")],
    ),
    "over the await of a task": ("runs_task", "task_await", [(OVER, "task_end")]),
    "over the end of a task to whoever awaits it": (
        "runs_task",
        "short_await",
        [(OVER, "short_end"), (OVER, "task_end")],
    ),
    "out of a task": ("runs_task", "short_await", [(OUT, "task_end")]),
    "over awaiting several": ("runs_gather", "gather_await", [(OVER, "gather_end")]),
    "into a context manager made of a generator": (
        "uses_managed",
        "uses_with",
        [
            (IN, "managed_begin"),
            (OVER, "managed_yield"),
            (OVER, "uses_inside"),
            (IN, "uses_with"),
            (IN, "managed_finish"),
        ],
    ),
    "over a context manager made of a generator": (
        "uses_managed",
        "uses_with",
        [(OVER, "uses_inside"), (OVER, "uses_with"), (OVER, "uses_end")],
    ),
    "over a yield from": ("consumes_delegated", "delegates_from", [(OVER, "delegates_own"), (OVER, "delegated_end")]),
    "out of a generator that another delegates to": ("consumes_delegated", "numbers_one", [(OUT, "delegates_own")]),
    "over an async with": (
        "runs_guarded",
        "guarded_with",
        [(OVER, "guarded_inside"), (OVER, "guarded_with"), (OVER, "guarded_end")],
    ),
    "into the ends of an async with": (
        "runs_guarded",
        "guarded_with",
        [(IN, "aenter"), (OVER, "guarded_inside"), (OVER, "guarded_with"), (IN, "aexit_await"), (OVER, "aexit_end")],
    ),
    "an exception leaves an awaited coroutine": (
        "runs_handles",
        "fails_later_await",
        [(OVER, "fails_later_raise"), (OVER, "handles_except"), (OVER, "handles_body")],
    ),
    "over an await that raises": ("runs_handles", "handles_await", [(OVER, "handles_except")]),
    "over an async comprehension": ("runs_collects", "collects_all", [(OVER, "collects_end")]),
    "into and out of a closure": (
        "closures",
        "closures_call",
        [(IN, "counter_body"), (OUT, "closures_end"), (OVER, None)],
    ),
    "an exception leaves a generator": (
        "consumes_raising",
        "raising_raise",
        [(OVER, "raising_except"), (OVER, "raising_handled"), (OVER, "raising_end")],
    ),
    "through a decorator": (
        "decorated",
        "decorated_call",
        [(IN, "decorated_inner"), (OVER, "decorated_end")],
    ),
}


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize("case", CASES)
def test_steps(case: str, backend: BackendKind) -> None:
    function, start, moves = CASES[case]
    module = load(PROGRAM)
    spec = BreakpointSpec(line=marked_line(PROGRAM, start))
    # Once is enough: the breakpoint's own later hits would cut steps short.
    spec = BreakpointSpec(line=spec.line, hit_condition="1")
    script = Script([command for command, _ in moves])
    run_script(backend, script, PROGRAM, [spec], getattr(module, function))
    wanted = [start, *[place for _, place in moves if place is not None]]
    assert script.seen[: len(wanted)] == wanted
    if moves[-1][1] is None:
        assert len(script.seen) == len(wanted)


@pytest.mark.parametrize("command", [OUT, OVER], ids=lambda kind: kind.value)
@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_a_caller_without_another_line_is_no_end(backend: BackendKind, command: StepKind) -> None:
    module = load(PROGRAM)
    spec = BreakpointSpec(line=marked_line(PROGRAM, "helper_body"))
    # The function ends in the call, and what called it is a library: on to whatever it calls next.
    script = Script([command])
    run_script(backend, script, PROGRAM, [spec], lambda: (module.ends_in_a_call(1), module.calls()))
    assert script.seen == ["helper_body", "calls_start"]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_a_comprehension_is_stepped_over_as_a_whole(backend: BackendKind) -> None:
    module = load(PROGRAM)
    script = Script([OVER] * 20)
    spec = BreakpointSpec(line=marked_line(PROGRAM, "long_before"))
    run_script(backend, script, PROGRAM, [spec], module.long_comprehension)
    # Whether the list's first line or the iterable's comes first depends on the version.
    assert set(script.seen) - {"for n in range(before)"} == {"long_before", "long_start", "long_end"}
    assert len(script.seen) <= 5


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_all_code_is_stepped_into_without_just_my_code(backend: BackendKind) -> None:
    module = load(PROGRAM)
    files: list[str] = []
    script = Script([IN, IN], look=lambda stop: files.append(stop.frame.f_code.co_filename))
    spec = BreakpointSpec(line=marked_line(PROGRAM, "library_call"))
    run_script(backend, script, PROGRAM, [spec], module.library, just_my_code=False)
    assert "json" in files[1]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_nothing_is_left_behind(backend: BackendKind) -> None:
    module = load(PROGRAM)
    spec = BreakpointSpec(line=marked_line(PROGRAM, "calls_call"))
    script = run_script(backend, Script([OVER]), PROGRAM, [spec], module.calls)
    assert script.seen == ["calls_call", "calls_end"]
    assert sys.gettrace() is None
    if sys.version_info >= (3, 12):
        assert sys.monitoring.get_tool(sys.monitoring.DEBUGGER_ID) is None
    module.calls()
    assert len(script.seen) == 2


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_a_breakpoint_set_while_its_function_runs_is_hit(backend: BackendKind) -> None:
    module = load(PROGRAM)
    later = BreakpointSpec(line=marked_line(PROGRAM, "calls_end"))
    script = Script([])
    first = BreakpointSpec(line=marked_line(PROGRAM, "calls_start"))

    def look(stop: object) -> object:
        script.engine.set_source_breakpoints(str(PROGRAM), [later])
        return None

    script = Script([], look=look)
    run_script(backend, script, PROGRAM, [first], module.calls)
    assert len(script.seen) == 2


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize(("name", "wanted"), [("add", ["add_body"]), ("numbers", ["numbers_one"] * 2)])
def test_a_function_breakpoint_stops_at_the_first_line_once_a_call(
    name: str, wanted: list[str], backend: BackendKind
) -> None:
    module = load(PROGRAM)
    reasons = []

    def look(stop: Stop) -> object:
        reasons.append((stop.reason, [bp.spec.function for bp in stop.breakpoints]))
        return place(stop)

    script = Script([], look=look)
    specs = [BreakpointSpec(function=name)]

    def program() -> None:
        module.calls()
        module.consumes()
        module.consumes()

    run_script(backend, script, PROGRAM, [], program, prepare=lambda engine: engine.set_function_breakpoints(specs))
    assert script.seen == wanted
    assert reasons == [(StopReason.FUNCTION_BREAKPOINT, [name])] * len(wanted)
