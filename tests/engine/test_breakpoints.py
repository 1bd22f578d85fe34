"""The breakpoint table: verification before code is loaded, binding when it appears, what is armed."""

import gc
import sys
import threading
import zipfile

import pytest

from heapsight.debuggee.engine.breakpoints.code_lines import nested_code
from heapsight.debuggee.engine.breakpoints.table import BreakpointTable
from heapsight.debuggee.engine.model import BreakpointSpec
from support.markers import line_of, program_path
from support.running import compile_file, run_traced

PLACES = program_path("bp_places.py")


def at(*markers, program=PLACES):
    return [BreakpointSpec(line=line_of(program, marker)) for marker in markers]


def lines(*markers):
    return [line_of(PLACES, marker) for marker in markers]


def stops(table, code):
    """Run a module under trace with the table bound as the engine does; return the lines it would have stopped on."""
    found = []

    def arrive(frame):
        if frame.f_lineno in table.lines_for(frame.f_code):
            assert table.at(frame.f_code, frame.f_lineno)
            found.append(frame.f_lineno)

    run_traced(code, on_line=arrive, on_call=lambda frame: table.code_seen(frame.f_code))
    return found


# -- placing -----------------------------------------------------------------------------------------------------------

MOVES = [
    ("import", "import"),
    ("plain_def", "plain_def"),
    ("plain_doc", "plain_first"),
    ("plain_comment", "plain_loop"),
    ("plain_return", "plain_return"),
    ("long_first", "long_return"),
    ("long_default", "long_default"),
    ("long_second", "long_second"),
    ("decorator", "decorator"),
    ("area_comment", "area_body"),
    ("outer_comment", "inner_def"),
    ("dictcomp_for", "dictcomp_for"),
    ("and_second", "and_second"),
]


@pytest.mark.parametrize(("asked", "given"), MOVES)
def test_a_breakpoint_moves_to_the_next_line_with_code_in_the_same_function(asked, given):
    [bp] = BreakpointTable().set_source(str(PLACES), at(asked))
    assert (bp.verified, bp.line, bp.message) == (True, line_of(PLACES, given), None)


@pytest.mark.parametrize(
    ("asked", "block"), [("plain_end", "plain"), ("class_end", "Shape"), ("file_end", "this file")]
)
def test_a_breakpoint_after_the_last_line_of_its_function_is_refused(asked, block):
    [bp] = BreakpointTable().set_source(str(PLACES), at(asked))
    assert not bp.verified
    assert bp.message == f"There is no code at or after line {line_of(PLACES, asked)} in {block}."


def test_every_line_of_the_fixture_is_placed_where_the_program_stops_or_refused():
    """One table per line of the file; what is verified stops there, what is refused never does."""
    code = compile_file(PLACES)
    for number in range(1, len(PLACES.read_text().splitlines()) + 1):
        table = BreakpointTable()
        [bp] = table.set_source(str(PLACES), [BreakpointSpec(line=number)])
        stopped = stops(table, code)
        assert set(stopped) == ({bp.line} if bp.verified else set()), number


def test_the_result_is_parallel_to_the_request_also_where_breakpoints_meet():
    bps = BreakpointTable().set_source(str(PLACES), at("plain_first", "plain_doc", "plain_end", "plain_first"))
    assert [bp.line for bp in bps if bp.verified] == [line_of(PLACES, "plain_first")] * 3
    assert len({bp.id for bp in bps}) == 4
    assert not bps[2].verified


def test_breakpoints_on_one_line_are_all_there():
    table = BreakpointTable()
    bps = table.set_source(str(PLACES), at("plain_first", "plain_doc"))
    code = next(code for code in nested_code(compile_file(PLACES)) if code.co_name == "plain")
    table.code_seen(code)
    assert table.at(code, line_of(PLACES, "plain_first")) == tuple(bps)
    assert table.lines_for(code) == {line_of(PLACES, "plain_first")}


