"""The instructions of a code object, how deep the evaluation stack is at each, and where exceptions go.

The depth has to be worked out: while an instruction is being reported the interpreter has not written it down (3.12 and
later), though the values lie in the frame. It is the same at an instruction by whatever way it is reached.
"""

from __future__ import annotations

import opcode
from collections.abc import Sequence
from types import CodeType
from typing import NamedTuple

from ..exception_table import protected_ranges

_CACHE = opcode.opmap["CACHE"]
_EXTENDED_ARG = opcode.opmap["EXTENDED_ARG"]
_JUMPS = frozenset(opcode.hasjrel)
_BACKWARD = frozenset(number for name, number in opcode.opmap.items() if "JUMP_BACKWARD" in name)
_NEVER_FALL_THROUGH = frozenset(
    opcode.opmap[name]
    for name in (
        "RETURN_VALUE",
        "RETURN_CONST",
        "RAISE_VARARGS",
        "RERAISE",
        "JUMP_FORWARD",
        "JUMP_BACKWARD",
        "JUMP_BACKWARD_NO_INTERRUPT",
    )
    if name in opcode.opmap
)


# Pushes what the caller sends to a generator that begins; `stack_effect` says so from 3.13 on only.
_RETURN_GENERATOR = opcode.opmap["RETURN_GENERATOR"]


class Instruction(NamedTuple):
    """One instruction with its argument. `offset`: of its first prefix; `end`: of what follows its caches."""

    offset: int
    end: int
    opcode: int
    argument: int


_STORE_FAST = opcode.opmap["STORE_FAST"]
_DELETE_FAST = opcode.opmap["DELETE_FAST"]
_STORE_FAST_STORE_FAST = opcode.opmap.get("STORE_FAST_STORE_FAST")
_STORE_FAST_LOAD_FAST = opcode.opmap.get("STORE_FAST_LOAD_FAST")


class Handler(NamedTuple):
    """What happens to an exception of the instructions from `start` up to `end`; `depth` is that at `target`."""

    start: int
    end: int
    target: int
    depth: int


def instructions(code: CodeType) -> list[Instruction]:
    """Return the instructions of `code` in the order of their offsets."""
    raw = code.co_code
    found = []
    offset, argument, at, size = -1, 0, 0, len(raw)
    while at < size:
        number = raw[at]
        argument = argument << 8 | raw[at + 1]
        if offset < 0:
            offset = at
        at += 2
        if number == _EXTENDED_ARG:
            continue
        while at < size and raw[at] == _CACHE:
            at += 2
        found.append(Instruction(offset, at, number, argument))
        offset, argument = -1, 0
    return found


def handlers(code: CodeType) -> list[Handler]:
    """Return the handlers of `code`; their depth counts what the interpreter pushes for them."""
    return [
        Handler(one.start, one.end, one.target, one.depth + one.pushes_offset + 1) for one in protected_ranges(code)
    ]


def stack_depths(code: CodeType, found: Sequence[Instruction]) -> dict[int, int]:
    """Return how many values are on the evaluation stack before each instruction, by offset."""
    index_of = {one.offset: index for index, one in enumerate(found)}
    depths: dict[int, int] = {}
    waiting = [(0, 0)]
    waiting += [(handler.target, handler.depth) for handler in handlers(code)]
    while waiting:
        offset, depth = waiting.pop()
        while offset in index_of and offset not in depths:
            depths[offset] = depth
            one = found[index_of[offset]]
            if one.opcode in _JUMPS:
                waiting.append((jump_target(one), depth + effect(one, jump=True)))
            if one.opcode in _NEVER_FALL_THROUGH:
                break
            depth += effect(one, jump=False)
            offset = one.end
    return depths


def stores_fast(one: Instruction) -> tuple[int, ...]:
    """Return the numbers of the local variables that an instruction binds or unbinds."""
    if one.opcode in {_STORE_FAST, _DELETE_FAST}:
        return (one.argument,)
    if one.opcode == _STORE_FAST_STORE_FAST:
        return (one.argument >> 4, one.argument & 15)
    return (one.argument >> 4,) if one.opcode == _STORE_FAST_LOAD_FAST else ()


def jump_target(one: Instruction) -> int:
    """Return where a jump goes."""
    distance = one.argument * 2
    return one.end - distance if one.opcode in _BACKWARD else one.end + distance


def jump_targets(found: Sequence[Instruction]) -> frozenset[int]:
    """Return the offsets of the instructions that others jump to."""
    return frozenset(jump_target(one) for one in found if one.opcode in _JUMPS)


def effect(one: Instruction, *, jump: bool) -> int:
    """Return by how much an instruction changes the depth of the stack."""
    if one.opcode == _RETURN_GENERATOR:
        return 1
    argument = one.argument if one.opcode >= opcode.HAVE_ARGUMENT else None
    return opcode.stack_effect(one.opcode, argument, jump=jump)
