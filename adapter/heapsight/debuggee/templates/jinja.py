"""Jinja templates: each is compiled to Python code that has the template's file name and generated lines.

The compiled module holds `debug_info`: pairs "template line=generated line", joined by "&", where the generated lines
from one pair's to the next one's belong to the first one's template line (`Template.get_corresponding_lineno`).
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from types import CodeType, FrameType
from typing import cast

from ..engine.breakpoints.code_lines import event_lines, last_line, nested_code
from ..engine.foreign import FileLines, ForeignStep, Place
from ..engine.model import StepKind
from ..frames import read_locals, write_local
from ..records import record
from .attributes import attribute, text_dict
from .frame import Position, TemplateFrame, Variables

_DEBUG_INFO = re.compile(r"\d+=\d+(?:&\d+=\d+)*")
_LOCAL = re.compile(r"l_(\d+)_(.+)")
# Tables kept by the text that they are made of; a program with more templates than this reads some of them again.
_MOST_KEPT = 2000

_Entries = tuple[tuple[int, int], ...]  # template line, generated line; ascending


class Jinja:
    """Reads compiled templates."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entries] = {}
        self._places: dict[tuple[str, str, int], dict[int, int]] = {}

    def lines_in(self, code: CodeType) -> frozenset[int] | None:
        """Return the template lines that a compiled template's module has code for."""
        if code.co_name != "<module>" or "debug_info" not in code.co_names or "blocks" not in code.co_names:
            return None
        infos = [one for one in code.co_consts if type(one) is str and _DEBUG_INFO.fullmatch(one)]
        return self._lines_of(code, infos[-1]) if infos else frozenset()

    def is_in(self, frame: FrameType) -> bool:
        """Say whether `frame` runs a compiled template."""
        return _debug_info(frame) is not None

    def place(self, frame: FrameType, line: int) -> Place | None:
        """Return the template line that begins where `frame` is about to run `line`."""
        info, code = _debug_info(frame), frame.f_code
        if info is None or code.co_filename.startswith("<"):
            return None
        found = self._places_of(code, info).get(line)
        if _repeats_caller(frame, line):
            return None
        return Place(code.co_filename, found) if found is not None else None

    def lines_at(self, frame: FrameType) -> FileLines | None:
        """Return the lines of the template that is being rendered, as far as its functions can be reached."""
        info = _debug_info(frame)
        if info is None:
            return None
        # The module's code is gone: a line that has a pair has code.
        return FileLines(frame.f_code.co_filename, frozenset(line for line, _ in self._entries_of(info)))

    def position(self, frame: FrameType) -> Position | None:
        """Return where in its template `frame` stands; None for a module that is being defined."""
        info, code = _debug_info(frame), frame.f_code
        if info is None or code.co_name == "<module>" or code.co_filename.startswith("<"):
            return None
        entries = self._entries_of(info)
        index = bisect_right(entries, frame.f_lineno or 0, key=lambda entry: entry[1])
        name = frame.f_globals.get("name")
        whole = name if type(name) is str else os.path.basename(code.co_filename)
        part = code.co_name.removeprefix("block_")
        if part != code.co_name:
            whole = f"{whole}: block {part}"
        elif code.co_name != "root":
            whole = f"{whole}: {code.co_name}"
        return Position(code.co_filename, entries[index - 1][0] if index else 1, whole)

    def frame(self, frame: FrameType, position: Position) -> TemplateFrame:
        """Return the template's frame that `frame` stands for."""
        return TemplateFrame(frame, position, lambda: _variables(frame), lambda: _globals(frame))

    def step(self, frame: FrameType, kind: StepKind) -> ForeignStep | None:
        """Return how a step from `frame` is different."""
        position = self.position(frame)
        if position is None:
            return None
        beyond = Continued(frame) if kind is StepKind.OVER else None
        return ForeignStep(Place(position.path, position.line), frame, beyond)

    def _entries_of(self, info: str) -> _Entries:
        entries = self._entries.get(info)
        if entries is None:
            if len(self._entries) > _MOST_KEPT:
                self._entries.clear()
            pairs = (pair.split("=") for pair in info.split("&") if pair)
            entries = self._entries[info] = tuple((int(line), int(generated)) for line, generated in pairs)
        return entries

    def _places_of(self, code: CodeType, info: str) -> dict[int, int]:
        key = (code.co_filename + code.co_qualname, info, code.co_firstlineno)
        places = self._places.get(key)
        if places is None:
            if len(self._places) > _MOST_KEPT:
                self._places.clear()
            places = self._places[key] = _places(code, self._entries_of(info))
        return places

    def _lines_of(self, code: CodeType, info: str) -> frozenset[int]:
        functions = (one for one in nested_code(code) if one is not code)
        return frozenset(line for one in functions for line in _places(one, self._entries_of(info)).values())


