"""What a frame will do with an exception that arrives in it, read from its code: nothing of the user's runs.

The interpreter's exception table says which handler is in force at an instruction. How a handler begins tells what it
is:

- `except X:` loads X and checks it, clause by clause; X is looked up as far as that is a matter of namespaces;
- `except:` drops the exception;
- `with` calls what the context manager left on the evaluation stack. For the context managers that are made to take
  exceptions (`contextlib.suppress`, `pytest.raises`, `assertRaises`, generators under `contextlib.contextmanager`) it
  is known which they take;
- everything else (`finally`, the end of a handler) hands the exception on to the handler around it.
"""

from __future__ import annotations

import dis
from _weakref import ReferenceType
from enum import Enum
from types import CodeType, FrameType, GeneratorType, MethodType, ModuleType
from typing import cast

from ...attributes import (
    find_class_attribute,
    instance_attributes,
    module_dict,
    type_module,
    type_mro,
    type_namespace,
    type_qualname,
)
from ...frame_layout import stack_item
from ...frames import read_locals
from ...records import record
from ..exception_table import Protected, protected_ranges

_GENERAL = (Exception, BaseException)
_CHECK = "CHECK_EXC_MATCH"
_BUILDS = frozenset({"BUILD_TUPLE"})
_GLOBALS = frozenset({"LOAD_GLOBAL", "LOAD_NAME"})
_LOCALS = frozenset({"LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_DEREF", "LOAD_CLASSDEREF"})
_NOTHING = frozenset({"NOP", "PUSH_NULL", "EXTENDED_ARG"})
# Handlers within handlers that are followed outwards.
_DEEPEST = 20
# Where context managers that take exceptions keep the types of those: by the module and name of the class.
_TAKES = {
    ("contextlib", "suppress"): "_exceptions",
    ("unittest.case", "_AssertRaisesContext"): "expected",
    ("_pytest.python_api", "RaisesContext"): "expected_exception",
    ("_pytest.raises", "RaisesExc"): "expected_exceptions",
}


class Catch(Enum):
    """How a frame takes an exception."""

    NAMED = "a handler says that it expects exceptions of such a type"
    ALL = "a handler takes everything, expected or not"


@record
class _Handler:
    """How a handler begins. `clauses`: the instructions that load each clause's type."""

    clauses: tuple[tuple[dis.Instruction, ...], ...] = ()
    takes_all: bool = False
    hands_on: bool = False  # a bare `raise` is somewhere in it
    is_with: bool = False


class _Code:
    """The handlers of one code object, each read when it is first asked for."""

    def __init__(self, code: CodeType) -> None:
        self.entries = tuple(protected_ranges(code))
        self._handlers: dict[int, _Handler] = {}

    def entry_at(self, offset: int) -> Protected | None:
        return next((one for one in self.entries if one.start <= offset < one.end), None)

    def handler(self, code: CodeType, offset: int) -> _Handler:
        known = self._handlers.get(offset)
        if known is None:
            known = self._handlers[offset] = _read_handler(code, offset)
        return known


_codes: dict[int, tuple[ReferenceType[CodeType], _Code]] = {}


def catches(frame: FrameType, exception: BaseException) -> Catch | None:
    """Say how `frame`, in the middle of a call or a yield, will take `exception`; None where it lets it through."""
    return _catches(frame, exception, _DEEPEST)


def _catches(frame: FrameType, exception: BaseException, left: int) -> Catch | None:
    code = frame.f_code
    known = _table_of(code)
    offset = frame.f_lasti
    while left:
        left -= 1
        entry = known.entry_at(offset)
        if entry is None:
            return None
        handler = known.handler(code, entry.target)
        found = _decide(handler, frame, exception, entry, left)
        if found is not None:
            return found
        offset = entry.target
    return None


def _decide(handler: _Handler, frame: FrameType, exception: BaseException, entry: Protected, left: int) -> Catch | None:
    if handler.is_with:
        return _context_manager_takes(stack_item(frame, entry.depth - 1), exception, left)
    for clause in handler.clauses:
        types = [one for one in _types(_evaluate(clause, frame)) if _is_instance(exception, one)]
        if any(one is general for one in types for general in _GENERAL):
            return None if handler.hands_on else Catch.ALL
        if types:
            return Catch.NAMED
    return Catch.ALL if handler.takes_all and not handler.hands_on else None


def _table_of(code: CodeType) -> _Code:
    number = id(code)
    known = _codes.get(number)
    if known is None:
        known = _codes[number] = (ReferenceType(code, lambda _: _codes.pop(number, None)), _Code(code))
    return known[1]


