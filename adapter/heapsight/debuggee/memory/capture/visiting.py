"""Turning the references of objects into rows of a table: the part of the walk whose speed counts.

Lists, tuples, dicts, sets and plain instances are most of a heap, and are read by loops of their own here. All others
go through `references.py`, which the loops agree with.

What is referred to is gathered first and numbered by `flush`, many at a time: the interpreter has an operation in C for
each part of that.
"""

from __future__ import annotations

import gc
from array import array
from collections.abc import Callable, Collection
from itertools import chain
from typing import Any, Final

from ....wire.snapshot_file import NONE, SnapshotWriter
from ...attributes import is_python_class, shared_names, type_mro
from ...holding import Held
from .. import layout
from .columns import Strings
from .fields import Members, slot_names
from .kinds import ATTRIBUTE, ITEM, KEY, MEMBER, TYPE, VALUE
from .references import References

Visit = Callable[[Any], None]

# Objects are at least 16 bytes long (8 where words have 4) and most begin at a multiple of that. A dict with addresses
# themselves would use a sixteenth of its places first, and be searched for long.
GRAIN: Final = 4 if layout.WORD == 8 else 3

_ITEM: Final = bytes([ITEM])
_MEMBER: Final = bytes([MEMBER])
_ENTRY: Final = bytes([KEY, VALUE])
_TOGETHER: Final = 1 << 16  # so many are numbered at a time, which takes memory meanwhile
_FEW: Final = 64
_NONES: Final = [array("I", [NONE]) * length for length in range(2 * _FEW)]
_RANGES: Final = [array("I", range(length)) for length in range(_FEW)]


