"""The template languages that the session asks for, as one: for the engine, and for whoever shows a stack."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from types import CodeType, FrameType
from typing import cast

from ..engine.breakpoints.code_lines import event_lines
from ..engine.foreign import FileLines, ForeignStep, Place
from ..engine.model import StepKind
from .django import Django
from .frame import TemplateFrame
from .jinja import Jinja

_PYTHON = frozenset({"", ".py", ".pyw", ".pyi", ".pyc", ".pyo", ".ipynb"})
_LIBRARIES = ("/site-packages/jinja2/", "/site-packages/django/template/", "/dist-packages/jinja2/")


class Templates:
    """Translates for the engine (see `engine.foreign.Foreign`), and shows templates' frames as the templates'."""

    def __init__(self, *, jinja: bool, django: bool, hides_libraries: bool) -> None:
        self._jinja = Jinja() if jinja else None
        self._django = Django() if django else None
        self._hides_libraries = hides_libraries
        # One stand-in for a frame as long as the stop lasts: it is known by its identity.
        self._shown: dict[int, TemplateFrame] = {}

    # -- for the engine ------------------------------------------------------------------------------------------------

    def takes(self, path: str) -> bool:
        """Say whether a file is a template by its name."""
        return os.path.splitext(path)[1].lower() not in _PYTHON and not path.startswith("<")

    def widened(self, is_mine: Callable[[CodeType], bool]) -> Callable[[CodeType], bool]:
        """Return `is_mine` for which the code that renders nodes is the user's."""
        django = self._django
        if django is None:
            return is_mine
        return lambda code: is_mine(code) or django.runs_every_file(code)

    def runs_every_file(self, code: CodeType) -> bool:
        """Say whether `code` renders the nodes of every template."""
        return self._django is not None and self._django.runs_every_file(code)

    def interpreters(self) -> list[CodeType]:
        """Return the code that renders nodes, if it is loaded."""
        return self._django.interpreters() if self._django is not None else []

    def event_lines(self, code: CodeType) -> frozenset[int]:
        """Return the lines whose events may be places."""
        if self._django is not None and self._django.runs_every_file(code):
            return self._django.event_lines(code)
        return event_lines(code) if self._jinja is not None else frozenset()

    def lines_in(self, code: CodeType) -> frozenset[int] | None:
        """Return the lines of a template that its compiled module tells about."""
        return self._jinja.lines_in(code) if self._jinja is not None else None

    def is_in(self, frame: FrameType) -> bool:
        """Say whether `frame` runs a template."""
        return self._language(frame) is not None

    def place(self, frame: FrameType, line: int) -> Place | None:
        """Return the template line that begins where `frame` is about to run `line`."""
        language = self._language(frame)
        return language.place(frame, line) if language is not None else None

    def lines_at(self, frame: FrameType) -> FileLines | None:
        """Return the lines of the template that `frame` runs."""
        language = self._language(frame)
        return language.lines_at(frame) if language is not None else None

    def stand_in(self, frame: FrameType) -> FrameType:
        """Return the template's frame for one that runs a template, else the frame itself."""
        found = self._template_frame(frame)
        return cast(FrameType, found) if found is not None else frame

    def step(self, frame: FrameType, kind: StepKind, is_mine: Callable[[CodeType], bool]) -> ForeignStep | None:
        """Return how a step from `frame` is different."""
        del is_mine
        language = self._language(frame)
        return language.step(frame, kind) if language is not None else None

    # -- for whoever shows a stack -------------------------------------------------------------------------------------

    def present(self, frames: Sequence[FrameType]) -> list[FrameType]:
        """Return a stack, innermost first, with templates' frames for those that run them.

        A run of a template is one frame however deep its nodes are nested. The libraries' own frames are left out when
        only the user's code is of interest.
        """
        shown: list[FrameType] = []
        innermost: FrameType | None = None
        for frame in frames:
            if self._django is not None and self._django.is_in(frame):
                if innermost is not None and self._django.is_same_run(frame, innermost):
                    continue
                innermost = frame
            found = self._stand_in_for_stop(frame)
            if found is not None:
                shown.append(cast(FrameType, found))
            elif not self._is_hidden(frame):
                shown.append(frame)
        return shown or list(frames)

    def release(self) -> None:
        """Forget the frames of a stop that is over."""
        self._shown.clear()

    def _is_hidden(self, frame: FrameType) -> bool:
        name = frame.f_code.co_filename.replace("\\", "/")
        return self._hides_libraries and any(library in name for library in _LIBRARIES)

    def _stand_in_for_stop(self, frame: FrameType) -> TemplateFrame | None:
        known = self._shown.get(id(frame))
        if known is None:
            known = self._template_frame(frame)
            if known is not None:
                self._shown[id(frame)] = known
        return known

    def _template_frame(self, frame: FrameType) -> TemplateFrame | None:
        language = self._language(frame)
        position = language.position(frame) if language is not None else None
        return language.frame(frame, position) if language is not None and position is not None else None

    def _language(self, frame: FrameType) -> Jinja | Django | None:
        if self._jinja is not None and self._jinja.is_in(frame):
            return self._jinja
        if self._django is not None and self._django.is_in(frame):
            return self._django
        return None
