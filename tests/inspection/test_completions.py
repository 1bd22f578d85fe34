"""Completions in the console."""

import os
import types

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.inspecting import Looking

GLOBAL_NAME = 1


class Thing:
    attribute = 1

    def __init__(self, limit=1):
        self.stored = types.SimpleNamespace(deep=1)
        self._private = 1

    @property
    def prop(self):
        raise AssertionError("read")

    def method(self, where=1):
        pass


def complete(looking, text, column=None, line=1):
    column = len(text.encode("utf-16-le")) // 2 + 1 if column is None else column
    body = looking.inspector.completions(looking.top, text, line, column)
    return looking.body("completions", body)["targets"]


def labels(targets):
    return [target["label"] for target in targets]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("thin", ["thing"]),
        ("GLOBAL_N", ["GLOBAL_NAME"]),
        ("isinst", ["isinstance"]),
        ("lamb", ["lambda"]),
        ("thing.sto", ["stored"]),
        ("thing . sto", ["stored"]),
        ("thing.pro", ["prop"]),
        ("thing.meth", ["method"]),
        ("thing.stored.", ["deep"]),
        ("thing.stored.deep.real", ["real"]),
        ("thing.prop.anything", []),
        ("thing.missing.x", []),
        ("missing.x", []),
        ("print(thing.sto", ["stored"]),
        ("x = thing.sto", ["stored"]),
        ("thing.method().sto", []),
        ("os.path.isab", ["isabs"]),
        ("Thing.attr", ["attribute"]),
        ("5.", []),
        ("word.isdec", ["isdecimal"]),
        ("äö", ["äöü"]),
    ],
)
def test_completions(text, expected):
    thing, word, äöü = Thing(), "word", 1
    found = labels(complete(Looking(), text))
    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)
    assert os
    del thing, word, äöü


class Touchy:
    """A key that minds being compared."""

    def __hash__(self):
        return hash("na")

    def __eq__(self, other):
        raise AssertionError("compared")


ODD_KEY = "it's \""
ODD_KEY_IN_SINGLE_QUOTES = "it\\'s \""
ODD_KEY_IN_DOUBLE_QUOTES = "it's \\\""


def call_me(first, /, second, third=1, *rest, fourth, **others):
    pass


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('table["na', ["name", "name of it"]),
        ("table['na", ["name", "name of it"]),
        ("table[", ["'name'", "'name of it'", "5", "(1, 2)", "b'raw'", repr(ODD_KEY)]),
        ("table[5", ["5"]),
        ("table[b'", ["raw"]),
        ("table['it", [ODD_KEY_IN_SINGLE_QUOTES]),
        ('table["it', [ODD_KEY_IN_DOUBLE_QUOTES]),
        ("print(table['name o", ["name of it"]),
        ("thing.stored.table['k", ["k"]),
        ('table["name"].sto', ["stored"]),
        ("table[5][1].sto", ["stored"]),
        ("many[-1].sto", ["stored"]),
        ("many[7].sto", []),
        ("nothing['x", []),
        ("print('thing.sto", []),
        ("'abc'.isdec", ["isdecimal"]),
        ("call_me(1, se", ["second="]),
        ("call_me(", ["second=", "third=", "fourth="]),
        ("call_me(1, second=2, ", ["third=", "fourth="]),
        ("call_me(firs", []),
        ("Thing(lim", ["limit="]),
        ("thing.method(wh", ["where="]),
        ("thing.method([wh", ["while"]),
        ("print(call_me(1), thi", ["thing"]),
        ("import mul", ["multiprocessing"]),
        ("import os.pa", ["path"]),
        ("import json.dec", ["decoder"]),
        ("import os, sy", ["symtable", "sys", "sysconfig"]),
        ("from concurrent.fut", ["futures"]),
        ("from os import pathsep_", []),
        ("from os import getcw", ["getcwd", "getcwdb"]),
        ("from os.path import (joi", ["join"]),
        ("from . import x", []),
    ],
)
def test_keys_arguments_and_modules(text, expected):
    thing = Thing()
    table = {"name": thing, "name of it": 1, 5: [0, thing], (1, 2): 3, Touchy(): 4, b"raw": 5, ODD_KEY: 6}
    many = [thing]
    thing.stored.table = types.MappingProxyType({"k": 1})
    found = labels(complete(Looking(), text))
    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)
    assert table
    assert many


