"""Noticing that an instance of a class was created: to stop there, or to remember where each one was.

An instance is there when the `__init__` of its class returns, or, where that is not written in Python, its `__new__`.
The return of such a function is told by every back end. Who calls super().__init__() is told once, for the outermost
call. What is created in another way (unpickled, copied, of a class without either function in Python) is noticed where
the native module is there: it tells each allocation of the classes that are watched (native/heap/allocations.c), and
the thread stops when the call that made it is over. Only the main thread can be stopped then; others are stopped in
the middle of it.

No class is kept alive: one is known by its address and its name.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from enum import Enum
from types import CodeType, FrameType, FunctionType, ModuleType

from ...attributes import find_class_attribute, type_mro, type_name, type_qualname
from ...frames import read_locals
from ...originals import get_ident
from ...own import is_own_frame, is_start_of_program
from ...records import record
from ..main_thread import main_ident
from ..model import NoValue
from .data_breakpoints import DataStop

_MOST_PLACES = 1_000_000
_IMMUTABLE, _HEAP_TYPE = 1 << 8, 1 << 9
_type_flags: Callable[[type], int] = type.__dict__["__flags__"].__get__


class OnCreation(Enum):
    """What is done about a new instance; values are the protocol's."""

    BREAK = "break"
    TRACK = "track"


class NoCreator(Exception):
    """The class has no function written in Python that creates its instances; the message says so."""


@record
class _Watched:
    name: str
    action: OnCreation


@record
class _Due:
    name: str
    address: int
    cls: int

    def is_created_by(self, frame: FrameType) -> bool:
        """Say whether what runs in `frame` is part of the creation, so that its end will tell."""
        name = frame.f_code.co_name
        wanted = self.address if name == "__init__" else self.cls if name == "__new__" else 0
        return wanted != 0 and id(_first_argument(frame)) == wanted


