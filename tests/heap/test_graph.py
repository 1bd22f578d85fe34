"""The passes against plain definitions, on random graphs: in C and in Python."""

from __future__ import annotations

import random
from array import array
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heapsight.heap.graph import BY_NATIVE, BY_NOTHING, BY_OWN, BY_PROGRAM, Graph
from heapsight.heap.loading import load
from heapsight.heap.passes import kernels, python
from support.snapshots import ITEM, MODULE, NONE, OWN, PSEUDO, THREAD, Builder

ALL_PASSES = [python] if kernels.native is None else [python, kernels.native]


def random_snapshot(seed: int, path: Path) -> Path:
    """Write a graph: sparse or dense, with roots of all kinds, objects held by native code, and garbage."""
    choose = random.Random(seed)
    builder = Builder()
    count = choose.randint(1, 14)
    edges = [(choose.randrange(count), choose.randrange(count)) for _ in range(choose.randint(0, count * 2))]
    for node in range(count):
        held = choose.random() < 0.15
        known = sum(1 for _, to in edges if to == node) if held else 0
        refcount = known + 5 if held else choose.choice([None, None, NONE])
        builder.node(choose.choice("abc"), choose.randint(1, 9), refcount=refcount)
    for holder, to in edges:
        builder.edge(holder, to, ITEM, 0)
    for _ in range(choose.randint(0, 3)):
        builder.root(choose.randrange(count), choose.choice([MODULE, THREAD, OWN]))
    return builder.write(path)


