"""A program debugged from launch to exit, as an editor does it: through the real adapter and the real agent."""

from __future__ import annotations

import os
import re
import signal
import sys

import pytest

from support.markers import line_of

PROGRAM = "agent_shop.py"
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]
NAMES = """\
class Loud:
    def __repr__(self):
        print("spoke")
def f(a, *rest, key, **more):
    return a
f(Loud(), 1, 2, key="k", x=3)
"""
ENDLESS = "[one for one in iter(int, 1)]"


@pytest.fixture(params=ENGINES)
def stopped(request, session):
    """Open a session that is stopped where an order has been handled."""
    session.launch_and_stop(PROGRAM, "handled", engine=request.param, console="internalConsole", evaluateTimeout=0.3)
    return session


def test_from_launch_to_exit(stopped):
    assert stopped.at(PROGRAM, "handled")
    assert [frame["name"] for frame in stopped.stack()] == ["handle", "main", "<module>"]
    stopped.set_breakpoints(PROGRAM)
    stopped.step("stepOut")
    stopped.cont()
    assert stopped.wait_for_exit() == 0
    assert stopped.output() == "['order 0', 'order 1', 'order 2']\n"
    assert stopped.output_events[-1]["line"] == line_of(PROGRAM, "printed")


def test_values_of_a_frame(stopped):
    rows = stopped.local_variables()
    assert list(rows) == ["number", "order", "label"]
    assert rows["label"]["value"] == "'order 0'"
    inside = stopped.variables(rows["order"]["variablesReference"])
    assert inside["total"]["presentationHint"]["lazy"] is True
    read = stopped.variables(inside["total"]["variablesReference"])
    assert [row["value"] for row in read.values()] == ["0"]


def test_memory_of_an_object(stopped):
    rows = stopped.local_variables()
    memory = stopped.variables(rows["order"]["variablesReference"])["⟨memory⟩"]
    assert memory["value"].endswith("2 refs")
    hover = stopped.evaluate("order", "hover")["result"]
    assert re.search(r"· 2 refs · retains \d+ B$", hover)
    frame = stopped.stack()[0]["id"]
    info = stopped.request("heapsight/inspect", expression="order", frameId=frame)
    assert info["references"] == 2
    found = stopped.request("heapsight/referrers", object=info["object"])
    labels = sorted(one["label"] for one in found["referrers"] if one["count"])
    assert labels == ["closure cell order of <lambda>", "local order in handle()"]
    assert found["unaccounted"] == 0


def test_a_row_in_variables_can_be_inspected(stopped):
    reference = stopped.scopes()["Locals"]
    info = stopped.request("heapsight/inspect", variablesReference=reference, name="order")
    assert info["type"] == "Order"
    assert info["classLocation"]["line"] == line_of(PROGRAM, "order_class")


def test_an_object_is_followed_to_the_next_stop(stopped):
    frame = stopped.stack()[0]["id"]
    info = stopped.request("heapsight/inspect", expression="order", frameId=frame, follow=True)
    stopped.cont()
    stopped.wait_for_stopped("breakpoint")
    assert stopped.request("heapsight/followed", follow=info["follow"])["info"]["references"] == 1
    stopped.evaluate("CACHE.clear()")
    stopped.cont()
    stopped.wait_for_stopped("breakpoint")
    assert stopped.request("heapsight/followed", follow=info["follow"]) == {"alive": False}
    assert "earlier stop" in stopped.refused("heapsight/referrers", object=info["object"])


def test_locals_of_any_frame_can_be_set(stopped):
    reference = stopped.scopes(frame=1)["Locals"]
    assert stopped.request("setVariable", variablesReference=reference, name="number", value="7")["value"] == "7"
    stopped.evaluate("label = 'changed'")
    stopped.set_breakpoints(PROGRAM, "printed")
    stopped.cont()
    stopped.wait_for_stopped("breakpoint")
    assert stopped.evaluate("labels[0]")["result"] == "'changed'"


