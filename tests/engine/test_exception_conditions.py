"""Conditions of exception filters: lists of types, expressions, and both."""

import gc
import sys
import weakref

import pytest

from heapsight.debuggee.engine.engine import BackendKind, Engine
from heapsight.debuggee.engine.exceptions.conditions import BadCondition, ConditionFailed, ExceptionCondition
from heapsight.debuggee.engine.model import Stop
from support.exceptions import rules
from support.stepping import BACKENDS, PROGRAMS, Script, load, place, run_script

PROGRAM = PROGRAMS / "exc_choices.py"


class ShopError(Exception):
    pass


class OutOfStock(ShopError):
    class Today(Exception):
        pass


class Outer(OutOfStock):
    pass


def holds(condition: str, exception: BaseException) -> bool:
    return ExceptionCondition.parse(condition).holds(exception, sys._getframe())


def json_error() -> Exception:
    import json

    try:
        json.loads("no json")
    except ValueError as error:
        return error
    raise AssertionError


GROUP = ExceptionGroup("a", [KeyError(1), ExceptionGroup("b", [OutOfStock(2)])])


@pytest.mark.parametrize(
    ("condition", "exception", "expected"),
    [
        ("", KeyError(), True),
        ("   ", KeyError(), True),
        ("KeyError", KeyError(), True),
        ("KeyError", IndexError(), False),
        ("KeyError, IndexError", IndexError(), True),
        ("KeyError,", KeyError(), True),
        ("LookupError", KeyError(), True),  # a base
        ("builtins.KeyError", KeyError(), True),
        ("Key*", KeyError(), True),
        ("?eyError", KeyError(), True),
        ("Key", KeyError(), False),
        ("yError", KeyError(), False),
        ("*", KeyError(), True),
        ("!KeyError", KeyError(), False),
        ("! KeyError", IndexError(), True),
        ("LookupError, !KeyError", KeyError(), False),
        ("LookupError, !KeyError", IndexError(), True),
        ("!LookupError, KeyError", KeyError(), False),  # what is ignored is ignored
        ("json.*Error", json_error(), True),
        ("json.decoder.JSONDecodeError", json_error(), True),
        ("decoder.JSONDecodeError", json_error(), True),
        ("json.JSONDecodeError", json_error(), True),  # as the package exports it
        ("json.decoder", json_error(), False),
        ("json.ValueError", json_error(), False),
        ("socket.timeout", TimeoutError(), True),  # an alias
        ("OutOfStock", Outer(), True),
        ("Today", OutOfStock.Today(), True),
        ("OutOfStock.Today", OutOfStock.Today(), True),
        # groups
        ("KeyError", GROUP, True),
        ("ShopError", GROUP, True),
        ("ValueError", GROUP, False),
        ("ExceptionGroup", GROUP, True),
        ("ExceptionGroup, !KeyError", GROUP, True),
        ("ExceptionGroup, !KeyError, !ShopError", GROUP, False),
        ("!KeyError", GROUP, True),
        ("!KeyError, !OutOfStock", GROUP, False),
        ("!ExceptionGroup", GROUP, False),
        # expressions
        ("exc.args == (1,)", KeyError(1), True),
        ("exception.args == (2,)", KeyError(1), False),
        ("len(__exception__.args)", KeyError(), False),
        ("True", KeyError(), True),
        ("exc", KeyError(), True),
        ("exc.errno == 2", OSError(2, "no"), True),
        # both
        ("OSError if exc.errno == 2", OSError(2, "no"), True),
        ("OSError if exc.errno == 2", OSError(3, "no"), False),
        ("OSError, !KeyError if exc.errno == 2", KeyError(), False),  # not asked for its errno
        ("1 if exc.args else 0", KeyError(1), True),
    ],
)
def test_what_a_condition_holds_for(condition, exception, expected):
    import socket

    assert socket.timeout is TimeoutError
    assert holds(condition, exception) is expected


def test_expressions_see_the_frames_variables():
    limit = 3
    assert limit == 3
    condition = ExceptionCondition.parse("exc.args[0] > limit and len(sys.argv) >= 0")
    frame = sys._getframe()
    assert condition.holds(KeyError(4), frame)
    assert not condition.holds(KeyError(2), frame)


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("KeyError ValueError", "invalid syntax"),
        ("KeyError if", "neither a list of exception types"),
        ("!", "neither a list of exception types"),
        ("exc = 1", "neither"),
        ("KeyError, 1 +", "neither"),
    ],
)
def test_what_is_no_condition(condition, reason):
    with pytest.raises(BadCondition, match=reason):
        ExceptionCondition.parse(condition)


def test_an_expression_that_raises_is_told_once():
    condition = ExceptionCondition.parse("exc.nothing")
    with pytest.raises(ConditionFailed, match="AttributeError"):
        condition.holds(KeyError(), sys._getframe())
    assert not condition.holds(KeyError(), sys._getframe())