class Visitor:
    """Rows for references; what is met for the first time is put behind the others in `objects` and `numbers`."""

    def __init__(self, objects: list[object], numbers: dict[int, int], strings: Strings, held: dict[int, int]) -> None:
        """Objects have their `numbers` by their address without the lowest `GRAIN` bits; others get the next number.

        `held` counts, by address, the objects that are in a `Held` of Heapsight's; such references are not told.
        """
        self.to, self.kind, self.label = array("I"), array("B"), array("I")
        self.start = array("I", [0])
        # Of the rows that `to` does not have yet: what they refer to, and where entries of dicts are (first row, rows).
        self._targets: list[object] = []
        self._entries: list[tuple[int, int]] = []
        self._objects, self._numbers, self._strings = objects, numbers, strings
        self._held = held
        self._references = References()
        self._places: set[int] = set()
        self._is_left_out: Callable[[object], bool] = _keeps_all

    def leave_out(self, places: set[int], is_left_out: Callable[[object], bool]) -> None:
        """Tell no value of the dicts at the addresses `places` of which `is_left_out` is true."""
        self._places, self._is_left_out = places, is_left_out

    def visit_all(self, objects: Collection[object], visits: Collection[Visit | None]) -> None:
        """Add the references of `objects`, each by its `visits`, as one row each."""
        kind, close = self.kind, self.start.append
        for obj, visit in zip(objects, visits, strict=True):
            if visit is not None:
                visit(obj)
            close(len(kind))
        self._flush()

    def close_row(self) -> None:
        """What comes next belongs to the next node."""
        self.start.append(len(self.to))

    def forget(self) -> None:
        """Hold none of the program's objects any more; no more visits."""
        self._references = References()

    def write(self, writer: SnapshotWriter) -> None:
        """Write the columns."""
        writer.add("edge.start", "u32", self.start)
        writer.add("edge.to", "u32", self.to)
        writer.add("edge.kind", "u8", self.kind)
        writer.add("edge.label", "u32", self.label)

    def edge(self, to: int, kind: int, label: int) -> None:
        """Add a reference to the row that is open."""
        self.to.append(to)
        self.kind.append(kind)
        self.label.append(label)

    def _tell(self, target: object, kind: int, label: int) -> None:
        self._targets.append(target)
        self.kind.append(kind)
        self.label.append(label)

    def _flush(self) -> None:
        """Number what was gathered."""
        objects, numbers, to, label = self._objects, self._numbers, self.to, self.label
        append = objects.append
        for begin in range(0, len(self._targets), _TOGETHER):
            part = self._targets[begin : begin + _TOGETHER]
            found = [numbers[id(one) >> GRAIN] for one in part]
            to.extend(found)
            following = len(objects)
            for number, one in zip(found, part, strict=True):
                if number == following:  # met for the first time
                    append(one)
                    following += 1
        self._targets.clear()
        for first, rows in self._entries:  # a value's label is the key before it
            label[first + 1 : first + rows : 2] = to[first : first + rows : 2]
        self._entries.clear()

    def visit_of(self, cls: type) -> Visit | None:
        """Return what adds the references of an instance of `cls`; None where there are none to add."""
        if cls is list or cls is tuple:
            return self._items()
        if cls is dict:
            return self._dict()
        if cls is set or cls is frozenset:
            return self._members()
        if cls is Held:
            return self._held_object
        if any(cls is one for one in _WITHOUT):
            return None
        if _is_plain_class(cls):
            return self._instances(cls)
        slots = slot_names(cls)
        return self._any if slots is None else self._slots(cls, slots)

    def _number(self, obj: object) -> int:
        number = self._numbers[id(obj) >> GRAIN]
        if number == len(self._objects):
            self._objects.append(obj)
        return number

    def _items(self) -> Visit:
        targets, kind, label = self._targets, self.kind, self.label

        def visit(obj: Any) -> None:
            before = len(targets)
            targets.extend(obj)
            length = len(targets) - before
            kind.frombytes(_ITEM * length)
            label.extend(_RANGES[length] if length < _FEW else range(length))

        return visit

    def _members(self) -> Visit:
        targets, kind, label = self._targets, self.kind, self.label

        def visit(obj: Any) -> None:
            before = len(targets)
            targets.extend(obj)
            length = len(targets) - before
            kind.frombytes(_MEMBER * length)
            label.extend(_nones(length))

        return visit

    def _dict(self) -> Visit:
        targets, kind, label, entries, places = self._targets, self.kind, self.label, self._entries, self._places

        def visit(obj: Any) -> None:
            if id(obj) in places or layout.has_shared_keys(obj):
                self._unusual_dict(obj)
                return
            before = len(targets)
            targets.extend(chain.from_iterable(obj.items()))
            rows = len(targets) - before
            entries.append((len(kind), rows))
            kind.frombytes(_ENTRY * (rows // 2))
            label.extend(_nones(rows))

        return visit

    def _unusual_dict(self, obj: dict[object, object]) -> None:
        """A dict that does not own its keys, or does not tell of all its values."""
        if layout.is_hidden_dict(obj):
            return
        owns_keys = not layout.has_shared_keys(obj)
        is_left_out = self._is_left_out if id(obj) in self._places else _keeps_all
        for key, value in list(obj.items()):
            key_number = self._number(key)
            if owns_keys:
                self._tell(key, KEY, NONE)
            if not is_left_out(value):
                self._tell(value, VALUE, key_number)

    def _instances(self, cls: type) -> Visit:
        """Instances that keep their values without a dict: the traversal reports these in order, then the class."""
        targets, kind, label = self._targets, self.kind, self.label
        kinds, labels = self._attributes(list(map(str.__str__, shared_names(cls))))
        length = len(kinds)

        def visit(obj: Any) -> None:
            found = gc.get_referents(obj)
            if len(found) != length or type(found[0]) is dict or (layout.VALUES_WITHIN and layout.pre_header(obj)):
                self._any(obj)
                return
            targets.extend(found)
            kind.frombytes(kinds)
            label.extend(labels)

        return visit

    def _slots(self, cls: type, names: list[str]) -> Visit:
        """Instances that have nothing but slots: the traversal reports these that are set, then the class."""
        targets, kind, label = self._targets, self.kind, self.label
        kinds, labels = self._attributes(names)
        length = len(kinds)

        def visit(obj: Any) -> None:
            found = gc.get_referents(obj)
            if len(found) != length:
                self._any(obj)
                return
            targets.extend(found)
            kind.frombytes(kinds)
            label.extend(labels)

        return visit

    def _attributes(self, names: list[str]) -> tuple[bytes, array[int]]:
        """Return kinds and labels of attributes and the class behind them."""
        labels = array("I", [*map(self._strings.number, names), NONE])
        return bytes([ATTRIBUTE] * len(names) + [TYPE]), labels

    def _any(self, obj: object) -> None:
        text = self._strings.number
        for kind, label, target in self._references.of(obj):
            if kind == VALUE:
                name = self._number(label)
            elif label is None:
                name = NONE
            elif type(label) is str:
                name = text(label)
            elif type(label) is int:
                name = label
            else:
                name = text(str.__str__(label))
            self._tell(target, kind, name)

    def _held_object(self, obj: Held) -> None:
        if obj.obj is not None:
            self._held[id(obj.obj)] = self._held.get(id(obj.obj), 0) + 1
        self._tell(Held, TYPE, NONE)


def _keeps_all(obj: object) -> bool:
    return False


_WITHOUT: Final = (str, bytes, bytearray, int, float, complex, bool, type(None), type(...), type(NotImplemented))


def _nones(length: int) -> array[int]:
    return _NONES[length] if length < len(_NONES) else array("I", [NONE]) * length


def _is_plain_class(cls: type) -> bool:
    """Say whether instances of `cls` have inline values and nothing else."""
    bases = type_mro(cls)
    if not layout.may_have_inline_values(cls) or bases[-1] is not object or Members(bases):
        return False
    return all(is_python_class(base) for base in bases[:-1])
