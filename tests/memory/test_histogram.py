"""Count and size by type, and what has changed: in C and in Python, beside what is really there."""

from __future__ import annotations

import datetime
import gc
import itertools
import sys
import types
import weakref

import pytest

from heapsight.debuggee.errors import RequestError
from heapsight.debuggee.holding import Holder
from heapsight.debuggee.memory import native_heap
from heapsight.debuggee.memory.budget import Budget
from heapsight.debuggee.memory.histogram import take_moment
from heapsight.debuggee.memory.live_heap import LiveHeap
from heapsight.debuggee.memory.sizes import shallow_size
from support.heap import PLENTY
from support.touchy import CALLS, World


@pytest.fixture(autouse=True, params=["python", "native"])
def twin(request, monkeypatch):
    """Give every test both: what Python counts, and what C does."""
    if request.param == "python":
        monkeypatch.setattr(native_heap, "module", None)
    elif native_heap.module is None:
        pytest.skip("the module in C is not there")
    return request.param


class Node:
    def __init__(self, *parts):
        self.parts = parts


class Leaf(Node):
    pass


def untracked():
    """An object that the collector does not know, of a type that nobody else here uses."""
    return datetime.timedelta(1)


def counted(cls, *, all=False):
    """Count and size of the instances of a class."""
    moment, _ = take_moment(Holder(), Budget(PLENTY), all=all)
    assert moment.complete
    return moment.counts.get((cls.__module__, cls.__qualname__), (0, 0))


def live_heap():
    return LiveHeap(Holder(), lambda held: 0, lambda obj: None)


def ask(heap, **arguments):
    wanted = {"compare_with": "lastStop", "sort_by": "size", "filter": None, "all": False, "start": 0, "count": 0}
    return heap.histogram(**{**wanted, **arguments})


def row(body, cls):
    name = f"{cls.__module__}.{cls.__qualname__}"
    return next((one for one in body["rows"] if one["qualifiedName"] == name), None)


# -- counting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("all", [False, True])
def test_instances_are_counted_by_their_own_class(all):
    nodes = [Node(number) for number in range(7)]
    leaves = [Leaf(), Leaf(*range(100))]
    assert counted(Node, all=all) == (7, sum(map(shallow_size, nodes)))
    assert counted(Leaf, all=all) == (2, sum(map(shallow_size, leaves)))
    del nodes[2:]
    assert counted(Node, all=all)[0] == 2


def count_untracked():
    assert counted(datetime.timedelta) == (0, 0)
    return counted(datetime.timedelta, all=True)[0]


def test_what_the_collector_does_not_track_counts_where_it_is_asked_for():
    before = count_untracked()
    holders = ([untracked(), untracked()], (untracked(),), {"key": untracked()}, Node(untracked()))
    local = untracked()
    assert count_untracked() == before + 6
    assert (len(holders), local.days) == (4, 1)


def test_an_object_counts_once_however_many_refer_to_it():
    before = count_untracked()
    shared = untracked()
    holders = [[shared], (shared, shared), {1: shared}, Node(shared)]
    assert count_untracked() == before + 1
    assert len(holders) == 4


def test_parts_of_code_and_deep_structures_are_reached():
    before = count_untracked()
    deep: object = untracked()
    for _ in range(200_000):
        deep = (deep,)
    gc.collect()  # which stops tracking tuples of nothing that it tracks
    code = compile("lambda: 0", "<test>", "eval").replace(co_consts=((untracked(),),))
    assert count_untracked() == before + 2
    assert isinstance(code, types.CodeType)
    while deep.__class__ is tuple:
        (deep,) = deep


def test_sizes_of_all_kinds_of_numbers_and_texts():
    class Holding:
        pass

    before = {cls: counted(cls, all=True) for cls in (int, str)}
    numbers = [sign * (1 << bits) + 3 for bits in range(40, 200, 7) for sign in (1, -1)]
    texts = [start * length + str(length) for start in "aéж😀" for length in range(300, 310)]
    one = Holding()
    one.numbers, one.texts = tuple(numbers), tuple(texts)
    extra = {cls: counted(cls, all=True)[1] - before[cls][1] for cls in (int, str)}
    # Beside these there are the figures above.
    assert abs(extra[int] - sum(map(shallow_size, numbers))) < 600
    assert 0 <= extra[str] - sum(map(shallow_size, texts)) < 600


