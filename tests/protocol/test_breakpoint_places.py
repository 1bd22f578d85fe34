"""Breakpoints within a line, as an editor sets them: columns are 1-based and count UTF-16 units."""

from __future__ import annotations

import sys

import pytest

from support.markers import line_of, program_path

PROGRAM = "bp_columns.py"
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]


def column(marker: str, text: str) -> int:
    line = program_path(PROGRAM).read_text().splitlines()[line_of(PROGRAM, marker) - 1]
    return len(line[: line.index(text)].encode("utf-16-le")) // 2 + 1


def locations(session, marker: str, **arguments) -> list[dict]:
    source = {"path": str(program_path(PROGRAM))}
    body = session.request("breakpointLocations", source=source, line=line_of(PROGRAM, marker), **arguments)
    return body["breakpoints"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_stop_within_a_line_is_shown_at_its_column(session, engine):
    session.launch(PROGRAM, console="internalConsole", engine=engine)
    here = column("unicode", "one")
    first, moved = session.set_breakpoints(
        PROGRAM,
        {"marker": "unicode", "column": here},
        {"marker": "statements", "column": column("statements", "(one)")},
    )
    assert (first["verified"], first["column"], first["endColumn"]) == (True, here, here + len("one = len(text)"))
    assert moved["column"] == column("statements", "three")
    session.configured()
    body = session.wait_for_stopped("breakpoint")
    assert body["hitBreakpointIds"] == [moved["id"]]
    assert session.stack()[0]["column"] == column("statements", "three")
    assert session.evaluate("two")["result"] == "2"
    session.cont()
    session.wait_for_stopped("breakpoint")
    assert session.stack()[0]["column"] == here
    session.cont()
    assert session.wait_for_exit() == 0


def test_locations_of_a_line(session):
    session.launch(PROGRAM, console="internalConsole")
    texts = ["chain = ", "Chain", "first", "second", "double", "first()  "]
    found = locations(session, "chain")
    assert [one["column"] for one in found] == [column("chain", text) for text in texts]
    assert {one["line"] for one in found} == {line_of(PROGRAM, "chain")}
    between = locations(session, "chain", column=column("chain", "Chain"), endColumn=column("chain", "second"))
    assert [one["column"] for one in between] == [column("chain", text) for text in texts[1:4]]
    assert locations(session, "nothing") == []


def test_locations_of_several_lines_and_of_lines_without_any(session):
    session.launch("bp_places.py", console="internalConsole")
    source = {"path": str(program_path("bp_places.py"))}
    first, last = line_of("bp_places.py", "and_first"), line_of("bp_places.py", "pass")
    found = session.request("breakpointLocations", source=source, line=first, endLine=last)["breakpoints"]
    lines = [one["line"] for one in found]
    assert lines == sorted(lines)
    assert {first, first + 1, last} == set(lines)


def test_locations_of_a_file_that_cannot_be_read(session):
    session.launch(PROGRAM, console="internalConsole")
    complaint = session.refused("breakpointLocations", source={"path": "/no/such/file.py"}, line=1)
    assert "file.py cannot be read" in complaint
    assert "source.path" in session.refused("breakpointLocations", source={}, line=1)
