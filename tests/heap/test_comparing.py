"""What has changed between snapshots."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from heapsight.heap.comparing import compare, compare_many
from heapsight.heap.graph import Graph
from heapsight.heap.newcomers import newcomers
from heapsight.heap.places import below, by_place
from support.snapshots import FRAME, ITEM, LOCAL, PSEUDO, THREAD, Builder

Reader = Callable[[Builder], Graph]


def shop(orders: int, extra: str | None = None) -> Builder:
    builder = Builder()
    _, namespace = builder.module("shop", "/home/me/shop.py")
    history = builder.node("list", 500, length=orders)
    builder.entry(namespace, "HISTORY", history)
    for position in range(orders):
        order = builder.node("shop.Order", 100)
        builder.edge(history, order, ITEM, position)
        builder.site(order, ("shop.py", 7))
    if extra is not None:
        builder.entry(namespace, "EXTRA", builder.node(extra, 3000))
    return builder


def test_by_type(graph_of: Reader) -> None:
    before, after = graph_of(shop(10, "set")), graph_of(shop(50, "deque"))
    rows = {row.name: row for row in compare(before, after)}
    order = rows["shop.Order"]
    assert (order.count_before, order.count_after, order.count_change) == (10, 50, 40)
    assert (order.size_change, order.retained_change) == (4000, 4000)
    assert {name: row.change for name, row in rows.items()} == {
        "shop.Order": "grown",
        "deque": "new",
        "set": "gone",
        "list": "survived",
        "module": "survived",
        "dict": "survived",
        "str": "survived",
    }
    assert [row.name for row in compare(before, after)][:2] == ["shop.Order", "deque"]
    assert [row.name for row in compare(before, after)][-1] == "set"
    assert [row.name for row in compare(before, after, sort_by="name", text="ORD")] == ["shop.Order"]
    with pytest.raises(ValueError, match="luck"):
        compare(before, after, sort_by="luck")


def test_by_site_and_by_what_holds(graph_of: Reader) -> None:
    before, after = graph_of(shop(10)), graph_of(shop(50))
    site = compare(before, after, "site")[0]
    assert (site.name, site.count_change) == ("shop.py:7", 40)
    place = compare(before, after, "dominator")[0]
    assert (place.name, place.count_change, place.size_change) == ("sys.modules['shop'].HISTORY", 40, 4000)


def test_a_trend_over_many(graph_of: Reader) -> None:
    graphs = [graph_of(shop(count, extra)) for count, extra in ((10, "set"), (20, None), (30, "set"), (40, None))]
    rows = compare_many(graphs)
    assert (rows[0].name, rows[0].counts, rows[0].grows) == ("shop.Order", [10, 20, 30, 40], True)
    assert {row.name for row in rows if row.grows} == {"shop.Order"}
    assert next(row for row in rows if row.name == "set").counts == [1, 0, 1, 0]


def test_a_place_that_was_small_is_looked_up_where_it_was(graph_of: Reader) -> None:
    before, after = graph_of(shop(0, "set")), graph_of(shop(5000, "set"))
    # An empty list of 500 bytes is no place of its own in the first snapshot: what has grown is what it has grown by.
    (history,) = (row for row in compare(before, after, "dominator") if row.name == "sys.modules['shop'].HISTORY")
    assert (history.size_before, history.size_after, history.change) == (500, 500_500, "grown")
    (extra,) = (row for row in compare(before, after, "dominator") if row.name == "sys.modules['shop'].EXTRA")
    assert (extra.size_change, extra.change) == (0, "survived")
    back = {row.name: row.size_after for row in compare(after, before, "dominator")}
    assert back["sys.modules['shop'].HISTORY"] == 500


def caches(*sizes: int, plain: bool) -> Builder:
    """Build objects in one list, each with a cache of some size, as an attribute or in a `__dict__`."""
    builder = Builder()
    _, namespace = builder.module("shop", "/home/me/shop.py")
    shops = builder.node("list", 100, length=len(sizes))
    builder.entry(namespace, "SHOPS", shops)
    for position, size in enumerate(sizes):
        one, cache = builder.node("shop.Shop", 50), builder.node("dict", size, length=0)
        builder.edge(shops, one, ITEM, position)
        if plain:
            builder.edge(one, cache, label="cache")
        else:
            names = builder.node("dict", 60, length=1)
            builder.edge(one, names, label="__dict__")
            builder.entry(names, "cache", cache)
    return builder


def test_a_place_is_the_same_however_names_are_kept(graph_of: Reader) -> None:
    before, after = graph_of(caches(10, 40_000, plain=True)), graph_of(caches(50_000, 20, plain=False))
    (row,) = (row for row in compare(before, after, "dominator") if row.name.endswith(".cache"))
    # Both caches in both snapshots, though each is large in one of them only.
    assert (row.name, row.size_before, row.size_after) == ("sys.modules['shop'].SHOPS[…].cache", 40_010, 50_020)


def serving(line: int, size: int, *, thread: str = "MainThread") -> Builder:
    builder = Builder()
    node = builder.node("<thread>", 0, flags=PSEUDO, name=thread)
    builder.root(node, THREAD)
    place = ("/home/me/shop.py", line)
    frame = builder.node("<frame>", 0, flags=PSEUDO, name=f"serve() at /home/me/shop.py:{line}", place=place)
    builder.edge(node, frame, FRAME, 0)
    builder.edge(frame, builder.node("set", size, length=1), LOCAL, "cart")
    return builder


def test_a_variable_is_the_same_on_another_line(graph_of: Reader) -> None:
    before, after = graph_of(serving(36, 500)), graph_of(serving(38, 5000))
    (row,) = compare(before, after, "dominator")
    assert (row.name, row.size_before, row.size_after) == ("local cart in serve() at shop.py", 500, 5000)
    elsewhere = graph_of(serving(36, 500, thread="worker"))
    (row,) = compare(elsewhere, after, "dominator")
    assert (row.size_before, row.size_after) == (0, 5000)


def test_a_trend_of_places(graph_of: Reader) -> None:
    graphs = [graph_of(shop(count)) for count in (0, 20, 5000)]
    (row,) = compare_many(graphs, "dominator", "history")
    assert (row.sizes, row.grows) == ([500, 2500, 500_500], True)
    assert [list(each) for each in by_place(graphs)] == [["sys.modules['shop'].HISTORY"]] * 3


def texts(*values: str, pid: int = 1) -> Builder:
    """Build texts at addresses that are the same in each snapshot."""
    builder = Builder(pid=pid)
    _, namespace = builder.module("shop", "/home/me/shop.py")
    names = builder.node("list", 100, length=len(values))
    builder.entry(namespace, "NAMES", names)
    for position, value in enumerate(values):
        builder.edge(names, builder.node("str", 2000, value=value), ITEM, position)
    return builder


def test_new_objects(graph_of: Reader) -> None:
    before, after = graph_of(shop(10)), graph_of(shop(12))
    found = newcomers(before, after, "shop.Order")
    assert (len(found.nodes), found.objects, found.same_process) == (2, 12, True)
    assert {after.snapshot.type_of(node).name for node in found.nodes} == {"shop.Order"}
    assert list(newcomers(before, after, "shop.py:7", "site").nodes) == list(found.nodes)
    assert list(newcomers(before, after, "shop", "module").nodes) == list(found.nodes)
    assert newcomers(before, after, "shop.Cart").objects == 0


def test_another_text_at_the_same_address_is_new(graph_of: Reader) -> None:
    before, after = graph_of(texts("one", "two")), graph_of(texts("one", "three", "four"))
    nodes = newcomers(before, after, "sys.modules['shop'].NAMES", "dominator").nodes
    assert [after.snapshot.value(node) for node in nodes] == ["'three'", "'four'"]
    # The list and its texts are the place.
    assert len(below(after, "sys.modules['shop'].NAMES")) == 4


def test_addresses_of_another_process_say_nothing(graph_of: Reader) -> None:
    found = newcomers(graph_of(texts("one", pid=1)), graph_of(texts("one", "two", pid=2)), "str")
    assert (len(found.nodes), found.same_process) == (found.objects, False)
