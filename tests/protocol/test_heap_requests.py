"""What can be asked about the live heap at a stop: histogram with differences, instances, retained sizes."""

import sys

import pytest

from support.markers import line_of
from support.session import RequestRefused

PROGRAM = "heap_orders.py"


@pytest.fixture(params=["settrace", "monitoring"])
def stopped(request, open_session):
    """Return a session, stopped after the first orders, on either back end."""
    if request.param == "monitoring" and sys.version_info < (3, 12):
        pytest.skip("3.11 has no sys.monitoring")
    session = open_session()
    session.launch_and_stop(PROGRAM, "first", "second", "third", engine=request.param)
    return session


def row_of(body, name):
    return next(row for row in body["rows"] if row["qualifiedName"] == name)


def frame_of(session):
    return session.stack()[0]["id"]


def test_histogram_and_what_is_new_since_the_last_stop(stopped):
    first = stopped.request("heapsight/histogram")
    assert first["comparedWith"] is None
    assert first["complete"] is True
    order = row_of(first, "__main__.Order")
    assert (order["count"], order["name"], order["module"]) == (5, "Order", "__main__")
    assert order["size"] > 5 * 40
    assert "countChange" not in order
    assert first["totals"]["count"] == sum(row["count"] for row in first["rows"])
    assert [row["size"] for row in first["rows"]] == sorted((row["size"] for row in first["rows"]), reverse=True)
    marked = stopped.request("heapsight/mark")
    assert marked["count"] > 1000
    stopped.cont()
    stopped.wait_for_stopped()
    second = stopped.request("heapsight/histogram", sortBy="countChange", filter="__main__.")
    assert second["comparedWith"] == "lastStop"
    assert row_of(second, "__main__.Order")["countChange"] == 10
    gone = row_of(second, "__main__.Passing")
    assert (gone["count"], gone["countChange"], gone["sizeChange"] < 0) == (0, -7, True)
    assert "type" not in gone
    stopped.cont()
    stopped.wait_for_stopped()
    third = stopped.request("heapsight/histogram", compareWith="mark", filter="MAIN__.order")
    assert third["comparedWith"] == "mark"
    assert [row["countChange"] for row in third["rows"]] == [10]
    assert stopped.request("heapsight/histogram", compareWith="nothing")["comparedWith"] is None


def test_heapsight_itself_is_not_counted(stopped):
    body = stopped.request("heapsight/histogram", filter="heapsight.")
    assert body["rows"] == []


@pytest.mark.parametrize("all_objects", [False, True])
def test_looking_twice_finds_the_same(stopped, all_objects):
    """Neither what the debugger made for the answer nor what it holds is in the next count."""
    ask = {"all": all_objects}
    # A collection in between would free the program's garbage, and stop tracking tuples.
    stopped.evaluate("[__import__('gc').collect(), __import__('gc').disable()]", "repl")
    stopped.request("heapsight/histogram", **ask)
    stopped.request("heapsight/instances", typeName="__main__.Order")
    stopped.request("heapsight/mark", **ask)
    before = stopped.request("heapsight/mark", **ask)
    body = stopped.request("heapsight/histogram", compareWith="mark", sortBy="countChange", **ask)
    changed = {row["qualifiedName"]: row["countChange"] for row in body["rows"] if row["countChange"]}
    assert changed == {}
    assert body["totals"]["sizeChange"] == 0
    assert before == {"count": body["totals"]["count"], "size": body["totals"]["size"]}
    assert before["count"] > 1000


def test_pages_and_orders(stopped):
    whole = stopped.request("heapsight/histogram", sortBy="name", compareWith="nothing")
    page = stopped.request("heapsight/histogram", sortBy="name", start=3, count=4, compareWith="nothing")
    assert [row["qualifiedName"] for row in page["rows"]] == [row["qualifiedName"] for row in whole["rows"][3:7]]
    assert page["total"] == whole["total"]
    names = [row["qualifiedName"] for row in whole["rows"]]
    assert names == sorted(names)


