"""Cells of a notebook: `setPydevdSourceMap`, as debugpy's clients send it."""

from __future__ import annotations

import sys

import pytest

from support.markers import line_of, program_path

RUNNER, CELLS = "cell_runner.py", "cells.py"
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]


def source_map(*cells: tuple[str, str, str]) -> dict[str, object]:
    """Return the arguments for cells: the markers of the first and the last line, and the name."""
    maps = [
        {
            "line": line_of(CELLS, first),
            "endLine": line_of(CELLS, last),
            "runtimeSource": {"path": name},
            "runtimeLine": 1,
        }
        for first, last, name in cells
    ]
    return {"source": {"path": str(program_path(CELLS))}, "pydevdSourceMaps": maps}


BOTH = source_map(("numbers", "total", "<ipython-input-1-abc>"), ("double", "print", "<ipython-input-2-abc>"))


@pytest.mark.parametrize("engine", ENGINES)
def test_breakpoints_and_steps_in_cells(session, engine):
    session.launch(RUNNER, console="internalConsole", engine=engine)
    session.request("setPydevdSourceMap", **BOTH)
    bound = session.set_breakpoints(CELLS, "total", "print")
    assert [one["line"] for one in bound] == [line_of(CELLS, "total"), line_of(CELLS, "print")]
    session.configured()
    assert session.wait_for_stopped("breakpoint")["hitBreakpointIds"] == [bound[0]["id"]]
    assert session.at(CELLS, "total")
    assert session.evaluate("numbers")["result"] == "[1, 2, 3]"
    assert session.stack()[1]["source"]["name"] == RUNNER
    session.cont()
    assert session.wait_for_stopped("breakpoint")["hitBreakpointIds"] == [bound[1]["id"]]
    assert session.at(CELLS, "print")
    session.cont()
    assert session.wait_for_exit() == 0
    assert session.output() == "6 12\n"


def test_steps_within_a_cell(session):
    session.launch(RUNNER, console="internalConsole")
    session.request("setPydevdSourceMap", **BOTH)
    session.set_breakpoints(CELLS, "numbers")
    session.configured()
    session.wait_for_stopped("breakpoint")
    session.step()
    assert session.at(CELLS, "total")
    session.cont()
    assert session.wait_for_exit() == 0


def test_breakpoints_that_were_set_before_the_cells_were_known_move_there(session):
    session.launch_and_stop(RUNNER, "ready", console="internalConsole")
    before = session.set_breakpoints(CELLS, "double")
    session.request("setPydevdSourceMap", **BOTH)
    session.cont()
    # Under the number that the client knows it by.
    assert session.wait_for_stopped("breakpoint")["hitBreakpointIds"] == [before[0]["id"]]
    assert session.at(CELLS, "double")
    session.cont()
    assert session.wait_for_exit() == 0


def test_cells_are_replaced(session):
    session.launch(RUNNER, console="internalConsole")
    session.request("setPydevdSourceMap", **BOTH)
    session.request("setPydevdSourceMap", **source_map(("double", "print", "<ipython-input-2-abc>")))
    session.set_breakpoints(CELLS, "total", "double")
    session.configured()
    session.wait_for_stopped("breakpoint")
    # The first cell has no place in the file any more.
    assert session.at(CELLS, "double")
    session.set_breakpoints(CELLS)
    session.cont()
    assert session.wait_for_exit() == 0


def test_the_cell_of_a_notebook_has_an_address(session):
    address = "vscode-notebook-cell:/notes/cells.ipynb#W0sZmlsZQ%3D%3D"
    session.launch_and_stop(RUNNER, "ready", console="internalConsole")
    wanted = {"source": {"path": address}, "breakpoints": [{"line": 1}]}
    (before,) = session.request("setBreakpoints", **wanted)["breakpoints"]
    assert not before["verified"]
    assert before["message"] == "This code has not run yet."
    cell = {"line": 1, "endLine": 2, "runtimeSource": {"path": "<ipython-input-1-abc>"}, "runtimeLine": 1}
    session.request("setPydevdSourceMap", source={"path": address}, pydevdSourceMaps=[cell])
    session.cont()
    assert session.wait_for_stopped("breakpoint")["hitBreakpointIds"] == [before["id"]]
    assert session.stack()[0]["source"] == {"name": "cells.ipynb", "path": address}
    session.cont()
    assert session.wait_for_exit() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"source": {"path": "/cells.py"}},
        {"source": {"path": "/cells.py"}, "pydevdSourceMaps": [{"line": 1}]},
    ],
)
def test_what_is_no_source_map_is_refused(session, wrong):
    session.launch(RUNNER, console="internalConsole")
    assert session.refused("setPydevdSourceMap", **wrong)
    session.configured()
    assert session.wait_for_exit() == 0
