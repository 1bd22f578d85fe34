"""What probably leaks: the few places that keep much of the heap alive, and a sentence about each.

The rule is the one that the field uses: a dominator, or the dominators of one class together, that hold at least a
tenth of the heap. Namespaces (modules, classes, frames, threads) hold what they name by their nature, so the search
looks into them; functions, classes and code are what every program consists of, and are not suspected as groups. What
belongs to the program's own modules comes first.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from . import origins, paths, selection
from .accumulation import accumulation, is_chain, is_class, is_namespace, kept
from .amounts import share_text
from .cycles import cycle_sentence
from .graph import Edge, Graph
from .loading import LOCAL, MODULE, NONE
from .origins import Origin
from .passes.python import BY_NATIVE, BY_NOTHING, BY_OWN, BY_PROGRAM
from .sparse import sparse_row
from .texts import counted, describe, file_name, short_type, shortened, size_text
from .types import UNTRACED, Groups, groups

SHARE = 0.1
_MOST_SUSPECTS = 10
_RESULTS_OF_COMPILING = frozenset(
    [
        "type",
        "function",
        "code",
        "module",
        "str",
        "bytes",
        "dict",
        "tuple",
        "set",
        "frozenset",
        "list",
        "cell",
        "property",
        "staticmethod",
        "classmethod",
        "int",
    ]
)
_CODE = frozenset(("function", "code", "module", "str", "bytes", "builtin_function_or_method", "property", "cell"))
_PARTS_OF_CLASSES = ("_descriptor", "builtin_function_or_method", "method-wrapper", "abc_data", "ModuleSpec", "Loader")


@dataclass(frozen=True)
class Accumulation:
    """Where it piles up. path: an expression, or as near to one as there is."""

    node: int
    text: str
    path: str


@dataclass(frozen=True)
class Suspect:
    """Something that keeps much alive. node: the dominator, or one of a group; share: of the heap, 0 to 1.

    type: of what is kept (most of it); count: how many of those.
    """

    title: str
    sentence: str
    node: int
    retained: int
    share: float
    accumulation: Accumulation
    path: str
    type: str
    count: int
    is_users: bool


@dataclass
class _Candidates:
    """What the search has found: single dominators, and small ones, which count by type."""

    single: list[int] = field(default_factory=list)
    small: array[int] = field(default_factory=lambda: array("I"))
    unreachable: int = 0


def find(graph: Graph, share: float = SHARE, most: int = _MOST_SUSPECTS) -> list[Suspect]:
    """Return the suspects: the program's own first, most retained first.

    share: how much of the heap makes one, 0 to 1.
    """
    total = graph.program_bytes
    if not total:
        return []
    search = _Search(graph, max(1, int(share * total)), total)
    found = search.suspects()
    found.sort(key=lambda suspect: (not suspect.is_users, -suspect.retained))
    return found[:most]


class _Search:
    def __init__(self, graph: Graph, least: int, total: int) -> None:
        self.graph, self.least, self.total = graph, least, total

    def suspects(self) -> list[Suspect]:
        candidates = self._candidates()
        found = {suspect.accumulation.node: suspect for suspect in map(self._single, candidates.single)}
        suspects = [each for each in found.values() if each.is_users or not self._is_code(each.accumulation.node)]
        suspects += map(self._group, self._groups(candidates.small))
        if candidates.unreachable >= self.least:
            suspects.append(self._unreachable(candidates.unreachable))
        return suspects

    def _is_code(self, node: int) -> bool:
        """Say whether an object is a part of a library as such, which is there as long as the library is."""
        return self.graph.snapshot.type_of(node).name in _CODE or is_class(self.graph, node)

    def _candidates(self) -> _Candidates:
        graph, found = self.graph, _Candidates()
        retained, reach = graph.retained, graph.reach
        namespaces = [graph.nodes]
        while namespaces:
            graph.progress("Searching suspects", 0.3)
            below = selection.children(graph, namespaces.pop())
            garbage = selection.picked(graph, below, reach, BY_NOTHING, BY_NOTHING)
            found.unreachable += sum(map(retained.__getitem__, garbage))
            found.small += selection.picked(graph, below, retained, 0, self.least - 1)
            for node in selection.picked(graph, below, retained, self.least):
                if reach[node] not in {BY_OWN, BY_NOTHING}:
                    (namespaces if is_namespace(graph, node) else found.single).append(node)
        return found

    def _groups(self, small: array[int]) -> Iterator[array[int]]:
        """Yield the objects of each type that together hold enough."""
        graph, types = self.graph, self.graph.snapshot.node_type
        graph.progress("Searching suspects", 0.7)
        alive = selection.picked(graph, small, graph.reach, BY_PROGRAM, BY_PROGRAM)
        alive += selection.picked(graph, small, graph.reach, BY_NATIVE, BY_NATIVE)
        sums = selection.sums(graph, alive, types, graph.retained, len(graph.snapshot.types)).sums
        for kind, size in enumerate(sums):
            if size >= self.least and self._groups_of_type[kind]:
                yield array("I", sorted(selection.picked(graph, alive, types, kind, kind)))

    @cached_property
    def _groups_of_type(self) -> list[bool]:
        return [
            row.name not in _RESULTS_OF_COMPILING
            and not row.name.startswith("<")
            and not row.name.endswith(_PARTS_OF_CLASSES)
            for row in self.graph.snapshot.types
        ]

    # -- one dominator ------------------------------------------------------------------------------------------------

    def _single(self, node: int) -> Suspect:
        graph = self.graph
        place = accumulation(graph, node)
        found = paths.path(graph, place)
        edges = paths.path_edges(graph, place)
        count, kind = self._what_is_kept(place)
        amount = self._amount(graph.retained[place])
        holder = f"the {short_type(graph.snapshot.type_of(place).name)} {found.expression}"
        if not count:
            sentence = f"{holder[0].upper()}{holder[1:]} alone holds {amount}{self._room(place)}"
            count = 1
        else:
            verb = "is" if count == 1 else "are"
            inside = self._classes_inside(place, kind)
            sentence = f"{_objects(count, kind)}{inside} ({amount}) {verb} kept alive by {holder}"
        sentence += self._remarks(edges, found)
        sentence += self._allocated(selection.subtree(graph, place), kind)
        is_users = self._is_users(place, kind, edges, found)
        retained = graph.retained[place]
        where = Accumulation(place, describe(graph, place), found.expression)
        title = f"{_objects(count, kind)}: {size_text(retained)}"
        share = retained / self.total
        return Suspect(title, sentence, node, retained, share, where, found.expression, kind, count, is_users)

    def _what_is_kept(self, place: int) -> tuple[int, str]:
        """Return how many objects of which type are kept; 0 and its own type where it is one object's own size."""
        graph, own = self.graph, self.graph.snapshot.type_of(place).name
        if links := is_chain(graph, place):
            return links, own
        groups = kept(graph, place)
        if not groups or graph.snapshot.size(place) > graph.retained[place] / 2:
            return 0, own
        return groups[0].count, graph.snapshot.types[groups[0].type].name

    def _room(self, place: int) -> str:
        """Return what is to be said of a container that is large for its room, not for what is in it."""
        row = sparse_row(self.graph, place)
        if row is None:
            return ""
        return f", with room for {counted(row.capacity, 'item')} and {row.length:,} in it"

    def _classes_inside(self, place: int, kind: str) -> str:
        """Return which class of the program's own most of what is kept are instances of, where `kind` is none."""
        graph, types = self.graph, self.graph.snapshot.types
        users = {row for row, each in enumerate(types) if self._is_users_class(each.module)}
        if not users or any(types[row].name == kind for row in users):
            return ""
        below = selection.subtree(graph, place)
        inside = selection.sums(graph, below, graph.snapshot.node_type, graph.retained, len(types)).counts
        row = max(users, key=lambda each: (inside[each], -each))
        return f" with {_objects(inside[row], types[row].name)} in them" if inside[row] else ""

    def _is_users_class(self, module: str) -> bool:
        return bool(module) and self._origin_of_module(module) == Origin.USER

    def _remarks(self, edges: list[Edge], found: paths.Path) -> str:
        graph, remarks = self.graph, ""
        local = next((edge for edge in reversed(edges) if edge.kind == LOCAL), None)
        if local is not None:
            name = graph.snapshot.strings[local.label]
            if "local " not in found.expression:
                remarks += f": the local variable {name} of {frame_text(graph, local.holder)}"
        if found.root_kind == "native" and "native code" not in found.expression:
            remarks += ", held by native code"
        return remarks

    def _allocated(self, nodes: array[int], kind: str, subject: str = "") -> str:
        """Return where most of those of the nodes that are of a type were allocated; empty where that is not known.

        subject: what to call them, where the sentence is about others too.
        """
        graph, snapshot = self.graph, self.graph.snapshot
        if not len(snapshot.site_columns[0]):
            return ""
        row = next((row for row, each in enumerate(snapshot.types) if each.name == kind), NONE)
        alike = selection.picked(graph, nodes, snapshot.node_type, row, row)
        if not len(alike):
            return ""
        site, count = selection.most_common(graph, selection.looked_up(graph, self._sites.of_node, alike))
        if site == NONE or self._sites.names[site] == UNTRACED or count <= len(alike) / 2:
            return ""
        return f"; {subject}{'' if count == len(alike) else 'mostly '}allocated at {file_name(self._sites.names[site])}"

    @cached_property
    def _sites(self) -> Groups:
        return groups(self.graph, "site")

    # -- many together ------------------------------------------------------------------------------------------------

    def _group(self, nodes: array[int]) -> Suspect:
        graph = self.graph
        row = graph.snapshot.node_type[nodes[0]]
        kind = graph.snapshot.types[row]
        sums = selection.sums(graph, nodes, graph.snapshot.node_type, graph.retained, row + 1)
        retained = sums.sums[row]
        example = selection.picked(graph, nodes, graph.retained, sums.most[row])[0]
        natives = len(selection.picked(graph, nodes, graph.native_count, 1))
        common = selection.most_common(graph, selection.looked_up(graph, graph.parent, nodes))
        place = common[0] if common[1] > len(nodes) / 2 and common[0] < graph.nodes else example
        found = paths.path(graph, place)
        subject = f"{_objects(len(nodes), kind.name)} ({self._amount(retained)})"
        verb = "is" if len(nodes) == 1 else "are"
        if natives > len(nodes) / 2:
            sentence = f"{subject} {verb} held by native code (an extension, a hook of atexit …), by nothing in Python"
        elif place != example:
            sentence = f"{subject} {verb} reached from {found.expression}, and in other ways"
        else:
            sentence = f"{subject} {verb} kept alive by several holders; one of them is {found.expression}"
        sentence += self._allocated(nodes, kind.name)
        users = self._origin_of_module(kind.module) == Origin.USER
        where = Accumulation(place, describe(graph, place), found.expression)
        title = f"{_objects(len(nodes), kind.name)}: {size_text(retained)}"
        share = retained / self.total
        return Suspect(title, sentence, example, retained, share, where, found.expression, kind.name, len(nodes), users)

    def _unreachable(self, retained: int) -> Suspect:
        graph = self.graph
        starts, types = graph.reached.starts, graph.snapshot.node_type
        kinds = selection.sums(graph, starts, types, graph.retained, len(graph.snapshot.types)).sums
        common = max(range(len(kinds)), key=kinds.__getitem__)
        alike = selection.picked(graph, starts, types, common, common)
        example = max(alike, key=graph.retained.__getitem__)
        count = len(graph.unreachable)
        circles = counted(len(starts), "cycle")
        sentence = (
            f"{counted(count, 'unreachable object')} ({self._amount(retained)}) wait for the garbage collector because "
            f"they refer to each other in {circles}, like {cycle_sentence(graph, example)}"
        )
        name = graph.snapshot.types[common].name
        sentence += self._allocated(graph.unreachable, name, f"the {short_type(name)} objects ")
        found = paths.path(graph, example)
        where = Accumulation(example, describe(graph, example), found.expression)
        kind = graph.snapshot.type_of(example).name
        title = f"{counted(len(starts), 'unreachable cycle')}: {size_text(retained)}"
        share = retained / self.total
        return Suspect(title, sentence, example, retained, share, where, found.expression, kind, count, True)

    def _amount(self, retained: int) -> str:
        return f"{share_text(retained / self.total)} of the heap, {size_text(retained)}"

    # -- whose it is --------------------------------------------------------------------------------------------------

    def _is_users(self, place: int, kind: str, edges: list[Edge], found: paths.Path) -> bool:
        graph, snapshot = self.graph, self.graph.snapshot
        nodes = [edge.holder for edge in edges] + [place]
        if found.root_kind == "module" and self._origin_of_module(snapshot.name(nodes[0]) or "") == Origin.USER:
            return True
        kinds = {snapshot.type_of(node).name: snapshot.type_of(node).module for node in nodes}
        kinds |= {row.name: row.module for row in snapshot.types if row.name == kind}
        if any(self._origin_of_module(module) == Origin.USER for module in kinds.values() if module):
            return True
        at = [snapshot.place(node) for node in nodes if not is_class(graph, node)]
        return any(each is not None and origins.of_file(each.file) == Origin.USER for each in at[1:] if each)

    def _origin_of_module(self, name: str) -> Origin:
        if name in {"", "builtins"}:
            return Origin.PYTHON
        return self._modules.get(name, origins.of_module(name))

    @cached_property
    def _modules(self) -> dict[str, Origin]:
        snapshot, found = self.graph.snapshot, {}
        for node, kind in zip(snapshot.root_node, snapshot.root_kind, strict=True):
            if kind == MODULE:
                name, place = snapshot.name(node) or "", snapshot.place(node)
                found[name] = origins.of_module(name, place.file if place else "")
        return found


def frame_text(graph: Graph, holder: int) -> str:
    """Return whose variables a frame or generator has: `load() at shop.py:12`."""
    snapshot = graph.snapshot
    name, place = snapshot.name(holder), snapshot.place(holder)
    for edge in graph.references(holder) if name is None or place is None else ():
        if snapshot.type_of(edge.to).name in {"code", "function"}:
            name, place = name or snapshot.name(edge.to), place or snapshot.place(edge.to)
    if name is not None and " at " in name:
        return shortened(name)
    text = f"{name}()" if name else describe(graph, holder)
    return f"{text} at {file_name(place.file)}:{place.line}" if place is not None else text


def _objects(count: int, kind: str) -> str:
    if count == 1:
        return f"{'An' if short_type(kind)[:1] in 'AEIOUaeiou' else 'A'} {short_type(kind)} object"
    return counted(count, f"{short_type(kind)} object")
