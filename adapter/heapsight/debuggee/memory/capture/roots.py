"""Where the heap is held from: modules, threads with their frames, the interpreter, and Heapsight itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import TextIOWrapper
from types import FrameType, FunctionType, MethodType, ModuleType
from typing import Any, Final, cast
from weakref import ReferenceType

from ...attributes import instance_attributes, is_python_class, module_dict
from ...frame_layout import FIRST_VARIABLE, FUNCTION, HIDDEN, NAMESPACE, OBJECTS_AT, TO_OBJECTS, FrameSlots, frame_slots
from ...frames import frames_of_threads, read_locals
from ...originals import get_ident
from ...own import is_own_frame, is_start_of_program
from ...records import record
from ...typenames import code_name, plain_text, source_path
from ..ours import is_own_type
from .kinds import INTERNAL, LOCAL, STACK
from .references import Reference

_referent: Final = ReferenceType.__call__
_buffer_of: Final = TextIOWrapper.__dict__["buffer"].__get__
OWN_PACKAGE: Final = __name__.partition(".")[0]


@record
class HeldByFrame:
    """What a frame of the program's holds. `stack`: addresses that may be of objects that have gone meanwhile."""

    name: str
    path: str
    line: int
    references: list[Reference]
    stack: tuple[int, ...]


@record
class HeldByThread:
    """A thread that runs code of the program's; its frames are innermost first."""

    name: str
    frames: list[HeldByFrame]


class Stacks:
    """The frames of all threads at this moment, the program's apart from Heapsight's."""

    def __init__(self, start: FrameType) -> None:
        """`start`: of the calling thread, the frame to begin with; those above it are nobody's affair."""
        self.threads: list[tuple[str, list[FrameType]]] = []
        self.own: list[FrameType] = []
        self._this_thread = get_ident()
        names = _thread_names()
        tops = frames_of_threads()
        tops[self._this_thread] = start
        for ident, top in tops.items():
            frames = list(self._program_frames(top))
            if frames:
                self.threads.append((names.get(ident, f"thread {ident}"), frames))
        self._in_this_thread = set(map(id, _frames_from(start)))

    def _program_frames(self, top: FrameType) -> Iterator[FrameType]:
        below_program = False
        for frame in _frames_from(top):
            if is_own_frame(frame):
                self.own.append(frame)
                below_program = below_program or is_start_of_program(frame)
            elif not below_program:
                yield frame

    def frames(self) -> Iterator[FrameType]:
        """Yield all frames."""
        for _, frames in self.threads:
            yield from frames
        yield from self.own

    def held(self) -> list[HeldByThread]:
        """Return what the program's frames hold."""
        return [
            HeldByThread(name, [_read_frame(frame, id(frame) in self._in_this_thread) for frame in frames])
            for name, frames in self.threads
        ]

    def forget(self) -> None:
        """Hold the program's frames no more."""
        self.threads.clear()

    def own_counts(self) -> dict[int, int]:
        """Return how often the frames of Heapsight's hold the object at an address."""
        counts: dict[int, int] = {}
        for frame in self.own:
            slots = frame_slots(frame)
            if slots is not None:
                for address in filter(None, (*slots.variables, *slots.stack)):
                    counts[address] = counts.get(address, 0) + 1
        return counts


def _frames_from(top: FrameType | None) -> Iterator[FrameType]:
    while top is not None:
        yield top
        top = top.f_back


def _read_frame(frame: FrameType, stands_still: bool) -> HeldByFrame:
    """Read a frame. One of a thread that may go on is read by one operation for each reference it holds."""
    code = frame.f_code
    path = source_path(code.co_filename) or plain_text(code.co_filename)
    line = frame.f_lineno or code.co_firstlineno
    name = code_name(code)
    title = f"{name}() at {path}:{line}" if not name.startswith("<") else f"{name} at {path}:{line}"
    slots = frame_slots(frame)
    if slots is None:
        return HeldByFrame(title, path, line, _by_name(frame), ())
    references = [*_variables(frame, slots), (STACK, "code", code)]
    if not stands_still:
        return HeldByFrame(title, path, line, references, slots.stack)
    stack = [(STACK, "", one) for one in _stack(frame, slots)]
    return HeldByFrame(title, path, line, references + cast("list[Reference]", stack), ())


def _variables(frame: FrameType, slots: FrameSlots) -> Iterator[Reference]:
    objects = OBJECTS_AT(id(frame) + TO_OBJECTS)
    for index, (name, kind) in enumerate(zip(slots.names, slots.kinds, strict=True)):
        value = _object(objects, FIRST_VARIABLE + index)
        if value is not _UNBOUND:
            yield INTERNAL if kind & HIDDEN else LOCAL, name, value
    for label, place, address in zip(
        ("function", "namespace"), (FUNCTION, NAMESPACE), (slots.function, slots.namespace), strict=True
    ):
        if address and (value := _object(objects, place)) is not _UNBOUND:
            yield STACK, label, value


