"""A small synchronous DAP client: for the terminal commands, the benchmarks and the tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from .wire.framing import Decoder, Message, encode
from .wire.messages import arguments_of, body_of, error_response, request, response, text_of

PACKAGE = Path(__file__).absolute().parent
# Generous: a hang is what it guards against, on however slow a machine.
DEFAULT_SECONDS = 60.0


class RequestRefused(Exception):
    """The adapter answered with an error; `response` is the whole answer."""

    def __init__(self, answer: Message) -> None:
        super().__init__(text_of(answer))
        self.response = answer


class ConnectionEnded(Exception):
    """The adapter closed the connection while something was expected of it."""


class Transport(Protocol):
    """Bytes to and from an adapter."""

    def write(self, data: bytes) -> None:
        """Send `data`. Raises OSError when the adapter is gone."""

    def read(self) -> bytes:
        """Wait for bytes; empty at the end."""

    def close(self) -> None:
        """End the connection."""


class StdioTransport:
    """An adapter process of our own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process = process
        self._stdin: BinaryIO = process.stdin  # type: ignore[assignment]
        self._stdout = process.stdout.fileno()

    def write(self, data: bytes) -> None:
        """Send `data`."""
        self._stdin.write(data)
        self._stdin.flush()

    def read(self) -> bytes:
        """Wait for bytes; empty at the end."""
        return os.read(self._stdout, 64 * 1024)

    def close(self) -> None:
        """Close the adapter's input, which ends it."""
        try:
            self._stdin.close()
        except OSError:
            pass


class SocketTransport:
    """An adapter that listens."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = sock

    def write(self, data: bytes) -> None:
        """Send `data`."""
        self._socket.sendall(data)

    def read(self) -> bytes:
        """Wait for bytes; empty at the end."""
        return self._socket.recv(64 * 1024)

    def close(self) -> None:
        """End the connection."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()


Matcher = str | Callable[[Message], bool]
StartDebugging = Callable[[Mapping[str, object]], None]
RunInTerminal = Callable[[Mapping[str, object]], Mapping[str, object]]


