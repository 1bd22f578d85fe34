"""The memory requests in a program that is being debugged: what the debugger itself holds is not there."""

import re
import sys

import pytest

from support.markers import line_of, program_path

ENGINES = ["settrace", "monitoring"] if sys.version_info >= (3, 12) else ["settrace"]


@pytest.fixture(params=ENGINES)
def stopped(request, session):
    """Return a function that launches the shop and stops at a marker."""

    def stop(*places):
        session.launch_and_stop("mem_shop.py", *places, engine=request.param)
        return session

    return stop


def inspect(session, expression, **more):
    return session.request("heapsight/inspect", expression=expression, frameId=session.stack()[0]["id"], **more)


def held_by(session, number, ancestors=()):
    body = session.request("heapsight/referrers", object=number, ancestors=list(ancestors))
    assert body["complete"]
    return body


def lines(body):
    return [one["label"] if one["count"] == 1 else f"{one['count']} × {one['label']}" for one in body["referrers"]]


def test_everything_that_holds_a_request(stopped):
    session = stopped("leaving")
    info = inspect(session, "request")
    body = held_by(session, info["object"])
    assert lines(body)[:2] == ["local request in leave()", "local request in serve()"]
    assert sorted(lines(body)) == sorted(
        [
            "local request in leave()",
            "local request in serve()",
            "closure cell request of handler",
            ".last",
            "['newest']",
            "2 × [0], [2]",
        ]
    )
    assert (info["references"], body["unaccounted"]) == (7, 0)
    frames = {frame["name"]: frame for frame in session.stack()}
    for one in body["referrers"]:
        if one["kind"] == "local":
            frame = frames[one["label"].removeprefix("local request in ").removesuffix("()")]
            assert one["frameId"] == frame["id"]
            assert one["location"] == {"path": frame["source"]["path"], "line": frame["line"]}
    assert info["classLocation"]["line"] == line_of("mem_shop.py", "request_class")
    assert info["classLocation"]["path"] == str(program_path("mem_shop.py"))


def test_the_tree_leads_to_the_leak(stopped):
    session = stopped("leaving")
    number = inspect(session, "request")["object"]
    handler = next(one for one in held_by(session, number)["referrers"] if one["kind"] == "closure")
    assert handler["value"] == "function handler"
    above = held_by(session, handler["object"], [number])
    assert lines(above) == ["[0]"]
    top = held_by(session, above["referrers"][0]["object"], [number, handler["object"]])
    assert lines(top) == ["global HANDLERS in __main__"]
    assert top["referrers"][0]["root"]
    # The steps make an expression that can be pasted.
    path = top["referrers"][0]["step"] + above["referrers"][0]["step"] + handler["step"]
    assert path == "sys.modules['__main__'].HANDLERS[0].__closure__[0].cell_contents"
    assert session.evaluate(f"__import__('sys').{path.removeprefix('sys.')} is request")["result"] == "True"


def test_looking_at_everything_first_changes_nothing(stopped):
    session = stopped("leaving")
    before = inspect(session, "request")["references"]
    for frame in range(len(session.stack())):
        for reference in session.scopes(frame).values():
            for row in session.variables(reference).values():
                if row["variablesReference"] and row["name"] != "__builtins__":
                    session.variables(row["variablesReference"])
    session.evaluate("request", "hover")
    session.evaluate("request.items", "watch")
    session.evaluate("[request, request]", "watch")
    after = inspect(session, "request")
    # But the list of the watch, which is held for the client till the program goes on, holds it twice.
    assert after["references"] == before + 2
    session.step()
    assert inspect(session, "request")["references"] == before


def test_hover_and_variables(stopped):
    session = stopped("leaving")
    assert re.search(r"· 7 refs · retains \d+ B$", session.evaluate("request", "hover")["result"])
    row = session.local_variables()["request"]
    memory = session.variables(row["variablesReference"])["⟨memory⟩"]
    assert memory["value"].endswith(" · 7 refs")
    facts = session.variables(memory["variablesReference"])
    assert facts["references"]["value"] == "7 refs"
    holders = session.variables(facts["held by"]["variablesReference"])
    assert "closure cell request of handler" in holders
    above = session.variables(holders["closure cell request of handler"]["variablesReference"])
    assert list(above) == ["[0]"]
    refusal = session.refused("setVariable", variablesReference=memory["variablesReference"], name="address", value="1")
    assert "cannot be assigned" in refusal


