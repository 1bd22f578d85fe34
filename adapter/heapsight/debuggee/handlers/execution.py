"""Going on and stopping."""

from __future__ import annotations

from ..arguments import Arguments, integer, optional_integer
from ..engine.model import Granularity, StepKind
from ..engine.stepping.step_targets import StepTarget, step_targets
from ..errors import RequestError
from ..inspection.columns import Columns
from ..inspection.sources import Sources
from ..program import Body, Program

_LABEL = 80


def _resume(program: Program, arguments: Arguments, kind: StepKind, target: StepTarget | None = None) -> bool:
    """Let the program go on; return whether all threads do."""
    program.watchdog.calm()
    is_step = kind is not StepKind.CONTINUE
    single = arguments.get("singleThread") is True or (is_step and not program.options.step_resumes_all)
    thread_id = integer(arguments, "threadId")
    goal = target or _granularity(program, thread_id, arguments)
    program.release_stop()
    program.engine.resume(thread_id, kind, single_thread=single, goal=goal)
    if single and program.engine.stopped_threads() and program.options.client.invalidated_events:
        # What the client knows of the threads that stay stopped was held for the stop that ends now.
        program.send_event("invalidated", {"areas": ["stacks"]})
    return not single


def _granularity(program: Program, thread_id: int, arguments: Arguments) -> Granularity:
    try:
        wanted = Granularity(arguments.get("granularity") or "line")
    except ValueError:
        known = ", ".join(repr(one.value) for one in Granularity)
        raise RequestError(f"'granularity' can be {known}.") from None
    stop = program.engine.stopped_threads().get(thread_id)
    in_template = program.templates is not None and stop is not None and program.templates.is_in(stop.frame)
    # A template has lines only: the instructions are those of code that its reader never sees.
    return Granularity.LINE if in_template else wanted


def continue_(program: Program, arguments: Arguments) -> Body:
    """`continue`."""
    return {"allThreadsContinued": _resume(program, arguments, StepKind.CONTINUE)}


def next_(program: Program, arguments: Arguments) -> None:
    """`next`: step over."""
    _resume(program, arguments, StepKind.OVER)


def step_in(program: Program, arguments: Arguments) -> None:
    """`stepIn`: with `targetId` into that call, whether it is the user's code or a library's.

    Raises RequestError where there is no such call.
    """
    number = optional_integer(arguments, "targetId")
    targets = _targets(program, integer(arguments, "threadId")) if number is not None else []
    target = next((one for one in targets if one.offset == number), None)
    if number is not None and target is None:
        raise RequestError(f"There is no step-in target {number} at this stop.")
    _resume(program, arguments, StepKind.IN, target)


def step_in_targets(program: Program, arguments: Arguments) -> Body:
    """`stepInTargets`: the calls that the innermost frame is about to make; other frames have made theirs."""
    frame_id = integer(arguments, "frameId")
    thread_id = program.inspector.thread_of(frame_id)
    stop = program.engine.stopped_threads().get(thread_id)
    frame = program.inspector.frame(frame_id)
    if stop is None or stop.frame is not frame:
        return {"targets": []}
    texts, columns, path = Sources(), Columns(), frame.f_code.co_filename
    bodies: list[dict[str, object]] = []
    for target in _targets(program, thread_id):
        line, end_line, begin, end = target.span
        label = texts.between(path, line, begin, end_line, end)
        # A comprehension is called, too, and a decorator: those have no parentheses of a call.
        if label.endswith(")") or not label:
            bodies.append(
                {
                    "id": target.offset,
                    "label": shortened(label) or f"call on line {line}",
                    "line": line,
                    "column": columns.column(path, line, begin),
                    "endLine": end_line,
                    "endColumn": columns.column(path, end_line, end),
                }
            )
    return {"targets": bodies}


def shortened(label: str) -> str:
    """Return the text of a call on one line of a menu."""
    words = " ".join(label.split())
    return words if len(words) <= _LABEL else words[: _LABEL - 1] + "…"


def _targets(program: Program, thread_id: int) -> list[StepTarget]:
    stop = program.engine.stopped_threads().get(thread_id)
    if stop is None or (stop.exception is not None and stop.exception.is_unwound):
        return []
    return step_targets(stop.frame.f_code, stop.frame.f_lineno, stop.frame.f_lasti)


def step_out(program: Program, arguments: Arguments) -> None:
    """`stepOut`."""
    _resume(program, arguments, StepKind.OUT)


def pause(program: Program, arguments: Arguments) -> None:
    """`pause`: breaks into a running evaluation first; without one, stops the program at its next line."""
    if program.watchdog.interrupt():
        return
    thread_id = integer(arguments, "threadId")
    # Some clients send 0 (or a negative number) for "the program".
    program.engine.pause(thread_id if thread_id > 0 else None)


def threads(program: Program, _arguments: Arguments) -> Body:
    """`threads`."""
    return {"threads": [{"id": thread.id, "name": thread.name} for thread in program.engine.threads()]}
