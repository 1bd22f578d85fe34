"""Captures in all three ways: each reference of a heap that is known is there, once, and the counts are exact."""

from collections import Counter
from pathlib import Path

import pytest

from heapsight.wire.snapshot_file import NONE
from support.captures import WAYS, fingerprints, heaps, in_edges, run
from support.heap_files import HeapFile

pytest.importorskip("heapsight._native.heap")
pytestmark = pytest.mark.timeout(1800)  # heaps of 300,000 objects, on a busy machine

INTERNAL = 8


def program_part(heap: HeapFile) -> set[int]:
    return {heap.columns["node.address"][node] for node in heap.reachable(0, 1, 2)} - {0}


class Captured:
    """What a program has told of its objects, and the files."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.told = run("mem_captured.py", folder, *words)
        self.heaps = heaps(folder)
        self.program = {way: program_part(heap) for way, heap in self.heaps.items()}


@pytest.fixture(scope="module", params=["small", "big"])
def captured(request, tmp_path_factory) -> Captured:
    return Captured(tmp_path_factory.mktemp("captured"), request.param)


def holder_name(heap: HeapFile, names: dict[int, str], node: int) -> str:
    address = heap.columns["node.address"][node]
    if address == 0:
        return f"{heap.types[node]} {heap.names[node].split(' at ')[0]}"
    return names.get(address, f"{heap.types[node]} {heap.names.get(node, '')}")


@pytest.mark.parametrize("way", WAYS)
def test_every_reference_is_told_once_and_counted(captured: Captured, way: str) -> None:
    heap, told = captured.heaps[way], captured.told
    names = {address: name for name, address in told["addresses"].items()}
    holders = in_edges(heap, {heap.by_address[told["addresses"][target]] for target in told["expected"]})
    for target, expected in told["expected"].items():
        node = heap.by_address[told["addresses"][target]]
        found = [(holder_name(heap, names, holder), kind, label) for holder, kind, label in holders[node]]
        assert Counter(found) == Counter(map(tuple, expected)), target
        assert heap.columns["node.refcount"][node] == len(expected), target


@pytest.mark.parametrize("way", WAYS)
def test_no_object_has_more_references_than_its_count(captured: Captured, way: str) -> None:
    heap = captured.heaps[way]
    counts = heap.columns["node.refcount"]
    below = [heap.types[node] for node, count in enumerate(counts) if count != NONE and count < heap.holders[node]]
    assert not below


@pytest.mark.parametrize("way", WAYS)
def test_what_no_root_reaches_is_held_by_native_code(captured: Captured, way: str) -> None:
    heap = captured.heaps[way]
    counts = heap.columns["node.refcount"]
    left = set(range(len(heap.types))) - heap.reachable(0, 1, 2, 3)
    seen = {node for node in left if counts[node] == NONE or counts[node] > heap.holders[node]}
    pending = list(seen)
    while pending:
        targets = {target for _, _, target in heap.edges(pending.pop())} - seen
        seen |= targets
        pending += targets
    assert not [heap.types[node] for node in left - seen]


def rows(heap: HeapFile, node: int) -> Counter:
    """Return the references of a node, with addresses for nodes."""
    addresses, start = heap.columns["node.address"], heap.columns["edge.start"]
    keys = heap.columns["edge.label"][start[node] : start[node + 1]]
    found = zip(heap.edges(node), keys, strict=True)
    return Counter((kind, addresses[key] if kind == 2 else label, addresses[to]) for (kind, label, to), key in found)


@pytest.mark.parametrize("other", ["process", "python"])
def test_all_ways_tell_the_same_graph(captured: Captured, other: str) -> None:
    one, two = captured.heaps["fork"], captured.heaps[other]
    assert captured.program["fork"] == captured.program[other]
    prints = fingerprints(one), fingerprints(two)
    different = []
    for address in captured.program["fork"]:
        first, second = one.by_address[address], two.by_address[address]
        if prints[0][address] != prints[1][address]:
            different.append(
                (one.types[first], rows(one, first) - rows(two, second), rows(two, second) - rows(one, first))
            )
        told = [described(heap, node) for heap, node in ((one, first), (two, second))]
        if told[0] != told[1]:
            different.append((one.types[first], *told))
    assert not different


def described(heap: HeapFile, node: int) -> list:
    columns = (heap.columns[f"node.{name}"][node] for name in ("size", "flags", "length"))
    return [heap.types[node], *columns, heap.names.get(node), heap.values.get(node)]


# Types of what a capture has while it lasts: the file that it writes to, its columns.
WHILE_IT_LASTS = {"_io.FileIO", "_io.BufferedWriter", "_io.BufferedRandom", "array.array"}
SHARED = {"str", "int"}  # with the constants of Heapsight's code


@pytest.mark.parametrize("other", ["process", "python"])
def test_all_ways_count_the_same(captured: Captured, other: str) -> None:
    one, two = captured.heaps["fork"], captured.heaps[other]
    different = []
    for address in captured.program["fork"] & captured.program[other]:
        first, second = one.by_address[address], two.by_address[address]
        counts = one.columns["node.refcount"][first], two.columns["node.refcount"][second]
        is_known = one.types[first] in SHARED or one.names.get(first) in WHILE_IT_LASTS
        if counts[0] != counts[1] and not is_known and address != captured.told["builtins"]:
            different.append((one.types[first], one.names.get(first), *counts))
    assert not different
