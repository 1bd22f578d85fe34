"""Chrome's `.heapsnapshot`: opens in Chrome's developer tools, in VS Code and in memlab.

The format is V8's (its writer is `HeapSnapshotJSONSerializer` in src/profiler/heap-snapshot-generator.cc): one JSON
object whose keys come in one order, nodes and edges as flat arrays of numbers. Row 0 is the root; the edges of a node
follow those of the node before it; an edge names its node by the place of that node's row; texts are numbers of entries
of `strings`.

Above the program's objects there are rows of our own: the root, and one for each kind of roots. The tools count
distances from what hangs from the root itself and is not synthetic, so modules and threads do; all else hangs from
"(GC roots)", as in V8's own files, and what no root reaches hangs there too, or it would be left out. References that
hold nothing, as `graph` has it (Heapsight's to the program's objects, those of garbage), are weak ones.

VS Code's viewer finds dominators by going over all nodes until nothing changes any more. A Python heap, where all is
tied to modules and types, lets it take minutes or fail. So references are added that change no dominator and let it
find each one at its first look (`dominating`). "(GC roots)" refers to each object that only the root dominates: in
Chrome's distances that is farther away than all other references. A few objects in cycles get one from their dominator.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TextIO

from ..graph import Graph
from ..loading import ATTRIBUTE, FRAME, INTERNAL, ITEM, KEY, LOCAL, MEMBER, NONE, STACK, TYPE, VALUE, Snapshot
from ..passes.python import BY_NATIVE, BY_NOTHING, BY_OWN
from .chrome_names import NATIVE, SYNTHETIC, Names, Strings
from .dominating import in_cycles

_NODE_FIELDS = ["type", "name", "id", "self_size", "edge_count", "trace_node_id", "detachedness"]
_NODE_TYPES = [
    [
        *("hidden", "array", "string", "object", "code", "closure", "regexp", "number", "native", "synthetic"),
        *("concatenated string", "sliced string", "symbol", "bigint", "object shape"),
    ],
    "string",
    *["number"] * 5,
]
_EDGE_TYPES = [
    ["context", "element", "property", "internal", "hidden", "shortcut", "weak"],
    "string_or_number",
    "node",
]
_META = {
    "node_fields": _NODE_FIELDS,
    "node_types": _NODE_TYPES,
    "edge_fields": ["type", "name_or_index", "to_node"],
    "edge_types": _EDGE_TYPES,
    "trace_function_info_fields": ["function_id", "name", "script_name", "script_id", "line", "column"],
    "trace_node_fields": ["id", "function_info_index", "count", "size", "children"],
    "sample_fields": ["timestamp_us", "last_assigned_id"],
    "location_fields": ["object_index", "script_id", "line", "column"],
}
_WIDTH = len(_NODE_FIELDS)
_CONTEXT, _ELEMENT, _PROPERTY, _INTERNAL, _, _, _WEAK = range(7)

# Rows before those of the objects: the root, "(GC roots)", and the groups. The kinds of roots are 0 to 3 in a snapshot.
_GROUPS = 2
_GROUP_KINDS = (
    ("(Modules)", NATIVE),
    ("(Threads)", NATIVE),
    ("(Interpreter)", SYNTHETIC),
    ("(Heapsight)", SYNTHETIC),
    ("(Held by native code)", SYNTHETIC),
    ("(Unreachable cycles)", SYNTHETIC),
)
_USER_GROUPS, _OTHER_GROUPS = range(2), range(2, len(_GROUP_KINDS))
_OWN_GROUP, _NATIVE_GROUP, _CYCLE_GROUP = 3, 4, 5
_FIRST = _GROUPS + len(_GROUP_KINDS)
# References that have no name of their own.
_SHARED = "(held in several ways)"
_INTERNAL_NAMES = {TYPE: "__class__", KEY: "(key)", STACK: "(stack)", INTERNAL: "(internal)"}
# Rows that are made text at once.
_PIECE = 1 << 14

Progress = Callable[[str, float], None]
Groups = list[list[tuple[int, int]]]
Added = dict[int, list[int]]


def write(graph: Graph, file: TextIO, progress: Progress) -> None:
    """Write the whole snapshot. Raises SnapshotError where it is damaged."""
    progress("Searching what no root reaches", 0.0)
    snapshot = graph.snapshot
    groups = _groups(graph)
    names = Names(snapshot)
    shared, added = _shared(graph, groups), in_cycles(graph)
    edges = 1 + len(_GROUP_KINDS) + len(shared) + sum(map(len, groups)) + snapshot.edges
    edges += sum(map(len, added.values()))
    head = {"meta": _META, "node_count": _FIRST + snapshot.nodes, "edge_count": edges, "trace_function_count": 0}
    file.write('{"snapshot":' + json.dumps(head, separators=(",", ":")))
    file.write(',\n"nodes":[')
    _write_own_nodes(names, groups, shared, file)
    _write_nodes(snapshot, names, added, file, progress)
    file.write('],\n"edges":[')
    _write_own_edges(names, groups, shared, file)
    _write_edges(graph, names, added, file, progress)
    file.write('],\n"trace_function_infos":[],\n"trace_tree":[],\n"samples":[],\n"locations":[],\n"strings":[')
    _write_strings(names.strings, file, progress)
    file.write("]}\n")


def _groups(graph: Graph) -> Groups:
    """Return what each group of roots refers to: nodes, and the snapshot's strings that say how they are reached."""
    snapshot, reach = graph.snapshot, graph.reach
    groups: Groups = [[] for _ in _GROUP_KINDS]
    for node, kind, label in zip(snapshot.root_node, snapshot.root_kind, snapshot.root_label, strict=True):
        groups[min(kind, _NATIVE_GROUP)].append((node, label))
    groups[_OWN_GROUP] += ((node, 0) for node in graph.own_in_native_code)
    groups[_NATIVE_GROUP] += ((node, 0) for node in graph.native_held if reach[node] == BY_NATIVE)
    groups[_CYCLE_GROUP] += ((node, 0) for node in graph.reached.starts)
    return groups


