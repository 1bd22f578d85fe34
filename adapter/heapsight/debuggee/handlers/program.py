"""What is loaded in the program as a whole, and ending its threads."""

from __future__ import annotations

from ..arguments import Arguments, integers, optional_integer
from ..errors import RequestError
from ..interrupts import raise_in
from ..program import Body, Program


def modules(program: Program, arguments: Arguments) -> Body:
    """`modules`, paged."""
    return program.modules.modules(
        optional_integer(arguments, "startModule") or 0, optional_integer(arguments, "moduleCount") or 0
    )


def loaded_sources(program: Program, _arguments: Arguments) -> Body:
    """`loadedSources`: of modules, and what has come up in a stack that is no file."""
    found = program.modules.sources()["sources"]
    return {"sources": [*found, *program.sources.bodies()]}


def terminate_threads(program: Program, arguments: Arguments) -> None:
    """`terminateThreads`: SystemExit is raised in each, as `sys.exit()` there would.

    A thread that waits in a C call notices when the call returns; a stopped one when it goes on. Raises RequestError
    for a number that is no thread's, before any thread is ended.
    """
    numbers = integers(arguments, "threadIds")
    if not numbers:
        raise RequestError("'threadIds' names no thread.")
    idents = {number: program.engine.ident_of(number) for number in numbers}
    for number, ident in idents.items():
        if ident is None:
            raise RequestError(f"There is no thread {number}.")
    for number, ident in idents.items():
        # A stopped thread is running our code: it raises by itself when it goes on.
        if ident is not None and not program.engine.post(number, _exit):
            raise_in(ident, SystemExit)


def _exit() -> None:
    raise SystemExit
