"""The snapshots that a worker has open, by number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .arguments import BadArguments
from .graph import Graph
from .loading import Snapshot, load


@dataclass(frozen=True)
class OpenFile:
    """A snapshot and the graph that answers questions about it."""

    snapshot: Snapshot
    graph: Graph


class Files:
    """Snapshots under numbers that are never used twice."""

    def __init__(self) -> None:
        self._open: dict[int, OpenFile] = {}
        self._last = 0

    def open(self, path: Path, progress: Callable[[str, float], None]) -> tuple[int, OpenFile]:
        """Open the file at `path`; return its number as well. Raises SnapshotError and OSError."""
        opened = open_file(path, progress)
        self._last += 1
        self._open[self._last] = opened
        return self._last, opened

    def of(self, number: int) -> OpenFile:
        """Return the snapshot with that number. Raises BadArguments where it is not open."""
        found = self._open.get(number)
        if found is None:
            raise BadArguments(f"There is no open snapshot {number}.")
        return found

    def close(self, number: int) -> None:
        """Close a snapshot. Raises BadArguments where it is not open."""
        self.of(number).snapshot.close()
        del self._open[number]

    def close_all(self) -> None:
        """Close what is still open."""
        for number in list(self._open):
            self.close(number)


def open_file(path: Path, progress: Callable[[str, float], None]) -> OpenFile:
    """Open the snapshot at `path`. Raises SnapshotError and OSError."""
    snapshot = load(path, progress)
    return OpenFile(snapshot, Graph(snapshot, progress=progress))
