"""Measure what a breakpoint condition that never holds costs each time its line runs.

    python benchmarks/conditions.py                                  this interpreter
    python benchmarks/conditions.py --python python3.11 --python python3.13

Two figures per condition and kind of events, in nanoseconds. `judge`: the condition alone, in a frame that waits.
`in the program`: a loop with the breakpoint on its line, less the same loop without, in one process: what the
interpreter's event and our way to the condition add. The best of many short runs counts, so that a busy machine shows
in few of them. The figures as a client sees them, beside those of other debuggers, come from `benchmarks/run.py`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).absolute().parent
sys.path.insert(0, str(HERE.parent / "adapter"))

from heapsight.debuggee.engine.engine import BackendKind, Engine  # noqa: E402
from heapsight.debuggee.engine.expressions.conditions import judge, make_test  # noqa: E402
from heapsight.debuggee.engine.model import Breakpoint, BreakpointSpec  # noqa: E402
from heapsight.debuggee.engine.scope import Scope  # noqa: E402
from heapsight.debuggee.engine.verdicts import Miss  # noqa: E402

CONDITIONS = {
    "one local": "number == -1",
    "two locals": "number == many0 - 2",
    "a global": "limit == -1",
    "an attribute": "cart.total == -1",
    "a comprehension": "[other for other in (1, 2) if other == number + 9]",
}
ROUNDS, EVALUATIONS = 40, 5_000
LOCALS = (2, 40)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", metavar="PATH", help="an interpreter; may be given several times")
    options = parser.parse_args()
    if options.python:
        for python in options.python:
            subprocess.run([python, __file__], check=True)
        return
    version = ".".join(map(str, sys.version_info[:3]))
    kinds = [BackendKind.SETTRACE, *([BackendKind.MONITORING] if sys.version_info >= (3, 12) else [])]
    print(f"\nCPython {version}, ns per evaluation of a condition that never holds")
    names = [f"in the program, {kind.name.lower()}" for kind in kinds]
    print(f"{'condition':18}{'locals':>8}{'judge':>8}" + "".join(f"{name:>28}" for name in names))
    for name, condition in CONDITIONS.items():
        for count in LOCALS:
            figures = [f"{_judged(condition, count):8.0f}"]
            figures += [f"{_in_program(condition, count, kind):28.0f}" for kind in kinds]
            print(f"{name:18}{count:8}" + "".join(figures), flush=True)


def _source(local_count: int) -> str:
    locals_ = "".join(f"    many{index} = {index}\n" for index in range(local_count))
    return f"""\
class Cart:
    total = 5
cart, limit = Cart(), 10
def loop(numbers, cart=cart):
    number = 0
{locals_}    yield
    for number in numbers:
        pass  # here
"""


def _judged(condition: str, local_count: int) -> float:
    namespace: dict[str, object] = {}
    exec(_source(local_count), namespace)
    generator = namespace["loop"]((1,))  # type: ignore[operator]
    next(generator)
    frame = generator.gi_frame
    spec = BreakpointSpec(line=1, condition=condition)
    test = make_test(spec)
    assert not isinstance(test, str), test
    bp = Breakpoint(1, spec, test=test)
    assert judge(bp, frame) == Miss()

    def run() -> float:
        start = time.perf_counter()
        for _ in range(EVALUATIONS):
            judge(bp, frame)
        return time.perf_counter() - start

    def run_nothing() -> float:
        start = time.perf_counter()
        for _ in range(EVALUATIONS):
            pass
        return time.perf_counter() - start

    return _best(run) - _best(run_nothing)


def _in_program(condition: str, local_count: int, kind: BackendKind) -> float:
    source = _source(local_count)
    line = 1 + next(number for number, text in enumerate(source.splitlines()) if text.endswith("# here"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.py"
        path.write_text(source)
        namespace: dict[str, object] = {"__name__": "program"}
        exec(compile(source, str(path), "exec"), namespace)
        loop = namespace["loop"]

        def run() -> float:
            generator = loop(range(EVALUATIONS))  # type: ignore[operator]
            next(generator)
            start = time.perf_counter()
            next(generator, None)
            return time.perf_counter() - start

        bare = _best(run)
        engine = Engine(_Nobody(), backend=kind, scope=Scope(roots=[folder]))
        engine.install()
        try:
            [bp] = engine.set_source_breakpoints(str(path), [BreakpointSpec(line=line, condition=condition)])
            assert bp.verified, bp.message
            return _best(run) - bare
        finally:
            engine.uninstall()


def _best(run: Callable[[], float]) -> float:
    """Return the best of many runs, in nanoseconds per evaluation."""
    return min(run() for _ in range(ROUNDS)) / EVALUATIONS * 1e9


class _Nobody:
    """An observer that is never called: no condition here holds."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        def unexpected(*arguments: object) -> None:
            if name not in {"thread_started", "thread_exited"}:
                raise AssertionError(f"{name}{arguments}")

        return unexpected


if __name__ == "__main__":
    main()
