"""Turning the references of objects into rows of a table: the part of the walk whose speed counts.

Lists, tuples, dicts, sets and plain instances are most of a heap, and are read by loops of their own here. All others
go through `references.py`, which the loops agree with.
"""

from __future__ import annotations

import ctypes
import gc
from array import array
from collections.abc import Callable, Iterable
from typing import Any, Final

from ....wire.snapshot_file import NONE, SnapshotWriter
from ...attributes import is_python_class, shared_names, type_mro
from ...holding import Held
from .. import layout
from .columns import Strings
from .fields import Members
from .kinds import ATTRIBUTE, ITEM, KEY, MEMBER, TYPE, VALUE
from .references import References

Visit = Callable[[Any], None]

_ITEM: Final = bytes([ITEM])
_MEMBER: Final = bytes([MEMBER])
_NONE: Final = NONE.to_bytes(4, "little")


class Visitor:
    """Rows for references; what is met for the first time is put behind the others in `objects` and `numbers`."""

    def __init__(self, objects: list[object], numbers: dict[int, int], strings: Strings, held: dict[int, int]) -> None:
        """`held` counts, by address, the objects that are in a `Held` of Heapsight's; such references are not told."""
        self.to, self.kind, self.label = array("I"), array("B"), array("I")
        self.start = array("I", [0])
        self._objects, self._numbers, self._strings = objects, numbers, strings
        self._held = held
        self._references = References()
        self._places: set[int] = set()
        self._is_left_out: Callable[[object], bool] = _keeps_all

    def leave_out(self, places: set[int], is_left_out: Callable[[object], bool]) -> None:
        """Tell no value of the dicts at the addresses `places` of which `is_left_out` is true."""
        self._places, self._is_left_out = places, is_left_out

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
        return self._any

    def _number_of(self) -> Callable[[object], int]:
        objects, numbers = self._objects, self._numbers

        def number(obj: object) -> int:
            known = numbers.get(id(obj))
            if known is None:
                known = numbers[id(obj)] = len(objects)
                objects.append(obj)
            return known

        return number

    def _add_all(self) -> Callable[[Iterable[object]], None]:
        objects, numbers, to = self._objects, self._numbers, self.to
        find, append = numbers.get, to.append

        def add(found: Iterable[object]) -> None:
            for one in found:
                known = find(id(one))
                if known is None:
                    known = numbers[id(one)] = len(objects)
                    objects.append(one)
                append(known)

        return add

    def _items(self) -> Visit:
        add, kind, label = self._add_all(), self.kind, self.label

        def visit(obj: Any) -> None:
            items = obj[:]
            add(items)
            kind.frombytes(_ITEM * len(items))
            label.extend(range(len(items)))

        return visit

    def _members(self) -> Visit:
        add, kind, label = self._add_all(), self.kind, self.label

        def visit(obj: Any) -> None:
            members = list(obj)
            add(members)
            kind.frombytes(_MEMBER * len(members))
            label.extend(_nones(len(members)))

        return visit

    def _dict(self) -> Visit:
        number, edge = self._number_of(), self.edge

        def visit(obj: Any) -> None:
            if layout.is_hidden_dict(obj):
                return
            owns_keys = not layout.has_shared_keys(obj)
            is_left_out = self._is_left_out if id(obj) in self._places else _keeps_all
            for key, value in list(obj.items()):
                key_number = number(key)
                if owns_keys:
                    edge(key_number, KEY, NONE)
                if not is_left_out(value):
                    edge(number(value), VALUE, key_number)

        return visit

    def _instances(self, cls: type) -> Visit:
        """Instances that keep their values without a dict: the traversal reports these in order, then the class."""
        add, kind, label = self._add_all(), self.kind, self.label
        names = shared_names(cls)
        count = len(names) + 1
        kinds = bytes([ATTRIBUTE] * len(names) + [TYPE])
        labels = array("I", [*(self._strings.number(str.__str__(name)) for name in names), NONE])

        def visit(obj: Any) -> None:
            found = gc.get_referents(obj)
            if len(found) != count or type(found[0]) is dict or (layout.VALUES_WITHIN and _dict_word(obj)):
                self._any(obj)
                return
            add(found)
            kind.frombytes(kinds)
            label.extend(labels)

        return visit

    def _any(self, obj: object) -> None:
        number, text = self._number_of(), self._strings.number
        for kind, label, target in self._references.of(obj):
            if kind == VALUE:
                name = number(label)
            elif label is None:
                name = NONE
            elif type(label) is str:
                name = text(label)
            elif type(label) is int:
                name = label
            else:
                name = text(str.__str__(label))
            self.edge(number(target), kind, name)

    def _held_object(self, obj: Held) -> None:
        if obj.obj is not None:
            self._held[id(obj.obj)] = self._held.get(id(obj.obj), 0) + 1
        self.edge(self._number_of()(Held), TYPE, NONE)


def _keeps_all(obj: object) -> bool:
    return False


_WITHOUT: Final = (str, bytes, bytearray, int, float, complex, bool, type(None), type(...), type(NotImplemented))
_FILLED: dict[int, array[int]] = {}


def _nones(count: int) -> array[int]:
    if count > 64:
        return array("I", [NONE]) * count
    known = _FILLED.get(count)
    if known is None:
        known = _FILLED[count] = array("I", [NONE]) * count
    return known


def _dict_word(obj: object) -> int:
    return ctypes.c_size_t.from_address(id(obj) - 3 * layout.WORD).value


def _is_plain_class(cls: type) -> bool:
    """Say whether instances of `cls` have inline values and nothing else."""
    bases = type_mro(cls)
    if not layout.may_have_inline_values(cls) or bases[-1] is not object or Members(bases):
        return False
    return all(is_python_class(base) for base in bases[:-1])
