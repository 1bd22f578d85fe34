"""Every request of the protocol: supported and declared, or refused with a reason; in every phase of a session."""

import re
from pathlib import Path

import pytest

from heapsight.client import Client
from heapsight.wire.capabilities import CAPABILITIES, REFUSED_REQUESTS, REQUEST_CAPABILITIES
from support.schema import capabilities_in_schema, requests_in_schema
from support.session import RequestRefused, Session

PROGRAM = "agent_shop.py"
# These end what the test needs, or are a test of their own.
LIFE_CYCLE = {"initialize", "launch", "attach", "restart", "terminate", "disconnect"}
# No capability announces them: they are asked for a reference that the adapter has given out.
BY_REFERENCE = {"source", "locations"}
NOT_SUPPORTED = "not supported"
COMMANDS = sorted(set(requests_in_schema()) | set(REQUEST_CAPABILITIES))


@pytest.fixture
def free(open_session) -> Session:
    """Open a session that may send what the protocol forbids."""
    return open_session(own_checked=False)


def answer_to(session: Session, command: str) -> str:
    """Send a request without arguments; return "" for a success, else the error's text."""
    try:
        session.client.request(command, {})
    except RequestRefused as error:
        return str(error)
    return ""


def test_what_is_declared_is_answered_and_what_is_not_is_refused(free):
    free.launch_and_stop(PROGRAM, "handled")
    wrong = []
    for command in COMMANDS:
        if command in LIFE_CYCLE | BY_REFERENCE | {"continue", "next", "stepIn", "stepOut"}:
            continue
        said = answer_to(free, command)
        capability = REQUEST_CAPABILITIES.get(command)
        declared = capability is None or bool(CAPABILITIES.get(capability))
        expected = declared and command not in REFUSED_REQUESTS
        if expected is (NOT_SUPPORTED in said):
            wrong.append(f"{command}: declared {declared}, answered {said!r}")
        assert "Internal error" not in said, f"{command}: {said}"
    assert wrong == []


def test_refused_requests_are_not_declared():
    for command, reason in REFUSED_REQUESTS.items():
        assert not CAPABILITIES.get(REQUEST_CAPABILITIES.get(command, ""))
        assert reason.endswith(".")


def test_the_page_about_features_says_what_is_declared():
    page = (Path(__file__).parent.parent.parent / "docs" / "features.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^\| `(\w+)` \| (✔|refused)", page, re.MULTILINE))
    sent_by_the_adapter = {"runInTerminal", "startDebugging"}
    assert set(requests_in_schema()) - sent_by_the_adapter <= set(said)
    for command in set(requests_in_schema()) - sent_by_the_adapter - BY_REFERENCE:
        capability = REQUEST_CAPABILITIES.get(command)
        supported = command not in REFUSED_REQUESTS and (capability is None or bool(CAPABILITIES.get(capability)))
        assert (said[command] == "✔") is supported, command


def test_capabilities_are_those_of_the_protocol(free):
    known = capabilities_in_schema()
    assert set(free.initialize()) <= known
    assert set(CAPABILITIES) <= known
    assert set(REQUEST_CAPABILITIES.values()) <= known


@pytest.mark.parametrize("command", COMMANDS)
def test_before_initialize_everything_is_refused(free, command):
    if command not in ("initialize", "disconnect"):
        said = answer_to(free, command)
        assert NOT_SUPPORTED in said or "the session has to begin with 'initialize'" in said


def test_before_a_program_is_there(free):
    free.initialize()
    for command in COMMANDS:
        if command not in LIFE_CYCLE:
            said = answer_to(free, command)
            assert NOT_SUPPORTED in said or "no program yet" in said, f"{command}: {said!r}"
    assert "has to be" in answer_to(free, "launch")


def test_while_the_program_runs(free, tmp_path):
    free.launch("proto_spin.py", args=[str(tmp_path / "stop")]).configured()
    free.wait_for_event("output", lambda body: body["output"] == "spinning\n")
    for command in ("stackTrace", "scopes", "variables", "evaluate", "continue", "next", "exceptionInfo"):
        said = answer_to(free, command)
        assert "running" in said or "has to be" in said, f"{command}: {said!r}"
    assert "has a program already" in answer_to(free, "launch")


def test_after_the_end(free):
    free.launch("proto_steps.py").configured()
    free.wait_for_exit()
    for command in COMMANDS:
        if command not in LIFE_CYCLE:
            said = answer_to(free, command)
            assert NOT_SUPPORTED in said or "the program has ended" in said, f"{command}: {said!r}"
    free.disconnect()


def test_requests_that_are_none(free):
    free.launch_and_stop(PROGRAM, "handled")
    assert answer_to(free, "fly") == "The request 'fly' is not supported by Heapsight."
    assert free.client.wait_response(free.client.send({"type": "request"}))["success"] is False
    number = free.client.send({"type": "request", "command": ["a", "list"], "arguments": 3})
    assert free.client.wait_response(number)["success"] is False
    assert isinstance(free.client, Client)
    assert free.stack()


def test_arguments_of_a_wrong_kind_get_an_error_that_names_them(free):
    free.launch_and_stop(PROGRAM, "handled")
    for command, arguments, named in [
        ("modules", {"startModule": "first"}, "startModule"),
        ("variables", {"variablesReference": "x"}, "variablesReference"),
        ("stackTrace", {"threadId": None}, "threadId"),
        ("terminateThreads", {"threadIds": 1}, "threadIds"),
        ("evaluate", {"expression": 5}, "expression"),
    ]:
        assert named in free.refused(command, **arguments)