class Meta(type):
    """Whatever is asked of a class of this kind would be noticed."""

    def __eq__(cls, other):
        raise AssertionError

    def __hash__(cls):
        raise AssertionError

    def __getattribute__(cls, name):
        raise AssertionError(name)

    def __instancecheck__(cls, obj):
        raise AssertionError

    def __subclasscheck__(cls, other):
        raise AssertionError


def test_no_metaclass_is_asked():
    odd = Meta("Odd", (Exception,), {})
    assert holds("Odd", BaseException.__new__(odd))
    assert not holds("KeyError", BaseException.__new__(odd))


def test_no_type_is_kept():
    kind = type("Passing", (Exception,), {})
    gone = weakref.ref(kind)
    condition = ExceptionCondition.parse("KeyError")
    assert not condition.holds(kind(), sys._getframe())
    del kind
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    ("segments", "exception", "expected"),
    [
        ([], KeyError(), True),
        ([(("KeyError", "IndexError"), False)], IndexError(), True),
        ([(("KeyError",), True)], KeyError(), False),
        ([(("KeyError",), True)], IndexError(), True),
        ([(("LookupError",), False), (("KeyError",), True)], KeyError(), False),
        ([(("LookupError",), False), (("KeyError",), True)], IndexError(), True),
    ],
)
def test_paths(segments, exception, expected):
    assert ExceptionCondition.at_path(segments).holds(exception, sys._getframe()) is expected


# -- in force ----------------------------------------------------------------------------------------------------------

# The StopIteration is raised by hand.
ALL = ["KeyError", "OutOfStock", "JSONDecodeError", "FileNotFoundError", "StopIteration", "ExceptionGroup"]

IN_FORCE = [
    (({"always": "*"},), ALL),
    (({"always": "Exception"},), ALL),
    (({"always": "KeyError, Shop*"},), ["KeyError", "OutOfStock", "ExceptionGroup"]),
    (({"always": "ValueError, !JSONDecodeError"},), ["ExceptionGroup"]),
    (({"always": "!OSError"},), [name for name in ALL if name != "FileNotFoundError"]),
    (({"always": "StopIteration"},), ["StopIteration"]),
    (({"always": "SystemExit"},), ["SystemExit"]),
    (({"always": "exc.args == (number,) if number == 7 else False"},), ["NameError"]),
    (({"always": "OutOfStock if exc.args == (7,)"},), ["OutOfStock"]),
    (({"always": "OutOfStock if kind is KeyError"},), []),
    (({"always": "KeyError", "never": "KeyError"},), []),
    (
        ({"always": "", "never": "LookupError, OSError"},),
        ["OutOfStock", "JSONDecodeError", "StopIteration", "ExceptionGroup"],
    ),
    (({"always": "KeyError"}, {"always": "OSError"}), ["KeyError", "FileNotFoundError"]),
]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize("case", range(len(IN_FORCE)))
def test_filters_with_conditions(case: int, backend: BackendKind) -> None:
    chosen, expected = IN_FORCE[case]
    module = load(PROGRAM)

    def look(stop: Stop) -> str:
        assert stop.exception is not None
        return "NameError" if "NameError" in (stop.text or "") else type(stop.exception.exception).__name__

    def choose(engine: Engine) -> None:
        engine.set_exception_breakpoints([rule for one in chosen for rule in rules(**one)])

    script = run_script(backend, Script([], look=look), PROGRAM, [], module.everything, prepare=choose)
    assert script.seen == expected


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_what_a_raised_filter_lets_through_still_is_user_unhandled(backend: BackendKind) -> None:
    module = load(PROGRAM)

    def program() -> None:
        for kind in (KeyError, OSError):
            try:
                module.raise_one(kind)
            except BaseException:  # noqa: BLE001 - a library that takes everything
                pass

    def look(stop: Stop) -> object:
        assert stop.exception is not None
        return type(stop.exception.exception).__name__, stop.exception.mode.value, place(stop)

    def choose(engine: Engine) -> None:
        engine.set_exception_breakpoints(rules(always="KeyError", user_unhandled="!ValueError"))

    script = run_script(backend, Script([], look=look), PROGRAM, [], program, prepare=choose)
    assert script.seen == [("KeyError", "always", "raise_one"), ("OSError", "userUnhandled", "raise_one")]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_a_group_that_is_handled_in_part_stops_once(backend: BackendKind) -> None:
    module = load(PROGRAM)

    def program() -> None:
        try:
            module.groups()
        except BaseException:  # noqa: BLE001 - a library that takes everything
            pass

    for chosen in (rules(always=""), rules(user_unhandled=""), rules(always="KeyError"), rules(always="ValueError")):
        script = run_script(
            backend,
            Script([]),
            PROGRAM,
            [],
            program,
            prepare=lambda engine, c=chosen: engine.set_exception_breakpoints(c),
        )
        assert script.seen == ["raise_one"]
