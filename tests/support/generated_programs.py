"""Random small programs: everything that changes which frame runs next. They end by themselves."""

from __future__ import annotations

import itertools
import linecache
import tempfile
from pathlib import Path
from types import CodeType, ModuleType

from hypothesis import strategies as st

from heapsight.debuggee.engine.scope import Scope
from support.stepping import load

_FOLDER = Path(tempfile.mkdtemp(prefix="heapsight-generated-"))
_numbers = itertools.count()


class OnlyThese(Scope):
    """Counts the generated programs alone as the user's code."""

    def is_mine(self, code: CodeType) -> bool:
        return code.co_filename.startswith(str(_FOLDER))


def written(source: str) -> tuple[Path, ModuleType]:
    """Put a program into a file of its own, and import it."""
    path = _FOLDER / f"program_{next(_numbers)}.py"
    path.write_text(source)
    linecache.checkcache(str(path))
    return path, load(path)


_KINDS = (
    "assign",
    "call",
    "for",
    "while",
    "if",
    "try",
    "finally",
    "with",
    "generator",
    "drop",
    "comprehension",
    "nested",
    "class",
    "match",
    "raise",
    "return",
    "await",
    "async_for",
    "yield",
    "yield_from",
    "close",
    "throw",
    "managed",
    "recursion",
    "long_comprehension",
    "long_call",
    "genexpr",
    "key",
    "property",
    "finally_return",
    "tasks",
    "async_with",
    "async_comprehension",
    "reraise",
    "closure",
    "method",
    "two_managers",
    "loop_else",
    "captures",
    "decorated",
)
_PRELUDE = """\
import asyncio
import contextlib
class Guard:
    def __init__(self, swallow):
        self.swallow = swallow
    def __enter__(self):
        return self
    def __exit__(self, *details):
        return self.swallow
    async def __aenter__(self):
        return self
    async def __aexit__(self, *details):
        await asyncio.sleep(0)
        return self.swallow
    @property
    def size(self):
        found = 1
        return found
@contextlib.contextmanager
def managed():
    try:
        yield 1
    finally:
        closed = 1
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
def walk(n):
    if n:
        walk(n - 1)
        walk(n - 1)
def key(item):
    negative = -item
    return negative
class Base:
    def name(self):
        return type(self).__name__
class Derived(Base):
    def name(self):
        inner = super().name()
        return inner
    @classmethod
    def make(cls):
        return cls()
def labelled(label):
    def decorate(function):
        def wrapper():
            return label, function()
        return wrapper
    return decorate
def counter():
    count = 0
    def step():
        nonlocal count
        count += 1
        return count
    return step
def twice(function):
    def wrapper():
        function()
        return function()
    return wrapper
"""


