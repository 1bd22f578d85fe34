"""Column breakpoints: a stop at each place within a line, and only there, on both back ends."""

import ast
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from heapsight.debuggee.engine.breakpoints.code_lines import event_lines, nested_code
from heapsight.debuggee.engine.breakpoints.locations import LocationKind, locations_of, with_code
from heapsight.debuggee.engine.breakpoints.table import BreakpointTable
from heapsight.debuggee.engine.model import BreakpointSpec, StepKind, StopReason
from support.markers import line_of, program_path
from support.stepping import BACKENDS, Script, load, place, run_script

PROGRAM = program_path("bp_columns.py")
LINES = PROGRAM.read_text().splitlines()


def column(marker, text):
    """Return the UTF-8 offset of `text` on the line of a marker."""
    line = LINES[line_of(PROGRAM, marker) - 1]
    return len(line[: line.index(text)].encode())


def at(marker, text, **more):
    return BreakpointSpec(line=line_of(PROGRAM, marker), column=column(marker, text), **more)


def shown(stop):
    """Return the source that a stop stands at, to the end of the word."""
    assert stop.location is not None
    source = LINES[stop.location.line - 1].encode()[stop.location.column :].decode()
    return source.split("  #")[0]


def run(backend, *specs, look=shown, commands=()):
    module = load(PROGRAM)
    return run_script(
        backend, Script(commands, look), PROGRAM, specs, lambda: (module.places([1, 2, 3]), module.one_line(1))
    ).seen


# Where it is asked for, where it is then, how often that is run.
PLACES = [
    ("statements", "one = 1", "one = 1; two = double(one); three = one + two", 1),
    ("statements", "two =", "two = double(one); three = one + two", 1),
    ("statements", "double", "double(one); three = one + two", 1),
    ("statements", "three =", "three = one + two", 1),
    ("statements", "+ two", "three = one + two", 1),
    ("statements", "(one)", "three = one + two", 1),
    ("if_line", "if", "if three: two = 3", 1),
    ("if_line", "two", "two = 3", 1),
    ("chain", "chain", "chain = Chain().first().second(double(2)).first()", 1),
    ("chain", "Chain", "Chain().first().second(double(2)).first()", 1),
    ("chain", "first", "first().second(double(2)).first()", 1),
    ("chain", "second", "second(double(2)).first()", 1),
    ("chain", "double", "double(2)).first()", 1),
    ("chain", ".second", "second(double(2)).first()", 1),
    ("lambda", "lambda", "double(number)", 1),
    ("lambda", "double", "double(number)", 1),
    ("listcomp", "double", "double(n) for n in numbers if n > 1]", 2),
    ("listcomp", "n > 1", "n > 1]", 3),
    ("genexpr", "sum", "sum(n + 1 for n in numbers)", 1),
    ("genexpr", "n + 1", "n + 1 for n in numbers)", 3),
    ("loop", "for", "for n in numbers: total += n; two -= n", 1),
    ("loop", "total", "total += n; two -= n", 3),
    ("loop", "two", "two -= n", 3),
    ("try", "double", "double(0)", 1),
    ("finally", "one", "one = 3; two = 4", 1),
    ("finally", "two", "two = 4", 1),
    ("unicode", "one", "one = len(text)", 1),
    ("unicode", "len", "len(text)", 1),
    ("first_dot", "first", "first()", 1),
    ("second_dot", "second", "second(1))", 1),
    ("def_line", "y = x", "y = x; return y", 1),
    ("def_line", "return", "return y", 1),
    ("def_line", '"""', "y = x; return y", 1),
]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("marker", "text", "stands_at", "times"), PLACES)
def test_a_stop_at_a_place_within_a_line(backend, marker, text, stands_at, times):
    assert run(backend, at(marker, text)) == [stands_at] * times


