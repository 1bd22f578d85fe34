"""Finding instances: all of them, chosen by an expression, in an order, in pages; and nothing is changed by it."""

from __future__ import annotations

import datetime
import gc
import subprocess
import sys
import textwrap

import pytest

from heapsight.debuggee.holding import Holder
from heapsight.debuggee.memory import native_heap
from heapsight.debuggee.memory.budget import Budget
from heapsight.debuggee.memory.instances import InstanceFilter, InstanceSearch
from heapsight.debuggee.memory.live_heap import LiveHeap
from heapsight.debuggee.memory.sizes import shallow_size
from support.heap import PLENTY
from support.touchy import CALLS, World


@pytest.fixture(autouse=True, params=["python", "native"])
def twin(request, monkeypatch):
    """Give every test both: what Python finds, and what C does."""
    if request.param == "python":
        monkeypatch.setattr(native_heap, "module", None)
    elif native_heap.module is None:
        pytest.skip("the module in C is not there")
    return request.param


class Node:
    def __init__(self, number, *parts):
        self.number = number
        self.parts = list(parts)

    def __repr__(self):
        raise AssertionError("nobody may ask")


class Leaf(Node):
    pass


def ask(types, accepts=None, heap=None, **arguments):
    """Ask as the request does; the question is told apart by its arguments."""
    heap = heap or LiveHeap(Holder(), lambda held: id(held.obj), lambda obj: None)
    held = [heap._holder.hold(one) for one in types]
    chosen = None if accepts is None else InstanceFilter(accepts, repr)
    wanted = {"subclasses": False, "sort_by": "address", "start": 0, "count": 0}
    text = lambda obj: "text"  # noqa: E731
    return heap.instances(held, filter=chosen, question="one", text=text, **{**wanted, **arguments})


def found(body):
    return [one["object"] for one in body["instances"]]


@pytest.mark.parametrize(("subclasses", "expected"), [(False, 3), (True, 5)])
def test_instances_and_those_of_subclasses(subclasses, expected):
    nodes = [Node(number) for number in range(3)]
    leaves = [Leaf(number) for number in range(2)]
    body = ask([Node], subclasses=subclasses)
    assert (body["total"], body["complete"]) == (expected, True)
    assert found(body) == sorted(map(id, [*nodes, *leaves] if subclasses else nodes))
    assert {one["type"] for one in body["instances"]} >= {f"{__name__}.Node"}
    assert "failed" not in body


def test_instances_of_what_the_collector_does_not_track():
    kept = [datetime.timedelta(days=4711, microseconds=number) for number in range(7)]
    body = ask([datetime.timedelta], lambda obj: obj.days == 4711 and obj.microseconds > 3)
    assert set(found(body)) == set(map(id, kept[4:]))
    assert all(one["size"] == shallow_size(kept[0]) for one in body["instances"])


@pytest.mark.parametrize("count", [1, 3, 100])
def test_pages_are_of_one_search(count):
    heap = LiveHeap(Holder(), lambda held: id(held.obj), lambda obj: None)
    nodes = [Node(number) for number in range(8)]
    seen = []
    for start in range(0, 8, count):
        body = ask([Node], heap=heap, start=start, count=count)
        assert body["total"] == 8
        seen += found(body)
        if start == 0:
            nodes.append(Node(9))  # which the search has not seen
    assert len(seen) == 8
    assert seen == sorted(set(seen))
    assert len(nodes) == 9


def test_what_has_gone_since_the_search_is_left_out():
    heap = LiveHeap(Holder(), lambda held: id(held.obj), lambda obj: None)
    nodes = [Node(number) for number in range(4)]
    ask([Node], heap=heap, count=1)
    heap._holder.release()
    gone = sorted(nodes, key=id)[-1]
    nodes.remove(gone)
    del gone
    body = ask([Node], heap=heap, start=1, count=10)
    assert (body["total"], len(body["instances"])) == (4, 2)


@pytest.mark.parametrize("order", ["size", "retained"])
def test_the_largest_come_first(order):
    small, large, middle = Node(1), Node(2, *(object() for _ in range(90))), Node(3, "x" * 500 + str(id(gc)))
    rows = [Order(range(length)) for length in (5, 500, 50)]
    body = ask([Node] if order == "retained" else [Order], sort_by=order)
    if order == "retained":
        sizes = [one["retained"]["bytes"] for one in body["instances"]]
        assert found(body) == [id(large), id(middle), id(small)]
    else:
        sizes = [one["size"] for one in body["instances"]]
        assert found(body) == [id(rows[1]), id(rows[2]), id(rows[0])]
    assert sizes == sorted(sizes, reverse=True)


