"""What functions returned during a step: shown at its end, and kept by nobody afterwards."""

from __future__ import annotations

import gc
import weakref

import pytest

from heapsight.debuggee.engine.engine import BackendKind
from heapsight.debuggee.engine.model import BreakpointSpec, StepKind
from support.stepping import BACKENDS, PROGRAMS, Script, load, marked_line, place, run_script

IN, OVER, OUT, CONTINUE = StepKind.IN, StepKind.OVER, StepKind.OUT, StepKind.CONTINUE
PROGRAM = PROGRAMS / "step_returns.py"

# The function that is run, the marker of the breakpoint, the commands, and what the last stop shows.
CASES: dict[str, tuple[str, str, list[StepKind], tuple[str, list[tuple[str, object]]]]] = {
    "over a line that calls two functions": (
        "run", "run_two", [OVER], ("run_library", [("Cart.total", 3), ("double", 6)]),
    ),
    "over a call into a library": ("run", "run_library", [OVER], ("run_forgives", [("dumps", '{"a": 1}')])),
    "a function that returns None": ("run", "run_forgives", [OVER], ("run_deep", [("forgives", None)])),
    "not what functions further in return": ("run", "run_deep", [OVER], ("run_made", [("deep", 10)])),
    "over a comprehension": ("run", "run_made", [OVER], ("run_end", [("double", 4)] )),
    "out of a function, to the next line": (
        "run", "total_return", [OUT], ("run_library", [("Cart.total", 3), ("double", 6)]),
    ),
    "over the end of a function, to the next line": (
        "run", "total_return", [OVER], ("run_library", [("Cart.total", 3), ("double", 6)]),
    ),
    "in at the end of a function": ("run", "total_return", [IN], ("double_return", [("Cart.total", 3)])),
    "of the last step only": ("run", "run_two", [OVER, OVER, OVER], ("run_deep", [("forgives", None)])),
    "nothing from a function that an exception leaves": ("run", "forgives_call", [OVER], ("except ValueError:", [])),
    "of a coroutine, when the await is over": ("run_loop", "asks_await", [OVER], ("asks_end", [("answer", 42)])),
}  # fmt: skip


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize("case", CASES)
def test_returned_values(case: str, backend: BackendKind) -> None:
    function, start, commands, wanted = CASES[case]
    module = load(PROGRAM)
    script = Script(commands, look=lambda stop: (place(stop), list(stop.returned)))
    spec = BreakpointSpec(line=marked_line(PROGRAM, start), hit_condition="1")
    run_script(backend, script, PROGRAM, [spec], getattr(module, function))
    assert script.seen[0] == (start, [])
    assert script.seen[len(commands)] == wanted


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_a_returned_value_is_kept_no_longer_than_the_stop(backend: BackendKind) -> None:
    class Value:
        pass

    alive: list[bool] = []
    references: list[weakref.ref[Value]] = []
    module = load(PROGRAM)

    def double(n: int) -> Value:
        value = Value()
        references.append(weakref.ref(value))
        return value

    source = "def drops():\n    first = 1\n    double(1)\n    second = 2\n    look()\n    third = 3\n"
    path = PROGRAMS / "returns_generated.py"
    namespace = {"double": double, "look": lambda: alive.append(references[0]() is not None)}
    exec(compile(source, str(path), "exec"), namespace)
    script = Script([OVER, CONTINUE], look=lambda stop: [name.rpartition(".")[2] for name, _ in stop.returned])
    assert module is not None
    gc.disable()
    try:
        run_script(backend, script, path, [BreakpointSpec(line=3)], namespace["drops"])  # type: ignore[arg-type]
    finally:
        gc.enable()
    assert script.seen == [[], ["double"]]
    assert alive == [False]
