"""Steps and continues of one thread alone, as an editor asks for them."""

import sys

import pytest

ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]
PROGRAM = "step_single.py"


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


def stop_both(session, **configuration):
    """Stop the main thread, and wait until the other one stands still as well."""
    session.launch_and_stop(PROGRAM, "single_first", console="internalConsole", **configuration)
    before, now = "", counted(session)
    while before != now:
        before, now = now, counted(session)


def counted(session):
    return session.evaluate("counted")["result"]


def test_a_step_of_one_thread(session, engine):
    stop_both(session, engine=engine)
    before = counted(session)
    for _ in range(2):
        assert session.step("next", singleThread=True)["threadId"] == 1
    assert session.at(PROGRAM, "single_third")
    assert counted(session) == before
    session.step("next")
    session.cont()
    assert session.wait_for_exit() == 0


def test_steps_of_one_thread_by_the_configuration(session, engine):
    stop_both(session, engine=engine, steppingResumesAllThreads=False)
    before = counted(session)
    session.step("next")
    session.step("next")
    assert counted(session) == before
    assert session.request("continue", threadId=1)["allThreadsContinued"] is True
    assert session.wait_for_exit() == 0


def test_continue_one_thread(session, engine):
    stop_both(session, engine=engine)
    session.set_breakpoints(PROGRAM, "single_third")
    before = counted(session)
    assert session.request("continue", threadId=1, singleThread=True)["allThreadsContinued"] is False
    session.wait_for_stopped("breakpoint")
    assert counted(session) == before
    session.cont()
    assert session.wait_for_exit() == 0
