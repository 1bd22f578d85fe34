"""Telling the client of requests that take long, so that it can show them and offer to cancel them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..wire.framing import Message
from ..wire.heap_worker_requests import HEAP_COMMANDS, HEAP_PREFIX
from ..wire.messages import event
from ..wire.records import mutable_record

# Before that nothing is shown: most requests take a millisecond.
_PATIENCE_SECONDS = 1.0
_UPDATE_SECONDS = 1.0
_TITLES = {
    "launch": "Starting the program",
    "attach": "Attaching to the program",
    "restart": "Restarting the program",
    "evaluate": "Evaluating",
    "variables": "Reading values",
    "setVariable": "Changing a value",
    "setExpression": "Changing a value",
    "completions": "Completing",
    "stackTrace": "Reading the stack",
    "setBreakpoints": "Setting breakpoints",
    "disassemble": "Disassembling",
    "readMemory": "Reading memory",
    "heapsight/inspect": "Measuring the object",
    "heapsight/referrers": "Searching for what holds the object",
    "heapsight/snapshot": "Taking a snapshot of the heap",
    **{HEAP_PREFIX + command: "Analysing the snapshot" for command in HEAP_COMMANDS},
    HEAP_PREFIX + "open": "Opening the snapshot",
    HEAP_PREFIX + "export": "Exporting the snapshot",
    HEAP_PREFIX + "compare": "Comparing snapshots",
}
_CANNOT_BE_CANCELLED = frozenset({"setBreakpoints", "setVariable", "setExpression"})


@mutable_record(eq=False)
class _Report:
    """One request under way. `timer` is the next thing to happen to it; `is_shown` once the client knows."""

    command: str
    timer: asyncio.TimerHandle
    seconds: int = 0
    is_shown: bool = False
    step: str = ""
    percentage: float | None = None


class ProgressReports:
    """Sends `progressStart`, `progressUpdate` each second, and `progressEnd` with the answer."""

    def __init__(self, send: Callable[[Message], object]) -> None:
        self._send = send
        self._reports: dict[int, _Report] = {}

    def watch(self, request: Message) -> None:
        """Begin to wait for the answer to `request`, a client's."""
        command, number = request.get("command"), request.get("seq")
        if isinstance(command, str) and command in _TITLES and isinstance(number, int) and number not in self._reports:
            timer = asyncio.get_running_loop().call_later(_PATIENCE_SECONDS, self._tick, number)
            self._reports[number] = _Report(command, timer)

    def tell(self, number: object, step: str, fraction: float) -> None:
        """Note what request `number` is at, and how far that is, from 0 to 1; shown with the next update."""
        report = self._reports.get(number) if isinstance(number, int) else None
        if report is not None:
            report.step, report.percentage = step, 100.0 * fraction

    def answered(self, number: object) -> None:
        """The answer to request `number` is about to be sent."""
        report = self._reports.pop(number, None) if isinstance(number, int) else None
        if report is not None:
            report.timer.cancel()
            if report.is_shown:
                self._send(event("progressEnd", {"progressId": _name(number)}))

    def request_of(self, progress: object) -> int | None:
        """Return the number of the request that a progress is about."""
        return next((number for number in self._reports if _name(number) == progress), None)

    def close(self) -> None:
        """Send nothing any more."""
        for report in self._reports.values():
            report.timer.cancel()
        self._reports.clear()

    def _tick(self, number: int) -> None:
        report = self._reports[number]
        report.seconds += 1
        if report.is_shown:
            text = f"{report.step}, {report.seconds} s" if report.step else f"{report.seconds} s"
            update: dict[str, object] = {"progressId": _name(number), "message": text}
            if report.percentage is not None:
                update["percentage"] = report.percentage
            self._send(event("progressUpdate", update))
        else:
            report.is_shown = True
            body: dict[str, object] = {"progressId": _name(number), "title": _TITLES[report.command]}
            if number > 0:
                body["requestId"] = number
            body["cancellable"] = report.command not in _CANNOT_BE_CANCELLED
            self._send(event("progressStart", body))
        report.timer = asyncio.get_running_loop().call_later(_UPDATE_SECONDS, self._tick, number)


def _name(number: object) -> str:
    return f"request {number}"
