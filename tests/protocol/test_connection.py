"""The program's end of the link: order, re-entry, threads, interruptions, the end of the peer, forks."""

import os
import signal
import socket
import threading

import pytest

from heapsight.debuggee.connection import Connection, connect
from heapsight.wire.framing import Decoder, encode


class Peer:
    """The other end, reading all the time."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.messages: list[dict] = []
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        decoder = Decoder()
        while data := self.socket.recv(1 << 16):
            decoder.feed(data)
            while (message := decoder.next_message()) is not None:
                self.messages.append(message)

    def finish(self) -> list[dict]:
        """Wait for the end of the link and return everything."""
        self._thread.join(60)
        assert not self._thread.is_alive()
        self.socket.close()
        return self.messages


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    connection = Connection(socket.socket(fileno=ours.detach()))
    peer = Peer(theirs)
    yield connection, peer
    connection.close()
    peer.finish()


def test_messages_are_numbered(pair):
    connection, peer = pair
    connection.send({"type": "event", "event": "a"})
    connection.send({"type": "event", "event": "b"})
    connection.close()
    assert peer.finish() == [{"seq": 1, "type": "event", "event": "a"}, {"seq": 2, "type": "event", "event": "b"}]


def test_threads_send_whole_messages_in_their_own_order(pair):
    connection, peer = pair

    def send(name):
        for number in range(200):
            connection.send({"type": "event", "event": name, "body": {"number": number, "filler": "x" * 3000}})

    threads = [threading.Thread(target=send, args=(f"t{i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connection.close()
    messages = peer.finish()
    assert [message["seq"] for message in messages] == list(range(1, 1601))
    for i in range(8):
        own = [message["body"]["number"] for message in messages if message["event"] == f"t{i}"]
        assert own == list(range(200))


def test_what_a_signal_handler_sends_in_the_middle_of_a_send_comes_whole(pair):
    connection, peer = pair
    count = 0
    sending = True

    def handler(number, frame):
        nonlocal count
        count += 1
        connection.send({"type": "event", "event": "signal", "body": {"filler": "y" * 100_000}})
        # Only now the next: on a slow machine handlers would nest without end.
        if sending:
            signal.setitimer(signal.ITIMER_REAL, 0.001)

    original = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    try:
        for _ in range(500):
            connection.send({"type": "event", "event": "main", "body": {"filler": "x" * 500_000}})
    finally:
        sending = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, original)
    connection.close()
    messages = peer.finish()
    assert count > 0
    assert [message["seq"] for message in messages] == list(range(1, 501 + count))


def test_an_exception_of_a_signal_handler_does_not_tear_a_message(pair):
    connection, peer = pair
    interrupted = 0

    def handler(number, frame):
        raise TimeoutError

    original = signal.signal(signal.SIGALRM, handler)
    for turn in range(150):
        try:
            try:
                # At ever later moments: some of them are in the middle of a send.
                signal.setitimer(signal.ITIMER_REAL, 0.0001 + turn * 0.0001)
                connection.send({"type": "event", "event": "main", "body": {"filler": "x" * 3_000_000}})
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except TimeoutError:
            interrupted += 1
    signal.signal(signal.SIGALRM, original)
    connection.send({"type": "event", "event": "last"})
    connection.close()
    messages = peer.finish()
    assert interrupted > 0
    assert messages[-1]["event"] == "last"
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))


def test_after_the_end_of_the_peer_sending_does_nothing():
    ours, theirs = socket.socketpair()
    connection = Connection(socket.socket(fileno=ours.detach()))
    theirs.close()
    assert connection.read() is None
    assert not connection.alive
    for _ in range(10):
        connection.send({"type": "event", "event": "a"})
    connection.close()
    connection.close()


def test_a_peer_that_goes_during_a_send_is_noticed():
    ours, theirs = socket.socketpair()
    connection = Connection(socket.socket(fileno=ours.detach()))
    theirs.close()
    for _ in range(10):
        connection.send({"type": "event", "event": "a"})
    assert not connection.alive
    connection.close()


def test_nonsense_is_skipped():
    ours, theirs = socket.socketpair()
    connection = Connection(socket.socket(fileno=ours.detach()))
    theirs.sendall(b"Content-Length: 3\r\n\r\n[1]" + encode({"seq": 1, "type": "request", "command": "threads"}))
    assert connection.read()["command"] == "threads"
    theirs.close()
    assert connection.read() is None
    connection.close()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_a_forked_child_leaves_the_link_alone(pair):
    connection, peer = pair
    pid = os.fork()
    if pid == 0:
        connection.send({"type": "event", "event": "child"})
        os._exit(0 if not connection.alive else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    connection.send({"type": "event", "event": "parent"})
    connection.close()
    assert [message["event"] for message in peer.finish()] == ["parent"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_hello(host):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        server = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with server:
        connection = connect(host, server.getsockname()[1], "secret")
        accepted, _ = server.accept()
        peer = Peer(accepted)
        connection.close()
        (hello,) = peer.finish()
    assert hello["event"] == "heapsight/hello"
    assert hello["body"]["token"] == "secret"
    assert hello["body"]["pid"] == os.getpid()
    assert hello["body"]["pythonVersion"].count(".") == 2


def test_small_messages_are_not_held_back():
    with socket.create_server(("127.0.0.1", 0)) as server:
        connection = connect("127.0.0.1", server.getsockname()[1], "t")
        assert connection._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        connection.close()
