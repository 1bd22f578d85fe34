"""Completions in the console."""

import os
import types

import pytest

from support.inspecting import Looking

GLOBAL_NAME = 1


class Thing:
    attribute = 1

    def __init__(self):
        self.stored = types.SimpleNamespace(deep=1)
        self._private = 1

    @property
    def prop(self):
        raise AssertionError("read")

    def method(self):
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


def test_public_names_come_first():
    thing = Thing()
    found = labels(complete(Looking(), "thing."))
    assert found.index("stored") < found.index("_private") < found.index("__class__")
    assert thing


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