PIECES = [
    "thing", "table", ".", "[", "]", "(", ")", "'", '"', " ", ",", "=", "5", "import", "from", "os", "{", "\\",
    "𝒳", "b", "-", "\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=20), st.integers(-2, 60), st.integers(-1, 4))
@settings(deadline=None)
def test_any_text_gets_an_answer(pieces, column, line):
    thing, table = Thing(), {"a": {"b": [1]}}
    text = "".join(pieces)
    for target in complete(Looking(), text, column, line):
        units = len(text.encode("utf-16-le")) // 2
        assert 0 <= target["start"] <= target["start"] + target["length"] <= units
    assert thing
    assert table


def test_columns_of_tables():
    np, pd = pytest.importorskip("numpy"), pytest.importorskip("pandas")
    frame, array = pd.DataFrame({"alpha": [1], "beta": [2]}), np.zeros(2, [("left", "i4"), ("right", "i4")])
    looking = Looking()
    assert labels(complete(looking, "frame['al")) == ["alpha"]
    assert labels(complete(looking, "array['")) == ["left", "right"]
    assert frame is not None
    assert array is not None


def test_places_in_several_lines():
    thing = Thing()
    looking = Looking()
    (target,) = complete(looking, "𝒳 = 1\nthing.sto", column=10, line=2)
    assert (target["start"], target["length"]) == (13, 3)
    (target,) = complete(looking, "x = {'name': 1}['na", column=20) or [None]
    assert target is None
    assert thing


def test_public_names_come_first():
    thing = Thing()
    found = labels(complete(Looking(), "thing."))
    assert found.index("stored") < found.index("_private") < found.index("__class__")
    assert thing


def test_upper_and_lower_case_count_alike_and_what_is_typed_comes_first():
    Value, value, VALUES = 1, {"Key": 1, "key": 2}, 3
    looking = Looking()
    assert labels(complete(looking, "val")) == ["value", "VALUES", "Value", "ValueError"]
    assert labels(complete(looking, "Val")) == ["Value", "ValueError", "VALUES", "value"]
    assert labels(complete(looking, "zerod")) == ["ZeroDivisionError"]
    assert labels(complete(looking, "value['k")) == ["Key", "key"]
    assert labels(complete(looking, "str.UPP")) == ["upper"]
    item = complete(looking, "zerod")[0]
    assert (item["start"], item["length"]) == (0, 5)
    del Value, value, VALUES


def test_kinds_and_places():
    thing = Thing()
    looking = Looking()
    kinds = {target["label"]: target["type"] for target in complete(looking, "thing.")}
    assert kinds["stored"] == "variable"
    assert kinds["method"] == "function"
    assert kinds["prop"] == "property"
    assert {target["label"]: target["type"] for target in complete(looking, "Thin")}["Thing"] == "class"
    assert {target["label"]: target["type"] for target in complete(looking, "os")}["os"] == "module"
    assert complete(looking, "whil")[0]["type"] == "keyword"
    (target,) = complete(looking, "𝒳 = thing.sto")
    assert (target["start"], target["length"]) == (11, 3)
    assert thing


def test_in_the_middle_of_a_line_and_of_several_lines():
    thing = Thing()
    looking = Looking()
    assert labels(complete(looking, "thing.sto + 1", column=10)) == ["stored"]
    assert labels(complete(looking, "x = 1\nthing.sto", column=10, line=2)) == ["stored"]
    assert labels(complete(looking, "thing.sto", column=10, line=7)) == ["stored"]
    assert thing


def test_names_of_the_console():
    looking = Looking()
    looking.run("made_here = 1")
    assert labels(complete(looking, "made_h")) == ["made_here"]


def test_without_a_frame():
    looking = Looking()
    assert labels(looking.inspector.completions(None, "__nam", 1, 6)["targets"]) == ["__name__"]
