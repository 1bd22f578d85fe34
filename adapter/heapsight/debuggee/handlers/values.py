"""Reading, computing and changing values."""

from __future__ import annotations

from functools import partial
from typing import cast

from ...wire.messages import JsonBody
from ..arguments import Arguments, integer, optional_integer, optional_text, text
from ..errors import RequestError
from ..program import Body, Program
from .raw_memory import memory_may_have_changed

_LONGEST_SHOWN = 60
# These are shown without being asked for, so they may not take long. The console and a copy may, until pause or cancel.
_IMPATIENT_CONTEXTS = frozenset({"hover", "watch", "variables"})


def variables(program: Program, arguments: Arguments) -> JsonBody:
    """`variables`, paged and filtered."""
    chosen = optional_text(arguments, "filter")
    with program.watchdog.watch(program.options.evaluation_seconds):
        body = program.inspector.variables(
            integer(arguments, "variablesReference"),
            chosen,
            optional_integer(arguments, "start") or 0,
            optional_integer(arguments, "count") or 0,
            hex=_wants_hex(arguments),
        )
    return JsonBody(body)


def evaluate(program: Program, arguments: Arguments) -> Body:
    """`evaluate`. A hover ends in the object's size and references."""
    expression = text(arguments, "expression")
    frame_id = optional_integer(arguments, "frameId")
    context = optional_text(arguments, "context") or "watch"
    warn = None if context in _IMPATIENT_CONTEXTS else partial(_warn, program, expression)
    with program.watchdog.watch(program.options.evaluation_seconds, warn) as evaluation:
        if context == "hover" and program.options.memory_hover:
            return _hover(program, expression, frame_id, hex=_wants_hex(arguments))
        hex = _wants_hex(arguments)
        body = program.inspector.evaluate(expression, frame_id, context, hex=hex, evaluation=evaluation)
    if context == "repl":
        memory_may_have_changed(program)
        if program.options.client.invalidated_events and _may_change_values(expression):
            program.send_event("invalidated", {"areas": ["variables"]})
    return body


def _may_change_values(expression: str) -> bool:
    """Say whether a console line may change what is shown: a call, an assignment, an import, a deletion."""
    return any(sign in expression for sign in "(=") or expression.lstrip().startswith(("del ", "import ", "from "))


def _warn(program: Program, expression: str) -> None:
    """Say that an evaluation takes long, and how to end it."""
    line = expression.strip().partition("\n")[0]
    shown = line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…"
    text = (
        f"Evaluating {shown!r} has taken {program.options.evaluation_seconds:g} s and goes on. "
        "'Pause' ends it, as do cancelling the request and letting the program go on.\n"
    )
    program.send_event("output", {"category": "important", "output": text})


def _wants_hex(arguments: Arguments) -> bool:
    wanted = arguments.get("format")
    return isinstance(wanted, dict) and wanted.get("hex") is True


def _hover(program: Program, expression: str, frame_id: int | None, *, hex: bool) -> Body:
    held = program.inspector.evaluate_held(expression, frame_id)
    body = dict(program.inspector.evaluated_body(held, expression, frame_id, "hover", hex=hex))
    body["result"] = f"{body['result']}  ·  {program.memory.hover_text(held)}"
    return body


def set_variable(program: Program, arguments: Arguments) -> Body:
    """`setVariable`."""
    with program.watchdog.watch(program.options.evaluation_seconds):
        body = program.inspector.set_variable(
            integer(arguments, "variablesReference"),
            text(arguments, "name"),
            text(arguments, "value"),
            hex=_wants_hex(arguments),
        )
    memory_may_have_changed(program)
    return body


def set_expression(program: Program, arguments: Arguments) -> Body:
    """`setExpression`."""
    frame_id = optional_integer(arguments, "frameId")
    if frame_id is None:
        raise RequestError("'frameId' is needed: an expression is assigned in a frame.")
    with program.watchdog.watch(program.options.evaluation_seconds):
        body = program.inspector.set_expression(
            frame_id, text(arguments, "expression"), text(arguments, "value"), hex=_wants_hex(arguments)
        )
    memory_may_have_changed(program)
    return body


def completions(program: Program, arguments: Arguments) -> Body:
    """`completions` for the console."""
    body = program.inspector.completions(
        optional_integer(arguments, "frameId"),
        text(arguments, "text"),
        optional_integer(arguments, "line") or 1,
        integer(arguments, "column"),
    )
    client = program.options.client
    # The protocol counts `start` as it does columns; VS Code, whatever it says of its columns, takes it for an index.
    first = 1 if client.columns_from_one and not client.name.startswith("vscode") else 0
    targets = cast("list[dict[str, object]]", body["targets"])
    return {"targets": [{**target, "start": cast(int, target["start"]) + first} for target in targets]}
