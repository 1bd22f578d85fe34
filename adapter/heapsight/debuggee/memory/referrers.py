"""Everything that holds one object, labelled, and what could not be found said as a number.

The collector knows which of its objects refer to another (`gc.get_referrers`). To that come the running frames, which
it does not look into; the containers that it does not track, because they can be in no cycle; and the ones that
`gc.freeze()` took out of its sight. Where there is the module in C, it finds all but the frames at once. What remains
of the reference count is held by native code or lies on the evaluation stack of a frame.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from types import CellType, CodeType, FrameType, FunctionType
from typing import Any, Final, cast

from ..holding import Held, Holder
from ..own import is_own_code
from ..records import replace
from ..typenames import (
    class_location,
    code_location,
    function_location,
    module_location,
    module_namespace,
    plain_text,
)
from . import layout
from .budget import Budget, without_collector
from .contents import find_in, traversed_count
from .edges import Edge, EdgeKind, Finding, Referrers
from .holders import Holders, find_holders
from .ours import OwnReferences, is_own_type
from .owners import Owner, Owners, keys_of, shared
from .plain_text import subscript
from .probe import reference_count
from .running import RunningFrames, frame_location, times_being_handled
from .suspended import SUSPENDABLE, code_of, is_running_generator, where_in
from .untracked import UntrackedSearch

_MOST_EDGES: Final = 1000
_MOST_OWNED: Final = 64  # where the collector is asked: each costs a comparison per reference in the heap
_COLLAPSIBLE: Final = (dict, tuple, CellType)


def find_referrers(held: Held, threads: Mapping[int, list[FrameType]], holder: Holder, budget: Budget) -> Referrers:
    """Return all that refers to the object in `held`, apart from Heapsight. Holders are held in `holder`.

    `threads` has the user's frames. A search that the budget ends is not `complete`.
    """
    with without_collector():
        # Before anything here refers to the object or to frames.
        ours = OwnReferences()
        refcount = reference_count(held, ours)
        if refcount is None:
            return Referrers([], None, 0, True)
        return _Search(held, holder, budget, ours, RunningFrames(threads)).run(refcount)


class _Search:
    """One search. It never keeps the object itself, only `held`: it would find itself."""

    def __init__(self, held: Held, holder: Holder, budget: Budget, ours: OwnReferences, running: RunningFrames) -> None:
        self._held = held
        self._holder = holder
        self._budget = budget
        self._ours = ours
        self._running = running
        self._refcount = 0
        self._modules = _module_dicts()
        # Lists of ours, alive during the search, which the collector reports like any other.
        self._own_lists: set[int] = set()
        self._codes: dict[int, CodeType] = {}
        self._edges: list[Edge] = []
        self._complete = True

    def run(self, refcount: int) -> Referrers:
        """Search for what explains `refcount` references."""
        self._refcount = refcount
        self._edges += self._running.edges_to(id(self._held.obj))
        frames = self._running.frames()
        found = find_holders(self._held, frames, self._ours.containers, most=_MOST_EDGES, budget=self._budget)
        if found is None:
            self._ask_collector()
        else:
            self._add_found(found)
        self._add_handled()
        return Referrers(_in_reading_order(self._edges), self._refcount, max(0, self._unaccounted()), self._complete)

    def _add_found(self, found: Holders) -> None:
        self._codes = found.codes
        self._refcount -= found.own_count
        self._complete = found.complete
        self._add_instances(found.instances)
        self._add_more(found.more, found.more_references)
        self._add_holders(found.objects, found.owners)

    def _ask_collector(self) -> None:
        self._add_holders(self._tracked_holders())
        missing = self._unaccounted()
        if missing > 0:
            search = UntrackedSearch(self._held, missing, self._running.frames(), self._budget, self._is_hidden)
            hidden = search.holders()
            self._codes = search.codes
            self._own_lists.add(id(hidden))
            self._add_holders(hidden)
            self._refcount -= search.own_count
            self._complete = self._complete and search.complete

    def _add_handled(self) -> None:
        """Add the threads that handle the object, an exception, at this moment."""
        if self._unaccounted() > 0 and issubclass(type(self._held.obj), BaseException):
            count = min(times_being_handled(self._held), self._unaccounted())
            if count:
                self._edges.append(Edge(Finding(EdgeKind.STACK, "exception being handled", count), None, True))

    def _unaccounted(self) -> int:
        return self._refcount - sum(edge.finding.count for edge in self._edges)

    def _is_hidden(self, candidate: object) -> bool:
        """Say whether `candidate` is ours and is not shown."""
        if id(candidate) in self._own_lists or id(candidate) in self._ours.containers:
            return True
        cls = type(candidate)
        if cls is FunctionType:
            return is_own_code(cast(FunctionType, candidate).__code__)
        return is_own_type(cls)

    def _tracked_holders(self) -> list[object]:
        found = gc.get_referrers(self._held.obj)
        self._own_lists.add(id(found))
        kept = [one for one in found if not self._is_hidden(one)]
        self._own_lists.add(id(kept))
        if layout.is_hidden_dict(self._held.obj):
            kept += [one for one in gc.get_objects() if layout.instance_dict_address(one) == id(self._held.obj)]
        if issubclass(type(self._held.obj), type):
            kept = self._without_instances(kept)
            self._own_lists.add(id(kept))
        if len(kept) > _MOST_EDGES:
            rest = kept[_MOST_EDGES:]
            self._own_lists.add(id(rest))
            self._add_more(len(rest), sum(traversed_count(one, self._held.obj) for one in rest))
            del kept[_MOST_EDGES:]
        return kept

    def _without_instances(self, found: list[object]) -> list[object]:
        """Leave out the instances of the object, a class, and tell them in one edge."""
        others = [one for one in found if type(one) is not self._held.obj]
        count = len(found) - len(others)
        self._add_instances(count)
        if count:
            others += [one for one in found if type(one) is self._held.obj and self._has_more(one)]
        return others

    def _has_more(self, instance: object) -> bool:
        return traversed_count(instance, self._held.obj) > 1

    def _add_instances(self, count: int) -> None:
        if count:
            label = "type of 1 instance" if count == 1 else f"type of {count:,} instances"
            self._edges.append(Edge(Finding(EdgeKind.TYPE, label, count)))

    def _add_more(self, objects: int, references: int) -> None:
        if objects:
            self._edges.append(Edge(Finding(EdgeKind.MORE, f"{objects:,} more objects", references)))

    def _add_holders(self, holders: list[object], parents: list[object] | None = None) -> None:
        """Add the edges from `holders`. `parents` may own some of them; None: the collector has to be asked."""
        containers = [one for one in holders if self._may_be_owned(one)]
        if parents is None:
            del containers[_MOST_OWNED:]
        self._own_lists.add(id(containers))
        self._own_lists.add(id(holders))
        owners = Owners(containers, parents, self._is_hidden)
        for one in holders:
            if self._budget.is_spent():
                self._complete = False
                return
            self._add_holder(one, owners)

    def _may_be_owned(self, one: object) -> bool:
        return any(type(one) is kind for kind in _COLLAPSIBLE) and id(one) not in self._modules

    def _add_holder(self, one: object, owners: Owners) -> None:
        if is_running_generator(one):
            return
        target_is_class = issubclass(type(self._held.obj), type)
        for finding in find_in(one, self._held.obj):
            if target_is_class and finding.kind is EdgeKind.TYPE and type(one) is self._held.obj:
                continue  # told for all instances together
            if finding.kind is EdgeKind.KEY or not self._add_owned(one, finding, owners.of(one)):
                self._edges.append(self._edge(one, finding))

    def _add_owned(self, container: object, finding: Finding, owners: list[Owner]) -> bool:
        """Add edges from the owners of `container` instead of from itself; False if it has none."""
        if type(container) is dict and self._add_namespace(container, finding):
            return True
        if type(container) is tuple and not owners and self._add_constant(container, finding):
            return True
        edges = []
        for owner in owners:
            edges += [self._edge(owner.holder, one) for one in owner.namer(container, self._held.obj)]
        # Not in the order of the collector's lists, which changes from one look to the next.
        edges.sort(key=lambda edge: edge.finding.label)
        if type(container) is CellType:
            edges += self._running.users_of_cell(container)
        if not edges:
            return False
        what = "cell" if type(container) is CellType else type(container).__name__
        rest = [replace(edge, finding=shared(edge.finding, what)) for edge in edges[1:]]
        first = replace(edges[0], finding=replace(edges[0].finding, count=finding.count))
        self._edges += [first, *rest]
        return True

    def _add_namespace(self, mapping: dict[Any, Any], finding: Finding) -> bool:
        """Add the edge for a variable of a module, a class body, or a frame's `locals()`."""
        module = self._modules.get(id(mapping))
        names = keys_of(mapping, self._held.obj)
        text = ", ".join(names[:3])
        if module is not None:
            name = plain_text(mapping.get("__name__"))
            step = f"sys.modules[{name!r}].{names[0]}" if names else None
            edge = self._edge(module, Finding(EdgeKind.GLOBAL, f"global {text} in {name}", finding.count, step))
            self._edges.append(replace(edge, root=True))
            return True
        if mapping is sys.modules:
            label = f"sys.modules{subscript(names[0] if names else None)[0]}"
            self._edges.append(Edge(Finding(EdgeKind.GLOBAL, label, finding.count, label), None, True))
            return True
        local = self._running.namespace_edge(mapping, text, finding.count)
        if local is None:
            return False
        self._edges.append(local)
        return True

    def _add_constant(self, constants: tuple[object, ...], finding: Finding) -> bool:
        """Add the edge for a constant or name in the code of a function."""
        code = self._running.code_with(constants) or self._codes.get(id(constants))
        if code is None:
            return False
        kind = "constant" if code.co_consts is constants else "name"
        label = f"{kind} {where_in(code)}"
        self._edges.append(self._edge(code, Finding(EdgeKind.INTERNAL, label, finding.count)))
        return True

    def _edge(self, one: object, finding: Finding) -> Edge:
        return Edge(finding, self._holder.hold(one), location=location_of(one))


