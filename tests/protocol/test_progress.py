"""Requests that take long: shown as progress, and cancelled by it."""

import sys
import threading

import pytest

from support.session import Session

PROGRAM = "agent_shop.py"
# Goes on until somebody else ends it, in the console; `ready` is a file that ends it.
SLOW = "[1 for _ in iter(lambda: __import__('os').path.exists({ready!r}), True)][:0]"


@pytest.fixture
def stopped(session) -> Session:
    return stop(session)


def stop(session: Session, **capabilities) -> Session:
    session.initialize(**{"supportsProgressReporting": True, **capabilities})
    session.client.request(
        "launch", {"program": str(session_program()), "python": sys.executable, "console": "internalConsole"}
    )
    session.wait_for_event("initialized")
    session.set_breakpoints(PROGRAM, "handled")
    session.configured()
    session.wait_for_stopped()
    # On a busy machine the start may have taken long enough to be shown, too.
    for name in ("progressStart", "progressUpdate", "progressEnd"):
        session.client.take_events(name)
    return session


def session_program() -> str:
    from support.markers import program_path

    return str(program_path(PROGRAM))


def evaluate_slowly(session: Session, ready) -> int:
    frame = session.stack()[0]["id"]
    arguments = {"expression": SLOW.format(ready=str(ready)), "frameId": frame, "context": "repl"}
    return session.client.send_request("evaluate", arguments)


def test_a_long_evaluation_is_shown(stopped, tmp_path):
    number = evaluate_slowly(stopped, tmp_path / "ready")
    started = stopped.wait_for_event("progressStart")
    assert started == {
        "progressId": f"request {number}",
        "requestId": number,
        "title": "Evaluating",
        "cancellable": True,
    }
    assert stopped.wait_for_event("progressUpdate")["progressId"] == started["progressId"]
    (tmp_path / "ready").touch()
    assert stopped.client.wait_response(number)["body"]["result"] == "[]"
    assert stopped.wait_for_event("progressEnd")["progressId"] == started["progressId"]


def test_it_is_cancelled_by_its_progress(stopped, tmp_path):
    number = evaluate_slowly(stopped, tmp_path / "never")
    started = stopped.wait_for_event("progressStart")
    stopped.request("cancel", progressId=started["progressId"])
    assert stopped.client.wait_response(number)["success"] is False
    stopped.wait_for_event("progressEnd")
    assert stopped.evaluate("1 + 1")["result"] == "2"


def test_a_cancel_for_what_has_been_answered_disturbs_nobody(stopped, tmp_path):
    answered = stopped.client.send_request("threads")
    stopped.client.wait_response(answered)
    number = evaluate_slowly(stopped, tmp_path / "ready")
    for old in range(1, number):
        stopped.request("cancel", requestId=old)
    stopped.request("cancel", progressId="no such progress")
    (tmp_path / "ready").touch()
    assert stopped.client.wait_response(number)["success"] is True


def test_a_start_that_takes_long_is_shown_and_cancelled(session, tmp_path):
    slow = tmp_path / "python"
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    session.initialize(supportsProgressReporting=True)
    number = session.client.send_request("launch", {"code": "1", "python": str(slow)})
    started = session.wait_for_event("progressStart")
    assert started["title"] == "Starting the program"
    session.request("cancel", progressId=started["progressId"])
    answer = session.client.wait_response(number)
    assert (answer["success"], answer["message"]) == (False, "Cancelled.")
    session.wait_for_event("progressEnd")
    # The session is ready for another try.
    session.client.request("launch", {"code": "print(1)", "python": sys.executable})
    session.configured()
    assert session.wait_for_exit() == 0


def test_a_client_that_knows_no_progress_gets_none(session, tmp_path):
    stop(session, supportsProgressReporting=False)
    number = evaluate_slowly(session, tmp_path / "ready")
    ending = threading.Timer(1.5, (tmp_path / "ready").touch)
    ending.start()
    session.client.wait_response(number)
    ending.join()
    assert session.client.take_events("progressStart") == []
    assert session.client.take_events("progressEnd") == []


def test_what_is_quick_is_not_shown(stopped):
    for _ in range(20):
        stopped.evaluate("label")
    assert stopped.client.take_events("progressStart") == []


# What else a client can say that it understands


@pytest.mark.parametrize(("expression", "changes"), [("label = 'new'", True), ("print(1)", True), ("label", False)])
def test_a_console_line_that_may_change_something_is_told(stopped, expression, changes):
    stopped.evaluate(expression)
    stopped.request("threads")
    assert bool(stopped.client.take_events("invalidated")) is changes


def test_a_client_that_knows_no_invalidated_event_gets_none(session):
    stop(session, supportsInvalidatedEvent=False)
    session.evaluate("label = 'new'")
    session.request("threads")
    assert session.client.take_events("invalidated") == []


def test_what_is_important_is_plain_text(session):
    # VS Code shows it in a box of its own, where codes for colours would stand as they are.
    session.initialize(supportsANSIStyling=True)
    session.client.request("launch", {"python": sys.executable, "code": "import os; os.kill(os.getpid(), 9)"})
    session.configured()
    session.wait_for_event("terminated")
    assert session.output("important") == "The program was ended by SIGKILL.\n"


def test_colours_of_the_program_come_through(session):
    session.launch(code="print('\\x1b[31mred\\x1b[0m')").configured()
    assert session.wait_for_exit() == 0
    assert session.output() == "\x1b[31mred\x1b[0m\n"