def _stack(frame: FrameType, slots: FrameSlots) -> Iterator[object]:
    objects = OBJECTS_AT(id(frame) + TO_OBJECTS)
    first = FIRST_VARIABLE + len(slots.names)
    for index, address in enumerate(slots.stack):
        if address and (value := _object(objects, first + index)) is not _UNBOUND:
            yield value


_UNBOUND: Final = object()


def _object(objects: Any, index: int) -> object:
    try:
        found: object = objects[index]
    except ValueError:  # nothing there
        return _UNBOUND
    return found


def _by_name(frame: FrameType) -> list[Reference]:
    """Make do with names where frames cannot be read as they lie."""
    found: list[Reference] = [(LOCAL, name, value) for name, value in read_locals(frame).items()]
    return [*found, (STACK, "code", frame.f_code)]


def _thread_names() -> dict[int, str]:
    """Return the names that `threading` has for threads, by number."""
    namespace = namespace_of(sys.modules.get("threading"))
    active = namespace.get("_active") if namespace is not None else None
    names: dict[int, str] = {}
    if type(active) is dict:
        for ident, thread in list(active.items()):
            name = (instance_attributes(thread) or {}).get("_name")
            if type(ident) is int and name is not None:
                names[ident] = plain_text(name)
    return names


def namespace_of(module: object) -> dict[str, object] | None:
    """Return the live dict of a module; None for anything else that is in `sys.modules`."""
    return module_dict(cast(ModuleType, module)) if issubclass(type(module), ModuleType) else None


def modules() -> tuple[list[tuple[str, object]], list[tuple[str, object]]]:
    """Return names and values of `sys.modules`: the program's, and Heapsight's own."""
    program: list[tuple[str, object]] = []
    own: list[tuple[str, object]] = []
    for name, module in list(dict.items(sys.modules)):
        text = plain_text(name)
        (own if text.partition(".")[0] == OWN_PACKAGE else program).append((text, module))
    return program, own


_subclasses: Final = type.__dict__["__subclasses__"]


def interpreter_types() -> list[type]:
    """Return the types of the interpreter itself and of C modules that are no heap types."""
    found: dict[int, type] = {id(object): object}
    pending: list[type] = [object]
    while pending:
        for one in _subclasses(pending.pop()):
            if id(one) not in found and not is_python_class(one):
                found[id(one)] = one
                pending.append(one)
    return list(found.values())


def exceptions_being_handled() -> list[object]:
    """Return the exceptions in whose `except` blocks threads are."""
    found = list(sys._current_exceptions().values())
    # A tuple of type, exception and traceback on 3.11.
    errors = [one[1] if type(one) is tuple else one for one in found]
    return [error for error in errors if error is not None]


def is_own(obj: object) -> bool:
    """Say whether `obj` is a module, class, function or instance of Heapsight's, a method or weak reference of one."""
    cls = type(obj)
    if cls is MethodType:
        return _is_own_part(cast(MethodType, obj).__func__) or _is_own_part(cast(MethodType, obj).__self__)
    if issubclass(cls, ReferenceType):
        # Not by calling it: a subclass may have that done in Python.
        return _is_own_part(_referent(cast("ReferenceType[object]", obj)))
    if cls is TextIOWrapper:
        # Standard output, where the debugger reads along.
        return is_own_type(type(_buffer_of(obj)))
    return _is_own_part(obj)


def _is_own_part(obj: object) -> bool:
    cls = type(obj)
    if cls is FunctionType:
        return _is_own_name(cast(FunctionType, obj).__globals__.get("__name__"))
    if issubclass(cls, type):
        # A type of the interpreter's that was never made ready has no namespace.
        return is_python_class(cast(type, obj)) and is_own_type(cast(type, obj))
    if issubclass(cls, ModuleType):
        namespace = namespace_of(obj)
        return namespace is not None and _is_own_name(namespace.get("__name__"))
    return is_python_class(cls) and is_own_type(cls)


def _is_own_name(name: object) -> bool:
    return type(name) is str and name.partition(".")[0] == OWN_PACKAGE


def hook_places(program: list[tuple[str, object]]) -> set[int]:
    """Return the addresses of the dicts whose entries may be Heapsight's hooks: namespaces of the program's modules."""
    found = {id(sys.modules)}
    for _, module in program:
        if (namespace := namespace_of(module)) is not None:
            found.add(id(namespace))
    return found