def test_a_comprehension_on_one_line_stops_with_the_statement_and_not_for_each_element():
    module = compile("x = sum(a for a in range(3))\n", "<comprehension>", "exec")
    table = BreakpointTable()
    table.set_source("<comprehension>", [BreakpointSpec(line=1)])
    assert stops(table, module) == [1]
    assert table.armed_code() == (module,)


def test_a_lambda_stops_where_it_is_made_and_where_it_is_called():
    table = BreakpointTable()
    table.set_source(str(PLACES), at("lambda"))
    assert stops(table, compile_file(PLACES)) == lines("lambda") * 2


# -- files -------------------------------------------------------------------------------------------------------------


def test_a_missing_file_is_bound_when_its_code_runs(tmp_path):
    path = str(tmp_path / "later.py")
    changes = []
    table = BreakpointTable(on_change=changes.append)
    [bp] = table.set_source(path, [BreakpointSpec(line=2)])
    assert (bp.verified, bp.line) == (False, 2)
    assert bp.message == "later.py cannot be read: No such file or directory."
    assert stops(table, compile("a = 1\n\nb = 2\n", path, "exec")) == [3]
    assert changes == [bp]
    assert (bp.verified, bp.line, bp.message) == (True, 3, None)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"def f(:\n", "invalid syntax"),
        (b"x = 1\0\n", "null bytes"),
        (b"# coding: no-such-coding\n", "no-such-coding"),
        (b"\xff\xfe\n", "does not compile"),
        (b"(" * 300 + b")" * 300, "does not compile"),
    ],
)
def test_a_file_that_does_not_compile_says_why(tmp_path, source, reason, capfd):
    path = tmp_path / "broken.py"
    path.write_bytes(source)
    [bp] = BreakpointTable().set_source(str(path), [BreakpointSpec(line=1)])
    assert not bp.verified
    assert bp.message.startswith("broken.py does not compile: ")
    assert reason in bp.message
    assert capfd.readouterr().err == ""


def test_a_folder_says_so(tmp_path):
    [bp] = BreakpointTable().set_source(str(tmp_path), [BreakpointSpec(line=1)])
    assert "cannot be read" in bp.message


def test_verifying_runs_nothing_and_prints_nothing(tmp_path, capfd, monkeypatch):
    path = tmp_path / "noisy.py"
    path.write_text("import sys\nsys.exit('ran')\nx = '\\d' is 5\n")
    monkeypatch.setattr("warnings.filters", [("error", None, Warning, None, 0)])
    [bp] = BreakpointTable().set_source(str(path), [BreakpointSpec(line=3)])
    assert (bp.verified, bp.line) == (True, 3)
    assert capfd.readouterr() == ("", "")
    import warnings

    assert len(warnings.filters) == 1


def test_an_empty_list_disarms_the_file():
    table = BreakpointTable()
    table.set_source(str(PLACES), at("plain_first"))
    code = compile_file(PLACES)
    table.code_seen(code)
    assert table.armed_code() != ()
    assert table.set_source(str(PLACES), []) == []
    assert table.armed_code() == ()
    assert stops(table, code) == []


def test_setting_one_file_leaves_the_others_alone(tmp_path):
    other = tmp_path / "other.py"
    other.write_text("y = 1\n")
    table = BreakpointTable()
    table.set_source(str(PLACES), at("plain_first"))
    table.set_source(str(other), [BreakpointSpec(line=1)])
    assert stops(table, compile_file(other)) == [1]
    assert stops(table, compile_file(PLACES)) == lines("plain_first")
    table.set_source(str(PLACES), [])
    assert stops(table, compile_file(other)) == [1]


