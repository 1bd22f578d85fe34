"""Questions about snapshots, put to the debug adapter."""

import os
import signal
from pathlib import Path

import pytest

from support.processes import wait_until_gone
from support.session import RequestRefused

with_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")


def children_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_before_there_is_a_program(session, shop) -> None:
    session.initialize()
    number = session.client.request("heapsight/heap/open", {"path": str(shop)})["snapshot"]
    answer = session.client.request("heapsight/heap/types", {"snapshot": number, "filter": "shop.Order"})
    assert [row["count"] for row in answer["rows"]] == [100]
    with pytest.raises(RequestRefused, match=r"There is no open snapshot 9\."):
        session.client.request("heapsight/heap/types", {"snapshot": 9})


def test_not_before_the_session_begins(open_session, shop) -> None:
    session = open_session(own_checked=False)
    with pytest.raises(RequestRefused, match="has to begin with 'initialize'"):
        session.client.request("heapsight/heap/open", {"path": str(shop)})


def test_there_is_no_other_question(session) -> None:
    session.initialize()
    with pytest.raises(RequestRefused, match="not supported"):
        session.client.request("heapsight/heap/cancel", {})


@with_proc
def test_a_worker_that_dies_is_followed_by_another(session, shop) -> None:
    session.initialize()
    adapter = session.client.process.pid
    assert children_of(adapter) == []
    session.client.request("heapsight/heap/open", {"path": str(shop)})
    (worker,) = children_of(adapter)
    os.kill(worker, signal.SIGSTOP)
    waiting = session.client.send_request("heapsight/heap/summary", {"snapshot": 1})
    os.kill(worker, signal.SIGKILL)
    text = session.client.wait_response(waiting)["message"]
    assert text == "The heap worker has ended before it answered (SIGKILL). Open the snapshot again."
    assert session.client.request("heapsight/heap/open", {"path": str(shop)})["snapshot"] == 1
    assert children_of(adapter) != [worker]


@with_proc
def test_the_worker_ends_with_the_session(session, shop) -> None:
    session.initialize()
    session.client.request("heapsight/heap/open", {"path": str(shop)})
    (worker,) = children_of(session.client.process.pid)
    session.client.request("disconnect")
    wait_until_gone(worker)


@with_proc
def test_a_question_can_be_cancelled(session, shop) -> None:
    session.initialize()
    session.client.request("heapsight/heap/open", {"path": str(shop)})
    (worker,) = children_of(session.client.process.pid)
    os.kill(worker, signal.SIGSTOP)
    waiting = session.client.send_request("heapsight/heap/summary", {"snapshot": 1})
    session.client.request("cancel", {"requestId": waiting})
    assert session.client.wait_response(waiting)["success"] is False
    os.kill(worker, signal.SIGCONT)
    assert session.client.request("heapsight/heap/types", {"snapshot": 1})["total"] > 0


def test_while_a_program_runs(session, shop) -> None:
    session.launch("proto_spin.py")
    session.configured()
    assert session.client.request("heapsight/heap/open", {"path": str(shop)})["snapshot"] == 1