@pytest.mark.parametrize("backend", BACKENDS)
def test_all_places_of_a_line_in_the_order_that_they_run_in(backend):
    texts = ("chain =", "Chain", "first", "second", "double", "first()  ")
    assert run(backend, *[at("chain", text) for text in texts]) == [
        "chain = Chain().first().second(double(2)).first()",
        "Chain().first().second(double(2)).first()",
        "first().second(double(2)).first()",
        "double(2)).first()",
        "second(double(2)).first()",
        "first()",
    ]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_line_and_its_first_place_are_one_stop(backend):
    line = BreakpointSpec(line=line_of(PROGRAM, "statements"))
    found = run(backend, line, at("statements", "one"), at("statements", "three"), look=lambda stop: stop.breakpoints)
    assert [[bp.spec.column for bp in bps] for bps in found] == [
        [None, column("statements", "one")],
        [column("statements", "three")],
    ]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_step_over_leaves_the_line_and_one_that_comes_by_stops_once(backend):
    found = run(
        backend,
        at("statements", "two ="),
        at("if_line", "if"),
        at("if_line", "two"),
        commands=[StepKind.OVER] * 3,
        look=lambda stop: (stop.reason, place(stop)),
    )
    assert found == [
        (StopReason.BREAKPOINT, "statements"),
        (StopReason.BREAKPOINT, "if_line"),
        (StopReason.BREAKPOINT, "if_line"),
        (StopReason.STEP, "chain"),
    ]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_step_into_a_call_enters_that_one(backend):
    found = run(backend, at("chain", "second"), commands=[StepKind.IN], look=lambda stop: stop.frame.f_code.co_qualname)
    assert found == ["places", "Chain.second"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_conditions_hit_counts_and_log_messages_within_a_line(backend):
    script = Script([], lambda stop: stop.frame.f_locals["n"])
    module = load(PROGRAM)
    specs = [
        at("loop", "total", condition="n > 1", hit_condition="2"),
        at("loop", "two", condition="n != 2", log_message="{n=}"),
    ]
    run_script(backend, script, PROGRAM, specs, lambda: module.places([1, 2, 3]))
    assert script.seen == [3]
    assert script.logs == ["n=1", "n=3"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_breakpoint_that_is_set_while_its_function_runs(backend):
    module = load(PROGRAM)
    script = Script([], shown)

    def numbers():
        script.engine.set_source_breakpoints(str(PROGRAM), [at("loop", "two")])
        yield from (1, 2)
        script.engine.set_source_breakpoints(str(PROGRAM), [])
        yield 3

    class Numbers:
        def __iter__(self):
            return numbers()

    run_script(backend, script, PROGRAM, [], lambda: module.places(Numbers()))
    # The comprehensions walk over the numbers too, so it has been set and taken away before.
    assert script.seen == ["two -= n"] * 2


def test_what_is_told_of_a_place():
    [bp] = BreakpointTable().set_source(str(PROGRAM), [at("chain", "second")])
    assert (bp.verified, bp.line, bp.message) == (True, line_of(PROGRAM, "chain"), None)
    assert bp.location.kind is LocationKind.CALL
    assert bp.location.column == column("chain", "second")


def test_a_line_without_code_takes_the_whole_next_line():
    [bp] = BreakpointTable().set_source(str(PROGRAM), [at("nothing", "nothing")])
    assert (bp.verified, bp.location) == (True, None)
    assert LINES[bp.line - 1].strip().startswith("return")


def test_a_breakpoint_within_a_line_that_is_set_again_keeps_its_number():
    table = BreakpointTable()
    [first] = table.set_source(str(PROGRAM), [at("chain", "second")])
    [again, other] = table.set_source(str(PROGRAM), [at("chain", "second"), at("chain", "double")])
    assert again is first
    assert other.id != first.id


def test_without_columns_the_line_is_what_is_left_and_that_is_said():
    program = f"""
        from heapsight.debuggee.engine.breakpoints.table import BreakpointTable
        from heapsight.debuggee.engine.model import BreakpointSpec
        path = {str(PROGRAM)!r}
        line, column = {line_of(PROGRAM, "statements")}, {column("statements", "three")}
        [bp] = BreakpointTable().set_source(path, [BreakpointSpec(line=line, column=column)])
        print(bp.verified, bp.line == line, bp.location, bp.message)
        """
    result = subprocess.run(
        [sys.executable, "-X", "no_debug_ranges", "-c", textwrap.dedent(program)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert result.stdout.startswith("True True None Python notes no columns here (-X no_debug_ranges)")


def test_statements_of_the_standard_library_have_a_place_where_they_have_code():
    """What lies in reach of an instruction that begins a line is found; docstrings and unreachable code are not."""
    import argparse
    import dataclasses

    for path in (argparse.__file__, dataclasses.__file__):
        source = Path(path).read_bytes()
        tree = ast.parse(source)
        codes = list(nested_code(compile(source, path, "exec")))
        everything = locations_of(tree, range(1, 1 << 30))
        found = {location.line for location in with_code(everything, codes)}
        lines = {line for code in codes for line in event_lines(code)}
        statements = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt)}
        assert statements & lines <= found
        # A call that the compiler folds into another instruction (`super().x`) has no place; it is rare.
        calls = [location for location in everything if location.kind is LocationKind.CALL]
        lost = {id(location) for location in calls} - {id(location) for location in with_code(calls, codes)}
        assert len(lost) < len(calls) / 20
