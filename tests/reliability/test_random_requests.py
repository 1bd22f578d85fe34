"""Random requests, and programs that are killed, stopped, forked and replaced: nothing hangs, nothing is left behind.

HEAPSIGHT_FUZZ_REQUESTS sets how many requests are sent (default 1,500), HEAPSIGHT_FUZZ_ROUNDS how many programs are
disturbed, HEAPSIGHT_FUZZ_SEED where the random numbers begin.
"""

import os
import signal
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from heapsight.client import ConnectionEnded
from support.processes import wait_until_gone
from support.random_requests import PROGRAM, Requests
from support.session import Session

ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]
REQUESTS = int(os.environ.get("HEAPSIGHT_FUZZ_REQUESTS", "1500")) // len(ENGINES)
ROUNDS = int(os.environ.get("HEAPSIGHT_FUZZ_ROUNDS", "16")) // len(ENGINES)
SEED = int(os.environ.get("HEAPSIGHT_FUZZ_SEED", "20240607"))
MARK = "HEAPSIGHT_FUZZ_MARK"
# So many requests are on their way at a time.
BATCH = 20


@pytest.fixture
def mark() -> Iterator[str]:
    """Mark every process that a session starts; at the end each of them ends."""
    value = uuid.uuid4().hex
    yield value
    # One that was killed may still be on its way out.
    for pid in marked(value):
        wait_until_gone(pid)


def marked(value: str) -> list[int]:
    """Return the processes with the mark in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={value}".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def begin(engine: str, mark: str, **configuration) -> Session:
    session = Session(own_checked=False, env={**os.environ, MARK: mark}, children=True)
    session.launch(PROGRAM, engine=engine, evaluateTimeout=0.2, **configuration).configured()
    return session


def send(session: Session, requests: Requests, count: int) -> list[int]:
    """Send random requests without waiting; return their numbers."""
    numbers = []
    for _ in range(count):
        command, arguments = requests.invalid() if requests.chance(0.35) else requests.valid()
        message = {"type": "request", "command": command}
        if arguments is not None:
            message["arguments"] = arguments
        numbers.append(session.client.send(message))
    return numbers


def answers(session: Session, numbers: list[int]) -> list[dict]:
    """Wait for all answers: each is there, and none is a fault of Heapsight's own."""
    found = [session.client.wait_response(number) for number in numbers]
    faults = [answer["message"] for answer in found if "Internal error" in answer.get("message", "")]
    assert faults == []
    return found


def exits(session: Session) -> list[dict]:
    """Return the bodies of the `exited` events so far."""
    return [message["body"] for message in session.client.take_events("exited")]


def end(session: Session) -> None:
    """Say goodbye, and see that the adapter ends."""
    session.client.request("disconnect")
    session.client.wait_end()
    assert session.client.process.wait(60) == 0
    session.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_every_request_is_answered(engine, mark):
    requests = Requests(SEED)
    session = begin(engine, mark)
    sent = 0
    try:
        while sent < REQUESTS:
            numbers = send(session, requests, BATCH)
            sent += BATCH
            if requests.chance(0.05):
                numbers.append(session.client.send_request("restart"))
            requests.learn(answers(session, numbers))
            if session.client.take_events("initialized"):
                session.client.wait_response(session.client.send_request("configurationDone"))
            # A thread that is terminated, a jump, a value that is changed may end the program: as any program ends.
            crashes = [body for body in exits(session) if body["exitCode"] not in (0, 1, 3, -signal.SIGTERM)]
            assert crashes == []
            if session.client.take_events("terminated") or requests.chance(0.03):
                end(session)
                session = begin(engine, mark)
        end(session)
        # It still works as a debugger.
        session = begin(engine, mark, stopOnEntry=True)
        session.wait_for_stopped("entry")
        assert session.evaluate("1 + 1")["result"] == "2"
        end(session)
    except BaseException:
        print(session.dump())
        session.close()
        raise


def kill(session: Session, pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    session.wait_for_event("terminated")


def terminate(session: Session, pid: int) -> None:
    os.kill(pid, signal.SIGTERM)


def interrupt(session: Session, pid: int) -> None:
    os.kill(pid, signal.SIGINT)


def stop_and_continue(session: Session, pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)
    number = session.client.send_request("threads")
    os.kill(pid, signal.SIGCONT)
    session.client.wait_response(number)


def stop(session: Session, pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)


def in_program(session: Session, code: str) -> None:
    """Have the program run code of its own accord, wherever it stands."""
    session.client.wait_response(session.client.send_request("pause", {"threadId": 1}))
    number = session.client.send_request("evaluate", {"expression": code, "context": "repl"})
    session.client.wait_response(number)


def fork(session: Session, pid: int) -> None:
    in_program(session, "__import__('os').fork()")


def fork_and_kill(session: Session, pid: int) -> None:
    in_program(session, "__import__('os').fork()")
    os.kill(pid, signal.SIGKILL)
    session.wait_for_event("terminated")


def replace(session: Session, pid: int) -> None:
    in_program(session, "__import__('os').execv(__import__('sys').executable, ['python', '-c', 'print(5)'])")


def replace_by_another(session: Session, pid: int) -> None:
    in_program(session, "__import__('os').execv('/bin/sh', ['sh', '-c', 'exit 4'])")


def leave(session: Session, pid: int) -> None:
    in_program(session, "__import__('os')._exit(9)")


ACCIDENTS = [
    kill, terminate, interrupt, stop_and_continue, stop, fork, fork_and_kill, replace, replace_by_another, leave,
]  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
def test_programs_that_meet_with_accidents(engine, mark):
    requests = Requests(SEED + 1)
    for turn in range(max(ROUNDS, len(ACCIDENTS))):
        accident = ACCIDENTS[turn % len(ACCIDENTS)]
        session = begin(engine, mark, stopOnEntry=requests.chance(0.3))
        try:
            pid = session.wait_for_event("process")["systemProcessId"]
            numbers = send(session, requests, requests.number(30))
            try:
                accident(session, pid)
            except (ConnectionEnded, ProcessLookupError):
                pytest.fail(f"{accident.__name__}: the session ended before")
            numbers += send(session, requests, requests.number(10))
            if accident is not stop:
                answers(session, numbers)
            end(session)
            if accident is stop:
                answers(session, numbers)
        except BaseException:
            print(f"turn {turn}: {accident.__name__}")
            print(session.dump())
            session.close()
            raise