@pytest.mark.parametrize("way", ["symlink to the file", "symlink to the folder", "dots", "relative", "twice removed"])
def test_one_file_under_many_names(tmp_path, way, monkeypatch):
    folder = tmp_path / "real"
    folder.mkdir()
    path = folder / "m.py"
    path.write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "linked").symlink_to(folder)
    (tmp_path / "other.py").symlink_to(path)
    (tmp_path / "link2.py").symlink_to(tmp_path / "linked" / "m.py")
    name = {
        "symlink to the file": str(tmp_path / "other.py"),
        "symlink to the folder": str(tmp_path / "linked" / "m.py"),
        "dots": f"{folder}/../real/./m.py",
        "relative": "real/m.py",
        "twice removed": "link2.py",
    }[way]
    for asked, runs in ((name, str(path)), (str(path), name)):
        table = BreakpointTable()
        table.set_source(asked, [BreakpointSpec(line=1)])
        assert stops(table, compile("x = 1\n", runs, "exec")) == [1], (asked, runs)


def test_two_files_of_one_name_are_two_files(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "m.py").write_text("x = 1\n")
    table = BreakpointTable()
    table.set_source(str(tmp_path / "a" / "m.py"), [BreakpointSpec(line=1)])
    # The two code objects compare equal: their file names are no part of the comparison.
    first, second = (compile_file(tmp_path / name / "m.py") for name in ("a", "b"))
    assert first == second
    assert stops(table, second) == []
    assert stops(table, first) == [1]
    assert table.lines_for(second) == frozenset()


def test_a_file_in_a_zip_archive(tmp_path):
    archive = tmp_path / "lib.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("pack/m.py", "# comment\nx = 1\n")
    path = str(archive / "pack" / "m.py")
    table = BreakpointTable()
    [bp] = table.set_source(path, [BreakpointSpec(line=1)])
    assert (bp.verified, bp.line) == (True, 2)
    [bp] = table.set_source(str(archive / "pack" / "no.py"), [BreakpointSpec(line=1)])
    assert not bp.verified and "cannot be read" in bp.message


def test_code_without_a_file():
    table = BreakpointTable()
    [bp] = table.set_source("<made up>", [BreakpointSpec(line=1)])
    assert (bp.verified, bp.message) == (False, "This code has not run yet.")
    assert stops(table, compile("\nx = 1\n", "<made up>", "exec")) == [2]
    assert (bp.verified, bp.line) == (True, 2)


def test_a_file_changed_before_its_import_is_placed_again(tmp_path):
    path = tmp_path / "changing.py"
    path.write_text("def f():\n    return 1\n\nx = 1\n")
    changes = []
    table = BreakpointTable(on_change=changes.append)
    [bp] = table.set_source(str(path), [BreakpointSpec(line=4)])
    path.write_text("def f():\n    return 1\n\n\n\nx = 1\n")
    assert stops(table, compile_file(path)) == [6]
    assert (changes, bp.line) == ([bp], 6)


def test_a_file_that_lost_its_line_before_its_import_says_so(tmp_path):
    path = tmp_path / "shrinking.py"
    path.write_text("def f():\n    return 1\n\nx = 1\n")
    changes = []
    table = BreakpointTable(on_change=changes.append)
    [bp] = table.set_source(str(path), [BreakpointSpec(line=4)])
    assert bp.verified
    path.write_text("def f():\n    return 1\n")
    assert stops(table, compile_file(path)) == []
    assert (changes, bp.verified, bp.line) == ([bp], False, 4)
    assert bp.message == "The file has changed since: what runs has no code at or after this line."


def test_a_fragment_run_under_a_files_name_moves_nothing(tmp_path):
    path = tmp_path / "host.py"
    path.write_text("def f():\n    return 1\n\nx = f()\n")
    changes = []
    table = BreakpointTable(on_change=changes.append)
    [bp] = table.set_source(str(path), [BreakpointSpec(line=4)])
    assert stops(table, compile("1\n2\n3\n\n\n6", str(path), "exec")) == []
    assert (changes, bp.line) == ([], 4)


# -- code that exists already ------------------------------------------------------------------------------------------


