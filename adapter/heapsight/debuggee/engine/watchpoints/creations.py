"""Noticing that an instance of a class was created: to stop there, or to remember where each one was.

An instance is there when the `__init__` of its class returns, or, where that is not written in Python, its `__new__`.
The return of such a function is told by every back end, so nothing of the program is replaced, and what is not watched
runs as before. Who calls super().__init__() is told once, for the outermost call. What is created in another way
(unpickled, copied, a direct call of `__new__`) goes unnoticed, as do classes without either function in Python.

No class is kept alive: one is known by its address and its name.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from enum import Enum
from types import CodeType, FrameType, FunctionType

from ...attributes import find_class_attribute, type_mro, type_name, type_qualname
from ...frames import read_locals
from ...records import record
from ..model import NoValue
from .data_breakpoints import DataStop

_MOST_PLACES = 1_000_000


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

    def watch(self, cls: type, action: OnCreation) -> None:
        """Do something about each new instance of `cls` and of its subclasses. Raises NoCreator."""
        codes = _creators(cls)
        if not codes:
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
            self._changed()

    def clear(self) -> None:
        """Forget everything."""
        self._of_class.clear()
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
        creator = self._creator(frame)
        if creator is None:
            return
        path = os.path.abspath(creator.f_code.co_filename)
        line, function = creator.f_lineno or 1, creator.f_code.co_qualname
        # By address: the latest creation there is that of the object that is there.
        self._places.pop(id(obj), None)
        if len(self._places) >= _MOST_PLACES:
            self._places.pop(next(iter(self._places)))
        self._places[id(obj)] = (path, line, function)
        if watched.action is OnCreation.BREAK:
            name = type_name(type(obj))
            del obj, value
            self._stop(ident, creator, DataStop((), f"An instance of {name} was created.", f"New {name}", None))

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

    def _creator(self, frame: FrameType) -> FrameType | None:
        """Return the frame that creates: the nearest of the user's above the creator's own call."""
        nearest = caller = frame.f_back
        while caller is not None:
            if self._is_mine(caller.f_code):
                return caller
            caller = caller.f_back
        return nearest

    def _changed(self) -> None:
        found = {id(code): code for _, codes in self._of_class.values() for code in codes}
        self.codes = tuple(found.values())
        self._arm()


def _creators(cls: type) -> tuple[CodeType, ...]:
    """Return the code of the functions at whose end an instance of `cls`, or of a subclass that exists, is there."""
    found: dict[int, CodeType] = {}
    pending, seen = [cls], {id(cls)}
    subclasses = type.__dict__["__subclasses__"]
    while pending:
        one = pending.pop()
        for name in ("__init__", "__new__"):
            function = find_class_attribute(one, name)
            if type(function) is staticmethod:
                function = function.__func__
            if type(function) is FunctionType:
                found[id(function.__code__)] = function.__code__
                break
        for below in subclasses(one):
            if id(below) not in seen:
                seen.add(id(below))
                pending.append(below)
    return tuple(found.values())


def _first_argument(frame: FrameType) -> object:
    code = frame.f_code
    return read_locals(frame).get(code.co_varnames[0]) if code.co_argcount else None
