"""`heapsight/snapshot` and `heapsight/traceAllocations` over the wire."""

import os
import sys

import pytest

from heapsight.client import PACKAGE
from support.heap_files import HeapFile
from support.markers import program_path

try:
    from heapsight._native.heap import fork_snapshot
except ImportError:
    fork_snapshot = None

PROGRAM = "proto_heap.py"
needs_fork = pytest.mark.skipif(fork_snapshot is None, reason="only Linux has forks of a heap")


def at_placed(session, **configuration):
    session.launch_and_stop(PROGRAM, "placed", **configuration)
    return session


def test_a_stopped_program(session, tmp_path) -> None:
    at_placed(session)
    path = tmp_path / "orders.heapsight"
    body = session.request("heapsight/snapshot", path=str(path), label="after placing")
    assert body["path"] == str(path)
    assert body["capture"] in ("fork", "process", "python")
    assert body["pauseSeconds"] > 0
    assert body["fileBytes"] == path.stat().st_size
    heap = HeapFile.open(path)
    assert heap.meta["label"] == "after placing"
    assert heap.meta["reason"] == "request"
    assert len(heap.types) == body["nodes"]
    assert len(heap.columns["edge.to"]) == body["references"]
    assert heap.counts["__main__.Order"] == 50
    assert [path.name for path in tmp_path.iterdir()] == ["orders.heapsight"]


def test_local_variables_are_held_by_their_frame(session, tmp_path) -> None:
    at_placed(session)
    heap = HeapFile.open(session.request("heapsight/snapshot", path=str(tmp_path / "a"))["path"])
    (thread,) = heap.of_type("<thread>")
    assert heap.names[thread] == "MainThread"
    frames = [target for _, _, target in heap.edges(thread)]
    assert [heap.names[frame].split(" at ")[0] for frame in frames] == ["place()", "<module>"]
    (orders,) = [target for kind, label, target in heap.edges(frames[0]) if (kind, label) == (5, "orders")]
    assert heap.types[orders] == "list"
    assert heap.columns["node.length"][orders] == 50


def test_what_is_heapsights_is_told_from_the_programs(session, tmp_path) -> None:
    at_placed(session)
    heap = HeapFile.open(session.request("heapsight/snapshot", path=str(tmp_path / "a"))["path"])
    own = heap.reachable(3) - heap.reachable(0, 1, 2)
    assert not any(heap.types[node].startswith("heapsight.") for node in heap.reachable(0, 1, 2))
    assert sum(heap.types[node].startswith("heapsight.") for node in own) > 20
    assert not any(heap.types[node] == "__main__.Order" for node in own)


def test_a_running_program(open_session, session, tmp_path) -> None:
    session.launch(PROGRAM, args=["run"])
    session.set_breakpoints(PROGRAM, "running")
    session.configured()
    session.wait_for_stopped("breakpoint")
    session.set_breakpoints(PROGRAM)
    session.cont()
    body = session.request("heapsight/snapshot", path=str(tmp_path / "a"))
    heap = HeapFile.open(body["path"])
    assert heap.counts["__main__.Order"] == 1
    (thread,) = heap.of_type("<thread>")
    assert [heap.names[frame].split(" at ")[0] for _, _, frame in heap.edges(thread)] == ["run()", "<module>"]


def test_a_name_of_its_own(session, tmp_path) -> None:
    at_placed(session, cwd=str(tmp_path))
    first, second = (session.request("heapsight/snapshot")["path"] for _ in range(2))
    assert first != second
    assert sorted(str(path) for path in (tmp_path / ".heapsight").iterdir()) == sorted([first, second])
    assert "proto_heap-" in first


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"path": 7}, "'path' has to be a string"),
        ({"path": "/nowhere/at/all/a.heapsight"}, "There is no folder /nowhere/at/all"),
        ({"path": "/"}, "/ is a folder"),
        ({"label": ["x"]}, "'label' has to be a string"),
    ],
)
def test_what_cannot_be_done_is_said(session, arguments, message) -> None:
    at_placed(session)
    assert message in session.refused("heapsight/snapshot", **arguments)


