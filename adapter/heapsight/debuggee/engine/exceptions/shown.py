"""Which exceptions were shown, without keeping one alive.

An exception of a class of the program's own takes a weak reference, and is known exactly. A built-in one takes none: it
is known by its address and a token that the frame holds which it has left, as its `f_trace`, where nothing looks any
more. The traceback holds that frame; one that gets the same address later has another.

Where no frame has been left there is the address alone, for as long as nothing else comes by at it: whoever asks has to
note each exception where it first comes by, shown or not, and to forget those that came by unseen.

A group is known by its members: what `except*` leaves of one, or puts together again, is another object with a part of
them, and nothing new.
"""

from __future__ import annotations

from _weakref import ReferenceType
from collections.abc import Iterator
from types import FrameType, TracebackType

from .types import is_group, members_of

# Members of a group that are looked at; of a larger one the rest counts as its first ones do.
_MOST = 1_000


class Shown:
    """Exceptions that were shown; members of groups apart from those that came by themselves."""

    def __init__(self) -> None:
        self._alone: dict[int, ReferenceType[object]] = {}
        self._members: dict[int, ReferenceType[object]] = {}

    def note(self, exception: BaseException, *, is_shown: bool, left: FrameType | None = None) -> None:
        """Remember whether `exception` was shown. left: the frame that it has left, which has ended."""
        if not is_shown and not self._alone and not self._members:
            return
        known = self._table(exception)
        token: object = None
        if is_shown and left is not None:
            token = left.f_trace = _Token()
        for one in _parts(exception):
            if is_shown:
                known[id(one)] = _reference(one, known, token)
            else:
                known.pop(id(one), None)

    def has(self, exception: BaseException, trace: TracebackType | None) -> bool:
        """Say whether `exception`, or a group that all of its members were in, was shown. trace: its traceback."""
        known = self._table(exception)
        if not known:
            return False
        tokens: list[object] = []
        while trace is not None:
            tokens.append(trace.tb_frame.f_trace)
            trace = trace.tb_next
        return all(_is_known(one, known, tokens) for one in _parts(exception))

    def _table(self, exception: BaseException) -> dict[int, ReferenceType[object]]:
        return self._members if is_group(type(exception)) else self._alone


def has_ended(frame: FrameType) -> bool:
    """Say whether `frame` is known to have been left: its `f_trace` is taken."""
    return type(frame.f_trace) is _Token


class _Token:
    """What is put where a trace function would be; harmless if somebody calls it."""

    __slots__ = ("__weakref__",)

    def __call__(self, _frame: FrameType, _event: str, _argument: object) -> None:
        return None


def _reference(
    exception: BaseException, known: dict[int, ReferenceType[object]], token: object
) -> ReferenceType[object]:
    """Return a weak reference to `exception`, else to `token`, without one to its type."""
    number = id(exception)
    try:
        return ReferenceType(exception, lambda _: known.pop(number, None))
    except TypeError:
        return ReferenceType(type(exception) if token is None else token)


def _is_known(exception: BaseException, known: dict[int, ReferenceType[object]], tokens: list[object]) -> bool:
    reference = known.get(id(exception))
    held = reference() if reference is not None else None
    if held is None or held is exception:
        return held is not None
    return held is type(exception) or any(held is one for one in tokens)


def _parts(exception: BaseException) -> Iterator[BaseException]:
    """Yield the exceptions in a group, at any depth; else the exception itself."""
    todo, left = [exception], _MOST
    while todo and left:
        one = todo.pop()
        if is_group(type(one)):
            todo += members_of(one)
        else:
            left -= 1
            yield one
