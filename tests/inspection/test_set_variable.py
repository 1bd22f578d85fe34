"""Changing what is shown: everything that Python lets change, and a clear refusal for the rest."""

import collections
import sys
import types

import pytest

from heapsight.debuggee.inspection.failures import EvaluationError, Unassignable
from support.inspecting import Looking


class Slotted:
    __slots__ = ("slot",)

    def __init__(self):
        self.slot = 1


class Thing:
    shared = 1

    def __init__(self):
        self.own = 1
        self._value = 1

    @property
    def readable(self):
        return self._value

    @property
    def settable(self):
        return self._value

    @settable.setter
    def settable(self, value):
        if value == "bad":
            raise ValueError("bad value")
        self._value = value


class Guarded:
    def __setattr__(self, name, value):
        raise TypeError("guarded")


Guarded_instance = Guarded()
object.__setattr__(Guarded_instance, "name", 1)


def refusal(looking, owner, name, value="5"):
    with pytest.raises(Unassignable) as caught:
        looking.set(looking.local(owner)["variablesReference"], name, value)
    return str(caught.value)


def test_locals_of_any_frame():
    def outer():
        value, captured = 1, 2

        def use():
            return captured

        inner(sys._getframe())
        return value, captured, use()

    def inner(caller):
        own = 1
        looking = Looking(sys._getframe(), caller)
        assert looking.set(looking.scope("Locals"), "own", "[own]")["value"] == "[1]"
        # The new value is computed where the variable is.
        assert looking.set(looking.scope("Locals", 1), "value", "captured + 10")["value"] == "12"
        looking.set(looking.scope("Locals", 1), "captured", "20")
        assert own == [1]

    assert outer() == (12, 20, 20)


def test_closures_and_globals():
    free = 1

    def inner():
        looking = Looking(sys._getframe())
        assert looking.scopes() == ["Locals", "Closure", "Globals"]
        looking.set(looking.scope("Closure"), "free", "2")
        looking.set(looking.scope("Globals"), "__doc__", "'changed'")
        return free

    before = globals()["__doc__"]
    try:
        assert inner() == 2
        assert globals()["__doc__"] == "changed"
    finally:
        globals()["__doc__"] = before
    assert free == 2


def test_a_global_in_a_group():
    looking = Looking()
    group = looking.named(looking.scope("Globals"))["class variables"]["variablesReference"]
    before = Slotted
    try:
        assert looking.set(group, "Slotted", "5")["value"] == "5"
        assert globals()["Slotted"] == 5
    finally:
        globals()["Slotted"] = before


