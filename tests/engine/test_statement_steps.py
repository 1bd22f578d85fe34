"""Steps by statements, as tables: (command, place), a place being the line's marker and the text that comes next."""

from __future__ import annotations

import contextlib
import linecache
from collections.abc import Callable
from itertools import islice

import pytest

from heapsight.debuggee.engine.engine import BackendKind
from heapsight.debuggee.engine.model import BreakpointSpec, Granularity, StepKind, Stop
from support.stepping import BACKENDS, PROGRAMS, Script, load, marked_line, place, run_script

IN, OVER, OUT = StepKind.IN, StepKind.OVER, StepKind.OUT
PROGRAM = PROGRAMS / "statement_cases.py"
STATEMENT, LINE = Granularity.STATEMENT, Granularity.LINE

# The function that is run and its arguments, the marker of the breakpoint, and the steps: each command and where it
# leads, as the marker of the line and how the text there begins. A last None: the program ends without a stop.
Steps = list[tuple[StepKind, str | None]]
CASES: dict[str, tuple[str, Callable[[], tuple[object, ...]], str, Steps]] = {
    "over three on a line": (
        "three",
        tuple,
        "three",
        [(OVER, "three: seen(2)"), (OVER, "three: seen(3)"), (OVER, "three_end: seen(a)"), (OVER, None)],
    ),
    "into what one of them calls, and back into the middle of the line": (
        "three",
        tuple,
        "three",
        [(OVER, "three: seen(2)"), (IN, "return value: value"), (OVER, "three: seen(3)"), (OVER, "three_end: seen(a)")],
    ),
    "out, into the middle of the line": (
        "three",
        tuple,
        "three",
        [(OVER, "three: seen(2)"), (IN, "return value: value"), (OUT, "three: seen(3)")],
    ),
    "an if with its body on the line": (
        "one_line_if",
        lambda: (True,),
        "if",
        [(OVER, "if: seen(1)"), (OVER, "if: seen(2)"), (OVER, "if_end: x")],
    ),
    "an if that does not hold": ("one_line_if", lambda: (0,), "if", [(OVER, "else: seen(3)"), (OVER, "if_end: x")]),
    "a loop on one line": (
        "one_line_loop",
        tuple,
        "loop",
        [
            (OVER, "loop: seen(n); seen"),
            (OVER, "loop: seen(n)  #"),
            (OVER, "loop: seen(n); seen"),
            (OVER, "loop: seen(n)  #"),
            (OVER, "loop_end: seen(total)"),
        ],
    ),
    "a statement on several lines": (
        "long_call",
        tuple,
        "long",
        [(OVER, "long_after: seen(3)"), (OVER, "long_end: value")],
    ),
    "a statement on several lines, again and again": (
        "long_call_in_loop",
        tuple,
        "again",
        [(OVER, "again_while: n"), (OVER, "again: seen("), (OVER, "again_while: n"), (OVER, "again_end: n")],
    ),
    "into a function on one line": (
        "calls_short",
        tuple,
        "calls_short",
        [
            (IN, "short: 1"),
            (IN, "short: 2"),
            (IN, "short: seen(a)"),
            (OVER, "calls_short: short()"),
            (IN, "short: 1"),
            (OUT, "calls_short: seen(x)"),
        ],
    ),
    "into whatever comes after the last functions of a line have ended": (
        "ends_within_lines",
        tuple,
        "ends_deep",
        [(IN, "ends_within_lines: seen(2)")],
    ),
    "a continue does not stop at the while": (
        "continues",
        tuple,
        "continues",
        [(OVER, "continues: seen(n)"), (OVER, "continues: continue")] * 2 + [(OVER, None)],
    ),
    "over a function on one line": (
        "calls_short",
        tuple,
        "calls_short",
        [(OVER, "calls_short: short()"), (OVER, "calls_short: seen(x)"), (OVER, None)],
    ),
    "handlers on one line": (
        "handled",
        tuple,
        "try",
        [
            # `try` itself is no instruction of its own: it begins where its first statement does.
            (OVER, "try: ValueError"),
            (OVER, "except: ValueError"),
            (OVER, "except: seen(2)"),
            (OVER, "except: seen(3)"),
            (OVER, "finally: seen(4)"),
            (OVER, "finally: seen(5)"),
            (OVER, "handled_end: "),
        ],
    ),
    "an exception leaves a function on one line": (
        "passes_on",
        tuple,
        "fails",
        [(OVER, "fails: "), (OVER, "passes_except: ValueError"), (OVER, "passes_except: ")],
    ),
    "a with on one line": (
        "with_one_line",
        lambda: (contextlib.nullcontext(),),
        "with",
        [(OVER, "with: seen(1)"), (OVER, "with: seen(2)"), (OVER, "with_end: ")],
    ),
    "comprehensions and calls": (
        "nested",
        tuple,
        "nested",
        [(OVER, "nested: inner()"), (IN, "inner: seen(1)"), (OVER, "inner: "), (OVER, "nested: seen(x)")],
    ),
}


