"""Setting breakpoints."""

from __future__ import annotations

import os

from ..arguments import Arguments, integer, objects, optional_integer, optional_text, text, texts
from ..engine.model import BreakMode, Breakpoint, BreakpointSpec
from ..errors import RequestError
from ..program import Body, Program

# The filter ids are debugpy's, so that a client's saved choice carries over.
_EXCEPTION_FILTERS = {
    "raised": BreakMode.ALWAYS,
    "uncaught": BreakMode.UNHANDLED,
    "userUnhandled": BreakMode.USER_UNHANDLED,
}


def breakpoint_body(breakpoint: Breakpoint) -> dict[str, object]:
    """Return the DAP `Breakpoint` for a logical breakpoint."""
    body: dict[str, object] = {"id": breakpoint.id, "verified": breakpoint.verified}
    if breakpoint.line is not None:
        body["line"] = breakpoint.line
    if breakpoint.path is not None:
        body["source"] = {"name": os.path.basename(breakpoint.path), "path": breakpoint.path}
    if breakpoint.message is not None:
        body["message"] = breakpoint.message
    return body


def set_breakpoints(program: Program, arguments: Arguments) -> Body:
    """`setBreakpoints`: replaces all of one file."""
    source = arguments.get("source")
    if not isinstance(source, dict) or not isinstance(source.get("path"), str):
        raise RequestError("Heapsight sets breakpoints in files only: 'source.path' is missing.")
    if arguments.get("breakpoints") is None:
        specs = [BreakpointSpec(line=line) for line in _bare_lines(arguments)]
    else:
        specs = [
            BreakpointSpec(
                line=integer(one, "line"),
                column=optional_integer(one, "column"),
                condition=optional_text(one, "condition"),
                hit_condition=optional_text(one, "hitCondition"),
                log_message=optional_text(one, "logMessage"),
            )
            for one in objects(arguments, "breakpoints")
        ]
    breakpoints = program.engine.set_source_breakpoints(source["path"], specs)
    return {"breakpoints": [breakpoint_body(one) for one in breakpoints]}


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
    return {"breakpoints": [breakpoint_body(one) for one in breakpoints]}


def set_exception_breakpoints(program: Program, arguments: Arguments) -> Body:
    """`setExceptionBreakpoints`: replaces the chosen filters."""
    names = texts(arguments, "filters")
    unknown = [name for name in names if name not in _EXCEPTION_FILTERS]
    known = frozenset(_EXCEPTION_FILTERS[name] for name in names if name in _EXCEPTION_FILTERS)
    program.engine.set_exception_breakpoints(known)
    return {
        "breakpoints": [
            {"verified": False, "message": f"There is no exception filter {name!r}."}
            if name in unknown
            else {"verified": True}
            for name in names
        ]
    }
