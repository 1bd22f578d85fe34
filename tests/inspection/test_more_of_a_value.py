"""What is cut says so, and the rest can be had: long texts by pieces, long and slow reprs on demand, whole copies."""

import sys

import pytest

from heapsight.debuggee.inspection.text import saferepr
from heapsight.debuggee.inspection.text.limits import Patience
from support.inspecting import Looking

CALLS = []


class Talkative:
    def __repr__(self):
        CALLS.append("repr")
        return "<" + "word " * 5000 + ">"


class Slow:
    def __repr__(self):
        CALLS.append("slow")
        return "<slow>"


class Silent:
    def __repr__(self):
        if CALLS:
            raise ValueError("no")
        return "x" * 1000


def test_a_long_text_piece_by_piece():
    text = "".join(chr(0x4E00 + number % 5000) for number in range(123_456))
    looking = Looking()
    row = looking.local("text")
    assert row["value"].endswith("…'")
    assert row["indexedVariables"] == 247
    pieces = looking.rows(row["variablesReference"], "indexed", 0, 247)
    assert (pieces[1]["name"], pieces[1]["evaluateName"]) == ("[500:1000]", "text[500:1000]")
    assert "".join(looking.evaluate(piece["evaluateName"])["result"][1:-1] for piece in pieces[:2]) == text[:1000]
    assert pieces[-1]["value"] == repr(text[123_000:])
    assert looking.rows(row["variablesReference"], "named")[0]["value"] == "123456"


@pytest.mark.parametrize("value", [b"\0" * 600, bytearray(b"\0" * 600)], ids=["bytes", "bytearray"])
def test_long_bytes_piece_by_piece(value):
    looking = Looking()
    row = looking.local("value")
    assert [piece["value"] for piece in looking.rows(row["variablesReference"], "indexed")] == [
        repr(value[:500]),
        repr(value[500:]),
    ]


def test_a_short_text_has_nothing_to_open():
    text = "short"
    assert Looking().local("text")["variablesReference"] == 0
    assert text


def test_the_rest_of_a_long_repr():
    thing = Talkative()
    looking = Looking()
    row = looking.local("thing")
    assert row["value"].endswith("…")
    CALLS.clear()
    first = looking.rows(row["variablesReference"])[0]
    assert (first["name"], first["value"], first["evaluateName"]) == ("repr()", "", "repr(thing)")
    assert first["presentationHint"]["lazy"]
    assert CALLS == []
    (more,) = looking.rows(first["variablesReference"])
    assert CALLS == ["repr"]
    assert more["value"] == repr(thing)[:10_000] + "…"
    pieces = looking.rows(more["variablesReference"], "indexed")
    assert pieces[-1]["value"] == repr(repr(thing)[25_000:])


def test_a_repr_that_is_known_to_be_slow():
    thing, other = Slow(), Slow()
    looking = Looking()
    looking.inspector._presenter.reprs._patience = Patience(one=-1.0)
    assert looking.local("thing")["value"] == "<slow>"
    row = looking.local("thing")
    assert "(repr took" in row["value"]
    first = looking.rows(row["variablesReference"])[0]
    assert looking.rows(first["variablesReference"])[0]["value"] == "<slow>"
    assert looking.run("other") == "<slow>"  # asked for by itself
    assert looking.evaluate("other", "clipboard")["result"] == "<slow>"
    assert "(repr took" in looking.evaluate("other", "watch")["result"]
    assert thing is not other


def test_no_time_left():
    values = [Slow() for _ in range(3)]
    looking = Looking()
    looking.inspector._presenter.reprs._patience = Patience(request=-1.0)
    rows = looking.rows(looking.local("values")["variablesReference"], "indexed")
    assert rows[2]["value"].endswith("(no time left for repr)")
    first = looking.rows(rows[2]["variablesReference"])[0]
    assert looking.rows(first["variablesReference"])[0]["value"] == "<slow>"
    assert values


def test_a_repr_that_fails_when_it_is_asked_for():
    thing = Silent()
    looking = Looking()
    CALLS.clear()
    first = looking.rows(looking.local("thing")["variablesReference"])[0]
    CALLS.append("fail")
    assert looking.rows(first["variablesReference"])[0]["value"] == "ValueError: no"
    CALLS.clear()
    assert thing


def test_what_is_shown_whole_offers_nothing_more():
    thing, numbers = Slow(), list(range(10_000))
    looking = Looking()
    assert looking.rows(looking.local("thing")["variablesReference"])[0]["name"] != "repr()"
    names = [row["name"] for row in looking.rows(looking.local("numbers")["variablesReference"], "named")]
    assert "repr()" not in names
    assert thing
    assert numbers


def test_copies_are_whole():
    values = {"text": "x" * 100_000, "numbers": list(range(50_000)), "thing": Talkative()}
    looking = Looking()
    assert looking.evaluate("values", "clipboard")["result"] == repr(values)
    row = looking.inside("values")["'text'"]
    assert looking.evaluate(row["evaluateName"], "clipboard")["result"] == repr(values["text"])


def test_copies_of_arrays_and_tables_are_whole():
    np, pd = pytest.importorskip("numpy"), pytest.importorskip("pandas")
    array, table = np.arange(5000), pd.DataFrame({"a": range(500)})
    looking = Looking()
    copied = looking.evaluate("array", "clipboard")["result"]
    assert "..." not in copied
    assert "4999" in copied
    assert looking.evaluate("table", "clipboard")["result"] == table.to_string()
    assert "..." in looking.run("array")
    assert array is not None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (255, "0xff"),
        ([255, {"k": -1}], "[0xff, {'k': -0x1}]"),
        (b"A\xff", r"b'\x41\xff'"),
        (bytearray(b"A"), r"bytearray(b'\x41')"),
        (b"", "b''"),
        (True, "True"),
        (1.5, "1.5"),
    ],
)
def test_hexadecimal(value, text):
    looking = Looking()
    rows = looking.rows(looking.scope("Locals"), hex=True)
    assert next(row["value"] for row in rows if row["name"] == "value") == text
    assert looking.evaluate("value", "repl", hex=True)["result"] == text
    reference = looking.scope("Locals")
    body = looking.inspector.set_variable(reference, "value", "value", hex=True)
    assert body["value"] == text
    assert looking.inspector.set_expression(looking.top, "value", "value", hex=True)["value"] == text
    assert saferepr.text(value) == repr(value)
    assert sys.getrefcount(value)
