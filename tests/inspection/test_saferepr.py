"""The text of a value: `repr` where that is harmless, and always within its limits."""

import collections
import dataclasses
import enum
import functools
import sys
import tracemalloc
import types
import weakref
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heapsight.debuggee.inspection.text.limits import CONSOLE, ROW, Limits, Patience
from heapsight.debuggee.inspection.text.saferepr import Reprs, text

atoms = st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text() | st.binary()
hashable = st.recursive(atoms, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=5)
values = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner)
        | st.dictionaries(hashable, inner)
        | st.sets(hashable)
        | st.builds(collections.deque, st.lists(inner))
        | st.builds(collections.OrderedDict, st.lists(st.tuples(hashable, inner)))
        | st.builds(lambda items: collections.defaultdict(list, items), st.lists(st.tuples(hashable, inner)))
        | st.builds(ValueError, inner)
        | st.builds(bytearray, st.binary())
        | st.builds(lambda value: types.SimpleNamespace(a=value), inner)
        | st.builds(lambda value: types.MappingProxyType({"a": value}), inner)
    ),
    max_leaves=25,
)


@given(values)
def test_is_repr_where_there_is_room(value):
    assert text(value, CONSOLE) == repr(value)


@given(values, st.integers(1, 200), st.integers(1, 10), st.integers(1, 4))
def test_keeps_to_its_limits(value, characters, elements, depth):
    limits = Limits(characters, elements, depth)
    # Closing brackets and the signs for what is left out come on top: a few for each level.
    assert len(text(value, limits)) <= characters + 40 * (depth + 1)


class Named(tuple):
    __slots__ = ()


class Listed(list):
    pass


class Mapped(dict):
    pass


Point = collections.namedtuple("Point", "x y")


@dataclasses.dataclass
class Data:
    shown: object
    hidden: int = dataclasses.field(default=1, repr=False)
    shared: dataclasses.InitVar[int] = 3


@dataclasses.dataclass(slots=True)
class SlottedData:
    one: int


@dataclasses.dataclass
class OwnRepr:
    one: int

    def __repr__(self):
        return "mine"


class Colour(enum.Enum):
    RED = 1


class Flag(enum.Flag):
    A = 1
    B = 2


def function():
    pass


