"""What is found in each sort of object, under which name, and by which expression."""

import collections
import dataclasses
import enum
import functools
import sys
import types
from pathlib import Path

import pytest

from heapsight.debuggee.holding import Held
from heapsight.debuggee.inspection.tree import Row
from support.inspecting import Looking

GROUPS = {"special variables", "function variables", "class variables"}


class Plain:
    shared = (0,)

    class Inner:
        pass

    def __init__(self):
        self.public = [1]
        self._protected = "text"
        self.__private = 2
        self.__dunder__ = 3

    @property
    def doubled(self):
        """Twice."""
        return self.public * 2

    @property
    def settable(self):
        return self._protected

    @settable.setter
    def settable(self, value):
        self._protected = value

    @property
    def broken(self):
        raise ValueError("broken")

    @functools.cached_property
    def cached(self):
        return [9]

    def method(self):
        pass

    @staticmethod
    def static():
        pass


def values_of(rows):
    return {name: row["value"] for name, row in rows.items() if name not in GROUPS}


def test_instance():
    plain = Plain()
    inside = Looking().inside("plain")
    assert inside["public"]["value"] == "[1]"
    assert inside["public"]["evaluateName"] == "plain.public"
    assert inside["public"]["presentationHint"] == {"kind": "data"}
    assert inside["_protected"]["presentationHint"]["visibility"] == "protected"
    assert inside["_protected"]["presentationHint"]["attributes"] == ["rawString"]
    assert inside["_Plain__private"]["presentationHint"]["visibility"] == "private"
    assert inside["shared"]["presentationHint"]["attributes"] == ["static"]
    assert inside["method"]["presentationHint"]["kind"] == "method"
    assert inside["Inner"]["presentationHint"]["kind"] == "class"
    assert inside["__class__"]["value"] == f"<class '{__name__}.Plain'>"
    assert {"__dunder__", "__module__"} <= set(inside)
    assert plain.public


def test_groups():
    plain = Plain()
    looking = Looking()
    rows = looking.named(looking.local("plain")["variablesReference"])
    assert set(rows) >= GROUPS
    assert set(looking.named(rows["function variables"]["variablesReference"])) == {"method", "static"}
    assert set(looking.named(rows["class variables"]["variablesReference"])) == {"Inner"}
    assert "__dunder__" in looking.named(rows["special variables"]["variablesReference"])
    assert "__dunder__" not in rows
    assert plain


def test_properties_are_lazy():
    plain = Plain()
    looking = Looking()
    inside = looking.inside("plain")
    row = inside["doubled"]
    assert row["value"] == ""
    assert row["presentationHint"]["lazy"]
    assert row["presentationHint"]["kind"] == "property"
    (value,) = looking.rows(row["variablesReference"])
    assert (value["value"], value["type"], value["evaluateName"]) == ("[1, 1]", "list", "plain.doubled")
    assert len(looking.rows(value["variablesReference"], "indexed")) == 2
    assert plain


def test_a_property_that_raises():
    plain = Plain()
    looking = Looking()
    (value,) = looking.rows(looking.inside("plain")["broken"]["variablesReference"])
    assert (value["value"], value["type"]) == ("ValueError: broken", "ValueError")
    assert plain


def test_cached_property_is_lazy_until_read():
    plain = Plain()
    looking = Looking()
    assert looking.inside("plain")["cached"]["presentationHint"]["lazy"]
    assert plain.cached
    row = looking.inside("plain")["cached"]
    assert (row["value"], row["presentationHint"]) == ("[9]", {"kind": "data"})


def test_other_descriptors_are_lazy():
    class Descriptor:
        calls = 0

        def __get__(self, instance, owner):
            Descriptor.calls += 1
            return 5

    class Has:
        field = Descriptor()

    has = Has()
    looking = Looking()
    row = looking.inside("has")["field"]
    assert row["presentationHint"]["lazy"]
    assert Descriptor.calls == 0
    assert looking.rows(row["variablesReference"])[0]["value"] == "5"
    assert has


def test_slots():
    class Slotted:
        __slots__ = ("__weakref__", "empty", "full")

        def __init__(self):
            self.full = 1

    slotted = Slotted()
    inside = Looking().inside("slotted")
    assert inside["full"]["value"] == "1"
    assert "empty" not in inside
    assert slotted


def test_odd_attribute_names():
    odd = types.SimpleNamespace(**{"two words": 1, "class": 2})
    looking = Looking()
    inside = looking.inside("odd")
    assert inside["two words"]["evaluateName"] == "getattr(odd, 'two words')"
    assert inside["class"]["evaluateName"] == "getattr(odd, 'class')"
    assert looking.evaluate(inside["class"]["evaluateName"])["result"] == "2"
    assert odd


