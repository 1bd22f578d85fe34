"""The deep size: everything reachable from an object, up to what the whole program shares.

Modules, classes, code, frames, running or not, and the globals of functions are where the walk stops; they are not
counted. Nothing is counted twice. There is no recursion, and the walk ends where its budget does.
"""

from __future__ import annotations

import gc
import sys
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Final, cast

from ..attributes import type_mro
from ..holding import Held
from ..records import record
from ..traversal import referents
from ..typenames import module_namespace
from . import layout
from .budget import Budget, without_collector
from .sizes import Sizes, size_text

_CHUNK: Final = 512
_SLICE: Final = 8192
_SINGLETONS: Final = (type(None), bool, type(...), type(NotImplemented))
_SHARED: Final = (type, ModuleType, CodeType, FrameType, *_SINGLETONS)
_SHARED_ADDRESSES: Final = frozenset(map(id, _SHARED))
_FUNCTION_PARTS: Final = ("__closure__", "__defaults__", "__kwdefaults__")


@record
class DeepSize:
    """Bytes and number of objects; a lower bound where the walk is not `complete`."""

    bytes: int
    objects: int
    complete: bool
    seconds: float

    def text(self) -> str:
        """Return the size as a person reads it: `12.4 MB`, `≥ 12.4 MB (50 ms budget)`."""
        text = size_text(self.bytes)
        return text if self.complete else f"≥ {text} ({self.seconds * 1000:.0f} ms budget)"


def deep_size(held: Held, budget: Budget) -> DeepSize:
    """Return the size of everything reachable from the object in `held`, which counts whatever it is."""
    with without_collector():
        return _Walk(budget).measure(held)


class _Walk:
    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._sizes = Sizes()
        self._shared_types: dict[int, bool] = {}
        self._may_hide_dict: dict[int, bool] = {}
        # Addresses seen. Module dicts are where the walk stops, so they count as seen.
        self._seen = {id(module_namespace(module)) for module in list(sys.modules.values())}
        self._pending: list[object] = []
        self._complete = True

    def measure(self, held: Held) -> DeepSize:
        self._seen.add(id(held.obj))
        self._pending.append(held.obj)
        size = count = 0
        measure = self._sizes.of
        while self._pending and self._complete:
            chunk = self._pending[-_CHUNK:]
            del self._pending[-_CHUNK:]
            count += len(chunk)
            for obj in chunk:
                size += measure(obj)
            self._add_referents(chunk)
            if self._pending and self._budget.is_spent():
                self._complete = False
        self._pending.clear()
        return DeepSize(size, count, self._complete, self._budget.seconds)

    def _add_referents(self, chunk: list[object]) -> None:
        if layout.VALUES_WITHIN:
            self._add_hidden_dicts(chunk)
        for obj in chunk:
            cls = type(obj)
            if cls is FunctionType:
                self._add(_parts_of(cast(FunctionType, obj)))
            # The traversal of a dict with only strings for keys does not visit them.
            elif issubclass(cls, dict) and not layout.has_shared_keys(cast("dict[object, object]", obj)):
                self._add(list(dict.keys(cast("dict[object, object]", obj))))
        self._add(referents([obj for obj in chunk if type(obj) is not FunctionType]))

    def _add_hidden_dicts(self, chunk: list[object]) -> None:
        for obj in chunk:
            cls = type(obj)
            may_hide = self._may_hide_dict.get(id(cls))
            if may_hide is None:
                may_hide = self._may_hide_dict[id(cls)] = layout.may_have_inline_values(cls)
            if may_hide and (found := layout.hidden_dict(obj)) is not None:
                self._add([found])

    def _add(self, found: list[object]) -> None:
        for start in range(0, len(found), _SLICE):
            if start and self._budget.is_spent():
                self._complete = False
                return
            self._add_slice(found[start : start + _SLICE] if len(found) > _SLICE else found)

    def _add_slice(self, found: list[object]) -> None:
        seen, pending, shared_types = self._seen, self._pending, self._shared_types
        for obj in found:
            address = id(obj)
            if address in seen:
                continue
            seen.add(address)
            cls = type(obj)
            shared = shared_types.get(id(cls))
            if shared is None:
                shared = shared_types[id(cls)] = is_shared_type(cls)
            if not shared:
                pending.append(obj)


def is_shared_type(cls: type) -> bool:
    """Say whether objects of `cls` are what the whole program shares: where a walk from one object stops."""
    return any(id(base) in _SHARED_ADDRESSES for base in type_mro(cls))


def _parts_of(function: FunctionType) -> list[object]:
    parts: list[object] = [getattr(function, name) for name in _FUNCTION_PARTS]
    dict_at = layout.instance_dict_address(function)
    return parts + [part for part in gc.get_referents(function) if id(part) == dict_at]