def test_a_row_of_variables_is_inspected(stopped):
    session = stopped("leaving")
    body = session.request("heapsight/inspect", variablesReference=session.scopes()["Locals"], name="shop")
    assert (body["type"], body["references"]) == ("Shop", 2)
    assert body["evaluateName"] == "shop"


@pytest.mark.parametrize("engine", ENGINES)
def test_an_exception_that_the_program_stopped_on(session, engine):
    session.launch("mem_shop.py", engine=engine)
    session.set_exception_filters("raised")
    session.configured()
    session.wait_for_stopped("exception")
    info = inspect(session, "error")
    body = held_by(session, info["object"])
    # Besides the local: the interpreter, which is raising it. Not: what the stop knows of it.
    assert lines(body) == ["local error in fail()"]
    assert (info["references"], body["unaccounted"]) == (2, 1)


def test_an_exception_that_is_being_handled(stopped):
    session = stopped("handling")
    info = inspect(session, "caught")
    body = held_by(session, info["object"])
    assert "local caught in refused()" in lines(body)
    assert "exception being handled" in lines(body)
    # The frame that raised it is ended, and kept by the traceback.
    assert "local error in fail()" in lines(body)
    assert body["unaccounted"] == 0


def test_locals_of_other_threads(stopped):
    session = stopped("two_threads")
    info = inspect(session, "request")
    body = held_by(session, info["object"])
    assert "local request in in_two_threads()" in lines(body)
    assert "local argument in wait()" in lines(body)
    assert body["unaccounted"] == 0


def test_a_followed_object_is_gone_when_the_program_lets_go(stopped):
    session = stopped("leaving", "two_threads", "gone")
    info = inspect(session, "request", follow=True)
    follow = info["follow"]
    # Whatever was looked at, nothing of it outlives the stop.
    for one in held_by(session, info["object"])["referrers"]:
        if "object" in one:
            held_by(session, one["object"], [info["object"]])
    session.request("threads")
    session.variables(
        session.variables(session.local_variables()["request"]["variablesReference"])["⟨memory⟩"]["variablesReference"]
    )
    session.cont()
    session.wait_for_stopped()
    again = session.request("heapsight/followed", follow=follow)
    assert again["alive"]
    assert again["info"]["references"] == 2
    assert "earlier stop" in session.refused("heapsight/referrers", object=info["object"])
    session.cont()
    session.wait_for_stopped()
    assert session.request("heapsight/followed", follow=follow) == {"alive": False}
    session.request("heapsight/unfollow", follow=follow)
    assert session.refused("heapsight/followed", follow=follow)


def test_questions_that_have_no_answer(stopped):
    session = stopped("leaving")
    assert "no object with the number 999" in session.refused("heapsight/referrers", object=999)
    assert "NameError" in session.refused("heapsight/inspect", expression="nothing", frameId=session.stack()[0]["id"])
    assert session.refused("heapsight/inspect")
    assert session.refused("heapsight/followed", follow=77)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_program_that_was_looked_at_all_over_is_as_before(session, engine):
    session.launch_and_stop("mem_census.py", "look", engine=engine)
    expand(session, session.local_variables(), 4)
    objects = session.variables(session.scopes()["Globals"])["OBJECTS"]
    rows = session.variables(objects["variablesReference"])
    expand(session, rows, 3)
    for name in rows:
        if name.isdecimal():
            session.evaluate(f"OBJECTS[{name}]", "hover")
            number = inspect(session, f"OBJECTS[{name}]", follow=True)["object"]
            for one in held_by(session, number)["referrers"]:
                if "object" in one:
                    held_by(session, one["object"], [number])
    session.request("stackTrace", threadId=session.thread_id)
    session.cont()
    assert session.wait_for_exit() == 0
    assert session.output().splitlines() == ["same 1"]


def expand(session, rows, depth):
    for row in rows.values():
        if depth and row["variablesReference"] and not row.get("presentationHint", {}).get("lazy"):
            expand(session, session.variables(row["variablesReference"], count=12), depth - 1)
