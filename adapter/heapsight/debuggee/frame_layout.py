"""What a frame or a generator holds, read where it lies: no dict is made, no reference taken.

`frame.f_locals` makes a dict that 3.11 and 3.12 keep on the frame, tells a variable from the cell around it in no
version, and says nothing about the function that runs and the evaluation stack. The interpreter's own frame has all of
it. Its layout is known for the versions named here and is tried out at import; elsewhere `READS_FRAMES` is false and
the functions answer None.

Only addresses are read. An address may be compared with the `id()` of an object that is alive, and turned into an
object only while the thread that runs the frame cannot go on.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from types import CellType, CodeType, FrameType, GeneratorType

from .records import record

_WORD = 8
_FRAME_POINTER = 3 * _WORD  # in a frame object: after the object header and f_back
# In the interpreter's frame, in words:
FIRST_VARIABLE = 9
_STACK_TOP = 8
FUNCTION, NAMESPACE = (0, 3) if sys.version_info < (3, 12) else (2, 5)
_KNOWN_VERSIONS = {(3, 11), (3, 12), (3, 13)}

# Through these the words are read by one C operation each, from where the frame lies at that moment: a frame of a
# thread that still runs may move when it ends, but not in between.
_Words = ctypes.POINTER(ctypes.c_size_t)
_Objects = ctypes.POINTER(ctypes.py_object)


# What the compiler decided about a variable, bits of one byte. (No IntFlag: its operators run Python code, and these
# are asked for each variable of each frame.)
HIDDEN = 0x10
CELL = 0x40
FREE = 0x80
IN_CELL = CELL | FREE


@record
class FrameSlots:
    """Addresses (0: unbound) that one frame holds a reference to. `variables` is parallel to `names` and `kinds`."""

    names: tuple[str, ...]
    kinds: bytes
    variables: tuple[int, ...]
    stack: tuple[int, ...]  # empty where the interpreter has not saved it
    function: int
    namespace: int  # the dict that a module's or a class's frame runs in


def variable_names(code: CodeType) -> tuple[str, ...] | None:
    """Return the names of all variables of `code`: locals, cells, free variables, in the order of their values."""
    if not READS_FRAMES:
        return None
    return _names_and_kinds(code)[0]


def names_and_kinds(code: CodeType) -> tuple[tuple[str, ...], bytes] | None:
    """Return the objects in which `code` has names and kinds of its variables; None where they cannot be read."""
    return _names_and_kinds(code) if READS_FRAMES else None


def frame_slots(frame: FrameType) -> FrameSlots | None:
    """Return what `frame` holds, running or not."""
    if not READS_FRAMES:
        return None
    return _slots(_Words.from_address(id(frame) + _FRAME_POINTER), frame.f_code)


def generator_slots(generator: object, code: CodeType) -> FrameSlots | None:
    """Return what the frame of a generator, coroutine or async generator holds that has not come to its end."""
    if not READS_FRAMES:
        return None
    frame_at = id(generator) + _GENERATOR_FRAME
    return _slots(ctypes.pointer(ctypes.c_size_t.from_address(frame_at)), code)


def is_executing(generator: object) -> bool:
    """Say whether the frame of a generator, coroutine or async generator is on some thread's stack at this moment."""
    if READS_FRAMES:
        return ctypes.c_int8.from_address(id(generator) + _GENERATOR_STATE).value == 0
    for name in ("gi_running", "cr_running", "ag_running"):
        if hasattr(type(generator), name):
            return bool(getattr(generator, name))
    return False


def read_variables(frame: FrameType) -> dict[str, object] | None:
    """Return a new dict of the variables of `frame` that are bound, cells opened; None where frames cannot be read."""
    if not READS_FRAMES:
        return None
    return dict(_variables(frame))


def stack_item(frame: FrameType, index: int) -> object | None:
    """Return an item of the evaluation stack of `frame`, 0 the lowest; None where there is none, or no way to read it.

    The item has to be one that the frame's code keeps there at this point: the words above its stack are old.
    """
    if not READS_FRAMES or not 0 <= index < frame.f_code.co_stacksize:
        return None
    names, _ = _names_and_kinds(frame.f_code)
    objects = _Objects.from_address(id(frame) + _FRAME_POINTER)
    try:
        found: object = objects[FIRST_VARIABLE + len(names) + index]
    except ValueError:
        return None
    return found


@record
class VariablePlace:
    """Where frames of one code object keep a variable: `OBJECTS_AT(id(frame) + TO_OBJECTS)[index]`.

    That is one C operation that raises ValueError while the variable is not bound. `in_cell`: what it reads may be the
    cell around the value.
    """

    index: int
    in_cell: bool


TO_OBJECTS = _FRAME_POINTER
OBJECTS_AT = _Objects.from_address
_WORDS_AT = _Words.from_address