def test_untracked_objects_count_where_they_are_asked_for(stopped):
    everything = stopped.request("heapsight/histogram", all=True)
    assert row_of(everything, "str")["count"] > 1000
    # Each line of an order has a text of its own.
    assert row_of(everything, "__main__.Line")["count"] == 10


def test_instances(stopped):
    histogram = stopped.request("heapsight/histogram")
    number = row_of(histogram, "__main__.Order")["type"]
    body = stopped.request("heapsight/instances", type=number, sortBy="retained")
    assert (body["total"], body["complete"]) == (5, True)
    sizes = [one["retained"]["bytes"] for one in body["instances"]]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 4 * 300
    one = body["instances"][0]
    assert one["type"] == "__main__.Order"
    assert "nobody may ask" not in one["value"]
    assert one["references"] == 1
    info = stopped.request("heapsight/inspect", object=one["object"])
    assert info["qualifiedType"] == "__main__.Order"
    assert info["retainedSize"]["bytes"] == sizes[0]
    again = stopped.request("heapsight/retained", object=one["object"])
    assert again == info["retainedSize"]
    assert stopped.request("heapsight/referrers", object=one["object"])["unaccounted"] == 0


def test_instances_are_filtered_and_paged(stopped):
    frame = frame_of(stopped)
    ask = {"typeName": "__main__.Order", "frameId": frame}
    body = stopped.request("heapsight/instances", **ask, filter="obj.number > first.number + 2")
    assert body["total"] == 2
    failing = stopped.request("heapsight/instances", **ask, filter="10 / obj.number > 3")
    assert (failing["total"], failing["failed"]) == (3, 1)
    assert failing["error"] == "ZeroDivisionError: division by zero"
    first = stopped.request("heapsight/instances", **ask, start=0, count=2)["instances"]
    rest = stopped.request("heapsight/instances", **ask, start=2, count=10)["instances"]
    assert len({one["object"] for one in (*first, *rest)}) == 5


def test_instances_of_subclasses(stopped):
    for _ in range(2):
        stopped.cont()
        stopped.wait_for_stopped()
    ask = {"typeName": "__main__.Order"}
    assert stopped.request("heapsight/instances", **ask)["total"] == 15
    assert stopped.request("heapsight/instances", **ask, subclasses=True)["total"] == 16


def test_untracked_instances(stopped):
    body = stopped.request("heapsight/instances", typeName="str", filter="len(obj) > 99 and obj.startswith('line 4.')")
    assert body["total"] == 4


def test_hover_and_memory_row_tell_what_is_retained(stopped):
    shown = stopped.evaluate("ORDERS[4]", "hover")["result"]
    assert " · 1 ref · retains " in shown
    assert "retains" not in stopped.evaluate("first.number", "hover")["result"]
    row = stopped.evaluate("ORDERS[4].lines", "watch")
    memory = stopped.variables(row["variablesReference"])["⟨memory⟩"]
    rows = stopped.variables(memory["variablesReference"])
    assert rows["retained size"]["value"].endswith(" 9 objects")


@pytest.mark.parametrize(
    ("command", "arguments", "said"),
    [
        ("histogram", {"compareWith": "mark"}, "No moment has been marked yet"),
        ("histogram", {"compareWith": "yesterday"}, "'lastStop', 'mark', 'nothing'"),
        ("histogram", {"sortBy": "weight"}, "has to be one of"),
        ("histogram", {"sortBy": "sizeChange"}, "nothing to compare with"),
        ("instances", {}, "is needed"),
        ("instances", {"type": 12345}, "There is no type with the number 12345."),
        ("instances", {"typeName": "shop.Nothing"}, "There is no type 'shop.Nothing'"),
        ("instances", {"typeName": "__main__.Order", "filter": "obj."}, "The filter is no expression"),
        ("instances", {"typeName": "__main__.Order", "sortBy": "beauty"}, "has to be one of"),
        ("retained", {"object": 999}, "There is no object with the number 999."),
    ],
)
def test_wrong_questions(open_session, command, arguments, said):
    session = open_session()
    session.launch_and_stop(PROGRAM, "first")
    with pytest.raises(RequestRefused, match=said):
        session.request(f"heapsight/{command}", **arguments)


