"""Names and places of classes, functions and modules, found without asking them."""

import collections
import enum
import types
from pathlib import Path

import pytest

from heapsight.debuggee.typenames import (
    class_location,
    function_location,
    local_qualname,
    module_location,
    plain_text,
    qualified_name,
    short_name,
)
from support.markers import markers

HERE = Path(__file__)


class Bare:  # @bare
    pass


class WithMethods(Bare):  # @with_methods
    """class WithMethods: is mentioned in a text."""

    limit = 1

    class Inner:  # @inner
        def method(self):
            pass

    def method(self):
        pass


def make():
    class Local:  # @local
        def method(self):
            pass

    return Local


class Colour(enum.Enum):  # @colour
    RED = 1


@pytest.mark.parametrize(
    ("cls", "marker"),
    [
        (Bare, "bare"),
        (WithMethods, "with_methods"),
        (WithMethods.Inner, "inner"),
        (make(), "local"),
        (Colour, "colour"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_classes(cls, marker):
    assert class_location(cls) == (str(HERE), markers(HERE)[marker])


def test_classes_without_source():
    assert class_location(int) is None
    assert class_location(collections.OrderedDict) is None
    namespace = {"__name__": "nowhere"}
    exec("class Ghost:\n    def method(self): pass", namespace)
    assert class_location(namespace["Ghost"]) is None


def test_other_places():
    assert function_location(make) == (str(HERE), make.__code__.co_firstlineno)
    assert module_location(collections)[0] == collections.__file__
    assert module_location(types.ModuleType("empty")) is None
    assert module_location(5) is None


def test_names():
    assert qualified_name(WithMethods.Inner) == f"{__name__}.WithMethods.Inner"
    assert qualified_name(int) == "int"
    assert qualified_name(collections.OrderedDict) == "collections.OrderedDict"
    assert local_qualname("make.<locals>.Local.method") == "Local.method"
    assert local_qualname("method") == "method"


def test_names_that_are_not_plain_texts():
    class Text(str):
        def __str__(self):
            raise AssertionError

        __format__ = __repr__ = __str__

    def function():
        pass

    function.__qualname__ = Text("odd.<locals>.name")
    assert local_qualname(function.__qualname__) == "name"
    assert plain_text(5) == "?"
    odd = type("Odd", (), {"__module__": 5})
    assert qualified_name(odd) == "Odd"
    assert short_name(odd) == "Odd"


def test_the_metaclass_is_not_asked():
    class Meta(type):
        def __getattribute__(cls, name):
            raise AssertionError(name)

    odd = types.new_class("Odd", (), {"metaclass": Meta})
    assert short_name(odd) == "Odd"
    assert qualified_name(odd).endswith(".Odd")
    class_location(odd)