class Creations:
    """The classes whose new instances matter, and where those were created that are tracked."""

    def __init__(
        self,
        arm: Callable[[], None],
        is_mine: Callable[[CodeType], bool],
        stop: Callable[[int, FrameType, DataStop], None],
    ) -> None:
        """`arm` is called when other code has to be seen; `is_mine` tells the user's code; `stop` stops a thread."""
        self.codes: tuple[CodeType, ...] = ()
        self._of_class: dict[int, tuple[_Watched, tuple[CodeType, ...]]] = {}
        self._places: dict[int, tuple[str, int, str]] = {}
        self._arm, self._is_mine, self._stop = arm, is_mine, stop
        self._native: ModuleType | None = None
        # The instance that is being created, for which the main thread will stop.
        self._due: _Due | None = None

    def watch(self, cls: type, action: OnCreation) -> None:
        """Do something about each new instance of `cls` and of its subclasses. Raises NoCreator."""
        codes = _creators(cls) if _is_open(cls) else ()
        if not (_is_open(cls) and self._tell_allocations(cls)) and not codes:
            name = type_qualname(cls)
            raise NoCreator(
                f"{name} has neither an __init__ nor a __new__ written in Python: its instances are created in C, "
                "which cannot be noticed."
            )
        self._of_class[id(cls)] = (_Watched(type_qualname(cls), action), codes)
        self._changed()

    def unwatch(self, cls: type) -> None:
        """Let new instances of a class be; what was tracked stays known."""
        if self._of_class.pop(id(cls), None) is not None:
            self._let_be(_with_subclasses(cls))
            self._changed()

    def clear(self) -> None:
        """Forget everything."""
        if self._of_class:
            self._of_class.clear()
            self._let_be(_with_subclasses(object))
        self._places.clear()
        self.codes = ()

    def place_of(self, obj: object) -> tuple[str, int, str] | None:
        """Return path, line and function where an object was created that was tracked."""
        return self._places.get(id(obj))

    def left(self, ident: int, frame: FrameType, value: object) -> None:
        """Take notice of the end of a call, which may be that of a creator."""
        code = frame.f_code
        if value is NoValue.RAISED or not self._is_creator(code):
            return
        is_new = code.co_name == "__new__"
        obj = value if is_new else _first_argument(frame)
        watched = self._watched(type(obj))
        if watched is None or self._is_within(frame, obj, is_new):
            return
        creator = self._creator(frame.f_back)
        if creator is None:
            return
        self._keep_place(id(obj), creator)
        if watched.action is OnCreation.BREAK:
            name = type_name(type(obj))
            del obj, value
            self._stop(ident, creator, _stop_for(name))

    # -- told by the native module ---------------------------------------------------------------------------------

    def _tell_allocations(self, cls: type) -> bool:
        """Be told of each allocation of an instance of `cls` and its subclasses; False where that cannot be."""
        try:
            from ...._native import heap as native
        except ImportError:  # not built, or not for this interpreter
            return False
        self._native = native
        native.watch_allocations([one for one in _with_subclasses(cls) if _is_open(one)], self._allocated)
        return True

    def _let_be(self, types: Iterable[type]) -> None:
        if self._native is not None:
            self._native.release_allocations([one for one in types if self._watched(one) is None])

    def _allocated(self, address: int, cls: type) -> Callable[[], None] | None:
        """Take notice of an object that is going to be an instance of `cls`. It must not be touched yet.

        Returns what the main thread has to call when it is there.
        """
        watched = self._watched(cls)
        frame = sys._getframe().f_back
        if watched is None or _is_ours(frame):
            return None
        creator = self._creator(frame)
        if creator is None:
            return None
        self._keep_place(address, creator)
        if watched.action is not OnCreation.BREAK:
            return None
        if get_ident() != main_ident():
            # (Where a creator in Python is about to tell, its end is the better moment.)
            if not _creators_of(cls):
                self._stop(get_ident(), creator, _stop_for(type_name(cls)))
            return None
        if self._due is None:  # one stop for all that one call makes
            self._due = _Due(type_name(cls), address, id(cls))
        return self._stop_now

    def _stop_now(self) -> None:
        """Stop the main thread, which has just made an instance."""
        due, self._due = self._due, None
        frame = sys._getframe().f_back
        if due is None or frame is None or _is_ours(frame) or due.is_created_by(frame):
            return
        creator = self._creator(frame)
        if creator is not None:
            self._stop(get_ident(), creator, _stop_for(due.name))

    def _keep_place(self, address: int, creator: FrameType) -> None:
        path = os.path.abspath(creator.f_code.co_filename)
        # By address: the latest creation there is that of the object that is there.
        self._places.pop(address, None)
        if len(self._places) >= _MOST_PLACES:
            self._places.pop(next(iter(self._places)))
        self._places[address] = (path, creator.f_lineno or 1, creator.f_code.co_qualname)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _is_creator(self, code: CodeType) -> bool:
        return any(code is one for one in self.codes)

    def _watched(self, cls: type) -> _Watched | None:
        for base in type_mro(cls):
            found = self._of_class.get(id(base))
            if found is not None and found[0].name == type_qualname(base):
                return found[0]
        return None

    def _is_within(self, frame: FrameType, obj: object, is_new: bool) -> bool:
        """Say whether the call is part of another one that creates the same object."""
        caller = frame.f_back
        if caller is None or not self._is_creator(caller.f_code):
            return False
        return is_new or _first_argument(caller) is obj

    def _creator(self, frame: FrameType | None) -> FrameType | None:
        """Return the frame that creates: the nearest of the user's from `frame` on, which calls the creator."""
        nearest = frame
        while frame is not None:
            if self._is_mine(frame.f_code):
                return frame
            frame = frame.f_back
        return nearest

    def _changed(self) -> None:
        found = {id(code): code for _, codes in self._of_class.values() for code in codes}
        self.codes = tuple(found.values())
        self._arm()


def _stop_for(name: str) -> DataStop:
    return DataStop((), f"An instance of {name} was created.", f"New {name}", None)


def _is_ours(frame: FrameType | None) -> bool:
    """Say whether code of Heapsight has called what runs in `frame`: an evaluation, at a stop."""
    while frame is not None and not is_start_of_program(frame):
        if is_own_frame(frame):
            return True
        frame = frame.f_back
    return False


def _is_open(cls: type) -> bool:
    """Say whether a class is made by a `class` statement, or as such ones are; not by C code for itself."""
    return _type_flags(cls) & (_HEAP_TYPE | _IMMUTABLE) == _HEAP_TYPE


def _with_subclasses(cls: type) -> list[type]:
    """Return `cls` and all classes below it, each once, whatever their metaclasses do."""
    subclasses = type.__dict__["__subclasses__"]
    found: dict[int, type] = {id(cls): cls}
    pending = [cls]
    while pending:
        one = pending.pop()
        for below in subclasses(one):
            if id(below) not in found:
                found[id(below)] = below
                pending.append(below)
    return list(found.values())


def _creators(cls: type) -> tuple[CodeType, ...]:
    """Return the code of the functions at whose end an instance of `cls`, or of a subclass that exists, is there."""
    return tuple({id(code): code for one in _with_subclasses(cls) for code in _creators_of(one)}.values())


def _creators_of(cls: type) -> tuple[CodeType, ...]:
    for name in ("__init__", "__new__"):
        function = find_class_attribute(cls, name)
        if type(function) is staticmethod:
            function = function.__func__
        if type(function) is FunctionType:
            return (function.__code__,)
    return ()


def _first_argument(frame: FrameType) -> object:
    code = frame.f_code
    return read_locals(frame).get(code.co_varnames[0]) if code.co_argcount else None
