"""What is suspected, in heaps as leaks leave them; and that nothing is suspected where nothing leaks."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from heapsight.heap.accumulation import accumulation
from heapsight.heap.graph import Graph
from heapsight.heap.suspects import find
from support.snapshots import ATTRIBUTE, FRAME, ITEM, LOCAL, PSEUDO, THREAD, TYPE, Builder

Reader = Callable[[Builder], Graph]


def program() -> tuple[Builder, int]:
    """Return a program: Python's own modules with 40 kB of functions, and a module `shop`; and its namespace."""
    builder = Builder()
    for name in ("json", "logging"):
        _, namespace = builder.module(name, f"/usr/lib/python3.12/{name}/__init__.py")
        for number in range(20):
            builder.entry(namespace, f"function{number}", builder.node("function", 1000, name=f"function{number}"))
    _, namespace = builder.module("shop", "/home/me/shop.py")
    kind = builder.node("type", 1000, name="Order")
    builder.type_node("shop.Order", kind)
    builder.entry(namespace, "Order", kind)
    return builder, namespace


def orders(builder: Builder, holder: int, count: int = 50) -> list[int]:
    found = []
    for position in range(count):
        found.append(order := builder.node("shop.Order", 100))
        builder.edge(order, lines := builder.node("list", 900), ATTRIBUTE, "lines")
        builder.edge(lines, builder.node("str", 50, value=f"line {position}"), ITEM, 0)
        builder.edge(holder, order, ITEM, position)
    return found


def test_a_cache_in_a_module(graph_of: Reader) -> None:
    builder, namespace = program()
    history = builder.node("list", 500, length=50)
    builder.entry(namespace, "HISTORY", history)
    orders(builder, history)
    suspect = find(graph_of(builder))[0]
    assert suspect.accumulation.node == history
    assert suspect.path == "sys.modules['shop'].HISTORY"
    assert (suspect.type, suspect.count, suspect.retained) == ("shop.Order", 50, 500 + 50 * 1050)
    assert suspect.sentence.startswith("50 Order objects (5")
    assert suspect.sentence.endswith("kB) are kept alive by the list sys.modules['shop'].HISTORY")
    assert 0.4 < suspect.share < 0.7


def test_nothing_leaks(graph_of: Reader) -> None:
    builder, namespace = program()
    builder.entry(namespace, "NAMES", builder.node("list", 100))
    assert find(graph_of(builder)) == []


def test_the_share_is_a_parameter(graph_of: Reader) -> None:
    builder, namespace = program()
    history = builder.node("list", 500, length=50)
    builder.entry(namespace, "HISTORY", history)
    orders(builder, history, 2)
    graph = graph_of(builder)
    assert find(graph) == []
    assert [each.path for each in find(graph, share=0.01)] == ["sys.modules['shop'].HISTORY"]


def test_the_programs_own_comes_before_a_librarys(graph_of: Reader) -> None:
    builder, namespace = program()
    small, large = builder.node("list", 20_000), builder.node("dict", 30_000)
    builder.entry(namespace, "MINE", small)
    builder.entry(1, "cache", large)  # the namespace of json
    found = find(graph_of(builder))
    assert [each.path for each in found] == ["sys.modules['shop'].MINE", "sys.modules['json'].cache"]
    assert [each.is_users for each in found] == [True, False]
    assert found[0].sentence.startswith("The list sys.modules['shop'].MINE alone holds")


def test_room_that_nothing_is_in_is_said(graph_of: Reader) -> None:
    builder, namespace = program()
    builder.entry(namespace, "ROOM", builder.node("list", 56 + 8 * 10_000, length=12))
    (suspect,) = find(graph_of(builder))
    assert suspect.sentence.endswith(", with room for 10,000 items and 12 in it")


def test_where_most_were_allocated_is_said(graph_of: Reader) -> None:
    builder, namespace = program()
    history = builder.node("list", 500, length=50)
    builder.entry(namespace, "HISTORY", history)
    first, *others = orders(builder, history)
    for order in others:
        builder.site(order, ("/home/me/shop.py", 17), ("/home/me/shop.py", 40))
    assert find(graph_of(builder))[0].sentence.endswith("HISTORY; mostly allocated at shop.py:17")
    builder.site(first, ("/home/me/shop.py", 17))
    assert find(graph_of(builder))[0].sentence.endswith("HISTORY; allocated at shop.py:17")
    for line, order in enumerate(others[:30]):
        builder.site(order, ("/home/me/shop.py", 100 + line))
    assert find(graph_of(builder))[0].sentence.endswith("HISTORY")


def test_two_caches_of_one_module_are_two_suspects(graph_of: Reader) -> None:
    builder, namespace = program()
    for name in ("OLD", "NEW"):
        holder = builder.node("list", 500, length=50)
        builder.entry(namespace, name, holder)
        orders(builder, holder)
    assert {each.path for each in find(graph_of(builder))} == {"sys.modules['shop'].OLD", "sys.modules['shop'].NEW"}


