"""Source lines, read from the files themselves: `linecache` would keep them in the user's process."""

from __future__ import annotations

from ..source_text import text_of_name


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

    def between(self, path: str, line: int, begin: int, end_line: int, end: int) -> str:
        """Return the text between two places: lines as for `line`, and UTF-8 offsets into them."""
        lines = [self.line(path, number).encode() for number in range(line, end_line + 1)]
        lines[-1] = lines[-1][:end]
        lines[0] = lines[0][begin:]
        return b"\n".join(lines).decode("utf-8", "replace")

    def clear(self) -> None:
        """Forget everything."""
        self._files.clear()


def _read(path: str) -> list[str]:
    text = text_of_name(path)
    return text.split("\n") if text is not None else []
