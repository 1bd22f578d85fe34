"""Where the operand of a site comes from: whether it is an argument of the call, which is known before anything runs.

Most attributes are set on `self`. Where the object of each write is an argument that nothing binds anew, a call has to
be looked at only once, when it begins.
"""

from __future__ import annotations

import inspect
import opcode
from types import CodeType

from ...frame_layout import FIRST_VARIABLE
from .bytecode import handlers, jump_targets, stores_fast
from .sites import Body, Site, Subject

_COPY, _SWAP = opcode.opmap["COPY"], opcode.opmap["SWAP"]
_LOAD_FAST = opcode.opmap["LOAD_FAST"]
# How many values instructions leave that jump nowhere, whatever they take. Of those that are not here nothing is known.
_LEAVES = {
    opcode.opmap[name]: count
    for count, names in (
        (0, "NOP PRECALL KW_NAMES POP_TOP STORE_FAST STORE_NAME STORE_GLOBAL STORE_DEREF STORE_ATTR STORE_SUBSCR"),
        (1, "LOAD_FAST LOAD_CONST LOAD_DEREF LOAD_ATTR LOAD_NAME BINARY_OP BINARY_SUBSCR COMPARE_OP CONTAINS_OP IS_OP"),
        (1, "UNARY_NEGATIVE UNARY_NOT UNARY_INVERT CALL BUILD_LIST BUILD_TUPLE BUILD_MAP BUILD_SET BUILD_STRING"),
        (1, "BUILD_SLICE FORMAT_VALUE LIST_EXTEND LIST_TO_TUPLE GET_ITER"),
        (2, "LOAD_METHOD LOAD_GLOBAL"),
    )
    for name in names.split()
    if name in opcode.opmap
}


def argument_behind(body: Body, site: Site) -> int | None:
    """Return the word of the frame that has the argument which a site is about; None where that is not known."""
    if site.subject is not Subject.WORDS or site.calls or site.count != 1:
        return None
    number = _variable_behind(body, site)
    if number is None or number >= _argument_count(body.code):
        return None
    if any(number in stores_fast(one) for one in body.instructions):
        return None
    return FIRST_VARIABLE + number


def _variable_behind(body: Body, site: Site) -> int | None:
    """Return the number of the variable whose value is on the stack where `site` looks, going back from there."""
    at = next(index for index, one in enumerate(body.instructions) if one.offset == site.offset)
    place = site.first_word - body.word_of(0)
    if place < 0:
        return None  # a variable, not the stack
    targets = {*jump_targets(body.instructions), *(handler.target for handler in handlers(body.code))}
    while at > 0 and body.instructions[at].offset not in targets:
        after = body.depth(body.instructions[at])
        at -= 1
        one = body.instructions[at]
        leaves = _LEAVES.get(one.opcode)
        if one.opcode == _SWAP:
            place = _swapped(place, after - 1, after - one.argument)
        elif one.opcode == _COPY:
            place = place - one.argument if place == after - 1 else place
        elif leaves is None:
            return None
        elif place >= after - leaves:
            return one.argument if one.opcode == _LOAD_FAST else None
    return None


def _swapped(place: int, first: int, second: int) -> int:
    return second if place == first else first if place == second else place


def _argument_count(code: CodeType) -> int:
    stars = bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return code.co_argcount + code.co_kwonlyargcount + stars