def test_dataclass_enum_named_tuple():
    @dataclasses.dataclass
    class Data:
        one: int
        two: list

    class Colour(enum.Enum):
        RED = 1
        GREEN = 2

        @property
        def nice(self):
            return True

    point = collections.namedtuple("Point", "x y")(1, 2)
    data, colour = Data(1, [2]), Colour.RED
    looking = Looking()
    assert values_of(looking.inside("data")).items() >= {"one": "1", "two": "[2]"}.items()
    colours = looking.inside("colour")
    assert (colours["name"]["value"], colours["value"]["value"]) == ("'RED'", "1")
    assert not {"RED", "GREEN", "_name_", "_value_"} & set(colours)
    assert colours["nice"]["presentationHint"]["lazy"]
    rows = looking.named(looking.local("point")["variablesReference"])
    assert [name for name in rows if name not in GROUPS] == ["0", "1", "x", "y", "len()"]
    assert rows["x"]["evaluateName"] == "point.x"
    assert rows["1"]["evaluateName"] == "point[1]"
    del data, colour, point


def test_containers_with_attributes():
    class Listed(list):
        extra = 1

        def __init__(self, *args):
            super().__init__(*args)
            self.own = "own"

    listed = Listed([5])
    looking = Looking()
    rows = looking.named(looking.local("listed")["variablesReference"])
    assert values_of(rows) == {"0": "5", "own": "'own'", "extra": "1", "len()": "1"}
    factory = collections.defaultdict(list, a=1)
    assert looking.inside("factory")["default_factory"]["value"] == "<class 'list'>"
    assert listed
    assert factory


def test_exceptions():
    try:
        try:
            raise KeyError("first")
        except KeyError as first:
            raise ValueError("second", [2]) from first
    except ValueError as second:
        error = second
        error.add_note("noted")
    looking = Looking()
    inside = looking.inside("error")
    assert inside["args"]["value"] == "('second', [2])"
    assert inside["__cause__"]["value"] == "KeyError('first')"
    assert inside["__traceback__"]["type"] == "traceback"
    assert inside["__notes__"]["value"] == "['noted']"
    trace = looking.named(inside["__traceback__"]["variablesReference"])
    frame = looking.named(trace["tb_frame"]["variablesReference"])
    assert frame["inside"]["evaluateName"] == "error.__traceback__.tb_frame.f_locals['inside']"
    problem = OSError(2, "no such file", "name")
    assert looking.inside("problem")["errno"]["value"] == "2"
    group = ExceptionGroup("several", [ValueError(1)])
    assert looking.inside("group")["exceptions"]["value"] == "(ValueError(1),)"
    assert problem
    assert group


def test_classes():
    cls = Plain
    looking = Looking()
    inside = looking.inside("cls")
    assert inside["shared"]["value"] == "(0,)"
    assert inside["doubled"]["type"] == "property"
    assert inside["__bases__"]["value"] == "(<class 'object'>,)"
    assert inside["__mro__"]["value"].startswith("(<class")
    assert inside["method"]["evaluateName"] == "cls.method"
    assert cls


def test_modules():
    module = dataclasses
    inside = Looking().inside("module")
    assert inside["dataclass"]["presentationHint"]["kind"] == "method"
    assert inside["__name__"]["value"] == "'dataclasses'"
    assert module


def test_functions():
    captured = [1]

    def function(one, /, two=(2,), *rest, three, four=4, **others):
        return captured

    function.mark = "marked"
    bound = Plain().method
    looking = Looking()
    inside = looking.inside("function")
    assert inside["signature"]["value"] == "function(one, /, two=(2,), *rest, three, four=4, **others)"
    assert inside["defined at"]["value"] == f"{Path(__file__)}:{function.__code__.co_firstlineno}"
    assert inside["captured"]["value"] == "[1]"
    assert looking.evaluate(inside["captured"]["evaluateName"])["result"] == "[1]"
    assert inside["mark"]["value"] == "'marked'"
    assert inside["__defaults__"]["value"] == "((2,),)"
    assert set(looking.inside("bound")) >= {"__self__", "__func__"}
    assert bound


@pytest.mark.parametrize(
    ("source", "signature"),
    [("lambda: 0", "<lambda>()"), ("lambda *, a: 0", "<lambda>(*, a)"), ("lambda a, b=1: 0", "<lambda>(a, b=1)")],
)
def test_signatures(source, signature):
    function = eval(source)
    assert Looking().inside("function")["signature"]["value"] == signature
    assert function


