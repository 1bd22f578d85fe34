"""Which instructions of a code object may write (or read) a watched place, told by names and opcodes alone.

A store to a name, an attribute or an item is found for certain. For calls the name decides: `append`, `update`,
`setattr` and the like are taken to write, and so is every call of code that has such a method in its hands without
calling it on the spot. What writes without any of these (C code that got hold of the object otherwise) has no site.
"""

from __future__ import annotations

import opcode
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from types import CodeType

from ...frame_layout import FIRST_VARIABLE, variable_names
from ...records import record, replace
from .bytecode import Instruction, effect, handlers, instructions, stack_depths, stores_fast
from .masking import is_masked, masked_spans
from .writing_names import (
    CHANGES_DEQUE,
    CHANGES_DICT,
    CHANGES_LIST,
    CHANGES_SET,
    GIVES_NAMESPACE,
    SETS_ATTRIBUTE,
    sets_attribute,
)


class Subject(Enum):
    """How to tell, when an instruction is about to run, whether it concerns a place."""

    FRAME = "it does where the frame is the place's"
    GLOBALS = "where the frame's globals are the place's namespace"
    LOCALS = "where the frame's namespace is"
    WORDS = "where one of the operands is the place's owner, or a variable is in its cell"
    UNKNOWN = "perhaps: what is there before and after tells"


@record
class Site:
    """An instruction that may write or read a place.

    after: where to look whether it did. first_word, count: which of the frame's words may be the address of the owner.
    keyed: the word behind them is a key. calls: the first two are of a function, and perhaps what it is bound to.
    holder: of a call, the offset of the instruction that takes the method from its object, where one does.
    """

    code: CodeType
    offset: int
    after: frozenset[int]
    subject: Subject
    reads: bool = False
    first_word: int = 0
    count: int = 0
    keyed: bool = False
    calls: bool = False
    holder: int | None = None


def _numbers(*names: str) -> frozenset[int]:
    return frozenset(opcode.opmap[name] for name in names if name in opcode.opmap)


