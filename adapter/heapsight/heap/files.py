"""The snapshots that a worker has open, by number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from .arguments import BadArguments
from .graph import Graph
from .loading import Snapshot, load
from .progress import Progress

# Answers of which further pages may be asked for.
_KEPT_ANSWERS = 8
T = TypeVar("T")


@dataclass(frozen=True)
class OpenFile:
    """A snapshot, its number, and the graph that answers questions about it."""

    number: int
    snapshot: Snapshot
    graph: Graph
    _answers: dict[tuple[object, ...], object] = field(default_factory=dict)

    def once(self, key: tuple[object, ...], find: Callable[[], T]) -> T:
        """Return what `find` returns, or has returned for the same key not long ago: an answer is read in pages."""
        found = self._answers.pop(key, None)
        if found is None:
            found = find()
        self._answers[key] = found
        while len(self._answers) > _KEPT_ANSWERS:
            del self._answers[next(iter(self._answers))]
        return cast(T, found)


class Files:
    """Snapshots under numbers that are never used twice."""

    def __init__(self) -> None:
        self._open: dict[int, OpenFile] = {}
        self._last = 0

    def open(self, path: Path, progress: Progress) -> OpenFile:
        """Open the file at `path`. Raises SnapshotError and OSError."""
        snapshot = load(path, progress)
        self._last += 1
        opened = self._open[self._last] = OpenFile(self._last, snapshot, Graph(snapshot, progress=progress))
        return opened

    def of(self, number: int, progress: Progress | None = None) -> OpenFile:
        """Return the snapshot with that number, worked on with `progress`. Raises BadArguments: it is not open."""
        found = self._open.get(number)
        if found is None:
            raise BadArguments(f"There is no open snapshot {number}.")
        found.graph.progress = progress or Progress()
        return found

    def close(self, number: int) -> None:
        """Close a snapshot. Raises BadArguments where it is not open."""
        self.of(number).snapshot.close()
        del self._open[number]

    def close_all(self) -> None:
        """Close what is still open."""
        for number in list(self._open):
            self.close(number)
