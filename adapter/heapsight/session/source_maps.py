"""Cells of a notebook or an interactive window: parts of a file that run under names of their own.

The client tells which lines of its file run as which lines of what (`setPydevdSourceMap`, the request that debugpy has
for it): `source` names the file, and each of `pydevdSourceMaps` says that its lines `line` to `endLine` run as
`runtimeSource` from `runtimeLine` on. Inside Heapsight there are only the names that code runs under; what the client
is shown of such code is translated here, and breakpoints in the file are set where its lines run.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping

from ..wire.framing import Message
from ..wire.messages import arguments_of, body_of
from ..wire.records import record
from .errors import RequestFailed

# A drive of Windows has one letter.
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
Ask = Callable[[str, dict[str, object]], Awaitable[Message]]


@record
class Cell:
    """Lines `first` to `last` of a file that run as lines of `runtime`, from `runtime_first` on."""

    first: int
    last: int
    runtime: str
    runtime_first: int

    def to_runtime(self, line: int) -> int | None:
        """Return where a line of the file runs."""
        return line - self.first + self.runtime_first if self.first <= line <= self.last else None

    def to_file(self, line: int) -> int | None:
        """Return the line of the file that runs as `line`."""
        found = line - self.runtime_first + self.first
        return found if self.first <= found <= self.last else None


class SourceMaps:
    """The cells of all files, and the breakpoints that the client has set in those files."""

    def __init__(self) -> None:
        self._cells: dict[str, tuple[Cell, ...]] = {}
        self._set: dict[str, dict[str, object]] = {}
        # The files of such requests that are not answered yet, and the numbers that the client got for a file's.
        self._asked: dict[object, str] = {}
        self._numbers: dict[str, list[object]] = {}
        # Numbers of breakpoints that replaced others of which the client knows: theirs.
        self._known_as: dict[object, object] = {}

    def take(self, arguments: Mapping[str, object]) -> str:
        """Replace the cells of a file; return its name. Raises RequestFailed."""
        source, maps = arguments.get("source"), arguments.get("pydevdSourceMaps")
        path = source.get("path") if isinstance(source, Mapping) else None
        if not isinstance(path, str):
            raise RequestFailed("'source.path' is missing: the file whose lines run under other names.")
        if not isinstance(maps, list):
            raise RequestFailed("'pydevdSourceMaps' has to be a list.")
        self._cells[path] = tuple(_cell(one) for one in maps)
        return path

    def has_cells(self, message: Message) -> bool:
        """Say whether a request sets breakpoints in a file that has cells; take notice of those in other files."""
        if message.get("command") != "setBreakpoints":
            return False
        path = _path_of(arguments_of(message))
        self._set[path] = arguments_of(message)
        self._asked[message.get("seq")] = path
        return path in self._cells

    @property
    def translates(self) -> bool:
        """Whether what the client is shown is to be looked through for cells."""
        return bool(self._cells)

    def reads_answer(self, message: Message) -> bool:
        """Say whether the answer to a request has to be seen: its numbers are noted, or it is to be translated."""
        return self.translates or message.get("command") == "setBreakpoints"

    def answered(self, message: Message) -> Message:
        """Return a response or an event of the program's as the client is to see it."""
        body = message.get("body")
        if self._cells and isinstance(body, dict):
            body = self._translated(body)
            message = {**message, "body": body}
        path = self._asked.pop(message.get("request_seq"), None)
        if path is not None and isinstance(body, dict):
            self._numbers[path] = [one.get("id") for one in _objects(body.get("breakpoints"))]
        return message

    async def set_breakpoints(self, arguments: Mapping[str, object], ask: Ask) -> list[object]:
        """Set the breakpoints of a file where its lines run; return what became of each. Raises RequestFailed."""
        path = _path_of(arguments)
        wanted = _breakpoints_of(arguments)
        groups: dict[str, list[tuple[int, dict[str, object]]]] = {path: []}
        groups.update({cell.runtime: [] for cell in self._cells.get(path, ())})
        for index, one in enumerate(wanted):
            runtime, line = self._place(path, one.get("line"))
            groups[runtime].append((index, {**one, "line": line}))
        found: list[object] = [None] * len(wanted)
        for runtime, group in groups.items():
            answer = await ask(
                "setBreakpoints", {"source": {"path": runtime}, "breakpoints": [one for _, one in group]}
            )
            if answer.get("success") is not True:
                raise RequestFailed(str(answer.get("message")))
            for (index, _), one in zip(group, _objects(body_of(answer).get("breakpoints")), strict=False):
                found[index] = one
        return found

    async def set_again(self, path: str, ask: Ask) -> list[object]:
        """Set the breakpoints of a file anew, whose cells are others now; return them under the numbers they had."""
        arguments = self._set.get(path)
        if arguments is None:
            return []
        found = await self.set_breakpoints(arguments, ask)
        for one, known in zip(_objects(found), self._numbers.get(path, []), strict=False):
            self._known_as[one.get("id")] = known
        return found

    # -- inside

    def _place(self, path: str, line: object) -> tuple[str, object]:
        for cell in self._cells.get(path, ()) if isinstance(line, int) else ():
            assert isinstance(line, int)
            runs_at = cell.to_runtime(line)
            if runs_at is not None:
                return cell.runtime, runs_at
        return path, line

    def _translated(self, value: object) -> object:
        if isinstance(value, list):
            return [self._translated(one) for one in value]
        if not isinstance(value, dict):
            return value
        found = {name: self._translated(one) for name, one in value.items()}
        numbers = found.get("hitBreakpointIds")
        if isinstance(numbers, list):
            found["hitBreakpointIds"] = [self._known_as.get(number, number) for number in numbers]
        if "verified" in found and found.get("id") in self._known_as:
            found["id"] = self._known_as[found["id"]]
        return self._located(found)

    def _located(self, value: dict[str, object]) -> dict[str, object]:
        """Translate what has a source and a line in it: stack frames, breakpoints, output."""
        source, line = value.get("source"), value.get("line")
        if not isinstance(source, dict) or not isinstance(line, int):
            return value
        name = source.get("path") or source.get("name")
        for path, cells in self._cells.items():
            for cell in cells:
                there = cell.to_file(line) if cell.runtime == name else None
                if there is not None:
                    shown = {"name": _name_of(path), "path": path}
                    end = value.get("endLine")
                    ends = {"endLine": end - line + there} if isinstance(end, int) else {}
                    return {**value, "source": shown, "line": there, **ends}
        return value


