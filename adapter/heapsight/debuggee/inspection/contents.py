"""What there is to expand in an object, by its type: elements, attributes, slots, properties, and what else it has."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from typing import Any, cast

from ..attributes import find_class_attribute, instance_attributes, slot_values, type_mro, type_namespace
from ..frames import read_locals
from ..holding import Held
from .elements import Elements, elements_of
from .members import Category, Form, Member, attribute, fixed, is_dunder, note, place_of_attribute, reading, storing
from .presenter import Presenter, count_grouped, grouped
from .tree import Children, Listing, Row

_ATOMS = (int, float, complex, bool, type(None), type(...), type(NotImplemented), range, slice)
_TEXTS = (str, bytes, bytearray)
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)
_SUSPENDABLE = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)
# Read through the type's own descriptor, which is C code and runs nothing of the user's.
_READABLE: dict[type, tuple[str, ...]] = {
    types.FunctionType: ("__defaults__", "__kwdefaults__", "__closure__", "__annotations__", "__module__"),
    types.MethodType: ("__self__", "__func__"),
    types.GeneratorType: ("gi_frame", "gi_yieldfrom", "gi_running"),
    types.CoroutineType: ("cr_frame", "cr_await", "cr_running"),
    types.AsyncGeneratorType: ("ag_frame", "ag_await", "ag_running"),
    types.CellType: ("cell_contents",),
    BaseException: ("args", "__cause__", "__context__", "__traceback__"),
    types.TracebackType: ("tb_frame", "tb_lineno", "tb_next"),
    property: ("fget", "fset", "fdel"),
    staticmethod: ("__func__",),
    classmethod: ("__func__",),
    type: ("__bases__", "__mro__"),
    slice: ("start", "stop", "step"),
    range: ("start", "stop", "step"),
    BaseExceptionGroup: ("message", "exceptions"),
}


def children_of(presenter: Presenter, held: Held, evaluate_name: str | None) -> Children | None:
    """Return what is inside the object; None where there is nothing, not even a row of the agent's."""
    cls = type(held.obj)
    if cls in _ATOMS:
        return None
    if cls in _TEXTS and not presenter.extras:
        return None
    return Contents(presenter, held, evaluate_name, elements_of(cls))


class Contents(Listing):
    """Elements first, then attributes, then groups of special ones; last the agent's own row."""

    def __init__(self, presenter: Presenter, held: Held, evaluate_name: str | None, elements: Elements | None) -> None:
        super().__init__()
        self._presenter = presenter
        self._held = held
        self._evaluate_name = evaluate_name
        self._kind = elements

    @property
    def held(self) -> Held:
        """The object."""
        return self._held

    @property
    def evaluate_name(self) -> str | None:
        """The expression that leads to it."""
        return self._evaluate_name

    @property
    def named(self) -> int:
        """How many rows have names."""
        return count_grouped(members_of(self._held.obj)) + self._presenter.extras

    @property
    def indexed(self) -> int:
        """How many elements there are."""
        return self._kind.length(self._held.obj) if self._kind is not None else 0

    def element_rows(self, start: int, stop: int) -> list[Row]:
        """Return elements `start` to `stop`."""
        assert self._kind is not None
        members = self._kind.page(self._held.obj, start, stop, self._presenter.reprs)
        return self._presenter.rows(self._held, self._evaluate_name, members)

    def named_rows(self) -> list[Row]:
        """Return attributes, groups, and the agent's own row."""
        rows = grouped(self._presenter, self._held, self._evaluate_name, lambda: members_of(self._held.obj))
        extra = self._presenter.extra_row(self._held, self._evaluate_name)
        return rows if extra is None else [*rows, extra]


