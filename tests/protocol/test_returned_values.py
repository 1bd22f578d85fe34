"""Return values in Variables, as an editor shows them after a step."""

import sys

import pytest

ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]
PROGRAM = "step_returns.py"


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture
def stopped(session, engine):
    session.launch_and_stop(PROGRAM, "run_two", engine=engine)
    return session


def test_after_step_over(stopped):
    assert "(return) double" not in stopped.local_variables()
    stopped.step("next")
    rows = stopped.local_variables()
    assert (rows["(return) Cart.total"]["value"], rows["(return) double"]["value"]) == ("3", "6")
    assert "readOnly" in rows["(return) double"]["presentationHint"]["attributes"]
    assert "evaluateName" not in rows["(return) double"]
    assert "(return) double" not in stopped.local_variables(frame=1)
    row = {"variablesReference": stopped.scopes()["Locals"], "name": "(return) double"}
    assert "cannot be changed" in stopped.refused("setVariable", **row, value="1")
    stopped.step("next")
    assert [name for name in stopped.local_variables() if "return" in name] == ["(return) dumps"]


def test_out_of_the_program_to_a_module(stopped):
    stopped.step("stepOut")
    rows = stopped.local_variables()
    assert rows["(return) run"]["value"].startswith("(9, '{\"a\": 1}'")
    expanded = stopped.variables(rows["(return) run"]["variablesReference"])
    assert expanded["0"]["value"] == "9"


def test_they_can_be_left_out(session, engine):
    session.launch_and_stop(PROGRAM, "run_two", engine=engine, showReturnValue=False)
    session.step("next")
    assert not [name for name in session.local_variables() if "return" in name]
