"""Each reference that an object owns, once: what the collector's traversal comes to, and what it passes over.

For counting, not for showing: a reference too few makes an object look held by somebody else, which is the safe side;
one too many would be an error. So what no traversal tells (the inside of code objects, of arrays) is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from ..traversal import referents
from . import layout

_PLAIN, _DICT, _HIDES = 0, 1, 2


class CountedReferences:
    """References of objects, remembering what is special about each type. Keep it no longer than one walk."""

    def __init__(self) -> None:
        self._kinds: dict[int, int] = {}

    def of(self, objects: Sequence[object]) -> list[object]:
        """Return what `objects` refer to, each as often as they hold a reference to it."""
        found = referents(objects)
        kinds = self._kinds
        for one in objects:
            kind = kinds.get(id(type(one)))
            if kind is None:
                kind = kinds[id(type(one))] = _kind_of(type(one))
            if kind != _PLAIN:
                found += _passed_over(one, kind)
        return found


def _kind_of(cls: type) -> int:
    if issubclass(cls, dict):
        return _DICT
    return _HIDES if layout.VALUES_WITHIN and layout.may_have_inline_values(cls) else _PLAIN


def _passed_over(one: object, kind: int) -> list[object]:
    """Return the references that the traversal of `one` does not report."""
    if kind == _HIDES:
        hidden = layout.hidden_dict(one)
        return [] if hidden is None else [hidden]
    mapping = cast("dict[object, object]", one)
    if layout.has_shared_keys(mapping) or layout.visits_keys(mapping):
        return []
    # (The keys of an OrderedDict have two references: its traversal reports the one from the list of their order.)
    return list(dict.keys(mapping))
