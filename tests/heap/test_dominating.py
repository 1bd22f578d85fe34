"""The references that an export adds for readers that find dominators by going over all nodes again and again."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest

from heapsight.heap.exports.dominating import in_cycles
from heapsight.heap.graph import Graph
from support.snapshots import ITEM, Builder

Reader = Callable[[Builder], Graph]


def tangled(chance: random.Random) -> Builder:
    """Build up to forty objects with references at random, many of them back and forth."""
    builder = Builder()
    _, namespace = builder.module("shop")
    nodes = [namespace, *(builder.node("list") for _ in range(chance.randrange(2, 40)))]
    for position, node in enumerate(nodes[1:], 1):
        holder = chance.choice(nodes[:position])
        builder.edge(holder, node, ITEM, 0)
        if chance.random() < 0.5:
            builder.edge(node, holder, ITEM, 1)
    for _ in range(chance.randrange(40)):
        builder.edge(chance.choice(nodes), chance.choice(nodes[1:]), ITEM, 2)
    return builder


def linked(length: int) -> Builder:
    """Build a doubly linked list whose last link is found first."""
    builder = Builder()
    _, namespace = builder.module("shop")
    whole = builder.node("shop.List")
    builder.entry(namespace, "QUEUE", whole)
    links = [builder.node("shop.Link") for _ in range(length)]
    for one, other in pairwise(links):
        builder.edge(one, other, label="next")
        builder.edge(other, one, label="prev")
    builder.edge(whole, links[-1], label="tail")
    builder.edge(whole, links[0], label="head")
    return builder


def after_one_sweep(graph: Graph, added: Mapping[int, list[int]]) -> dict[int, int]:
    """Return the dominators that the reader has when it has been over all nodes once, from the root down."""
    root = graph.nodes
    below = {node: [edge.to for edge in graph.references(node)] + list(added.get(node, ())) for node in range(root)}
    below[root] = [node for node in range(root) if graph.dominator[node] == root]
    holders: dict[int, list[int]] = {node: [] for node in below}
    for node, others in below.items():
        for other in others:
            holders[other].append(node)
    order: dict[int, int] = {}  # as the depth-first walk leaves them
    seen, stack = {root}, [(root, iter(below[root]))]
    while stack:
        node, others = stack[-1]
        new = next((other for other in others if other not in seen), None)
        if new is None:
            order[node] = len(order)
            stack.pop()
        else:
            seen.add(new)
            stack.append((new, iter(below[new])))
    found = {root: root}
    for node in sorted(order, key=order.__getitem__, reverse=True)[1:]:
        known = [holder for holder in holders[node] if holder in found]
        one = known[0]
        for other in known[1:]:
            while one != other:
                if order[one] < order[other]:
                    one = found[one]
                else:
                    other = found[other]
        found[node] = one
    return found


@pytest.mark.parametrize("seed", range(60))
def test_one_look_at_each_object_is_enough(graph_of: Reader, seed: int) -> None:
    graph = graph_of(tangled(random.Random(seed)))
    added = in_cycles(graph)
    assert all(graph.dominator[node] == holder for holder, nodes in added.items() for node in nodes)
    found = after_one_sweep(graph, added)
    assert [found[node] for node in range(graph.nodes)] == list(graph.dominator)


def test_a_list_that_is_linked_both_ways(graph_of: Reader) -> None:
    graph = graph_of(linked(50))
    whole = next(node for node in range(graph.nodes) if graph.snapshot.type_of(node).name == "shop.List")
    added = in_cycles(graph)
    assert [len(nodes) for nodes in added.values()] == [48]  # all but its ends
    assert list(added) == [whole]
    assert list(graph.dominator) != [after_one_sweep(graph, {})[node] for node in range(graph.nodes)]
    assert list(graph.dominator) == [after_one_sweep(graph, added)[node] for node in range(graph.nodes)]


def test_what_its_dominator_refers_to_needs_nothing(graph_of: Reader) -> None:
    builder = Builder()
    _, namespace = builder.module("shop")
    one, other = builder.node("list"), builder.node("list")
    builder.entry(namespace, "ONE", one)
    builder.edge(one, other, ITEM, 0)
    builder.edge(other, one, ITEM, 0)
    assert in_cycles(graph_of(builder)) == {}