class _Writer:
    """Writes functions f0, f1, …; each calls only those before it, so that nothing recurses for ever."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self.lines = [_PRELUDE.rstrip()]
        self.plain: list[str] = []
        self.generators: list[str] = []
        self.coroutines: list[str] = []
        self.async_generators: list[str] = []

    def function(self, number: int) -> None:
        kind = self._draw(st.sampled_from(["plain", "plain", "generator", "coroutine", "async generator"]))
        name = f"f{number}"
        if kind == "plain" and self._draw(st.integers(0, 5)) == 0:
            self.lines.append("@twice")
        prefix = "async def" if "co" in kind or "async" in kind else "def"
        self.lines.append(f"{prefix} {name}():")
        self._emit(1, "v = 0")
        self._block(1, kind, self._draw(st.integers(1, 4)), depth=2)
        if "generator" in kind:
            self._emit(1, "yield v")
        self._emit(1, "w = v")
        known = {
            "plain": self.plain,
            "generator": self.generators,
            "coroutine": self.coroutines,
            "async generator": self.async_generators,
        }
        known[kind].append(name)

    def _emit(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)

    def _block(self, indent: int, kind: str, count: int, depth: int) -> None:
        for _ in range(count):
            self._statement(indent, kind, depth)

    def _statement(self, indent: int, kind: str, depth: int) -> None:  # noqa: PLR0915 - a table in the form of code
        what = self._draw(st.sampled_from(_KINDS))
        inner = lambda count=2: self._block(indent + 1, kind, self._draw(st.integers(1, count)), depth - 1)  # noqa: E731
        pick = lambda names: self._draw(st.sampled_from(names))  # noqa: E731
        if what == "call" and self.plain:
            self._emit(indent, f"v = {pick(self.plain)}() or {pick(self.plain)}()")
        elif what == "for" and depth:
            self._emit(indent, "for i in range(2):")
            inner()
        elif what == "while" and depth:
            self._emit(indent, "n = 2")
            self._emit(indent, "while n:")
            self._emit(indent + 1, "n -= 1")
            inner()
        elif what == "if" and depth:
            self._emit(indent, f"if {pick(['v', 'not v', 'True'])}:")
            inner()
            self._emit(indent, "else:")
            inner()
        elif what == "try" and depth:
            self._emit(indent, "try:")
            inner()
            self._emit(indent, f"except {pick(['ValueError', 'KeyError', 'Exception'])}:")
            inner(1)
            if self._draw(st.booleans()):
                self._emit(indent, "else:")
                inner(1)
        elif what == "finally" and depth:
            self._emit(indent, "try:")
            inner()
            self._emit(indent, "finally:")
            inner(1)
        elif what == "with" and depth:
            self._emit(indent, f"with Guard({pick(['True', 'False'])}):")
            inner()
        elif what == "generator" and self.generators and depth:
            self._emit(indent, f"for g in {pick(self.generators)}():")
            inner()
        elif what == "drop" and self.generators:
            self._emit(indent, f"next({pick(self.generators)}(), None)")
        elif what == "comprehension":
            self._emit(indent, "v = len([a for a in (1, 2) if a])")
        elif what == "nested":
            self._emit(indent, "def inner():")
            self._emit(indent + 1, "return [0]")
            self._emit(indent, "v = (lambda: inner())()[0]")
        elif what == "class":
            self._emit(indent, "class C:")
            self._emit(indent + 1, "x = 1")
            self._emit(indent, "v = C.x")
        elif what == "match" and depth:
            self._emit(indent, "match v:")
            self._emit(indent + 1, "case 0:")
            self._emit(indent + 2, "v = 1")
            self._emit(indent + 1, "case _:")
            self._emit(indent + 2, "v = 0")
        elif what == "raise" and depth < 2:
            self._emit(indent, f"if {pick(['v', 'not v'])}:")
            self._emit(indent + 1, f"raise {pick(['ValueError', 'KeyError'])}(v)")
        elif what == "return" and depth < 2 and "generator" not in kind:
            self._emit(indent, "return v")
        elif what == "await" and kind in {"coroutine", "async generator"}:
            target = (
                f"{pick(self.coroutines)}()" if self.coroutines and self._draw(st.booleans()) else "asyncio.sleep(0)"
            )
            self._emit(indent, f"v = await {target}")
        elif what == "yield" and "generator" in kind:
            self._emit(indent, "yield v")
        elif what == "yield_from" and kind == "generator" and self.generators:
            self._emit(indent, f"yield from {pick(self.generators)}()")
        elif what == "close" and self.generators:
            self._emit(indent, f"g = {pick(self.generators)}()")
            self._emit(indent, "v = next(g, 0)")
            self._emit(indent, pick(["g.close()", "del g", "g = None"]))
        elif what == "throw" and self.generators and depth:
            self._emit(indent, f"g = {pick(self.generators)}()")
            self._emit(indent, "v = next(g, 0)")
            self._emit(indent, "try:")
            self._emit(indent + 1, "g.throw(KeyError(1))")
            self._emit(indent, "except (KeyError, StopIteration):")
            inner(1)
        elif what == "managed" and depth:
            self._emit(indent, "with managed() as v:")
            inner()
        elif what == "recursion":
            self._emit(indent, pick(["v = fib(2) + fib(2)", "walk(2)"]))
        elif what == "long_comprehension":
            self._emit(indent, "v = len([")
            self._emit(indent + 1, pick(["key(a)", "a"]))
            self._emit(indent + 1, "for a in (1, 2)")
            self._emit(indent + 1, "if a")
            self._emit(indent, "])")
        elif what == "long_call":
            self._emit(indent, "v = max(")
            self._emit(indent + 1, "key(1),")
            self._emit(indent + 1, "v or 0,")
            self._emit(indent, ")")
        elif what == "genexpr":
            self._emit(indent, pick(["v = sum(key(a) for a in (1, 2))", "v = any(a for a in (0, 1, 2))"]))
        elif what == "key":
            self._emit(indent, "v = sorted((3, 1), key=key)[0]")
        elif what == "property":
            self._emit(indent, "v = Guard(True).size")
        elif what == "finally_return" and depth and "generator" not in kind:
            self._emit(indent, "try:")
            inner(1)
            self._emit(indent, "finally:")
            self._emit(indent + 1, "if v == 7:")
            self._emit(indent + 2, "return v")
        elif what == "tasks" and kind == "coroutine" and self.coroutines:
            self._emit(indent, f"await asyncio.gather({pick(self.coroutines)}(), {pick(self.coroutines)}(),")
            self._emit(indent + 1, "return_exceptions=True)")
        elif what == "async_with" and kind in {"coroutine", "async generator"} and depth:
            self._emit(indent, f"async with Guard({pick(['True', 'False'])}):")
            inner()
        elif what == "async_comprehension" and kind == "coroutine" and self.async_generators:
            self._emit(indent, f"v = [a async for a in {pick(self.async_generators)}()]")
        elif what == "reraise" and depth:
            self._emit(indent, "try:")
            inner(1)
            self._emit(indent, "except ValueError:")
            self._emit(indent + 1, "v = 0")
            self._emit(indent + 1, "raise")
        elif what == "closure":
            self._emit(indent, "v = counter()() - 1")
        elif what == "method":
            self._emit(indent, "v = len(Derived.make().name()) - 7")
        elif what == "two_managers" and depth:
            self._emit(indent, f"with Guard({pick(['True', 'False'])}), managed() as v:")
            inner()
        elif what == "loop_else" and depth:
            self._emit(indent, "for i in (0, 1):")
            inner(1)
            self._emit(indent + 1, f"if i {pick(['> 0', '> 1'])}:")
            self._emit(indent + 2, pick(["break", "continue"]))
            self._emit(indent, "else:")
            inner(1)
        elif what == "captures" and depth:
            self._emit(indent, "match (v, [1, 2]):")
            self._emit(indent + 1, "case (int() as m, [first, *rest]) if key(first) < 0:")
            self._emit(indent + 2, "v = len(rest)")
            self._block(indent + 2, kind, 1, depth - 1)
            self._emit(indent + 1, "case _:")
            self._emit(indent + 2, "v = 0")
        elif what == "decorated":
            self._emit(indent, "@labelled(")
            self._emit(indent + 1, "'a'")
            self._emit(indent, ")")
            self._emit(indent, "def local():")
            self._emit(indent + 1, "return 1")
            self._emit(indent, "v = local()[1]")
        elif what == "async_for" and kind in {"coroutine", "async generator"} and self.async_generators and depth:
            self._emit(indent, f"async for g in {pick(self.async_generators)}():")
            inner()
        else:
            self._emit(indent, "v = 1")


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Return the source of a program whose `main()` runs all of it and survives every exception."""
    writer = _Writer(draw)
    for number in range(draw(st.integers(1, 5))):
        writer.function(number)
    writer.lines.append("def main():")
    for name in (*writer.plain, *writer.generators, *writer.coroutines, *writer.async_generators):
        run = {
            name in writer.plain: f"{name}()",
            name in writer.generators: f"list({name}())",
            name in writer.coroutines: f"asyncio.run({name}())",
            name in writer.async_generators: f"asyncio.run(collect({name}()))",
        }[True]
        writer.lines += ["    try:", f"        {run}", "    except Exception:", "        failed = 1"]
    writer.lines.append("    done = 1")
    writer.lines += ["async def collect(items):", "    async for item in items:", "        last = item"]
    return "\n".join(writer.lines) + "\n"
