"""Exception filters and their conditions, as an editor sets them."""

import os
import sys

import pytest

from support.markers import program_path

PROGRAM = "exc_choices.py"
SUITE = "exc_suite.py"
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]


def stops(session) -> list[str]:
    """Let the program run on to its end; return the types that it stopped on."""
    found = []
    while True:
        event = session.wait_for_event_of("stopped", "terminated")
        if event["event"] == "terminated":
            return found
        assert event["body"]["reason"] == "exception"
        found.append(event["body"]["text"].partition(":")[0])
        session.request("continue", threadId=event["body"]["threadId"])


def test_what_an_editor_is_told(session):
    filters = session.initialize()["exceptionBreakpointFilters"]
    assert [one["filter"] for one in filters] == ["raised", "uncaught", "userUnhandled"]
    assert all(one["supportsCondition"] and one["conditionDescription"] for one in filters)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"filterOptions": [{"filterId": "raised", "condition": "KeyError, Shop*, !OutOfStock"}]}, ["KeyError"]),
        ({"filterOptions": [{"filterId": "raised", "condition": "OSError if exc.errno == 2"}]}, ["FileNotFoundError"]),
        ({"filters": ["uncaught"], "filterOptions": [{"filterId": "uncaught"}]}, []),
        (
            {
                "filters": ["raised"],
                "exceptionOptions": [
                    {"breakMode": "never", "path": [{"names": ["Python Exceptions"]}, {"names": ["Exception"]}]}
                ],
            },
            [],
        ),
        (
            {
                "exceptionOptions": [
                    {
                        "breakMode": "always",
                        "path": [{"names": ["Python Exceptions"]}, {"names": ["LookupError", "OSError"]}],
                    },
                    {"breakMode": "never", "path": [{"names": ["Python Exceptions"]}, {"names": ["OSError"]}]},
                ]
            },
            ["KeyError"],
        ),
        (
            {
                "exceptionOptions": [
                    {"breakMode": "always", "path": [{"names": ["ShopError", "StopIteration"], "negate": True}]}
                ]
            },
            ["KeyError", "JSONDecodeError", "FileNotFoundError", "ExceptionGroup"],
        ),
    ],
)
def test_exceptions_are_chosen(session, engine, arguments, expected):
    session.launch(PROGRAM, console="internalConsole", engine=engine)
    answer = session.request("setExceptionBreakpoints", **{"filters": [], **arguments})
    assert all(one["verified"] for one in answer["breakpoints"])
    assert len(answer["breakpoints"]) == sum(len(part) for part in arguments.values())
    session.configured()
    assert stops(session) == expected
    assert session.output() == "done\n"


def test_what_cannot_be_used_is_said_and_the_rest_is_in_force(session):
    session.launch(PROGRAM, console="internalConsole")
    answer = session.request(
        "setExceptionBreakpoints",
        filters=["nothing"],
        filterOptions=[
            {"filterId": "raised", "condition": "KeyError ValueError"},
            {"filterId": "raised", "condition": "KeyError"},
        ],
        exceptionOptions=[{"breakMode": "never"}],
    )
    unknown, bad, good, never = answer["breakpoints"]
    assert "no exception filter 'nothing'" in unknown["message"]
    assert not bad["verified"]
    assert "`KeyError ValueError`" in bad["message"]
    assert "invalid syntax" in bad["message"]
    assert good == never == {"verified": True}
    session.request(
        "setExceptionBreakpoints", filters=[], filterOptions=[{"filterId": "raised", "condition": "KeyError"}]
    )
    session.configured()
    assert stops(session) == ["KeyError"]


def test_a_condition_that_raises_is_shown_once(session):
    session.launch(PROGRAM, console="internalConsole")
    session.request(
        "setExceptionBreakpoints", filters=[], filterOptions=[{"filterId": "raised", "condition": "exc.no"}]
    )
    session.configured()
    body = session.wait_for_stopped("exception")
    assert body["text"] == "KeyError: Condition `exc.no` raised AttributeError: 'KeyError' object has no attribute 'no'"
    session.cont()
    assert session.wait_for_exit() == 0
    assert session.output("important").count("Condition `exc.no`") == 1


def test_bad_arguments_are_refused(session):
    session.launch(PROGRAM, console="internalConsole")
    session._own_checked = False
    assert "'filterId'" in session.refused("setExceptionBreakpoints", filters=[], filterOptions=[{}])
    assert "'condition'" in session.refused(
        "setExceptionBreakpoints", filters=[], filterOptions=[{"filterId": "raised", "condition": 7}]
    )
    assert "'names'" in session.refused(
        "setExceptionBreakpoints", filters=[], exceptionOptions=[{"breakMode": "never", "path": [{"names": "x"}]}]
    )
    answer = session.request("setExceptionBreakpoints", filters=[], exceptionOptions=[{"breakMode": "sometimes"}])
    assert "no break mode 'sometimes'" in answer["breakpoints"][0]["message"]


