"""The passes of `heapsight._native.graph` in Python: the same answers, some fifty times slower.

What each one does, and with which columns, is said in adapter/heapsight/_native/graph.pyi. Those over lists and marks
are in lists.py.
"""

# ruff: noqa: PLR0917 - columns, one after the other, as the native module takes them

from __future__ import annotations

from array import array

from .columns import (
    BY_NATIVE,
    BY_NOTHING,
    BY_OWN,
    BY_PROGRAM,
    NEVER,
    NONE,
    PSEUDO,
    Column,
    check_below,
    check_graph,
    check_rows,
    same,
    watched,
)
from .lists import (
    at_most,
    children,
    components,
    distinct,
    gather,
    inherit,
    largest,
    pick,
    scatter,
    select,
    sort,
    sum_by,
    texts,
    weigh,
    within,
)

__all__ = [
    "BY_NATIVE",
    "BY_NOTHING",
    "BY_OWN",
    "BY_PROGRAM",
    "NONE",
    "assign",
    "at_most",
    "children",
    "components",
    "distinct",
    "dominators",
    "gather",
    "groups",
    "heaviest",
    "inherit",
    "largest",
    "native_counts",
    "pick",
    "reverse",
    "scatter",
    "search",
    "select",
    "sort",
    "sources",
    "sum_by",
    "texts",
    "totals",
    "weigh",
    "within",
]


def reverse(start: Column, to: Column, reverse_start: Column, source: Column, cancel: Column = NEVER) -> int:
    """Turn the edges round."""
    check_graph(start, to)
    same(start, reverse_start)
    same(to, source)
    ends = [0] * len(start)
    for node in watched(to, cancel):
        ends[node] += 1
    total = 0
    for node, count in enumerate(ends):
        total += count
        ends[node] = total
    for node in watched(range(len(start) - 2, -1, -1), cancel):
        for edge in range(start[node + 1] - 1, start[node] - 1, -1):
            end = ends[to[edge]] = ends[to[edge]] - 1
            source[end] = node
    reverse_start[:] = array("I", ends)
    return len(to)


def native_counts(
    refcount: Column,
    reverse_start: Column,
    roots: Column,
    flags: Column,
    counts: Column,
    held: Column,
    cancel: Column = NEVER,
) -> int:
    """Count what is neither an edge nor a root."""
    for each in (flags, counts, held):
        same(refcount, each)
    check_rows(reverse_start, len(refcount) + 1)
    known = [0] * len(refcount)
    for root in roots:
        if root >= len(refcount):
            raise ValueError("a root is a node that is not there")
        known[root] += 1
    found = 0
    for node, count in enumerate(watched(refcount, cancel)):
        rest = count - known[node] - (reverse_start[node + 1] - reverse_start[node])
        rest = 0 if count == NONE or flags[node] & PSEUDO else max(rest, 0)
        counts[node] = rest
        if rest:
            held[found] = node
            found += 1
    return found


def search(
    start: Column,
    to: Column,
    sources: Column,
    stages: Column,
    reach: Column,
    parent: Column,
    edge: Column,
    cancel: Column = NEVER,
) -> int:
    """Search breadth first."""
    check_graph(start, to)
    same(sources, stages)
    for each in (reach, parent, edge):
        check_rows(each, len(start) - 1)
    check_below(sources, len(start) - 1, "a source")
    reached = 0
    position = 0
    while position < len(sources):
        stage = stages[position]
        queue = []
        while position < len(sources) and stages[position] == stage:
            node = sources[position]
            if reach[node] == 0:
                reach[node] = stage or 1
                parent[node] = edge[node] = NONE
                queue.append(node)
            position += 1
        for node in watched(queue, cancel):  # which grows meanwhile
            for row in range(start[node], start[node + 1]):
                other = to[row]
                if reach[other] == 0:
                    reach[other] = stage or 1
                    parent[other] = node
                    edge[other] = row
                    queue.append(other)
        reached += len(queue)
    return reached


