"""Shallow sizes: those of sys.getsizeof where that is right."""

import array
import collections
import decimal
import struct
import sys
import types

import pytest

from heapsight.debuggee.memory.sizes import shallow_size, size_text


class Plain:
    pass


class Slotted:
    __slots__ = ("a", "b")


class Weak:
    __slots__ = ("__weakref__",)


class Listed(list):
    pass


class Mapped(dict):
    pass


class Tupled(tuple):
    pass


class Numbered(int):
    pass


class Failed(Exception):
    pass


def generator():
    yield


RIGHT = [
    1, 10**100, "a", "é" * 50, b"x" * 99, 1.5, None, object(), [1, 2], {}, {1: 2}, {"a": 1}, {1}, (1,), frozenset(),
    Plain, generator, generator(), generator.__code__, len, collections.deque([1]), collections.OrderedDict(a=1),
    array.array("i", [1]), struct.Struct("i"), decimal.Decimal(3), sys, Slotted(), Weak(), Tupled((1,)), Numbered(5),
    Exception(), Failed(), range(3), slice(1), memoryview(b""), types.SimpleNamespace(a=1), Mapped(), Listed(),
]  # fmt: skip


@pytest.mark.parametrize("one", RIGHT, ids=lambda one: type(one).__name__)
def test_as_getsizeof(one):
    assert shallow_size(one) == sys.getsizeof(one)


def test_attribute_values_count():
    plain = Plain()
    plain.name = 1
    values = shallow_size(plain) - sys.getsizeof(plain)
    # Room for as many attributes as the class's instances have at most so far; never less than what is set.
    assert 8 <= values <= 300


def test_values_count_once_when_there_is_a_dict():
    Plain().name = 1
    one = Plain()
    one.name = 1
    inline = shallow_size(one)
    namespace = vars(one)
    # Now the dict has the values, or shows them: they are not doubled.
    assert shallow_size(one) + shallow_size(namespace) <= inline + shallow_size({})


def test_a_sizeof_in_python_is_not_asked():
    class Liar(list):
        def __sizeof__(self):
            raise AssertionError

    assert shallow_size(Liar()) == shallow_size(Listed())


def test_a_sizeof_of_a_foreign_type_is_not_trusted():
    class Odd:
        __slots__ = ()
        __sizeof__ = dict.__sizeof__

    class Plain:
        __slots__ = ()

    assert shallow_size(Odd()) == sys.getsizeof(Plain())


def test_static_types_have_no_header_of_the_collector():
    assert shallow_size(int) == type.__sizeof__(int)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (88, "88 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (12_400_000, "12.4 MB"),
        (999_949, "999.9 kB"),
        (999_951, "1.0 MB"),
        (3_200_000_000, "3.2 GB"),
        (5 * 10**12, "5.0 TB"),
    ],
)
def test_text(size, text):
    assert size_text(size) == text
