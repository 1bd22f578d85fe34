"""A program that gevent has monkey-patched: its threads are greenlets of one thread, its sleeps switch between them."""

from __future__ import annotations

import sys

import pytest

from support.websites import steps, where

pytest.importorskip("gevent")

PROGRAM = "real/gevent_workers.py"
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]


@pytest.fixture(params=ENGINES)
def program(request, session):
    session.launch(PROGRAM, console="internalConsole", engine=request.param, gevent=True)
    return session


def finish(session) -> None:
    session.set_breakpoints(PROGRAM)
    session.cont()
    assert session.wait_for_exit() == 0
    assert session.output() == "9 11 late\n"


def test_a_stop_in_a_greenlet(program):
    program.set_breakpoints(PROGRAM, {"marker": "done", "condition": "name == 'b'"})
    program.configured()
    program.wait_for_stopped("breakpoint")
    assert [frame["name"] for frame in program.stack() if frame["presentationHint"] == "normal"] == ["worker"]
    assert program.local_variables()["name"]["value"] == "'b'"
    assert program.evaluate("len(log) > 0")["result"] == "True"
    # One thread runs all greenlets.
    assert [thread["name"] for thread in program.request("threads")["threads"]] == ["MainThread"]
    finish(program)


def test_steps_stay_in_their_greenlet(program):
    program.set_breakpoints(PROGRAM, {"marker": "work", "condition": "name == 'b' and number == 0"})
    program.configured()
    program.wait_for_stopped("breakpoint")
    # `rest` switches to the other greenlets, which come by the same lines.
    assert steps(program, "next", 2) == ["done", "loop"]
    assert steps(program, "next", 1) == ["work"]
    assert steps(program, "stepIn", 2) == ["rest", "rested"]
    assert program.local_variables()["name"]["value"] == "'b'"
    assert steps(program, "stepIn", 2) == ["done", "loop"]
    assert program.local_variables()["name"]["value"] == "'b'"
    assert steps(program, "stepIn", 2) == ["work", "rest"]
    assert steps(program, "stepOut", 1) == ["done"]
    assert program.local_variables()["name"]["value"] == "'b'"
    finish(program)


def test_the_main_greenlet_waits_for_others(program):
    program.set_breakpoints(PROGRAM, "join")
    program.configured()
    program.wait_for_stopped("breakpoint")
    assert steps(program, "next", 1) == ["total"]
    assert program.evaluate("len(log)")["result"] == "9"
    finish(program)


def test_a_thread_that_is_a_greenlet(program):
    program.set_breakpoints(PROGRAM, {"marker": "done", "condition": "name == 'thread'"}, "joined")
    program.configured()
    program.wait_for_stopped("breakpoint")
    assert program.thread_id == 1
    assert [thread["name"] for thread in program.request("threads")["threads"]] == ["MainThread"]
    program.cont()
    program.wait_for_stopped("breakpoint")
    program.cont()
    program.wait_for_stopped("breakpoint")
    assert where(program) == "joined"
    finish(program)


def test_a_step_over_a_patched_socket_lets_other_greenlets_run(program):
    program.set_breakpoints(PROGRAM, "received")
    program.configured()
    program.wait_for_stopped("breakpoint")
    program.step("next")
    assert program.local_variables()["text"]["value"] == "b'late'"
    finish(program)
