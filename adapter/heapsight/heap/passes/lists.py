"""The passes over lists of nodes and marks in Python; the native ones are in native/graph/ (selecting.c, sums.c …).

What each one does, and with which columns, is said in adapter/heapsight/_native/graph.pyi.
"""

# ruff: noqa: PLR0917 - columns, one after the other, as the native module takes them

from __future__ import annotations

from .columns import BY_NOTHING, NEVER, NONE, Column, check_below, check_graph, check_rows, same, watched

EQUAL, LESS, CONTAINS, BEGINS = range(4)


def largest(numbers: Column) -> int:
    """Return the largest number."""
    return max(numbers, default=0)


def within(numbers: Column, bounds: Column, marks: Column, cancel: Column = NEVER) -> int:
    """Mark numbers that lie between two."""
    check_rows(bounds, 2)
    same(numbers, marks)
    low, high = bounds
    for row, number in enumerate(watched(numbers, cancel)):
        marks[row] = low <= number <= high
    return sum(marks)


def at_most(one: Column, other: Column, marks: Column, cancel: Column = NEVER) -> int:
    """Mark numbers that are not above another one."""
    same(one, other)
    same(one, marks)
    for row, number in enumerate(watched(one, cancel)):
        marks[row] = number <= other[row]
    return sum(marks)


def gather(table: Column, rows: Column, found: Column, cancel: Column = NEVER) -> int:
    """Look rows up in a table."""
    same(rows, found)
    for place, row in enumerate(watched(rows, cancel)):
        if row >= len(table) and row != NONE:
            raise ValueError("a row is referred to that is not there")
        found[place] = 0 if row >= len(table) else table[row]
    return len(rows)


def scatter(values: Column, rows: Column, target: Column, cancel: Column = NEVER) -> int:
    """Put values into the rows of a table."""
    same(rows, values)
    for place, row in enumerate(watched(rows, cancel)):
        if row >= len(target):
            raise ValueError("a row is referred to that is not there")
        target[row] = values[place]
    return len(rows)


def select(marks: Column, found: Column, cancel: Column = NEVER) -> int:
    """List the rows that have a mark."""
    count = 0
    for row, mark in enumerate(watched(marks, cancel)):
        if mark:
            if count == len(found):
                raise ValueError("there is no room for all rows with marks")
            found[count] = row
            count += 1
    return count


def pick(rows: Column, numbers: Column, bounds: Column, found: Column, cancel: Column = NEVER) -> int:
    """List those rows whose numbers lie between two."""
    check_rows(bounds, 2)
    same(rows, found)
    check_below(rows, len(numbers), "a row")
    low, high = bounds
    count = 0
    for row in watched(rows, cancel):
        if low <= numbers[row] <= high:
            found[count] = row
            count += 1
    return count


def weigh(
    nodes: Column, size: Column, large_node: Column, large_size: Column, total: Column, cancel: Column = NEVER
) -> int:
    """Add up shallow sizes."""
    same(large_node, large_size)
    check_rows(total, 1)
    check_below(nodes, len(size), "a node of the list")
    large = dict(zip(reversed(large_node), reversed(large_size), strict=True))
    total[0] = sum(size[node] if size[node] != NONE else large.get(node, 0) for node in watched(nodes, cancel))
    return len(nodes)


def sum_by(
    nodes: Column,
    group: Column,
    values: Column,
    counts: Column,
    sums: Column,
    most: Column,
    cancel: Column = NEVER,
) -> int:
    """Add up a list's values by group."""
    for each in (sums, most):
        same(counts, each)
    check_below(nodes, len(group), "a node of the list")
    check_below(nodes, len(values), "a node of the list")
    for node in watched(nodes, cancel):
        row = group[node]
        if row < len(counts):
            counts[row] += 1
            sums[row] += values[node]
            most[row] = max(most[row], values[node])
    return len(counts)


def sort(nodes: Column, numbers: Column, cancel: Column = NEVER) -> int:
    """Put nodes in the order of their numbers, greatest first, equals as they were."""
    check_below(nodes, len(numbers), "a node of the list")
    for place, node in enumerate(sorted(watched(nodes, cancel), key=lambda node: -numbers[node])):
        nodes[place] = node
    return len(nodes)