def variable_place(code: CodeType, name: str) -> VariablePlace | None:
    """Return where frames of `code` keep variable `name`; None where frames cannot be read or have no such variable."""
    if not READS_FRAMES:
        return None
    names, kinds = _names_and_kinds(code)
    if name not in names:
        return None
    place = names.index(name)
    return VariablePlace(FIRST_VARIABLE + place, bool(kinds[place] & IN_CELL))


def words_of(frame: FrameType, first: int, count: int) -> list[int] | None:
    """Return some words of a frame: addresses of its variables (from FIRST_VARIABLE on), then of its evaluation stack.

    0 where there is nothing. What lies beyond the top of the stack means nothing. None where frames cannot be read.
    """
    return _WORDS_AT(id(frame) + _FRAME_POINTER)[first : first + count] if READS_FRAMES else None


def _variables(frame: FrameType) -> Iterator[tuple[str, object]]:
    names, kinds = _names_and_kinds(frame.f_code)
    objects = _Objects.from_address(id(frame) + _FRAME_POINTER)
    for index, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        if kind & HIDDEN:
            continue
        try:
            value = objects[FIRST_VARIABLE + index]
            # An argument is put into its cell by the function's first instructions.
            if kind & IN_CELL and type(value) is CellType:
                value = value.cell_contents
        except ValueError:  # not bound
            continue
        yield name, value


def _names_and_kinds(code: CodeType) -> tuple[tuple[str, ...], bytes]:
    objects = ctypes.pointer(ctypes.py_object.from_address(id(code) + _NAMES_OFFSET))
    return objects[0], objects[1]


def _slots(words_at: ctypes._Pointer[ctypes.c_size_t], code: CodeType) -> FrameSlots:
    names, kinds = _names_and_kinds(code)
    end_of_variables = FIRST_VARIABLE + len(kinds)
    words = words_at[: end_of_variables + code.co_stacksize]
    # An int, the lower half of its word; -1 while the frame itself executes.
    top = words[_STACK_TOP] & 0xFFFFFFFF
    if sys.byteorder == "big":
        top = words[_STACK_TOP] >> 32
    end_of_stack = FIRST_VARIABLE + top if len(kinds) < top <= len(kinds) + code.co_stacksize else end_of_variables
    return FrameSlots(
        names,
        kinds,
        tuple(words[FIRST_VARIABLE:end_of_variables]),
        tuple(words[end_of_variables:end_of_stack]),
        words[FUNCTION],
        words[NAMESPACE],
    )


# A generator is as large as its own fields and a frame without variables.
_GENERATOR_FRAME = GeneratorType.__basicsize__ - FIRST_VARIABLE * _WORD
# The last of four bytes, filled up to a word, before the frame.
_GENERATOR_STATE = _GENERATOR_FRAME - _WORD + 3


def _find_names_offset() -> int:
    """Return where a code object keeps the names of its variables: two words before its file name. 0: not found."""
    if sys.version_info[:2] not in _KNOWN_VERSIONS or sys.implementation.name != "cpython":
        return 0
    if object.__basicsize__ != 2 * _WORD or ctypes.sizeof(ctypes.c_void_p) != _WORD:
        return 0  # free threading, reference tracing, 32 bits: everything lies elsewhere
    code = _trial.__code__
    words = ctypes.pointer(ctypes.c_size_t.from_address(id(code)))[: CodeType.__basicsize__ // _WORD]
    places = [index for index, word in enumerate(words) if word == id(code.co_filename)]
    return (places[0] - 2) * _WORD if places else 0


_Trial = tuple[object, FrameSlots | None, bool]


def _trial(first: list[object]) -> Iterator[_Trial]:
    second = [first]
    captured = [second]
    unbound: object
    frame = sys._getframe()
    yield lambda: captured, frame_slots(frame), is_executing(first[0])
    unbound = first
    yield lambda: unbound, None, False


def _reads_frames() -> bool:
    """Try the layout on a generator of our own, while it runs and while it waits."""
    if not _NAMES_OFFSET:
        return False
    argument: list[object] = []
    generator = _trial(argument)
    argument.append(generator)
    function, running, executing = next(generator)
    argument.clear()
    waiting = generator_slots(generator, _trial.__code__)
    if running is None or waiting is None or not executing or is_executing(generator):
        return False
    cells = {id(cell) for cell in getattr(function, "__closure__", ())}
    return all(_is_plausible(slots, id(argument), cells) for slots in (running, waiting))


def _is_plausible(slots: FrameSlots, argument: int, cells: set[int]) -> bool:
    found = dict(zip(slots.names, slots.variables, strict=True))
    kinds = dict(zip(slots.names, slots.kinds, strict=True))
    return (
        found.get("first") == argument
        and slots.function == id(_trial)
        and found.get("captured") in cells
        and bool(kinds["captured"] & kinds["unbound"] & CELL)
        and not kinds["first"] & IN_CELL
    )


READS_FRAMES = True
_NAMES_OFFSET = _find_names_offset()
READS_FRAMES = _reads_frames()
