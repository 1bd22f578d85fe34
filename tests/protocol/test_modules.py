"""Modules, loaded sources, and ending threads."""

import os
import sys

import pytest

from support.markers import program_path

PROGRAM = "proto_modules.py"
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]


@pytest.fixture
def stopped(session):
    session.launch_and_stop(PROGRAM, "before", "after", "gone", "working")
    return session


def by_name(session) -> dict[str, dict]:
    return {module["name"]: module for module in session.request("modules")["modules"]}


def test_modules_tell_how_and_from_where_they_were_imported(stopped):
    found = by_name(stopped)
    main = found["__main__"]
    assert main["path"] == str(program_path(PROGRAM))
    assert main["isUserCode"] is True
    assert main["loader"] == "SourceFileLoader"
    assert (found["sys"]["origin"], found["sys"]["loader"]) == ("built-in", "BuiltinImporter")
    assert found["os"]["path"] == os.__file__
    assert found["os"]["isUserCode"] is False
    assert not [name for name in found if name.startswith("heapsight")]
    columns = [column["attributeName"] for column in stopped.initialize_body["additionalModuleColumns"]]
    assert columns == ["origin", "loader"]


def test_modules_come_in_pages(stopped):
    whole = stopped.request("modules")
    total = whole["totalModules"]
    assert total == len(whole["modules"]) > 20
    pages = [stopped.request("modules", startModule=start, moduleCount=7) for start in range(0, total, 7)]
    assert [module for page in pages for module in page["modules"]] == whole["modules"]
    assert {page["totalModules"] for page in pages} == {total}
    assert stopped.request("modules", startModule=total, moduleCount=5)["modules"] == []


def test_a_client_that_has_asked_is_told_of_new_and_removed_modules(stopped):
    assert "colorsys" not in by_name(stopped)
    paths = [source["path"] for source in stopped.request("loadedSources")["sources"]]
    assert str(program_path(PROGRAM)) in paths
    assert os.__file__ in paths
    stopped.cont()
    new = stopped.wait_for_event("module", lambda body: body["module"]["name"] == "colorsys")
    assert new["reason"] == "new"
    assert new["module"]["path"].endswith("colorsys.py")
    assert stopped.wait_for_event("loadedSource")["source"]["name"] == "colorsys.py"
    stopped.wait_for_stopped()
    stopped.cont()
    assert stopped.wait_for_event("module", lambda body: body["reason"] == "removed")["module"]["id"] == "colorsys"
    assert stopped.wait_for_event("loadedSource")["reason"] == "removed"


def test_a_client_that_has_not_asked_hears_nothing(stopped):
    stopped.cont()
    stopped.wait_for_stopped()
    stopped.request("threads")
    assert stopped.client.take_events("module") == []
    assert stopped.client.take_events("loadedSource") == []


def test_modules_of_a_running_program(session, tmp_path):
    stop = tmp_path / "stop"
    session.launch("proto_spin.py", args=[str(stop)]).configured()
    session.wait_for_event("output", lambda body: body["output"] == "spinning\n")
    assert "time" in by_name(session)
    stop.touch()
    assert session.wait_for_exit() == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_running_thread_is_ended(session, engine):
    session.launch(PROGRAM, engine=engine).configured()
    session.wait_for_event("output", lambda body: body["output"] == "working\n")
    threads = {thread["name"]: thread["id"] for thread in session.request("threads")["threads"]}
    assert "There is no thread 99" in session.refused("terminateThreads", threadIds=[threads["worker"], 99])
    assert "names no thread" in session.refused("terminateThreads")
    session.request("terminateThreads", threadIds=[threads["worker"]])
    assert session.wait_for_exit() == 0
    assert session.output() == "working\nleft\njoined\n"
    assert session.output("stderr") == ""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_stopped_thread_is_ended_when_it_goes_on(session, engine):
    session.launch_and_stop(PROGRAM, "spinning", engine=engine)
    thread = session.thread_id
    assert thread != 1
    session.request("terminateThreads", threadIds=[thread])
    assert session.line() > 1
    session.set_breakpoints(PROGRAM)
    session.cont()
    assert session.wait_for_exit() == 0
    assert sorted(session.output().split()) == ["joined", "left", "working"]
