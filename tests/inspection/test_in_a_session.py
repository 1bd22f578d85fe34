"""Inspection through the whole of it: client, adapter, agent, on a thread that is stopped in its trace function."""

import sys

import pytest

PROGRAM = "insp_shop.py"
ENGINES = ["settrace", "monitoring"] if sys.version_info >= (3, 12) else ["settrace"]


@pytest.fixture(params=ENGINES)
def stopped(request, session):
    """Stop in `total`, called by `run`."""
    session.launch_and_stop(PROGRAM, "inner", "later", engine=request.param, evaluateTimeout=1)
    return session


def test_look_and_change(stopped):
    assert [frame["name"] for frame in stopped.stack()] == ["total", "run", "<module>"]
    assert stopped.local_variables()["result"]["value"] == "12"
    assert stopped.local_variables(1)["items"]["value"] == "[<cup>, <pot>]"
    inner, outer = (stopped.scopes(depth)["Locals"] for depth in (0, 1))
    stopped.request("setVariable", variablesReference=inner, name="result", value="result + 1")
    stopped.request("setVariable", variablesReference=outer, name="factor", value="factor * 10")
    stopped.evaluate("items.append('bowl')", frame=1)
    assert stopped.evaluate("[factor for _ in items]", frame=1)["result"] == "[20, 20, 20]"
    stopped.cont()
    stopped.wait_for_stopped()
    assert stopped.at(PROGRAM, "later")
    assert stopped.local_variables()["factor"]["value"] == "21"
    stopped.cont()
    stopped.wait_for_event("exited")
    assert stopped.output().split() == ["13", "20", "[<cup>,", "<pot>,", "'bowl']", "21"]


def test_pages_properties_and_hexadecimal(stopped):
    many = stopped.local_variables(1)["many"]
    assert many["indexedVariables"] == 500
    page = stopped.variables(many["variablesReference"], filter="indexed", start=490, count=100, format={"hex": True})
    assert [row["value"] for row in page.values()][:2] == ["0x1ea", "0x1eb"]
    assert len(page) == 10
    items = stopped.variables(stopped.local_variables(1)["items"]["variablesReference"])
    shouted = stopped.variables(items["0"]["variablesReference"])["shouted"]
    assert shouted["presentationHint"]["lazy"]
    assert [row["value"] for row in stopped.variables(shouted["variablesReference"]).values()] == ["'CUP'"]
    assert stopped.evaluate("255", "watch")["result"] == "255"


def test_references_die_with_the_stop(stopped):
    reference, frame = stopped.scopes()["Locals"], stopped.stack()[0]["id"]
    stopped.cont()
    stopped.wait_for_stopped()
    assert "earlier stop" in stopped.refused("variables", variablesReference=reference)
    assert "earlier stop" in stopped.refused("scopes", frameId=frame)
    assert "earlier stop" in stopped.refused("evaluate", expression="1", frameId=frame)


def test_a_repr_that_never_ends(session):
    session.launch_and_stop(PROGRAM, "end")
    rows = session.local_variables()
    assert "repr interrupted after" in rows["endless"]["value"]
    assert rows["after"]["value"] == "'after'"
    assert "(repr took" in session.local_variables()["endless"]["value"]
    session.cont()
    session.wait_for_event("exited")


def test_cancelling_one_request_leaves_another_alone(stopped):
    frame = stopped.stack()[0]["id"]
    old = stopped.client.send_request("threads")
    stopped.client.wait_response(old)
    endless = {"expression": "while True: pass", "frameId": frame, "context": "repl"}
    number = stopped.client.send_request("evaluate", endless)
    waiting = stopped.client.send_request("scopes", {"frameId": frame})
    stopped.request("cancel", requestId=old)
    stopped.request("cancel", requestId=waiting)
    assert stopped.client.wait_response(waiting)["message"] == "cancelled"
    stopped.wait_for_event("output", lambda body: "goes on" in body["output"])
    stopped.request("cancel", requestId=number)
    assert stopped.client.wait_response(number)["message"] == "cancelled"
    assert stopped.evaluate("result")["result"] == "12"


def test_breakpoints_and_exceptions_in_an_evaluation_do_not_stop(stopped):
    stopped.set_exception_filters("raised", "uncaught", "userUnhandled")
    assert stopped.evaluate("total([], 1)", frame=1)["result"] == "0"
    message = stopped.refused("evaluate", expression="total(None, 1)", frameId=stopped.stack()[1]["id"], context="repl")
    assert "TypeError" in message
    assert stopped.at(PROGRAM, "inner")
    stopped.cont()
    assert stopped.wait_for_stopped()["reason"] == "breakpoint"
    assert stopped.at(PROGRAM, "later")


def test_cancelling_what_a_repr_holds_up(session):
    session.launch_and_stop(PROGRAM, "end", evaluateTimeout=1000)
    reference = session.scopes()["Locals"]
    number = session.client.send_request("variables", {"variablesReference": reference})
    session.request("threads")
    session.request("cancel", requestId=number)
    answer = session.client.wait_response(number)
    if answer["success"]:
        rows = {row["name"]: row["value"] for row in answer["body"]["variables"]}
        assert "repr interrupted after" in rows["endless"]
        assert rows["after"] == "'after'"
    else:
        assert answer["message"] == "cancelled"
    assert session.evaluate("after")["result"] == "'after'"
    session.cont()
    session.wait_for_event("exited")


def test_cancelling_at_any_moment(stopped):
    frame = stopped.stack()[0]["id"]
    for _ in range(30):
        number = stopped.client.send_request(
            "evaluate", {"expression": "while True: pass", "frameId": frame, "context": "repl"}
        )
        stopped.request("cancel", requestId=number)
        assert stopped.client.wait_response(number)["message"] == "cancelled"
    assert stopped.evaluate("result")["result"] == "12"


@pytest.mark.parametrize("when", ["at once", "when it is late"])
def test_an_endless_evaluation_does_not_keep_the_program_from_going_on(stopped, when):
    frame = stopped.stack()[0]["id"]
    endless = {"expression": "while True: pass", "frameId": frame, "context": "repl"}
    number = stopped.client.send_request("evaluate", endless)
    if when == "when it is late":
        stopped.wait_for_event("output", lambda body: "goes on" in body["output"])
    stopped.cont()
    assert "Interrupted" in stopped.client.wait_response(number)["message"]
    stopped.wait_for_stopped("breakpoint")
    assert stopped.evaluate("sum(one for one in range(100_000)) + factor")["result"] == "4999950003"


def test_what_was_asked_before_going_on_is_done(stopped):
    frame = stopped.stack()[1]["id"]
    wish = {"expression": "for _ in range(1000): factor += 1", "frameId": frame, "context": "repl"}
    number = stopped.client.send_request("evaluate", wish)
    stopped.cont()
    assert stopped.client.wait_response(number)["success"]
    stopped.wait_for_stopped("breakpoint")
    assert stopped.local_variables()["factor"]["value"] == "1003"
