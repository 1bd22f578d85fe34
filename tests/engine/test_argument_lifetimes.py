"""How long the arguments of calls live, and how many references they have, does not depend on who debugs.

On 3.11 this takes some doing: with an evaluation function, a call leaves its arguments with the caller. Generated
programs of nested calls tell when each object goes, and how many references a function finds it to have.
"""

from __future__ import annotations

import ast
import random
import sys
from types import ModuleType

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from heapsight.debuggee.engine.engine import BackendKind, Engine
from heapsight.debuggee.engine.model import BreakpointSpec
from support.generated import tries
from support.generated_programs import OnlyThese, written
from support.stepping import BACKENDS, Script

_PRELUDE = """
from contextlib import contextmanager
from functools import partial
from itertools import count as count_up
from sys import getrefcount

TOLD = []
NUMBERS = count_up()


def count(one):
    return getrefcount(one) if type(one) is Thing else 0


class Thing:
    def __init__(self, *parts):
        self.number = next(NUMBERS)

    def __del__(self):
        TOLD.append(f"gone {self.number}")

    def __repr__(self):
        return "thing"

    def method(self, a=None, b=None, *, key=None):
        TOLD.append(("method", count(self), count(a), count(key)))
        del self
        TOLD.append("self")
        del a, key
        TOLD.append("others")

    @classmethod
    def of_class(cls, a=None, b=None):
        return drop(a, b)


def never():
    pass  # @never


def drop(a=None, b=None, *rest, key=None, **more):
    TOLD.append([count(a), count(b), count(key)])
    del a
    TOLD.append("a")
    b = rest = None
    TOLD.append("b")
    del key, more


def keep(a=None, b=None, *rest, key=None, **more):
    TOLD.append("kept")
    return a


def cell(a=None, b=None, *, key=None):
    def forget():
        nonlocal a
        a = key
        TOLD.append("forgotten")

    forget()
    del b


def fail(a=None, b=None, *, key=None):
    del b
    TOLD.append("failing")
    raise ValueError


def again(a=None, b=None, *, key=3):
    if isinstance(key, int) and key > 0:
        return again(b, a, key=key - 1)
    del a
    TOLD.append("at the bottom")
    return b


def numbers(a=None, b=None, *, key=None):
    yield 1
    del a
    TOLD.append("yielded")
    yield 2


def generate(a=None, b=None, *, key=None):
    return sum(numbers(a, b, key=key))


def collect(a=None, b=None, *, key=None):
    return numbers(a, b)


async def wait(a=None, b=None, *, key=None):
    del a
    TOLD.append("awaited")


def run(a=None, b=None, *, key=None):
    try:
        wait(b, a).send(None)
    except StopIteration:
        TOLD.append("done")


def through_c(a=None, b=None, *, key=None):
    return [*map(drop, [a], [b]), partial(drop, a)(b)]


@contextmanager
def around(a=None, b=None, *, key=None):
    del a
    TOLD.append("in")
    try:
        yield b
    finally:
        TOLD.append("out")


def suppressing(call):
    try:
        return call()
    except (ValueError, AttributeError, TypeError) as error:
        TOLD.append(type(error).__name__)
"""

_FUNCTIONS = (
    "drop",
    "keep",
    "cell",
    "fail",
    "again",
    "generate",
    "collect",
    "run",
    "through_c",
    "Thing().method",
    "Thing.of_class",
    "Thing",
    "(lambda a=None, b=None, key=None: drop(b, a))",
)


