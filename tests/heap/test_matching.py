"""What queries find against each object looked at by itself, on random heaps; with passes in C and in Python."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heapsight.heap.graph import BY_OWN, Graph
from heapsight.heap.loading import NONE, load
from heapsight.heap.matching import find, number_range
from heapsight.heap.passes import kernels, python
from heapsight.heap.paths import Expressions, path
from heapsight.heap.queries import NUMBERS, SIGNS, Combination, Comparison, Query
from heapsight.heap.texts import describe
from support.snapshots import ATTRIBUTE, FRAME, ITEM, KEY, LOCAL, MEMBER, OWN, PSEUDO, STACK, VALUE, Builder

ALL_PASSES = [python] if kernels.native is None else [python, kernels.native]
NAMES = ["shop", "serve", "Order", "é", "", "a at /b/c.py:3"]
_LARGE = 5 << 30


def random_heap(seed: int, target: Path) -> Path:
    """Write a heap with names, values, sites, sizes above 4 GiB, ours, garbage, and references of all kinds."""
    choose = random.Random(seed)
    builder = Builder()
    count = choose.randint(1, 30)
    for _ in range(count):
        kind = choose.choice(["shop.Order", "old.Order", "list", "str", "dict", "function", "module", "<frame>"])
        builder.node(
            kind,
            choose.choice([10, 10, 20, 1000, _LARGE]),
            refcount=choose.choice([None, None, NONE, 30]),
            flags=PSEUDO if kind == "<frame>" else 1,
            length=choose.choice([None, 1, 2]),
            name=choose.choice([None, None, *NAMES]) if kind != "str" else None,
            value=choose.choice(["a", "é", "shop", "cache"]) if kind == "str" else None,
        )
    for node in range(count):
        for _ in range(choose.randint(0, 3)):
            kind = choose.choice([ATTRIBUTE, ITEM, KEY, LOCAL, MEMBER, STACK, VALUE, FRAME])
            label = choose.choice(["__dict__", "cell_contents", "cache", "x y"])
            builder.edge(
                node,
                choose.randrange(count),
                kind,
                choose.randrange(count) if kind == VALUE else (label if kind in {ATTRIBUTE, LOCAL, STACK} else node),
            )
        if choose.random() < 0.3:
            builder.site(node, (choose.choice(["shop.py", "a.py"]), choose.randint(1, 3)))
    for _ in range(choose.randint(0, 3)):
        builder.root(choose.randrange(count), choose.choice([0, 1, 2, OWN]), choose.choice(["", "sys.modules['shop']"]))
    return builder.write(target)


def naive(graph: Graph, query: Query, node: int) -> bool:
    """Say whether a query is true for one object."""
    if isinstance(query, Combination):
        found = [naive(graph, part, node) for part in query.parts]
        return all(found) if query.word == "and" else any(found) if query.word == "or" else not found[0]
    snapshot, compare = graph.snapshot, SIGNS[query.operator]
    kind = snapshot.type_of(node)

    def optional(number: int) -> int | None:
        return None if number == NONE else number

    values: dict[str, Callable[[], list[object]]] = {
        "size": lambda: [snapshot.size(node)],
        "retained": lambda: [graph.retained[node]],
        "refcount": lambda: [optional(snapshot.node_refcount[node])],
        "length": lambda: [optional(snapshot.node_length[node])],
        "native": lambda: [graph.native_count[node]],
        "type": lambda: [kind.name, kind.name.rpartition(".")[2]],
        "module": lambda: [kind.module or "builtins"],
        "name": lambda: [snapshot.name(node)],
        "text": lambda: [describe(graph, node)],
        "path": lambda: [path(graph, node).expression],
        "site": lambda: [f"{place.file}:{place.line}" for place in snapshot.site(node)[:1]],
    }
    present = [value for value in values[query.field]() if value is not None]
    if query.operator == "!=":
        return not any(value == query.value for value in present)
    return any(compare(value, query.value) for value in present)


amounts = st.sampled_from([0.0, 1.0, 2.0, 10.0, 10.5, 20.0, 30.0, 1000.0, float(_LARGE), float(NONE), 1e300])
comparisons = st.builds(Comparison, st.sampled_from(NUMBERS), st.sampled_from(list(SIGNS)[:6]), amounts) | st.builds(
    Comparison,
    st.sampled_from(["type", "module", "name", "text", "path", "site"]),
    st.sampled_from(list(SIGNS)),
    st.sampled_from(
        [
            *("", "Order", "shop", "shop.Order", "'é'", "list of 1 item", "s*", "*[s]*", "?", "shop.py:2", "cache"),
            *(
                "cache[",
                "cache']",
                "sys.modules['shop'].",
                "*cache*",
                "[sc]ys*[0]",
                "__dict__",
                "local",
                "held by native",
                *(".cache", "cache.cache", "shop'].x", "['é'", "].", "][0]", "1]", "[1", "__dict__.cache", "ct__['a"),
                *(
                    "x y",
                    "key>",
                    "><m",
                    "<member>[",
                    "at /b/c.py:3",
                    "f_locals['cache']",
                    "<attr",
                    "[",
                    "[<",
                    "evaluation",
                ),
            ),
        ]
    ),
)
queries = st.recursive(
    comparisons,
    lambda inner: (
        st.builds(lambda part: Combination("not", (part,)), inner)
        | st.builds(Combination, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=5,
)


@pytest.mark.parametrize("passes", ALL_PASSES, ids=lambda module: module.__name__)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 500), query=queries)
def test_a_query_finds_each_object_for_which_it_is_true(
    tmp_path: Path, passes: ModuleType, seed: int, query: Query
) -> None:
    graph = Graph(load(random_heap(seed, tmp_path / "random.heapsight")), passes)
    expected = [node for node in range(graph.nodes) if graph.reach[node] != BY_OWN and naive(graph, query, node)]
    assert list(find(graph, query)) == expected


@given(
    operator=st.sampled_from(list(SIGNS)[:6]), value=amounts | st.floats(0, 1e25), number=st.integers(0, (1 << 64) - 1)
)
def test_comparisons_of_whole_numbers_are_ranges(operator: str, value: float, number: int) -> None:
    for each in {number, max(0, min(int(value), (1 << 64) - 1)), max(0, min(int(value) + 1, (1 << 64) - 1))}:
        low, high = number_range(operator, value)
        assert (low <= each <= high) == (SIGNS[operator](each, value) != (operator == "!="))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 5000))
def test_the_paths_of_many_are_those_of_each(tmp_path: Path, seed: int) -> None:
    graph = Graph(load(random_heap(seed, tmp_path / "random.heapsight")))
    expressions = Expressions(graph)
    assert [expressions.of(node) for node in range(graph.nodes)] == [
        path(graph, node).expression for node in range(graph.nodes)
    ]


def test_the_paths_along_a_list(tmp_path: Path) -> None:
    builder = Builder()
    nodes = [builder.node("shop.Node") for _ in range(450)]
    builder.root(nodes[0], label="sys.modules['shop']")
    for before, after in pairwise(nodes):
        builder.edge(before, after, ATTRIBUTE, "next")
    graph = Graph(load(builder.write(tmp_path / "list.heapsight")))
    expressions = Expressions(graph)
    for node in [449, 3, 199, 200, 201, 202, 448, 0]:
        assert expressions.of(node) == path(graph, node).expression


def test_of_long_paths_all_is_compared(tmp_path: Path) -> None:
    builder = Builder()
    nodes = [builder.node("shop.Node") for _ in range(700)]
    builder.root(nodes[0], label="sys.modules['shop']")
    whole = ["sys.modules['shop']"]
    for number, (before, after) in enumerate(pairwise(nodes)):
        name = "here" if number in {110, 400} else "next"
        builder.edge(before, after, *((ITEM, 17) if number % 9 == 5 else (ATTRIBUTE, name)))
        whole.append(whole[-1] + ("[17]" if number % 9 == 5 else f".{name}"))
    graph = Graph(load(builder.write(tmp_path / "list.heapsight")))
    assert all(path(graph, node).expression == whole[node] for node in range(201))
    assert path(graph, 201).expression != whole[201]
    long = whole[650][:-3]
    for text in ["", "shop", "next.next", "steps", "[17]", "]", "17", "here", "t[17].here", long, long[1:], whole[230]]:
        found = [list(find(graph, Comparison("path", operator, text))) for operator in ("contains", "startswith")]
        assert found[0] == [node for node, each in enumerate(whole) if text in each]
        assert found[1] == [node for node, each in enumerate(whole) if each.startswith(text)]


def test_the_path_of_a_variable_begins_anew_however_deep_it_is(tmp_path: Path) -> None:
    builder = Builder()
    nodes = [builder.node("shop.Node") for _ in range(400)]
    builder.root(nodes[0], label="sys.modules['shop']")
    for before, after in pairwise(nodes):
        builder.edge(before, after, ATTRIBUTE, "next")
    frame = builder.node("<frame>", 0, flags=PSEUDO, name="serve() at /b/c.py:3")
    builder.edge(nodes[-1], frame, FRAME, 0)
    cart, line = builder.node("list"), builder.node("list")
    builder.edge(frame, cart, LOCAL, "cart")
    builder.edge(cart, line, ITEM, 3)
    graph = Graph(load(builder.write(tmp_path / "list.heapsight")))
    for text, expected in {"shop": nodes, "local cart in": [cart, line], "c.py:3[3": [line], "frame": [frame]}.items():
        assert list(find(graph, Comparison("path", "contains", text))) == expected
    assert list(find(graph, Comparison("path", "startswith", "local"))) == [cart, line]
