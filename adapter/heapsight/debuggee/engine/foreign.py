"""What the engine has to know of code that stands for lines of a file that is not Python's: a template.

The events of the interpreter are of generated code, or of the code that interprets the file; the client speaks of lines
of the file. A `Foreign` translates. Where there is none, the engine pays nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Protocol

from ..records import record
from .model import StepKind


@record
class Place:
    """A line of a file that is not Python's."""

    path: str
    line: int


class Beyond(Protocol):
    """Frames that a step can end in although they did not exist when it began."""

    def may_end_in(self, code: CodeType) -> bool:
        """Say whether such a frame runs `code`. Cheap."""

    def watches(self, frame: FrameType) -> bool:
        """Say whether `frame` is one of them."""


@record
class ForeignStep:
    """What is different about a step that begins in a file that is not Python's.

    place: where it begins. beyond: further frames that it can end in. start: the frame whose end is the end of the
    file's run.
    """

    place: Place
    start: FrameType
    beyond: Beyond | None = None


@record
class FileLines:
    """The lines of a file that a breakpoint can be on."""

    path: str
    lines: frozenset[int]


class Foreign(Protocol):
    """Translates between the interpreter's events and lines of other files. Runs no code of the program's."""

    def takes(self, path: str) -> bool:
        """Say whether breakpoints of the file are set through this translator."""

    def widened(self, is_mine: Callable[[CodeType], bool]) -> Callable[[CodeType], bool]:
        """Return `is_mine` for which code of a library that interprets the user's files is the user's as well."""

    def runs_every_file(self, code: CodeType) -> bool:
        """Say whether `code` interprets files: each line of each of them runs through it."""

    def interpreters(self) -> list[CodeType]:
        """Return the code objects that interpret files and exist already."""

    def event_lines(self, code: CodeType) -> frozenset[int]:
        """Return the lines of code whose events may be places."""

    def lines_in(self, code: CodeType) -> frozenset[int] | None:
        """Return the lines of its file that code which is about to run for the first time tells about, if it does."""

    def is_in(self, frame: FrameType) -> bool:
        """Say whether the lines of `frame` stand for lines of another file."""

    def place(self, frame: FrameType, line: int) -> Place | None:
        """Return the line of the file that begins where `frame` is about to run `line`; None where none begins."""

    def lines_at(self, frame: FrameType) -> FileLines | None:
        """Return what is known about the file that `frame` stands in."""

    def stand_in(self, frame: FrameType) -> FrameType:
        """Return what to evaluate expressions in: the file's own variables in the shape of a frame."""

    def step(self, frame: FrameType, kind: StepKind, is_mine: Callable[[CodeType], bool]) -> ForeignStep | None:
        """Return how a step from `frame` is different; None for a frame of Python's."""
