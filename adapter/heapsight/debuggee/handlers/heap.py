"""Requests about all objects of the stopped program: histogram, instances, what an object retains, new instances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from ..arguments import Arguments, integer, optional_integer, optional_text
from ..errors import RequestError
from ..holding import Held
from ..inspection.failures import describe_error, disown
from ..program import Body, Program

_T = TypeVar("_T", bound=str)


def histogram(program: Program, arguments: Arguments) -> Body:
    """`heapsight/histogram`, paged, compared with an earlier moment."""
    from ..memory.histogram import SORTINGS

    compare_with = _one_of(arguments, "compareWith", ("lastStop", "mark", "nothing"), "lastStop")
    with program.watchdog.watch(None):
        return program.memory.live_heap.histogram(
            compare_with=compare_with,
            sort_by=_one_of(arguments, "sortBy", SORTINGS, "size"),
            filter=optional_text(arguments, "filter"),
            all=_optional_flag(arguments, "all"),
            start=optional_integer(arguments, "start") or 0,
            count=optional_integer(arguments, "count") or 0,
        )


def mark(program: Program, arguments: Arguments) -> Body:
    """`heapsight/mark`: this is the moment that "mark" compares with."""
    with program.watchdog.watch(None):
        return program.memory.live_heap.mark(all=_optional_flag(arguments, "all"))


def instances(program: Program, arguments: Arguments) -> Body:
    """`heapsight/instances`, paged. A filter is the user's own code, and may not run for ever."""
    from ..inspection.text.limits import Limits
    from ..inspection.text.saferepr import Reprs
    from ..memory.instances import ORDERINGS, InstanceFilter

    types = types_of(program, arguments)
    expression = optional_text(arguments, "filter")
    sort_by = _one_of(arguments, "sortBy", ORDERINGS, "address")
    subclasses = arguments.get("subclasses") is True
    limits, reprs = Limits(characters=80, elements=8, depth=2), Reprs(asks=False)
    seconds = program.options.evaluation_seconds if expression is not None else None
    with program.watchdog.watch(seconds):
        accepts = _filter(program, expression, optional_integer(arguments, "frameId"))
        return program.memory.live_heap.instances(
            types,
            filter=None if accepts is None else InstanceFilter(accepts, _what_was_raised),
            question=(frozenset(id(held.obj) for held in types), expression, sort_by, subclasses),
            subclasses=subclasses,
            sort_by=sort_by,
            start=optional_integer(arguments, "start") or 0,
            count=optional_integer(arguments, "count") or 0,
            text=lambda obj: reprs.text(obj, limits),
        )


def retained(program: Program, arguments: Arguments) -> Body:
    """`heapsight/retained`: of an object that the client has a number for."""
    return program.memory.retained_of(integer(arguments, "object")).body()


def watch_type(program: Program, arguments: Arguments) -> Body:
    """`heapsight/watchType`: stop when an instance is created, or remember where each one was."""
    from ..engine.watchpoints.creations import NoCreator, OnCreation
    from ..typenames import class_location, qualified_name

    action = _one_of(arguments, "action", (*[one.value for one in OnCreation], "off"), "")
    if not action:
        raise RequestError("'action' is needed: 'break', 'track' or 'off'.")
    creations = program.engine.creations
    # Kept for the session: what was tracked at one stop is asked about at a later one.
    program.memory.creation_of = creations.place_of
    body: dict[str, object] = {"action": action}
    for held in types_of(program, arguments):
        cls: type = held.obj  # type: ignore[assignment]
        body["typeName"] = qualified_name(cls)
        location = class_location(cls)
        if location is not None:
            body["location"] = {"path": location[0], "line": location[1]}
        if action == "off":
            creations.unwatch(cls)
            continue
        try:
            creations.watch(cls, OnCreation(action))
        except NoCreator as error:
            raise RequestError(str(error)) from None
    return body


def types_of(program: Program, arguments: Arguments) -> list[Held]:
    """Return the types that `type` or `typeName` names. Raises RequestError."""
    if arguments.get("type") is not None:
        return program.memory.live_heap.type_numbered(integer(arguments, "type"))
    name = optional_text(arguments, "typeName")
    if name is None:
        raise RequestError("'type' (a number from a histogram) or 'typeName' is needed.")
    return program.memory.live_heap.type_named(name)


def _filter(program: Program, expression: str | None, frame_id: int | None) -> Callable[[object], object] | None:
    """Return a function of one object for an expression over `obj`, with the names of a frame."""
    if expression is None:
        return None
    text = expression.strip()
    try:
        compile(text, "<filter>", "eval")
    except (SyntaxError, ValueError) as error:
        raise RequestError(f"The filter is no expression: {error}") from None
    held = program.inspector.evaluate_held(f"lambda obj: ({text}\n)", frame_id)
    return cast("Callable[[object], Any]", held.obj)


def _what_was_raised(error: BaseException) -> str:
    text = describe_error(error)
    disown(error)
    return text


def _optional_flag(arguments: Arguments, name: str) -> bool | None:
    value = arguments.get(name)
    return value if isinstance(value, bool) else None


def _one_of(arguments: Arguments, name: str, allowed: tuple[_T, ...], default: _T) -> _T:
    value = optional_text(arguments, name)
    if value is None:
        return default
    for one in allowed:
        if one == value:
            return one
    raise RequestError(f"{name!r} has to be one of {', '.join(map(repr, allowed))}, not {value!r}.")