@pytest.mark.parametrize("context", ["hover", "watch"])
def test_an_expression_that_never_ends_is_interrupted(stopped, context):
    frame = stopped.stack()[0]["id"]
    assert "took too long" in stopped.refused("evaluate", expression=ENDLESS, frameId=frame, context=context)
    assert stopped.evaluate("label")["result"] == "'order 0'"
    stopped.set_breakpoints(PROGRAM)
    stopped.cont()
    assert stopped.wait_for_exit() == 0


@pytest.mark.parametrize("how", ["pause", "cancel"])
def test_a_console_expression_that_never_ends_can_be_ended(stopped, how):
    frame = stopped.stack()[0]["id"]
    number = stopped.client.send_request("evaluate", {"expression": ENDLESS, "frameId": frame, "context": "repl"})
    # Answered by the reader thread, so the evaluation has been handed over by then.
    stopped.request("threads")
    if how == "pause":
        stopped.request("pause", threadId=1)
    else:
        stopped.request("cancel", requestId=number)
    assert stopped.client.wait_response(number)["success"] is False
    assert stopped.evaluate("label")["result"] == "'order 0'"


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("nobody", "NameError: name 'nobody' is not defined"),
        ("1 +", "SyntaxError"),
        ("order.missing", "AttributeError"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
    ],
)
def test_an_expression_that_fails_says_why(stopped, expression, complaint):
    frame = stopped.stack()[0]["id"]
    assert complaint in stopped.refused("evaluate", expression=expression, frameId=frame, context="watch")


@pytest.mark.parametrize("context", ["repl", "watch", "hover"])
def test_functions_that_look_around_see_the_variables_of_the_frame(stopped, context):
    def said(expression):
        return stopped.evaluate(expression, context)["result"].partition("  ·  ")[0]

    assert said("sorted(locals())") == "['label', 'number', 'order']"
    assert said("locals()['label'], sorted(vars())") == "('order 0', ['label', 'number', 'order'])"
    assert said("dir()") == "['label', 'number', 'order']"
    assert said("eval('number + 1')") == "1"
    assert said("[name for name in locals() if name == 'order']") == "['order']"


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ({}, "handle"),
        ({"parameters": False}, "handle"),
        ({"module": True}, "__main__.handle"),
        ({"line": True}, "handle : LINE"),
        ({"parameters": True}, "handle(number)"),
        ({"parameters": True, "parameterTypes": True}, "handle(int)"),
        (
            {
                "parameters": True,
                "parameterTypes": True,
                "parameterNames": True,
                "parameterValues": True,
                "module": True,
                "line": True,
            },
            "__main__.handle(number: int=0) : LINE",
        ),
    ],
)
def test_names_of_frames_have_what_the_client_wants(stopped, wanted, name):
    frames = stopped.stack(format=wanted)
    assert frames[0]["name"] == name.replace("LINE", str(line_of(PROGRAM, "handled")))
    assert frames[-1]["name"].startswith("__main__" if "module" in wanted else "<module>")


def test_values_in_names_of_frames_run_nothing(session, tmp_path):
    program = tmp_path / "names.py"
    program.write_text(NAMES)
    session.launch(program)
    session.request("setBreakpoints", source={"path": str(program)}, breakpoints=[{"line": 5}])
    session.configured()
    session.wait_for_stopped("breakpoint")
    parts = ["parameters", "parameterNames", "parameterValues"]
    [frame] = session.stack(levels=1, format=dict.fromkeys(parts, True))
    assert frame["name"].startswith("f(a=<__main__.Loud object at 0x")
    assert frame["name"].endswith(">, *rest=(1, 2), key='k', **more={'x': 3})")
    assert "spoke" not in session.output()


def test_numbers_of_an_earlier_stop_are_refused(stopped):
    frame = stopped.stack()[0]["id"]
    reference = stopped.scopes()["Locals"]
    stopped.cont()
    stopped.wait_for_stopped()
    assert "earlier stop" in stopped.refused("scopes", frameId=frame)
    assert "earlier stop" in stopped.refused("variables", variablesReference=reference)


