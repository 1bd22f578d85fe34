"""The query language: what it finds, and where it says that a query is wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heapsight.heap.graph import Graph
from heapsight.heap.matching import find as run
from heapsight.heap.paths import Expressions
from heapsight.heap.queries import QueryError, parse
from support.snapshots import ITEM, NONE, OWN, Builder

Reader = Callable[[Builder], Graph]


@pytest.fixture
def graph(graph_of: Reader) -> Graph:
    """Nodes by name: see NAMES."""
    builder = Builder()
    _, namespace = builder.module("shop")
    cache = builder.node("list", 2000, length=2)
    orders = [builder.node("shop.Order", 48), builder.node("old.Order", 1_500_000)]
    text = builder.node("str", 60, value="it's", length=4, refcount=NONE)
    own = builder.node("shop.Order", 48)
    builder.entry(namespace, "CACHE", cache)
    for position, order in enumerate(orders):
        builder.edge(cache, order, ITEM, position)
    builder.edge(orders[0], text, ITEM, 0)
    builder.root(own, OWN)
    builder.site(orders[0], ("/home/me/shop.py", 7))
    return graph_of(builder)


MODULE, NAMESPACE, CACHE, ORDER, OLD, TEXT, OWN_ORDER, CACHE_KEY = range(8)
FOUND = {
    "type == 'Order'": [ORDER, OLD],
    "type == 'shop.Order'": [ORDER],
    "type == 'Order' and retained > 1MB and path contains 'CACHE'": [OLD],
    'type == "Order" and not module == "old"': [ORDER],
    "type != 'Order' and size >= 2kB": [CACHE],
    "size > 1MiB": [OLD],
    "refcount > 4000000000": [],
    "length == 2 or text == '\\'it\\\\\\'s\\''": [CACHE],
    "text contains 'it' and length < 5": [CACHE, TEXT],
    "name == 'shop'": [MODULE],
    "name startswith 's'": [MODULE],
    "name != 'shop' and type == 'str'": [TEXT, CACHE_KEY],
    "site matches '*shop.py:?'": [ORDER],
    "path matches 'sys.modules*CACHE[[]?]'": [ORDER, OLD],
    "NOT (type == 'Order' OR type == 'str') AND native == 0": [MODULE, NAMESPACE, CACHE],
    "not not type == 'list'": [CACHE],
    "size < 1_000 and type == 'Order'": [ORDER],
}


@pytest.mark.parametrize("query", FOUND)
def test_what_is_found(graph: Graph, query: str) -> None:
    assert list(run(graph, query)) == FOUND[query]


WRONG = {
    "": (0, "a field"),
    "type": (4, "an operator"),
    "type ==": (7, "a text in quotes"),
    "type == Order": (8, "a text in quotes"),
    "size == '3'": (8, "a number"),
    "size contains 3": (5, "is for texts"),
    "size > 3 XB": (9, "'and' or 'or'"),
    "size > 3XB": (7, "no unit"),
    "colour == 'red'": (0, "a field"),
    "type == 'Order": (8, "has no end"),
    "(type == 'Order'": (16, "')' was expected"),
    "type == 'Order')": (15, "'and' or 'or'"),
    "type == 'a' type == 'b'": (12, "'and' or 'or'"),
    "type == 'a' and": (15, "a field"),
    "__import__('os')": (0, "a field"),
    "size > 3; size": (8, "';' means nothing"),
    "not " * 200 + "size > 1": (404, "nested"),
    "size > 1 or " * 1000 + "size > 1": (10000, "at most"),
}


@pytest.mark.parametrize("query", WRONG, ids=lambda query: query[:30])
def test_where_a_query_is_wrong(query: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    position, text = WRONG[query]
    assert (caught.value.position, text in str(caught.value)) == (position, True), caught.value
    assert f"at character {position + 1}" in str(caught.value)


@given(st.text(alphabet="()'\"\\ <>=!andortypesize123MB.contains%ü", max_size=40))
def test_any_text_is_a_query_or_an_error(text: str) -> None:
    try:
        parse(text)
    except QueryError as error:
        assert 0 <= error.position <= len(text)


def test_paths_are_looked_for_where_everything_else_is_true(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    original = Expressions.of
    monkeypatch.setattr(Expressions, "of", lambda self, node: (asked.append(node), original(self, node))[1])
    assert list(run(graph, "path matches '*CACHE*' and type == 'Order' and size > 100")) == [OLD]
    assert list(run(graph, "not size < 100 and (type == 'list' or path matches '*CACHE*')")) == [CACHE, OLD]
    assert asked == [OLD, OLD]
