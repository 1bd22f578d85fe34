"""Rows of plain numbers, which pages are full of, as JSON at once: made in C, where `heapsight._native.rows` was built.

They say what `row_text` says of the rows that are made here of all other values, and of these too without that module.
"""

from __future__ import annotations

from json import encoder
from keyword import kwlist
from types import ModuleType

from .text.limits import Limits

module: ModuleType | None
try:
    from ..._native import rows as module
except ImportError:  # not built, or not for this interpreter
    module = None

_KEYWORDS = frozenset(kwlist)
# The text of any number, and of any key that gets a ready row, is at most as long.
_LONGEST = 120


class ReadyRows:
    """Makes rows for what belongs to one owner; `expression` leads to that."""

    def __init__(self, expression: str | None, places: dict[str, int]) -> None:
        """`places`: where in the owner the elements shown so far are, by name."""
        self._owner = None if expression is None else encoder.encode_basestring_ascii(expression)[1:-1]
        self._places = places

    def of_items(self, items: list[object], start: int) -> list[str | None]:
        """Return the rows of items of a list from `start` on; None for what is no number."""
        assert module is not None
        rows: list[str | None] = module.list_rows(items, start, self._owner)
        return rows

    def of_pairs(self, pairs: list[tuple[object, object]], start: int) -> list[str | None]:
        """Return the rows of items of a dict; None for what is no number, or has a key of another kind than usual."""
        assert module is not None
        rows: list[str | None] = module.dict_rows(pairs, start, self._owner, self._places)
        return rows

    def of_attributes(self, attributes: dict[str, object]) -> dict[str, str | None]:
        """Return the rows of attributes in their order; None for what is no number, or not public."""
        assert module is not None
        rows: dict[str, str | None] = module.attribute_rows(attributes, self._owner, _KEYWORDS)
        return rows


def ready_rows(expression: str | None, limits: Limits, places: dict[str, int]) -> ReadyRows | None:
    """Return what makes rows within `limits`; None where Python has to make them."""
    if module is None or limits.hex or limits.characters < _LONGEST:
        return None
    return ReadyRows(expression, places)


def pairs_of(items: dict[object, object], start: int, stop: int) -> list[tuple[object, object]]:
    """Return items of a dict: in C, passing over the ones before takes a fraction of the time."""
    assert module is not None
    pairs: list[tuple[object, object]] = module.pairs_of(items, start, stop)
    return pairs
