"""The program's end of the link to the adapter.

Built on `_socket`, the C part alone: it cannot be replaced by gevent or a test double, and spares the user's program
the import of `socket` and all that it pulls in.
"""

from __future__ import annotations

import _socket
import os
import sys
from _thread import RLock
from collections import deque

from ..wire.framing import Decoder, MalformedMessage, Message, encode_body, frame

_CHUNK = 64 * 1024


class Connection:
    """DAP messages over a socket. Any thread may send; one thread reads."""

    def __init__(self, sock: _socket.socket) -> None:
        if sock.family in (_socket.AF_INET, _socket.AF_INET6):
            sock.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        self._socket = sock
        self._decoder = Decoder()
        self._outbox: deque[bytes] = deque()
        # The message that is going out, or went out last: its body, its number, its frame, and how much was sent when.
        self._sending: tuple[bytes | None, int, bytes, list[int]] = (None, 0, b"", [])
        # Re-entrant: a signal handler or a destructor that prints can send in the middle of a send.
        self._lock = RLock()
        self._draining = False
        self._dead = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._abandon)

    @classmethod
    def to_nobody(cls) -> Connection:
        """Return a connection whose peer is gone from the start: whatever is sent is dropped."""
        connection = cls(_socket.socket())
        connection.close()
        return connection

    def send(self, message: Message) -> None:
        """Send `message` with the next `seq`. Does nothing once the peer is gone."""
        if not self._dead:
            # Encoded before the lock is taken, and without `seq`, which is known only then.
            self.send_body(encode_body(message))

    def send_body(self, body: bytes) -> None:
        """As `send`, for the JSON of a message without `seq`."""
        if self._dead:
            return
        self._outbox.append(body)
        while self._outbox:
            with self._lock:
                if self._draining:
                    # Re-entered on this thread: the outer call sends it next.
                    return
                self._draining = True
                try:
                    self._drain()
                finally:
                    self._draining = False

    def read(self) -> Message | None:
        """Wait for the next message; None when the peer is gone."""
        while True:
            try:
                message = self._decoder.next_message()
                if message is not None:
                    return message
                data = self._socket.recv(_CHUNK)
            except MalformedMessage:
                # Only an adapter that holds the token talks here. What it mangled cannot be answered: no seq.
                continue
            except OSError:
                data = b""
            if not data:
                self._dead = True
                return None
            self._decoder.feed(data)

    def close(self) -> None:
        """End the link: the peer and our own reader see the end. Safe to call twice."""
        self._dead = True
        try:
            self._socket.shutdown(_socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()

    @property
    def alive(self) -> bool:
        """Whether the peer was there when it was last used."""
        return not self._dead

    def _drain(self) -> None:
        """Send what is in the outbox.

        On the main thread a signal handler may run between any two lines, and raise. So each step is one that can be
        seen to have happened, or not: a message is neither torn nor sent twice.
        """
        while self._outbox:
            body = self._outbox[0]
            if self._sending[0] is not body:
                number = self._sending[1] + 1
                self._sending = (body, number, frame(b'{"seq":%d,%b' % (number, body[1:])), [])
            _, _, data, counts = self._sending
            sent = sum(counts)
            if sent == len(data):
                self._outbox.popleft()
                continue
            try:
                # Within one C call, so that the count is kept also when a handler raises right after it. `sendall`
                # would not tell how far it came.
                counts.extend(map(self._socket.send, (memoryview(data)[sent:] if sent else data,)))
            except OSError as error:
                if error.__traceback__ is not None and error.__traceback__.tb_next is not None:
                    # Not ours: a signal handler has raised it (TimeoutError is one), and the program expects it.
                    raise
                self._dead = True
                self._outbox.clear()

    def _abandon(self) -> None:
        # In a forked child: the link belongs to the parent, which alone must decide when it ends.
        self._dead = True
        self._outbox = deque()
        self._socket.close()


def connect(host: str, port: int, token: str) -> Connection:
    """Connect to an adapter and say hello. Raises OSError when there is none."""
    family, kind, protocol, _, address = _socket.getaddrinfo(host, port, 0, _socket.SOCK_STREAM)[0]
    sock = _socket.socket(family, kind, protocol)
    try:
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    connection = Connection(sock)
    connection.send({"type": "event", "event": "heapsight/hello", "body": _hello(token)})
    return connection


def _hello(token: str) -> Message:
    return {
        "token": token,
        "pid": os.getpid(),
        "parentPid": os.getppid(),
        "pythonVersion": ".".join(map(str, sys.version_info[:3])),
        "executable": sys.executable,
    }
