"""The heap worker: answers questions about snapshot files on two streams, framed as DAP is (docs/protocol.md).

One thread reads, so that a cancellation is heard while another request is worked on; requests are answered one after
the other, each exactly once, whatever goes wrong with it.
"""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from typing import BinaryIO, TextIO

from ..wire.framing import Decoder, MalformedMessage, Message, encode
from ..wire.messages import arguments_of, error_response, event, response
from ..wire.snapshot_file import SnapshotError
from .arguments import BadArguments
from .errors import Cancelled, QuestionFailed
from .files import Files
from .progress import Progress

# How much is read at a time, and how often progress is told.
_CHUNK = 64 * 1024
_PROGRESS_SECONDS = 0.1

Command = Callable[[Files, dict[str, object], Progress], dict[str, object]]


class Worker:
    """Serves `commands` on two binary streams; faults of its own are also written to `log`."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO, commands: Mapping[str, Command], log: TextIO) -> None:
        self._reader, self._writer, self._log = reader, writer, log
        self._commands = commands
        self._files = Files()
        self._waiting: queue.SimpleQueue[tuple[Message, Progress] | None] = queue.SimpleQueue()
        self._writing = threading.Lock()
        self._sequence = 0
        # What requests that wait or are worked on are told of cancellation by.
        self._open: dict[int, Progress] = {}

    def serve(self) -> None:
        """Answer requests until the other end closes its stream."""
        threading.Thread(target=self._read_all, name="heapsight reader", daemon=True).start()
        try:
            while (waiting := self._waiting.get()) is not None:
                self._answer(*waiting)
        finally:
            self._files.close_all()

    # Reading

    def _read_all(self) -> None:
        decoder = Decoder()
        try:
            while data := self._reader.read1(_CHUNK):  # type: ignore[attr-defined]
                decoder.feed(data)
                self._take_all(decoder)
        except OSError:
            # A stream that breaks ends like one that is closed.
            pass
        finally:
            self._end()
            self._waiting.put(None)

    def _take_all(self, decoder: Decoder) -> None:
        while True:
            try:
                message = decoder.next_message()
            except MalformedMessage as error:
                text = f"The heap worker cannot read a message: {error}."
                self._send(event("output", {"category": "important", "output": text + "\n"}))
                continue
            if message is None:
                return
            self._take(message)

    def _take(self, message: Message) -> None:
        if message.get("type") != "request":
            self._send(error_response(message, f"The heap worker takes requests only, not {message.get('type')!r}."))
        elif message.get("command") == "cancel":
            self._cancel(message)
        else:
            number = message.get("seq")
            progress = self._progress_of(number)
            if isinstance(number, int):
                self._open[number] = progress
            self._waiting.put((message, progress))

    def _cancel(self, message: Message) -> None:
        number = arguments_of(message).get("requestId")
        if not isinstance(number, int):
            self._send(error_response(message, "'cancel' needs the number of a request as 'requestId'."))
            return
        progress = self._open.get(number)
        if progress is not None:
            progress.cancelled[0] = 1
        self._send(response(message))

    # Answering

    def _answer(self, message: Message, progress: Progress) -> None:
        number = message.get("seq")
        try:
            answer = response(message, self._body(message, progress))
        except (QuestionFailed, BadArguments) as error:
            answer = error_response(message, str(error))
        except SnapshotError as error:
            answer = error_response(message, f"The snapshot cannot be used: {error}")
        except OSError as error:
            answer = error_response(message, f"{error.strerror or error}: {error.filename or 'the file'}")
        except Cancelled:
            answer = error_response(message, "Cancelled.")
        except MemoryError:
            answer = error_response(message, "There is not enough memory for this question.")
        except Exception as error:  # noqa: BLE001 - the process edge: a fault of ours has to answer the request too
            traceback.print_exc(file=self._log)
            answer = error_response(message, f"Internal error in Heapsight: {type(error).__name__}: {error}")
        if isinstance(number, int):
            self._open.pop(number, None)
        self._send(answer)

    def _body(self, message: Message, progress: Progress) -> dict[str, object]:
        name = message.get("command")
        command = self._commands.get(name) if isinstance(name, str) else None
        if command is None:
            raise QuestionFailed(f"The heap worker knows no request {name!r}.")
        given = message.get("arguments")
        if given is not None and not isinstance(given, dict):
            raise BadArguments("The arguments have to be an object.")
        progress("", 0.0)
        return command(self._files, given or {}, progress)

    def _progress_of(self, number: object) -> Progress:
        """Return what tells the client how far its request is."""
        told = time.monotonic()

        def tell(title: str, fraction: float) -> None:
            nonlocal told
            now = time.monotonic()
            if title and now - told >= _PROGRESS_SECONDS:
                told = now
                body = {"request": number, "title": title, "fraction": max(0.0, min(1.0, fraction))}
                self._send(event("progress", body))

        return Progress(tell)

    def _send(self, message: Message) -> None:
        with self._writing:
            self._sequence += 1
            try:
                self._writer.write(encode({"seq": self._sequence, **message}))
                self._writer.flush()
            except OSError:
                # Nobody reads any more; the end of the input ends the worker.
                self._end()

    def _end(self) -> None:
        """Nobody waits for what is still to be answered."""
        for progress in list(self._open.values()):
            progress.cancelled[0] = 1
