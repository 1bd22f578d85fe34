"""What can go wrong while looking at a stopped program, each with the blame where it belongs."""

from __future__ import annotations

from types import TracebackType

from ..attributes import type_name
from ..errors import RequestError
from ..own import is_own_frame


class StaleHandle(RequestError):
    """The client used a number of an earlier stop, or one that was never given out."""


class Unassignable(RequestError):
    """The client wants to change something that Python does not let anybody change."""


class EvaluationError(RequestError):
    """The user's expression did not compile, or raised.

    `text` is short: `NameError: name 'x' is not defined`. `report` is the whole traceback, of the user's frames only.
    """

    def __init__(self, text: str, report: str | None = None, type_name: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.report = report or text
        self.type_name = type_name


def describe_error(error: BaseException) -> str:
    """Return `Type: message`, whatever the exception's own `__str__` does."""
    name = type_name(type(error))
    message = error_message(error)
    return f"{name}: {message}" if message else name


def error_message(error: BaseException) -> str:
    """Return the text of an exception, which its own `__str__` may have to say."""
    try:
        return str.__str__(str(error))
    except Exception as second:  # noqa: BLE001 - the user's __str__
        return f"<__str__ failed: {type_name(type(second))}>"


def disown(error: BaseException) -> None:
    """Take our own frames off the front of a traceback, so that they die now, whoever keeps the exception."""
    error.__traceback__ = without_own_frames(error.__traceback__)


def without_own_frames(traceback: TracebackType | None) -> TracebackType | None:
    """Return the part of `traceback` that begins with the first frame of the user's."""
    while traceback is not None and is_own_frame(traceback.tb_frame):
        traceback = traceback.tb_next
    return traceback
