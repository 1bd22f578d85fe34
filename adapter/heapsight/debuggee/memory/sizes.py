"""The shallow size of an object: the bytes that its own allocations take.

It is what `sys.getsizeof` answers, except that

- a `__sizeof__` written in Python is never called: the one of the type's C layout is;
- the array of an instance's attribute values counts, which `sys.getsizeof` leaves out (as long as no `__dict__` was
  asked for: 3.11 and 3.12 keep it beside the object, 3.13 in it);
- on 3.13 a `__dict__` that shows those values does not count them a second time.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MethodDescriptorType
from typing import Final

from ..attributes import is_python_class, type_mro, type_namespace
from . import layout

_GC_HEADER: Final = 2 * layout.WORD
_PRE_HEADER: Final = 2 * layout.WORD
_HAVE_GC: Final = 1 << 14

Sizer = Callable[[object], int]


class Sizes:
    """Shallow sizes, remembering how each type is measured. Keep it no longer than one walk: it is keyed by address."""

    def __init__(self) -> None:
        self._of_type: dict[int, tuple[Sizer, int, bool]] = {}

    def of(self, obj: object) -> int:
        """Return the shallow size of `obj` in bytes."""
        cls = type(obj)
        known = self._of_type.get(id(cls))
        if known is None:
            known = self._of_type[id(cls)] = (_find_sizer(cls), _headers(cls), _is_special(cls))
        sizer, headers, special = known
        try:
            size = sizer(obj) + headers
        except TypeError:  # a descriptor of a foreign type put into the class
            size = object.__sizeof__(obj) + headers
        return size + _special_bytes(obj, cls) if special else size

    def parts(self, cls: type) -> tuple[Sizer, int]:
        """Return what measures instances of `cls`, and what to add to its answer: quicker than `of` where it can be."""
        found = _find_sizer(cls)
        is_its_own = any(found.__objclass__ is base for base in type_mro(cls))  # type: ignore[attr-defined]
        if _is_special(cls) or not is_its_own:
            return self.of, 0
        return found, _headers(cls)


def shallow_size(obj: object) -> int:
    """Return the shallow size of `obj` in bytes."""
    return Sizes().of(obj)


def _find_sizer(cls: type) -> Sizer:
    for base in type_mro(cls):
        found = type_namespace(base).get("__sizeof__")
        if type(found) is MethodDescriptorType:
            return found
    return object.__sizeof__


def _headers(cls: type) -> int:
    flags = layout.type_flags(cls)
    if not flags & _HAVE_GC:
        return 0
    return _GC_HEADER + (_PRE_HEADER if flags & layout.PRE_HEADER_FLAGS else 0)


def _is_special(cls: type) -> bool:
    # Dicts for the values that they may show.
    special = (dict, type) if layout.VALUES_WITHIN else type
    return issubclass(cls, special) or layout.may_have_inline_values(cls)


def _special_bytes(obj: object, cls: type) -> int:
    extra = layout.inline_values_size(obj, cls) if layout.may_have_inline_values(cls) else 0
    if issubclass(cls, dict):
        extra -= layout.shown_values_size(obj)
    if issubclass(cls, type) and not is_python_class(obj):  # type: ignore[arg-type]
        extra -= _GC_HEADER  # types of the interpreter itself are not allocated by the collector
    return extra


def size_text(size: int) -> str:
    """Return a size as a person reads it: `88 B`, `12.4 MB` (units of 1000)."""
    if size < 1000:
        return f"{size} B"
    value = float(size)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.95:
            return f"{value:.1f} {unit}"
    return f"{value / 1000:.1f} TB"