@pytest.mark.parametrize(
    "value",
    [
        Named((1, 2)), Listed([1]), Mapped(a=1), Point(1, "x"), Data([1]), SlottedData(2), OwnRepr(1), Colour.RED,
        Flag.A | Flag.B, collections.Counter("hello"), collections.Counter(), function, Data, sys.version_info,
        functools.partial(print, 1, sep="x"), PurePosixPath("/x"), range(3), slice(1, None), ..., NotImplemented,
        print, [].append, {1: 2}.keys(), {1: 2}.values(), {1: 2}.items(), collections.deque([1], maxlen=2), set(),
        frozenset({1}), collections.ChainMap({1: 2}), memoryview, types, OSError(2, "no"), KeyError("k"),
        type("Made", (set,), {})([1]), b"'", bytearray(b"'"), bytearray(b"'\""),
        "'\"", True, float("nan"), collections.UserList([1]),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_like_repr(value):
    assert text(value, CONSOLE) == repr(value)


def test_circles():
    circle: list = [1]
    circle.append({"self": circle, "data": Data(circle)})
    assert text(circle) == "[1, {'self': [...], 'data': Data(shown=[...])}]"


def test_the_same_twice_is_no_circle():
    one = [1]
    assert text([one, one]) == "[[1], [1]]"


def test_long_lists_say_that_there_is_more():
    assert text(list(range(1000)), Limits(elements=3)) == "[0, 1, 2, …]"
    assert text({1: 1, 2: 2}, Limits(elements=1)) == "{1: 1, …}"
    assert text({7}, Limits(elements=1)) == "{7}"
    assert text([[[[1]]]], Limits(depth=2)) == "[[[…]]]"


def test_strings_are_cut_and_closed():
    assert text("a" * 10**6, Limits(characters=10)) == "'aaaaaaaa…'"
    assert text(b"a" * 10**6, Limits(characters=10)).endswith("…'")
    assert text(bytearray(b"a" * 10**6), Limits(characters=30)).endswith("…')")
    shown = text({"key": "a" * 10**6, "other": 1}, Limits(characters=100))
    assert shown.startswith("{'key': 'aaa")
    assert shown.endswith("'other': 1}")


def test_a_huge_string_is_not_copied():
    class Huge(str):
        def __len__(self):
            raise AssertionError("asked")

        def __getitem__(self, index):
            raise AssertionError("asked")

    huge = Huge("a" * 10**7)
    tracemalloc.start()
    try:
        assert text(huge, Limits(characters=10)) == "'aaaaaaaa…'"
        assert tracemalloc.get_traced_memory()[1] < 10**6
    finally:
        tracemalloc.stop()


def test_huge_integers():
    assert text(10**5000) == "0x31e20801036510f3… (16,610 bits)"
    assert text(-(10**5000)).startswith("-0x31e2")
    assert text([10**100]) == f"[{10**100}]"


def test_integers_where_the_interpreter_refuses_digits():
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        assert text(1 << 2200, CONSOLE) == hex(1 << 2200)
    finally:
        sys.set_int_max_str_digits(before)


def test_hexadecimal():
    assert text([255, True, -1, {16: "16"}], Limits(hex=True)) == "[0xff, True, -0x1, {0x10: '16'}]"


class Raises:
    def __repr__(self):
        raise ValueError("not today")


class RaisesBadly:
    def __repr__(self):
        raise Unspeakable


class Unspeakable(Exception):
    def __str__(self):
        raise ValueError


class NoString:
    def __repr__(self):
        return 3


class Recursive:
    def __repr__(self):
        return repr(self)


class Exits:
    def __repr__(self):
        raise SystemExit(1)


@pytest.mark.parametrize(
    ("cls", "says"),
    [
        (Raises, "(repr failed: ValueError: not today)"),
        (RaisesBadly, "(repr failed: Unspeakable: <__str__ failed: ValueError>)"),
        (NoString, "(repr failed: TypeError: __repr__ returned non-string (type int))"),
        (Exits, "(repr failed: SystemExit: 1)"),
    ],
)
def test_broken_reprs(cls, says):
    value = cls()
    assert text([1, value]) == f"[1, {object.__repr__(value)} {says}]"


def test_recursive_repr():
    assert "repr failed: RecursionError" in text(Recursive())


def test_deeply_nested():
    nested: list = []
    for _ in range(100_000):
        nested = [nested]
    assert text(nested) == "[[[[[[[…]]]]]]]"
    assert text(nested, Limits(characters=10**6, depth=10**6))


def test_no_user_code_after_an_interrupt():
    class Interrupt(BaseException):
        pass

    class Endless:
        def __repr__(self):
            raise Interrupt

    class Other:
        def __repr__(self):
            return "other"

    reprs = Reprs()
    endless, other = Endless(), Other()
    assert "repr failed: Interrupt" in reprs.text(endless)
    assert reprs.text(other) == f"{object.__repr__(other)} (no time left for repr)"
    reprs.start_request()
    assert reprs.text(other) == "other"
    assert "repr took" in reprs.text(endless)
    reprs.forget()
    assert "repr failed" in reprs.text(endless)


def test_a_slow_type_is_asked_once_in_a_stop():
    calls = []

    class Slow:
        def __repr__(self):
            calls.append(1)
            return "slow"

    reprs = Reprs(Patience(one=0.0, request=60))
    values = [Slow(), Slow()]
    assert reprs.text(values).startswith("[slow, <")
    reprs.start_request()
    assert "(repr took" in reprs.text(values[0])
    assert len(calls) == 1
    reprs.forget()
    assert reprs.text(values[0]) == "slow"


def test_a_request_has_its_time():
    class One:
        def __repr__(self):
            return "one"

    reprs = Reprs(Patience(one=60, request=0.0))
    assert reprs.text(One()) == "one"
    assert "(no time left for repr)" in reprs.text(One())


def test_lines_are_joined_in_a_row():
    class Lines:
        def __repr__(self):
            return "array([[1],\n       [2]])"

    assert text(Lines(), ROW) == "array([[1], [2]])"
    assert text(Lines(), CONSOLE) == "array([[1],\n       [2]])"
    assert text("a\nb", ROW) == r"'a\nb'"


def test_a_long_answer_is_cut():
    class Talks:
        def __repr__(self):
            return "x" * 10**6

    assert text(Talks(), Limits(characters=10)) == "xxxxxxxxxx…"


def test_a_string_of_the_users_own():
    class Text(str):
        def __getitem__(self, index):
            raise AssertionError("asked")

        def __str__(self):
            raise AssertionError("asked")

    class Answers:
        def __repr__(self):
            return Text("answer")

    assert text(Answers()) == "answer"
    assert type(text(Answers())) is str


def test_weak_references_do_not_ask_their_target():
    class Target:
        def __getattr__(self, name):
            raise AssertionError(name)

    target = Target()
    assert text(weakref.ref(target)).startswith("<ReferenceType at 0x")
    reference = weakref.ref(target)
    del target
    assert text(reference).endswith("; dead>")


def test_modules_are_not_asked():
    class Module(types.ModuleType):
        def __getattribute__(self, name):
            raise AssertionError(name)

    module = Module("made")
    assert text(module) == "<module 'made'>"


def test_bound_methods_show_whose():
    assert text(Data([1]).__eq__).startswith("<bound method Data.__eq__ of Data(shown=[1])>")


def test_a_dict_that_changes_while_it_is_written():
    changing: dict = {}

    class Changes:
        def __repr__(self):
            changing[object()] = 1
            return "changes"

    changing[1] = Changes()
    changing[2] = 2
    assert text(changing) == "{1: changes, 2: 2}"


def test_ordered_dict_of_touchy_keys_is_not_asked():
    class Key:
        armed = False

        def __hash__(self):
            assert not self.armed
            return 1

    ordered = collections.OrderedDict({Key(): 1})
    Key.armed = True
    assert "1" in text(ordered)
