"""Tensors of torch.

What is called: the attributes and the indexing of `torch.Tensor` itself, on a detached view, with the protocol that
subclasses hook into (`__torch_function__`) switched off. A tensor on another device is copied for the elements that are
shown, and no others. `min` and `max` are computed on request.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, cast

from ...attributes import type_name
from ..elements import Elements
from ..members import Form, Member
from ..text.saferepr import Reprs
from ..text.writing import CUT, Writing
from .numpy_arrays import storing
from .presentation import Presentation

_REFUSAL = "This is a fact about the tensor."


def _undisturbed() -> AbstractContextManager[object]:
    switch = getattr(getattr(sys.modules["torch"], "_C", None), "DisableTorchFunctionSubclass", None)
    return cast("AbstractContextManager[object]", switch()) if switch is not None else nullcontext()


def _detached(tensor: Any) -> Any:
    """Return the same numbers without a history that looking at them would add to."""
    return sys.modules["torch"].Tensor.detach(tensor)


def _has_numbers(tensor: Any) -> bool:
    return not (str(tensor.device) == "meta" or str(tensor.layout) != "torch.strided")


def _write_values(writing: Writing, tensor: Any, depth: int) -> None:
    if tensor.dim() == 0:
        writing.value(tensor.item(), depth)
        return
    writing.put("[")
    total, written = len(tensor), 0
    if depth >= writing.limits.depth:
        writing.put(CUT if total else "")
        written = total
    elif tensor.dim() == 1:
        # One transfer for all of them, where the tensor is not in main memory.
        written = min(total, writing.limits.elements)
        for place, number in enumerate(tensor[:written].tolist()):
            writing.put(", " if place else "")
            writing.value(number, depth + 1)
    else:
        while written < min(total, writing.limits.elements) and not writing.full:
            writing.put(", " if written else "")
            _write_values(writing, tensor[written], depth + 1)
            written += 1
    writing.rest(written, total)
    writing.close("]")


def _write(writing: Writing, obj: Any, depth: int) -> None:
    with _undisturbed():
        history = " requires_grad" if obj.requires_grad else ""
        writing.put(f"{type_name(type(obj))} {tuple(obj.shape)} {_name(obj.dtype)} {obj.device}{history}")
        if _has_numbers(obj):
            writing.put(" ")
            _write_values(writing, _detached(obj), depth)


def _name(dtype: object) -> str:
    return str(dtype).removeprefix("torch.")


def _members(obj: Any) -> Iterator[Member]:
    with _undisturbed():
        yield _fact("shape", tuple(obj.shape), lambda owner: tuple(owner.shape))
        yield _fact("dtype", obj.dtype, lambda owner: owner.dtype)
        yield _fact("device", obj.device, lambda owner: owner.device)
        yield Member("requires_grad", obj.requires_grad, ".requires_grad", refusal=_REFUSAL)
        yield Member("grad", None, ".grad", form=Form.LAZY, read=lambda owner: owner.grad, refusal=_REFUSAL)
        if _has_numbers(obj):
            if obj.dim() == 0:
                yield Member("item()", obj.item(), ".item()", computed=lambda owner: owner.item(), refusal=_REFUSAL)
            for name in ("min", "max"):
                yield Member(name, None, f".{name}()", form=Form.LAZY, read=partial(_figure, name), refusal=_REFUSAL)


def _fact(name: str, value: object, make: Any) -> Member:
    return Member(name, value, f".{name}", computed=make, refusal=_REFUSAL)


def _figure(name: str, tensor: Any) -> object:
    with _undisturbed():
        return getattr(_detached(tensor), name)()


def _length(obj: Any) -> int:
    with _undisturbed():
        return len(obj) if obj.dim() and _has_numbers(obj) else 0


def _page(obj: Any, start: int, stop: int, reprs: Reprs) -> list[Member]:
    with _undisturbed():
        part = _detached(obj)[start:stop]
        numbers = part.tolist() if part.dim() == 1 else None
        found = []
        for place in range(stop - start):
            row = part[place]
            text = reprs.written(partial(_write_number_or_row, numbers[place] if numbers is not None else row))
            index, read = start + place, partial(_item, start + place)
            found.append(Member(str(index), row, f"[{index}]", text=text, computed=read, store=storing(index)))
        return found


def _write_number_or_row(value: Any, writing: Writing) -> None:
    if hasattr(value, "dim"):
        _write_values(writing, value, 1)
    else:
        writing.value(value, 1)


def _item(index: int, owner: Any) -> object:
    with _undisturbed():
        return _detached(owner)[index]


TENSOR = Presentation(summary=_write, members=_members, elements=Elements(_length, _page))
