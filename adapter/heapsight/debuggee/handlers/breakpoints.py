"""Setting breakpoints."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence

from ..arguments import Arguments, integer, objects, optional_integer, optional_text, text
from ..engine.breakpoints.locations import Location
from ..engine.breakpoints.outline import Refusal
from ..engine.breakpoints.source_files import breakpoint_locations as breakpoint_places
from ..engine.model import Breakpoint, BreakpointSpec
from ..errors import RequestError
from ..inspection.columns import Columns
from ..program import Body, Program
from ..source_references import GeneratedSource
from .sources import source_body, source_of

# The usual extensions of templates: Python code is never in such a file.
_TEMPLATES = frozenset({".html", ".htm", ".jinja", ".jinja2", ".j2", ".djhtml", ".xml", ".txt"})
_NEEDS_OPTION = "Breakpoints in templates need 'jinja' or 'django' to be true in the debug configuration."


def breakpoint_body(breakpoint: Breakpoint) -> dict[str, object]:
    """Return the DAP `Breakpoint` for a logical breakpoint."""
    body: dict[str, object] = {"id": breakpoint.id, "verified": breakpoint.verified}
    if breakpoint.line is not None:
        body["line"] = breakpoint.line
    if breakpoint.location is not None and breakpoint.path is not None:
        body |= _place_body(breakpoint.location, breakpoint.path, Columns())
    if breakpoint.path is not None:
        body["source"] = source_body(breakpoint.path, breakpoint.reference)
    if breakpoint.message is not None:
        body["message"] = breakpoint.message
    return body


def set_breakpoints(program: Program, arguments: Arguments) -> Body:
    """`setBreakpoints`: replaces all of one file."""
    source, reference = _asked_source(program, arguments)
    if arguments.get("breakpoints") is None:
        specs = [BreakpointSpec(line=line) for line in _bare_lines(arguments)]
    else:
        columns = Columns()
        specs = [
            BreakpointSpec(
                line=integer(one, "line"),
                column=_offset(one, source.name, columns),
                condition=optional_text(one, "condition"),
                hit_condition=optional_text(one, "hitCondition"),
                log_message=optional_text(one, "logMessage"),
            )
            for one in objects(arguments, "breakpoints")
        ]
    breakpoints = program.engine.set_source_breakpoints(source.name, specs, source.text, reference)
    if program.templates is None and os.path.splitext(source.name)[1].lower() in _TEMPLATES:
        for one in breakpoints:
            if not one.verified:
                one.message = _NEEDS_OPTION
    _tell_what_does_not_compile(program, breakpoints)
    return {"breakpoints": [breakpoint_body(one) for one in breakpoints]}


def _tell_what_does_not_compile(program: Program, breakpoints: Sequence[Breakpoint]) -> None:
    """Say once in the console what is wrong with a condition or a log message: an editor shows it in a hover only."""
    for one in breakpoints:
        if one.test is None and one.message is not None and not one.told:
            one.told = True
            place = one.spec.function or f"{os.path.basename(one.path or '')}:{one.spec.line}"
            program.send_event("output", {"category": "console", "output": f"{place}: {one.message}\n"})


def breakpoint_locations(program: Program, arguments: Arguments) -> Body:
    """`breakpointLocations`: where on some lines a breakpoint can be.

    Raises RequestError when the file cannot be read, or does not compile.
    """
    source, _ = _asked_source(program, arguments)
    path, first = source.name, integer(arguments, "line")
    last = optional_integer(arguments, "endLine") or first
    if program.templates is not None and program.templates.takes(path):
        lines = program.engine.breakpoints.known_lines(path)
        return {"breakpoints": [{"line": line} for line in range(first, last + 1) if line in lines]}
    found = breakpoint_places(path, range(first, last + 1), source.text)
    if isinstance(found, Refusal):
        raise RequestError(found.reason)
    columns = Columns()
    bodies = [{"line": one} if isinstance(one, int) else _place_body(one, path, columns) for one in found]
    begin = (first, optional_integer(arguments, "column") or 0)
    end = (last, optional_integer(arguments, "endColumn") or math.inf)
    return {"breakpoints": [body for body in bodies if begin <= (body["line"], body.get("column", 1)) <= end]}


def _place_body(location: Location, path: str, columns: Columns) -> dict[str, int]:
    _, end_line, _, end_offset = location.span
    return {
        "line": location.line,
        "column": columns.column(path, location.line, location.column),
        "endLine": end_line,
        "endColumn": columns.column(path, end_line, end_offset),
    }


def _offset(one: Arguments, path: str, columns: Columns) -> int | None:
    column = optional_integer(one, "column")
    return None if column is None else columns.offset(path, integer(one, "line"), column)


def _asked_source(program: Program, arguments: Arguments) -> tuple[GeneratedSource, int]:
    """Return the source that a request is about, and its number where it has one."""
    asked = arguments.get("source")
    if not isinstance(asked, dict):
        raise RequestError("'source' is missing.")
    number = asked.get("sourceReference")
    return source_of(program, asked), number if isinstance(number, int) else 0


def _bare_lines(arguments: Arguments) -> list[int]:
    lines = arguments.get("lines") or []
    if not isinstance(lines, list) or not all(isinstance(line, int) for line in lines):
        raise RequestError("'lines' has to be a list of numbers.")
    return lines


def set_function_breakpoints(program: Program, arguments: Arguments) -> Body:
    """`setFunctionBreakpoints`: replaces all of them."""
    specs = [
        BreakpointSpec(
            function=text(one, "name"),
            condition=optional_text(one, "condition"),
            hit_condition=optional_text(one, "hitCondition"),
        )
        for one in objects(arguments, "breakpoints")
    ]
    breakpoints = program.engine.set_function_breakpoints(specs)
    _tell_what_does_not_compile(program, breakpoints)
    return {"breakpoints": [breakpoint_body(one) for one in breakpoints]}
