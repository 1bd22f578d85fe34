"""The scopes of a frame: its locals, what it closes over, and its module's globals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from types import FrameType
from typing import cast

from ..holding import Held
from .evaluation.namespaces import bind, runs_function, text_keys, variables_of
from .instances import category_of
from .members import Category, Member, Storage
from .presenter import Presenter, grouped
from .tree import Listing, Row

_RETURNED = "What a function has returned is no variable: it cannot be changed."


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
    """The variables of one scope. Holds the frame only, and reads the variables when asked.

    `console` has what the user assigned in the console to names that the frame does not know, `returned` what functions
    returned in the step that ended here.
    """

    def __init__(
        self,
        presenter: Presenter,
        frame: Held,
        kind: ScopeKind,
        console: Mapping[str, Held],
        returned: Sequence[tuple[str, Held]] = (),
    ) -> None:
        super().__init__()
        self._presenter = presenter
        self._frame = frame
        self._kind = kind
        self._console = console
        self._returned = returned

    def named_rows(self, only: str | None = None) -> list[Row]:
        """Return the variables; special ones, functions and classes of a namespace in groups."""
        # The expression for the scope is empty: a variable's name alone leads to it.
        return grouped(self._presenter, self._frame, "", self._members, only)

    def _members(self) -> Iterator[Member]:
        frame = cast(FrameType, self._frame.obj)
        if self._kind is ScopeKind.GLOBALS:
            namespace = text_keys(cast("dict[object, object]", frame.f_globals))
            yield from (
                _member(name, value, _storing_global(name), Storage.GLOBAL, True) for name, value in namespace.items()
            )
            return
        free = frame.f_code.co_freevars
        in_groups = not runs_function(frame)
        if self._kind is ScopeKind.LOCALS:
            yield from (Member(f"(return) {name}", held.obj, refusal=_RETURNED) for name, held in self._returned)
        for name, value in variables_of(frame).items():
            if (name in free) == (self._kind is ScopeKind.CLOSURE):
                yield _member(name, value, _storing_local(name), Storage.LOCAL, in_groups)
        if self._kind is ScopeKind.LOCALS:
            for name, held in self._console.items():
                member = Member(name, held.obj, name, virtual=True)
                member.refusal = f"{name!r} is not a variable of this function: assign to it in the console."
                yield member


def _member(
    name: str, value: object, store: Callable[[FrameType, object], None], storage: Storage, in_groups: bool
) -> Member:
    category = category_of(name, value) if in_groups else Category.PLAIN
    return Member(name, value, name if name.isidentifier() else None, "", category, store=store, storage=storage)


def _storing_local(name: str) -> Callable[[FrameType, object], None]:
    def store(frame: FrameType, value: object) -> None:
        bind(frame, name, value)

    return store


def _storing_global(name: str) -> Callable[[FrameType, object], None]:
    def store(frame: FrameType, value: object) -> None:
        frame.f_globals[name] = value

    return store
