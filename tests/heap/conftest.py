"""What every test of analyses needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from heapsight.heap.graph import Graph
from heapsight.heap.loading import Snapshot, load
from support.snapshots import Builder


@pytest.fixture
def graph_of(tmp_path: Path) -> Iterator[Callable[[Builder], Graph]]:
    """Return what writes a builder's snapshot, and reads it again."""
    opened: list[Snapshot] = []

    def read(builder: Builder) -> Graph:
        opened.append(load(builder.write(tmp_path / f"{len(opened)}.heapsight")))
        return Graph(opened[-1])

    yield read
    for snapshot in opened:
        snapshot.close()
