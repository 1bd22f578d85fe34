"""Where the operand of a site comes from: an argument of the call, or a container that the call itself has made.

Most attributes are set on `self`. Where the object of each write is an argument that nothing binds anew, a call has to
be looked at only once, when it begins. And what a call has made that began after a place was watched is never what the
place is in: a function that fills a dict of its own need not be looked at at all.
"""

from __future__ import annotations

import inspect
import opcode
from types import CodeType

from ...frame_layout import FIRST_VARIABLE
from .bytecode import Instruction, handlers, jump_targets, stores_fast
from .sites import TELLS_METHODS, Body, Site, Subject

_COPY, _SWAP = opcode.opmap["COPY"], opcode.opmap["SWAP"]
_CALL = opcode.opmap["CALL"]
_LOAD_FAST = frozenset(opcode.opmap[name] for name in ("LOAD_FAST", "LOAD_FAST_CHECK") if name in opcode.opmap)
_LOAD_FAST_LOAD_FAST = opcode.opmap.get("LOAD_FAST_LOAD_FAST")
_STORE_FAST_LOAD_FAST = opcode.opmap.get("STORE_FAST_LOAD_FAST")
_DELETE_FAST = opcode.opmap["DELETE_FAST"]
_MAKE_FUNCTION = opcode.opmap["MAKE_FUNCTION"]
_LOAD_CONST = opcode.opmap["LOAD_CONST"]
_MAKES_CONTAINER = frozenset(
    opcode.opmap[name]
    for name in ("BUILD_LIST", "BUILD_MAP", "BUILD_SET", "BUILD_CONST_KEY_MAP")
    if name in opcode.opmap
)
# Functions of these names are called where they are made, and return a new container.
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})
# How many values instructions leave that jump nowhere, whatever they take. Of those that are not here nothing is known.
_LEAVES = {
    opcode.opmap[name]: count
    for count, names in (
        (0, "NOP PRECALL KW_NAMES POP_TOP STORE_FAST STORE_NAME STORE_GLOBAL STORE_DEREF STORE_ATTR STORE_SUBSCR"),
        (0, "STORE_FAST_STORE_FAST LIST_EXTEND SET_UPDATE DICT_UPDATE DICT_MERGE"),
        (1, "LOAD_FAST LOAD_CONST LOAD_DEREF LOAD_ATTR LOAD_NAME BINARY_OP BINARY_SUBSCR COMPARE_OP CONTAINS_OP IS_OP"),
        (1, "UNARY_NEGATIVE UNARY_NOT UNARY_INVERT CALL BUILD_LIST BUILD_TUPLE BUILD_MAP BUILD_SET BUILD_STRING"),
        (1, "BUILD_SLICE FORMAT_VALUE LIST_TO_TUPLE GET_ITER LOAD_FAST_CHECK STORE_FAST_LOAD_FAST"),
        (1, "BUILD_CONST_KEY_MAP MAKE_FUNCTION"),
        (1, "LOAD_GLOBAL"),
        (2, "LOAD_METHOD LOAD_FAST_LOAD_FAST"),
    )
    for name in names.split()
    if name in opcode.opmap
}
# Of these the lowest bit of the argument says that they leave one more: a method's object, or nothing in its place.
_MAY_LEAVE_ONE_MORE = frozenset({opcode.opmap["LOAD_GLOBAL"], *((opcode.opmap["LOAD_ATTR"],) if TELLS_METHODS else ())})
# What is behind an operand that is no variable, but a container made on the spot.
_NEW = -1


