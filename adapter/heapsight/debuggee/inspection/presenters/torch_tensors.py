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


def _plain_numbers(tensor: Any) -> Any:
    """Return a part that is shown with numbers that Python knows: those of a quantized one are computed."""
    return tensor.dequantize() if getattr(tensor, "is_quantized", False) else tensor


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
        for place, number in enumerate(_plain_numbers(tensor[:written]).tolist()):
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
        for name, make in (("nbytes", _bytes), ("stride()", _strides), ("storage", _storage)):
            value = make(obj)
            if value is not None:
                yield Member(name, value, _EXPRESSIONS[name], computed=make, refusal=_REFUSAL)
        yield Member("requires_grad", obj.requires_grad, ".requires_grad", refusal=_REFUSAL)
        yield Member("grad", None, ".grad", form=Form.LAZY, read=lambda owner: owner.grad, refusal=_REFUSAL)
        if _has_numbers(obj):
            if obj.dim() == 0:
                yield Member("item()", obj.item(), ".item()", computed=lambda owner: owner.item(), refusal=_REFUSAL)
            for name in ("min", "max"):
                yield Member(name, None, f".{name}()", form=Form.LAZY, read=partial(_figure, name), refusal=_REFUSAL)


_EXPRESSIONS = {"nbytes": ".nbytes", "stride()": ".stride()", "storage": ".untyped_storage().nbytes()"}


def _bytes(tensor: Any) -> object:
    """Return how many bytes the elements take, where they lie: those of a view are in the storage of another tensor."""
    return getattr(tensor, "nbytes", None) if _has_numbers(tensor) else None


def _strides(tensor: Any) -> object:
    return tensor.stride() if _has_numbers(tensor) and hasattr(tensor, "stride") else None


def _storage(tensor: Any) -> object:
    """Return the size of the storage, in bytes: what the tensor keeps alive, with the others that share it."""
    find = getattr(tensor, "untyped_storage", None) if _has_numbers(tensor) else None
    return find().nbytes() if find is not None else None


def _fact(name: str, value: object, make: Any) -> Member:
    return Member(name, value, f".{name}", computed=make, refusal=_REFUSAL)


def _figure(name: str, tensor: Any) -> object:
    with _undisturbed():
        return getattr(_detached(tensor), name)()


def _length(obj: Any) -> int:
    with _undisturbed():
        return len(obj) if obj.dim() else 0


def _page(obj: Any, start: int, stop: int, reprs: Reprs) -> list[Member]:
    with _undisturbed():
        if not _has_numbers(obj):
            return [_row_without_numbers(obj, index, reprs) for index in range(start, stop)]
        part = _detached(obj)[start:stop]
        numbers = _plain_numbers(part).tolist() if part.dim() == 1 else None
        found = []
        for place in range(stop - start):
            row = part[place]
            text = reprs.written(partial(_write_number_or_row, numbers[place] if numbers is not None else row))
            index, read = start + place, partial(_item, start + place)
            found.append(Member(str(index), row, f"[{index}]", text=text, computed=read, store=storing(index)))
        return found


def _row_without_numbers(obj: Any, index: int, reprs: Reprs) -> Member:
    row = _detached(obj)[index]
    text = reprs.written(lambda writing: _write(writing, row, 1))
    return Member(str(index), row, f"[{index}]", text=text, computed=partial(_item, index), refusal=_REFUSAL)


def _write_number_or_row(value: Any, writing: Writing) -> None:
    if hasattr(value, "dim"):
        _write_values(writing, value, 1)
    else:
        writing.value(value, 1)


def _item(index: int, owner: Any) -> object:
    with _undisturbed():
        return _detached(owner)[index]


def place_in_memory(tensor: Any) -> tuple[int, int, tuple[int, ...], tuple[int, ...]] | None:
    """Return where the elements lie: address, bytes of one, shape, strides in bytes; None if not in main memory."""
    with _undisturbed():
        if not _has_numbers(tensor) or getattr(tensor.device, "type", "") != "cpu" or not tensor.numel():
            return None
        size = tensor.element_size()
        return tensor.data_ptr(), size, tuple(tensor.shape), tuple(size * step for step in tensor.stride())


TENSOR = Presentation(summary=_write, members=_members, elements=Elements(_length, _page))