def distinct(one: Column, other: Column, marks: Column, number: Column, first: Column, cancel: Column = NEVER) -> int:
    """Number the different pairs."""
    for each in (other, marks, number, first):
        same(one, each)
    numbers: dict[tuple[int, int], int] = {}
    for row, mark in enumerate(watched(marks, cancel)):
        if mark:
            pair = (one[row], other[row])
            if pair not in numbers:
                first[len(numbers)] = row
                numbers[pair] = len(numbers)
            number[row] = numbers[pair]
        else:
            number[row] = NONE
    return len(numbers)


def children(tree: Column, count: Column, places: Column, found: Column, cancel: Column = NEVER) -> int:
    """List what is dominated immediately."""
    check_rows(count, len(tree) + 1)
    check_rows(places, 2)
    place, children = places[0], 0
    while place < min(places[1], len(tree)):
        node = tree[place]
        if node >= len(tree) or not count[node]:
            raise ValueError("the dominator tree has a node that is not there")
        found[children] = node
        children += 1
        place += count[node]
    return children


def components(
    start: Column, to: Column, reach: Column, members: Column, starts: Column, cancel: Column = NEVER
) -> int:
    """List the cycles among what nothing reaches (Tarjan; sources in native/graph/components.c)."""
    check_graph(start, to)
    for each in (reach, members):
        check_rows(each, len(start) - 1)
    same(start, starts)
    walk = _Components(start, to, reach)
    for node in watched(range(len(reach)), cancel):
        if reach[node] == BY_NOTHING and node not in walk.number:
            walk.walk(node)
    written = 0
    for row, component in enumerate(walk.found):
        starts[row] = written
        for node in component:
            members[written] = node
            written += 1
    starts[len(walk.found)] = written
    return len(walk.found)


class _Components:
    """Tarjan's walk, without recursion."""

    def __init__(self, start: Column, to: Column, reach: Column) -> None:
        self.start, self.to, self.reach = start, to, reach
        self.number: dict[int, int] = {}
        self.low: dict[int, int] = {}
        self.open: list[int] = []
        self.is_open: set[int] = set()
        self.found: list[list[int]] = []

    def _meet(self, node: int) -> tuple[int, int]:
        self.number[node] = self.low[node] = len(self.number)
        self.open.append(node)
        self.is_open.add(node)
        return node, self.start[node]

    def walk(self, first: int) -> None:
        stack = [self._meet(first)]
        while stack:
            node, cursor = stack.pop()
            if cursor < self.start[node + 1]:
                stack.append((node, cursor + 1))
                other = self.to[cursor]
                if self.reach[other] == BY_NOTHING and other not in self.number:
                    stack.append(self._meet(other))
                elif other in self.is_open:
                    self.low[node] = min(self.low[node], self.number[other])
                continue
            if stack:
                self.low[stack[-1][0]] = min(self.low[stack[-1][0]], self.low[node])
            if self.low[node] == self.number[node]:
                self._complete(node)

    def _complete(self, node: int) -> None:
        place = len(self.open) - 1
        while self.open[place] != node:
            place -= 1
        component = self.open[place:]
        del self.open[place:]
        self.is_open.difference_update(component)
        if len(component) > 1 or node in self.to[self.start[node] : self.start[node + 1]]:
            self.found.append(component)


def inherit(parent: Column, marks: Column, cancel: Column = NEVER) -> int:
    """Mark also what hangs on marked nodes of a tree."""
    same(parent, marks)
    is_below = [True if mark else None for mark in marks]
    for first in watched(range(len(parent)), cancel):
        node, open_ones = first, []
        while node < len(parent) and is_below[node] is None:
            is_below[node] = False
            open_ones.append(node)
            node = parent[node]
        is_found = node < len(parent) and bool(is_below[node])
        for each in open_ones:
            is_below[each] = is_found
    for node, found in enumerate(is_below):
        marks[node] = bool(found)
    return sum(marks)


def texts(start: Column, content: Column, wanted: Column, how: Column, marks: Column, cancel: Column = NEVER) -> int:
    """Mark strings that are, are less than, contain or begin with a text, by their bytes."""
    check_rows(how, 1)
    check_rows(marks, len(start) - 1)
    whole, text = bytes(content), bytes(wanted)
    for row in watched(range(len(start) - 1), cancel):
        first, end = start[row], start[row + 1]
        if first > end or end > len(whole):
            raise ValueError("a string is not within the strings' bytes")
        each = whole[first:end]
        found = {EQUAL: each == text, LESS: each < text, CONTAINS: text in each, BEGINS: each.startswith(text)}
        marks[row] = found[how[0]]
    return sum(marks)
