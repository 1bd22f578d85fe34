"""Steps by single instructions, against the instructions that the interpreter itself reports."""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable
from types import FrameType

import pytest

from heapsight.debuggee.engine.engine import BackendKind
from heapsight.debuggee.engine.model import BreakpointSpec, Granularity, StepKind, Stop, StopReason
from support.stepping import BACKENDS, PROGRAMS, Script, load, marked_line, run_script

PROGRAM = PROGRAMS / "step_cases.py"
IN, OVER, OUT = StepKind.IN, StepKind.OVER, StepKind.OUT


class ByInstructions(Script):
    """Steps by instructions, with the commands given and then the last of them."""

    def __init__(self, commands: list[StepKind], most: int = 500) -> None:
        super().__init__([])
        self._kinds = commands
        self._most = most
        self.reasons: list[StopReason] = []

    def stopped(self, stop: Stop) -> None:
        self.seen.append((stop.frame.f_code.co_name, stop.frame.f_lasti))
        self.reasons.append(stop.reason)
        kind = self._kinds[min(len(self.seen), len(self._kinds)) - 1]
        if len(self.seen) > self._most:
            kind = StepKind.CONTINUE
        self.engine.post(
            stop.thread_id,
            lambda: self.engine.resume(stop.thread_id, kind, goal=Granularity.INSTRUCTION),
        )


def instructions_run(function: Callable[[], object], *names: str) -> list[tuple[str, int]]:
    """Return the instructions of functions that the interpreter tells of."""
    seen: list[tuple[str, int]] = []

    def trace(frame: FrameType, event: str, _argument: object) -> object:
        if frame.f_code.co_name not in names:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            seen.append((frame.f_code.co_name, frame.f_lasti))
        return trace

    # Twice: 3.12 has to be told after the first wish for these events.
    for _ in range(2):
        seen.clear()
        sys.settrace(trace)  # type: ignore[arg-type]
        try:
            function()
        finally:
            sys.settrace(None)
    return seen


def run(backend: BackendKind, function: str, start: str, commands: list[StepKind], most: int = 500) -> ByInstructions:
    module = load(PROGRAM)
    script = ByInstructions(commands, most)
    spec = BreakpointSpec(line=marked_line(PROGRAM, start), hit_condition="1")
    run_script(backend, script, PROGRAM, [spec], getattr(module, function))
    return script


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize(
    ("function", "start"), [("calls", "calls_start"), ("consumes", "consumes_start"), ("handled", "handled_try")]
)
def test_over_visits_every_instruction_of_the_function(function: str, start: str, backend: BackendKind) -> None:
    bare = instructions_run(getattr(load(PROGRAM), function), function)
    script = run(backend, function, start, [OVER])
    begin = bare.index(script.seen[0])  # type: ignore[arg-type]
    # The last step leads out of the program.
    assert script.seen == bare[begin:]
    assert set(script.reasons[1:]) == {StopReason.STEP}


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_in_goes_into_a_call_and_comes_back_behind_it(backend: BackendKind) -> None:
    script = run(backend, "calls", "calls_start", [IN])
    names = [name for name, _ in script.seen]  # type: ignore[misc]
    inside = names.index("add")
    back = names.index("calls", inside)
    assert set(names) == {"calls", "add"}
    calls = [one.offset for one in dis.get_instructions(load(PROGRAM).calls)]
    before, after = script.seen[inside - 1][1], script.seen[back][1]  # type: ignore[index]
    assert calls.index(after) == calls.index(before) + 1
    add = instructions_run(load(PROGRAM).calls, "add")
    body = [offset for name, offset in script.seen if name == "add"]  # type: ignore[misc]
    assert [("add", offset) for offset in body] == add[-len(body) :]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_out_ends_behind_the_call(backend: BackendKind) -> None:
    script = run(backend, "calls", "add_body", [OUT], most=1)
    assert [name for name, _ in script.seen] == ["add", "calls"]  # type: ignore[misc]
    by_offset = {one.offset: one for one in dis.get_instructions(load(PROGRAM).calls)}
    assert by_offset[script.seen[1][1]].opname == "STORE_FAST"  # type: ignore[index]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_an_instruction_breakpoint(backend: BackendKind) -> None:
    module = load(PROGRAM)
    code = module.add.__code__
    offset = next(one.offset for one in dis.get_instructions(code) if one.opname == "BINARY_OP")
    seen: list[object] = []

    def look(stop: Stop) -> object:
        seen.append((stop.reason, stop.frame.f_code.co_name, stop.frame.f_lasti, stop.frame.f_locals["a"]))
        return None

    specs = [BreakpointSpec(instruction=(id(code), offset), condition="a > 1")]
    script = Script([], look=look)
    run_script(
        backend, script, PROGRAM, [], lambda: [module.add(n, 1) for n in range(3)],
        prepare=lambda engine: engine.set_instruction_breakpoints(specs, [(code, offset)]),
    )  # fmt: skip
    assert seen == [(StopReason.INSTRUCTION_BREAKPOINT, "add", offset, 2)]
