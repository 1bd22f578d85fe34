"""A program with numpy and pandas, debugged from launch to exit."""

import sys

import pytest

PROGRAM = "insp_science.py"
ENGINES = ["settrace", "monitoring"] if sys.version_info >= (3, 12) else ["settrace"]

pytest.importorskip("numpy")
pytest.importorskip("pandas")


@pytest.mark.parametrize("engine", ENGINES)
def test_arrays_and_tables(session, engine):
    session.launch_and_stop(PROGRAM, "science", engine=engine, console="internalConsole")
    rows = session.local_variables()
    assert rows["samples"]["value"].startswith("ndarray (3, 4) float64 [[0.0, 1.0, 2.0, 3.0], [4.0")
    page = session.variables(rows["samples"]["variablesReference"], filter="indexed", start=1, count=1)
    inner = session.variables(page["1"]["variablesReference"], filter="indexed", start=2, count=1)
    assert inner["2"]["value"] == "6.0"
    session.request("setVariable", variablesReference=page["1"]["variablesReference"], name="2", value="100")
    records = session.variables(rows["table"]["variablesReference"], filter="indexed", start=0, count=2)
    assert [row["value"] for row in records.values()] == ["name='a', mean=1.5", "name='b', mean=2.5"]
    assert session.evaluate(records["1"]["evaluateName"])["type"] == "Series"
    session.cont()
    assert session.wait_for_exit() == 0
    assert session.output() == "160.0 2\n"
