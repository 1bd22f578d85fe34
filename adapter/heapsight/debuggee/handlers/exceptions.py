"""Which exceptions stop the program, and what there is to say about one that did."""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType

from ..arguments import Arguments, integer, objects, optional_text, text, texts
from ..engine.engine import Engine
from ..engine.exceptions.conditions import BadCondition, ExceptionCondition
from ..engine.exceptions.filters import ExceptionRule
from ..engine.model import BreakMode
from ..errors import RequestError
from ..program import Body, Program

# The filter ids are debugpy's, so that a client's saved choice carries over.
_FILTERS = {
    "raised": BreakMode.ALWAYS,
    "uncaught": BreakMode.UNHANDLED,
    "userUnhandled": BreakMode.USER_UNHANDLED,
}
# The first segment of a path groups exceptions in a client's list: debugpy's clients call the only group by this name.
_CATEGORY = "Python Exceptions"


def set_exception_breakpoints(program: Program, arguments: Arguments) -> Body:
    """`setExceptionBreakpoints`: replaces everything that was chosen.

    The answer has one `Breakpoint` for each of `filters`, `filterOptions` and `exceptionOptions`, in this order; one
    that cannot be used is not verified and says why, and the others are in force.
    """
    rules: list[ExceptionRule] = []
    answers: list[dict[str, object]] = []
    for found in (*_filters(arguments), *_filter_options(arguments), *_exception_options(arguments)):
        if isinstance(found, ExceptionRule):
            rules.append(found)
            answers.append({"verified": True})
        else:
            answers.append({"verified": False, "message": found})
    program.engine.set_exception_breakpoints(rules)
    return {"breakpoints": answers}


def exception_in(engine: Engine, frame: FrameType) -> BaseException | None:
    """Return the exception that a thread stopped on in `frame`."""
    for stop in engine.stopped_threads().values():
        if stop.frame is frame and stop.exception is not None:
            return stop.exception.exception
    return None


def exception_info(program: Program, arguments: Arguments) -> Body:
    """`exceptionInfo` of the thread's stop.

    Raises RequestError when it did not stop on an exception.
    """
    thread_id = integer(arguments, "threadId")
    stop = program.engine.stopped_threads().get(thread_id)
    if stop is None:
        raise RequestError(f"Thread {thread_id} is not stopped.")
    if stop.exception is None:
        raise RequestError(f"Thread {thread_id} is not stopped on an exception.")
    with program.watchdog.watch(program.options.evaluation_seconds):
        return program.inspector.exception_info(
            stop.exception.exception, stop.exception.traceback, stop.exception.mode.value
        )


def _filters(arguments: Arguments) -> Iterator[ExceptionRule | str]:
    for name in texts(arguments, "filters"):
        yield _rule(name, None)


def _filter_options(arguments: Arguments) -> Iterator[ExceptionRule | str]:
    for one in objects(arguments, "filterOptions"):
        yield _rule(text(one, "filterId"), optional_text(one, "condition"))


def _rule(name: str, condition: str | None) -> ExceptionRule | str:
    mode = _FILTERS.get(name)
    if mode is None:
        return f"There is no exception filter {name!r}; there are {', '.join(map(repr, _FILTERS))}."
    try:
        return ExceptionRule(mode, ExceptionCondition.parse(condition))
    except BadCondition as error:
        return str(error)


def _exception_options(arguments: Arguments) -> Iterator[ExceptionRule | str]:
    modes = {mode.value: mode for mode in BreakMode}
    for one in objects(arguments, "exceptionOptions"):
        mode = modes.get(text(one, "breakMode"))
        segments = [(tuple(texts(part, "names")), part.get("negate") is True) for part in objects(one, "path")]
        if segments and segments[0] == ((_CATEGORY,), False):
            del segments[0]
        if mode is None:
            yield f"There is no break mode {one['breakMode']!r}; there are {', '.join(map(repr, modes))}."
        else:
            yield ExceptionRule(mode, ExceptionCondition.at_path(segments))