def _shared(graph: Graph, groups: Groups) -> list[int]:
    """Return the nodes that nothing but the root dominates, apart from those of groups."""
    grouped = {node for group in groups for node, _ in group}
    return [node for node in graph.dominated(graph.nodes) if node not in grouped]


def _write_own_nodes(names: Names, groups: Groups, shared: list[int], file: TextIO) -> None:
    rows = [(SYNTHETIC, "", 1 + len(_USER_GROUPS)), (SYNTHETIC, "(GC roots)", len(_OTHER_GROUPS) + len(shared))]
    rows += [(kind, name, len(group)) for (name, kind), group in zip(_GROUP_KINDS, groups, strict=True)]
    own = [
        f"{kind},{names.strings.of_text(name)},{2 * row + 1},0,{edges},0,0"
        for row, (kind, name, edges) in enumerate(rows)
    ]
    file.write(",\n".join(own))


def _write_nodes(snapshot: Snapshot, names: Names, added: Added, file: TextIO, progress: Progress) -> None:
    start, sizes, count = snapshot.edge_start, snapshot.node_size, snapshot.nodes
    describe = names.of_node
    for first in range(0, count, _PIECE):
        progress("Writing objects", 0.1 + 0.3 * first / count)
        lines = []
        for node in range(first, min(first + _PIECE, count)):
            size = sizes[node]
            kind, name = describe(node)
            lines.append(
                f"{kind},{name},{2 * (_FIRST + node) + 1},{size if size != NONE else snapshot.size(node)},"
                f"{start[node + 1] - start[node] + len(added.get(node, ()))},0,0"
            )
        file.write(",\n" + ",\n".join(lines))


def _write_own_edges(names: Names, groups: Groups, shared: list[int], file: TextIO) -> None:
    rows = [_GROUPS + number for number in _USER_GROUPS] + [1] + [_GROUPS + number for number in _OTHER_GROUPS]
    own = [f"{_ELEMENT},{index},{row * _WIDTH}" for index, row in enumerate(rows)]
    name = names.strings.of_text(_SHARED)
    own += [f"{_INTERNAL},{name},{(_FIRST + node) * _WIDTH}" for node in shared]
    for group in groups:
        for index, (node, label) in enumerate(group):
            row = (_FIRST + node) * _WIDTH
            named = f"{_PROPERTY},{names.strings.of_snapshot(label)}" if label else f"{_ELEMENT},{index}"
            own.append(f"{named},{row}")
    file.write(",\n".join(own))


def _write_edges(graph: Graph, names: Names, added: Added, file: TextIO, progress: Progress) -> None:
    count = graph.nodes
    for first in range(0, count, _PIECE):
        progress("Writing references", 0.4 + 0.5 * first / count)
        lines = list(_edge_lines(graph, names, added, range(first, min(first + _PIECE, count))))
        if lines:
            file.write(",\n" + ",\n".join(lines))


def _edge_lines(graph: Graph, names: Names, added: Added, nodes: range) -> Iterator[str]:
    snapshot, reach = graph.snapshot, graph.reach
    start, to, kinds, labels = snapshot.edge_start, snapshot.edge_to, snapshot.edge_kind, snapshot.edge_label
    of_snapshot, of_key = names.strings.of_snapshot, names.of_key
    constant = {kind: f"{_INTERNAL},{names.strings.of_text(text)}" for kind, text in _INTERNAL_NAMES.items()}
    weak = f"{_WEAK},{names.strings.of_text('(holds nothing)')}"
    shared = f"{_INTERNAL},{names.strings.of_text(_SHARED)}"
    for node in nodes:
        members = 0
        is_weak = reach[node] in (BY_OWN, BY_NOTHING)
        for edge in range(start[node], start[node + 1]):
            kind, label, target = kinds[edge], labels[edge], to[edge]
            if kind == VALUE:
                named = f"{_PROPERTY},{of_key(label)}"
            elif kind == ATTRIBUTE:
                named = f"{_PROPERTY},{of_snapshot(label)}"
            elif kind in (ITEM, FRAME):
                named = f"{_ELEMENT},{label}"
            elif kind == MEMBER:
                named = f"{_ELEMENT},{members}"
                members += 1
            elif kind == LOCAL:
                named = f"{_CONTEXT},{of_snapshot(label)}"
            elif kind in (STACK, INTERNAL) and label:
                named = f"{_INTERNAL},{of_snapshot(label)}"
            else:
                named = constant.get(kind, constant[INTERNAL])
            if is_weak and reach[target] != reach[node]:
                named = weak
            yield f"{named},{(_FIRST + target) * _WIDTH}"
        for target in added.get(node, ()):
            yield f"{shared},{(_FIRST + target) * _WIDTH}"


def _write_strings(strings: Strings, file: TextIO, progress: Progress) -> None:
    progress("Writing texts", 0.9)
    separator = ""
    for text in strings:
        file.write(separator + json.dumps(text))
        separator = ",\n"