def test_objects_that_native_code_holds_one_by_one(graph_of: Reader) -> None:
    builder, _ = program()
    for _ in range(50):
        builder.node("shop.Order", 1000, refcount=1)
    (suspect,) = find(graph_of(builder))
    assert (suspect.count, suspect.type) == (50, "shop.Order")
    assert "50 Order objects" in suspect.sentence
    assert "held by native code" in suspect.sentence


def test_uncollected_cycles(graph_of: Reader) -> None:
    builder, _ = program()
    for _ in range(50):
        order, line = builder.node("shop.Order", 800), builder.node("shop.Line", 200)
        builder.edge(order, line, ATTRIBUTE, "line")
        builder.edge(line, order, ATTRIBUTE, "order")
    (suspect,) = find(graph_of(builder))
    assert "100 unreachable objects" in suspect.sentence
    assert "in 50 cycles, like" in suspect.sentence
    assert "Order → .line → Line → .order → Order" in suspect.sentence


def test_containers_say_which_of_the_programs_objects_are_in_them(graph_of: Reader) -> None:
    builder, namespace = program()
    cache = builder.node("dict", 500, length=50)
    builder.entry(namespace, "CACHE", cache)
    for number in range(50):
        pair = builder.node("tuple", 56, length=1)
        builder.entry(cache, number, pair)
        builder.edge(pair, builder.node("shop.Order", 1000), ITEM, 0)
    sentence = find(graph_of(builder))[0].sentence
    assert sentence.startswith("50 tuple objects with 50 Order objects in them (")


def test_a_traceback_names_the_frame_and_its_variable(graph_of: Reader) -> None:
    builder, namespace = program()
    error, traceback = builder.node("ValueError"), builder.node("traceback")
    frame = builder.node("frame", 400, place=("/home/me/shop.py", 12))
    code, kept = builder.node("code", 200, name="load"), builder.node("list", 500, length=50)
    builder.entry(namespace, "last_error", error)
    builder.edge(error, traceback, ATTRIBUTE, "__traceback__")
    builder.edge(traceback, frame, ATTRIBUTE, "tb_frame")
    builder.edge(frame, code, ATTRIBUTE, "f_code")
    builder.edge(frame, kept, LOCAL, "orders")
    orders(builder, kept)
    suspect = find(graph_of(builder))[0]
    assert suspect.path == "sys.modules['shop'].last_error.__traceback__.tb_frame.f_locals['orders']"
    assert suspect.sentence.endswith(": the local variable orders of load() at shop.py:12")


def test_a_local_variable_of_a_running_function(graph_of: Reader) -> None:
    builder, _ = program()
    thread = builder.node("<thread>", 0, flags=PSEUDO, name="MainThread")
    frame = builder.node("<frame>", 0, flags=PSEUDO, name="serve() at /home/me/shop.py:36")
    kept = builder.node("list", 500, length=50)
    builder.root(thread, THREAD)
    builder.edge(thread, frame, FRAME, 0)
    builder.edge(frame, kept, LOCAL, "basket")
    orders(builder, kept)
    assert find(graph_of(builder))[0].path == "local basket in serve() at shop.py:36"


def test_a_linked_list_is_suspected_at_its_head(graph_of: Reader) -> None:
    builder, namespace = program()
    nodes = [builder.node("shop.Node", 500) for _ in range(200)]
    builder.entry(namespace, "HEAD", nodes[0])
    for before, after in pairwise(nodes):
        builder.edge(before, after, ATTRIBUTE, "next")
    suspect = find(graph_of(builder))[0]
    assert suspect.path == "sys.modules['shop'].HEAD"
    assert (suspect.count, suspect.type) == (200, "shop.Node")


def test_accumulation_goes_down_while_one_child_keeps_most(graph_of: Reader) -> None:
    builder, namespace = program()
    app, registry, cache, other = (builder.node("dict") for _ in range(4))
    builder.entry(namespace, "APP", app)
    builder.entry(app, "registry", registry)
    builder.entry(registry, "cache", cache)
    builder.entry(registry, "other", other)
    orders(builder, cache)
    graph = graph_of(builder)
    assert accumulation(graph, app) == cache
    assert accumulation(graph, other) in {other, other + 1}


def test_heapsights_own_objects_are_never_suspected(graph_of: Reader) -> None:
    builder, _ = program()
    own = builder.node("list", 500_000)
    builder.root(own, 3)
    builder.edge(own, 1, ITEM, 0)
    assert find(graph_of(builder)) == []


def test_classes_that_a_registry_keeps(graph_of: Reader) -> None:
    builder, namespace = program()
    model, registry = builder.node("type", 1000, name="Model"), builder.node("dict", 4000, length=50)
    builder.entry(namespace, "Model", model)
    builder.edge(model, attributes := builder.node("dict"), ATTRIBUTE, "__dict__")
    builder.entry(attributes, "registry", registry)
    for number in range(50):
        kind = builder.node("type", 1000, name=f"Order{number}")
        builder.entry(registry, f"Order{number}", kind)
        builder.edge(kind, model, TYPE)
    suspect = find(graph_of(builder))[0]
    assert suspect.path == "sys.modules['shop'].Model.registry"
    assert suspect.sentence.startswith("50 type objects")
