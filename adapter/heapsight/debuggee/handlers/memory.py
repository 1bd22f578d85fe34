"""Heapsight's own requests: what an object is and what keeps it alive."""

from __future__ import annotations

from ..arguments import Arguments, integer, integers, optional_integer, optional_text, text
from ..program import Body, Program


def inspect(program: Program, arguments: Arguments) -> Body:
    """`heapsight/inspect`: of an expression, of a row in Variables, or of a node in a referrer tree."""
    follow = arguments.get("follow") is True
    if arguments.get("object") is not None:
        return program.memory.inspect_object(integer(arguments, "object"), follow=follow)
    if arguments.get("variablesReference") is not None:
        name = text(arguments, "name")
        held, evaluate_name = program.inspector.row_held(integer(arguments, "variablesReference"), name)
        return program.memory.inspect(held, name, evaluate_name, follow=follow)
    expression = text(arguments, "expression")
    with program.watchdog.watch(program.options.evaluation_seconds):
        held = program.inspector.evaluate_held(expression, optional_integer(arguments, "frameId"))
    return program.memory.inspect(held, expression, expression, follow=follow)


def referrers(program: Program, arguments: Arguments) -> Body:
    """`heapsight/referrers`, paged."""
    # Only to be cancelled: the search has a time limit of its own.
    with program.watchdog.watch(None):
        return program.memory.referrers(
            integer(arguments, "object"),
            optional_integer(arguments, "start") or 0,
            optional_integer(arguments, "count") or 0,
            integers(arguments, "ancestors"),
        )


def followed(program: Program, arguments: Arguments) -> Body:
    """`heapsight/followed`: the object of an earlier stop, or that it is gone."""
    return program.memory.followed(integer(arguments, "follow"), optional_text(arguments, "name"))


def unfollow(program: Program, arguments: Arguments) -> None:
    """`heapsight/unfollow`."""
    program.memory.unfollow(integer(arguments, "follow"))