class Definition:
    """What dominators and retained sizes are, by their definitions: by leaving a node out."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        snapshot = graph.snapshot
        self.own_roots = {n for n, k in zip(snapshot.root_node, snapshot.root_kind, strict=True) if k == OWN}
        self.roots = set(snapshot.root_node) - self.own_roots
        kinds = zip(snapshot.root_node, snapshot.root_kind, strict=True)
        self.roots |= {node for node, kind in kinds if kind != OWN}
        program = self.reachable(self.roots, strong=False)
        own = self.reachable(self.own_roots, strong=False) - program
        native = self.reachable(set(graph.native_held), strong=False) - program - own
        self.reach = [
            BY_PROGRAM if n in program else BY_OWN if n in own else BY_NATIVE if n in native else BY_NOTHING
            for n in range(graph.nodes)
        ]

    def reachable(self, roots: set[int], without: int = -1, strong: bool = True) -> set[int]:
        found = {root for root in roots if root != without}
        todo = list(found)
        while todo:
            for edge in self.graph.references(todo.pop()):
                weak = strong and (
                    (self.reach[edge.holder] == BY_OWN and self.reach[edge.to] == BY_PROGRAM)
                    or (self.reach[edge.holder] == BY_NOTHING != self.reach[edge.to])
                )
                if edge.to not in found and edge.to != without and not weak:
                    found.add(edge.to)
                    todo.append(edge.to)
        return found

    def all_roots(self) -> set[int]:
        own = {root for root in self.own_roots if self.reach[root] == BY_OWN}
        return self.roots | own | set(self.graph.native_held) | set(self.graph.reached.starts)

    def retained_nodes(self, node: int) -> set[int]:
        return set(range(self.graph.nodes)) - self.reachable(self.all_roots(), node)


@pytest.mark.parametrize("passes", ALL_PASSES, ids=lambda module: module.__name__)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_dominators_and_retained_sizes_are_what_leaving_out_a_node_says(
    tmp_path: Path, passes: object, seed: int
) -> None:
    graph = Graph(load(random_snapshot(seed, tmp_path / "random.heapsight")), passes)  # type: ignore[arg-type]
    definition = Definition(graph)
    assert list(graph.reach) == definition.reach
    retained = [definition.retained_nodes(node) for node in range(graph.nodes)]
    sizes = graph.snapshot.node_size
    assert list(graph.retained) == [*(sum(sizes[n] for n in nodes) for nodes in retained), sum(sizes)]
    assert list(graph.totals.count) == [*map(len, retained), graph.nodes + 1]
    for node in range(graph.nodes):
        dominators = [other for other in range(graph.nodes) if node in retained[other] and other != node]
        nearest = max(dominators, key=lambda other: sum(other in retained[d] for d in dominators), default=graph.nodes)
        assert graph.dominator[node] == nearest
        assert set(graph.dominated(node)) == {n for n in range(graph.nodes) if graph.dominator[n] == node}
        assert {n for n in range(graph.nodes) if graph.dominates(node, n)} == retained[node]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
@pytest.mark.skipif(kernels.native is None, reason="not built")
def test_both_kinds_of_passes_say_the_same(tmp_path: Path, seed: int) -> None:
    snapshot = load(random_snapshot(seed, tmp_path / "random.heapsight"))
    one, other = (Graph(snapshot, passes) for passes in ALL_PASSES)
    assert one.reverse == other.reverse
    assert one.native_count == other.native_count
    assert one.native_held == other.native_held
    assert one.reached == other.reached
    assert one.dominator == other.dominator
    assert one.order == other.order
    assert one.totals == other.totals


@pytest.mark.parametrize("passes", ALL_PASSES, ids=lambda module: module.__name__)
def test_every_reference_to_a_node_is_found_with_its_holder(tmp_path: Path, passes: object) -> None:
    for seed in range(50):
        graph = Graph(load(random_snapshot(seed, tmp_path / "random.heapsight")), passes)  # type: ignore[arg-type]
        forward = sorted(edge.row for node in range(graph.nodes) for edge in graph.references(node))
        backward = sorted(edge.row for node in range(graph.nodes) for edge in graph.referrers(node))
        assert forward == backward == list(range(graph.snapshot.edges))
        assert all(edge.to == node for node in range(graph.nodes) for edge in graph.referrers(node))


def test_a_path_is_as_short_as_can_be_and_begins_at_the_programs_module(tmp_path: Path) -> None:
    builder = Builder()
    library, user, thread = builder.node("module"), builder.node("module"), builder.node("<thread>", flags=PSEUDO)
    wanted, between = builder.node("list"), builder.node("list")
    builder.root(library, MODULE, "sys.modules['json']")
    builder.root(thread, THREAD)
    builder.root(user, MODULE, "sys.modules['shop']")
    for holder, to in [(library, wanted), (user, wanted), (thread, between), (between, wanted)]:
        builder.edge(holder, to, ITEM, 0)
    builder._names.update({library: builder.string("json"), user: builder.string("shop")})
    graph = Graph(load(builder.write(tmp_path / "x.heapsight")))
    assert graph.parent[wanted] == user


@pytest.mark.parametrize("passes", ALL_PASSES[-1:], ids=lambda module: module.__name__)
def test_ten_million_nodes_deep(passes: object) -> None:
    count = 10_000_000 if passes is not python else 100_000
    start, to = array("I", range(count)), array("I", range(1, count))
    start.append(count - 1)
    reverse_start, source = kernels.column("I", count + 1), kernels.column("I", count - 1)
    passes.reverse(start, to, reverse_start, source)  # type: ignore[attr-defined]
    reach = array("B", b"\1") * count
    dominator, order = kernels.column("I", count), kernels.column("I", count)
    roots = array("I", [0])
    met = passes.dominators(start, to, reverse_start, source, reach, roots, dominator, order)  # type: ignore[attr-defined]
    assert met == count
    assert dominator[0] == count
    assert dominator[1:] == array("I", range(count - 1))
    found = kernels.column("I", count)
    assert passes.sources(start, to, kernels.column("B", count), found) == 1  # type: ignore[attr-defined]
    assert found[0] == 0


def test_a_size_of_more_than_4_gib(tmp_path: Path) -> None:
    builder = Builder()
    holder, large = builder.node("list", 10), builder.node("bytes", 5 << 30)
    builder.edge(holder, large, ITEM, 0)
    builder.root(holder)
    graph = Graph(load(builder.write(tmp_path / "x.heapsight")))
    assert graph.retained[holder] == (5 << 30) + 10
    assert graph.program_bytes == (5 << 30) + 10