def sources(start: Column, to: Column, reach: Column, found: Column, cancel: Column = NEVER) -> int:
    """Find one node of each component that nothing leads to (Kosaraju: the node that ends last lies in one)."""
    check_graph(start, to)
    for each in (reach, found):
        check_rows(each, len(start) - 1)
    unseen, elsewhere, first, second = range(4)
    seen = [unseen if each == 0 else elsewhere for each in reach]
    finished: list[int] = []
    for node, mark in enumerate(watched(seen, cancel)):
        if mark == unseen:
            finished += _walk(start, to, node, seen, first)
    chosen = []
    for node in reversed(finished):
        if seen[node] == first:
            _walk(start, to, node, seen, second)
            chosen.append(node)
    for row, node in enumerate(reversed(chosen)):
        found[row] = node
    return len(chosen)


def _walk(start: Column, to: Column, first: int, seen: list[int], mark: int) -> list[int]:
    """Walk depth first over nodes with the mark of the first one, and mark them. Returns them as they end."""
    before = seen[first]
    seen[first] = mark
    finished = []
    stack = [(first, start[first])]
    while stack:
        node, cursor = stack.pop()
        if cursor < start[node + 1]:
            stack.append((node, cursor + 1))
            other = to[cursor]
            if seen[other] == before:
                seen[other] = mark
                stack.append((other, start[other]))
        else:
            finished.append(node)
    return finished


def dominators(
    start: Column,
    to: Column,
    reverse_start: Column,
    source: Column,
    reach: Column,
    roots: Column,
    dominator: Column,
    order: Column,
    cancel: Column = NEVER,
) -> int:
    """Find immediate dominators (semi-NCA; sources in native/graph/dominators.c)."""
    check_graph(start, to)
    check_graph(reverse_start, source)
    same(start, reverse_start)
    for each in (reach, dominator, order):
        check_rows(each, len(start) - 1)
    check_below(roots, len(start) - 1, "a root")
    number, nodes, parents = _depth_first(start, to, roots)
    rooted = set(roots)
    ancestor = list(parents)
    label = list(range(len(nodes)))
    semi = [0] * len(nodes)
    for i in watched(range(len(nodes) - 1, 0, -1), cancel):
        node = nodes[i]
        least = 0 if node in rooted else parents[i]
        if least:
            for holder in source[reverse_start[node] : reverse_start[node + 1]]:
                if number[holder] and not _is_weak(reach[holder], reach[node]):
                    least = min(least, _least(ancestor, label, number[holder], i + 1))
        semi[i] = label[i] = least
    for i in range(1, len(nodes)):
        up = parents[i]
        while up > semi[i]:
            up = parents[up]
        parents[i] = up
        dominator[nodes[i]] = nodes[up]
        order[i - 1] = nodes[i]
    return len(nodes) - 1


def _depth_first(start: Column, to: Column, roots: Column) -> tuple[list[int], list[int], list[int]]:
    """Number the nodes in depth-first order from 1. Returns number by node; node and parent's number by number."""
    number = [0] * (len(start) - 1)
    nodes, parents = [len(start) - 1], [0]
    for root in roots:
        if number[root]:
            continue
        number[root] = len(nodes)
        nodes.append(root)
        parents.append(0)
        stack = [(root, start[root])]
        while stack:
            node, cursor = stack.pop()
            end = start[node + 1]
            while cursor < end and number[to[cursor]]:
                cursor += 1
            if cursor < end:
                other = to[cursor]
                stack.append((node, cursor + 1))
                parents.append(number[node])
                number[other] = len(nodes)
                nodes.append(other)
                stack.append((other, start[other]))
    return number, nodes, parents