def _in_reading_order(edges: list[Edge]) -> list[Edge]:
    """Put names that a person knows first. Edges that share a reference stay behind the one that counts it."""
    places = {kind: place for place, kind in enumerate(EdgeKind)}
    groups: list[list[Edge]] = []
    for edge in edges:
        if edge.finding.count == 0 and groups:
            groups[-1].append(edge)
        else:
            groups.append([edge])
    groups.sort(key=lambda group: places[group[0].finding.kind])
    return [edge for group in groups for edge in group]


def _module_dicts() -> dict[int, object]:
    """Return the loaded modules by the address of their dict."""
    found: dict[int, object] = {}
    for module in list(sys.modules.values()):
        namespace = module_namespace(module)
        if namespace is not None:
            found[id(namespace)] = module
    return found


def location_of(one: object) -> tuple[str, int] | None:
    """Return where in the source a holder is defined, or stands."""
    cls = type(one)
    if cls is FunctionType:
        return function_location(cast(FunctionType, one))
    if cls is FrameType:
        return frame_location(cast(FrameType, one))
    if any(cls is kind for kind in SUSPENDABLE):
        return code_location(code_of(one))
    if cls is CodeType:
        return code_location(cast(CodeType, one))
    if issubclass(cls, type):
        return class_location(cast(type, one))
    return module_location(one)
