"""DAP over the adapter's own standard input and output, which nothing else may touch any more."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
import threading

from .channel import Channel


def claim() -> tuple[int, int]:
    """Take stdin and stdout for DAP; return their descriptors.

    Whatever prints from now on, ours, a library's or a child's, goes to stderr and cannot spoil a message; whatever
    reads from stdin finds it empty.
    """
    sys.stdout.flush()
    reader, writer = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(reader, os.O_BINARY)
        msvcrt.setmode(writer, os.O_BINARY)
    return reader, writer


async def open_stdio(reader: int, writer: int) -> tuple[Channel, asyncio.Future[None]]:
    """Return a channel over two descriptors, and a future that is done when it is closed and all is written."""
    channel = Channel()
    loop = asyncio.get_running_loop()
    written: asyncio.Future[None] = loop.create_future()
    if _can_poll(writer):
        end = _WritingEnd(channel, written)
        transport, _ = await loop.connect_write_pipe(lambda: end, os.fdopen(writer, "wb", buffering=0))
        channel.write_to(transport)
    else:
        written.set_result(None)
        channel.write_to(_BlockingWriter(writer))
    if _can_poll(reader):
        await loop.connect_read_pipe(lambda: channel, os.fdopen(reader, "rb", buffering=0))
    else:
        threading.Thread(target=_read_all, args=(reader, channel, loop), daemon=True).start()
    return channel, written


def _can_poll(descriptor: int) -> bool:
    """Say whether the event loop can wait for `descriptor`: not for files and /dev/null, and for no pipe on Windows."""
    if os.name == "nt":
        return False
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(descriptor)


def _read_all(descriptor: int, channel: Channel, loop: asyncio.AbstractEventLoop) -> None:
    while data := os.read(descriptor, 64 * 1024):
        loop.call_soon_threadsafe(channel.data_received, data)
    loop.call_soon_threadsafe(channel.connection_lost, None)


class _WritingEnd(asyncio.BaseProtocol):
    """Notices when everything is written, and when nobody reads any more."""

    def __init__(self, channel: Channel, written: asyncio.Future[None]) -> None:
        self._channel = channel
        self._written = written

    def connection_lost(self, exc: Exception | None) -> None:
        self._written.set_result(None)
        self._channel.connection_lost(exc)


class _BlockingWriter(asyncio.WriteTransport):
    """A descriptor that the event loop cannot wait for, written to at once."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor: int | None = descriptor

    def write(self, data: bytes | bytearray | memoryview) -> None:
        rest = memoryview(data)
        while rest and self._descriptor is not None:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except OSError:
                # Nobody reads any more; the end of the input is what ends the session.
                self._descriptor = None

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def is_closing(self) -> bool:
        return self._descriptor is None
