"""What has changed between snapshots."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from heapsight.heap.comparing import compare, compare_many
from heapsight.heap.graph import Graph
from support.snapshots import ITEM, Builder

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
