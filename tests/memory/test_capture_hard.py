"""Captures of heaps that are hard to walk: a million objects deep, half built and broken types, threads that go on."""

import os
from pathlib import Path

import pytest

from heapsight.debuggee.memory.capture import capturing
from heapsight.heap.graph import Graph
from heapsight.heap.loading import load
from heapsight.wire.snapshot_file import NONE, read_column, read_directory
from support.captures import WAYS, heaps, in_edges, run

pytest.importorskip("heapsight._native.heap")
pytestmark = pytest.mark.timeout(1800)  # a million objects, on a busy machine


def test_a_long_list_has_its_true_size(tmp_path) -> None:
    told = run("mem_captured_hard.py", tmp_path, "deep")
    for way in WAYS:
        path = tmp_path / f"{way}.heapsight"
        with path.open("rb") as file:
            addresses = read_column(file, read_directory(file).columns["node.address"])
        first = list(addresses).index(told["first"])
        snapshot = load(path)
        graph = Graph(snapshot)
        # Each holds the next alone; `None` at the end is everybody's.
        assert graph.retained[first] == told["length"] * told["size"], way
        snapshot.close()


def test_broken_types_and_half_built_objects(tmp_path) -> None:
    told = run("mem_captured_hard.py", tmp_path, "broken")
    assert told["known"]
    for way, heap in heaps(tmp_path).items():
        assert heap.types[heap.by_address[told["one"]]] == "__main__.Untraversed", way
        assert heap.by_address[told["half"]]


def test_threads_that_go_on(tmp_path) -> None:
    """Nothing crashes, no thread sees anything of it, and a file that was written while all stood still is whole."""
    assert run("mem_captured_hard.py", tmp_path, "busy") == {"errors": []}
    for way, heap in heaps(tmp_path).items():
        assert heap.counts["<thread>"] == 4, way
        # The frames of other threads are read a moment before the heap: only what they held may have too low a count.
        counts = heap.columns["node.refcount"]
        below = {node for node, count in enumerate(counts) if count != NONE and count < heap.holders[node]}
        holders = in_edges(heap, below)
        told = [{heap.types[holder] for holder, _, _ in holders[node]} for node in below]
        assert way == "python" or all("<frame>" in kinds for kinds in told), way


def test_what_killed_writers_have_left_is_removed_by_the_next_snapshot(tmp_path: Path) -> None:
    left = [tmp_path / "gone.heapsight.part", tmp_path / "gone.heapsight.part.error"]
    kept = [tmp_path / "at_work.heapsight.part", tmp_path / "other.part", tmp_path / "done.heapsight"]
    for path in (*left, *kept):
        path.write_bytes(b"unfinished")
    for path in (*left, *kept[1:]):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    taken = capturing.capture(capturing.Wish(folder=str(tmp_path)))
    assert Path(taken.path).parent == tmp_path
    assert set(tmp_path.iterdir()) == {*kept, Path(taken.path)}
