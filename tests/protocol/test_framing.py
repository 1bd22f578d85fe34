"""Cutting bytes into messages, and what happens to bytes that are none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heapsight.wire.framing import Decoder, MalformedMessage, encode

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
MESSAGES = st.lists(st.dictionaries(st.text(), JSON), max_size=5)


def drain(decoder):
    """Return all messages, and the text of an error in the place of what was malformed."""
    found = []
    while True:
        try:
            message = decoder.next_message()
        except MalformedMessage as error:
            found.append(str(error))
            continue
        if message is None:
            return found
        found.append(message)


@given(MESSAGES, st.lists(st.integers(min_value=1, max_value=40), min_size=1))
def test_messages_survive_any_cutting(messages, sizes):
    data = b"".join(map(encode, messages))
    decoder, found, position, turn = Decoder(), [], 0, 0
    while position < len(data):
        size = sizes[turn % len(sizes)]
        decoder.feed(data[position : position + size])
        found += drain(decoder)
        position, turn = position + size, turn + 1
    assert found == messages


def test_a_lone_surrogate_survives():
    decoder = Decoder()
    decoder.feed(encode({"text": "\udc80 \U0001f40d"}))
    assert decoder.next_message() == {"text": "\udc80 \U0001f40d"}


@pytest.mark.parametrize(
    "header",
    [
        b"content-length: %d\r\n\r\n",
        b"CONTENT-LENGTH:%d\r\n\r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: %d\r\n\r\n",
        b"Content-Length:   %d  \r\nX-Other: 1\r\n\r\n",
    ],
)
def test_headers_of_other_styles(header):
    decoder = Decoder()
    decoder.feed(header % 8 + b'{"a": 1}')
    assert drain(decoder) == [{"a": 1}]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[1]", "not a JSON object"),
        (b"nonsense", "not JSON"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b"", "not JSON"),
        (b'{"a":' + b"[" * 100_000, "not JSON"),
    ],
    ids=["list", "text", "nan", "latin-1", "empty", "deep"],
)
def test_a_bad_body_costs_only_itself(body, reason):
    decoder = Decoder()
    decoder.feed(b"Content-Length: %d\r\n\r\n" % len(body) + body + encode({"next": True}))
    error, following = drain(decoder)
    assert reason in error
    assert following == {"next": True}


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: many\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: 99999999999999\r\n\r\n",
        b"Content-Length: 999999999999\r\n\r\n",
        b"Length: 3\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_a_bad_header_is_skipped_up_to_the_next_good_one(header):
    decoder = Decoder()
    decoder.feed(header + encode({"next": True}))
    found = drain(decoder)
    assert found[-1] == {"next": True}
    assert len(found) == 2
    assert "Content-Length" in found[0]


def test_a_flood_without_a_header_is_not_kept():
    decoder = Decoder()
    with pytest.raises(MalformedMessage):
        for _ in range(100):
            decoder.feed(b"x" * 1000)
            decoder.next_message()
    decoder.feed(encode({"next": True}))
    assert drain(decoder)[-1] == {"next": True}


def test_what_is_encoded_is_ascii_json_in_one_piece():
    data = encode({"seq": 1, "text": "é"})
    header, _, body = data.partition(b"\r\n\r\n")
    assert header == b"Content-Length: %d" % len(body)
    assert body.isascii()
    assert json.loads(body) == {"seq": 1, "text": "é"}


def test_what_is_not_json_is_not_sent():
    with pytest.raises(ValueError, match="JSON compliant"):
        encode({"value": float("nan")})
