"""The heap worker and what is wrong: requests, files, messages. It answers all of them, and goes on."""

import os
import random
import sys
import threading

import pytest

from heapsight.client import RequestRefused
from heapsight.heap.files import Files
from heapsight.heap.matching import find
from heapsight.heap.worker import Worker
from heapsight.heap.worker_commands import COMMANDS
from heapsight.wire.framing import Decoder, encode
from support.leaky_shop import leaky_shop

WRONG_VALUES = (None, -1, 10**30, 1.5, True, "", "x", [], {}, [1], {"a": 1}, "\ud83d", float(10**300))
NAMES = (
    "snapshot",
    "before",
    "after",
    "path",
    "node",
    "start",
    "count",
    "type",
    "query",
    "sortBy",
    "groupBy",
    "filter",
)


def refused(worker, command: str, arguments: dict) -> str:
    with pytest.raises(RequestRefused) as found:
        worker.request(command, arguments)
    return str(found.value)


def test_requests_that_there_are_not(worker) -> None:
    assert refused(worker, "frobnicate", {}) == "The heap worker knows no request 'frobnicate'."
    number = worker.send({"type": "request"})
    assert worker.wait_response(number)["success"] is False
    number = worker.send({"type": "request", "command": "open", "arguments": [1]})
    assert worker.wait_response(number)["message"] == "The arguments have to be an object."


def test_messages_that_are_none(worker, shop) -> None:
    worker.send_bytes(b"Content-Length: 3\r\n\r\n{]}")
    worker.wait_for("output")
    worker.send_bytes(b"nonsense\r\n\r\n" + encode({"seq": 1000, "type": "request", "command": "nothing"}))
    worker.wait_for("output")
    assert worker.wait_response(1000)["success"] is False
    assert worker.request("open", {"path": str(shop)})["snapshot"] == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({}, "'path' is missing."),
        ({"path": 3}, "'path' has to be a text, not 3."),
        ({"path": "/nowhere/at/all"}, "No such file or directory: /nowhere/at/all"),
        ({"path": "/"}, "Is a directory: /"),
        ({"path": __file__}, "The snapshot cannot be used: This is not a snapshot of Heapsight."),
    ],
)
def test_what_cannot_be_opened(worker, arguments: dict, text: str) -> None:
    assert refused(worker, "open", arguments) == text


