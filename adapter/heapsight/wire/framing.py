"""The frame around every DAP message: `Content-Length: N`, an empty line, N bytes of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from json import encoder as json_encoder

Message = dict[str, object]

# A header is two dozen bytes; a peer that sends this much without an empty line does not speak DAP.
_HEADER_LIMIT = 8 * 1024
# No honest message comes near; without a limit one wrong digit would make the reader wait for ever.
_BODY_LIMIT = 512 * 1024 * 1024
_LENGTH_NAME = b"content-length"
# What nearly all headers are, ours among them; the others are read word by word.
_PLAIN_HEADER = re.compile(rb"Content-Length: (\d{1,8})\r\n\r\n")


class MalformedMessage(Exception):
    """Bytes that are not a DAP message. The decoder has skipped them and can go on."""


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _make_encode() -> Callable[[object], str]:
    """Return what makes JSON of an object: an encoder's `encode` without the making of a new one in C at each call."""
    encoder = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False)
    make: Callable[..., Callable[[object, int], Iterable[str]]] | None = getattr(json_encoder, "c_make_encoder", None)
    if make is None:
        return encoder.encode
    # No check for circles; how to treat other types and text; no indentation; separators; no sorting, odd keys, NaN.
    chunks = make(None, encoder.default, json_encoder.encode_basestring_ascii, None, ":", ",", False, False, False)
    join = "".join
    return lambda message: join(chunks(message, 0))


_encode_json = _make_encode()
_decoder = json.JSONDecoder(parse_constant=_refuse_constant)
_scan: Callable[[str, int], tuple[object, int]] = _decoder.scan_once  # type: ignore[attr-defined]


def _decode_json(text: str) -> object:
    """Return what `text` is the JSON of. Raises ValueError."""
    try:
        found, end = _scan(text, 0)
    except StopIteration:
        end = -1
    # Where there is white space around it, or an end too soon, this knows how to tell.
    return found if end == len(text) else _decoder.decode(text)


def encode_body(message: Message) -> bytes:
    """Return the JSON text of `message`, without header."""
    return _encode_json(message).encode("ascii")


def encode_text(text: str) -> bytes:
    """Return the JSON of a string."""
    return json_encoder.encode_basestring_ascii(text).encode("ascii")


def frame(body: bytes) -> bytes:
    """Return `body` behind its header: what one write puts on the wire."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def encode(message: Message) -> bytes:
    """Return header and JSON of `message` in one piece."""
    return frame(encode_body(message))


def decode_body(body: bytes) -> Message:
    """Return the message in `body`. Raises MalformedMessage when it is not a JSON object."""
    try:
        message = _decode_json(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MalformedMessage(f"the message is not UTF-8: {error}") from None
    except (ValueError, RecursionError) as error:
        raise MalformedMessage(f"the message is not JSON: {error}; it starts with {_start_of(body)}") from None
    if not isinstance(message, dict):
        raise MalformedMessage(f"the message is not a JSON object; it starts with {_start_of(body)}")
    return message


class Decoder:
    """Cuts a stream of bytes into messages, however the bytes arrive."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._body_length: int | None = None

    def feed(self, data: bytes) -> None:
        """Add bytes as they came."""
        self._buffer += data

    def next_message(self) -> Message | None:
        """Return the next whole message, or None when more bytes are needed.

        Raises MalformedMessage for bytes that are none; call again to go on behind them.
        """
        body = self.next_body()
        return None if body is None else decode_body(body)

    def next_body(self) -> bytes | None:
        """Return the JSON text of the next message, as `next_message` does for the message."""
        if self._body_length is None and not self._take_header():
            return None
        length = self._body_length
        if length is None or len(self._buffer) < length:
            return None
        body = bytes(memoryview(self._buffer)[:length])
        del self._buffer[:length]
        self._body_length = None
        return body

    def _take_header(self) -> bool:
        plain = _PLAIN_HEADER.match(self._buffer)
        if plain is not None:
            end = plain.end()
            self._body_length = int(plain[1])
            # A match keeps the buffer as it is.
            del plain, self._buffer[:end]
            return True
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _HEADER_LIMIT:
                self._skip_to_next_header()
            return False
        header = bytes(self._buffer[:end])
        length = _content_length(header)
        if length is None:
            self._skip_to_next_header()
        del self._buffer[: end + 4]
        self._body_length = length
        return True

    def _skip_to_next_header(self) -> None:
        """Drop bytes up to something that looks like a header, and say what was dropped."""
        found = bytes(self._buffer).lower().find(_LENGTH_NAME + b":", 1)
        dropped = bytes(self._buffer if found < 0 else self._buffer[:found])
        del self._buffer[: len(dropped)]
        raise MalformedMessage(f"a header with a usable Content-Length is missing before {_start_of(dropped)}")


def _content_length(header: bytes) -> int | None:
    for line in header.split(b"\r\n"):
        name, _, value = line.partition(b":")
        digits = value.strip()
        if name.strip().lower() == _LENGTH_NAME and digits.isdigit() and len(digits) < 12:
            length = int(digits)
            return length if length <= _BODY_LIMIT else None
    return None


def _start_of(data: bytes) -> str:
    return repr(data[:60].decode("utf-8", "replace")) + ("…" if len(data) > 60 else "")
