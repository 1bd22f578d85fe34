"""The whole heap, walked by Python: the same file as the native capture writes, more slowly.

Every object that is met is held until the end, so that addresses stay what they are. Reference counts are therefore
read last, when nothing else of the walk's refers to the program's objects, and what is ours is subtracted. Threads that
go on meanwhile change what was read before; a program that is stopped sees nothing of it.
"""

from __future__ import annotations

import gc
import sys
from array import array
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import count
from types import FrameType
from typing import Any, BinaryIO, Final

from ....wire.snapshot_file import NONE, SnapshotWriter
from ...attributes import is_python_class
from ...records import mutable_record, record
from ...typenames import qualified_name
from ..budget import without_collector
from ..sizes import Sizes
from .columns import Sparse, Strings, limited
from .kinds import FRAME, INTERPRETER_ROOT, MODULE_ROOT, OWN_ROOT, PSEUDO, STACK, THREAD_ROOT, TRACKED, UNLISTED
from .roots import HeldByThread, Stacks, exceptions_being_handled, hook_places, interpreter_types, is_own, modules
from .sites import Sites, bytes_before, traced_frames
from .type_facts import TypeFacts, module_of
from .untraced import untraced
from .values import value_hash
from .visiting import GRAIN, Visitor

Progress = Callable[[float], None]

_BATCH: Final = 8192
_STATIC_COUNT: Final = 900_000_000
_IMMORTAL_BIT: Final = 1 << 31
_HAS_IMMORTALS: Final = sys.version_info >= (3, 12)


@record
class Counts:
    """How much was written."""

    nodes: int
    references: int
    file_bytes: int


@mutable_record
class _Pseudo:
    """A row for a thread or frame; its references are (kind, label, number of a node)."""

    type_name: str
    name: str
    place: tuple[str, int] | None
    edges: list[tuple[int, int, int]]


def write_heap(
    file: BinaryIO,
    meta: Mapping[str, object],
    start: FrameType,
    progress: Progress | None = None,
    roots: Mapping[str, object] | None = None,
) -> Counts:
    """Write everything there is into `file`. `start`: the frame to begin with on the calling thread.

    progress: called with a share from 0 to 1, now and then; what it raises ends the walk. roots: objects that the
    interpreter is about to use, by what they are.
    """
    with without_collector(), untraced():
        walk = _Walk(start, progress or _ignore, roots or {})
        walk.run()
        return walk.write(file, meta)


def _ignore(share: float) -> None:
    pass


