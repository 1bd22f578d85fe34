"""Where a function's variable is not to be seen: inside a comprehension that has one of the same name.

From 3.12 on the compiler puts comprehensions into the code around them. Their variables use the places of the
function's own, whose values wait on the evaluation stack meanwhile.
"""

from __future__ import annotations

import opcode
from types import CodeType

from ..stepping.comprehensions import inlined_comprehensions
from .bytecode import instructions, stores_fast

_CLEAR = opcode.opmap.get("LOAD_FAST_AND_CLEAR")
Spans = tuple[tuple[int, int], ...]


def masked_spans(code: CodeType, name: str) -> Spans:
    """Return the spans of offsets, from behind the first up to the last, in which `name` is a comprehension's."""
    if _CLEAR is None or name not in code.co_varnames:
        return ()
    number = code.co_varnames.index(name)
    found: list[tuple[int, int]] = []
    listed = instructions(code)
    loops = inlined_comprehensions(code)
    for one in listed:
        if one.opcode != _CLEAR or one.argument != number or is_masked(tuple(found), one.offset):
            continue
        loop_end = next((loop.end for loop in loops if loop.start <= one.end and one.offset < loop.end), one.offset)
        # Behind the loop the variable gets its own value back.
        back = [later.offset for later in listed if later.offset > loop_end and number in stores_fast(later)]
        found.append((one.offset, min(back, default=loop_end)))
    return tuple(found)


def is_masked(spans: Spans, offset: int) -> bool:
    """Say whether the instruction at `offset` runs where the variable is not the function's."""
    return any(start < offset <= end for start, end in spans)