@pytest.mark.parametrize(
    ("make", "name", "read"),
    [
        (lambda: [1, 2], "1", lambda owner: owner[1]),
        (lambda: {"a": 1}, "'a'", lambda owner: owner["a"]),
        (lambda: {(1, 2): 1}, "(1, 2)", lambda owner: owner[1, 2]),
        (lambda: {None: 1}, "None", lambda owner: owner[None]),
        (lambda: collections.deque([1, 2]), "1", lambda owner: owner[1]),
        (lambda: collections.OrderedDict(a=1), "'a'", lambda owner: owner["a"]),
        (Thing, "own", lambda owner: owner.own),
        (Thing, "shared", lambda owner: owner.shared),
        (Thing, "settable", lambda owner: owner.settable),
        (Slotted, "slot", lambda owner: owner.slot),
        (lambda: types.SimpleNamespace(a=1), "a", lambda owner: owner.a),
        (lambda: type("Made", (), {"attribute": 1}), "attribute", lambda owner: owner.attribute),
        (lambda: types.ModuleType("made", "doc"), "__doc__", lambda owner: owner.__doc__),
        (lambda: ValueError(1), "args", lambda owner: owner.args[0]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_can_be_set(make, name, read):
    owner = make()
    looking = Looking()
    reference = looking.local("owner")["variablesReference"]
    rows = looking.named(reference)
    if name not in rows:
        reference = rows["special variables"]["variablesReference"]
    value = "(5,)" if name == "args" else "5"
    body = looking.set(reference, name, value)
    assert read(owner) == 5
    if name != "settable":  # lazy: its new value is read when the client asks
        assert body["value"] == value


def test_cells_and_generators():
    captured = 1

    def function():
        return captured

    def generate(start):
        other = start
        yield other
        yield start, other

    generator = generate(1)
    next(generator)
    looking = Looking()
    looking.set(looking.local("function")["variablesReference"], "captured", "2")
    assert captured == function() == 2
    looking.set(looking.local("generator")["variablesReference"], "start", "5")
    assert next(generator) == (5, 1)


def test_refusals():
    things = (1,), {1}, frozenset({1}), Thing(), {}.keys(), types.MappingProxyType({"a": 1})
    pair, group, frozen, thing, view, proxy = things
    point = collections.namedtuple("Point", "x y")(1, 2)
    items = [1]
    looking = Looking()
    assert refusal(looking, "pair", "0") == "The elements of a tuple cannot be changed."
    assert refusal(looking, "group", "0") == "The elements of a set cannot be replaced."
    assert refusal(looking, "frozen", "0") == "The elements of a set cannot be replaced."
    assert refusal(looking, "thing", "readable") == "The property has no setter."
    assert refusal(looking, "proxy", "'a'") == "A mapping proxy is read-only."
    assert refusal(looking, "point", "x") == "The fields of a named tuple cannot be changed."
    assert refusal(looking, "items", "len()") == "This value cannot be changed."
    assert refusal(looking, "items", "7") == "There is no '7' here any more."
    del pair, group, frozen, thing, view, proxy, point, items


def test_setters_that_raise():
    thing, guarded = Thing(), Guarded_instance
    looking = Looking()
    with pytest.raises(EvaluationError, match=r"^ValueError: bad value$"):
        looking.set(looking.local("thing")["variablesReference"], "settable", "'bad'")
    with pytest.raises(EvaluationError, match=r"^TypeError: guarded$"):
        looking.set(looking.local("guarded")["variablesReference"], "name", "2")
    with pytest.raises(EvaluationError, match=r"^NameError"):
        looking.set(looking.scope("Locals"), "thing", "nothing")
    with pytest.raises(EvaluationError, match=r"^SyntaxError"):
        looking.set(looking.scope("Locals"), "thing", "x = 1")
    assert thing
    assert guarded


def test_an_element_set_in_a_nested_container():
    nested = {"a": [{"b": 1}]}
    looking = Looking()
    reference = looking.local("nested")["variablesReference"]
    for name in ("'a'", "0"):
        reference = looking.named(reference)[name]["variablesReference"]
    body = looking.set(reference, "'b'", "[1, 2]")
    assert nested == {"a": [{"b": [1, 2]}]}
    assert body["indexedVariables"] == 2
    assert [row["value"] for row in looking.rows(body["variablesReference"], "indexed")] == ["1", "2"]


def test_values_below_an_evaluated_expression_are_computed_in_its_frame():
    value, owner = 5, [1]
    looking = Looking()
    reference = looking.evaluate("owner")["variablesReference"]
    looking.set(reference, "0", "value + 1")
    assert owner == [6]
    assert value


def test_the_replaced_value_is_gone_after_the_stop():
    class Old:
        pass

    owner = [Old()]
    looking = Looking()
    looking.set(looking.local("owner")["variablesReference"], "0", "1")
    looking.release()
    import gc

    assert not any(type(one) is Old for one in gc.get_objects())
    assert owner == [1]


def test_console_names_are_changed_in_the_console():
    looking = Looking()
    looking.run("made = 1")
    with pytest.raises(Unassignable, match="assign to it in the console"):
        looking.set(looking.scope("Locals"), "made", "2")
