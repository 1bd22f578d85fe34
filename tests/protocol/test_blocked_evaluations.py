"""Evaluations that block in C code: interrupted in the main thread, told in any other."""

from __future__ import annotations

import os
import signal

import pytest

pytestmark = pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs signals to threads")

BLOCKS = """\
import signal, sys, threading, time
class Blocked:
    def __repr__(self):
        {body}
        return "spoken"
def main():
    blocked = Blocked()
    print("stop")
if len(sys.argv) > 2:
    other = threading.Thread(target=main)
    other.start()
    other.join()
else:
    main()
print(signal.getsignal(signal.SIGURG))
"""
BODIES = {
    "lock": "lock = threading.Lock(); lock.acquire(); lock.acquire()",
    "event": "threading.Event().wait()",
    "sleep": "time.sleep(10_000)",
    "pipe": "__import__('os').read(__import__('os').pipe()[0], 1)",
}


def stopped_at(session, tmp_path, body: str, *args: str) -> None:
    program = tmp_path / "blocked.py"
    program.write_text(BLOCKS.format(body=body))
    session.launch(program, args=["blocked", *args], console="internalConsole", evaluateTimeout=0.3)
    session.request("setBreakpoints", source={"path": str(program)}, breakpoints=[{"line": 8}])
    session.configured()
    session.wait_for_stopped("breakpoint")


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_repr_that_blocks_in_the_main_thread_is_interrupted(session, tmp_path, body):
    stopped_at(session, tmp_path, body)
    assert "(repr interrupted after" in session.local_variables()["blocked"]["value"]
    assert session.evaluate("1 + 1")["result"] == "2"
    session.cont()
    assert session.wait_for_exit() == 0
    # The signal is the program's own again.
    assert session.output() == "stop\n0\n"


def test_a_console_line_that_blocks_is_ended_by_pause(session, tmp_path):
    stopped_at(session, tmp_path, "pass")
    frame = session.stack()[0]["id"]
    number = session.client.send_request(
        "evaluate", {"expression": BODIES["lock"], "frameId": frame, "context": "repl"}
    )
    session.wait_for_event("output", lambda body: "goes on" in body["output"])
    session.request("pause", threadId=1)
    answer = session.client.wait_response(number)
    assert answer["success"] is False
    assert session.evaluate("1 + 1")["result"] == "2"


def test_a_signal_that_the_program_uses_is_left_to_it(session, tmp_path):
    stopped_at(session, tmp_path, "pass")
    session.evaluate("signal.signal(signal.SIGURG, signal.SIG_IGN)")
    assert session.evaluate("signal.getsignal(signal.SIGURG)", "watch")["result"] == "<Handlers.SIG_IGN: 1>"
    session.cont()
    assert session.wait_for_exit() == 0
    assert session.output() == "stop\n1\n"


def test_where_another_thread_is_stuck_is_told(session, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    stopped_at(session, tmp_path, f"open({str(fifo)!r}).close()", "in a thread")
    reference = session.scopes()["Locals"]
    number = session.client.send_request("variables", {"variablesReference": reference})
    said = session.wait_for_event("output", lambda body: "cannot be interrupted" in body["output"])
    assert said["category"] == "important"
    assert f"thread {session.thread_id} waits in Blocked.__repr__ (blocked.py:4)" in said["output"]
    # Whatever is not about that thread is answered.
    assert len(session.request("threads")["threads"]) == 2
    with fifo.open("w"):
        pass
    rows = session.client.wait_response(number)["body"]["variables"]
    assert "(repr interrupted after" in next(row["value"] for row in rows if row["name"] == "blocked")
    session.cont()
    assert session.wait_for_exit() == 0
