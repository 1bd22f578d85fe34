"""Random small programs in which exceptions are raised, handled, handed on and lost, in every way there is."""

from __future__ import annotations

from hypothesis import strategies as st

_PRELUDE = """\
import contextlib
import functools
import json
from collections.abc import Mapping
class Guard:
    def __init__(self, swallow):
        self.swallow = swallow
    def __enter__(self):
        return self
    def __exit__(self, *details):
        return self.swallow
class Lookup(Mapping):
    def __init__(self, function):
        self.function = function
    def __getitem__(self, key):
        return self.function()
    def __iter__(self):
        return iter(())
    def __len__(self):
        return 0
@contextlib.contextmanager
def managed(function):
    try:
        yield
    except OSError:
        function()
    finally:
        v = 1
def fine():
    return 1
def drive(coroutine):
    try:
        coroutine.send(None)
    except StopIteration:
        return 1
"""
_TYPES = ("ValueError", "KeyError", "OSError")
_CALLS = (
    "{0}()",
    "sorted([1], key=lambda item: {0}())",
    "functools.reduce(lambda one, other: {0}(), [1, 2])",
    "json.loads('{{}}', object_hook=lambda pairs: {0}())",
    "Lookup({0}).get(1)",
    "list(map(lambda item: {0}(), [1, 2]))",
    "[{0}() for item in (1, 2)]",
    "list({0}() for item in (1, 2))",
    "list(generate({0}))",
    "drive(coroutine({0}))",
    "next(iter(()))",
    "int('x')",
)
_HELPERS = """\
def generate(function):
    try:
        yield 1
        yield function()
    finally:
        v = 2
async def coroutine(function):
    async def inner():
        return function()
    try:
        return await inner()
    except OSError:
        raise
"""


class _Writer:
    def __init__(self, draw: st.DrawFn, *, stars: bool) -> None:
        self._draw = draw
        self._stars = stars
        self.lines = [_PRELUDE.rstrip(), _HELPERS.rstrip()]
        self._known = ["fine"]

    def function(self, number: int) -> None:
        self._emit(0, f"def f{number}():")
        for _ in range(self._pick((1, 2, 3))):
            self._statement(1, 2)
        self._emit(1, "return 1")
        self._known.append(f"f{number}")

    def _statement(self, indent: int, depth: int) -> None:
        kinds = ("raise", "call", "try", "finally", "with") if depth else ("raise", "call")
        getattr(self, f"_{self._pick(kinds)}")(indent, depth - 1)

    def _raise(self, indent: int, depth: int) -> None:
        kind = self._pick(_TYPES)
        group = f"ExceptionGroup('g', [{kind}(1), {self._pick(_TYPES)}(2)])"
        self._emit(indent, f"raise {self._pick((f'{kind}(1)', kind, group))}")

    def _call(self, indent: int, depth: int) -> None:
        self._emit(indent, self._pick(_CALLS).format(self._pick(self._known)))

    def _try(self, indent: int, depth: int) -> None:
        star = self._pick(("", "", "", "*"))
        self._emit(indent, "try:")
        self._statement(indent + 1, depth)
        kinds = (*_TYPES, "(KeyError, OSError)", "Exception")
        self._emit(indent, f"except{star} {self._pick(kinds)} as error:")
        ends = ("pass", "raise", "raise error", "raise ValueError(3) from error", "raise KeyError(4) from None", "call")
        # What is raised under `except*` becomes part of a group that no event tells of where it is made.
        end = self._pick(ends if not star or self._stars else ("pass", "call"))
        if end == "call":
            self._call(indent + 1, depth)
        else:
            self._emit(indent + 1, end)

    def _finally(self, indent: int, depth: int) -> None:
        self._emit(indent, "try:")
        self._statement(indent + 1, depth)
        self._emit(indent, "finally:")
        if self._pick((True, False)):
            self._statement(indent + 1, 0)
        else:
            self._emit(indent + 1, "v = 3")

    def _with(self, indent: int, depth: int) -> None:
        managers = (
            "Guard(True)", "Guard(False)", f"contextlib.suppress({self._pick(_TYPES)})",
            f"managed({self._pick(self._known)})", "contextlib.ExitStack()",
        )  # fmt: skip
        self._emit(indent, f"with {self._pick(managers)}:")
        self._statement(indent + 1, depth)

    def _pick(self, choices):  # type: ignore[no-untyped-def]
        return self._draw(st.sampled_from(tuple(choices)))

    def _emit(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)


@st.composite
def raising_programs(draw: st.DrawFn, *, stars: bool = False) -> str:
    """Return the source of a program; each function in its list `FUNCTIONS` may let anything out.

    stars: clauses of `except*` may raise.
    """
    writer = _Writer(draw, stars=stars)
    count = draw(st.integers(2, 5))
    for number in range(count):
        writer.function(number)
    names = ", ".join(f"f{number}" for number in range(count))
    return "\n".join([*writer.lines, f"FUNCTIONS = [{names}]", ""])