class Provenance:
    """What can be said about the operands of one code object, from its instructions alone."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._index_of = {one.offset: index for index, one in enumerate(body.instructions)}
        self._targets = {*jump_targets(body.instructions), *(handler.target for handler in handlers(body.code))}
        self._first_local = _argument_count(body.code)
        # By the numbers of variables what was found out about them.
        self._sources: dict[int, set[int | None]] = {}

    def argument(self, site: Site) -> int | None:
        """Return the word of the frame that has the argument which a site is about; None where that is not known."""
        if site.calls:
            return None
        number = self._behind_site(site)
        if number is None or number == _NEW or number >= self._first_local:
            return None
        if any(number in stores_fast(one) for one in self._body.instructions):
            return None
        return FIRST_VARIABLE + number

    def is_new(self, site: Site) -> bool:
        """Say whether what a site is about is a list, a dict or a set that the call which runs it has made."""
        if site.calls:
            if site.holder is None:
                return False
            index = self._index_of[site.holder]
            number = self._behind(index, self._body.depth(self._body.instructions[index]) - 1)
        else:
            number = self._behind_site(site)
        return number is not None and self._is_new(number)

    def _behind_site(self, site: Site) -> int | None:
        if site.subject is not Subject.WORDS or site.count != 1:
            return None
        # A negative place is that of a variable, not of the stack.
        place = site.first_word - self._body.word_of(0)
        return self._behind(self._index_of[site.offset], place) if place >= 0 else None

    def _is_new(self, number: int) -> bool:
        """Say whether a variable, or _NEW itself, is never anything but a container made by the call."""
        waiting: list[int | None] = [number]
        seen = {_NEW}
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            if one is None or not self._first_local <= one < self._body.code.co_nlocals:
                return False
            seen.add(one)
            waiting += self._bound_to(one)
        return True

    def _bound_to(self, number: int) -> set[int | None]:
        """Return what is behind the values that a variable is bound to."""
        if number not in self._sources:
            found: set[int | None] = set()
            for index, one in enumerate(self._body.instructions):
                bound = stores_fast(one)
                if number in bound and one.opcode != _DELETE_FAST:
                    top = self._body.depth(one) - 1
                    found |= {self._behind(index, top - nth) for nth, stored in enumerate(bound) if stored == number}
            self._sources[number] = found
        return self._sources[number]

    def _behind(self, at: int, place: int) -> int | None:
        """Return the variable whose value is at a place of the stack before instruction `at`; _NEW; None: not known."""
        listed = self._body.instructions
        is_called = False
        while at > 0 and listed[at].offset not in self._targets:
            after = self._body.depth(listed[at])
            at -= 1
            one = listed[at]
            leaves = _leaves(one)
            if one.opcode == _SWAP:
                place = _swapped(place, after - 1, after - one.argument)
            elif one.opcode == _COPY:
                place = place - one.argument if place == after - 1 else place
            elif leaves is None:
                return None
            elif place < after - leaves:
                continue
            elif one.opcode == _CALL and one.argument == 0 and not is_called:
                is_called = True  # what it returns is where the function was
            elif is_called:
                return _NEW if self._makes_comprehension(at) else None
            else:
                return _left_by(one, after - 1 - place)
        return None

    def _makes_comprehension(self, at: int) -> bool:
        before, one = self._body.instructions[at - 1], self._body.instructions[at]
        if one.opcode != _MAKE_FUNCTION or before.opcode != _LOAD_CONST:
            return False
        made = self._body.code.co_consts[before.argument]
        return type(made) is CodeType and made.co_name in _COMPREHENSIONS


def _leaves(one: Instruction) -> int | None:
    """Return how many values an instruction leaves on the stack; None where that, or where it goes, is not known."""
    count = _LEAVES.get(one.opcode)
    return count if count is None or one.opcode not in _MAY_LEAVE_ONE_MORE else count + (one.argument & 1)


def _left_by(one: Instruction, from_top: int) -> int | None:
    """Return which variable an instruction has put on the stack, so far from the top; _NEW for a new container."""
    if one.opcode in _LOAD_FAST:
        return one.argument
    if one.opcode == _LOAD_FAST_LOAD_FAST:
        return one.argument & 15 if from_top == 0 else one.argument >> 4
    if one.opcode == _STORE_FAST_LOAD_FAST:
        return one.argument & 15
    return _NEW if one.opcode in _MAKES_CONTAINER else None


def _swapped(place: int, first: int, second: int) -> int:
    return second if place == first else first if place == second else place


def _argument_count(code: CodeType) -> int:
    stars = bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return code.co_argcount + code.co_kwonlyargcount + stars
