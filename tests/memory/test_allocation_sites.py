"""Where objects were allocated: what is traced, and what is not."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Iterator

import pytest

from heapsight.client import PACKAGE
from heapsight.debuggee.memory.capture.untraced import untraced
from support.heap_files import HeapFile

ROUNDS = 200
# Small enough for the interpreter's own allocator: what is larger comes from the raw one.
SMALL = 400


@pytest.fixture
def tracing() -> Iterator[None]:
    tracemalloc.start(3)
    yield
    tracemalloc.stop()


def made() -> list[bytes]:
    return [bytes(SMALL) for _ in range(ROUNDS)]


def is_traced(objects: list[bytes]) -> set[bool]:
    return {tracemalloc.get_object_traceback(one) is not None for one in objects}


def traced_bytes() -> int:
    return tracemalloc.get_traced_memory()[0]


@pytest.mark.usefixtures("tracing")
def test_only_what_is_made_meanwhile_is_not_traced() -> None:
    size = ROUNDS * SMALL
    before = made()
    count = traced_bytes()
    with untraced():
        meanwhile = made()
    assert abs(traced_bytes() - count) < size / 2
    after = made()
    assert traced_bytes() > count + size / 2
    assert is_traced(before) == is_traced(after) == {True}
    # What was not counted when it was made is not when it is freed, and the other way round.
    count = traced_bytes()
    del meanwhile
    assert abs(traced_bytes() - count) < size / 2
    del before
    assert traced_bytes() < count - size / 2


def test_nothing_is_changed_where_nothing_is_traced() -> None:
    with untraced():
        objects = made()
    assert len(objects) == ROUNDS
    tracemalloc.start()
    assert is_traced(made()) == {True}
    tracemalloc.stop()


@pytest.mark.parametrize("native", [True, False])
def test_a_program_that_python_itself_has_traced_from_the_start(tmp_path, native) -> None:
    path, program = tmp_path / "a.heapsight", tmp_path / "program.py"
    program.write_text(
        f"""
import sys
sys.path.insert(0, {str(PACKAGE.parent)!r})
if not {native}:
    sys.modules["heapsight._native.heap"] = None
kept = [bytearray(100) for _ in range({ROUNDS})]  # @made
import heapsight
heapsight.snapshot({str(path)!r})
"""
    )
    subprocess.run([sys.executable, "-X", "tracemalloc=2", str(program)], check=True)
    heap = HeapFile.open(path)
    assert heap.meta["traced"] == 2
    traces = dict(zip(heap.columns["site.node"], heap.columns["site.trace"], strict=True))
    frames = [
        heap.columns["trace.frame"][heap.columns["trace.start"][traces[one]]] for one in heap.of_type("bytearray")
    ]
    lines = program.read_text().splitlines()
    assert {lines[heap.columns["frame.line"][one] - 1].rpartition("# ")[2] for one in frames} == {"@made"}
    assert {heap.strings[heap.columns["frame.file"][one]] for one in frames} == {str(program)}
