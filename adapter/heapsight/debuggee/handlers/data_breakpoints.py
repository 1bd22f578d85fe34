"""Data breakpoints: what they can be set on, and setting them."""

from __future__ import annotations

from ..arguments import Arguments, objects, optional_integer, optional_text, text
from ..data_ids import place_of
from ..engine.watchpoints.container_places import LengthPlace
from ..engine.watchpoints.places import NamespacePlace
from ..engine.watchpoints.watch import Access, DataSpec
from ..errors import RequestError
from ..program import Body, Program
from .breakpoints import breakpoint_body

_FORGOTTEN = "What this was set on is not known any more: set it again while the program is stopped there."


def data_breakpoint_info(program: Program, arguments: Arguments) -> Body:
    """`dataBreakpointInfo`: of a row in Variables, or of an expression. The description says why there is none."""
    name = text(arguments, "name")
    reference = optional_integer(arguments, "variablesReference")
    if arguments.get("asAddress") is True or arguments.get("bytes") is not None:
        return {"dataId": None, "description": "Memory addresses cannot be watched."}
    try:
        with program.watchdog.watch(program.options.evaluation_seconds):
            if reference:
                origin = program.inspector.origin(reference, name)
            else:
                origin = program.inspector.origin_of_expression(name, optional_integer(arguments, "frameId"))
        place = place_of(origin)
    except RequestError as error:
        return {"dataId": None, "description": str(error)}
    accesses = [Access.WRITE] if isinstance(place, LengthPlace) else [Access.READ, Access.WRITE, Access.READ_WRITE]
    return {
        "dataId": program.data_ids.id_of(place),
        "description": place.title,
        "accessTypes": [access.value for access in accesses],
        "canPersist": isinstance(place, NamespacePlace) and place.module is not None,
    }


def set_data_breakpoints(program: Program, arguments: Arguments) -> Body:
    """`setDataBreakpoints`: replaces all of them."""
    specs = [_spec(program, one) for one in objects(arguments, "breakpoints")]
    return {"breakpoints": [breakpoint_body(one) for one in program.engine.set_data_breakpoints(specs)]}


def _spec(program: Program, asked: Arguments) -> DataSpec:
    data_id = text(asked, "dataId")
    access = optional_text(asked, "accessType") or Access.WRITE.value
    place = program.data_ids.place(data_id)
    message = _FORGOTTEN if place is None else None
    known = {one.value: one for one in Access}
    if access not in known:
        place, message = None, f"There is no access type {access!r}."
    elif isinstance(place, LengthPlace) and access != Access.WRITE.value:
        place, message = None, "Reading a length cannot be watched."
    return DataSpec(
        data_id,
        place,
        known.get(access, Access.WRITE),
        optional_text(asked, "condition"),
        optional_text(asked, "hitCondition"),
        message,
    )