@pytest.mark.parametrize(
    ("command", "arguments", "text"),
    [
        ("types", {"snapshot": 7}, "There is no open snapshot 7."),
        ("types", {}, "'snapshot' is missing."),
        ("types", {"snapshot": 1, "groupBy": "colour"}, "'groupBy' has to be one of type, module, package, site"),
        ("types", {"snapshot": 1, "start": -1}, "'start' has to be a whole number, not -1."),
        ("object", {"snapshot": 1}, "'node' is missing."),
        ("object", {"snapshot": 1, "node": 10**9}, "'node' is 1,000,000,000, but there are only "),
        ("dominated", {"snapshot": 1, "node": "x"}, "'node' has to be a whole number, not 'x'."),
        ("export", {"snapshot": 1, "format": "pdf", "path": "x"}, "'format' has to be one of heapsnapshot, "),
        ("export", {"snapshot": 1, "format": "csv"}, "'path' is missing."),
        ("export", {"snapshot": 1, "format": "csv", "path": "/nowhere/x"}, "No such file or directory: "),
        ("types", {"snapshot": 1, "only": 5}, "'only' has to be a text, not 5."),
        ("types", {"snapshot": 1, "groupBy": "site", "only": "Nothing"}, "There is no type 'Nothing'."),
        ("instances", {"snapshot": 1, "type": "str", "only": "Nothing"}, "There is no type 'Nothing'."),
        ("cycles", {"snapshot": 1, "alike": 1}, "'alike' has to be true or false, not 1."),
        ("compare", {"before": 1}, "'after' is missing."),
        ("compare", {"before": 1, "after": 2}, "There is no open snapshot 2."),
        ("compare", {"before": 1, "after": 1, "all": 1}, "'all' has to be true or false, not 1."),
        ("new", {"before": 1, "after": 1}, "'type' is missing."),
        ("trend", {}, "'snapshots' is missing."),
        ("trend", {"snapshots": [1]}, "'snapshots' has to be a list of 2 numbers or more, not [1]."),
        ("trend", {"snapshots": [1, "x"]}, "'snapshots' has to be a whole number, not 'x'."),
    ],
)
def test_wrong_arguments(worker, shop, command: str, arguments: dict, text: str) -> None:
    worker.request("open", {"path": str(shop)})
    assert refused(worker, command, arguments).startswith(text)


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"open", "close"}))
def test_any_argument_at_all_is_answered(worker, shop, tmp_path, command: str) -> None:
    chance = random.Random(command)
    worker.request("open", {"path": str(shop)})
    for _ in range(40):
        arguments: dict = {
            "snapshot": 1,
            "before": 1,
            "after": 1,
            "snapshots": [1, 1],
            "node": chance.randrange(200),
            "type": "str",
        }
        arguments |= {"query": "size > 1", "format": "csv", "path": str(tmp_path / "out")}
        for name in chance.sample(NAMES, chance.randint(1, 3)):
            arguments[name] = chance.choice(WRONG_VALUES) if name != "path" else chance.choice((None, 1, [], "\0", ""))
        answer = worker.wait_response(worker.send_request(command, arguments))
        assert answer["success"] or not answer["message"].startswith("Internal error"), (arguments, answer)


def test_damaged_files_are_no_end(worker, tmp_path) -> None:
    """Files with changed bytes are refused, or answered about with whatever they say; never the end of the worker."""
    good = leaky_shop(tmp_path / "good.heapsight", 5).read_bytes()
    chance = random.Random(4)
    path = tmp_path / "bad.heapsight"
    refusals = 0
    for round in range(60):
        data = bytearray(good)
        for _ in range(chance.randint(1, 12)):
            # Small numbers everywhere: other bytes make most of them large.
            data[chance.randrange(32, len(data))] = chance.choice((0, 1, 2, 7, 255, chance.randrange(256)))
        path.write_bytes(data if round % 10 else data[: chance.randrange(len(data))])
        answer = worker.wait_response(worker.send_request("open", {"path": str(path)}))
        if not answer["success"]:
            refusals += 1
            assert not answer["message"].startswith("Internal error"), answer
            continue
        number = answer["body"]["snapshot"]
        files = {"snapshot": number, "before": number, "after": number, "snapshots": [number, number]}
        waiting = [
            worker.send_request(command, {**files, "node": 3, "type": "str", "query": "size > 1", **more})
            for command in sorted(set(COMMANDS) - {"open", "close", "export"})
            for more in ({}, {"groupBy": "dominator", "type": "sys.modules['shop'].CACHE"})
        ]
        for form in ("heapsnapshot", "html", "json"):
            arguments = {"snapshot": number, "format": form, "path": str(tmp_path / "out"), "table": "objects"}
            waiting.append(worker.send_request("export", arguments))
        waiting.append(worker.send_request("close", {"snapshot": number}))
        for each in waiting:
            answer = worker.wait_response(each)
            assert answer["success"] or not answer["message"].startswith("Internal error"), answer
    assert 0 < refusals < 60


