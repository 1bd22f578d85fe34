"""Where breakpoints are placed, against judges of its own kind each: the syntax tree, debugpy, programs that run.

A sample of the standard library is placed line by line and never run; generated programs are run.
"""

import ast
import random
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from heapsight.client import Client
from heapsight.debuggee.engine.breakpoints.code_lines import event_lines, nested_code
from heapsight.debuggee.engine.breakpoints.source_files import SourceFile, source_of_file
from heapsight.debuggee.engine.breakpoints.table import BreakpointTable
from heapsight.debuggee.engine.model import BreakpointSpec
from support.generated_programs import programs
from support.running import compile_file, run_traced

FOLDER = Path(random.__file__).parent


def sample(count, largest, seed):
    """Return files of the standard library that compile, at random but always the same ones."""
    patterns = ("*.py", "asyncio/*.py", "email/*.py", "json/*.py", "importlib/*.py", "test/test_*.py")
    files = sorted(path for pattern in patterns for path in FOLDER.glob(pattern) if path.stat().st_size < largest)
    random.Random(seed).shuffle(files)
    return [path for path in files if isinstance(source_of_file(str(path)), SourceFile)][:count]


@cache
def lines_of_file(path):
    """Return every line that some code object of the file has an event on."""
    return frozenset(line for code in nested_code(compile_file(path)) for line in event_lines(code))


# -- the syntax tree ---------------------------------------------------------------------------------------------------


def innermost(tree, line):
    """Return the innermost function or class whose extent, decorators included, `line` lies in."""
    found = tree
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            if first <= line <= node.end_lineno and (found is tree or first >= found.lineno):
                found = node
    return found


def belongs_to(block, line):
    """Say whether a statement, or a part of one, of the block itself (its header not counted) is on `line`."""
    nested = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    waiting = list(block.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, nested):
            # The statement that makes the function or class runs here, on its header's lines.
            last_of_header = node.body[0].lineno
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            if first <= line <= last_of_header:
                return True
        elif hasattr(node, "lineno") and node.lineno <= line <= node.end_lineno:
            return True
        elif isinstance(node, ast.AST) and not isinstance(node, nested):
            waiting.extend(ast.iter_child_nodes(node))
    return False


@pytest.mark.parametrize("path", sample(16, 60_000, 3), ids=lambda path: path.name)
def test_a_breakpoint_of_the_standard_library_is_on_code_of_the_function_it_was_set_in(path):
    tree = ast.parse(path.read_bytes())
    count = len(path.read_bytes().splitlines())
    executable = lines_of_file(path)
    asked = [BreakpointSpec(line=line) for line in range(1, count + 1)]
    for bp in BreakpointTable().set_source(str(path), asked):
        line = bp.spec.line
        if not bp.verified:
            assert line not in executable, line
            continue
        assert bp.line in executable, line
        assert (bp.line == line) == (line in executable), line
        if bp.line != line:
            assert bp.line > line
            block = innermost(tree, line)
            assert belongs_to(block, bp.line), (line, bp.line, block)


# -- debugpy -----------------------------------------------------------------------------------------------------------


class Debugpy:
    """A debugpy session that never runs its program."""

    def __init__(self, program):
        command = [sys.executable, "-X", "frozen_modules=off", "-m", "debugpy.adapter"]
        self._client = Client.spawn(command)
        self._client.request("initialize", {"adapterID": "debugpy", "pathFormat": "path"})
        self._client.send_request(
            "launch",
            {"type": "debugpy", "program": str(program), "console": "internalConsole", "justMyCode": False},
        )
        self._client.wait_for("initialized")

    def lines_that_stay(self, path, lines):
        """Return those of `lines` that debugpy leaves a breakpoint on, rather than moving it."""
        asked = [{"line": line} for line in lines]
        answer = self._client.request("setBreakpoints", {"source": {"path": str(path)}, "breakpoints": asked})
        answers = zip(lines, answer["breakpoints"], strict=True)
        return {line for line, given in answers if given["verified"] and given["line"] == line}

    def close(self):
        self._client.request("disconnect", {"terminateDebuggee": True})
        self._client.close()


@pytest.fixture(scope="module")
def debugpy(tmp_path_factory):
    program = tmp_path_factory.mktemp("debugpy") / "never_runs.py"
    program.write_text("raise SystemExit(1)\n")
    peer = Debugpy(program)
    yield peer
    peer.close()


@pytest.mark.parametrize("path", sample(12, 4_000, 11), ids=lambda path: path.name)
def test_the_lines_that_can_have_a_breakpoint_are_debugpys(debugpy, path):
    lines = list(range(1, len(path.read_bytes().splitlines()) + 1))
    outline = source_of_file(str(path)).outline()
    ours = {line for line in lines if outline.place(line) == line}
    theirs = debugpy.lines_that_stay(path, lines)
    # Before its first code it leaves a breakpoint where it is, though nothing is there.
    first = min(lines_of_file(path))
    assert ours == {line for line in theirs if line >= first}


# -- programs that run -------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(source=programs())
def test_a_generated_program_runs_no_line_that_we_do_not_know(source):
    module = compile(source, "<generated>", "exec")
    fired = {}
    run_traced(module, on_line=lambda frame: fired.setdefault(id(frame.f_code), set()).add(frame.f_lineno))
    for code in nested_code(module):
        assert fired.get(id(code), set()) <= event_lines(code), code


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(source=programs())
def test_a_breakpoint_on_each_line_of_a_generated_program_stops_where_it_runs(source):
    """Every line that runs, and has no line of the same statement around it, is one where its breakpoint is reached."""
    module = compile(source, "<generated>", "exec")
    table = BreakpointTable()
    specs = [BreakpointSpec(line=line) for line in range(1, source.count("\n") + 2)]
    bps = table.set_source("<generated>", specs)
    ran, reached = set(), set()

    def arrive(frame):
        line = frame.f_lineno
        ran.add(line)
        if line in table.lines_for(frame.f_code):
            reached.update(bp.id for bp in table.at(frame.f_code, line))

    run_traced(module, on_line=arrive, on_call=lambda frame: table.code_seen(frame.f_code))
    for bp in bps:
        assert (bp.id in reached) == (bp.verified and bp.line in ran), bp
