"""Rows that C makes are, to the letter, those that Python makes."""

import keyword
import math
import sys
from collections import Counter, OrderedDict, defaultdict
from enum import IntEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heapsight.debuggee.inspection import ready_rows
from support.inspecting import Looking

pytestmark = pytest.mark.skipif(ready_rows.module is None, reason="heapsight._native.rows was not built")


class Number(int):
    def __repr__(self):
        return "a number of the user's"


class Colour(IntEnum):
    RED = 1


class SameText:
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


NUMBERS = [0, 1, -1, 9, 10, 2**31, -(2**63), 2**63 - 1, 2**63, 2**64 - 1, -(2**64), 2**64, 10**3000, True, False, None]
FLOATS = [0.0, -0.0, 1.5, 1e300, -1e-7, math.inf, -math.inf, math.nan]
OTHERS = [Number(3), Colour.RED, 1j, "text", b"bytes", [1], (2,), {3: 4}, object, len, ...]
VALUES = [*NUMBERS, *FLOATS, *OTHERS]
KEYS = [
    *NUMBERS,
    *FLOATS,
    *["", "a key", "it's", "both ' and \"", "back\\slash", "line\nbreak", "\0\x7f\x80", "ключ", "\ud800", "𝒳"],
    *["k" * length for length in (117, 118, 119, 120, 121, 199, 200, 201, 700)],
    *["\\" * length for length in (58, 59, 60, 61)],
    *[b"bytes", (1, 2), (), frozenset({1}), Colour, SameText("'a key'"), SameText("1")],
]
NAMES = [
    "a",
    "Z9_",
    "_a",
    "__a",
    "__a__",
    "a-b",
    "1a",
    "",
    "ключ",
    "\ud800",
    "a b",
    *keyword.kwlist,
    *keyword.softkwlist,
]


class Holding:
    shared = 1

    def __init__(self, values):
        vars(self).update(values)


class Slotted:
    __slots__ = ("first", "second")

    def __init__(self):
        self.first, self.second = 1, "two"


OWNERS = {
    "list": VALUES,
    "list of numbers": [*NUMBERS[:9], *FLOATS],
    "empty list": [],
    "list subclass": type("Special", (list,), {})(VALUES),
    "dict of values": dict(enumerate(VALUES)),
    "dict of keys": {key: number for number, key in enumerate(KEYS)},
    "two keys of one text": {SameText("'one'"): 1, "one": 2, SameText("'one'"): 3},
    "and the other way round": {"one": 1, SameText("'one'"): 2},
    "empty dict": {},
    "OrderedDict": OrderedDict(zip(KEYS, NUMBERS, strict=False)),
    "Counter": Counter("abca"),
    "defaultdict": defaultdict(int, {"a": 1}),
    "attributes of all names": Holding({name: number for number, name in enumerate(NAMES)}),
    "attributes of all values": Holding({f"a{number}": value for number, value in enumerate(VALUES)}),
    "an attribute that hides the class's": Holding({"shared": 2}),
    "inline attributes": Holding({}),
    "slots": Slotted(),
    "an exception": ValueError(1, 2),
    "a member of an enum": Colour.RED,
    "a class": Holding,
}
OWNERS["an exception"].code = 7
OWNERS["inline attributes"].one, OWNERS["inline attributes"].two = 1, 2.0


def look_at(owner, *page, hex=False):
    """Return a function that returns the JSON of a page of `owner`."""

    def look():
        shown = owner
        looking = Looking()
        reference = looking.local("shown")["variablesReference"]
        filter, start, count = page or (None, 0, 0)
        assert shown is not None
        return looking.inspector.variables(reference, filter, start, count, hex=hex)

    return look


@pytest.fixture
def both(monkeypatch):
    """Call a function with the module and without it, and return both results."""

    def call(function):
        quick = function()
        with monkeypatch.context() as patch:
            patch.setattr(ready_rows, "module", None)
            return quick, function()

    return call


@pytest.mark.parametrize("name", OWNERS)
def test_rows_are_the_same(both, name):
    quick, slow = both(look_at(OWNERS[name]))
    assert quick == slow