def test_classes_of_one_name_are_one_row():
    def make():
        class Twice:
            pass

        return [Twice()]

    made = [make(), make()]
    moment, held = take_moment(Holder(), Budget(PLENTY), all=False)
    key = (__name__, type(made[0][0]).__qualname__)
    assert moment.counts[key][0] == 2
    assert {one.obj for one in held[key]} == {type(one[0]) for one in made}


def test_a_class_without_a_module_has_a_name():
    odd = type("Odd", (), {})
    odd.__module__ = 3
    made = odd()
    moment, _ = take_moment(Holder(), Budget(PLENTY), all=False)
    assert any(name == "Odd" and count[0] == 1 for (_, name), count in moment.counts.items())
    assert type(made) is odd


def test_a_spent_budget_is_said():
    moment, _ = take_moment(Holder(), Budget(-1), all=True)
    assert not moment.complete
    assert all(count > 0 for count, _ in moment.counts.values())


# -- Heapsight itself --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("all", [False, True])
def test_heapsight_is_not_counted(all):
    heap = live_heap()
    ask(heap, all=all)
    ask(heap, all=all)
    names = [one["qualifiedName"] for one in ask(heap, all=all)["rows"]]
    assert not [name for name in names if name.startswith("heapsight.")]


@pytest.mark.parametrize("all", [False, True])
def test_looking_twice_finds_the_same(all):
    heap = live_heap()
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            ask(heap, all=all)
            heap.release()
        body = ask(heap, sort_by="countChange", all=all)
    finally:
        gc.enable()
    assert [one for one in body["rows"] if one["countChange"] or one["sizeChange"]] == []


def test_what_heapsight_only_looks_at_is_the_programs():
    node = Node([1])
    holder = Holder()
    holder.hold(node)
    holder.hold(node.parts)
    moment, _ = take_moment(holder, Budget(PLENTY), all=False)
    assert moment.counts[__name__, "Node"][0] == 1


# -- differences -------------------------------------------------------------------------------------------------------


def test_what_is_new_since_the_last_stop_and_since_a_mark():
    for _ in range(40):
        Node()  # whose first instances are given more room, which the next ones take from them
    heap = live_heap()
    nodes = [Node()]
    first = ask(heap)
    assert first["comparedWith"] is None
    assert "countChange" not in row(first, Node)
    assert "countChange" not in first["totals"]
    heap.mark(all=False)
    again = ask(heap)
    assert again["comparedWith"] is None, "there was no stop since"
    heap.release()
    nodes += [Node(), Node()]
    second = ask(heap)
    assert second["comparedWith"] == "lastStop"
    assert row(second, Node)["countChange"] == 2
    assert row(second, Node)["sizeChange"] == 2 * shallow_size(nodes[0])
    heap.release()
    nodes.append(Node())
    assert row(ask(heap), Node)["countChange"] == 1
    since_mark = ask(heap, compare_with="mark")
    assert (since_mark["comparedWith"], row(since_mark, Node)["countChange"]) == ("mark", 3)
    assert ask(heap, compare_with="nothing")["comparedWith"] is None
    changes = [one["countChange"] for one in since_mark["rows"]]
    assert since_mark["totals"]["countChange"] == sum(changes)


def test_types_that_are_gone_are_rows_without_a_number():
    heap = live_heap()
    gone = type("Gone", (), {})
    kept = [gone(), gone()]
    ask(heap)
    heap.release()
    size = sum(map(shallow_size, kept))
    kept.clear()
    del gone
    gc.collect()
    body = ask(heap, filter="Gone", sort_by="countChange")
    assert [(one["count"], one["countChange"], one["sizeChange"]) for one in body["rows"]] == [(0, -2, -size)]
    assert "type" not in body["rows"][0]


