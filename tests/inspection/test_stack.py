"""Stack frames: names, places, columns, paging."""

import sys
from pathlib import Path

import pytest

from heapsight.debuggee.inspection.columns import column_of
from heapsight.debuggee.inspection.sources import Sources
from support.inspecting import Looking
from support.markers import line_of, program_path

PROGRAM = program_path("insp_stack.py")


@pytest.fixture(scope="module")
def stops():
    """Run the program; return the stack of each place where it stops."""
    found = {}

    def stop(name):
        frames, frame = [], sys._getframe(1)
        while frame is not None and frame.f_code.co_filename == str(PROGRAM):
            frames.append(frame)
            frame = frame.f_back
        found[name] = Looking(*frames).frames()

    namespace = {"stop": stop, "__name__": "insp_stack"}
    exec(compile(PROGRAM.read_text(encoding="utf-8"), str(PROGRAM), "exec"), namespace)
    namespace["run"]()
    return found


def shown(frame):
    """Return the source text that a frame's range covers, in UTF-16 as the client counts."""
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()[frame["line"] - 1 : frame["endLine"]]
    units = [line.encode("utf-16-le") for line in lines]
    units[-1] = units[-1][: 2 * (frame["endColumn"] - 1)]
    units[0] = units[0][2 * (frame["column"] - 1) :]
    return "\n".join(unit.decode("utf-16-le") for unit in units)


def test_names(stops):
    assert [frame["name"] for frame in stops["statement"]] == ["statement", "run"]
    assert [frame["name"] for frame in stops["nested"]][:2] == ["Shop.Cart.add.<locals>.<lambda>", "Shop.Cart.add"]


def test_places(stops):
    frame, caller = stops["statement"]
    assert frame["source"] == {"name": "insp_stack.py", "path": str(PROGRAM)}
    assert frame["line"] == line_of(PROGRAM, "statement")
    assert caller["line"] == line_of(PROGRAM, "run_statement")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("statement", 'stop("statement")'),
        ("call", 'stop("call")'),
        ("wide", 'stop("wide")'),
        ("many", 'stop("many")'),
        ("nested", 'stop("nested")'),
        ("comprehension", 'stop("comprehension")'),
    ],
)
def test_the_expression_that_runs(stops, name, text):
    assert shown(stops[name][0]) == text


def test_callers_stand_at_their_calls(stops):
    assert shown(stops["statement"][1]) == "statement(1)"
    assert shown(stops["nested"][1]) == '(lambda: stop("nested"))()'


def test_at_the_beginning_of_a_line_the_place_alone():
    """As a debugger stops: before anything of the line has run. An editor would select the statement."""
    found = {}

    def trace(frame, event, argument):
        if frame.f_code.co_filename != str(PROGRAM):
            return None
        if event == "line":
            found.setdefault(frame.f_lineno, Looking(frame).frames()[0])
        return trace

    namespace = {"stop": lambda name: None, "__name__": "insp_stack"}
    exec(compile(PROGRAM.read_text(encoding="utf-8"), str(PROGRAM), "exec"), namespace)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        namespace["run"]()
    finally:
        sys.settrace(before)
    for name in ("statement", "call", "wide", "first"):
        frame = found[line_of(PROGRAM, name)]
        assert (frame["column"], "endLine" in frame, "endColumn" in frame) == (5, False, False)


def test_paging():
    def dig(depth):
        return dig(depth - 1) if depth else stack(sys._getframe())

    def stack(frame):
        frames = []
        while frame.f_code.co_name == "dig":
            frames.append(frame)
            frame = frame.f_back
        looking = Looking(*frames)
        pages = [looking.inspector.stack_trace(7, frames, start, 4) for start in (0, 4, 8, 12)]
        whole = looking.inspector.stack_trace(7, frames, 0, 0)
        return pages, whole

    pages, whole = dig(9)
    assert [len(page["stackFrames"]) for page in pages] == [4, 4, 2, 0]
    assert {page["totalFrames"] for page in pages} == {10}
    assert [frame for page in pages for frame in page["stackFrames"]] == whole["stackFrames"]


def test_library_frames_are_subtle():
    frames = Looking(sys._getframe(), is_mine=lambda code: code.co_name != "test_library_frames_are_subtle").frames()
    assert frames[0]["presentationHint"] == "subtle"
    assert Looking(sys._getframe()).frames()[0]["presentationHint"] == "normal"


@pytest.mark.parametrize("name", ["<string>", "<frozen importlib._bootstrap>", "<ipython-input-1>"])
def test_code_without_a_file(name):
    namespace = {"Looking": Looking, "sys": sys}
    exec(compile("frame = Looking(sys._getframe()).frames()[0]", name, "exec"), namespace)
    frame = namespace["frame"]
    assert frame["source"] == {"name": name, "presentationHint": "deemphasize"}
    assert (frame["line"], frame["name"]) == (1, "<module>")


def test_relative_file_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace = {"Looking": Looking, "sys": sys}
    exec(compile("frame = Looking(sys._getframe()).frames()[0]", "shop.py", "exec"), namespace)
    assert namespace["frame"]["source"]["path"] == str(tmp_path / "shop.py")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("\ufeffone\r\ntwo ä\r\n".encode(), "two ä"),
        ("# coding: latin-1\nzwei ä".encode("latin-1"), "zwei ä"),
        (b"# coding: nonsense\ntwo", "two"),
        (b"one\rtwo", "two"),
    ],
)
def test_sources(tmp_path: Path, content, line):
    path = tmp_path / "source.py"
    path.write_bytes(content)
    sources = Sources()
    assert sources.line(str(path), 2) == line
    assert sources.line(str(path), 99) == ""
    assert sources.line(str(tmp_path / "missing.py"), 1) == ""


def test_columns():
    assert column_of("abc", 2) == 3
    assert column_of("äbc", 2) == 2
    assert column_of("𝒳bc", 4) == 3
    assert column_of("", 7) == 8