def _least(ancestor: list[int], label: list[int], number: int, linked: int) -> int:
    """Return the least semidominator on the way up to what is below `linked`, and shorten the way."""
    path = []
    while ancestor[number] >= linked:
        path.append(number)
        number = ancestor[number]
    end, least = ancestor[number], label[number]
    for each in reversed(path):
        ancestor[each] = end
        least = label[each] = min(least, label[each])
    return least


def _is_weak(holder: int, held: int) -> bool:
    """Say whether a reference keeps nothing alive: from Heapsight to the program, or from garbage to what is none."""
    return (holder == BY_OWN and held == BY_PROGRAM) or (holder == BY_NOTHING != held)


def totals(
    dominator: Column,
    order: Column,
    size: Column,
    large_node: Column,
    large_size: Column,
    retained: Column,
    count: Column,
    position: Column,
    tree: Column,
    cancel: Column = NEVER,
) -> int:
    """Add up the subtrees of the dominator tree, and lay it out in preorder."""
    nodes = len(dominator)
    for each in (order, size, position, tree):
        check_rows(each, nodes)
    for each in (retained, count):
        check_rows(each, nodes + 1)
    check_below(dominator, nodes + 1, "a dominator")
    check_below(order, nodes, "a dominator")
    sizes = list(size)
    large = dict(zip(large_node, large_size, strict=True))
    for node, shallow in enumerate(sizes):
        if shallow == NONE:
            if node not in large:
                raise ValueError("the size of a large object is missing")
            sizes[node] = large[node]
    sizes.append(0)
    counts = [1] * (nodes + 1)
    for node in watched(reversed(order), cancel):
        sizes[dominator[node]] += sizes[node]
        counts[dominator[node]] += counts[node]
    following = [0] * (nodes + 1)
    for node in order:
        place = following[dominator[node]]
        following[dominator[node]] += counts[node]
        following[node] = place + 1
        if place >= nodes:
            raise ValueError("the order of the nodes is not one of the dominator tree")
        position[node] = place
        tree[place] = node
    retained[:] = array("Q", sizes)
    count[:] = array("I", counts)
    return nodes


def heaviest(tree: Column, count: Column, retained: Column, places: Column, cancel: Column = NEVER) -> int:
    """Find the heaviest child."""
    for each in (count, retained):
        check_rows(each, len(tree) + 1)
    check_rows(places, 2)
    place, best = places[0], NONE
    while place < min(places[1], len(tree)):
        node = tree[place]
        if node >= len(tree) or not count[node]:
            raise ValueError("the dominator tree has a node that is not there")
        if best == NONE or retained[node] > retained[best]:
            best = node
        place += count[node]
    return best


def assign(
    kind: Column, group_of_kind: Column, reach: Column, flags: Column, group: Column, cancel: Column = NEVER
) -> int:
    """Put nodes into the groups of their types."""
    for each in (reach, flags, group):
        same(kind, each)
    if len(kind) and largest(kind) >= len(group_of_kind):
        raise ValueError("an object has a type that is not there")
    for node, row in enumerate(watched(kind, cancel)):
        left_out = reach[node] == BY_OWN or flags[node] & PSEUDO
        group[node] = NONE if left_out else group_of_kind[row]
    return len(kind)


def groups(
    group: Column,
    size: Column,
    large_node: Column,
    large_size: Column,
    retained: Column,
    count: Column,
    tree: Column,
    counts: Column,
    shallow: Column,
    retained_sums: Column,
    cancel: Column = NEVER,
) -> int:
    """Add up groups of nodes."""
    for each in (size, tree):
        same(group, each)
    same(large_node, large_size)
    check_below(tree, len(group), "a node of the tree")
    large = dict(zip(large_node, large_size, strict=True))
    until = [0] * len(counts)
    for i, node in enumerate(watched(tree, cancel)):
        g = group[node]
        if g < len(counts):
            counts[g] += 1
            shallow[g] += size[node] if size[node] != NONE else large.get(node, 0)
            if i >= until[g]:
                retained_sums[g] += retained[node]
                until[g] = i + count[node]
    return len(counts)
