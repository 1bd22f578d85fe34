"""The scopes of a frame: its locals, what it closes over, and its module's globals."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from enum import Enum
from types import FrameType

from ..frames import read_locals, write_local
from ..holding import Held
from .contents import categorised
from .members import Category, Member
from .presenter import Presenter, grouped
from .tree import Listing, Row


class ScopeKind(Enum):
    """Which variables of a frame; values are the names that the client shows."""

    LOCALS = "Locals"
    CLOSURE = "Closure"
    GLOBALS = "Globals"


def kinds_of(frame: FrameType) -> list[ScopeKind]:
    """Return the scopes that a frame has. A module's frame has its globals for locals."""
    closure = [ScopeKind.CLOSURE] if frame.f_code.co_freevars else []
    return [ScopeKind.LOCALS, *closure, ScopeKind.GLOBALS]


class ScopeRows(Listing):
    """The variables of one scope. Holds the frame only, and reads the variables when asked."""

    def __init__(self, presenter: Presenter, frame: FrameType, kind: ScopeKind) -> None:
        super().__init__()
        self._presenter = presenter
        self._frame = Held(frame)
        self._kind = kind

    def named_rows(self) -> list[Row]:
        """Return the variables; in Globals, modules' own names, functions and classes in groups."""
        return grouped(self._presenter, self._frame, "", self._members)

    def _members(self) -> Iterator[Member]:
        frame = self._frame.obj
        assert isinstance(frame, FrameType)
        optimized = frame.f_code.co_flags & inspect.CO_OPTIMIZED
        if self._kind is ScopeKind.GLOBALS or not optimized:
            namespace = frame.f_globals if self._kind is ScopeKind.GLOBALS else frame.f_locals
            for member in categorised(list(namespace.items())):
                member.before, member.after = "", member.name
                member.store = (
                    _storing_global(member.name) if namespace is frame.f_globals else _storing_local(member.name)
                )
                yield member
            return
        free = frame.f_code.co_freevars
        order = {name: place for place, name in enumerate(frame.f_code.co_varnames)}
        variables = read_locals(frame)
        for name in sorted(variables, key=lambda name: order.get(name, len(order))):
            if (name in free) == (self._kind is ScopeKind.CLOSURE) and name.isidentifier():
                yield Member(name, variables[name], name, "", Category.PLAIN, store=_storing_local(name))


def _storing_local(name: str) -> Callable[[FrameType, object], None]:
    def store(frame: FrameType, value: object) -> None:
        write_local(frame, name, value)

    return store


def _storing_global(name: str) -> Callable[[FrameType, object], None]:
    def store(frame: FrameType, value: object) -> None:
        frame.f_globals[name] = value

    return store