def look(stop: Stop) -> str:
    """Return the marker of the line, and its text from the instruction on that comes next."""
    code = stop.frame.f_code
    line, _, begin, _ = next(islice(code.co_positions(), stop.frame.f_lasti // 2, None))
    assert line == stop.frame.f_lineno
    text = linecache.getline(code.co_filename, line)
    return f"{place(stop).partition(';')[0]}: {text[begin:].strip()}"


class ByGranularity(Script):
    """Steps as given; runs on after the last command."""

    def __init__(self, commands: list[StepKind], granularity: Granularity) -> None:
        super().__init__([])
        self._kinds = iter(commands)
        self._granularity = granularity

    def stopped(self, stop: Stop) -> None:
        self.seen.append(look(stop))
        kind = next(self._kinds, StepKind.CONTINUE)
        self.engine.post(stop.thread_id, lambda: self.engine.resume(stop.thread_id, kind, goal=self._granularity))


def run(backend: BackendKind, name: str, granularity: Granularity, kinds: list[StepKind]) -> list[object]:
    function, arguments, start, _ = CASES[name]
    module = load(PROGRAM)
    script = ByGranularity(kinds, granularity)
    spec = BreakpointSpec(line=marked_line(PROGRAM, start), hit_condition="1")
    run_script(backend, script, PROGRAM, [spec], lambda: getattr(module, function)(*arguments()))
    return script.seen


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize("name", CASES)
def test_by_statements(name: str, backend: BackendKind) -> None:
    steps = CASES[name][3]
    seen = run(backend, name, STATEMENT, [kind for kind, _ in steps])
    expected = [where for _, where in steps if where is not None]
    assert len(seen[1:]) == len(expected), seen
    for one, where in zip(seen[1:], expected, strict=True):
        assert str(one).startswith(where), seen


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize(
    ("name", "leads_to"), [("over three on a line", "three_end"), ("a statement on several lines", "long_first")]
)
def test_by_lines_it_stays_by_lines(name: str, leads_to: str, backend: BackendKind) -> None:
    seen = run(backend, name, LINE, [OVER])
    assert [str(one).partition(":")[0] for one in seen[1:]] == [leads_to]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_code_without_source_is_stepped_through_by_lines(backend: BackendKind) -> None:
    space: dict[str, Callable[[], object]] = {}
    file = str(PROGRAMS / "not_there.py")
    exec(compile("def work():\n    a = 1; b = 2\n    c = 3; d = 4\n    return a\n", file, "exec"), space)
    script = ByGranularity([IN, OVER, OVER, OVER], STATEMENT)
    lines: list[object] = []
    script.stopped = lambda stop: (  # type: ignore[method-assign]
        lines.append(stop.frame.f_lineno),
        script.engine.post(stop.thread_id, lambda: script.engine.resume(stop.thread_id, OVER, goal=STATEMENT)),
    )
    run_script(
        backend,
        script,
        PROGRAM,
        [],
        space["work"],
        prepare=lambda engine: engine.set_function_breakpoints([BreakpointSpec(function="work")]),
    )
    assert lines == [2, 3, 4]