def test_numbers_end_with_the_stop(stopped):
    number = row_of(stopped.request("heapsight/histogram"), "__main__.Order")["type"]
    stopped.cont()
    stopped.wait_for_stopped()
    assert "earlier stop" in stopped.refused("heapsight/instances", type=number)


def test_a_new_instance_stops_on_the_line_that_creates_it(stopped):
    assert stopped.request("heapsight/watchType", typeName="__main__.Order", action="break")["action"] == "break"
    stopped.cont()
    stop = stopped.wait_for_stopped()
    assert (stop["reason"], stop["description"]) == ("data breakpoint", "New Order")
    assert stopped.at(PROGRAM, "creates")
    assert stopped.stack()[0]["name"] == "take"
    assert stopped.request("heapsight/instances", typeName="__main__.Order", filter="obj.number == 5")["total"] == 1
    # Creating one at the stop is nobody's concern.
    assert "Order" in stopped.evaluate("type(Order(1)).__name__")["result"]
    stopped.step()
    assert stopped.at(PROGRAM, "created")
    seen = 1
    while True:
        stopped.cont()
        stop = stopped.wait_for_stopped()
        if stop["reason"] != "data breakpoint":
            break
        seen += 1
    assert seen == 10
    assert stopped.at(PROGRAM, "second")
    stopped.cont()
    stop = stopped.wait_for_stopped()
    assert stop["description"] == "New Rush"
    assert stopped.at(PROGRAM, "creates_rush")
    stopped.request("heapsight/watchType", typeName="__main__.Order", action="off")
    stopped.cont()
    stopped.wait_for_stopped("breakpoint")


def test_where_instances_were_created(stopped):
    body = stopped.request("heapsight/watchType", typeName="__main__.Order", action="track")
    assert body["typeName"] == "__main__.Order"
    assert body["location"]["path"].endswith(PROGRAM)
    stopped.cont()
    stopped.wait_for_stopped()
    found = stopped.request("heapsight/instances", typeName="__main__.Order")["instances"]
    created = [one["created"] for one in found if "created" in one]
    assert len(created) == 10
    assert {one["function"] for one in created} == {"take"}
    assert {one["line"] for one in created} == {line_of(PROGRAM, "creates")}


def test_what_is_created_in_c_stops_where_the_native_module_tells_of_it(stopped):
    pytest.importorskip("heapsight._native.heap")
    stopped.request("heapsight/watchType", typeName="__main__.Plain", action="break")
    stopped.cont()
    stopped.wait_for_stopped("breakpoint")
    stopped.cont()
    stop = stopped.wait_for_stopped()
    assert (stop["reason"], stop["description"]) == ("data breakpoint", "New Plain")
    assert stopped.at(PROGRAM, "creates_plain")
    assert "Plain" in stopped.evaluate("type(Plain()).__name__")["result"]
    found = stopped.request("heapsight/instances", typeName="__main__.Plain")["instances"]
    assert [one["created"]["line"] for one in found] == [line_of(PROGRAM, "creates_plain")]
    stopped.cont()
    stop = stopped.wait_for_stopped()
    assert (stop["description"], stopped.at(PROGRAM, "creates_by_new")) == ("New Plain", True)
    stopped.step()
    assert stopped.at(PROGRAM, "prints_third")


def test_instances_of_the_interpreters_own_types_cannot_be_watched(stopped):
    assert "neither an __init__ nor a __new__" in stopped.refused(
        "heapsight/watchType", typeName="dict", action="break"
    )
    assert "'action' is needed" in stopped.refused("heapsight/watchType", typeName="__main__.Order")


def test_references_of_a_filtered_list_are_the_programs(stopped):
    ask = {"typeName": "list", "filter": "len(obj) == 5 and type(obj[0]).__name__ == 'Order'"}
    (one,) = stopped.request("heapsight/instances", **ask)["instances"]
    assert one["references"] == 1
    assert stopped.request("heapsight/referrers", object=one["object"])["unaccounted"] == 0