def members_of(obj: object) -> Iterator[Member]:
    """Yield the named members of any object, without running any of its code."""
    cls = type(obj)
    mro = type_mro(cls)
    if issubclass(cls, type):
        yield from _members_of_class(cast(type, obj))
        return
    if issubclass(cls, types.ModuleType):
        yield from _members_of_module(cast(types.ModuleType, obj))
        return
    seen: set[str] = set()
    for name, value in (instance_attributes(obj) or {}).items():
        seen.add(name)
        yield attribute(name, value, _category(name, value))
    for name, value in slot_values(obj).items():
        if name not in seen:
            seen.add(name)
            yield attribute(name, value, _category(name, value))
    for base in mro:
        for name in _READABLE.get(base, ()):
            yield from _read(base, obj, name)
    yield from _named_tuple_fields(obj, mro)
    if isinstance(obj, _SUSPENDABLE):
        yield from _suspended_locals(obj)
    yield from _properties(mro, seen)


def _category(name: str, value: object) -> Category:
    if is_dunder(name):
        return Category.SPECIAL
    if issubclass(type(value), _FUNCTIONS):
        return Category.FUNCTION
    return Category.CLASS if issubclass(type(value), type) else Category.PLAIN


def categorised(names: Iterable[tuple[str, object]]) -> Iterator[Member]:
    """Yield members for attributes, the special ones in groups."""
    for name, value in names:
        yield attribute(name, value, _category(name, value))


def _read(base: type, obj: object, name: str) -> Iterator[Member]:
    descriptor = type_namespace(base).get(name)
    try:
        value = cast(Any, type(descriptor)).__get__(descriptor, obj, type(obj))
    except (AttributeError, ValueError, TypeError):
        return
    member = fixed(name, value, Category.SPECIAL if base is type else Category.PLAIN)
    yield member


def _named_tuple_fields(obj: object, mro: tuple[type, ...]) -> Iterator[Member]:
    if tuple not in mro or type(obj) is tuple:
        return
    fields = find_class_attribute(type(obj), "_fields")
    if type(fields) is not tuple:
        return
    for place, name in enumerate(fields):
        if type(name) is str and place < tuple.__len__(cast("tuple[object, ...]", obj)):
            yield fixed(name, tuple.__getitem__(cast("tuple[object, ...]", obj), place))


def _suspended_locals(obj: object) -> Iterator[Member]:
    for kind, name in (
        (types.GeneratorType, "gi_frame"),
        (types.CoroutineType, "cr_frame"),
        (types.AsyncGeneratorType, "ag_frame"),
    ):
        if isinstance(obj, kind):
            frame = type_namespace(kind)[name].__get__(obj)  # type: ignore[attr-defined]
            if frame is not None:
                for local, value in read_locals(frame).items():
                    yield Member(local, value, refusal="The locals of a suspended frame are changed where it runs.")


def _properties(mro: tuple[type, ...], seen: set[str]) -> Iterator[Member]:
    for base in mro:
        for name, value in type_namespace(base).items():
            if type(name) is not str or name in seen:
                continue
            seen.add(name)
            if issubclass(type(value), property) or type(value).__name__ == "cached_property":
                before, after = place_of_attribute(name)
                settable = issubclass(type(value), property) and value.fset is not None  # type: ignore[attr-defined]
                yield Member(
                    name,
                    after=after,
                    before=before,
                    form=Form.LAZY,
                    read=reading(name),
                    store=storing(name) if settable else None,
                    refusal=f"The property {name!r} has no setter.",
                )


def _members_of_class(cls: type) -> Iterator[Member]:
    for name in _READABLE[type]:
        yield from _read(type, cls, name)
    for name, value in type_namespace(cls).items():
        if type(name) is str:
            member = attribute(name, value, _category(name, value), static=True)
            yield member


def _members_of_module(module: types.ModuleType) -> Iterator[Member]:
    namespace = type_namespace(types.ModuleType)["__dict__"].__get__(module)  # type: ignore[attr-defined]
    if not namespace:
        yield note("(empty)", "")
    yield from categorised((name, value) for name, value in namespace.items() if type(name) is str)
