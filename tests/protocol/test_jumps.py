"""Set next statement and restart frame, as an editor asks for them."""

import sys

import pytest

from support.markers import line_of, program_path

ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]
PROGRAM = "step_jumps.py"
SOURCE = {"path": str(program_path(PROGRAM))}


@pytest.fixture(params=ENGINES)
def stopped(request, session):
    session.launch_and_stop(PROGRAM, "two", "counts_end", engine=request.param, console="internalConsole")
    return session


def test_set_next_statement(stopped):
    targets = stopped.request("gotoTargets", source=SOURCE, line=line_of(PROGRAM, "one"))["targets"]
    assert [target["line"] for target in targets] == [line_of(PROGRAM, "one")]
    stopped.request("goto", threadId=1, targetId=targets[0]["id"])
    stopped.wait_for_stopped("goto")
    assert stopped.at(PROGRAM, "one")
    assert stopped.evaluate("log")["result"] == "['one']"
    stopped.step("next")
    assert stopped.at(PROGRAM, "two")
    assert stopped.evaluate("log")["result"] == "['one', 'one']"


def test_targets_that_are_refused(stopped):
    assert "cannot leave the function" in stopped.refused("gotoTargets", source=SOURCE, line=line_of(PROGRAM, "loop"))
    elsewhere = {"path": str(program_path("step_cases.py"))}
    assert "No thread is stopped in this file" in stopped.refused("gotoTargets", source=elsewhere, line=1)
    assert "no jump target" in stopped.refused("goto", threadId=1, targetId=1000)
    assert "missing" in stopped.refused("gotoTargets", source={}, line=1)


def test_restart_frame(stopped):
    assert "canRestart" not in stopped.stack()[0]
    assert stopped.stack()[1]["canRestart"] is False
    assert "innermost" in stopped.refused("restartFrame", frameId=stopped.stack()[1]["id"])
    stopped.cont()
    stopped.wait_for_stopped("breakpoint")
    stopped.request("restartFrame", frameId=stopped.stack()[0]["id"])
    stopped.wait_for_stopped("restart")
    assert stopped.at(PROGRAM, "counts_begin")
    stopped.cont()
    stopped.wait_for_stopped("breakpoint")
    stopped.cont()
    assert stopped.wait_for_exit() == 0
    assert stopped.output().splitlines()[-1] == "0"
