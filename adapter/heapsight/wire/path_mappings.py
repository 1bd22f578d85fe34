"""File names on the client's machine and on the program's, where the two differ: containers, other machines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .records import record

_WINDOWS = re.compile(r"[A-Za-z]:($|[\\/])|\\\\|//[^/]+/[^/]+")


@record
class PathMapping:
    """A folder of the client's, and what the same folder is called where the program runs."""

    local_root: str
    remote_root: str


@record
class _Root:
    """A folder's name, split; Windows names are compared without case, and either slash separates."""

    parts: tuple[str, ...]
    prefix: str
    separator: str
    ignores_case: bool

    @classmethod
    def of(cls, name: str) -> _Root:
        windows = _WINDOWS.match(name) is not None or ("\\" in name and "/" not in name)
        parts = _split(name, windows)
        separator = "\\" if windows else "/"
        prefix = name[: len(name) - len(name.lstrip("\\/" if windows else "/"))]
        return cls(parts, prefix.replace("/", separator), separator, windows)

    def below(self, path: str) -> tuple[str, ...] | None:
        """Return the parts of `path` below this folder; None where it is elsewhere."""
        parts = _split(path, self.ignores_case)
        head = parts[: len(self.parts)]
        if self.ignores_case:
            matches = [part.casefold() for part in head] == [part.casefold() for part in self.parts]
        else:
            matches = head == self.parts and path.startswith("/") == self.prefix.startswith("/")
        return parts[len(self.parts) :] if matches else None

    def join(self, parts: Sequence[str]) -> str:
        """Return the name of what lies at `parts` below this folder."""
        name = self.prefix + self.separator.join((*self.parts, *parts))
        return name + self.separator if re.fullmatch(r"[A-Za-z]:", name) else name


class PathMapper:
    """Translates names both ways. Of several folders that a name lies in, the innermost counts."""

    def __init__(self, mappings: Sequence[PathMapping]) -> None:
        roots = [(_Root.of(one.local_root), _Root.of(one.remote_root)) for one in mappings]
        self._from_local = sorted(roots, key=lambda pair: -len(pair[0].parts))
        self._from_remote = sorted(roots, key=lambda pair: -len(pair[1].parts))

    def to_remote(self, path: str) -> str:
        """Return the program's name for a file of the client's; the same name where no mapping is for it."""
        for local, remote in self._from_local:
            below = local.below(path)
            if below is not None:
                return remote.join(below)
        return path

    def to_local(self, path: str) -> str | None:
        """Return the client's name for a file of the program's; None where no mapping is for it."""
        for local, remote in self._from_remote:
            below = remote.below(path)
            if below is not None:
                return local.join(below)
        return None


def _split(name: str, windows: bool) -> tuple[str, ...]:
    text = name.replace("\\", "/") if windows else name
    return tuple(part for part in text.split("/") if part and part != ".")
