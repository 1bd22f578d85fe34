"""Requests of a session that only runs its program (`noDebug`): nothing stops, and nothing claims that it would."""

from __future__ import annotations

from collections.abc import Mapping

from .errors import RequestError

_TEXT = "The program runs without debugging ('noDebug')."
_BREAKPOINTS = {
    "setBreakpoints": "breakpoints",
    "setFunctionBreakpoints": "breakpoints",
    "setDataBreakpoints": "breakpoints",
    "setInstructionBreakpoints": "breakpoints",
    "setExceptionBreakpoints": "filters",
}
_STILL_ANSWERED = frozenset({"threads", "modules", "loadedSources", "terminateThreads"})


def answer_undebugged(command: object, arguments: Mapping[str, object]) -> dict[str, object] | None:
    """Return the body for a request that sets breakpoints, none of which binds; None for one that is answered as ever.

    Raises RequestError for all others.
    """
    if command in _STILL_ANSWERED:
        return None
    if not isinstance(command, str) or command not in _BREAKPOINTS:
        raise RequestError(_TEXT)
    wanted = arguments.get(_BREAKPOINTS[command])
    count = len(wanted) if isinstance(wanted, list) else 0
    return {"breakpoints": [{"verified": False, "message": _TEXT} for _ in range(count)]}
