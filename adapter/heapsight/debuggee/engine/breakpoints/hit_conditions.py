"""Hit conditions: `5`, `== 5`, `>= 5`, `> 5`, `<= 5`, `< 5`, `% 2`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from ...records import record

_FORM = re.compile(r"\s*(==|>=|<=|>|<|%)?\s*(\d+)\s*", re.ASCII)


def _is_multiple(hits: int, number: int) -> bool:
    return hits % number == 0


_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "==": operator.eq,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "%": _is_multiple,
}


@record
class HitCondition:
    """A comparison of the number of hits, this one counted, with a number."""

    compare: Callable[[int, int], bool]
    number: int

    def holds(self, hits: int) -> bool:
        """Say whether the `hits`-th hit (from 1) counts."""
        return self.compare(hits, self.number)


def parse_hit_condition(text: str) -> HitCondition | str:
    """Return the condition, or a message on what is wrong with `text`. A bare number means the hit of that number."""
    match = _FORM.fullmatch(text)
    if match is None:
        return f"Hit condition {text!r} is not understood. Write a number, or one of ==, >=, >, <=, <, % and a number."
    comparison, number = match[1] or "==", int(match[2])
    if comparison == "%" and number == 0:
        return "Hit condition '% 0' never holds: write how many hits lie between two stops."
    return HitCondition(_COMPARISONS[comparison], number)