_CALLS = _numbers("CALL", "CALL_KW", "CALL_FUNCTION_EX")
# What runs a lazy iterator that has been given a method that writes.
_PULLS = _CALLS | _numbers("FOR_ITER", "LIST_EXTEND", "SET_UPDATE", "UNPACK_SEQUENCE", "UNPACK_EX")
_PRECALL = opcode.opmap.get("PRECALL")
_CALL = opcode.opmap["CALL"]
_ATTRIBUTE_LOADS = _numbers("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR")
_NAME_LOADS = _numbers("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
_STORE_GLOBAL = _numbers("STORE_GLOBAL", "DELETE_GLOBAL")
_STORE_NAME = _numbers("STORE_NAME", "DELETE_NAME")
_STORE_ATTR = _numbers("STORE_ATTR", "DELETE_ATTR")
_STORE_DEREF = _numbers("STORE_DEREF", "DELETE_DEREF")
_LOAD_DEREF = _numbers("LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF")
_LOAD_FAST = _numbers("LOAD_FAST", "LOAD_FAST_CHECK")
_LOAD_FAST_LOAD_FAST = opcode.opmap.get("LOAD_FAST_LOAD_FAST")
_STORE_FAST_LOAD_FAST = opcode.opmap.get("STORE_FAST_LOAD_FAST")
_LOAD_ATTR = opcode.opmap["LOAD_ATTR"]
_LOAD_SUPER_ATTR = opcode.opmap.get("LOAD_SUPER_ATTR")
_LOAD_GLOBAL = opcode.opmap["LOAD_GLOBAL"]
_IMPORT_FROM = opcode.opmap["IMPORT_FROM"]
_BINARY_SUBSCR = opcode.opmap["BINARY_SUBSCR"]
_BINARY_OP = opcode.opmap["BINARY_OP"]
_LOAD_CONST = opcode.opmap["LOAD_CONST"]
_OPERATORS = {symbol: number for number, (_, symbol) in enumerate(opcode._nb_ops)}  # type: ignore[attr-defined]
# LOAD_ATTR tells methods by a bit of its argument from 3.12 on.
TELLS_METHODS = "LOAD_METHOD" not in opcode.opmap or "LOAD_SUPER_ATTR" in opcode.opmap
# Opcode → which value from the top (1 is the topmost) is the container that is written.
_STORE_ITEM = {
    opcode.opmap[name]: place
    for name, place in {"STORE_SUBSCR": 2, "DELETE_SUBSCR": 2, "STORE_SLICE": 3}.items()
    if name in opcode.opmap
}


@record
class Changing:
    """The ways to change containers of one kind: operators in place, and names of methods and functions."""

    operators: frozenset[int]
    methods: frozenset[str]
    # Whether reading an item may add it, as a defaultdict does.
    by_reading: bool = False

    @classmethod
    def by(cls, operators: str, methods: frozenset[str], *, reading: bool = False) -> Changing:
        """`operators` as they are written, with blanks between."""
        return cls(frozenset(_OPERATORS[symbol] for symbol in operators.split()), methods, reading)


CHANGING_LIST = Changing.by("+= *=", CHANGES_LIST)
CHANGING_DICT = Changing.by("|=", CHANGES_DICT)
CHANGING_DEFAULTDICT = Changing.by("|=", CHANGES_DICT, reading=True)
CHANGING_SET = Changing.by("|= &= -= ^=", CHANGES_SET)
CHANGING_DEQUE = Changing.by("+= *=", CHANGES_DEQUE)


class Body:
    """A code object, and what was found out about it so far."""

    def __init__(self, code: CodeType) -> None:
        self.code = code
        self.instructions: Sequence[Instruction] = instructions(code)
        self._handlers = handlers(code)
        self._depths: dict[int, int] | None = None
        self.variables = variables_of_code(code)
        self._stack = FIRST_VARIABLE + len(self.variables)

    def depth(self, one: Instruction) -> int:
        """Return the depth of the stack before an instruction; 0 where it is never reached."""
        if self._depths is None:
            self._depths = stack_depths(self.code, self.instructions)
        return self._depths.get(one.offset, 0)

    def word_of(self, place: int) -> int:
        """Return which word of the frame a place on the stack is."""
        return self._stack + place

    def after(self, one: Instruction) -> frozenset[int]:
        """Return where execution goes on when an instruction is done, or has raised."""
        targets = [handler.target for handler in self._handlers if handler.start <= one.offset < handler.end]
        return frozenset((one.end, *targets))

    def name(self, one: Instruction) -> str:
        """Return the name that an instruction is about; empty where it is about none."""
        number = one.argument
        if one.opcode == _LOAD_GLOBAL or (one.opcode == _LOAD_ATTR and TELLS_METHODS):
            number >>= 1
        elif one.opcode == _LOAD_SUPER_ATTR:
            number >>= 2
        return self.code.co_names[number] if number < len(self.code.co_names) else ""

    def unknown(self, one: Instruction) -> Site:
        """Return the site of an instruction that perhaps writes."""
        return Site(self.code, one.offset, self.after(one), Subject.UNKNOWN)

    def operand(self, one: Instruction, from_top: int, count: int = 1, *, reads: bool = False) -> Site:
        """Return the site of an instruction that does if one of `count` values on the stack is the owner."""
        depth = self.depth(one)
        if depth < from_top:
            return Site(self.code, one.offset, self.after(one), Subject.UNKNOWN, reads)
        return self.words(one, self._stack + depth - from_top, count, reads=reads)

    def words(self, one: Instruction, first: int, count: int, *, reads: bool = False) -> Site:
        """Return the site of an instruction that does if one of these words of the frame is the owner's address."""
        return Site(self.code, one.offset, self.after(one), Subject.WORDS, reads, first, count)


def local_sites(body: Body, name: str, *, reads: bool) -> Iterator[Site]:
    """Yield where the function binds (or reads) its variable."""
    spans = masked_spans(body.code, name)
    number = body.code.co_varnames.index(name)
    for one in body.instructions:
        if is_masked(spans, one.offset):
            continue
        if (number in _loads_fast(one)) if reads else (number in stores_fast(one)):
            yield Site(body.code, one.offset, body.after(one), Subject.FRAME, reads)


def _loads_fast(one: Instruction) -> tuple[int, ...]:
    if one.opcode in _LOAD_FAST:
        return (one.argument,)
    if one.opcode == _LOAD_FAST_LOAD_FAST:
        return (one.argument >> 4, one.argument & 15)
    return (one.argument & 15,) if one.opcode == _STORE_FAST_LOAD_FAST else ()


def cell_sites(body: Body, name: str, *, reads: bool) -> Iterator[Site]:
    """Yield where code binds (or reads) a variable that functions share."""
    names = body.variables
    wanted = _LOAD_DEREF if reads else _STORE_DEREF
    for one in body.instructions:
        if one.opcode in wanted and one.argument < len(names) and names[one.argument] == name:
            yield body.words(one, FIRST_VARIABLE + one.argument, 1, reads=reads)
        elif one.opcode in (_ATTRIBUTE_LOADS if reads else _STORE_ATTR) and body.name(one) == "cell_contents":
            yield body.operand(one, 1, reads=reads)


def namespace_sites(body: Body, name: str, *, reads: bool) -> Iterator[Site]:
    """Yield where code binds (or reads) a name of a module, or the module's attribute."""
    if reads:
        for one in body.instructions:
            if body.name(one) != name:
                continue
            if one.opcode in _NAME_LOADS:
                subject = Subject.GLOBALS if one.opcode == _LOAD_GLOBAL else Subject.LOCALS
                yield Site(body.code, one.offset, frozenset(), subject, reads=True)
            elif one.opcode in _ATTRIBUTE_LOADS or one.opcode == _IMPORT_FROM:
                yield body.operand(one, 1, reads=True)
        return
    for one in body.instructions:
        if one.opcode in _STORE_GLOBAL and body.name(one) == name:
            yield Site(body.code, one.offset, body.after(one), Subject.GLOBALS)
        elif one.opcode in _STORE_NAME and body.name(one) == name:
            yield Site(body.code, one.offset, body.after(one), Subject.LOCALS)
        elif one.opcode in _STORE_ATTR and body.name(one) == name:
            yield body.operand(one, 1)
    yield from _calls_of(body, SETS_ATTRIBUTE.__contains__)
    if not GIVES_NAMESPACE.isdisjoint(body.code.co_names):
        yield from _item_stores(body, CHANGING_DICT.operators)
        yield from _calls_of(body, CHANGING_DICT.methods.__contains__)
    if imports_all(body.code):
        star = _numbers("IMPORT_STAR", "CALL_INTRINSIC_1")
        yield from (body.unknown(one) for one in body.instructions if one.opcode in star)


def attribute_sites(body: Body, name: str, *, reads: bool) -> Iterator[Site]:
    """Yield where code sets (or reads) an attribute of this name."""
    for one in body.instructions:
        if one.opcode in (_ATTRIBUTE_LOADS if reads else _STORE_ATTR):
            stored = body.name(one)
            if stored == name or (stored == "__dict__" and not reads):
                yield body.operand(one, 1, reads=reads)
    if reads:
        return
    yield from _calls_of(body, sets_attribute)
    if not GIVES_NAMESPACE.isdisjoint(body.code.co_names):
        # The object's dict is none of its own while it is kept inside: what was there before and after tells.
        yield from (body.unknown(one) for one in body.instructions if _is_item_store(one, CHANGING_DICT.operators))
        yield from (
            Site(one.code, one.offset, one.after, Subject.UNKNOWN)
            for one in _calls_of(body, CHANGING_DICT.methods.__contains__)
        )


def item_sites(body: Body, way: Changing, *, reads: bool) -> Iterator[Site]:
    """Yield where code sets (or reads) items, or changes containers in other ways."""
    if reads:
        for one in body.instructions:
            if one.opcode == _BINARY_SUBSCR:
                yield replace(body.operand(one, 2, reads=True), keyed=True)
        return
    yield from _item_stores(body, way.operators)
    if way.by_reading:
        yield from (body.operand(one, 2) for one in body.instructions if one.opcode == _BINARY_SUBSCR)
    yield from _calls_of(body, way.methods.__contains__)


def may_store_items(code: CodeType, way: Changing) -> bool:
    """Say whether `item_sites` could find anything. Cheap."""
    if not way.methods.isdisjoint(code.co_names):
        return True
    opcodes = code.co_code[::2]
    stores = (*_STORE_ITEM, _BINARY_OP, *((_BINARY_SUBSCR,) if way.by_reading else ()))
    return any(number in opcodes for number in stores)


def may_set_attributes(code: CodeType) -> bool:
    """Say whether code may set attributes, or names of a module, otherwise than by their name. Cheap."""
    names = code.co_names
    return not GIVES_NAMESPACE.isdisjoint(names) or any(map(sets_attribute, names))


def imports_all(code: CodeType) -> bool:
    """Say whether `code` may have an `import *`. Cheap."""
    return any(type(one) is tuple and "*" in one for one in code.co_consts)


def variables_of_code(code: CodeType) -> tuple[str, ...]:
    """Return the names of all variables of `code`, in the order of the numbers that its instructions use."""
    names = variable_names(code)
    if names is not None:
        return names
    cells = [name for name in code.co_cellvars if name not in code.co_varnames]
    return (*code.co_varnames, *cells, *code.co_freevars)


def _is_item_store(one: Instruction, operators: frozenset[int]) -> bool:
    return one.opcode in _STORE_ITEM or (one.opcode == _BINARY_OP and one.argument in operators)


def _item_stores(body: Body, operators: frozenset[int]) -> Iterator[Site]:
    before: Instruction | None = None
    for one in body.instructions:
        if _is_item_store(one, operators) and not (one.opcode == _BINARY_OP and _adds_number(body.code, before, one)):
            yield body.operand(one, _STORE_ITEM.get(one.opcode, 2))
        before = one


def _adds_number(code: CodeType, before: Instruction | None, one: Instruction) -> bool:
    """Say whether an operator's right side is a number, by which only a `*=` changes a list."""
    if before is None or before.opcode != _LOAD_CONST or one.argument == _OPERATORS["*="]:
        return False
    return type(code.co_consts[before.argument]) in {int, float}


def _calls_of(body: Body, wanted: Callable[[str], bool]) -> Iterator[Site]:
    """Yield the calls of functions and methods of a wanted name.

    Where one is loaded and not called on the spot, any call of the code may be its.
    """
    if not any(map(wanted, body.code.co_names)):
        return
    found: dict[int, Site] = {}
    for index, one in enumerate(body.instructions):
        if one.opcode not in _ATTRIBUTE_LOADS and one.opcode not in _NAME_LOADS:
            continue
        if not wanted(body.name(one)):
            continue
        call = _call_of(body, index)
        if call is None:
            yield from (body.unknown(other) for other in body.instructions if other.opcode in _PULLS)
            return
        # One call of several methods, by turns: of none of them is it known to be this one's.
        found[call.offset] = replace(call, holder=None) if call.offset in found else call
    yield from found.values()


def _call_of(body: Body, index: int) -> Site | None:
    """Return the call of what the instruction at `index` loads; None where it is not called on the spot.

    That call leaves its result where the function was, so it is the first instruction that leaves no more than that.
    """
    load = body.instructions[index]
    before = body.depth(load)
    is_attribute = load.opcode in _ATTRIBUTE_LOADS
    # An attribute takes the place of its object, or for `super()` of three values.
    bottom = before - (3 if load.opcode == _LOAD_SUPER_ATTR else 1) if is_attribute else before
    pushed = 0
    for one in body.instructions[index + 1 :]:
        if one.opcode == _PRECALL:
            # 3.11 counts the arguments as gone here, though the call that follows takes them.
            pushed = body.depth(one)
            continue
        left = body.depth(one) + effect(one, jump=False)
        if left > bottom + 1:
            continue
        if one.opcode not in _CALLS or left < bottom:
            return None
        if one.opcode != _CALL:
            return body.unknown(one)
        # Whatever the call is given, the object that the method belongs to included.
        depth = pushed or body.depth(one)
        holder = load.offset if is_attribute and load.opcode != _LOAD_SUPER_ATTR else None
        return replace(body.words(one, body.word_of(bottom), depth - bottom), calls=True, holder=holder)
    return None
