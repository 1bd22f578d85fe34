"""The instructions of a code object as DAP shows them."""

from __future__ import annotations

import dis
from types import CodeType

from ..errors import RequestError
from ..frames import begin_of_instruction
from .code_addresses import CodeAddresses
from .columns import Columns
from .stack import source_of_code

_JUMPS = frozenset((*dis.hasjrel, *dis.hasjabs))
_MOST = 100_000
_NAME_WIDTH = 26
Row = dict[str, object]


def disassemble(
    addresses: CodeAddresses, columns: Columns, reference: str, *, offset: int, skip: int, count: int
) -> list[Row]:
    """Return exactly `count` instructions, `skip` behind the one that lies `offset` bytes behind `reference`.

    Where there are none (`skip` may be negative), invalid ones stand for them. The interpreter's caches are left out.
    Raises RequestError.
    """
    if not 0 <= count <= _MOST:
        raise RequestError(f"'instructionCount' has to be between 0 and {_MOST:,}.")
    code, begin = addresses.find(reference)
    instructions = list(dis.get_instructions(code))
    first = _index(instructions, code, begin + offset) + skip
    rows = [_row(addresses, columns, code, instructions, index) for index in range(first, first + count)]
    source = source_of_code(code)
    for row in rows:
        if "presentationHint" not in row:
            # Once is enough: it holds for those that follow.
            row["location"] = source
            break
    return rows


def _index(instructions: list[dis.Instruction], code: CodeType, offset: int) -> int:
    """Return which instruction is at `offset`; numbers below 0 and from their count on are of places around them."""
    size = len(code.co_code)
    if offset < 0:
        return offset // 2
    if offset >= size:
        return len(instructions) + (offset - size) // 2
    begin = begin_of_instruction(code, offset)
    return next(index for index, one in enumerate(instructions) if one.offset == begin)


def _row(
    addresses: CodeAddresses, columns: Columns, code: CodeType, instructions: list[dis.Instruction], index: int
) -> Row:
    if not 0 <= index < len(instructions):
        outside = 2 * index if index < 0 else len(code.co_code) + 2 * (index - len(instructions))
        return {"address": addresses.address(code, outside), "instruction": "—", "presentationHint": "invalid"}
    one = instructions[index]
    row: Row = {
        "address": addresses.address(code, one.offset),
        "instructionBytes": code.co_code[one.offset : one.offset + 2].hex(" "),
        "instruction": _text(addresses, code, one),
    }
    if index == 0:
        row["symbol"] = code.co_qualname
    place = one.positions
    line = place.lineno if place is not None else None
    if place is not None and line is not None:
        row["line"] = line
        ends = {"column": (line, place.col_offset), "endColumn": (place.end_lineno, place.end_col_offset)}
        for name, (where, column) in ends.items():
            if where is not None and column is not None:
                row[name] = columns.column(code.co_filename, where, column)
        row["endLine"] = place.end_lineno or line
    return row


def _text(addresses: CodeAddresses, code: CodeType, instruction: dis.Instruction) -> str:
    if instruction.arg is None:
        return instruction.opname
    operand = instruction.argrepr or str(instruction.arg)
    if instruction.opcode in _JUMPS:
        operand = f"to {addresses.address(code, instruction.argval)}"
    return f"{instruction.opname:<{_NAME_WIDTH}} {operand}"


def instruction_at(addresses: CodeAddresses, reference: str, offset: int) -> tuple[CodeType, int]:
    """Return the code and the offset of the instruction `offset` bytes behind `reference`. Raises RequestError."""
    code, begin = addresses.find(reference)
    found = begin + offset
    if not 0 <= found < len(code.co_code) or begin_of_instruction(code, found) != found:
        raise RequestError("There is no instruction at this address.")
    return code, found
