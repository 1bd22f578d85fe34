"""Where comprehensions are: in functions of their own, or in the function around them, as from 3.12 on."""

from __future__ import annotations

import dis
from collections.abc import Iterator
from types import CodeType, FrameType

COMPREHENSIONS = {"<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>"}


def _inlined(code: CodeType) -> Iterator[tuple[int, int, int | None]]:
    """Yield where inlined comprehensions loop, and the line that each begins on."""
    instructions = list(dis.get_instructions(code))
    for index, instruction in enumerate(instructions):
        if instruction.opname == "LOAD_FAST_AND_CLEAR":
            after = [one for one in instructions[index:] if one.offset > instruction.offset]
            loop = next(one for one in after if one.opname in {"FOR_ITER", "GET_ANEXT"})
            back = [one for one in after if one.opname == "JUMP_BACKWARD" and one.argval == loop.offset]
            yield instruction.offset, back[-1].offset, instruction.positions.lineno


def inlined_at(frame: FrameType) -> tuple[int, int, int | None] | None:
    """Return the inlined comprehension that a frame is in: where it loops, and the line that it begins on."""
    return next((one for one in _inlined(frame.f_code) if one[0] < frame.f_lasti <= one[1]), None)