@pytest.mark.parametrize("name", ["list", "dict of keys", "two keys of one text", "and the other way round"])
@pytest.mark.parametrize("page", [("indexed", 1, 2), ("indexed", 0, 1), ("indexed", 20, 9), (None, 0, 500)])
def test_pages_are_the_same(both, name, page):
    quick, slow = both(look_at(OWNERS[name], *page))
    assert quick == slow


@pytest.mark.parametrize("name", ["list", "dict of values", "attributes of all values"])
def test_hexadecimal_rows_are_the_same(both, name):
    quick, slow = both(look_at(OWNERS[name], hex=True))
    assert quick == slow


@settings(deadline=None)
@given(
    st.dictionaries(
        st.one_of(st.integers(), st.text(), st.floats(allow_nan=False), st.none()), st.integers() | st.floats()
    )
)
def test_any_dict(table):
    quick = look_at(table)()
    module, ready_rows.module = ready_rows.module, None
    try:
        slow = look_at(table)()
    finally:
        ready_rows.module = module
    assert quick == slow


@settings(deadline=None)
@given(st.dictionaries(st.text(), st.integers() | st.none() | st.text() | st.floats()))
def test_any_attributes(values):
    owner = Holding(values)
    quick = look_at(owner)()
    module, ready_rows.module = ready_rows.module, None
    try:
        slow = look_at(owner)()
    finally:
        ready_rows.module = module
    assert quick == slow


def test_pages_at_both_ends_of_a_large_dict(both):
    table = {number: number for number in range(3000)}
    for number in range(0, 3000, 7):
        del table[number]
    for start in (0, 1000, 2300, len(table) - 50, len(table) - 1):
        quick, slow = both(look_at(table, "indexed", start, 100))
        assert quick == slow


def test_what_was_shown_can_be_set():
    numbers = list(range(500))
    table = {f"key {number}": number for number in range(500)}
    holding = Holding({"one": 1, "two": 2})
    looking = Looking()
    for owner, name, start in (("numbers", "450", 400), ("table", "'key 450'", 400), ("holding", "two", 0)):
        reference = looking.local(owner)["variablesReference"]
        looking.rows(reference, None, start, 100)
        assert looking.inspector.set_variable(reference, name, "-1")["value"] == "-1"
    assert (numbers[450], table["key 450"], holding.two) == (-1, -1, -1)


def test_references_are_as_before():
    number, key = 10**15 + 1, "".join(["one", " key"])
    numbers, table, holding = [number], {key: number}, Holding({"one": number})
    before = sys.getrefcount(number), sys.getrefcount(key), sys.getsizeof(key)
    looking = Looking()
    references = [looking.evaluate(name)["variablesReference"] for name in ("numbers", "table", "holding")]
    for reference in references:
        looking.rows(reference)
    assert (sys.getrefcount(number), sys.getrefcount(key), sys.getsizeof(key)) == before
    assert numbers
    assert table
    assert holding


def test_a_name_is_not_encoded_where_it_lies():
    name = "".join(["при", "вет"])
    holding, table = Holding({name: 1}), {name: 1}
    before = sys.getsizeof(name)
    looking = Looking()
    assert name in looking.inside("holding")
    assert repr(name) in looking.inside("table")
    assert sys.getsizeof(name) == before
    assert holding
    assert table


@pytest.mark.parametrize(
    "call",
    [
        lambda rows: rows.list_rows((1,), 0, None),
        lambda rows: rows.list_rows([1], 0, "ключ"),
        lambda rows: rows.list_rows([1], 0, 5),
        lambda rows: rows.dict_rows([1], 0, None, {}),
        lambda rows: rows.dict_rows([(1,)], 0, None, {}),
        lambda rows: rows.attribute_rows({"a": 1}, None, []),
        lambda rows: rows.pairs_of([], 0, 1),
    ],
)
def test_wrong_arguments_are_errors(call):
    with pytest.raises((TypeError, SystemError, IndexError)):
        call(ready_rows.module)


def test_ranges_that_are_not_there_are_empty():
    assert ready_rows.module.pairs_of({1: 2}, 5, 9) == []
    assert ready_rows.module.pairs_of({1: 2}, 3, 1) == []
    assert ready_rows.module.pairs_of({1: 2, 3: 4}, 1, 9) == [(3, 4)]
