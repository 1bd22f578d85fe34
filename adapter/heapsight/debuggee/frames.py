"""Reading and writing the local variables of a frame without leaving anything behind.

`frame.f_locals` differs by version. From 3.13 it is a write-through proxy. On 3.11 and 3.12 it is a dict cached on the
frame: reading it copies every local into that dict, which stays, keeps the objects alive even after the program rebinds
the variable, and is the very dict that the program got from `locals()`. So there the variables are read where they lie,
and a dict that had to be made (to write, or where frames cannot be read) is emptied again if only the frame holds it.
"""

from __future__ import annotations

import ctypes
import gc
import inspect
import sys
from collections.abc import Iterator
from types import CellType, CodeType, FrameType

from .frame_layout import OBJECTS_AT, TO_OBJECTS, read_variables, variable_place

# Flags of code whose frames may wait, and go on later without beginning.
SUSPENDS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_COLLECTS_INSIDE = sys.version_info < (3, 12)
_WRITE_THROUGH = sys.version_info >= (3, 13)
# References to a frame's cached dict as sys.getrefcount sees it when only the frame and our one name hold it.
_ONLY_FRAME_AND_US = 3
_CACHE = 0


def frames_of_threads() -> dict[int, FrameType]:
    """Return the innermost frame of every thread, the caller's among them, by the interpreter's numbers of threads.

    The result must not stay in a local variable: its frame would hold itself.
    """
    # 3.11 makes the frame objects under a lock of the interpreter's. A garbage collection then runs code of the
    # program's that may wait for that lock, too: the end of a `threading.local` does.
    if not _COLLECTS_INSIDE or not gc.isenabled():
        return sys._current_frames()
    gc.disable()
    try:
        return sys._current_frames()
    finally:
        gc.enable()


def running_frames() -> Iterator[FrameType]:
    """Yield the frames of all threads, the caller's among them, each thread's innermost first."""
    for top in frames_of_threads().values():
        frame: FrameType | None = top
        while frame is not None:
            yield frame
            frame = frame.f_back
    # Perhaps our own frame: it would be its own local.
    top = frame = None  # type: ignore[assignment]


def _locals_to_fast(frame: FrameType, clear: bool) -> None:
    ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(clear))


def read_locals(frame: FrameType) -> dict[str, object]:
    """Return a new dict of the frame's local variables: names bound at this moment, free variables included."""
    if _WRITE_THROUGH or not frame.f_code.co_flags & inspect.CO_OPTIMIZED:
        return dict(frame.f_locals)
    found = read_variables(frame)
    if found is not None:
        return found
    values = dict(frame.f_locals)
    release_locals(frame)
    return values


def class_around(code: CodeType) -> str | None:
    """Return the name of the class that the code is written in, which is part of its private names."""
    if not code.co_flags & inspect.CO_OPTIMIZED:
        return None if code.co_name == "<module>" else code.co_name
    path = code.co_qualname.split(".")[:-1]
    while path and path[-1] == "<locals>":
        del path[-2:]
    return path[-1] if path else None


def release_locals(frame: FrameType) -> None:
    """Empty the dict that 3.11 and 3.12 cache on a frame, unless the program itself holds it through `locals()`."""
    if _WRITE_THROUGH or not frame.f_code.co_flags & inspect.CO_OPTIMIZED:
        return
    cached = frame.f_locals
    # Inside a trace function the interpreter copies this dict back into the variables when we return. Copying it
    # back here, unchanged, marks it as done: otherwise the emptied dict would unbind every local.
    _locals_to_fast(frame, clear=False)
    if sys.getrefcount(cached) == _ONLY_FRAME_AND_US:
        cached.clear()


def write_local(frame: FrameType, name: str, value: object) -> None:
    """Bind local variable `name` of any frame to `value`, at once and for good.

    Raises KeyError when the frame's code has no such variable.
    """
    code = frame.f_code
    if not code.co_flags & inspect.CO_OPTIMIZED:
        frame.f_locals[name] = value
        return
    if name not in code.co_varnames and name not in code.co_cellvars and name not in code.co_freevars:
        raise KeyError(name)
    frame.f_locals[name] = value
    if not _WRITE_THROUGH:
        _locals_to_fast(frame, clear=False)
        release_locals(frame)


def unbind_local(frame: FrameType, name: str) -> bool:
    """Unbind local variable `name` of a function's frame; False where there is no way to do that.

    From 3.12 on the compiler relies on a variable being bound wherever it has found that it must be, so that only those
    can be unbound that closures share: they are in cells, which are looked into each time.
    """
    if sys.version_info >= (3, 12):
        place = variable_place(frame.f_code, name)
        cell = OBJECTS_AT(id(frame) + TO_OBJECTS)[place.index] if place is not None and place.in_cell else None
        if type(cell) is not CellType:
            return False
        del cell.cell_contents
        return True
    frame.f_locals.pop(name, None)
    _locals_to_fast(frame, clear=True)
    release_locals(frame)
    return True


def begin_of_instruction(code: CodeType, offset: int) -> int:
    """Return the offset of the instruction that `offset` lies in: behind it are the interpreter's caches."""
    instructions = code.co_code
    offset = min(max(offset, 0), len(instructions) - 2) & ~1
    while offset > 0 and instructions[offset] == _CACHE:
        offset -= 2
    return offset
