"""Arrays, records and scalars of numpy.

What is called: the attributes and the indexing of `numpy.ndarray`, `numpy.void` and `numpy.generic` themselves, on a
view that is no instance of a subclass; and `str` of numbers and dates, and of a dtype. All of that is numpy's own. An
array is never copied or converted as a whole; of one that has Python objects for elements, these are shown.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ...attributes import type_name
from ..elements import Elements
from ..members import Form, Member, attribute
from ..text.saferepr import Reprs
from ..text.writing import CUT, Writing
from .presentation import Presentation

_MEASURABLE = "biufcmM"
_SAME_AS_PYTHON = "?bBhHiIlLqQdD"
_REFUSAL = "This is a fact about the array."


def numpy_class(name: str) -> Any:
    """Return a class of numpy, which is loaded wherever there is a value to show."""
    return getattr(sys.modules["numpy"], name)


def plain(array: Any) -> Any:
    """Return an array as an instance of `ndarray` itself: no code of a subclass runs when it is indexed."""
    base = numpy_class("ndarray")
    return array if type(array) is base else base.view(array, base)


def item(array: Any, index: Any) -> Any:
    """Return an element, a row or a part of an array."""
    return plain(array)[index]


def write_scalar(writing: Writing, value: Any, depth: int) -> None:
    """Write an element without the name of its type, which the array says."""
    if not issubclass(type(value), numpy_class("generic")):
        writing.value(value, depth)
        return
    kind = _dtype(value).kind
    if kind == "V" and _dtype(value).names is not None:
        _write_record(writing, value, depth)
    elif kind == "U":
        writing.value(str.__str__(value), depth)
    elif kind == "S":
        writing.value(bytes.__getitem__(value, slice(None)), depth)
    elif kind in "iu" and writing.limits.hex:
        writing.integer(numpy_class("generic").item(value))
    else:
        writing.put(str(value))


def scalar_text(reprs: Reprs, value: Any) -> str:
    """Return the text of an element in a row of its own."""
    return reprs.written(partial(_write_at_top, value))


def _write_at_top(value: Any, writing: Writing) -> None:
    write_scalar(writing, value, 1)


def _dtype(value: Any) -> Any:
    return numpy_class("generic").dtype.__get__(value)


def _write_record(writing: Writing, record: Any, depth: int) -> None:
    writing.put("(")
    names = _dtype(record).names
    for place, name in enumerate(names):
        if writing.full:
            break
        writing.put(", " if place else "")
        write_element(writing, numpy_class("void").__getitem__(record, name), depth + 1)
    writing.close(",)" if len(names) == 1 else ")")


def write_element(writing: Writing, value: Any, depth: int) -> None:
    """Write what indexing gave: a scalar, or an array of fewer dimensions."""
    if issubclass(type(value), numpy_class("ndarray")):
        write_values(writing, plain(value), depth)
    else:
        write_scalar(writing, value, depth)


def write_values(writing: Writing, view: Any, depth: int) -> None:
    """Write the elements of an array in brackets, as far as there is room."""
    if view.ndim == 0:
        write_scalar(writing, view[()], depth)
        return
    writing.put("[")
    total = len(view)
    if depth >= writing.limits.depth:
        writing.put(CUT if total else "")
    else:
        written = 0
        shown = min(total, writing.limits.elements)
        # Python's own numbers, made a row at a time, read the same and cost a tenth.
        numbers = view[:shown].tolist() if view.ndim == 1 and view.dtype.char in _SAME_AS_PYTHON else None
        while written < shown and not writing.full:
            writing.put(", " if written else "")
            if numbers is None:
                write_element(writing, view[written], depth + 1)
            elif writing.limits.hex:
                writing.value(numbers[written], depth + 1)
            else:
                writing.put(repr(numbers[written]))
            written += 1
        writing.rest(written, total)
    writing.close("]")


def _write_array(writing: Writing, array: Any, depth: int) -> None:
    view = plain(array)
    writing.put(f"{type_name(type(array))} {view.shape} {view.dtype} ")
    write_values(writing, view, depth)


def computed(name: str, value: object, after: str | None, make: Callable[[Any], object]) -> Member:
    """Return the member for a value that an array makes when it is asked for."""
    return Member(name, value, after, computed=make, refusal=_REFUSAL)


def lazy_figures(view: Any) -> Iterator[Member]:
    """Yield what takes a walk over all elements: only on request."""
    if view.dtype.kind in _MEASURABLE and view.size:
        names = ("min", "max") if view.dtype.kind in "mMb" else ("min", "max", "mean")
        for name in names:
            figure = partial(_figure, name)
            yield Member(name, None, f".{name}()", form=Form.LAZY, read=figure, refusal=_REFUSAL)


def _figure(name: str, array: Any) -> object:
    return getattr(plain(array), name)()


def facts(array: Any) -> Iterator[Member]:
    """Yield shape, type and layout of an array."""
    view = plain(array)
    yield computed("shape", view.shape, ".shape", lambda owner: plain(owner).shape)
    yield attribute("dtype", view.dtype)
    yield computed("size", view.size, ".size", lambda owner: plain(owner).size)
    yield computed("nbytes", view.nbytes, ".nbytes", lambda owner: plain(owner).nbytes)
    yield computed("strides", view.strides, ".strides", lambda owner: plain(owner).strides)
    base = numpy_class("ndarray").base.__get__(array)
    if base is not None:
        yield Member("base", base, ".base")


def _members(array: Any) -> Iterator[Member]:
    view = plain(array)
    yield from facts(array)
    if view.ndim == 0:
        yield Member("()", view[()], "[()]", computed=lambda owner: item(owner, ()), store=storing(()))
    for name in view.dtype.names or ():
        yield Member(name, view[name], f"[{name!r}]", computed=partial(_part, name), store=storing(name))
    yield from lazy_figures(view)


def _part(index: Any, owner: Any) -> object:
    return item(owner, index)


def storing(index: Any) -> Callable[[Any, object], None]:
    """Return a function that assigns to an item, as the program does."""

    def store(owner: Any, value: object) -> None:
        owner[index] = value

    return store


def element(view: Any, index: int, reprs: Reprs, text: str | None = None) -> Member:
    """Return the member for one element or row of an array."""
    value = view[index]
    member = Member(str(index), value, f"[{index}]", store=storing(index))
    if issubclass(type(value), numpy_class("ndarray")):
        member.text = text or reprs.written(lambda writing: write_values(writing, plain(value), 1))
        member.computed = partial(_part, index)
    elif not (view.dtype.hasobject and view.dtype.names is None):
        member.text = text or scalar_text(reprs, value)
        member.computed = partial(_part, index)
    return member


def length(array: Any) -> int:
    """Return how many rows an array has."""
    view = plain(array)
    return len(view) if view.ndim else 0


def _page(array: Any, start: int, stop: int, reprs: Reprs) -> list[Member]:
    view = plain(array)
    return [element(view, index, reprs) for index in range(start, stop)]


def _fields(record: Any) -> Iterator[Member]:
    read = numpy_class("void").__getitem__
    for name in _dtype(record).names or ():
        value = read(record, name)

        def field(owner: Any, name: str = name) -> object:
            return read(owner, name)

        yield Member(name, value, f"[{name!r}]", computed=field, store=storing(name))
    yield attribute("dtype", _dtype(record))


def _scalar_members(scalar: Any) -> Iterator[Member]:
    yield attribute("dtype", _dtype(scalar))


def _write_typed_scalar(writing: Writing, scalar: Any, depth: int) -> None:
    kind = _dtype(scalar).kind
    if kind not in "iu" or not writing.limits.hex:
        writing.put(repr(scalar))
        return
    writing.put(f"{type_name(type(scalar))}(")
    write_scalar(writing, scalar, depth)
    writing.close(")")


def write_whole(writing: Writing, array: Any, depth: int) -> None:
    """Write what `repr` says when it leaves out nothing."""
    with sys.modules["numpy"].printoptions(threshold=sys.maxsize):
        writing.put(repr(array))


def _field_names(array: Any) -> tuple[str, ...]:
    return plain(array).dtype.names or ()


ARRAY = Presentation(
    summary=_write_array,
    whole=write_whole,
    members=_members,
    elements=Elements(length, _page),
    keys=_field_names,
)
RECORD = Presentation(members=_fields)
SCALAR = Presentation(text=_write_typed_scalar, members=_scalar_members)