def test_nothing_of_it_is_loaded_before(session) -> None:
    at_placed(session)
    loaded = session.evaluate("[name for name in __import__('sys').modules if '.capture' in name]")
    assert loaded["result"] == "[]"


# The file of a fork counts as unfinished until the program says "go"; the imports are of the program's process.
HOLD_UP = """\
from heapsight.debuggee.memory.capture import native_capture
def status(fork, found=native_capture.Fork._status):
    return found(fork) if "go" in CACHE else None
native_capture.Fork._status = status
"""
# No forks, and a walk that goes on until it is cancelled. It asks after some ten thousand objects.
HOLD_UP_WALK = """\
import heapsight._native.heap
from heapsight.debuggee.handlers import snapshots
del heapsight._native.heap.fork_snapshot
def passed(switch, share):
    CACHE["walks"] = share
    while True:
        switch.check()
snapshots._Switch.passed = passed
CACHE.update({number: Order(number) for number in range(20_000)})
"""


LOOK_FOR_CHILDREN = """\
import os
try:
    left = os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    left = None
"""


def ask_held_up(session, folder) -> int:
    session.evaluate(HOLD_UP)
    return session.client.send_request("heapsight/snapshot", {"path": str(folder / "a")})


@needs_fork
def test_the_program_goes_on_while_the_file_is_written(session, tmp_path) -> None:
    at_placed(session)
    asked = ask_held_up(session, tmp_path)
    assert session.evaluate("len(orders)")["result"] == "50"
    session.step("next")
    session.evaluate("CACHE.update(go=True)")
    answer = session.client.wait_response(asked)
    assert answer["body"]["capture"] == "fork"
    # As it was when it was asked for.
    heap = HeapFile.open(answer["body"]["path"])
    assert heap.counts["__main__.Order"] == 50
    assert heap.meta["pauseSeconds"] == answer["body"]["pauseSeconds"]
    (thread,) = heap.of_type("<thread>")
    assert heap.names[thread] == "MainThread"


@needs_fork
def test_several_at_once(session, tmp_path) -> None:
    at_placed(session)
    first = ask_held_up(session, tmp_path)
    second = session.client.send_request("heapsight/snapshot", {"path": str(tmp_path / "b")})
    session.evaluate("CACHE.update(go=True)")
    for asked in (first, second):
        assert HeapFile.open(session.client.wait_response(asked)["body"]["path"]).of_type("<thread>")


@needs_fork
@pytest.mark.parametrize("goes_on", [False, True])
def test_a_fork_can_be_cancelled(session, tmp_path, goes_on) -> None:
    at_placed(session, args=["run"])
    asked = ask_held_up(session, tmp_path)
    if goes_on:
        session.cont()
    session.request("cancel", requestId=asked)
    answer = session.client.wait_response(asked)
    assert (answer["success"], answer["message"]) == (False, "cancelled")
    assert list(tmp_path.iterdir()) == []
    if not goes_on:
        # It has left no child behind.
        session.evaluate(
            "import os\ntry:\n    left = os.waitpid(-1, os.WNOHANG)\nexcept ChildProcessError:\n    left = 0"
        )
        assert session.evaluate("left")["result"] == "0"


@needs_fork
def test_pause_means_the_program_and_not_its_snapshot(session, tmp_path) -> None:
    at_placed(session, args=["run"])
    asked = ask_held_up(session, tmp_path)
    session.cont()
    session.request("pause", threadId=1)
    session.wait_for_stopped("pause")
    session.evaluate("CACHE.update(go=True)")
    assert session.client.wait_response(asked)["success"]


