"""Heapsight's own objects among all others: its classes' instances and whatever only those and its modules hold."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable
from types import FrameType, FunctionType
from typing import cast

from ..own import is_own_code
from ..typenames import module_namespace
from .budget import Budget
from .ours import OwnReferences, is_own_type
from .retained import TrialDeletion

_PACKAGE = __name__.partition(".")[0]


def own_modules() -> list[object]:
    """Return the modules of Heapsight that are loaded."""
    modules = list(sys.modules.items())
    return [one for name, one in modules if type(name) is str and (name + ".").startswith(_PACKAGE + ".")]


def own_addresses(budget: Budget) -> set[int]:
    """Return the addresses of Heapsight's objects.

    What it shares with the program, values that it looks at for example, is the program's.
    """
    starts = [*own_modules(), *map(module_namespace, own_modules())]
    starts += _instances(gc.get_objects())
    # Made after the starts were gathered: it must not count the references of its own lists.
    ours = OwnReferences(of_objects=False)
    trial = TrialDeletion(budget, ours.count)
    found = set(map(id, trial.run(starts)))
    found.add(id(starts))
    return found


def _instances(objects: Iterable[object]) -> list[object]:
    own_types: dict[int, bool] = {}
    found = []
    for one in objects:
        cls = type(one)
        own = own_types.get(id(cls))
        if own is None:
            own = own_types[id(cls)] = is_own_type(cls)
        if own or (cls is FunctionType and is_own_code(cast(FunctionType, one).__code__)):
            found.append(one)
        elif issubclass(cls, type):
            if is_own_type(cast(type, one)):
                found.append(one)
        elif cls is FrameType and is_own_code(cast(FrameType, one).f_code):
            found.append(one)
    return found