def test_binds_to_functions_that_exist():
    table = BreakpointTable()
    namespace = run_traced(compile_file(PLACES))
    [bp] = table.set_source(str(PLACES), at("area_body"))
    code = namespace["Shape"].area.__code__
    assert table.lines_for(code) == {bp.line}
    assert code in table.armed_code()


def test_binds_to_functions_of_a_file_that_is_gone(tmp_path):
    path = str(tmp_path / "gone.py")
    namespace = run_traced(compile("def f():\n    x = 1\n    # comment\n    return x\n", path, "exec"))
    table = BreakpointTable()
    inside, outside = table.set_source(path, [BreakpointSpec(line=3), BreakpointSpec(line=40)])
    assert (inside.verified, inside.line) == (True, 4)
    assert table.lines_for(namespace["f"].__code__) == {4}
    assert not outside.verified


def test_binds_to_code_that_runs(tmp_path):
    path = tmp_path / "running.py"
    path.write_text("set_it()\nx = 1\n")
    table = BreakpointTable()
    code = compile_file(path)
    exec(code, {"set_it": lambda: table.set_source(str(path), [BreakpointSpec(line=2)])})
    assert table.lines_for(code) == {2}


# -- keeping -----------------------------------------------------------------------------------------------------------


def test_a_breakpoint_that_is_set_again_keeps_its_number_and_hits():
    table = BreakpointTable()
    [first] = table.set_source(str(PLACES), at("plain_first"))
    first.hits = 3
    again, other = table.set_source(str(PLACES), at("plain_first", "plain_body"))
    assert again is first and other.id != first.id
    assert again.hits == 3
    [changed] = table.set_source(str(PLACES), [BreakpointSpec(line=again.line, condition="True")])
    assert changed is not again


def test_clear_releases_all_code():
    table = BreakpointTable()
    namespace = run_traced(compile_file(PLACES))
    code = namespace["plain"].__code__
    gc.collect()  # what tracing left behind goes now, not in between
    before = sys.getrefcount(code)
    table.set_source(str(PLACES), at("plain_first"))
    assert table.armed_code()
    table.clear()
    assert table.armed_code() == ()
    assert sys.getrefcount(code) == before


def test_an_unarmed_code_object_is_not_kept():
    table = BreakpointTable()
    table.set_source(str(PLACES), at("plain_first"))
    code = compile_file(PLACES)
    before = sys.getrefcount(code)
    table.code_seen(code)
    assert sys.getrefcount(code) == before


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"condition": "x ="}, "Condition `x =` does not compile: invalid syntax"),
        ({"condition": "x = 1"}, "Condition `x = 1` does not compile: "),
        ({"hit_condition": "often"}, "Hit condition 'often' is not understood"),
        ({"log_message": "{x"}, "The log message lacks a '}'"),
    ],
)
def test_what_does_not_compile_is_said_at_once_and_not_armed(spec, message):
    table = BreakpointTable()
    [bp] = table.set_source(str(PLACES), [BreakpointSpec(line=line_of(PLACES, "plain_first"), **spec)])
    assert not bp.verified
    assert bp.message.startswith(message)
    assert stops(table, compile_file(PLACES)) == []


# -- threads -----------------------------------------------------------------------------------------------------------


def test_code_that_appears_while_breakpoints_change_ends_up_armed(tmp_path):
    """Whichever comes last, the request or the code, each code object is armed by the final state."""
    paths = [str(tmp_path / f"m{number}.py") for number in range(4)]
    table = BreakpointTable()
    modules = [compile("a = 1\nb = 2\n", path, "exec") for path in paths for _ in range(20)]
    done = threading.Event()

    def see():
        while not done.is_set():
            for module in modules:
                table.code_seen(module)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    threads = [threading.Thread(target=see) for _ in range(2)]
    try:
        for thread in threads:
            thread.start()
        for turn in range(10):
            for path in paths:
                table.set_source(path, [BreakpointSpec(line=turn % 2 + 1)])
    finally:
        done.set()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(before)
    for module in modules:
        table.code_seen(module)
        assert table.lines_for(module) == {2}
