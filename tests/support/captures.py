"""Snapshots of a program in each of the three ways, taken in a child process and read by the test."""

import json
import subprocess
import sys
from bisect import bisect_right
from pathlib import Path

from support.heap_files import HeapFile
from support.markers import program_path

WAYS = ("fork", "process", "python")
NAMED = (0, 5, 7, 8)  # kinds of references whose labels are strings


def take(way, path, start=None, **more):
    """Take a snapshot of this process in one of the WAYS; called by the programs."""
    from heapsight.debuggee.memory.capture import capturing

    wish = capturing.Wish(path, native=way != "python", **more)
    start = start or sys._getframe(1)
    if way == "process":
        begun = capturing.perf_counter()
        return capturing._in_process(capturing.native_module(), path, wish, start, None, begun=begun).finish()
    return capturing.capture(wish, start)


def run(program: str, *words: object) -> dict:
    """Run a program that prints JSON as its last line."""
    command = [sys.executable, "-X", "faulthandler", str(program_path(program)), *map(str, words)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    found = json.loads(ended.stdout.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def heaps(folder: Path) -> dict[str, HeapFile]:
    """Read what a program has written into `folder`."""
    return {way: HeapFile.open(folder / f"{way}.heapsight") for way in WAYS if (folder / f"{way}.heapsight").exists()}


def in_edges(heap: HeapFile, wanted: set[int]) -> dict[int, list[tuple[int, int, object]]]:
    """Return (holder, kind, label) of each reference to a wanted node, by what is referred to."""
    found: dict[int, list[tuple[int, int, object]]] = {}
    starts = heap.columns["edge.start"]
    for holder in {bisect_right(starts, row) - 1 for row, to in enumerate(heap.columns["edge.to"]) if to in wanted}:
        for kind, label, target in heap.edges(holder):
            if target in wanted:
                found.setdefault(target, []).append((holder, kind, label))
    return found


def fingerprints(heap: HeapFile) -> dict[int, int]:
    """Return by address of the holder a number that is the same for the same references in another file."""
    addresses, texts = heap.columns["node.address"], heap.strings
    kinds, labels = heap.columns["edge.kind"], heap.columns["edge.label"]
    hashes = [
        hash((kind, addresses[label] if kind == 2 else texts[label] if kind in NAMED else label, addresses[to]))
        for kind, label, to in zip(kinds, labels, heap.columns["edge.to"], strict=True)
    ]
    starts = heap.columns["edge.start"]
    return {address: sum(hashes[starts[node] : starts[node + 1]]) for node, address in enumerate(addresses) if address}
