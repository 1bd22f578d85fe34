"""Where two values of Python's own types differ, in a line: told without comparing objects of the user's."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import cast

from .evaluation.static_values import is_exactly

Show = Callable[[object], str]
_SCALARS = (int, float, bool, complex, str, bytes, type(None))
_DEEPEST = 20
_MOST = 20_000


def first_difference(left: object, right: object, show: Show) -> str | None:
    """Say where `left` and `right` differ first; None where they are alike, or where that cannot be told."""
    if type(left) is not type(right):
        return None
    if is_exactly(left, list, tuple, str, bytes):
        return _in_sequences(cast("list[object]", left), cast("list[object]", right), show)
    if type(left) is dict:
        return _in_dicts(left, cast("dict[object, object]", right), show)
    if is_exactly(left, set, frozenset):
        return _in_sets(cast("set[object]", left), cast("set[object]", right), show)
    return None


def alike(left: object, right: object, depth: int = 0) -> bool | None:
    """Say whether two values are equal; None where only the objects themselves could tell."""
    if left is right:
        return True
    if is_exactly(left, *_SCALARS) and is_exactly(right, *_SCALARS):
        return left == right
    if type(left) is not type(right) or depth > _DEEPEST:
        return None
    if is_exactly(left, list, tuple):
        one, other = cast("list[object]", left), cast("list[object]", right)
        if len(one) != len(other):
            return False
        if len(one) > _MOST:
            return None
        return _all_alike([alike(a, b, depth + 1) for a, b in zip(one, other, strict=False)])
    if type(left) is dict and _has_plain_keys(left) and _has_plain_keys(right):
        others = cast("dict[object, object]", right)
        if left.keys() != others.keys():
            return False
        return _all_alike([alike(value, others[key], depth + 1) for key, value in left.items()])
    return None


def _all_alike(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _has_plain_keys(obj: object) -> bool:
    found = cast("dict[object, object]", obj)
    return len(found) <= _MOST and all(is_exactly(key, *_SCALARS) for key in list(found))


def _in_sequences(left: list[object], right: list[object], show: Show) -> str | None:
    for index, (one, other) in enumerate(islice(zip(left, right, strict=False), _MOST)):
        answer = alike(one, other)
        if answer is None:
            return None
        if not answer:
            return f"first difference at index {index}: {show(left[index])} and {show(right[index])}"
    if len(left) != len(right):
        return f"lengths {len(left)} and {len(right)}, alike as far as the shorter goes"
    return None


def _in_dicts(left: dict[object, object], right: dict[object, object], show: Show) -> str | None:
    if not _has_plain_keys(left) or not _has_plain_keys(right):
        return None
    parts = []
    for side, one, other in (("left", left, right), ("right", right, left)):
        keys = [key for key in one if key not in other]
        if keys:
            parts.append(f"only {side}: {_some(keys, show)}")
    for key, value in left.items():
        if key in right and alike(value, right[key]) is False:
            parts.append(f"[{show(key)}]: {show(value)} and {show(right[key])}")
            break
    return "; ".join(parts) or None


def _in_sets(left: set[object], right: set[object], show: Show) -> str | None:
    if not _has_plain_keys(left) or not _has_plain_keys(right):
        return None
    parts = []
    for side, items in (("left", left - right), ("right", right - left)):
        if items:
            parts.append(f"only {side}: {_some(list(items), show)}")
    return "; ".join(parts) or None


def _some(items: list[object], show: Show) -> str:
    shown = ", ".join(show(item) for item in items[:5])
    return shown if len(items) <= 5 else f"{shown} and {len(items) - 5} more"