class _Walk:
    def __init__(self, start: FrameType, progress: Progress, roots: Mapping[str, object]) -> None:
        # At first, before there is anything of ours to be listed.
        self._objects: list[object] = gc.get_objects()
        self._progress = progress
        self._more_roots = roots
        self._stacks = Stacks(start)
        self._strings = Strings()
        self._numbers: defaultdict[int, int] = defaultdict()
        self._facts: dict[int, TypeFacts] = {}
        self._sizes = Sizes()
        self._types: list[tuple[int, int, int]] = []
        self._roots: list[tuple[int, int, int]] = []
        self._pseudo: list[_Pseudo] = []
        self._node_type, self._node_size, self._node_length = array("I"), array("I"), array("I")
        self._node_count, self._node_flags = array("I"), array("B")
        self._names = Sparse("name", {"text": "u32"})
        self._places = Sparse("place", {"file": "u32", "line": "u32"})
        self._values = Sparse("value", {"text": "u32", "hash": "i64"})
        self._large = Sparse("large", {"size": "u64"})
        self._sites = Sites(self._strings)
        self._held_counts: dict[int, int] = {}
        self._visitor = Visitor(self._objects, self._numbers, self._strings, self._held_counts)

    def run(self) -> None:
        """Fill the tables."""
        self._leave_out_what_is_ours()
        self._listed = len(self._objects)
        self._numbers.update({id(obj) >> GRAIN: number for number, obj in enumerate(self._objects)})
        self._numbers.default_factory = count(self._listed).__next__
        self._add_roots()
        held = self._stacks.held()
        self._number_what_frames_hold(held)
        self._walk()
        if traced_frames():
            self._find_sites()
        self._add_threads(held)
        # From here on nothing but the list of objects may hold what is the program's.
        held.clear()
        kinds = [(one.is_class, one.is_singleton, one.has_header) for one in self._facts.values()]
        self._stacks.forget()
        self._facts.clear()
        self._sizes = Sizes()
        self._strings.forget()
        self._visitor.forget()
        self._numbers.default_factory = None
        self._count_references(kinds)

    def _number_what_frames_hold(self, held: list[HeldByThread]) -> None:
        for thread in held:
            for frame in thread.frames:
                for _, _, target in frame.references:
                    self._number(target)

    def _leave_out_what_is_ours(self) -> None:
        """Take from the list what only this walk has made. Frames that run are nodes of their own."""
        ours = {id(self), *map(id, self._stacks.frames())}
        self._objects[:] = [one for one in self._objects if id(one) not in ours]

    def _number(self, obj: object) -> int:
        number = self._numbers[id(obj) >> GRAIN]
        if number == len(self._objects):
            self._objects.append(obj)
        return number

    def _add_roots(self) -> None:
        program, own = modules()
        for name, module in program:
            self._root(module, MODULE_ROOT, f"sys.modules[{name!r}]")
        for name, module in own:
            self._root(module, OWN_ROOT, name)
        self._root(sys.modules, INTERPRETER_ROOT, "sys.modules")
        for error in exceptions_being_handled():
            self._root(error, INTERPRETER_ROOT, "exception being handled")
        for label, obj in self._more_roots.items():
            self._root(obj, INTERPRETER_ROOT, label)
        for cls in interpreter_types():
            self._root(cls, INTERPRETER_ROOT, "")
        self._visitor.leave_out(hook_places(program), is_own)

    def _root(self, obj: object, kind: int, label: str) -> None:
        self._roots.append((self._number(obj), kind, self._strings.number(label)))

    def _walk(self) -> None:
        """Describe one object after the other, those met on the way behind the others."""
        done = 0
        while done < len(self._objects):
            objects = self._objects[done : done + _BATCH]
            facts = self._facts_of(objects)
            self._node_type.extend([fact.row for fact in facts])
            self._measure(done, objects, facts)
            self._describe(done, objects, facts)
            self._visitor.visit_all(objects, [fact.visit for fact in facts])
            done += len(objects)
            self._progress(0.9 * done / len(self._objects))

    def _facts_of(self, objects: list[object]) -> list[TypeFacts]:
        """Return what is known of the type of each object."""
        known = self._facts
        types = list(map(id, map(type, objects)))
        new = set(types) - known.keys()
        if new:
            for obj, address in zip(objects, types, strict=True):
                if address in new and address not in known:
                    self._new_type(type(obj))
        return list(map(known.__getitem__, types))

    def _measure(self, first: int, objects: list[object], facts: list[TypeFacts]) -> None:
        sizes = [fact.size_of(obj) + fact.headers for fact, obj in zip(facts, objects, strict=True)]
        if max(sizes) >= NONE:
            sizes = [size if size < NONE else self._large_size(first + at, size) for at, size in enumerate(sizes)]
        self._node_size.extend(sizes)
        lengths = [NONE if fact.length is None else fact.length(obj) for fact, obj in zip(facts, objects, strict=True)]
        if max(lengths) > NONE:
            lengths = [NONE if fact.length is None else limited(one) for fact, one in zip(facts, lengths, strict=True)]
        self._node_length.extend(lengths)

    def _describe(self, first: int, objects: list[object], facts: list[TypeFacts]) -> None:
        """Note values and names, and what is Heapsight's."""
        number = self._strings.number
        nodes = [node for node, fact in enumerate(facts, first) if fact.show is not None]
        values = [objects[node - first] for node in nodes]
        texts = [fact.show(obj) for fact, obj in zip(facts, objects, strict=True) if fact.show is not None]
        self._values.extend(nodes, map(number, texts), map(value_hash, values, texts))
        for node, fact in enumerate(facts, first):
            if fact.may_be_own and is_own(objects[node - first]):
                self._roots.append((node, OWN_ROOT, 0))
            if fact.name is not None:
                name, place = fact.name(objects[node - first])
                self._names.add(node, number(name))
                if place is not None:
                    self._places.add(node, number(place[0]), limited(place[1]))

    def _large_size(self, index: int, size: int) -> int:
        self._large.add(index, size)
        return NONE

    def _new_type(self, cls: type) -> TypeFacts:
        row = len(self._types)
        number = self._strings.number
        self._types.append((number(qualified_name(cls)), number(module_of(cls)), self._number(cls)))
        facts = self._facts[id(cls)] = TypeFacts(cls, row, self._visitor, self._sizes)
        return facts

    def _find_sites(self) -> None:
        for index, obj in enumerate(self._objects):
            self._sites.add(index, id(obj) - bytes_before(type(obj)))
            if index % _BATCH == 0:
                self._progress(0.9)

    def _add_threads(self, held: list[HeldByThread]) -> None:
        """Make the nodes that are no objects, behind all others."""
        node = len(self._objects)
        for thread in held:
            row = _Pseudo("<thread>", thread.name, None, [])
            self._roots.append((node, THREAD_ROOT, self._strings.number(thread.name)))
            self._pseudo.append(row)
            node += 1
            for index, frame in enumerate(thread.frames):
                row.edges.append((FRAME, index, node))
                edges = [self._frame_edge(*reference) for reference in frame.references]
                known = [number for one in frame.stack if (number := self._numbers.get(one >> GRAIN)) is not None]
                edges += [(STACK, 0, number) for number in known]
                self._pseudo.append(_Pseudo("<frame>", frame.name, (frame.path, frame.line), edges))
                node += 1
        rows = {name: self._pseudo_type(name) for name in ("<thread>", "<frame>")} if self._pseudo else {}
        for index, pseudo in enumerate(self._pseudo, len(self._objects)):
            self._node_type.append(rows[pseudo.type_name])
            self._node_size.append(0)
            self._node_length.append(NONE)
            self._names.add(index, self._strings.number(pseudo.name))
            if pseudo.place is not None:
                self._places.add(index, self._strings.number(pseudo.place[0]), limited(pseudo.place[1]))
            for kind, label, target in pseudo.edges:
                self._visitor.edge(target, kind, label)
            self._visitor.close_row()

    def _pseudo_type(self, name: str) -> int:
        self._types.append((self._strings.number(name), 0, NONE))
        return len(self._types) - 1

    def _frame_edge(self, kind: int, label: Any, target: object) -> tuple[int, int, int]:
        return kind, self._strings.number(label), self._numbers[id(target) >> GRAIN]

    def _count_references(self, kinds: list[tuple[bool, bool, bool]]) -> None:
        """Fill in counts and flags of all objects. kinds: of each type whether it is a type of types, and so on."""
        objects = self._objects
        raw = list(map(sys.getrefcount, objects))
        tracked = list(map(gc.is_tracked, objects))
        ours, held = self._stacks.own_counts(), self._held_counts
        held[id(sys.getrefcount)] = held.get(id(sys.getrefcount), 0) + 1  # what `map` was given
        if is_python_class(defaultdict):  # a heap type, which its instances hold, from 3.13 on
            held[id(defaultdict)] = held.get(id(defaultdict), 0) + 1
        counts = [one - _BASELINE for one in raw]
        for address in ours.keys() | held.keys():
            index = self._numbers.get(address >> GRAIN)
            if index is not None and not _is_immortal(raw[index]):
                counts[index] -= ours.get(address, 0) + held.get(address, 0)
        self._add_flags(kinds, tracked)
        for index, row in enumerate(self._node_type[: len(objects)]):
            is_class, is_singleton, _ = kinds[row]
            if is_class or is_singleton:
                is_static = is_class and not is_python_class(objects[index])  # type: ignore[arg-type]
                if is_static:
                    self._node_flags[index] = 0
                if (is_static or is_singleton) and not _HAS_IMMORTALS:
                    counts[index] = _STATIC_COUNT
        usual = [
            one if 0 < one < _STATIC_COUNT else self._unusual_count(index, one) for index, one in enumerate(counts)
        ]
        self._node_count.extend(usual)
        for _ in self._pseudo:
            self._node_count.append(1)
            self._node_flags.append(PSEUDO)

    def _add_flags(self, kinds: list[tuple[bool, bool, bool]], tracked: list[bool]) -> None:
        """Fill in the flags, which the first objects have from the collector's lists, and others not."""
        rows, listed = self._node_type, self._listed
        of_listed = [(UNLISTED if has_header else 0, TRACKED) for _, _, has_header in kinds]
        of_others = [(unlisted, TRACKED | unlisted) for unlisted, _ in of_listed]
        for flags, part in ((of_listed, slice(listed)), (of_others, slice(listed, len(tracked)))):
            self._node_flags.extend([flags[row][one] for row, one in zip(rows[part], tracked[part], strict=True)])

    def _unusual_count(self, index: int, count: int) -> int:
        if _is_immortal(count):
            return NONE
        if count <= 0:
            # Nothing but Heapsight holds it: what an evaluation came to, what a request is made of, what has gone.
            self._roots.append((index, OWN_ROOT, 0))
        return limited(count)

    def write(self, file: BinaryIO, meta: Mapping[str, object]) -> Counts:
        """Write all columns, and let go of the objects."""
        writer = SnapshotWriter(file)
        addresses = array("Q", map(id, self._objects))
        addresses.extend([0] * len(self._pseudo))
        self._objects.clear()
        writer.add("node.address", "u64", addresses)
        for name, form, column in (
            ("type", "u32", self._node_type),
            ("size", "u32", self._node_size),
            ("refcount", "u32", self._node_count),
            ("flags", "u8", self._node_flags),
            ("length", "u32", self._node_length),
        ):
            writer.add(f"node.{name}", form, column)
        self._visitor.write(writer)
        for table in (self._large, self._names, self._places, self._values):
            table.write(writer)
        if traced_frames():
            self._sites.write(writer)
        self._write_small(writer)
        self._strings.write(writer)
        return Counts(writer.count("node.type"), writer.count("edge.to"), writer.finish(meta))

    def _write_small(self, writer: SnapshotWriter) -> None:
        for place, column in enumerate(("name", "module", "node")):
            writer.add(f"type.{column}", "u32", array("I", [row[place] for row in self._types]))
        for place, (column, form) in enumerate((("node", "u32"), ("kind", "u8"), ("label", "u32"))):
            writer.add(f"root.{column}", form, array("B" if form == "u8" else "I", [row[place] for row in self._roots]))


def _is_immortal(count: int) -> bool:
    return count >= _STATIC_COUNT and (not _HAS_IMMORTALS or bool(count & _IMMORTAL_BIT))


def _baseline() -> int:
    """Return what `sys.getrefcount` answers for an object that one list holds."""
    return next(map(sys.getrefcount, [object()]))


_BASELINE: Final = _baseline()
