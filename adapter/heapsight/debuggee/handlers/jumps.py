"""Set next statement, and restart frame."""

from __future__ import annotations

from ..arguments import Arguments, integer
from ..engine.stepping.jumps import JumpRefused
from ..errors import RequestError
from ..program import Body, Program


def goto_targets(program: Program, arguments: Arguments) -> Body:
    """`gotoTargets`: one target where a stopped thread may be able to jump to the line.

    Raises RequestError, with the reason, where none can.
    """
    source = arguments.get("source")
    if not isinstance(source, dict) or not isinstance(source.get("path"), str):
        raise RequestError("A jump is possible in files only: 'source.path' is missing.")
    if program.templates is not None and program.templates.takes(source["path"]):
        raise RequestError("A template is rendered from its beginning to its end: there is no jump in it.")
    try:
        number, line = program.engine.jumps.target(source["path"], integer(arguments, "line"))
    except JumpRefused as refusal:
        raise RequestError(str(refusal)) from None
    return {"targets": [{"id": number, "label": f"Line {line}", "line": line}]}


def goto(program: Program, arguments: Arguments) -> None:
    """`goto`: the thread stands at the target when its `stopped` event arrives. Raises RequestError."""
    thread_id = integer(arguments, "threadId")
    try:
        unset = program.engine.jumps.jump(thread_id, integer(arguments, "targetId"))
    except JumpRefused as refusal:
        raise RequestError(str(refusal)) from None
    _tell(program, unset)


def restart_frame(program: Program, arguments: Arguments) -> None:
    """`restartFrame`: the innermost frame begins again. Raises RequestError."""
    frame_id = integer(arguments, "frameId")
    frame = program.inspector.frame(frame_id)
    try:
        unset = program.engine.jumps.restart(program.inspector.thread_of(frame_id), frame)
    except JumpRefused as refusal:
        raise RequestError(str(refusal)) from None
    _tell(program, unset)


def _tell(program: Program, unset: list[str]) -> None:
    if unset:
        text = f"Python has set variables without a value to None for this jump: {', '.join(unset)}\n"
        program.send_event("output", {"category": "console", "output": text})
