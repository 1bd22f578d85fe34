"""What an editor shows at an exception: the event, `exceptionInfo`, and the exception itself among the variables."""

import sys

import pytest

ASSERTIONS = "exc_assertions.py"
PROGRAM = "exc_chains.py"
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_failed_assertion_explains_itself(session, engine):
    session.launch(ASSERTIONS, console="internalConsole", engine=engine)
    session.set_exception_filters("raised", "uncaught")
    session.configured()
    body = session.wait_for_stopped("exception")
    assert body["text"] == (
        "AssertionError: assert cart.inner.size == expected (cart.inner.size = 4, expected = 8)"
    )  # fmt: skip
    assert session.at(ASSERTIONS, "assertion")
    assert session.evaluate("CALLS")["result"] == "[]"
    info = session.request("exceptionInfo", threadId=session.thread_id)
    assert info["description"] == "Ada\nassert cart.inner.size == expected\n  cart.inner.size = 4\n  expected = 8"
    session.cont()
    body = session.wait_for_stopped("exception")
    assert body["text"].startswith("AssertionError: assert expected == [cart] (expected = 8, cart = <")
    # The event has run nothing of the program's; what a person looks at is shown by its own repr.
    assert session.evaluate("CALLS")["result"] == "[]"
    info = session.request("exceptionInfo", threadId=session.thread_id)
    assert info["description"] == "assert expected == [cart]\n  expected = 8\n  cart = <cart>"
    session.cont()
    assert session.wait_for_exit() == 1


@pytest.fixture
def stopped(session):
    session.launch(PROGRAM, console="internalConsole")
    session.set_exception_filters("uncaught")
    session.configured()
    session.wait_for_stopped("exception")
    return session


def test_the_chain(stopped):
    info = stopped.request("exceptionInfo", threadId=1)
    assert (info["exceptionId"], info["breakMode"]) == ("__main__.BatchFailed", "unhandled")
    assert info["description"].split("\n") == [
        "two of three (2 sub-exceptions)",
        "in the nightly run",
        "  ValueError: first",
        "  ExceptionGroup: the rest (1 sub-exception)",
        "    KeyError: 'second'",
    ]
    details = info["details"]
    assert [one["fullTypeName"] for one in details["innerException"]] == ["OSError", "ValueError", "ExceptionGroup"]
    (cause, first, rest) = details["innerException"]
    assert cause["innerException"][0]["fullTypeName"] == "ZeroDivisionError"
    assert rest["innerException"][0]["message"] == "'second'"
    stack = details["stackTrace"]
    assert stack.index("in fail") < stack.index("Raised from OSError: disk") < stack.index("Raised while handling Zero")
    assert "in divide" in stack
    assert "Member 0 of the group, ValueError: first" in stack
    for one in (details, cause, cause["innerException"][0], first, rest, rest["innerException"][0]):
        found = stopped.evaluate(f"type({one['evaluateName']}).__name__")
        assert found["result"] == repr(one["typeName"])


def test_the_exception_is_in_variables_and_in_the_console(stopped):
    row = stopped.local_variables()["__exception__"]
    assert row["type"] == "BatchFailed"
    assert row["evaluateName"] == "__exception__"
    inside = stopped.variables(row["variablesReference"])
    assert inside["exceptions"]["type"] == "tuple"
    assert "__exception__" not in stopped.local_variables(1)
    assert stopped.evaluate("__exception__.args[0]")["result"] == "'two of three'"
    frame = stopped.stack()[1]["id"]
    assert "NameError" in stopped.refused("evaluate", expression="__exception__", frameId=frame, context="watch")


def test_in_a_modules_frame(session):
    session.launch(code="number = 1\nnumber / 0", console="internalConsole")
    session.set_exception_filters("uncaught")
    session.configured()
    session.wait_for_stopped("exception")
    assert session.evaluate("__exception__.args")["result"] == "('division by zero',)"
    assert session.evaluate("'__exception__' in globals()")["result"] == "False"
    session.cont()
    assert session.wait_for_exit() == 1


def test_a_thread_that_is_not_stopped_on_an_exception(session):
    session.launch(PROGRAM, console="internalConsole", stopOnEntry=True).configured()
    session.wait_for_stopped("entry")
    assert session.refused("exceptionInfo", threadId=1) == "Thread 1 is not stopped on an exception."
    assert "not stopped" in session.refused("exceptionInfo", threadId=99)
    frame = session.stack()[0]["id"]
    assert "NameError" in session.refused("evaluate", expression="__exception__", frameId=frame, context="watch")


def test_a_message_that_never_ends(session, tmp_path):
    program = tmp_path / "endless.py"
    program.write_text(
        "class Endless(Exception):\n"
        "    def __str__(self):\n"
        "        while True:\n"
        "            pass\n"
        "try:\n"
        "    raise Endless\n"
        "except Endless:\n"
        "    raise KeyError('k')\n"
    )
    session.launch(program, console="internalConsole", evaluateTimeout=0.3)
    session.set_exception_filters("raised")
    session.configured()
    session.wait_for_stopped("exception")
    info = session.request("exceptionInfo", threadId=1)
    assert (info["exceptionId"], info["description"]) == ("__main__.Endless", "<__str__ took too long>")
    session.cont()
    session.wait_for_stopped("exception")
    info = session.request("exceptionInfo", threadId=1)
    assert info["description"] == "'k'"
    assert info["details"]["innerException"][0]["message"] == "<__str__ took too long>"
