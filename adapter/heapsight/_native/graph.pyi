"""Passes over a heap's graph, in C. Not there where it was not built; `heap/passes/python.py` has the same in Python.

Columns are buffers of unsigned numbers: u8, u32 or u64 as said, `n` nodes, `m` edges. 4294967295 (NONE) in a u32 is
"none". A graph is `start` (u32, n + 1) and `to` (u32, m); lengths and ranges are checked. Columns that are written must
not be others at once. Raises TypeError for what is no such buffer, ValueError for wrong lengths or contents,
MemoryError. The GIL is free meanwhile.

Each pass but `largest` takes one more column behind its own, `cancel`: one byte. When another thread sets it, the pass
ends with InterruptedError, and what it has written is worth nothing.
"""

from typing import Any

_Column = Any  # a Buffer, which the typing of Python 3.11 cannot say

def largest(numbers: _Column, /) -> int:
    """Return the largest of numbers of 1, 4 or 8 bytes, 0 of none."""

def reverse(start: _Column, to: _Column, reverse_start: _Column, source: _Column, cancel: _Column = ..., /) -> int:
    """Write the graph with its edges turned round: each node's holders, ascending, one for each edge."""

def native_counts(
    refcount: _Column,
    reverse_start: _Column,
    roots: _Column,
    flags: _Column,
    counts: _Column,
    held: _Column,
    cancel: _Column = ...,
    /,
) -> int:
    """Write how many references of each node (u32, n) are neither edges nor roots; 0 for immortals and pseudo nodes.

    held (u32, n): gets the nodes that have some, ascending. Returns how many those are.
    """

def search(
    start: _Column,
    to: _Column,
    sources: _Column,
    stages: _Column,
    reach: _Column,
    parent: _Column,
    edge: _Column,
    cancel: _Column = ...,
    /,
) -> int:
    """Search breadth first from `sources`: first those with one stage (u8, a run of equals), to the end, then the next.

    reach (u8, n): where it is not 0 the node has been reached before and is left alone; else it gets the stage.
    parent and edge (u32, n) get the node and the edge by which it was reached, NONE for sources. Returns how many were
    reached now.
    """

def sources(start: _Column, to: _Column, reach: _Column, found: _Column, cancel: _Column = ..., /) -> int:
    """Find nodes that together reach all whose `reach` is 0.

    found (u32, n): gets one of each strongly connected component without edges into it. Returns how many they are.
    """

def dominators(
    start: _Column,
    to: _Column,
    reverse_start: _Column,
    source: _Column,
    reach: _Column,
    roots: _Column,
    dominator: _Column,
    order: _Column,
    cancel: _Column = ...,
    /,
) -> int:
    """Write each node's immediate dominator (u32, n), seen from a virtual root n that leads to `roots`.

    An edge from what has reach 2 to what has reach 1, and from reach 4 to any other, is not there. order (u32, n): gets
    the nodes in depth-first order. Returns how many nodes were met.
    """

def totals(
    dominator: _Column,
    order: _Column,
    size: _Column,
    large_node: _Column,
    large_size: _Column,
    retained: _Column,
    count: _Column,
    position: _Column,
    tree: _Column,
    cancel: _Column = ...,
    /,
) -> int:
    """Write retained sizes (u64, n + 1) and numbers of nodes (u32, n + 1) of each subtree, row n for all.

    tree (u32, n) gets the nodes in preorder of the dominator tree, position (u32, n) where each one is there.
    """

def heaviest(tree: _Column, count: _Column, retained: _Column, places: _Column, cancel: _Column = ..., /) -> int:
    """Return the node that retains most of those whose subtrees fill a range of places in the dominator tree.

    places (u32, 2): first, and one after the last. NONE where the range is empty, the first one of equals.
    """

def assign(
    kind: _Column, group_of_kind: _Column, reach: _Column, flags: _Column, group: _Column, cancel: _Column = ..., /
) -> int:
    """Write each node's group (u32, n): that of its type; NONE for what has reach 2 and for pseudo nodes (flag 2)."""

