"""One DAP peer over an asyncio transport: whole messages in, whole messages out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..wire.framing import Decoder, MalformedMessage, Message, decode_body, encode, frame

# asyncio reads into a new buffer each time, by default of 256 KiB: so much the allocator has mapped and unmapped anew,
# which takes as long as all that is done with a short message.
_CHUNK = 64 * 1024


class Channel(asyncio.Protocol):
    """Sends and receives messages. The callbacks may be replaced at any time, also from within one of them.

    Messages are handed over as they are read, without a task in between: a stop is on its way to the editor in the same
    turn of the loop in which it came in. `observe(direction, message)` sees them all. `on_text` may take the text of a
    message as it is, before anything is made of it; it says whether it did.
    """

    def __init__(self) -> None:
        self.on_message: Callable[[Message], None] = _ignore
        self.on_text: Callable[[bytes], bool] = _take_no_text
        self.on_malformed: Callable[[MalformedMessage], None] = _ignore
        self.on_closed: Callable[[], None] = _ignore_close
        self.observe: Callable[[str, Message], None] | None = None
        self._decoder = Decoder()
        self._writer: asyncio.WriteTransport | None = None
        self._reader: asyncio.BaseTransport | None = None
        self._sequence = 0
        self.is_closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport that reads; it writes as well unless `write_to` names another."""
        self._reader = transport
        if hasattr(transport, "max_size"):
            transport.max_size = _CHUNK
        if isinstance(transport, asyncio.WriteTransport):
            # asyncio itself switches Nagle's algorithm off on every TCP transport.
            self._writer = transport

    def write_to(self, transport: asyncio.WriteTransport) -> None:
        """Send through `transport`, where reading and writing are two pipes."""
        self._writer = transport

    def data_received(self, data: bytes) -> None:
        """Hand over every message that is complete now."""
        self._decoder.feed(data)
        while True:
            try:
                text = self._decoder.next_body()
                if text is None:
                    return
                if self.observe is None and self.on_text(text):
                    continue
                message = decode_body(text)
            except MalformedMessage as error:
                self.on_malformed(error)
                continue
            if self.observe is not None:
                self.observe("<-", message)
            self.on_message(message)

    def connection_lost(self, exc: Exception | None) -> None:
        """Report the end, once."""
        if not self.is_closed:
            self.is_closed = True
            if self._writer is not None:
                self._writer.close()
            self.on_closed()

    def send(self, message: Message) -> int:
        """Send `message` with the next `seq`, and return that number. Nothing is sent to a peer that is gone."""
        self._sequence += 1
        if not self.is_closed and self._writer is not None:
            numbered = {**message, "seq": self._sequence}
            if self.observe is not None:
                self.observe("->", numbered)
            self._writer.write(encode(numbered))
        return self._sequence

    def send_text(self, rest: bytes) -> None:
        """Send a message given as text, without its `seq`: `rest` is all that follows on that number."""
        text = b'{"seq":%d%b' % (self._sequence + 1, rest)
        if self.observe is not None:
            self.send(decode_body(text))
            return
        self._sequence += 1
        if not self.is_closed and self._writer is not None:
            self._writer.write(frame(text))

    def close(self) -> None:
        """Send what is buffered, then end. `on_closed` follows."""
        for transport in (self._writer, self._reader):
            if transport is not None:
                transport.close()


def _ignore(_: object) -> None:
    pass


def _take_no_text(_: bytes) -> bool:
    return False


def _ignore_close() -> None:
    pass


async def open_channel(host: str, port: int) -> Channel:
    """Connect to a DAP server. Raises OSError when there is none."""
    _, channel = await asyncio.get_running_loop().create_connection(Channel, host, port)
    return channel
