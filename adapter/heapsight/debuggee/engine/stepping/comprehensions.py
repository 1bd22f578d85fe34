"""Comprehensions in the code of the function around them, where the compiler puts them from 3.12 on.

A person sees an expression there, and 3.11 runs a function of its own. So a step over the statement does not visit the
lines of its comprehension, and a step into it does not come by its first line for each element.
"""

from __future__ import annotations

import dis
from types import CodeType

from ...records import record

NAMES = frozenset({"<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>"})
# Saves the variable of the function around that has the name of the comprehension's own; nothing else does.
_BEGINS = "LOAD_FAST_AND_CLEAR"
_BEGINS_CODE = dis.opmap.get(_BEGINS)


@record
class Inlined:
    """A comprehension in the code of a function: the line that it begins on, and where its loop is.

    Behind the instruction at `start`, which still belongs to the statement around, up to the one at `end`.
    """

    start: int
    end: int
    line: int | None


def inlined_comprehensions(code: CodeType) -> tuple[Inlined, ...]:
    """Return the outermost comprehensions that are part of `code`."""
    if _BEGINS_CODE is None or _BEGINS_CODE not in code.co_code[::2]:
        return ()
    found: list[Inlined] = []
    instructions = list(dis.get_instructions(code))
    for index, instruction in enumerate(instructions):
        if instruction.opname != _BEGINS or (found and instruction.offset < found[-1].end):
            continue
        loop = next(one.offset for one in instructions[index:] if one.opname in {"FOR_ITER", "GET_ANEXT"})
        # The loop's code lies together; only what ends an asynchronous one may lie elsewhere.
        end = max(one.offset for one in instructions[index:] if one.opname == "JUMP_BACKWARD" and one.argval == loop)
        line = instruction.positions.lineno if instruction.positions is not None else None
        found.append(Inlined(instruction.offset, end, line))
    return tuple(found)
