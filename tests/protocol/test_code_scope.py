"""Rules and libraries to step into, as an editor asks for them."""

import json
import sys
from pathlib import Path

import pytest

from support.session import RequestRefused

ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]
PROGRAM = "step_cases.py"


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


def stop_at_library_call(session, **configuration):
    session.launch_and_stop("step_library.py", "library_call", console="internalConsole", **configuration)


def in_json(session):
    return Path(session.stack()[0]["source"].get("path", "")).parent.name == "json"


def test_a_library_is_stepped_into_after_it_is_included(session, engine):
    stop_at_library_call(session, engine=engine)
    path = json.decoder.__file__
    answer = session.request("heapsight/includeSource", path=path)
    assert (answer["name"], answer["include"]) == ("json", True)
    session.wait_for_event("invalidated")
    session.step("stepIn")
    assert in_json(session)
    assert session.stack()[0]["presentationHint"] == "normal"
    session.step("stepOut")
    session.cont()
    session.wait_for_stopped("breakpoint")
    session.request("heapsight/includeSource", path=path, include=False)
    session.step("stepIn")
    assert not in_json(session)


def test_by_module(session, engine):
    stop_at_library_call(session, engine=engine)
    session.request("heapsight/includeSource", module="json.encoder")
    session.step("stepIn")
    assert session.stack()[0]["source"]["name"] == "encoder.py"
    assert "'path' and 'module'" in session.refused("heapsight/includeSource")
    assert "'path' and 'module'" in session.refused("heapsight/includeSource", path="a", module="b")


def test_rules_of_the_configuration(session, engine):
    stop_at_library_call(session, engine=engine, rules=[{"module": "json", "include": True}])
    session.step("stepIn")
    assert in_json(session)


@pytest.mark.parametrize("rules", [{}, ["x"], [{"include": True}], [{"path": "a"}], [{"path": "", "include": True}]])
def test_rules_that_are_none(session, rules):
    with pytest.raises(RequestRefused, match="rules"):
        session.launch(PROGRAM, rules=rules)
