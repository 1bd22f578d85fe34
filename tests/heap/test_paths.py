"""Paths, as expressions: what can be pasted is what one would write."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from heapsight.heap.graph import Graph
from heapsight.heap.paths import Path, path
from support.snapshots import (
    ATTRIBUTE,
    FRAME,
    INTERNAL,
    INTERPRETER,
    ITEM,
    KEY,
    LOCAL,
    MEMBER,
    PSEUDO,
    THREAD,
    TYPE,
    VALUE,
    Builder,
)

Reader = Callable[[Builder], Graph]


def shop() -> tuple[Builder, int]:
    builder = Builder()
    _, namespace = builder.module("shop", "/home/me/shop.py")
    return builder, namespace


def test_a_closure_in_a_module(graph_of: Reader) -> None:
    builder, namespace = shop()
    handler = builder.node("function", name="serve.<locals>.handler")
    cells, cell, requests, wanted = (builder.node(kind) for kind in ("tuple", "cell", "dict", "list"))
    item = builder.node("shop.Order")
    builder.entry(namespace, "HANDLER", handler)
    builder.edge(handler, cells, ATTRIBUTE, "__closure__")
    builder.edge(cells, cell, ITEM, 0)
    builder.edge(cell, requests, ATTRIBUTE, "cell_contents")
    builder.entry(requests, "requests", wanted)
    builder.edge(wanted, item, ITEM, 17)
    found = path(graph_of(builder), item)
    expected = "sys.modules['shop'].HANDLER.__closure__[0].cell_contents['requests'][17]"
    assert (found.expression, found.pasteable, found.root_kind) == (expected, True, "module")
    assert [step.text for step in found.steps][-2:] == ["list", "shop.Order"]
    assert found.steps[-1].node == item


def to_value(graph_of: Reader, key: object, **more: object) -> Path:
    builder, namespace = shop()
    cache, wanted = builder.node("dict"), builder.node("list")
    builder.entry(namespace, "CACHE", cache)
    node = builder.node(type(key).__name__, value=key, **more)  # type: ignore[arg-type]
    builder.edge(cache, node, KEY)
    builder.edge(cache, wanted, VALUE, node)
    return path(graph_of(builder), wanted)


def test_keys_are_what_they_are(graph_of: Reader) -> None:
    assert to_value(graph_of, "cart").expression == "sys.modules['shop'].CACHE['cart']"
    assert to_value(graph_of, 17).expression == "sys.modules['shop'].CACHE[17]"
    cut = to_value(graph_of, "x" * 100, text="'xxx'…")
    assert (cut.expression, cut.pasteable) == ("sys.modules['shop'].CACHE['xxx'…]", False)


def test_a_tuple_of_values_is_a_key_that_can_be_written(graph_of: Reader) -> None:
    builder, namespace = shop()
    key = builder.node("tuple", length=2)
    for position, value in enumerate((1, "a")):
        builder.edge(key, builder.node(type(value).__name__, value=value), ITEM, position)
    wanted, strange, other = builder.node("list"), builder.node("shop.Order"), builder.node("list")
    cache = builder.node("dict")
    builder.entry(namespace, "CACHE", cache)
    for each, value in ((key, wanted), (strange, other)):
        builder.edge(cache, each, KEY)
        builder.edge(cache, value, VALUE, each)
    graph = graph_of(builder)
    assert path(graph, wanted).expression == "sys.modules['shop'].CACHE[(1, 'a')]"
    found = path(graph, other)
    assert (found.expression, found.pasteable) == ("sys.modules['shop'].CACHE[<shop.Order>]", False)


def test_names_that_are_none_stay_in_the_namespace(graph_of: Reader) -> None:
    builder, namespace = shop()
    strange, number = builder.node("list"), builder.node("list")
    builder.entry(namespace, "not a name", strange)
    builder.entry(namespace, 3, number)
    graph = graph_of(builder)
    assert path(graph, strange).expression == "sys.modules['shop'].__dict__['not a name']"
    assert path(graph, number).expression == "sys.modules['shop'].__dict__[3]"
    assert path(graph, namespace).expression == "sys.modules['shop'].__dict__"


def test_an_instance_with_a_dict_and_one_without(graph_of: Reader) -> None:
    builder, namespace = shop()
    one, attributes, lines, more = (builder.node(kind) for kind in ("shop.Order", "dict", "list", "list"))
    builder.entry(namespace, "ONE", one)
    builder.edge(one, attributes, ATTRIBUTE, "__dict__")
    builder.entry(attributes, "lines", lines)
    builder.edge(one, more, ATTRIBUTE, "more")
    graph = graph_of(builder)
    assert path(graph, lines).expression == "sys.modules['shop'].ONE.lines"
    assert path(graph, more).expression == "sys.modules['shop'].ONE.more"


def test_a_local_variable_begins_anew(graph_of: Reader) -> None:
    builder = Builder()
    thread = builder.node("<thread>", 0, flags=PSEUDO, name="MainThread")
    frame = builder.node("<frame>", 0, flags=PSEUDO, name="serve() at /home/me/shop.py:36")
    cart, item, cell, captured = (builder.node(kind) for kind in ("dict", "list", "cell", "list"))
    builder.root(thread, THREAD)
    builder.edge(thread, frame, FRAME, 0)
    builder.edge(frame, cart, LOCAL, "cart")
    builder.entry(cart, "items", item)
    builder.edge(frame, cell, LOCAL, "kept")
    builder.edge(cell, captured, ATTRIBUTE, "cell_contents")
    graph = graph_of(builder)
    assert path(graph, item).expression == "local cart in serve() at shop.py:36['items']"
    assert path(graph, captured).expression == "local kept in serve() at shop.py:36"
    assert path(graph, item).root_kind == "thread"
    assert not path(graph, item).pasteable


def test_the_variables_of_a_generator_and_of_a_frame_object(graph_of: Reader) -> None:
    builder, namespace = shop()
    reader, frame, one, other = (builder.node(kind) for kind in ("generator", "frame", "list", "list"))
    builder.entry(namespace, "READER", reader)
    builder.entry(namespace, "FRAME", frame)
    builder.edge(reader, one, LOCAL, "order")
    builder.edge(frame, other, LOCAL, "order")
    graph = graph_of(builder)
    assert path(graph, one).expression == "sys.modules['shop'].READER.gi_frame.f_locals['order']"
    assert path(graph, other).expression == "sys.modules['shop'].FRAME.f_locals['order']"


def test_what_has_no_expression_says_what_it_is(graph_of: Reader) -> None:
    builder, namespace = shop()
    members, member, inside, kind = (builder.node(each) for each in ("set", "shop.Order", "list", "type"))
    builder.entry(namespace, "ALL", members)
    builder.edge(members, member, MEMBER)
    builder.edge(member, inside, INTERNAL, "buffer")
    builder.edge(member, kind, TYPE)
    graph = graph_of(builder)
    assert path(graph, inside).expression == "sys.modules['shop'].ALL<member><buffer>"
    assert not path(graph, inside).pasteable
    assert path(graph, kind).expression == "sys.modules['shop'].ALL<member>.__class__"


def test_other_roots(graph_of: Reader) -> None:
    builder = Builder()
    held = builder.node("list", refcount=1, length=2)
    one, other = builder.node("shop.Node"), builder.node("dict")
    builder.edge(one, other, ATTRIBUTE, "__dict__")
    builder.entry(other, "self", one)
    root = builder.node("dict")
    builder.root(root, INTERPRETER, "sys.modules")
    graph = graph_of(builder)
    assert (path(graph, held).expression, path(graph, held).root_kind) == (
        "<list of 2 items, held by native code>",
        "native",
    )
    assert path(graph, one).root_kind == "unreachable"
    assert (path(graph, root).expression, path(graph, root).pasteable) == ("sys.modules", True)


def test_a_very_long_path_has_its_ends(graph_of: Reader) -> None:
    builder, namespace = shop()
    nodes = [builder.node("shop.Node") for _ in range(5000)]
    builder.entry(namespace, "HEAD", nodes[0])
    for before, after in pairwise(nodes):
        builder.edge(before, after, ATTRIBUTE, "next")
    found = path(graph_of(builder), nodes[-1])
    assert len(found.steps) == 5002
    assert len(found.expression) < 3000
    assert found.expression.startswith("sys.modules['shop'].HEAD.next.next")
    assert found.expression.endswith(".next.next")
    assert "…4,801 steps…" in found.expression
    assert not found.pasteable
