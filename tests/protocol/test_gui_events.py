"""`guiEventLoop`: windows repaint while their thread is stopped."""

from __future__ import annotations

import pytest

PROGRAM = "real/painting/main.py"


def painted(session, text: str) -> None:
    session.wait_for_event("output", lambda body: text in body["output"])


@pytest.mark.parametrize("name", ["qt", "qt6"])
def test_events_are_handled_while_the_main_thread_is_stopped(session, name):
    session.launch_and_stop(PROGRAM, "shown", console="internalConsole", guiEventLoop=name)
    painted(session, "painted 3 times")
    # Requests are answered all the same.
    assert session.evaluate("application.painted >= 3")["result"] == "True"
    painted(session, "painted 6 times")
    session.step()
    session.cont()
    assert session.wait_for_exit() == 0


def test_a_function_of_the_program_s_own(session):
    session.launch_and_stop(PROGRAM, "shown", console="internalConsole", guiEventLoop="__main__.paint")
    painted(session, "painted by hand")
    assert session.evaluate("application.painted")["result"] == "0"
    session.cont()
    assert session.wait_for_exit() == 0


def test_a_handler_that_fails_is_told_once_and_the_stop_goes_on(session):
    session.launch_and_stop(PROGRAM, "shown", console="internalConsole", guiEventLoop="qt")
    session.evaluate("application.fails_at = application.painted + 2")
    said = session.wait_for_event("output", lambda body: "kept alive" in body["output"])["output"]
    assert said == "Windows are not kept alive: ValueError: a slot failed\n"
    count = session.evaluate("application.painted")["result"]
    assert session.evaluate("application.painted")["result"] == count
    session.cont()
    assert session.wait_for_exit() == 0


def test_an_unknown_toolkit_is_told(session):
    session.launch_and_stop(PROGRAM, "shown", console="internalConsole", guiEventLoop="motif")
    said = session.wait_for_event("output", lambda body: "kept alive" in body["output"])["output"]
    assert "no guiEventLoop 'motif'" in said
    assert "matplotlib, tk, qt, gtk, none" in said
    session.cont()
    assert session.wait_for_exit() == 0


@pytest.mark.parametrize("options", [{}, {"guiEventLoop": "none"}, {"guiEventLoop": "tk"}])
def test_no_events_are_handled_where_nobody_wants_it(session, options):
    # By default matplotlib's windows are kept alive, which this program has none of.
    session.launch_and_stop(PROGRAM, "shown", console="internalConsole", **options)
    assert session.evaluate("application.painted")["result"] == "0"
    session.cont()
    assert session.wait_for_exit() == 0


def test_matplotlib_makes_the_difference(session):
    session.launch_and_stop(PROGRAM, "shown", console="internalConsole")
    session.evaluate("import sys, types; sys.modules['matplotlib.pyplot'] = types.ModuleType('matplotlib.pyplot')")
    painted(session, "painted 3 times")
    session.cont()
    assert session.wait_for_exit() == 0
