"""The client's own terms for places in files: its names of them, and whether it counts lines and columns from 0.

Everything inside Heapsight counts from 1 and names files as the program does. What differs for a client is translated
here, in all that passes between it and the program, by the names that the protocol gives to such values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath, PureWindowsPath

from ..wire.framing import Message
from ..wire.messages import arguments_of
from ..wire.path_mappings import PathMapper, PathMapping
from ..wire.records import record

_LINES = frozenset({"line", "endLine"})
_COLUMNS = frozenset({"column", "endColumn"})
# Numbers of sources that only the program has; the agent's own count from 1.
_FIRST_REFERENCE = 1_000_000_000


@record
class _Direction:
    """What is done to the values of one direction."""

    shift_lines: int
    shift_columns: int
    source: Callable[[dict[str, object]], dict[str, object]]


class ClientTerms:
    """Translates messages. `exists`: says whether the client has a file that no mapping is for."""

    def __init__(
        self, client: Mapping[str, object], mappings: tuple[PathMapping, ...], exists: Callable[[str], bool]
    ) -> None:
        lines = 1 if client.get("linesStartAt1") is False else 0
        columns = 1 if client.get("columnsStartAt1") is False else 0
        self._as_uri = client.get("pathFormat") == "uri"
        self._mapper = PathMapper(mappings) if mappings else None
        self._exists = exists
        self._references: dict[str, int] = {}
        self._to_program = _Direction(lines, columns, self._source_to_program)
        self._to_client = _Direction(-lines, -columns, self._source_to_client)
        self.is_plain = not (lines or columns or mappings or self._as_uri)

    def request(self, message: Message) -> Message:
        """Return a request of the client's in the program's terms."""
        if self.is_plain:
            return message
        translated = self._translate(message, "arguments", self._to_program)
        return self._source_request(translated) if message.get("command") == "source" else translated

    def answer(self, message: Message) -> Message:
        """Return a response or an event of the program's in the client's terms."""
        return message if self.is_plain else self._translate(message, "body", self._to_client)

    def _translate(self, message: Message, part: str, direction: _Direction) -> Message:
        content = message.get(part)
        if not isinstance(content, dict):
            return message
        return {**message, part: {name: _member(name, value, direction) for name, value in content.items()}}

    def _source_request(self, message: Message) -> Message:
        """Return a `source` request, which names its source twice, with what the inner source has become."""
        arguments = arguments_of(message)
        source = arguments.get("source")
        if not isinstance(source, dict):
            source = self._source_to_program({"sourceReference": arguments.get("sourceReference")})
        elif source.get("sourceReference"):
            return message
        if "path" not in source:
            return message
        return {**message, "arguments": {**arguments, "source": source, "sourceReference": 0}}

    def _source_to_program(self, source: dict[str, object]) -> dict[str, object]:
        reference = source.get("sourceReference")
        for known, number in self._references.items():
            if number == reference:
                return {**{name: value for name, value in source.items() if name != "sourceReference"}, "path": known}
        path = source.get("path")
        if not isinstance(path, str):
            return source
        name = _path_of_uri(path) if self._as_uri else path
        return {**source, "path": self._mapper.to_remote(name) if self._mapper is not None else name}

    def _source_to_client(self, source: dict[str, object]) -> dict[str, object]:
        path = source.get("path")
        if not isinstance(path, str):
            return source
        name = path
        if self._mapper is not None and _is_absolute(path):
            local = self._mapper.to_local(path)
            if local is None and _may_have_reference(source) and not self._exists(path):
                # The client has no such file: it can ask the program for it.
                number = self._references.setdefault(path, _FIRST_REFERENCE + len(self._references))
                return {**source, "sourceReference": number}
            name = local or path
        return {**source, "path": _uri_of_path(name) if self._as_uri and _is_absolute(name) else name}


def _may_have_reference(value: Mapping[str, object]) -> bool:
    """Tell a source without a number from the other things that have a path: modules, and places of classes."""
    return not value.get("sourceReference") and "id" not in value and "line" not in value


def _walk(value: object, direction: _Direction) -> object:
    if isinstance(value, list):
        return [_walk(item, direction) for item in value]
    if not isinstance(value, dict):
        return value
    found = {name: _member(name, inner, direction) for name, inner in value.items()}
    return direction.source(found) if "path" in found or "sourceReference" in found else found


def _member(name: str, value: object, direction: _Direction) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        if name in _LINES:
            return value + direction.shift_lines
        return value + direction.shift_columns if name in _COLUMNS else value
    if name == "lines" and isinstance(value, list):
        return [_member("line", item, direction) for item in value]
    return _walk(value, direction)


def _is_absolute(path: str) -> bool:
    return PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()


def _uri_of_path(path: str) -> str:
    windows = not path.startswith("/")
    return PureWindowsPath(path).as_uri() if windows else PurePosixPath(path).as_uri()


def _path_of_uri(uri: str) -> str:
    from urllib.parse import unquote, urlsplit  # a twentieth of the adapter's start, for the few clients that need it

    parts = urlsplit(uri)
    if parts.scheme != "file":
        return uri
    path = unquote(parts.path)
    if parts.netloc and parts.netloc != "localhost":
        return f"//{parts.netloc}{path}".replace("/", "\\")
    is_windows = len(path) > 2 and path[0] == "/" and path[2] == ":"
    return path[1:].replace("/", "\\") if is_windows else path