def test_conditions_that_cannot_work(session):
    session.launch(PROGRAM, console="internalConsole")
    bad, raising = session.set_breakpoints(
        PROGRAM, {"marker": "printed", "condition": "number ==="}, {"marker": "handled", "condition": "missing > 1"}
    )
    assert bad["verified"] is False
    assert "does not compile" in bad["message"]
    assert raising["verified"] is True
    # The editor sends all of a file whenever one changes: what is wrong is said once.
    session.set_breakpoints(PROGRAM, {"marker": "printed", "condition": "number ==="}, "handled")
    session.set_breakpoints(
        PROGRAM, {"marker": "printed", "condition": "number ==="}, {"marker": "handled", "condition": "missing > 1"}
    )
    session.configured()
    assert "NameError" in session.wait_for_stopped("breakpoint")["text"]
    session.cont()
    assert session.wait_for_exit() == 0
    line = line_of(PROGRAM, "printed")
    assert session.output("console").count(f"{PROGRAM}:{line}: {bad['message']}\n") == 1


def test_log_points_and_hit_counts(session):
    session.launch(PROGRAM, console="internalConsole")
    session.set_breakpoints(
        PROGRAM, {"marker": "loop", "logMessage": "at {number:02d}"}, {"marker": "handled", "hitCondition": "== 2"}
    )
    session.configured()
    session.wait_for_stopped("breakpoint")
    assert session.evaluate("number")["result"] == "1"
    session.cont()
    assert session.wait_for_exit() == 0
    assert session.output("console") == "at 00\nat 01\nat 02\n"


def test_a_function_breakpoint(session):
    session.launch(PROGRAM, console="internalConsole")
    answer = session.request("setFunctionBreakpoints", breakpoints=[{"name": "handle", "condition": "number == 1"}])
    assert answer["breakpoints"][0]["verified"] is False
    session.configured()
    assert session.wait_for_event("breakpoint")["breakpoint"]["verified"] is True
    session.wait_for_stopped("function breakpoint")
    assert session.evaluate("number")["result"] == "1"


def test_the_last_exception(session):
    session.launch(PROGRAM, console="internalConsole", args=["fail"])
    session.set_exception_filters("uncaught")
    session.configured()
    assert session.wait_for_stopped("exception")["text"] == "LookupError"
    assert session.at(PROGRAM, "fails")
    info = session.request("exceptionInfo", threadId=1)
    assert (info["exceptionId"], info["description"], info["breakMode"]) == ("LookupError", "asked to", "unhandled")
    session.cont()
    assert session.wait_for_exit() == 1
    assert "LookupError: asked to" in session.output("stderr")
    assert "heapsight" not in session.output("stderr")


def test_a_program_that_does_not_compile(session, tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("def f(:\n")
    session.launch(broken, console="internalConsole")
    answer = session.request("setBreakpoints", source={"path": str(broken)}, breakpoints=[{"line": 1}])
    assert answer["breakpoints"][0]["verified"] is False
    session.configured()
    assert session.wait_for_exit() == 1
    assert "SyntaxError" in session.output("stderr")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_stopped_program_that_is_killed(stopped):
    pid = int(stopped.evaluate("__import__('os').getpid()")["result"])
    os.kill(pid, signal.SIGKILL)
    assert stopped.wait_for_exit() != 0
    assert "ended" in stopped.refused("threads")


def test_stop_on_entry(session):
    session.launch(PROGRAM, console="internalConsole", stopOnEntry=True).configured()
    session.wait_for_stopped("entry")
    assert session.stack()[0]["line"] == 1


def test_completions(stopped):
    frame = stopped.stack()[0]["id"]
    found = stopped.request("completions", frameId=frame, text="order.nu", column=9)["targets"]
    assert [one["label"] for one in found] == ["number"]
    assert (found[0]["start"], found[0]["length"]) == (7, 2)


def test_completions_in_an_editor_that_takes_their_places_for_an_index(session):
    known = session.client.request
    session.initialize = lambda: known("initialize", {"adapterID": "heapsight", "clientID": "vscode"})
    session.launch_and_stop(PROGRAM, "handled", console="internalConsole")
    frame = session.stack()[0]["id"]
    (found,) = session.request("completions", frameId=frame, text="order.nu", column=9)["targets"]
    assert (found["start"], found["length"]) == (6, 2)