class Pipes:
    """A worker in a thread of its own, with commands of the test's."""

    def __init__(self, commands: dict) -> None:
        reader, self._to = os.pipe()
        self._from, writer = os.pipe()
        incoming, outgoing = os.fdopen(reader, "rb"), os.fdopen(writer, "wb")
        self._worker = Worker(incoming, outgoing, commands, sys.stderr)
        self._files = (incoming, outgoing)
        self._decoder = Decoder()
        self._thread = threading.Thread(target=self._worker.serve)
        self._thread.start()

    def send(self, number: int, command: str, **arguments: object) -> None:
        os.write(self._to, encode({"seq": number, "type": "request", "command": command, "arguments": arguments}))

    def next_message(self) -> dict:
        while (message := self._decoder.next_message()) is None:
            self._decoder.feed(os.read(self._from, 65536))
        return message

    def next(self) -> tuple[object, object]:
        """Return the number of the request that is answered next, and the error."""
        while (message := self.next_message())["type"] != "response":
            pass
        return message["request_seq"], message.get("message")

    def end(self) -> None:
        os.close(self._to)
        self._thread.join()
        for file in self._files:
            file.close()
        os.close(self._from)


def test_cancelled_while_it_waits_and_while_it_is_worked_on() -> None:
    begun = threading.Event()

    def work(files: object, arguments: object, progress) -> dict:
        begun.set()
        while True:
            progress("Working", 0.5)

    pipes = Pipes({"work": work, "quick": lambda files, arguments, progress: {}})
    pipes.send(1, "work")
    begun.wait()
    pipes.send(2, "quick")
    pipes.send(3, "quick")
    pipes.send(4, "cancel", requestId=2)
    assert pipes.next() == (4, None)
    pipes.send(5, "cancel", requestId=1)
    assert pipes.next() == (5, None)
    assert pipes.next() == (1, "Cancelled.")
    assert pipes.next() == (2, "Cancelled.")
    assert pipes.next() == (3, None)
    # It has been answered; nothing happens.
    pipes.send(6, "cancel", requestId=3)
    assert pipes.next() == (6, None)
    pipes.send(7, "cancel")
    assert pipes.next() == (7, "'cancel' needs the number of a request as 'requestId'.")
    pipes.end()


def test_a_question_is_cancelled_between_and_in_its_passes(shop) -> None:
    begun = threading.Event()

    def work(files: Files, arguments: object, progress) -> dict:
        graph = files.open(shop, progress).graph
        begun.set()
        while True:
            find(graph, "path contains 'CACHE' or size > 1")

    pipes = Pipes({"work": work})
    pipes.send(1, "work")
    begun.wait()
    pipes.send(2, "cancel", requestId=1)
    assert sorted([pipes.next(), pipes.next()]) == [(1, "Cancelled."), (2, None)]
    pipes.end()


def test_the_end_of_the_input_ends_what_is_worked_on() -> None:
    begun = threading.Event()

    def work(files: object, arguments: object, progress) -> dict:
        begun.set()
        while True:
            progress("Working", 0.5)

    pipes = Pipes({"work": work})
    pipes.send(1, "work")
    begun.wait()
    pipes.end()


def test_an_export_that_fails_leaves_what_was_there(worker, tmp_path) -> None:
    untraced = leaky_shop(tmp_path / "untraced.heapsight", 1, sites=False)
    worker.request("open", {"path": str(untraced)})
    before = tmp_path / "out.heapprofile"
    before.write_text("before")
    text = refused(worker, "export", {"snapshot": 1, "format": "heapprofile", "path": str(before)})
    assert text == "The snapshot has no allocation sites: the program did not run with tracemalloc."
    assert before.read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 2


def test_progress(monkeypatch) -> None:
    monkeypatch.setattr("heapsight.heap.worker._PROGRESS_SECONDS", 0.0)

    def work(files: object, arguments: object, progress) -> dict:
        progress("Reading", 0.5)
        progress("", 0.7)
        progress("Reading", 2.0)
        return {}

    pipes = Pipes({"work": work})
    pipes.send(7, "work")
    bodies = [pipes.next_message().get("body") for _ in range(3)]
    assert bodies == [
        {"request": 7, "title": "Reading", "fraction": 0.5},
        {"request": 7, "title": "Reading", "fraction": 1.0},
        {},
    ]
    pipes.end()
