"""The heap worker of a session: a process that answers `heapsight/heap/…`, started when somebody asks."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from ..wire.framing import Message
from ..wire.messages import body_of, request, text_of
from .channel import Channel
from .errors import RequestFailed
from .process import signal_name

_PACKAGE = Path(__file__).absolute().parent.parent

# Called with what is being done, and how far that is, from 0 to 1.
Progress = Callable[[str, float], None]


class HeapService:
    """Forwards questions to a worker process, and brings each an answer or says that the worker is gone.

    A worker that has ended is followed by a new one at the next question; snapshots have to be opened again there.
    """

    def __init__(self) -> None:
        self._worker: _Worker | None = None
        self._starting = asyncio.Lock()

    async def ask(self, command: str, arguments: Mapping[str, object], progress: Progress) -> dict[str, object]:
        """Return the body of the worker's answer. Raises RequestFailed."""
        async with self._starting:
            if self._worker is None or self._worker.is_gone:
                self._worker = await _Worker.start()
            worker = self._worker
        return await worker.ask(command, arguments, progress)

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.close()


class _Worker(asyncio.SubprocessProtocol):
    """One worker process."""

    def __init__(self) -> None:
        self._channel = Channel()
        self._channel.on_message = self._receive
        self._transport: asyncio.SubprocessTransport | None = None
        self._pending: dict[int, tuple[asyncio.Future[Message], Progress]] = {}
        self.is_gone = False

    @classmethod
    async def start(cls) -> _Worker:
        """Start a worker with the adapter's own interpreter. Raises RequestFailed."""
        words = (sys.executable, str(_PACKAGE), "heap-worker")
        try:
            transport, worker = await asyncio.get_running_loop().subprocess_exec(
                cls, *words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None
            )
        except OSError as error:
            raise RequestFailed(f"The heap worker could not be started: {error}.") from None
        worker._transport = transport
        return worker

    async def ask(self, command: str, arguments: Mapping[str, object], progress: Progress) -> dict[str, object]:
        """Send a request, return the body of its response. Raises RequestFailed; cancelled, it cancels the request."""
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        number = self._channel.send(request(command, arguments))
        self._pending[number] = (answer, progress)
        try:
            message = await answer
        except asyncio.CancelledError:
            self._channel.send(request("cancel", {"requestId": number}))
            raise
        finally:
            self._pending.pop(number, None)
        if message.get("success") is not True:
            raise RequestFailed(text_of(message))
        return body_of(message)

    def close(self) -> None:
        """End it, whatever it is doing."""
        self.is_gone = True
        if self._transport is not None:
            self._transport.close()

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the pipe to write to."""
        assert isinstance(transport, asyncio.SubprocessTransport)
        stdin = transport.get_pipe_transport(0)
        assert isinstance(stdin, asyncio.WriteTransport)
        self._channel.write_to(stdin)

    def pipe_data_received(self, fd: int, data: bytes | str) -> None:
        """Take what the worker says."""
        assert isinstance(data, bytes)
        self._channel.data_received(data)

    def process_exited(self) -> None:
        """Ask nothing of it any more. What it has said may still be on its way."""
        self.is_gone = True

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits that there will be no answer."""
        self._fail_pending()

    def _fail_pending(self) -> None:
        code = self._transport.get_returncode() if self._transport is not None else None
        how = "" if code is None else f" ({signal_name(-code) if code < 0 else f'exit code {code}'})"
        text = f"The heap worker has ended before it answered{how}. Open the snapshot again."
        for answer, _ in self._pending.values():
            if not answer.done():
                answer.set_exception(RequestFailed(text))

    def _receive(self, message: Message) -> None:
        body = body_of(message)
        number = message.get("request_seq") if message.get("type") == "response" else body.get("request")
        waiting = self._pending.get(number) if isinstance(number, int) else None
        if waiting is None:
            return
        answer, progress = waiting
        if message.get("type") == "response":
            if not answer.done():
                answer.set_result(message)
        elif message.get("event") == "progress":
            title, fraction = body.get("title"), body.get("fraction")
            if isinstance(title, str) and isinstance(fraction, int | float):
                progress(title, float(fraction))