def test_generators():
    def generate(start):
        captured = [start]
        yield lambda: captured
        other = 5
        yield other

    fresh = generate(1)
    waiting, finished = generate(2), generate(3)
    next(waiting)
    list(finished)
    looking = Looking()
    assert looking.inside("fresh")["state"]["value"] == "created"
    assert looking.inside("fresh")["start"]["value"] == "1"
    inside = looking.inside("waiting")
    assert inside["state"]["value"] == "suspended"
    assert inside["captured"]["value"] == "[2]"
    assert "other" not in inside
    assert looking.evaluate(inside["captured"]["evaluateName"])["result"] == "[2]"
    assert looking.inside("finished")["state"]["value"] == "finished"
    assert "start" not in looking.inside("finished")
    del fresh


def test_running_generator():
    states = []

    def generate(frame):
        states.append(Looking(frame).inside("running")["state"]["value"])
        yield

    running = generate(sys._getframe())
    next(running)
    assert states == ["running"]


def test_coroutines():
    async def inner():
        await Never()

    class Never:
        def __await__(self):
            yield

    async def outer(argument):
        await inner()

    async def stream():
        first = 1
        yield first

    coroutine, numbers = outer([1]), stream()
    looking = Looking()
    assert looking.inside("coroutine")["state"]["value"] == "created"
    coroutine.send(None)
    inside = looking.inside("coroutine")
    assert inside["state"]["value"] == "suspended"
    assert inside["argument"]["value"] == "[1]"
    assert inside["cr_await"]["type"] == "coroutine"
    assert looking.inside("numbers")["state"]["value"].startswith("created")
    with pytest.raises(StopIteration):
        numbers.__anext__().send(None)
    inside = looking.inside("numbers")
    assert inside["state"]["value"] == ("suspended" if sys.version_info >= (3, 12) else "created or suspended")
    assert inside["first"]["value"] == "1"
    coroutine.close()
    assert looking.inside("coroutine")["state"]["value"] == "finished"


@pytest.mark.parametrize("value", [1, 1.5, None, True, 1j, ..., NotImplemented], ids=repr)
def test_numbers_have_nothing_inside(value):
    assert Looking().local("value")["variablesReference"] == 0


def test_texts_have_nothing_inside():
    texts = "text", b"bytes", bytearray(b"x")
    looking = Looking()
    assert [
        row["variablesReference"] for row in looking.rows(looking.local("texts")["variablesReference"], "indexed")
    ] == [0, 0, 0]
    assert texts


def test_simple_things_by_their_members():
    part = slice(1, 2)
    cell = (lambda: part).__closure__[0]
    partial = functools.partial(print, 1)
    prop = Plain.__dict__["doubled"]
    looking = Looking()
    assert looking.inside("part")["start"]["value"] == "1"
    assert looking.inside("cell")["cell_contents"]["value"] == "slice(1, 2, None)"
    assert looking.inside("partial")["args"]["value"] == "(1,)"
    assert looking.inside("prop")["fget"]["type"] == "function"
    del cell, partial, prop


def extra_row(held: Held, evaluate_name: str | None) -> Row | None:
    return None if held.obj == "none" else Row("⟨memory⟩", f"of {evaluate_name}")


def test_the_agents_row_is_the_last_of_the_named():
    items, word, none, number = [1], "word", "none", 1
    looking = Looking(extra_row=extra_row)
    row = looking.local("items")
    assert row["namedVariables"] == 2
    rows = looking.rows(row["variablesReference"])
    assert [one["name"] for one in rows] == ["0", "len()", "⟨memory⟩"]
    assert rows[-1]["value"] == "of items"
    assert [one["name"] for one in looking.rows(looking.local("word")["variablesReference"])] == ["⟨memory⟩"]
    assert looking.rows(looking.local("none")["variablesReference"]) == []
    assert looking.local("number")["variablesReference"] == 0
    del items, word, none, number


def test_hexadecimal_on_request():
    number, numbers = 255, [255]
    looking = Looking()
    rows = {row["name"]: row["value"] for row in looking.rows(looking.scope("Locals"), hex=True)}
    assert (rows["number"], rows["numbers"]) == ("0xff", "[0xff]")
    assert looking.evaluate("number", hex=True)["result"] == "0xff"
    assert looking.local("number")["value"] == "255"
    del number, numbers


def test_an_object_with_a_foreign_class_attribute():
    """`__class__` may lie; the real type is shown."""

    class Liar:
        @property
        def __class__(self):
            raise AssertionError("asked")

    liar = Liar()
    looking = Looking()
    assert looking.local("liar")["type"] == "Liar"
    looking.expand(looking.scope("Locals"), 2)
    assert liar is not None
