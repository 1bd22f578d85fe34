"""Disassembly, and breakpoints on single instructions."""

from __future__ import annotations

from types import CodeType

from ..arguments import Arguments, integer, objects, optional_integer, optional_text, text
from ..engine.model import BreakpointSpec
from ..errors import RequestError
from ..inspection.columns import Columns
from ..inspection.disassembly import disassemble as rows_of
from ..inspection.disassembly import instruction_at
from ..program import Body, Program
from .breakpoints import breakpoint_body


def disassemble(program: Program, arguments: Arguments) -> Body:
    """`disassemble`: of the code that an instruction pointer reference points into. Raises RequestError."""
    rows = rows_of(
        program.inspector.addresses,
        Columns(),
        text(arguments, "memoryReference"),
        offset=optional_integer(arguments, "offset") or 0,
        skip=optional_integer(arguments, "instructionOffset") or 0,
        count=integer(arguments, "instructionCount"),
    )
    return {"instructions": rows}


def set_instruction_breakpoints(program: Program, arguments: Arguments) -> Body:
    """`setInstructionBreakpoints`: replaces all of them. Those whose code is gone are not verified."""
    asked = objects(arguments, "breakpoints")
    places = [_place(program, one) for one in asked]
    specs = [
        BreakpointSpec(
            instruction=(id(place[0]), place[1]) if place is not None else (0, 0),
            condition=optional_text(one, "condition"),
            hit_condition=optional_text(one, "hitCondition"),
        )
        for one, place in zip(asked, places, strict=True)
    ]
    found = program.engine.set_instruction_breakpoints(specs, places)
    bodies = []
    for breakpoint, place in zip(found, places, strict=True):
        body = breakpoint_body(breakpoint)
        if place is not None:
            body["instructionReference"] = program.inspector.addresses.address(*place)
        bodies.append(body)
    return {"breakpoints": bodies}


def _place(program: Program, asked: Arguments) -> tuple[CodeType, int] | None:
    reference, offset = text(asked, "instructionReference"), optional_integer(asked, "offset") or 0
    try:
        return instruction_at(program.inspector.addresses, reference, offset)
    except RequestError:
        return None
