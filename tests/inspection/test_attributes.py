"""Attributes are read as `vars` would give them, and the object stays as it was."""

from __future__ import annotations

import enum
import gc
import sys
from collections import deque
from functools import partial
from types import SimpleNamespace

import pytest

from heapsight.debuggee import attributes
from heapsight.debuggee.attributes import instance_attributes, slot_values


class Plain:
    def __init__(self, **values: object) -> None:
        for name, value in values.items():
            setattr(self, name, value)


class Shadowing:
    level = 1

    def __init__(self) -> None:
        self.other = [0]
        self.level = [2]


class Tuple(tuple):
    pass


class Integer(int):
    pass


class List(list):
    pass


class Meta(type):
    def __getattribute__(cls, name):
        raise AssertionError(f"metaclass asked for {name}")


class Hostile(metaclass=Meta):
    def __init__(self) -> None:
        object.__setattr__(self, "hidden", [1])

    def __getattribute__(self, name):
        raise AssertionError(f"asked for {name}")

    def __getattr__(self, name):
        raise AssertionError(f"asked for {name}")

    def __setattr__(self, name, value):
        raise AssertionError(f"set {name}")


class Colour(enum.Enum):
    RED = 1


def wide() -> object:
    return Plain(**{f"name{index}": [index] for index in range(60)})


def other_order() -> object:
    Plain(one=[1], two=[2], three=[3])
    return Plain(three=[1], one=[2])


def with_hole() -> object:
    made = Plain(one=[1], two=[2], three=[3])
    del made.two
    return made


def extended(made: object) -> object:
    made.extra = [1]
    made.more = [2]
    return made


def already_dict() -> object:
    made = Plain(one=[1])
    vars(made)["added"] = [2]
    return made


MAKERS = {
    "plain": lambda: Plain(one=[1], two={}),
    "empty": Plain,
    "wide": wide,
    "other order": other_order,
    "hole": with_hole,
    "shadowing": Shadowing,
    "dict already there": already_dict,
    "tuple": lambda: extended(Tuple((1, 2, 3))),
    "integer": lambda: extended(Integer(10**50)),
    "list": lambda: extended(List([1])),
    "exception": lambda: extended(ValueError("x")),
    "function": lambda: extended(lambda: 1),
    "namespace": lambda: SimpleNamespace(one=[1]),
    "partial": lambda: extended(partial(print, 1)),
    "enum": lambda: Colour.RED,
    "module": lambda: sys.modules[__name__],
    "class": lambda: Plain,
}


def test_reads_the_inline_values_of_this_interpreter():
    assert attributes.READS_INLINE


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_equals_vars(make):
    made = make()
    found = instance_attributes(made)
    assert list(found.items()) == list(vars(made).items())
    assert list(instance_attributes(made).items()) == list(found.items())


@pytest.mark.parametrize("made", [5, "text", deque(), object(), (), None], ids=repr)
def test_none_where_the_type_provides_for_no_attributes(made):
    assert instance_attributes(made) is None


def test_nothing_is_materialised_and_no_reference_left():
    made = [Plain(one=[1], two=object()) for _ in range(100)]
    value = made[0].one
    gc.collect()
    references = [sys.getrefcount(value), sys.getrefcount(made[0]), sys.getrefcount(Plain)]
    tracked, dicts = len(gc.get_objects()), count_dicts()
    for one in made:
        instance_attributes(one)
        slot_values(one)
    assert (len(gc.get_objects()), count_dicts()) == (tracked, dicts)
    assert [sys.getrefcount(value), sys.getrefcount(made[0]), sys.getrefcount(Plain)] == references


def test_functions_and_exceptions_get_no_dict():
    function, error = test_functions_and_exceptions_get_no_dict, ValueError("x")
    before = count_dicts()
    assert instance_attributes(error) == {}
    instance_attributes(function)
    assert count_dicts() == before


def test_no_user_code():
    assert instance_attributes(Hostile()) == {"hidden": [1]}
    assert slot_values(Hostile()) == {}


def test_string_subclass_keys_are_plain_text():
    class Text(str):
        def __hash__(self):
            if armed:
                raise AssertionError("hashed")
            return str.__hash__(self)

    armed = False
    made = Plain()
    vars(made)[Text("odd")] = 1
    vars(made)[7] = 2
    armed = True
    assert instance_attributes(made) == {"odd": 1}


def test_slots():
    class Base:
        __slots__ = ("__private", "name", "unset")

        def __init__(self):
            self.name = [1]
            self.__private = [2]

    class Child(Base):
        __slots__ = ("__dict__", "name", "own")

        def __init__(self):
            super().__init__()
            Base.name.__set__(self, "hidden")
            self.own = 3
            self.free = 4

    made = Child()
    assert slot_values(made) == {"name": [1], "own": 3, "Base.name": "hidden", "_Base__private": [2]}
    assert instance_attributes(made) == {"free": 4}


def count_dicts() -> int:
    return sum(type(one) is dict for one in gc.get_objects())