class Order(list):
    pass


def test_a_filter_that_raises_is_counted_and_told():
    nodes = [Node(number) for number in range(5)]
    body = ask([Node], lambda obj: 10 / obj.number > 3)
    assert set(found(body)) == set(map(id, nodes[1:4]))
    assert (body["failed"], body["error"]) == (1, "ZeroDivisionError('division by zero')")
    every = ask([Node], lambda obj: obj.nothing)
    assert (every["total"], every["failed"]) == (0, 5)
    assert "nothing" in every["error"]


def test_the_collector_is_on_while_a_filter_runs():
    kept = Node(1)
    seen = []
    ask([Node], lambda obj: seen.append(gc.isenabled()) or True)
    assert seen == [True]
    assert kept.number == 1


@pytest.mark.parametrize("accepts", [None, lambda obj: len(obj) == 3 and obj[0] == "mine"])
def test_references_are_the_programs_alone(accepts):
    """Of lists, which have to be looked for everywhere, and with a filter that has had each in hand."""
    once, twice = ["mine", 1, 2], ["mine", 3, 4]
    again = [twice]
    references = {one["object"]: one["references"] for one in ask([list], accepts, count=10**6)["instances"]}
    assert references[id(once)] == 1
    assert references[id(twice)] == 2
    assert again == [twice]


def test_a_search_changes_nothing():
    world = World()
    nodes = [Node(number) for number in range(20)]
    ask([Node], sort_by="retained", subclasses=True)
    CALLS.clear()
    gc.collect()
    gc.disable()
    try:
        before = [sys.getrefcount(one) for one in (*world.all, *nodes)]
        sizes = [shallow_size(one) for one in nodes]
        for order in ("address", "size", "retained"):
            ask([Node, object], sort_by=order, subclasses=order == "address", count=50)
        assert [sys.getrefcount(one) for one in (*world.all, *nodes)] == before
    finally:
        gc.enable()
    assert CALLS == []
    assert [shallow_size(one) for one in nodes] == sizes, "an attribute dict was made"


def test_heapsights_own_objects_are_not_found():
    mine = [1, 2, 3]
    holder = Holder()
    holder.hold(mine)
    body = ask([object], subclasses=True, count=10**6)
    assert not [one for one in body["instances"] if one["type"].startswith("heapsight.")]
    assert id(mine) in found(body)


def test_a_spent_budget_is_said():
    kept = [datetime.timedelta(1)]
    holder = Holder()
    search = InstanceSearch([holder.hold(datetime.timedelta)], holder, subclasses=False)
    assert not search.choose("address", Budget(-1), None).complete
    again = InstanceSearch([holder.hold(datetime.timedelta)], holder, subclasses=False)
    assert again.choose("address", Budget(PLENTY), None).complete
    assert kept


def test_frozen_instances_are_found(twin):
    source = """
        import gc, sys
        from heapsight.debuggee.holding import Holder
        from heapsight.debuggee.memory import native_heap
        from heapsight.debuggee.memory.budget import Budget
        from heapsight.debuggee.memory.instances import InstanceSearch
        if sys.argv[1] == "python":
            native_heap.module = None
        class Node: pass
        kept = [Node() for _ in range(5)]
        gc.freeze()
        kept.append(Node())
        holder = Holder()
        search = InstanceSearch([holder.hold(Node)], holder, subclasses=False)
        chosen = search.choose("address", Budget(1000), None)
        print(len(chosen.addresses), chosen.complete, len(search.hold(chosen.addresses, Budget(1000))))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source), twin], capture_output=True, text=True, check=False
    )
    assert (done.stdout.split(), done.stderr) == (["6", "True", "6"], "")


@pytest.mark.parametrize(
    "arguments",
    [(), ([], [], {}, "", "", (), False, True, 1.0), ([], [], {}, "", "", [], False, True, None)],
)
def test_wrong_arguments_in_c(twin, arguments):
    if twin != "native":
        pytest.skip("in C only")
    with pytest.raises(TypeError):
        native_heap.module.instances(*arguments)
