"""Everything that holds one object, found in one walk in C: what the collector lists, what `gc.freeze()` took off its
lists, and, where the object may be held by what it does not track, what is reached through that.

`gc.get_referrers` and `untracked.py` find the same where there is no module in C.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from types import CodeType, FrameType
from typing import Final

from ..frames import read_locals
from ..holding import Held
from ..own import PACKAGE_FOLDER, is_own_code
from ..records import record
from . import native_heap
from .budget import Budget
from .contents import find_in

# How the modules of our types begin, and the files of our code.
_OWN: Final = (__name__.partition(".")[0] + ".", PACKAGE_FOLDER)


@record
class Holders:
    """Holders apart from Heapsight's; beyond the limit only how many `more`, and how many references these have.

    Instances of the object, a class, are counted, and among `objects` only where they refer to it in another way, too.
    `owners` may own those that are dicts, tuples or cells. `codes` has, by the address of a tuple of constants or of
    names, its code. `own_count` are references from Heapsight's own code.
    """

    objects: list[object]
    owners: list[object]
    codes: dict[int, CodeType]
    more: int
    more_references: int
    instances: int
    own_count: int
    complete: bool


def find_holders(
    held: Held, frames: Sequence[FrameType], hidden: set[int], *, most: int, budget: Budget
) -> Holders | None:
    """Return what holds the object in `held`, `most` of them; None where there is no module in C.

    frames: the user's, which the walk goes into as well. hidden: addresses of objects of ours.
    """
    native = native_heap.module
    if native is None:
        return None
    # What the collector lists is held by what it lists.
    looks_through = not gc.is_tracked(held.obj)
    starts: list[object] = []
    if looks_through:
        for frame in frames:
            starts += [frame.f_code, *read_locals(frame).values()]
    found, owners, codes, more, more_references, instances, complete = native.holders(
        held.obj, looks_through, starts, hidden, _OWN, most, budget.left()
    )
    own_codes = [one for one in found if type(one) is CodeType and is_own_code(one)]
    own_count = sum(finding.count for one in own_codes for finding in find_in(one, held.obj))
    objects = [one for one in found if type(one) is not CodeType or not is_own_code(one)] if own_codes else found
    by_tuple = {id(part): code for code in codes for part in (code.co_consts, code.co_names)}
    return Holders(objects, owners, by_tuple, more, more_references, instances, own_count, complete)