def _debug_info(frame: FrameType) -> str | None:
    """Return the debug information of the compiled template that `frame` runs; "" while it is being defined."""
    namespace = frame.f_globals
    info = namespace.get("debug_info")
    if "environment" not in namespace or "__jinja_template__" not in namespace:
        return "" if type(info) is not str and "environment" in namespace and _defines_template(frame.f_code) else None
    return info if type(info) is str else None


def _defines_template(code: CodeType) -> bool:
    return code.co_name == "<module>" and "debug_info" in code.co_names and "blocks" in code.co_names


def _repeats_caller(frame: FrameType, line: int) -> bool:
    """Say whether this is the first line of a block that its own template calls: it has been there already."""
    code, caller = frame.f_code, frame.f_back
    begins = line == code.co_firstlineno + 1 and code.co_name.startswith("block_")
    return begins and caller is not None and caller.f_code.co_filename == code.co_filename


def _places(code: CodeType, entries: _Entries) -> dict[int, int]:
    """Return the generated lines of one function at which a template line begins."""
    events = sorted(event_lines(code))
    # Nobody wants to stop where a macro is made; where it is called, its first line is of its own code.
    inner = [one for one in nested_code(code) if one is not code]
    macros = {one.co_firstlineno for one in inner if one.co_name == "macro"}
    found = {}
    for index, (line, first) in enumerate(entries):
        is_inner = any(one.co_firstlineno < first <= last_line(one) for one in inner)
        if first < code.co_firstlineno or first in macros or is_inner:
            continue
        following = entries[index + 1][1] if index + 1 < len(entries) else 1 << 31
        begin = next((event for event in events if first <= event < following), None)
        if begin is not None:
            found[begin] = line
    return found


@record
class Continued:
    """What goes on where `start` does, for the reader: the template that it extends, and blocks in the same file."""

    start: FrameType

    def may_end_in(self, code: CodeType) -> bool:
        """Say whether the function may be one of these."""
        mine = self.start.f_code
        if code.co_name == "root":
            return "parent_template" in mine.co_varnames and code.co_varnames[:1] == ("context",)
        return code.co_name.startswith("block_") and code.co_filename == mine.co_filename

    def watches(self, frame: FrameType) -> bool:
        """Say whether `frame` is one of these, called from the template itself."""
        return frame.f_back is self.start and self.may_end_in(frame.f_code)


def _context_of(frame: FrameType) -> object:
    """Return the context that a template is rendered with: its functions have it, macros not always."""
    current: FrameType | None = frame
    while current is not None:
        if _debug_info(current) is not None:
            context = read_locals(current).get("context")
            if context is not None:
                return context
        current = current.f_back
    return None


def _globals(frame: FrameType) -> dict[str, object]:
    """Return the variables that every template of the environment has."""
    return text_dict(attribute(frame.f_globals.get("environment"), "globals"))


def _variables(frame: FrameType) -> Variables:
    context = _context_of(frame)
    outer = _globals(frame)
    values = {
        name: value
        for name, value in text_dict(attribute(context, "parent")).items()
        if name not in outer or outer[name] is not value
    }
    values.update(text_dict(attribute(context, "vars")))
    missing = frame.f_globals.get("missing")
    scoped = []
    for name, value in read_locals(frame).items():
        match = _LOCAL.fullmatch(name)
        if match is not None and value is not missing:
            scoped.append((int(match[1]), match[2], value))
    for _, name, value in sorted(scoped, key=lambda entry: entry[0]):
        values[name] = value

    def store(name: str, value: object) -> None:
        _store(frame, context, name, value)

    return Variables(values, store)


def _store(frame: FrameType, context: object, name: str, value: object) -> None:
    """Set a variable: where the template has it in a local already, there, for it is not looked up again."""
    code = frame.f_code
    known = [
        (int(match[1]), local)
        for local in (*code.co_varnames, *code.co_cellvars, *code.co_freevars)
        if (match := _LOCAL.fullmatch(local)) is not None and match[2] == name
    ]
    missing = frame.f_globals.get("missing")
    bound = read_locals(frame)
    for _, local in sorted(known, reverse=True):
        if bound.get(local, missing) is not missing:
            write_local(frame, local, value)
            return
    variables = attribute(context, "vars")
    if not isinstance(variables, dict):
        raise KeyError(name)
    cast("dict[str, object]", variables)[name] = value
