"""References from frames that have objects of their own: of suspended generators and coroutines, and ended ones."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import repeat
from operator import is_
from types import AsyncGeneratorType, CodeType, CoroutineType, FrameType, GeneratorType
from typing import Any, Final, cast

from ..frame_layout import IN_CELL, FrameSlots, frame_slots, generator_slots, is_executing
from ..typenames import code_name
from .edges import EdgeKind, Finding

SUSPENDABLE: Final = (GeneratorType, CoroutineType, AsyncGeneratorType, FrameType)


def code_of(holder: object) -> CodeType:
    """Return the code of a generator, coroutine, async generator or frame."""
    for name in ("gi_code", "cr_code", "ag_code", "f_code"):
        if name in type(holder).__dict__:
            return cast(CodeType, getattr(holder, name))
    raise TypeError("no such holder")


def is_running_generator(holder: object) -> bool:
    """Say whether `holder` is a generator whose frame a thread runs: what it holds is told by that frame then."""
    # By identity: comparing types is user code where they have a metaclass.
    cls = type(holder)
    return (cls is GeneratorType or cls is CoroutineType or cls is AsyncGeneratorType) and is_executing(holder)


def suspended_findings(holder: Any, target: object) -> list[Finding]:
    """Return how the variables and the evaluation stack of the frame of `holder` refer to `target`."""
    total = sum(map(is_, gc.get_referents(holder), repeat(target)))
    if not total or is_running_generator(holder):
        return []
    code = code_of(holder)
    slots = _slots_of(holder, code)
    if slots is None:
        return [Finding(EdgeKind.LOCAL, f"local in {code_name(code)}()", total)]
    found = []
    for finding in slot_findings(slots, id(target), code):
        if total >= finding.count:
            found.append(finding)
            total -= finding.count
    return found


def names_of_cells(holder: Any) -> dict[int, str]:
    """Return labels for the captured variables of the frame of `holder`, by the address of their cell."""
    code = code_of(holder)
    slots = _slots_of(holder, code)
    if slots is None:
        return {}
    variables = zip(slots.names, slots.kinds, slots.variables, strict=True)
    return {address: f"local {name} {where_in(code)}" for name, kind, address in variables if kind & IN_CELL}


def _slots_of(holder: Any, code: CodeType) -> FrameSlots | None:
    return frame_slots(holder) if type(holder) is FrameType else generator_slots(holder, code)


def slot_findings(slots: FrameSlots, target: int, code: CodeType) -> Iterator[Finding]:
    """Yield how a frame refers to the object at address `target`. Variables in cells are the cells' affair."""
    where = where_in(code)
    for name, kind, address in zip(slots.names, slots.kinds, slots.variables, strict=True):
        if address == target:
            if kind & IN_CELL:
                yield Finding(EdgeKind.CELL, f"cell of {name} {where}")
            else:
                yield Finding(EdgeKind.LOCAL, f"local {name} {where}", 1, name)
    if (count := slots.stack.count(target)) > 0:
        yield Finding(EdgeKind.STACK, f"evaluation stack {where}", count)
    if slots.function == target:
        yield Finding(EdgeKind.STACK, f"function that runs {where}")
    if slots.namespace == target:
        yield Finding(EdgeKind.STACK, f"namespace of the frame {where}")


def where_in(code: CodeType) -> str:
    """Return `in checkout()`, or for code that is no function `in module shop.py`."""
    name = code_name(code)
    return "in the module's body" if name == "<module>" else f"in {name}()"
