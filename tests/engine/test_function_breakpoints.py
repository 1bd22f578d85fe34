"""Breakpoints on functions: by qualified name, by pattern, bound when the function appears."""

import gc

import pytest

from heapsight.debuggee.engine.breakpoints.code_lines import nested_code
from heapsight.debuggee.engine.breakpoints.table import BreakpointTable
from heapsight.debuggee.engine.model import BreakpointSpec
from support.markers import line_of, program_path
from support.running import compile_file, run_traced

PLACES = program_path("bp_places.py")


FUNCTIONS = {
    "plain": "plain_def",
    "plain()": "plain_def",
    "Shape.area": "area_def",
    "area": "area_def",
    "bp_places.plain": "plain_def",
    "bp_places.Shape.area": "area_def",
    "bp_places:Shape.area": "area_def",
    "programs.bp_places:plain": "plain_def",
    "outer.inner": "inner_def",
    "outer.<locals>.inner": "inner_def",
    "decorated": "decorator",
}


@pytest.mark.parametrize(("name", "marker"), FUNCTIONS.items())
def test_a_function_is_bound_when_its_code_appears(name, marker):
    gc.collect()  # of functions that other tests have made of the same file
    changes = []
    # Test modules that are loaded have an `outer` with an `inner`, too.
    table = BreakpointTable(on_change=changes.append, is_mine=lambda code: code.co_filename.endswith("bp_places.py"))
    [bp] = table.set_functions([BreakpointSpec(function=name)])
    assert (bp.verified, bp.message) == (False, "No function of this name has been defined yet.")
    module = compile_file(PLACES)
    table.code_seen(module)
    assert changes == [bp]
    assert (bp.verified, bp.message, bp.line) == (True, None, line_of(PLACES, marker))
    [code] = [code for code in nested_code(module) if table.entry_for(code)]
    assert table.entry_for(code) == (bp,)
    assert code.co_firstlineno == bp.line


PATTERNS = {
    "Shape.*": {"Shape.area"},
    "*.area": {"Shape.area"},
    "o*r": {"outer"},
    "outer.*": {"outer.<locals>.inner"},
    "bp_places:*": {"plain", "long_signature", "decorated", "one_liners", "outer", "generator"},
    "bp_places.de*": {"decorated"},
    "*ato*": {"generator", "decorated"} - {"decorated"},
}


@pytest.mark.parametrize(("name", "functions"), PATTERNS.items())
def test_a_pattern_means_every_function_that_it_fits(name, functions):
    gc.collect()
    table = BreakpointTable(is_mine=lambda code: code.co_filename == str(PLACES))
    [bp] = table.set_functions([BreakpointSpec(function=name)])
    assert not bp.verified
    module = compile_file(PLACES)
    table.code_seen(module)
    assert bp.verified
    found = {code.co_qualname for code in nested_code(module) if table.entry_for(code) == (bp,)}
    assert {one for one in found if "<" not in one or one in functions} == functions


@pytest.mark.parametrize("name", ["Shape", "no.plain", "other:plain", "bp_places:area", "__main__.plain", "plain.area"])
def test_other_names_are_not_bound(name):
    gc.collect()
    table = BreakpointTable()
    [bp] = table.set_functions([BreakpointSpec(function=name)])
    table.code_seen(compile_file(PLACES))
    assert not bp.verified
    assert table.armed_code() == ()
    assert bp.message == "No function of this name has been defined yet."


@pytest.mark.parametrize("name", ["", "a b", "f(1)", "a..b", "1f", ":", "m:"])
def test_what_is_no_name_is_refused(name):
    [bp] = BreakpointTable().set_functions([BreakpointSpec(function=name)])
    assert not bp.verified
    assert "is not a function's name" in bp.message


def test_a_function_that_exists_is_bound_at_once():
    namespace = run_traced(compile_file(PLACES))
    table = BreakpointTable()
    [bp] = table.set_functions([BreakpointSpec(function="Shape.area")])
    assert bp.verified
    assert bp in table.entry_for(namespace["Shape"].area.__code__)
    table.set_functions([])
    assert table.entry_for(namespace["Shape"].area.__code__) == ()


def test_a_name_without_its_module_means_the_users_functions_only():
    gc.collect()
    library = compile("def lone(): pass\n", "/usr/lib/site-packages/lib.py", "exec")
    table = BreakpointTable(is_mine=lambda code: "site-packages" not in code.co_filename)
    plain, named = table.set_functions([BreakpointSpec(function="lone"), BreakpointSpec(function="lib.lone")])
    table.code_seen(library)
    assert (plain.verified, named.verified) == (False, True)


def test_line_and_function_breakpoints_live_side_by_side():
    # Other tests have functions of that name, too.
    table = BreakpointTable(is_mine=lambda code: code.co_filename == str(PLACES))
    [line] = table.set_source(str(PLACES), [BreakpointSpec(line=line_of(PLACES, "plain_first"))])
    [function] = table.set_functions([BreakpointSpec(function="plain")])
    table.code_seen(compile_file(PLACES))
    # Other tests have functions of this name, too.
    armed = [code for code in table.armed_code() if code.co_filename == str(PLACES)]
    code = next(code for code in armed if table.entry_for(code))
    assert table.at(code, line.line) == (line,)
    table.set_source(str(PLACES), [])
    assert table.entry_for(code) == (function,)
    assert table.lines_for(code) == frozenset()
