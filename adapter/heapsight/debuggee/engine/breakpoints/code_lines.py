"""Which lines of a code object a breakpoint can be on, and which code objects of a file exist in this process."""

from __future__ import annotations

import gc
import inspect
import itertools
import opcode
import operator
from collections.abc import Callable, Iterator, Sequence
from types import CodeType, FrameType, FunctionType

from ...frames import frames_of_threads
from ...own import is_own_code
from .module_functions import Namespace, all_namespaces, code_of_functions_in

_RESUME = opcode.opmap["RESUME"]
_COMPREHENSIONS = frozenset({"<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>"})
_TYPE_PARAMETERS = "<generic parameters of "


def event_lines(code: CodeType) -> frozenset[int]:
    """Return the lines of `code` that the interpreter reports a 'line' event for, nested code objects left out."""
    first = first_traceable(code)
    return frozenset(line for _, end, line in code.co_lines() if line is not None and end > first)


def breakable_lines(code: CodeType) -> frozenset[int]:
    """Return the lines of `code` that a breakpoint stops on.

    These are its event lines without those that only repeat an event of the code around it: the first line of a
    comprehension (whose expression would stop once more for each element), the `class` line inside the class's
    own body, the `def` line inside the code that makes type parameters.
    """
    lines = event_lines(code)
    if code.co_name in _COMPREHENSIONS or code.co_name.startswith(_TYPE_PARAMETERS):
        return lines - {code.co_firstlineno}
    if is_class_body(code):
        return lines - _class_header(code)
    return lines


def line_of(code: CodeType, offset: int) -> int | None:
    """Return the line of the instruction at `offset`."""
    return next((line for start, end, line in code.co_lines() if start <= offset < end), None)


def is_class_body(code: CodeType) -> bool:
    """Say whether `code` is the body of a `class` statement."""
    return not code.co_flags & inspect.CO_OPTIMIZED and "__qualname__" in code.co_names[:4]


def is_part_of_its_parent(code: CodeType) -> bool:
    """Say whether a reader sees `code` as a piece of the function around it: lambdas, comprehensions."""
    return code.co_name.startswith("<") and code.co_name != "<module>"


def nested_code(code: CodeType) -> Iterator[CodeType]:
    """Yield `code` and every code object compiled within it."""
    waiting = [code]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(constant for constant in current.co_consts if type(constant) is CodeType)


def begins_line(code: CodeType, offset: int) -> bool:
    """Say whether a line begins at the instruction at `offset`."""
    return any(start == offset for start, _, _ in code.co_lines())


def last_line(code: CodeType) -> int:
    """Return the last source line that any instruction of `code`, nested code objects left out, belongs to."""
    ends = (end for _, end, _, _ in code.co_positions() if end is not None)
    return max(ends, default=code.co_firstlineno)


def find_code(wanted: Callable[[CodeType], bool], namespaces: Sequence[Namespace] = ()) -> list[CodeType]:
    """Return the code objects in this process that `wanted` accepts: of functions, of running frames, nested ones.

    namespaces: of the modules whose functions are enough. Without any, all objects of the program are looked at, which
    takes 0.1 s for a million. Runs no user code and lets no other thread run while it looks at them.
    """
    found: dict[int, CodeType] = {}
    refused: set[int] = set()
    functions = code_of_functions_in(namespaces) if namespaces else _code_of_functions()
    for root in (*functions, *_code_of_frames()):
        if id(root) in found or id(root) in refused or is_own_code(root):
            continue
        for code in nested_code(root):
            if wanted(code):
                found[id(code)] = code
            else:
                refused.add(id(code))
    return list(found.values())


def first_traceable(code: CodeType) -> int:
    """Return the offset after which instructions count as lines: what comes up to RESUME sets the frame up."""
    instructions = code.co_code
    for offset in range(0, len(instructions), 2):
        if instructions[offset] == _RESUME:
            return offset + 2
    return 0


def _class_header(code: CodeType) -> frozenset[int]:
    """Return the lines of the instructions that name the class, before its first statement."""
    store_name = opcode.opmap["STORE_NAME"]
    first = first_traceable(code)
    header = {code.co_firstlineno}
    instructions = code.co_code
    for start, end, line in code.co_lines():
        if line is None or end <= first:
            continue
        for offset in range(start, end, 2):
            if instructions[offset] == store_name and code.co_names[instructions[offset + 1]] == "__qualname__":
                header.add(line)
                return frozenset(header)
    return frozenset(header)


# 3.12 starts with a few hundred objects hidden; a program that calls `gc.freeze` hides all that it has imported.
_HIDDEN_BY_THE_INTERPRETER = 2000
_code_of_function: Callable[[object], CodeType] = FunctionType.__dict__["__code__"].__get__


def _code_of_functions() -> list[CodeType]:
    """Return the code objects of all functions, found without one more reference to anything when threads run again.

    A reference kept any longer would hurt: an object whose last one it is would die on our thread, where its finalizer
    does not expect to run, and a tuple that a thread is still filling must have no second owner. So two statements
    without a call do all the work, since threads are switched after calls: the first puts the list of all objects into
    `lists`; the second walks it, twice at the same pace, and takes it out again when it comes to the end.
    """
    found: list[CodeType] = []
    lists: list[list[object]] = []
    objects = itertools.chain(itertools.chain.from_iterable(lists), filter(None, itertools.starmap(lists.clear, ((),))))
    kinds = map(type, itertools.chain.from_iterable(lists))
    functions = itertools.compress(objects, map(operator.is_, kinds, itertools.repeat(FunctionType)))
    codes = map(_code_of_function, functions)
    # The second list makes both walks leave the first before the end.
    all_objects = itertools.chain(itertools.starmap(gc.get_objects, ((),)), ([None, None],))
    lists += all_objects
    found += codes
    if gc.get_freeze_count() > _HIDDEN_BY_THE_INTERPRETER:
        found.extend(code_of_functions_in(all_namespaces()))
    return found


def _code_of_frames() -> list[CodeType]:
    # No local variable here names a frame: one of them is our own, and would live in a cycle with itself.
    return list(itertools.chain.from_iterable(map(_code_from, frames_of_threads().values())))


def _code_from(frame: FrameType | None) -> list[CodeType]:
    """Return the code objects of `frame` and its callers."""
    found = []
    while frame is not None:
        found.append(frame.f_code)
        frame = frame.f_back
    return found


def lines_at(code: CodeType, offsets: frozenset[int]) -> frozenset[int]:
    """Return the lines that the instructions at `offsets` belong to."""
    return frozenset(
        line for start, end, line in code.co_lines() if line is not None and any(start <= one < end for one in offsets)
    )