def groups(
    group: _Column,
    size: _Column,
    large_node: _Column,
    large_size: _Column,
    retained: _Column,
    count: _Column,
    tree: _Column,
    counts: _Column,
    shallow: _Column,
    retained_sums: _Column,
    cancel: _Column = ...,
    /,
) -> int:
    """Add up, for each group g (u64 columns), number, shallow sizes, and retained sizes of the nodes with `group` g.

    Retained: of those that no other node of the group dominates. A node whose group is no row is not counted.
    """

def within(numbers: _Column, bounds: _Column, marks: _Column, cancel: _Column = ..., /) -> int:
    """Mark (u8) the numbers (any width) from bounds[0] to bounds[1] (u64, 2), both included. Returns how many."""

def at_most(one: _Column, other: _Column, marks: _Column, cancel: _Column = ..., /) -> int:
    """Mark (u8) where one (u32) <= other (u32). Returns how many."""

def gather(table: _Column, rows: _Column, found: _Column, cancel: _Column = ..., /) -> int:
    """Write table[rows[i]] to found[i]; 0 where rows[i] is NONE. table and found are of one width."""

def scatter(values: _Column, rows: _Column, target: _Column, cancel: _Column = ..., /) -> int:
    """Write values[i] to target[rows[i]]. values and target are of one width."""

def inherit(parent: _Column, marks: _Column, cancel: _Column = ..., /) -> int:
    """Mark (u8, n) also what hangs on marked nodes: parent (u32, n) is the node before each one, NONE for roots.

    Returns how many are marked then.
    """

def select(marks: _Column, found: _Column, cancel: _Column = ..., /) -> int:
    """List (u32) the rows whose mark is not 0, ascending. Returns how many."""

def pick(rows: _Column, numbers: _Column, bounds: _Column, found: _Column, cancel: _Column = ..., /) -> int:
    """List (u32, as long as `rows`), in their order, the rows whose numbers lie within bounds, as `within` has it."""

def weigh(
    nodes: _Column,
    size: _Column,
    large_node: _Column,
    large_size: _Column,
    total: _Column,
    cancel: _Column = ...,
    /,
) -> int:
    """Write the sum of the shallow sizes of a list of nodes to total (u64, 1)."""

def sum_by(
    nodes: _Column,
    group: _Column,
    values: _Column,
    counts: _Column,
    sums: _Column,
    most: _Column,
    cancel: _Column = ...,
    /,
) -> int:
    """Add, for each group g (u64 columns), number, sum, and greatest of the values of the listed nodes with `group` g.

    group (u32) and values (any width) have a row for each node. A node whose group is no row is not counted.
    """

def sort(nodes: _Column, numbers: _Column, cancel: _Column = ..., /) -> int:
    """Sort a list of nodes by their numbers (any width), greatest first; equal ones stay in their order."""

def distinct(
    one: _Column, other: _Column, marks: _Column, number: _Column, first: _Column, cancel: _Column = ..., /
) -> int:
    """Number the different pairs (one[i], other[i]) of rows that have a mark, as they appear. Returns how many.

    number (u32): gets the number of each row's pair, NONE without a mark; first (u32): the row where each one appeared.
    """

def children(tree: _Column, count: _Column, places: _Column, found: _Column, cancel: _Column = ..., /) -> int:
    """List (u32) the nodes whose subtrees fill a range of places (u32, 2) in the dominator tree. Returns how many."""

def components(
    start: _Column, to: _Column, reach: _Column, members: _Column, starts: _Column, cancel: _Column = ..., /
) -> int:
    """List the cycles among nodes with reach 4: strongly connected components of several nodes, or of one with a loop.

    members (u32, n): their nodes, one component after the other; starts (u32, n + 1): where each begins, and the end.
    Returns how many.
    """

def texts(
    start: _Column, content: _Column, wanted: _Column, how: _Column, marks: _Column, cancel: _Column = ..., /
) -> int:
    """Mark (u8) the strings (start u64, content u8) that stand in a relation to `wanted` (u8). Returns how many.

    how (u8, 1): equal 0, less 1, contain it 2, begin with it 3.
    """