def _read_handler(code: CodeType, offset: int) -> _Handler:
    instructions = [one for one in dis.get_instructions(code) if one.offset >= offset]
    if not instructions or instructions[0].opname != "PUSH_EXC_INFO":
        return _Handler()
    following = instructions[1].opname
    if following == "WITH_EXCEPT_START":
        return _Handler(is_with=True)
    hands_on = _raises_again(instructions)
    if following == "POP_TOP":
        return _Handler(takes_all=True, hands_on=hands_on)
    clauses, at = [], 1
    while True:
        end = next((i for i in range(at, len(instructions)) if instructions[i].opname == _CHECK), None)
        loads = tuple(one for one in instructions[at:end] if one.opname not in _NOTHING) if end is not None else ()
        if end is None or not loads or not all(_loads_type(one) for one in loads):
            break
        clauses.append(loads)
        failed = instructions[end + 1]
        at = next((i for i, one in enumerate(instructions) if one.offset == failed.argval), len(instructions))
    # Behind the last clause there may be an `except:`.
    takes_all = bool(clauses) and at < len(instructions) and instructions[at].opname == "POP_TOP"
    return _Handler(tuple(clauses), takes_all=takes_all, hands_on=hands_on)


def _raises_again(instructions: list[dis.Instruction]) -> bool:
    """Say whether there is a bare `raise` between the beginning of a handler and its end."""
    for one in instructions[1:]:
        if one.opname == "RAISE_VARARGS" and one.arg == 0:
            return True
        if one.opname == "PUSH_EXC_INFO" or (one.opname == "COPY" and one.arg == 3):
            return False
    return False


def _loads_type(instruction: dis.Instruction) -> bool:
    return instruction.opname in {"LOAD_ATTR"} | _GLOBALS | _LOCALS | _BUILDS


def _evaluate(loads: tuple[dis.Instruction, ...], frame: FrameType) -> object:
    """Return what `loads` load in `frame`, as far as that is a matter of namespaces; None elsewhere."""
    stack: list[object] = []
    for one in loads:
        name = str(one.argval)
        if one.opname in _GLOBALS:
            # Neither a module's globals nor its built-ins are asked in a way that a subclass of dict could notice.
            stack.append(dict.get(frame.f_globals, name, dict.get(frame.f_builtins, name)))
        elif one.opname in _LOCALS:
            stack.append(read_locals(frame).get(name))
        elif one.opname == "LOAD_ATTR":
            stack.append(_attribute(stack.pop(), name) if stack else None)
        else:
            count = one.arg or 0
            items = tuple(stack[len(stack) - count :])
            del stack[len(stack) - count :]
            stack.append(items)
    return stack[-1] if stack else None


def _attribute(owner: object, name: str) -> object:
    if type(owner) is ModuleType:
        return module_dict(owner).get(name)
    if issubclass(type(owner), type):
        for base in type_mro(cast(type, owner)):
            if name in type_namespace(base):
                return type_namespace(base)[name]
        return None
    return (instance_attributes(owner) or {}).get(name, find_class_attribute(type(owner), name))


def _types(value: object) -> list[type]:
    """Return the exception types in what an `except` clause names, tuples opened."""
    if type(value) is tuple:
        return [one for item in value for one in _types(item)]
    return [cast(type, value)] if issubclass(type(value), type) else []


def _is_instance(exception: BaseException, cls: type) -> bool:
    """Say what the interpreter's `except` says: no metaclass is asked."""
    return any(base is cls for base in type_mro(type(exception)))


def _context_manager_takes(leaving: object, exception: BaseException, left: int) -> Catch | None:
    """Say what a context manager, of which `leaving` is the bound `__exit__`, does with `exception`."""
    if type(leaving) is not MethodType:
        return None
    manager = leaving.__self__
    cls = type(manager)
    if (type_module(cls), type_qualname(cls)) == ("contextlib", "_GeneratorContextManager"):
        generator = (instance_attributes(manager) or {}).get("gen")
        inner = generator.gi_frame if type(generator) is GeneratorType else None
        return _catches(inner, exception, left) if inner is not None else None
    for base in type_mro(cls):
        attribute = _TAKES.get((str(type_module(base)), type_qualname(base)))
        if attribute is not None:
            types = _types((instance_attributes(manager) or {}).get(attribute))
            return Catch.NAMED if any(_is_instance(exception, one) for one in types) else None
    return None