class _Source:
    """Makes a program by the choices of `choose`."""

    def __init__(self, choose: random.Random) -> None:
        self._choose = choose

    def _expression(self, depth: int) -> str:
        if depth <= 0:
            return self._choose.choice(["Thing()", "Thing()", "x", "None"])
        one, other = self._expression(depth - 1), self._expression(depth - 2)
        function = self._choose.choice(_FUNCTIONS)
        form = self._choose.choice(
            [
                "{f}({one})",
                "{f}({one}, {other})",
                "{f}(key={one}) if {f} is not Thing else Thing({one})",
                "{f}({one}, b={other}) if {f} is not Thing else Thing({one})",
                "{f}(*[{one}, {other}])",
                "drop({one}, **{{'key': {other}}})",
                "drop({one}, {other}, {one}, {other}, key={one}, another={other})",
                "[{f}({one}) for _ in range(2)]",
                "({one}, {f}({other}), {one})",
                "'{{}}{{}}'.format({f}({one}), {other})",
                "({f}({one}) or {other})",
                "(y := {f}({one}, {other}))",
            ]
        )
        return form.format(f=function, one=one, other=other)

    def _statement(self, depth: int) -> list[str]:
        expression = self._expression(self._choose.randrange(1, 4))
        kind = self._choose.choice(
            ["plain", "assign", "try", "with", "for", "if", "lambda"] if depth else ["plain", "assign"]
        )
        if kind == "plain":
            return [f"suppressing(lambda: {expression})", "TOLD.append('then')"]
        if kind == "assign":
            return [f"x = {expression}"]
        inner = ["    " + line for line in self._statement(depth - 1) + self._statement(depth - 1)]
        match kind:
            case "try":
                return ["try:", *inner, "except ValueError:", f"    x = keep({expression})", "finally:", "    drop(x)"]
            case "with":
                return [f"with around({expression}, x) as x:", *inner]
            case "for":
                return [f"for x in [{expression}, Thing()]:", *inner]
            case "if":
                return [f"if {expression}:", *inner, "else:", *inner]
        return ["def inner(x=x):", *inner, "suppressing(inner)"]

    def program(self) -> str:
        lines = [line for _ in range(self._choose.randrange(1, 4)) for line in self._statement(2)]
        return _PRELUDE + "\ndef program():\n    x = None\n" + "".join(f"    {line}\n" for line in lines)


def _told(module: ModuleType) -> list[object]:
    try:
        module.program()
    except (ValueError, AttributeError, TypeError) as error:
        module.TOLD.append(type(error).__name__)
        error.__traceback__ = None
    return module.TOLD


def _told_when_traced(source: str, backend: BackendKind | None) -> list[object]:
    path, module = written(source)
    line = next(number for number, text in enumerate(source.splitlines(), 1) if "# @never" in text)
    engine = Engine(Script([]), backend=backend, scope=OnlyThese())
    # Something that is looked for, far from the calls.
    engine.set_source_breakpoints(str(path), [BreakpointSpec(line=line)])
    engine.install()
    try:
        return _told(module)
    finally:
        engine.uninstall()


@pytest.mark.parametrize("backend", [None, *BACKENDS])
@tries(60)
@given(choose=st.randoms(use_true_random=False))
def test_as_long_as_without_a_debugger(backend: BackendKind | None, choose: random.Random) -> None:
    source = _Source(choose).program()
    ast.parse(source)
    note(source.removeprefix(_PRELUDE))
    expected = _told(written(source)[1])
    assert _told_when_traced(source, backend) == expected


def test_more_arguments_than_an_instruction_can_tell() -> None:
    """These are left where the interpreter leaves them; nothing is lost."""
    names = ", ".join(f"a{number}" for number in range(300))
    source = (
        _PRELUDE
        + f"""
def many({names}):
    TOLD.append(a0.number + a299.number)

def program():
    many({", ".join("Thing()" for _ in range(300))})
"""
    )
    expected = _told(written(source)[1])
    told = _told_when_traced(source, None)
    assert sorted(map(str, told)) == sorted(map(str, expected))
    assert told[0] == 299


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="3.11's evaluation function")
def test_deep_recursion_goes_on_without_the_evaluation_function() -> None:
    """A call takes C stack only because of it, so it is given up before there is none left."""
    source = (
        _PRELUDE
        + """
import sys

def down(a, depth):
    if depth:
        down(Thing(), depth - 1)
    else:
        TOLD.append("at the bottom")

def program():
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        down(None, 60_000)
    finally:
        sys.setrecursionlimit(before)
"""
    )
    expected = _told(written(source)[1])
    assert len(expected) == 60_001
    assert _told_when_traced(source, None) == expected
