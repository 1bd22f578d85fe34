"""Heapsight's own objects among all others: its classes' instances and what only those, its modules and frames hold."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable
from types import FrameType, FunctionType
from typing import cast

from ..own import is_own_code
from ..typenames import module_namespace
from .budget import Budget
from .capture.fields import hidden_parts_of_class
from .ours import PACKAGE, OwnReferences, is_own_type
from .retained import TrialDeletion


def own_starts() -> list[object]:
    """Return what is Heapsight's whatever it is: the modules that are loaded, and their namespaces."""
    named = list(sys.modules.items())
    modules = [one for name, one in named if type(name) is str and (name + ".").startswith(PACKAGE)]
    return [*modules, *map(module_namespace, modules)]


def own_addresses(budget: Budget) -> set[int]:
    """Return the addresses of Heapsight's objects.

    What it shares with the program, values that it looks at for example, is the program's; what goes away by reference
    counting when its modules, classes, instances and frames do is its own. Cycles are not looked for: that would be a
    walk over all that it looks at, and its own ones consist of instances of its own classes.
    """
    starts = own_starts()
    # Made after the starts were gathered: it must not count the references of its own lists.
    ours = OwnReferences(of_objects=False)
    listed = gc.get_objects()
    starts += _instances(listed)
    only_held = [one for one in listed if ours.count(id(one))]
    del listed
    only_listed = frozenset(map(id, only_held))
    trial = TrialDeletion(budget, lambda address: ours.count(address) + (address in only_listed))
    found = set(map(id, trial.peel(starts, only_held)))
    found |= {id(starts), id(only_held)}
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
                found += [part for _, _, part in hidden_parts_of_class(cast(type, one)) if type(part) is dict]
        elif cls is FrameType and is_own_code(cast(FrameType, one).f_code):
            found.append(one)
    return found
