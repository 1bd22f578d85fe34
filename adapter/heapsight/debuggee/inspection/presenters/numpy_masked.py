"""Masked arrays of numpy: elements that are masked say so.

What is called beyond `numpy_arrays`: the indexing of `numpy.ma.MaskedArray` itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from ...attributes import instance_attributes, type_name
from ..elements import Elements
from ..members import Form, Member, fixed
from ..text.saferepr import Reprs
from ..text.writing import CUT, Writing
from .numpy_arrays import facts, length, numpy_class, plain, storing, write_scalar, write_whole
from .presentation import Presentation

_MASKED = "masked"


def _mask_of(array: Any) -> Any | None:
    """Return the mask as an array; None where nothing is masked."""
    mask = (instance_attributes(array) or {}).get("_mask")
    return plain(mask) if issubclass(type(mask), numpy_class("ndarray")) else None


def _write_values(writing: Writing, data: Any, mask: Any | None, depth: int) -> None:
    if data.ndim == 0:
        hidden = mask is not None and mask.dtype.names is None and bool(mask[()])
        writing.put(_MASKED) if hidden else write_scalar(writing, data[()], depth)
        return
    writing.put("[")
    total, written = len(data), 0
    if depth >= writing.limits.depth:
        writing.put(CUT if total else "")
        written = total
    while written < min(total, writing.limits.elements) and not writing.full:
        writing.put(", " if written else "")
        # A slice and a new shape, not an index: so that also one element is an array, with a mask of its own.
        part = None if mask is None else mask[written, ...]
        _write_values(writing, data[written, ...], part, depth + 1)
        written += 1
    writing.rest(written, total)
    writing.close("]")


def _write(writing: Writing, array: Any, depth: int) -> None:
    data = plain(array)
    writing.put(f"{type_name(type(array))} {data.shape} {data.dtype} ")
    _write_values(writing, data, _mask_of(array), depth)


def _item(index: int, array: Any) -> object:
    return sys.modules["numpy.ma"].MaskedArray.__getitem__(array, index)


def _members(array: Any) -> Iterator[Member]:
    yield from facts(array)
    yield Member("data", plain(array), ".data", computed=plain)
    yield fixed("mask", (instance_attributes(array) or {}).get("_mask"))
    yield Member("fill_value", None, ".fill_value", form=Form.LAZY, read=lambda owner: owner.fill_value)


def _page(array: Any, start: int, stop: int, reprs: Reprs) -> list[Member]:
    data, mask = plain(array), _mask_of(array)
    found = []
    for index in range(start, stop):
        part = None if mask is None else mask[index, ...]
        text = reprs.written(
            lambda writing, index=index, part=part: _write_values(writing, data[index, ...], part, 1)  # type: ignore[misc]
        )
        value, read = _item(index, array), partial(_item, index)
        found.append(Member(str(index), value, f"[{index}]", text=text, computed=read, store=storing(index)))
    return found


_INNER = {"_mask", "_fill_value", "_basedict", "_optinfo", "_hardmask", "_sharedmask", "_isfield", "_baseclass"}
MASKED_ARRAY = Presentation(
    summary=_write, whole=write_whole, members=_members, elements=Elements(length, _page), inner=frozenset(_INNER)
)
