"""Random small programs with several statements on a line. They end by themselves, and survive every exception."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

_PRELUDE = """\
class Guard:
    def __init__(self, swallow): self.swallow = swallow; self.left = 0
    def __enter__(self): entered = 1; return self
    def __exit__(self, *details): self.left += 1; return self.swallow
def value(n): v = n; return v
def fails(n):
    if n: raise ValueError(n)
    return n
def add(a, b): return value(a) + value(b)
def walk(n):
    if n: walk(n - 1); walk(n - 1)
class Later:
    def __await__(self): sent = yield 1; return sent
class Counted:
    def __init__(self): self.n = 0
    def __aiter__(self): return self
    async def __anext__(self):
        self.n += 1
        if self.n > 2: raise StopAsyncIteration
        await Later(); return self.n
class Entered:
    async def __aenter__(self): await Later(); return 1
    async def __aexit__(self, *details): left = 1; await Later(); return False
def run(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as end: return end.value
"""
# Each of an expression that calls something; the long ones have line ends in them.
_COMPREHENSIONS = (
    "v = len([value(a) for a in (1, 2) if a])",
    "w = {value(a): a for a in (1, 2)}; del w",
    "v = len({a + b for a in (0, 1) for b in (1, 2) if value(b)})",
    "v = len([[value(b) for b in (1, 2)] for a in (1, 2)])",
    "v = sum(value(a) for a in (1, 2))",
    "v = any(a for a in (0, value(1)))",
    "v = len([(lambda: value(a))() for a in (1, 2)])",
    "v = len([fails(a) for a in (0, v)])",
)
_LONG_COMPREHENSIONS = (
    ("w = [", "value(a)", "for a in (1, 2)", "if a", "]"),
    ("w = [value(a)", "for a in (1, 2)]"),
    ("w = {", "a: {", "value(b)", "for b in (1, 2)", "}", "for a in (1, 2)", "}"),
    ("v = sum(", "value(a)", "for a in (1, 2)", "if value(a)", ")"),
)
_AWAITING_COMPREHENSIONS = (
    "w = [a async for a in Counted() if value(a)]; del w",
    "w = {a: await Later() async for a in Counted()}",
    "w = [await Later() for a in (1, 2)]",
)
_MOST_DEPTH = 2


class _Writer:
    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self.lines = [_PRELUDE.rstrip()]
        self.plain: list[str] = []
        self.generators: list[str] = []
        self.coroutines: list[str] = []

    def _pick(self, names: list[str]) -> str:
        return self._draw(st.sampled_from(names))

    def _simple(self, kind: str) -> str:
        """Return a statement that fits on a line with others."""
        calls = [f"{name}()" for name in self.plain] or ["value(0)"]
        what = self._pick(["plain", "plain", "plain", "comprehension", "coroutine"])
        if what == "comprehension":
            return self._pick([*_COMPREHENSIONS, *(_AWAITING_COMPREHENSIONS if kind == "coroutine" else ())])
        if what == "coroutine" and kind == "coroutine":
            return self._pick(["v = await Later()", *[f"v = await {name}()" for name in self.coroutines]])
        if what == "coroutine" and self.coroutines:
            return f"v = run({self._pick(self.coroutines)}())"
        return self._pick(
            [
                "v = 1",
                "v = value(v)",
                "v = add(value(1), v or 0)",
                "w = (lambda: value(2))()",
                "fails(v)",
                "pass",
                "walk(1)",
                "v = 0 if v else value(1)",
                "v and value(3)",
                "assert v is not None",
                "w = v; del w",
                f"v = {self._pick(calls)} or {self._pick(calls)}",
                *[f"v = next({name}(), 0)" for name in self.generators],
                *[f"v = len(list({name}()))" for name in self.generators],
            ]
        )

    def _line(self, kind: str, *, is_loop: bool) -> str:
        """Return one to three statements, separated by semicolons."""
        parts = [self._simple(kind) for _ in range(self._draw(st.integers(1, 3)))]
        ends = ["", "", "yield v" if kind == "generator" else "return v", *(["continue", "break"] if is_loop else [])]
        end = self._pick(ends)
        return "; ".join([*parts, *([end] if end else [])])

    def _suite(self, indent: int, head: str, kind: str, depth: int, *, is_loop: bool) -> None:
        """Write a compound statement, with its body on the line of its head or below it."""
        if self._draw(st.booleans()):
            self._emit(indent, f"{head}: {self._line(kind, is_loop=is_loop)}")
            return
        self._emit(indent, f"{head}:")
        self._block(indent + 1, kind, depth - 1, is_loop=is_loop)

    def _emit(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)

    def _block(self, indent: int, kind: str, depth: int, *, is_loop: bool = False) -> None:
        for _ in range(self._draw(st.integers(1, 3))):
            write = self._pick(["line", "line", "long", "long comprehension", *(_COMPOUND if depth else ())])
            if write == "line":
                self._emit(indent, self._line(kind, is_loop=is_loop))
            elif write == "long":
                self._emit(indent, "v = add(value(1),")
                self._emit(indent + 1, f"v or 2); {self._simple(kind)}")
            elif write == "long comprehension":
                first, *others = self._pick([*_LONG_COMPREHENSIONS])
                self._emit(indent, first)
                for text in others:
                    self._emit(indent + 1, text)
            else:
                _COMPOUND[write](self, indent, kind, depth, is_loop)

    def _if(self, indent: int, kind: str, depth: int, is_loop: bool) -> None:
        self._suite(indent, f"if {self._pick(['v', 'not v', 'value(v)'])}", kind, depth, is_loop=is_loop)
        if self._draw(st.booleans()):
            self._suite(indent, self._pick(["else", "elif value(1)"]), kind, depth, is_loop=is_loop)

    def _for(self, indent: int, kind: str, depth: int, _is_loop: bool) -> None:
        over = self._pick(["(1, 2)", "range(value(2))", *[f"{name}()" for name in self.generators]])
        head = f"for v in {over}"
        if kind == "coroutine" and self._draw(st.booleans()):
            head = "async for v in Counted()"
        self._suite(indent, head, kind, depth, is_loop=True)
        if self._draw(st.booleans()):
            self._suite(indent, "else", kind, depth, is_loop=False)

    def _while(self, indent: int, kind: str, depth: int, _is_loop: bool) -> None:
        # It ends whatever the body does: `continue` comes by the condition, and loops within count for themselves.
        counter = f"n{len(self.lines)}"
        self._emit(indent, f"{counter} = 2")
        self._suite(indent, f"while ({counter} := {counter} - 1) + 1", kind, depth, is_loop=True)

    def _try(self, indent: int, kind: str, depth: int, is_loop: bool) -> None:
        self._suite(indent, "try", kind, depth, is_loop=is_loop)
        handles = self._draw(st.booleans())
        if handles:
            caught = self._pick(["except ValueError", "except (ValueError, TypeError) as error", "except Exception"])
            self._suite(indent, caught, kind, depth, is_loop=is_loop)
        if not handles or self._draw(st.booleans()):
            # No `yield` there: a generator that is dropped would go on.
            self._suite(indent, "finally", "procedure", 1, is_loop=False)

    def _with(self, indent: int, kind: str, depth: int, is_loop: bool) -> None:
        # One that swallows everything would have a generator that is dropped go on.
        swallowing = [] if kind == "generator" else ["Guard(True)", "Guard(True), Guard(False)"]
        guards = self._pick(["Guard(False)", "Guard(False) as g", *swallowing])
        if kind == "coroutine" and self._draw(st.booleans()):
            self._suite(indent, "async with Entered() as g", kind, depth, is_loop=is_loop)
            return
        self._suite(indent, f"with {guards}", kind, depth, is_loop=is_loop)

    def function(self, number: int) -> None:
        kind = self._pick(["plain", "plain", "generator", "coroutine"])
        name = f"f{number}"
        define = "async def" if kind == "coroutine" else "def"
        if self._draw(st.integers(0, 3)) == 0:
            self.lines.append(f"{define} {name}(): v = 0; {self._line(kind, is_loop=False)}")
        else:
            self.lines.append(f"{define} {name}():")
            self._emit(1, "v = 0")
            self._block(1, kind, _MOST_DEPTH)
            self._emit(1, "w = v; yield v" if kind == "generator" else "w = v; return v")
        if kind == "coroutine":
            self.coroutines.append(name)
            return
        # Only its text says whether it is one: `yield v` may not have been drawn.
        own = self.lines[self.lines.index(next(one for one in self.lines if one.startswith(f"def {name}("))) :]
        (self.generators if any("yield" in one for one in own) else self.plain).append(name)


_COMPOUND: dict[str, Callable[[_Writer, int, str, int, bool], None]] = {
    "if": _Writer._if,
    "for": _Writer._for,
    "while": _Writer._while,
    "try": _Writer._try,
    "with": _Writer._with,
}


@st.composite
def one_line_programs(draw: st.DrawFn) -> str:
    """Return the source of a program whose `main()` runs all of it."""
    writer = _Writer(draw)
    for number in range(draw(st.integers(1, 4))):
        writer.function(number)
    writer.lines.append("def main():")
    writer._emit(1, "begun = 1; going = 2")
    for name in (*writer.plain, *writer.generators, *writer.coroutines):
        run = {
            name in writer.plain: f"{name}()",
            name in writer.generators: f"list({name}())",
            name in writer.coroutines: f"run({name}())",
        }[True]
        writer.lines += [f"    try: {run}; went = 1", "    except Exception: failed = 1; told = 2"]
    writer._emit(1, "done = 1; ended = 2")
    return "\n".join(writer.lines) + "\n"
