"""Source lines, read from the files themselves: `linecache` would keep them in the user's process."""

from __future__ import annotations

import re

_DECLARATION = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_LARGEST = 20_000_000  # bytes


class Sources:
    """Lines of files, each read once until `clear`."""

    def __init__(self) -> None:
        self._files: dict[str, list[str]] = {}

    def line(self, path: str, number: int) -> str:
        """Return line `number` (1-based) without its end; "" where there is none."""
        lines = self._files.get(path)
        if lines is None:
            lines = self._files[path] = _read(path)
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def clear(self) -> None:
        """Forget everything."""
        self._files.clear()


def _read(path: str) -> list[str]:
    if path.startswith("<"):
        return []
    try:
        with open(path, "rb") as file:
            content = file.read(_LARGEST)
    except (OSError, ValueError):
        return []
    declared = next(
        (found[1].decode() for line in content.split(b"\n", 2)[:2] if (found := _DECLARATION.match(line))), "utf-8"
    )
    try:
        text = content.decode(declared, "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