def _cell(given: object) -> Cell:
    values = given if isinstance(given, Mapping) else {}
    runtime = values.get("runtimeSource")
    path = runtime.get("path") if isinstance(runtime, Mapping) else None
    numbers = [values.get(name) for name in ("line", "endLine", "runtimeLine")]
    first, last, there = (number if isinstance(number, int) else None for number in numbers)
    if not isinstance(path, str) or first is None or last is None or there is None:
        raise RequestFailed("A source map needs 'line', 'endLine', 'runtimeSource.path' and 'runtimeLine'.")
    return Cell(first, last, path, there)


def _name_of(path: str) -> str:
    """Return the name of a file, whose path may be the address of a cell in it: `vscode-notebook-cell:/a.ipynb#id`."""
    if _ADDRESS.match(path) is not None:
        path = path.partition("#")[0]
    return path.replace("\\", "/").rpartition("/")[2]


def _path_of(arguments: Mapping[str, object]) -> str:
    source = arguments.get("source")
    path = source.get("path") if isinstance(source, Mapping) else None
    return path if isinstance(path, str) else ""


def _objects(value: object) -> list[dict[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _breakpoints_of(arguments: Mapping[str, object]) -> list[dict[str, object]]:
    given = arguments.get("breakpoints")
    if isinstance(given, list):
        return _objects(given)
    lines = arguments.get("lines")
    return [{"line": line} for line in lines] if isinstance(lines, list) else []