EXITS = [
    # code, what the process ends with, whether that is of interest
    ("0", 0, False),
    ("none", 0, False),
    ("3", 3, True),
    ("true", 1, True),
    ("text", 1, True),
    ("-1", -1, True),
    ("1000000000000000000000000000000", -1, True),
]


@pytest.mark.parametrize(("code", "expected", "stops_there"), EXITS)
def test_exits(session, code, expected, stops_there):
    session.launch(PROGRAM, console="internalConsole", args=["exit", code])
    session.set_exception_filters("uncaught")
    session.configured()
    if stops_there:
        assert session.wait_for_stopped("exception")["text"] == "SystemExit"
        assert session.at(PROGRAM, "exit")
        assert session.request("exceptionInfo", threadId=1)["exceptionId"] == "SystemExit"
        session.cont()
    assert session.wait_for_exit() == (expected & 0xFF if os.name == "posix" else expected & 0xFFFF_FFFF)
    assert ("a text" in session.output("stderr")) == (code == "text")


@pytest.mark.parametrize(
    ("options", "code", "stops_there"),
    [
        ({"breakOnSystemExitZero": True}, "0", True),
        ({"breakOnSystemExitZero": True}, "none", True),
        ({"django": True}, "3", False),
        ({"flask": True}, "4", True),
        ({"breakOnSystemExit": [0, {"from": 5, "to": 9}]}, "0", True),
        ({"breakOnSystemExit": [0, {"from": 5, "to": 9}]}, "7", True),
        ({"breakOnSystemExit": [0, {"from": 5, "to": 9}]}, "4", False),
        ({"breakOnSystemExit": [None]}, "none", True),
        ({"breakOnSystemExit": []}, "none", False),
        ({"breakOnSystemExit": []}, "text", True),
    ],
)
def test_exits_of_interest(session, options, code, stops_there):
    session.launch(PROGRAM, console="internalConsole", args=["exit", code], **options)
    session.set_exception_filters("uncaught")
    session.configured()
    assert bool(stops(session)) == stops_there


def test_an_exit_that_is_named_stops_with_any_code(session):
    session.launch(PROGRAM, console="internalConsole", args=["exit", "0"])
    session.request(
        "setExceptionBreakpoints", filters=[], filterOptions=[{"filterId": "uncaught", "condition": "SystemExit"}]
    )
    session.configured()
    assert stops(session) == ["SystemExit"]


@pytest.mark.parametrize("codes", [3, ["3"], [{"from": "1"}], [True]])
def test_exit_codes_that_are_none(session, codes):
    with pytest.raises(Exception, match="breakOnSystemExit"):
        session.launch(PROGRAM, console="internalConsole", breakOnSystemExit=codes)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("runner", "markers"),
    [("pytest", ["helper", "by_hand", "broken", "assert_equal"]), ("unittest", ["assert_equal"])],
)
def test_a_test_suite_stops_where_tests_fail_and_nowhere_else(session, tmp_path, engine, runner, markers):
    args = (
        ["-q", "-p", "no:cacheprovider", "--noconftest", "exc_suite.py"]
        if runner == "pytest"
        else ["-q", "exc_suite.TestOld"]
    )
    session.launch(
        module=runner, args=args, cwd=str(program_path(SUITE).parent), console="internalConsole", engine=engine
    )
    session.set_exception_filters("uncaught", "userUnhandled")
    session.configured()
    found = []
    while (event := session.wait_for_event_of("stopped", "terminated"))["event"] == "stopped":
        session.thread_id = event["body"]["threadId"]
        info = session.request("exceptionInfo", threadId=session.thread_id)
        assert info["breakMode"] == "userUnhandled"
        found += [marker for marker in markers if session.at(SUITE, marker)] or [session.stack()[0]]
        session.cont()
    assert found == markers
    assert "skipped" in session.output("stdout", "stderr")


def test_a_step_from_a_failed_test_goes_on_with_the_next_one(session):
    args = ["-q", "-p", "no:cacheprovider", "--noconftest", SUITE]
    session.launch(module="pytest", args=args, cwd=str(program_path(SUITE).parent), console="internalConsole")
    session.set_exception_filters("userUnhandled")
    session.configured()
    session.wait_for_stopped("exception")
    assert [frame["name"] for frame in session.stack()][:2] == ["check", "test_that_fails"]
    assert session.local_variables()["number"]["value"] == "1"
    assert session.local_variables(1)["number"]["value"] == "1"
    assert session.step("next")["reason"] == "step"
    assert session.stack()[0]["name"] == "test_that_expects"
