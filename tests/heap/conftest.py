"""What every test of analyses needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from heapsight.heap.graph import Graph
from heapsight.heap.loading import load
from support.snapshots import Builder


@pytest.fixture
def graph_of(tmp_path: Path) -> Callable[[Builder], Graph]:
    """Return what writes a builder's snapshot, and reads it again."""

    def read(builder: Builder) -> Graph:
        written = sorted(tmp_path.glob("*.heapsight"))
        return Graph(load(builder.write(tmp_path / f"{len(written)}.heapsight")))

    return read