def test_different_questions_are_not_compared():
    heap = live_heap()
    ask(heap, all=False)
    heap.release()
    assert ask(heap, all=True)["comparedWith"] is None


def test_no_type_lives_on_for_a_comparison():
    heap = live_heap()
    passing = type("Passing", (), {})
    kept = [passing()]
    ask(heap)
    heap.mark(all=False)
    heap._holder.release()
    heap.release()
    died = []
    kept.clear()
    weakref.finalize(passing, died.append, True)
    del passing
    gc.collect()
    assert died == [True]


# -- order, filter, pages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort_by", ["size", "count", "sizeChange", "countChange"])
def test_the_largest_come_first(sort_by):
    heap = live_heap()
    heap.mark(all=False)
    kept = [Node() for _ in range(500)]
    rows = ask(heap, compare_with="mark", sort_by=sort_by)["rows"]
    values = [one[sort_by] for one in rows]
    assert values == sorted(values, reverse=True)
    for one, other in itertools.pairwise(rows):
        if one[sort_by] == other[sort_by]:
            assert one["qualifiedName"] <= other["qualifiedName"]
    assert len(kept) == 500


def test_filter_pages_and_numbers():
    heap = live_heap()
    kept = [Node(), Leaf()]
    whole = ask(heap, sort_by="name", filter="HISTOGRAM.")
    names = [one["qualifiedName"] for one in whole["rows"]]
    assert names == sorted(names)
    assert f"{__name__}.Node" in names
    page = ask(heap, sort_by="name", filter="HISTOGRAM.", start=1, count=1)
    assert [one["qualifiedName"] for one in page["rows"]] == names[1:2]
    assert page["total"] == whole["total"] == len(names)
    assert page["totals"] == whole["totals"]
    assert page["rows"][0]["type"] == whole["rows"][1]["type"]
    assert heap.type_numbered(row(whole, Leaf)["type"])[0].obj is Leaf
    assert ask(heap, start=10**6, count=5)["rows"] == []
    assert len(kept) == 2


def test_later_pages_are_of_the_count_that_the_first_made():
    heap = live_heap()
    kept = [Node()]
    total = ask(heap)["totals"]["count"]
    kept += [Node() for _ in range(500)]
    assert ask(heap, start=1, count=3)["totals"]["count"] == total
    assert ask(heap)["totals"]["count"] >= total + 400


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"sort_by": "countChange"}, "nothing to compare with"),
        ({"compare_with": "mark"}, "No moment has been marked"),
    ],
)
def test_wrong_questions(arguments, said):
    with pytest.raises(RequestError, match=said):
        ask(live_heap(), **arguments)


def test_numbers_end_with_the_stop():
    heap = live_heap()
    kept = [Node()]
    number = row(ask(heap), Node)["type"]
    heap.release()
    with pytest.raises(RequestError, match="earlier stop"):
        heap.type_numbered(number)
    assert kept


# -- nothing changes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("all", [False, True])
def test_counting_runs_nothing_and_changes_nothing(all):
    world = World()
    plain = [Node(number) for number in range(20)]
    take_moment(Holder(), Budget(PLENTY), all=all)
    CALLS.clear()
    gc.collect()
    gc.disable()
    try:
        counts = [sys.getrefcount(one) for one in (*world.all, *plain)]
        sizes = [shallow_size(one) for one in plain]
        tracked = len(gc.get_objects())
        for _ in range(3):
            take_moment(Holder(), Budget(PLENTY), all=all)
        after = len(gc.get_objects())
        assert [sys.getrefcount(one) for one in (*world.all, *plain)] == counts
    finally:
        gc.enable()
    assert CALLS == []
    assert [shallow_size(one) for one in plain] == sizes, "an attribute dict was made"
    assert after - tracked < 10


def test_the_collector_is_left_as_it_was():
    gc.disable()
    try:
        take_moment(Holder(), Budget(PLENTY), all=False)
        assert not gc.isenabled()
    finally:
        gc.enable()
    take_moment(Holder(), Budget(PLENTY), all=False)
    assert gc.isenabled()
