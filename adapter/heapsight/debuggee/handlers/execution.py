"""Going on and stopping."""

from __future__ import annotations

from ..arguments import Arguments, integer
from ..engine.model import Granularity, StepKind
from ..errors import RequestError
from ..program import Body, Program


def _resume(program: Program, arguments: Arguments, kind: StepKind) -> bool:
    """Let the program go on; return whether all threads do."""
    program.watchdog.calm()
    is_step = kind is not StepKind.CONTINUE
    single = arguments.get("singleThread") is True or (is_step and not program.options.step_resumes_all)
    thread_id, granularity = integer(arguments, "threadId"), _granularity(arguments)
    program.release_stop()
    program.engine.resume(thread_id, kind, single_thread=single, granularity=granularity)
    if single and program.engine.stopped_threads() and program.options.client.invalidated_events:
        # What the client knows of the threads that stay stopped was held for the stop that ends now.
        program.send_event("invalidated", {"areas": ["stacks"]})
    return not single


def _granularity(arguments: Arguments) -> Granularity:
    try:
        return Granularity(arguments.get("granularity") or "line")
    except ValueError:
        known = ", ".join(repr(one.value) for one in Granularity)
        raise RequestError(f"'granularity' can be {known}.") from None


def continue_(program: Program, arguments: Arguments) -> Body:
    """`continue`."""
    return {"allThreadsContinued": _resume(program, arguments, StepKind.CONTINUE)}


def next_(program: Program, arguments: Arguments) -> None:
    """`next`: step over."""
    _resume(program, arguments, StepKind.OVER)


def step_in(program: Program, arguments: Arguments) -> None:
    """`stepIn`."""
    _resume(program, arguments, StepKind.IN)


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
