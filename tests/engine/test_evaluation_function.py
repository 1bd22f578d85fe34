"""On 3.11, code without breakpoints is not traced; what is watched, or asked for by a step, changes at any time."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from types import FunctionType

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from heapsight.debuggee.engine.breakpoints import table
from heapsight.debuggee.engine.engine import BackendKind, Engine
from heapsight.debuggee.engine.model import BreakpointSpec, StepKind, Stop, StopReason
from heapsight.debuggee.engine.watchpoints.places import AttributePlace
from support.generated import tries
from support.generated_programs import OnlyThese, written
from support.stepping import PROGRAMS, Script, place
from support.switching import Switching, run_switching

try:
    from heapsight._native import tracing
except ImportError:
    tracing = None  # type: ignore[assignment]

pytestmark = pytest.mark.skipif(tracing is None or sys.version_info >= (3, 12), reason="3.11 with the extension only")
PROGRAM = PROGRAMS / "watched_boxes.py"


@pytest.fixture(autouse=True)
def no_greenlets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where these are used, the evaluation function is not; another test may have imported them."""
    monkeypatch.delitem(sys.modules, "greenlet", raising=False)
    monkeypatch.delitem(sys.modules, "torch._dynamo", raising=False)


def box_watching(commands: list[StepKind] | None = None, kind: type[Switching] = Switching) -> Switching:
    """Return a script that watches the `count` of the box that the program calls `watch` with."""
    return kind(lambda box: AttributePlace("box.count", box, "count"), commands)


def run(
    script: Switching, function: str, backend: BackendKind | None = None, markers: tuple[str, ...] = ()
) -> list[object]:
    """Run a function of the program, which gets the script; return what it stopped for."""
    return run_switching(script, PROGRAM, function, backend, markers=("never", *markers))


def test_on_and_off_again_in_the_middle_of_calls_and_loops() -> None:
    stops = [("grow", f"box.count: {number} → {number + 1}") for number in range(1, 4)]
    for backend in (None, BackendKind.SETTRACE, BackendKind.FRAME_EVALUATION):
        assert run(box_watching(), "switches", backend) == stops * 3, backend


def test_a_generator_that_waits_and_one_that_is_resumed_after_the_end() -> None:
    for backend in (None, BackendKind.SETTRACE):
        assert run(box_watching(), "generates", backend) == [("yields", "box.count: 1 → 2")], backend


def test_in_recursion_that_began_before() -> None:
    for backend in (None, BackendKind.SETTRACE):
        seen = run(box_watching(), "recurses", backend)
        assert seen == [("back", f"box.count: {number} → {number + 1}") for number in range(50)], backend


def test_threads_that_run_already() -> None:
    for backend in (None, BackendKind.SETTRACE):
        assert run(box_watching(), "in_threads", backend) == [("threaded", "box.count: 0 → 1")], backend


def test_steps_from_a_write_and_on() -> None:
    """Everything is traced during a step, and dull again after it."""
    script = box_watching([StepKind.OVER, StepKind.OUT, StepKind.CONTINUE] * 20)
    seen = run(script, "switches")
    assert seen[:3] == [
        ("grow", "box.count: 1 → 2"),
        ("return box.count", None),
        ("for _ in range(3):", None),
    ]
    assert [one for one in seen if one[1]] == [  # type: ignore[index]
        ("grow", f"box.count: {number} → {number + 1}") for number in range(1, 4)
    ] * 3


def test_a_breakpoint_in_what_writes_to_others_is_hit() -> None:
    class Breaking(Switching):
        def stopped(self, stop: Stop) -> None:
            if stop.reason is StopReason.BREAKPOINT:
                assert place(stop) == "others"
            super().stopped(stop)

    seen = run(box_watching(kind=Breaking), "writes_to_others", markers=("others",))
    assert seen == [("others", None)] * 3


def test_arguments_bound_anew_or_shared_are_no_reason_to_look_away() -> None:
    for backend in (None, BackendKind.SETTRACE):
        assert run(box_watching(), "disguises", backend) == [
            ("rebound", "box.count: 0 → 1"),
            ("shared", "box.count: 1 → 2"),
            ("starred", "box.count: 2 → 3"),
            ("swapped", "box.count: 3 → 4"),
            ("chosen", "box.count: 4 → 5"),
            ("deleted", "box.count: 5 → nothing"),
        ], backend


class Looking(Script):
    """Stops at the lines that the program asks for by their numbers, when it asks."""

    def __init__(self) -> None:
        super().__init__([], look=lambda stop: stop.frame.f_lineno)
        self.path: Path

    def look_for(self, *lines: int) -> None:
        self.engine.set_source_breakpoints(str(self.path), [BreakpointSpec(line=line) for line in lines])


_WAYS = (
    "{f}(script)",
    "sorted([1], key=lambda _: {f}(script))",
    "list(map({f}, [script]))",
    "[_ for _ in generate({f}, script)]",
    "Through({f}, script).value",
    "Through({f}, script)[0]",
    "partial({f}, script)()",
)
_PRELUDE = """from functools import partial

class Through:
    def __init__(self, function, script):
        self.call = lambda: function(script)
    def __getitem__(self, index):
        self.call()
    @property
    def value(self):
        return self[1]

def generate(function, script):
    yield function(script)
    yield 2
"""


def _program(choose: random.Random) -> str:
    """Return functions that call later ones in many ways, and between the calls change which lines are looked for."""
    lines = _PRELUDE.splitlines()
    begin = len(lines) + 1
    for number in range(6):
        lines.append(f"def f{number}(script):")
        for _ in range(choose.randrange(2, 6)):
            kind = choose.choice(["call", "call", "look", "plain"])
            if kind == "call" and number < 5:
                way = choose.choice(_WAYS).format(f=f"f{choose.randrange(number + 1, 6)}")
                lines.append(f"    {way}")
            elif kind == "look":
                wanted = choose.sample(range(begin, begin + 25), choose.randrange(0, 3))
                lines.append(f"    script.look_for({', '.join(map(str, wanted))})")
            else:
                lines.append("    number = 1")
        lines.append("    return 0")
    return "\n".join(lines) + "\n"


def _stops(source: str, backend: BackendKind | None) -> list[object]:
    script = Looking()
    script.path, module = written(source)
    engine = script.engine = Engine(script, backend=backend, scope=OnlyThese())
    functions = [one.__code__ for one in vars(module).values() if isinstance(one, FunctionType)]
    with pytest.MonkeyPatch.context() as patch:
        # All code of the process need not be searched for it so often.
        patch.setattr(table, "find_code", lambda wanted, _namespaces: [one for one in functions if wanted(one)])
        engine.install()
        try:
            for _ in range(2):
                module.f0(script)
        finally:
            engine.uninstall()
    return script.seen


@tries(80)
@given(choose=st.randoms(use_true_random=False))
def test_breakpoints_set_anywhere_below_are_hit_as_without_it(choose: random.Random) -> None:
    """From callbacks of C code, generators and properties, begun while nothing was looked for, or something was."""
    source = _program(choose)
    note(source)
    assert _stops(source, None) == _stops(source, BackendKind.SETTRACE)
