"""The calls that a stopped frame is about to make, so that a step can end in one of them.

They are found in the instructions that follow, up to the end of the statement: what belongs to it is told by the source
ranges that the compiler noted (`co_positions`).
"""

from __future__ import annotations

import dis
from collections.abc import Iterator
from types import CodeType

from ...records import record
from ..breakpoints.locations import Span

_CALLS = frozenset({"CALL", "CALL_KW", "CALL_FUNCTION_EX"})
# What runs the body of a generator or coroutine that a call has made: it begins to run only there.
_DRIVES = frozenset(
    (
        "GET_AWAITABLE",
        "GET_ITER",
        "GET_YIELD_FROM_ITER",
        "GET_AITER",
        "GET_ANEXT",
        "FOR_ITER",
        "SEND",
        "YIELD_VALUE",
        "RESUME",
        "JUMP_BACKWARD_NO_INTERRUPT",
    )
)


@record
class StepTarget:
    """A call, and the lines of the statement that it is in.

    `offset`: of its instruction; `offsets`: of those that the frame stands at while the called code runs.
    """

    offset: int
    offsets: frozenset[int]
    span: Span
    lines: range


def step_targets(code: CodeType, line: int, offset: int) -> list[StepTarget]:
    """Return the calls that a frame of `code` at `offset`, on `line`, makes before it comes to another statement.

    In the order of their instructions; calls in branches that are not taken are among them.
    """
    instructions = list(dis.get_instructions(code))
    spans = [_span(one) for one in instructions]
    here = [span for span in spans if span is not None and span[0] <= line <= span[1]]
    first, last = min((one[0] for one in here), default=line), max((one[1] for one in here), default=line)
    found: dict[Span, StepTarget] = {}
    for index, (one, span) in enumerate(zip(instructions, spans, strict=True)):
        if one.offset < offset or one.opname not in _CALLS or span is None:
            continue
        # The end of a `with` calls `__exit__` where its expression is.
        if first <= span[0] <= span[1] <= last and span not in found:
            offsets = frozenset((one.offset, *_driving(instructions, index)))
            found[span] = StepTarget(one.offset, offsets, span, range(first, last + 1))
    return list(found.values())


def _driving(instructions: list[dis.Instruction], call: int) -> Iterator[int]:
    before = ""
    for one in instructions[call + 1 :]:
        if one.opname not in _DRIVES and not (one.opname == "LOAD_CONST" and before in _DRIVES):
            return
        yield one.offset
        before = one.opname


def _span(instruction: dis.Instruction) -> Span | None:
    place = instruction.positions
    if place is None or place.lineno is None or place.end_lineno is None:
        return None
    if place.col_offset is None or place.end_col_offset is None:
        return None
    return place.lineno, place.end_lineno, place.col_offset, place.end_col_offset
