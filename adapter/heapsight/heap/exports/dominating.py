"""References from dominators to what they dominate, for readers that find dominators by trying.

Such a reader (K. D. Cooper, T. J. Harvey and K. Kennedy, "A Simple, Fast Dominance Algorithm", Rice University, 2001)
goes over the nodes from the root down, and again as long as something changes: once for each time that a path goes back
in its order, hundreds of times in a heap. Where each node has a reference from its dominator, everything is right after
the first time, and no dominator is another one for it. Needed are those references only for objects that are in a
cycle of objects with a dominator: an object that has a holder later in the order is in such a cycle with it. What the
root dominates gets its reference from the root.
"""

from __future__ import annotations

from .. import selection
from ..graph import Graph
from ..passes import kernels
from ..passes.python import BY_NOTHING

# Marks, of what something dominates: as the pass for cycles wants them.
_DOMINATED = bytes([BY_NOTHING, 0]) + bytes(254)


def in_cycles(graph: Graph) -> dict[int, list[int]]:
    """Return dominators, and the objects in cycles that each of them dominates without referring to them."""
    snapshot, dominator = graph.snapshot, graph.dominator
    by_root = selection.within(graph, dominator, graph.nodes, graph.nodes)
    members, starts = kernels.column("I", graph.nodes), kernels.column("I", graph.nodes + 1)
    graph.progress("Searching cycles", 0.05)
    columns = (snapshot.edge_start, snapshot.edge_to, by_root.tobytes().translate(_DOMINATED), members, starts)
    count = graph.run("components", *columns)
    below: dict[int, list[int]] = {}
    for node in sorted(members[: starts[count]]):
        below.setdefault(dominator[node], []).append(node)
    added = {}
    for holder, nodes in graph.progress.through(below.items(), "Searching cycles", len(below)):
        referred = set(snapshot.edge_to[snapshot.edge_start[holder] : snapshot.edge_start[holder + 1]])
        missing = [node for node in nodes if node not in referred]
        if missing:
            added[holder] = missing
    return added