class Client:
    """One debug session, seen from the editor's side.

    `observe(direction, message)` sees every message, `">"` those to the adapter and `"<"` those from it.
    `run_in_terminal` and `start_debugging` answer the requests of those names; an exception becomes the error response.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        observe: Callable[[str, Message], None] | None = None,
        run_in_terminal: RunInTerminal | None = None,
        start_debugging: StartDebugging | None = None,
    ) -> None:
        self._transport = transport
        self._observe = observe
        self._run_in_terminal = run_in_terminal
        self._start_debugging = start_debugging
        self._sequence = 0
        self._changed = threading.Condition()
        self._responses: dict[int, Message] = {}
        self._events: list[Message] = []
        self._ended = False
        self._failure: BaseException | None = None
        self._sending = threading.Lock()
        self._reader = threading.Thread(target=self._read_all, daemon=True, name="heapsight client")
        self._reader.start()

    @classmethod
    def spawn(
        cls,
        command: Sequence[str] | None = None,
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        observe: Callable[[str, Message], None] | None = None,
        run_in_terminal: RunInTerminal | None = None,
        start_debugging: StartDebugging | None = None,
    ) -> Client:
        """Start an adapter on stdio; `command` is Heapsight's own unless another one is wanted."""
        words = list(command or (sys.executable, str(PACKAGE), "adapter"))
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, cwd=cwd)
        return cls(
            StdioTransport(process), observe=observe, run_in_terminal=run_in_terminal, start_debugging=start_debugging
        )

    @classmethod
    def connect(
        cls,
        host: str,
        port: int,
        *,
        observe: Callable[[str, Message], None] | None = None,
        run_in_terminal: RunInTerminal | None = None,
        start_debugging: StartDebugging | None = None,
    ) -> Client:
        """Connect to an adapter that listens. Raises OSError."""
        sock = socket.create_connection((host, port), timeout=DEFAULT_SECONDS)
        sock.settimeout(None)
        return cls(
            SocketTransport(sock), observe=observe, run_in_terminal=run_in_terminal, start_debugging=start_debugging
        )

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The adapter process, where this client started it."""
        return self._transport.process if isinstance(self._transport, StdioTransport) else None

    def send(self, message: Message) -> int:
        """Send a message as it is, but for `seq`; return that number."""
        with self._sending:
            self._sequence += 1
            numbered: Message = {"seq": self._sequence, **message}
            if self._observe is not None:
                self._observe(">", numbered)
            self._transport.write(encode(numbered))
            return self._sequence

    def send_bytes(self, data: bytes) -> None:
        """Send bytes as they are."""
        with self._sending:
            self._transport.write(data)

    def send_request(self, command: str, arguments: Mapping[str, object] | None = None) -> int:
        """Send a request without waiting; `wait_response` takes the number that this returns."""
        return self.send(request(command, arguments))

    def wait_response(self, number: int, seconds: float = DEFAULT_SECONDS) -> Message:
        """Return the response to request `number`, failed or not."""
        self._wait(lambda: number in self._responses, f"the response to request {number}", seconds)
        return self._responses.pop(number)

    def request(
        self, command: str, arguments: Mapping[str, object] | None = None, seconds: float = DEFAULT_SECONDS
    ) -> dict[str, object]:
        """Send a request and return the body of its response. Raises RequestRefused."""
        answer = self.wait_response(self.send_request(command, arguments), seconds)
        if answer.get("success") is not True:
            raise RequestRefused(answer)
        return body_of(answer)

    def wait_for(self, wanted: Matcher, seconds: float = DEFAULT_SECONDS) -> Message:
        """Return and consume the first event with that name (or that matches); the others stay for later."""

        def matches(message: Message) -> bool:
            return message.get("event") == wanted if isinstance(wanted, str) else wanted(message)

        self._wait(lambda: any(map(matches, self._events)), f"the event {wanted!r}", seconds)
        with self._changed:
            found = next(message for message in self._events if matches(message))
            self._events.remove(found)
        return found

    def take_events(self, name: str) -> list[Message]:
        """Return and consume the events of that name that have come so far."""
        with self._changed:
            taken = [message for message in self._events if message.get("event") == name]
            self._events = [message for message in self._events if message.get("event") != name]
        return taken

    def wait_end(self, seconds: float = DEFAULT_SECONDS) -> None:
        """Wait until the adapter has closed the connection."""
        self._reader.join(seconds)
        if self._reader.is_alive():
            raise TimeoutError("The adapter did not close the connection.")

    def close(self) -> None:
        """Leave without a word, and wait until an adapter of our own is gone."""
        self._transport.close()
        process = self.process
        if process is None:
            return
        try:
            process.wait(DEFAULT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            self._reader.join(1.0)
            if process.stdout is not None:
                process.stdout.close()

    def _wait(self, ready: Callable[[], bool], what: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        with self._changed:
            while not ready():
                if self._failure is not None:
                    raise self._failure
                if self._ended:
                    raise ConnectionEnded(f"The adapter closed the connection before {what}.")
                if not self._changed.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"Waited {seconds:g} seconds in vain for {what}.")

    def _read_all(self) -> None:
        decoder = Decoder()
        try:
            while data := self._transport.read():
                decoder.feed(data)
                while (message := decoder.next_message()) is not None:
                    self._take(message)
        except OSError:
            # The connection was closed under the read; that is an end like any other.
            pass
        except Exception as error:  # noqa: BLE001 - the edge of a thread: whoever waits has to hear of it
            self._failure = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _take(self, message: Message) -> None:
        if self._observe is not None:
            self._observe("<", message)
        kind, number = message.get("type"), message.get("request_seq")
        if kind == "request":
            threading.Thread(target=self._serve, args=(message,), daemon=True).start()
            return
        with self._changed:
            if kind == "response" and isinstance(number, int):
                self._responses[number] = message
            else:
                self._events.append(message)
            self._changed.notify_all()

    def _answer(self, command: object, arguments: Mapping[str, object]) -> Mapping[str, object] | None:
        if command == "runInTerminal" and self._run_in_terminal is not None:
            return self._run_in_terminal(arguments)
        if command == "startDebugging" and self._start_debugging is not None:
            self._start_debugging(arguments)
            return None
        raise ValueError(f"{command!r} is not supported by this client.")

    def _serve(self, message: Message) -> None:
        try:
            answer = response(message, self._answer(message.get("command"), arguments_of(message)))
        except Exception as error:  # noqa: BLE001 - whatever went wrong is the answer
            answer = error_response(message, str(error))
        try:
            self.send(answer)
        except (OSError, ValueError):
            # The adapter is gone, and with it whoever waits for the answer.
            pass