@needs_fork
@pytest.mark.parametrize("goes_on", [False, True])
def test_a_walk_can_be_cancelled(session, tmp_path, goes_on) -> None:
    at_placed(session, args=["run"])
    session.evaluate(HOLD_UP_WALK)
    if goes_on:
        session.cont()
    asked = session.client.send_request("heapsight/snapshot", {"path": str(tmp_path / "a")})
    session.request("cancel", requestId=asked)
    answer = session.client.wait_response(asked)
    assert (answer["success"], answer["message"]) == (False, "cancelled")
    assert list(tmp_path.iterdir()) == []


def test_reference_counts_stay(session, tmp_path) -> None:
    at_placed(session)
    count = "__import__('sys').getrefcount(orders[7])"
    before = session.evaluate(count)["result"]
    heap = HeapFile.open(session.request("heapsight/snapshot", path=str(tmp_path / "a"))["path"])
    assert session.evaluate(count)["result"] == before
    # One in the list.
    kept = [node for node in heap.of_type("__main__.Order") if heap.columns["node.refcount"][node] == 1]
    assert len(kept) == 49


# Allocation sites


def site_lines(heap: HeapFile, type_name: str) -> set[tuple[str, int]]:
    """Return file and line of the innermost frames in which objects of a type were made."""
    traces = dict(zip(heap.columns["site.node"], heap.columns["site.trace"], strict=True))
    found = set()
    for node in heap.of_type(type_name):
        if node in traces:
            frame = heap.columns["trace.frame"][heap.columns["trace.start"][traces[node]]]
            file = heap.strings[heap.columns["frame.file"][frame]]
            found.add((file.rpartition("/")[2], heap.columns["frame.line"][frame]))
    return found


def test_sites_from_the_start(session, tmp_path) -> None:
    at_placed(session, traceAllocations=3)
    heap = HeapFile.open(session.request("heapsight/snapshot", path=str(tmp_path / "a"))["path"])
    assert heap.meta["traced"] == 3
    lines = program_path(PROGRAM).read_text(encoding="utf-8").splitlines()
    made = next(number for number, line in enumerate(lines, 1) if "Order(number) for" in line)
    assert site_lines(heap, "__main__.Order") == {(PROGRAM, made)}


def test_no_site_is_in_heapsight_s_own_files(session, tmp_path) -> None:
    at_placed(session, traceAllocations=25)
    heap = HeapFile.open(session.request("heapsight/snapshot", path=str(tmp_path / "a"))["path"])
    files = {heap.strings[number] for number in heap.columns["frame.file"]}
    assert any(file.endswith(PROGRAM) for file in files)
    assert not [file for file in files if file.startswith(f"{PACKAGE}{os.sep}")]


def test_sites_switched_on_at_a_stop(session, tmp_path) -> None:
    at_placed(session)
    assert session.request("heapsight/traceAllocations", frames=2) == {"frames": 2}
    session.evaluate("CACHE.update(late=[Order(number) for number in range(5)])")
    heap = HeapFile.open(session.request("heapsight/snapshot", path=str(tmp_path / "a"))["path"])
    assert len(site_lines(heap, "__main__.Order")) == 1
    assert session.request("heapsight/traceAllocations", frames=0) == {"frames": 0}
    heap = HeapFile.open(session.request("heapsight/snapshot", path=str(tmp_path / "b"))["path"])
    assert heap.meta["traced"] == 0
    assert not heap.columns.get("site.node")


def test_wrong_numbers_of_frames(session) -> None:
    at_placed(session)
    assert "from 0 to 65535" in session.refused("heapsight/traceAllocations", frames=-1)
    assert "has to be a number" in session.refused("heapsight/traceAllocations", frames="all")


def test_a_wrong_launch_option(session) -> None:
    session.initialize()
    said = session.refused("launch", program=sys.executable, traceAllocations=True)
    assert said == "'traceAllocations' has to be a number of frames from 0 to 65535, not true."
