"""Stepping into one of several calls, as an editor's menu offers them."""

import sys

import pytest

from support.markers import line_of

ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]
PROGRAM = "step_targets.py"


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


def targets(session, depth=0):
    found = session.request("stepInTargets", frameId=session.stack()[depth]["id"])["targets"]
    return {target["label"]: target for target in found}


# The marker that the program stops at, the labels there, and of some of them where a step into that call ends.
CASES = {
    "calls_line": (
        ["one(1)", "one(2)", "two(one(2))", "both(one(1), two(one(2)))"],
        {
            "one(1)": "one_body",
            "one(2)": "one_body",
            "two(one(2))": "two_body",
            "both(one(1), two(one(2)))": "both_body",
        },
    ),
    "long_line": (["one(3)", "two(4)", "both( one(3), # @long_line two(4), )"], {"two(4)": "two_body"}),
    "thing_line": (["len(data)", "Thing(len(data))"], {"Thing(len(data))": "init_body", "len(data)": "library_line"}),
    "for_line": (["numbers(2)"], {"numbers(2)": "numbers_body"}),
    "waits_line": (
        ["one(1)", "later(one(1))", "later(2)"],
        {"later(2)": "later_await", "later(one(1))": "later_await"},
    ),
}


@pytest.mark.parametrize(
    ("marker", "label"), [(marker, label) for marker, (_, ends) in CASES.items() for label in ends]
)
def test_into_a_call(session, engine, marker, label):
    session.launch_and_stop(PROGRAM, marker, engine=engine, console="internalConsole")
    labels, ends = CASES[marker]
    found = targets(session)
    assert list(found) == labels
    session.set_breakpoints(PROGRAM)
    session.step("stepIn", targetId=found[label]["id"])
    assert session.at(PROGRAM, ends[label])
    if label in {"one(2)", "later(2)"}:
        assert session.evaluate("n")["result"] == "2"


def test_into_a_library(session, engine):
    session.launch_and_stop(PROGRAM, "library_line", engine=engine, console="internalConsole")
    session.step("stepIn", targetId=targets(session)["json.dumps(data)"]["id"])
    assert session.stack()[0]["name"] == "dumps"
    assert targets(session, depth=1) == {}


def test_calls_that_were_made_are_no_targets_any_more(session, engine):
    session.launch_and_stop(PROGRAM, "calls_line", engine=engine, console="internalConsole")
    found = targets(session)
    assert found["one(2)"]["line"] == line_of(PROGRAM, "calls_line")
    text = "    found = both(one(1), two(one(2)))"
    assert text[found["one(2)"]["column"] - 1 : found["one(2)"]["endColumn"] - 1] == "one(2)"
    while "one(1)" in targets(session):
        session.step("next", granularity="instruction")
    assert list(targets(session)) == ["one(2)", "two(one(2))", "both(one(1), two(one(2)))"]
    assert "no step-in target" in session.refused("stepIn", threadId=1, targetId=found["one(1)"]["id"])
    session.step("stepIn", targetId=found["two(one(2))"]["id"])
    assert session.at(PROGRAM, "two_body")
