"""The graph of a heap, and what is computed of it: each pass once, when it is first asked for.

What counts as holding what:

- A reference is an edge, whichever kind it has, also that of an object to its type, of a function to its module's
  namespace. So types, modules and namespaces are ordinary objects: they are dominated by nobody when several things use
  them, and keep what nobody else keeps.
- The virtual root refers to all roots of the program, to what native code holds (its reference count is above its
  references and roots), and, so that every object has a dominator, to one object of each unreachable cycle that nothing
  else refers to.
- Heapsight's own references to the program's objects hold nothing, and those of garbage to what is none hold nothing:
  it goes away with the next collection.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType

from . import origins
from .errors import Cancelled
from .loading import MODULE, NONE, OWN, Snapshot, SnapshotError
from .passes import kernels
from .passes.python import BY_NATIVE, BY_NOTHING, BY_OWN, BY_PROGRAM
from .progress import Progress


@dataclass(frozen=True)
class Edge:
    """A reference: its row, whose it is, and to what; kind and label as docs/snapshot-format.md has them."""

    row: int
    holder: int
    to: int
    kind: int
    label: int


@dataclass(frozen=True)
class Reached:
    """How each node is reached first.

    reach: BY_PROGRAM, BY_OWN, BY_NATIVE, BY_NOTHING; parent, edge: NONE for a root.
    """

    reach: array[int]
    parent: array[int]
    edge: array[int]
    starts: array[int]


@dataclass(frozen=True)
class Totals:
    """Sums over the dominator tree; row `nodes` is the virtual root.

    retained: bytes; count: nodes of the subtree with the node itself; tree: nodes in preorder; position: where in it.
    """

    retained: array[int]
    count: array[int]
    tree: array[int]
    position: array[int]


class Graph:
    """A snapshot's objects and references. The virtual root is the node number `nodes`.

    passes: the module with the passes, for tests. `progress`, which may be another one for each question, is told which
    pass runs and how far it all is, 0 to 1. Raises SnapshotError where the file does not hold together, Cancelled.
    """

    def __init__(self, snapshot: Snapshot, passes: ModuleType = kernels.best, progress: Progress | None = None) -> None:
        self.snapshot = snapshot
        self.nodes = snapshot.nodes
        self._passes = passes
        self.progress = progress or Progress()

    def analyse(self) -> None:
        """Run all passes now."""
        self.totals  # noqa: B018
        self.progress("Analysed", 1.0)

    # -- passes -------------------------------------------------------------------------------------------------------

    def run(self, name: str, *columns: object) -> int:
        """Run a pass. Raises SnapshotError where it finds the columns wrong, and Cancelled."""
        try:
            result: int = getattr(self._passes, name)(*columns, self.progress.cancelled)
        except InterruptedError:
            raise Cancelled from None
        except ValueError as error:
            raise SnapshotError(f"the snapshot is damaged: {error}") from error
        return result

    @cached_property
    def reverse(self) -> tuple[array[int], array[int]]:
        """The holders of each node, ascending, one for each reference, in CSR form: start (n + 1), holder."""
        self.progress("Turning references round", 0.1)
        start = kernels.column("I", self.nodes + 1)
        holder = kernels.column("I", self.snapshot.edges)
        self.run("reverse", self.snapshot.edge_start, self.snapshot.edge_to, start, holder)
        return start, holder

    @cached_property
    def _native(self) -> tuple[array[int], array[int]]:
        counts, held = kernels.column("I", self.nodes), kernels.column("I", self.nodes)
        snapshot = self.snapshot
        columns = (snapshot.node_refcount, self.reverse[0], snapshot.root_node, snapshot.node_flags)
        count = self.run("native_counts", *columns, counts, held)
        return counts, held[:count]

    @property
    def native_count(self) -> array[int]:
        """References of each node that are neither edges nor roots: held by native code. 0 for immortals."""
        return self._native[0]

    @property
    def native_held(self) -> array[int]:
        """Nodes with such references, ascending."""
        return self._native[1]

    @cached_property
    def ordered_roots(self) -> tuple[array[int], array[int]]:
        """Rows of the roots: the program's (its modules first, then others, threads, the interpreter), Heapsight's."""
        snapshot = self.snapshot
        keys = [(kind, self._module_rank(row), row) for row, kind in enumerate(snapshot.root_kind)]
        rows = [row for kind, _, row in sorted(keys)]
        own = array("I", (row for row in rows if snapshot.root_kind[row] == OWN))
        return array("I", (row for row in rows if snapshot.root_kind[row] != OWN)), own

    def _module_rank(self, row: int) -> int:
        if self.snapshot.root_kind[row] != MODULE:
            return 0
        node = self.snapshot.root_node[row]
        place = self.snapshot.place(node)
        return origins.of_module(self.snapshot.name(node) or "", place.file if place else "")

    @cached_property
    def root_rows(self) -> dict[int, int]:
        """The first row that each root has, in the order of `ordered_roots`."""
        rows: dict[int, int] = {}
        for row in (each for part in self.ordered_roots for each in part):
            rows.setdefault(self.snapshot.root_node[row], row)
        return rows

    @cached_property
    def own_in_native_code(self) -> array[int]:
        """Objects of Heapsight's classes that native code holds: what made the snapshot was at work with them."""
        snapshot = self.snapshot
        own = {row for row, each in enumerate(snapshot.types) if origins.is_own_module(each.module)}
        types = snapshot.node_type if own else ()
        return array("I", (node for node in self.native_held if types[node] in own) if own else ())

    @cached_property
    def reached(self) -> Reached:
        """Breadth-first trees from the roots: shortest paths. What roots do not reach is reached from native-held
        objects, what those do not from one object of each unreachable cycle (`starts`)."""
        snapshot = self.snapshot
        program, own = (array("I", (snapshot.root_node[row] for row in rows)) for rows in self.ordered_roots)
        own += self.own_in_native_code
        sources = program + own + self.native_held
        stages = bytes([BY_PROGRAM]) * len(program) + bytes([BY_OWN]) * len(own)
        stages += bytes([BY_NATIVE]) * len(self.native_held)
        self.progress("Searching shortest paths", 0.3)
        reach, parent, edge = (
            kernels.column("B", self.nodes),
            kernels.column("I", self.nodes),
            kernels.column("I", self.nodes),
        )
        graph = (snapshot.edge_start, snapshot.edge_to)
        found = self.run("search", *graph, sources, stages, reach, parent, edge)
        starts = array("I")
        if found < self.nodes:
            starts = kernels.column("I", self.nodes)
            starts = starts[: self.run("sources", *graph, reach, starts)]
            self.run("search", *graph, starts, bytes([BY_NOTHING]) * len(starts), reach, parent, edge)
        return Reached(reach, parent, edge, starts)

    @property
    def reach(self) -> array[int]:
        """How each node is reached: BY_PROGRAM, BY_OWN, BY_NATIVE (only by what native code holds), BY_NOTHING."""
        return self.reached.reach

    @property
    def parent(self) -> array[int]:
        """The node before each one on a shortest path from a root, NONE for roots."""
        return self.reached.parent

    @cached_property
    def _dominators(self) -> tuple[array[int], array[int]]:
        snapshot, reach = self.snapshot, self.reach
        program, own = self.ordered_roots
        roots = array("I", (snapshot.root_node[row] for row in program))
        roots.extend(node for row in own if reach[node := snapshot.root_node[row]] == BY_OWN)
        roots += self.native_held + self.reached.starts
        self.progress("Finding dominators", 0.5)
        dominator, order = kernels.column("I", self.nodes), kernels.column("I", self.nodes)
        columns = (snapshot.edge_start, snapshot.edge_to, *self.reverse, reach, roots, dominator, order)
        met = self.run("dominators", *columns)
        if met != self.nodes:
            raise SnapshotError(f"only {met:,} of {self.nodes:,} objects were met")
        return dominator, order

    @property
    def dominator(self) -> array[int]:
        """The immediate dominator of each node: the nearest one on all ways to it. `nodes`: the virtual root."""
        return self._dominators[0]

    @property
    def order(self) -> array[int]:
        """All nodes in depth-first order: a dominator comes before what it dominates."""
        return self._dominators[1]

    @cached_property
    def totals(self) -> Totals:
        """Retained sizes, and the dominator tree in preorder."""
        snapshot = self.snapshot
        dominator, order = self._dominators
        self.progress("Adding up retained sizes", 0.9)
        totals = Totals(
            kernels.column("Q", self.nodes + 1),
            kernels.column("I", self.nodes + 1),
            kernels.column("I", self.nodes),
            kernels.column("I", self.nodes),
        )
        columns = (dominator, order, snapshot.node_size, snapshot.large_node, snapshot.large_size)
        self.run("totals", *columns, totals.retained, totals.count, totals.position, totals.tree)
        return totals

    @property
    def retained(self) -> array[int]:
        """Bytes that would go away with each node: its own and those of all it dominates. Row `nodes`: all."""
        return self.totals.retained

    # -- sets of nodes ------------------------------------------------------------------------------------------------

    def _reached_so(self, reach: int) -> array[int]:
        marks = self.reach.tobytes().translate(bytes(i == reach for i in range(256)))
        found = kernels.column("I", self.nodes)
        return found[: self.run("select", marks, found)]

    @cached_property
    def own(self) -> array[int]:
        """Nodes reachable from Heapsight's roots only."""
        return self._reached_so(BY_OWN)

    @cached_property
    def unreachable(self) -> array[int]:
        """Nodes that neither a root nor native code reaches: cycles not yet collected, and what hangs on them."""
        return self._reached_so(BY_NOTHING)

    @cached_property
    def native_only(self) -> array[int]:
        """Nodes that only what native code holds reaches."""
        return self._reached_so(BY_NATIVE)

    def bytes_of(self, nodes: array[int]) -> int:
        """Return the sum of the nodes' shallow sizes."""
        snapshot, total = self.snapshot, kernels.column("Q", 1)
        self.run("weigh", nodes, snapshot.node_size, snapshot.large_node, snapshot.large_size, total)
        return total[0]

    @cached_property
    def program_bytes(self) -> int:
        """Bytes of all objects but Heapsight's own."""
        return self.retained[self.nodes] - self.bytes_of(self.own)

    # -- one node -----------------------------------------------------------------------------------------------------

    def edge(self, holder: int, row: int) -> Edge:
        """Return the reference in a row, which is one of the holder's."""
        snapshot = self.snapshot
        return Edge(row, holder, snapshot.edge_to[row], snapshot.edge_kind[row], snapshot.edge_label[row])

    def references(self, node: int) -> Iterator[Edge]:
        """Yield what a node refers to, in the order of the file."""
        for row in range(self.snapshot.edge_start[node], self.snapshot.edge_start[node + 1]):
            yield self.edge(node, row)

    def holders(self, node: int) -> array[int]:
        """Return the nodes that refer to one, ascending, each once for every reference."""
        start, holder = self.reverse
        return holder[start[node] : start[node + 1]]

    def referrers(self, node: int) -> Iterator[Edge]:
        """Yield the references to a node, by holder."""
        to, start = self.snapshot.edge_to, self.snapshot.edge_start
        last, row = NONE, 0
        for holder in self.holders(node):
            first = start[holder] if holder != last else row + 1
            row = to.index(node, first, start[holder + 1])
            last = holder
            yield self.edge(holder, row)

    def dominated(self, node: int) -> Iterator[int]:
        """Yield the nodes that a node dominates immediately; of the virtual root, `nodes`: those nobody dominates."""
        totals = self.totals
        place = totals.position[node] + 1 if node < self.nodes else 0
        end = place + totals.count[node] - 1
        while place < end:
            child = totals.tree[place]
            yield child
            place += totals.count[child]

    def heaviest(self, node: int) -> int | None:
        """Return what retains most of what a node dominates immediately; None where it dominates nothing."""
        totals = self.totals
        place = totals.position[node] + 1 if node < self.nodes else 0
        places = array("I", (place, place + totals.count[node] - 1))
        found = self.run("heaviest", totals.tree, totals.count, totals.retained, places)
        return None if found == NONE else found

    def dominates(self, node: int, other: int) -> bool:
        """Say whether every way to `other` leads through `node`, which may be the same."""
        position, count = self.totals.position, self.totals.count
        return node == self.nodes or position[node] <= position[other] < position[node] + count[node]
