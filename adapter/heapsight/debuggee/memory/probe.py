"""What one object is to the allocator and the collector, for the price of a hover."""

from __future__ import annotations

import gc
import sys
from _weakref import getweakrefs
from typing import Final

from ..attributes import is_python_class
from ..holding import Held
from ..records import record
from ..typenames import short_name
from .following import Follower
from .ours import OwnReferences
from .sizes import shallow_size

# What sys.getrefcount answers for an object that nothing but a `Held` holds: that one, and its own argument.
_SAMPLE: Final = Held(object())
_BASELINE: Final = sys.getrefcount(_SAMPLE.obj)
# 3.12+: the sign bit of the lower half. 3.11: objects that are part of the interpreter begin with 999,999,999.
_IMMORTAL_BIT: Final = 1 << 31
_STATIC_COUNT: Final = 900_000_000
_SINGLETONS: Final = (None, True, False, ..., NotImplemented)


@record
class Probe:
    """`refcount` is None for an object that is never freed; `shallow_size` is in bytes."""

    type_name: str
    address: int
    shallow_size: int
    refcount: int | None
    gc_tracked: bool
    weakrefs: int


def probe(held: Held, ours: OwnReferences | None = None) -> Probe:
    """Return the facts about the object in `held`. Its reference count is the program's own: 0 for a temporary.

    `ours`, where many objects are asked for at once, has to be as of now.
    """
    return Probe(
        short_name(type(held.obj)),
        id(held.obj),
        shallow_size(held.obj),
        reference_count(held, ours or OwnReferences()),
        gc.is_tracked(held.obj),
        sum(type(reference) is not Follower for reference in getweakrefs(held.obj)),
    )


def reference_count(held: Held, ours: OwnReferences) -> int | None:
    """Return how many references there are without `held` and `ours`; None for an immortal object.

    `ours` has to be as of now: nothing on the stack may have taken or dropped a reference since.
    """
    count = sys.getrefcount(held.obj)
    if is_immortal(held, count):
        return None
    return max(0, count - _BASELINE - ours.count(id(held.obj)))


def is_immortal(held: Held, count: int) -> bool:
    """Say whether the object, whose raw count is `count`, is one that is never freed."""
    if sys.version_info >= (3, 12):
        return bool(count & _IMMORTAL_BIT)
    if count >= _STATIC_COUNT or any(held.obj is one for one in _SINGLETONS):
        return True
    return issubclass(type(held.obj), type) and not is_python_class(held.obj)  # type: ignore[arg-type]
