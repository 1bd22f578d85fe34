"""The variables shown beside the code of a stopped function.

`«name»` marks an expected mention, `<--` the line where the program stands.
"""

import re
from textwrap import dedent

import pytest

from heapsight.lsp.module import SourceModule
from heapsight.lsp.source import SourceText
from heapsight.lsp.visible_names import VisibleName, visible_names

STOP = "  # <--"


def mentions(marked: str) -> tuple[list[tuple[int, int]], list[VisibleName], str]:
    """Return the marked mentions, those found, and the source without marks."""
    marked = dedent(marked)
    stopped = marked[: marked.index(STOP)].count("\n")
    text, wanted = "", []
    for part in re.split(r"(«[^»]*»)", marked.replace(STOP, "")):
        if part.startswith("«"):
            wanted.append((len(text), len(text) + len(part) - 2))
            part = part[1:-1]
        text += part
    return wanted, visible_names(SourceModule(SourceText(text)), stopped, stopped), text


CASES = {
    "parameters and assigned names, up to the stopped line": """
        def f(«a», «b»=1, *«args», «c»: int, **«kw»):
            «total» = «a» + 1
            print(«total», «b»)  # <--
            later = total
        """,
    "one mention a line": """
        def f(«a»):
            «b» = «a» + a * a; b += a
            return «b»  # <--
        """,
    "positional-only and keyword-only parameters": """
        def f(«a», /, «b», *, «c»=None) -> int:
            return «a»  # <--
        """,
    "type parameters are none": """
        def f[T: int](«a»: T) -> T:
            return «a»  # <--
        """,
    "loop targets": """
        def f(«rows»):
            for «i», («key», *«rest») in enumerate(«rows»):
                print(«i»)  # <--
        """,
    "with and except": """
        def f(«path»):
            try:
                with open(«path») as «file», lock as («a», «b»):
                    pass
                with (open(«path») as «file»):
                    pass
            except OSError as «error»:
                raise «error»  # <--
        """,
    "walrus": """
        def f(«x»):
            if («n» := len(«x»)) > 1:
                return «n»  # <--
        """,
    "match captures": """
        def f(«x»):
            match «x»:
                case Point(x=«px», y=0) | [px, *«rest»] if px:
                    pass
                case {"a": «value», **«others»}:
                    pass
                case Colour.RED:
                    pass
                case _:
                    print(1)  # <--
        """,
    "augmented and annotated": """
        def f():
            «n»: int = 1
            unbound: int
            «n» += 1
            return «n»  # <--
        """,
    "chained assignment": """
        def f():
            «a» = b[0] = c.d = «e», «g» = make()
            return «a»  # <--
        """,
    "no functions, classes, modules and globals": """
        import os
        LIMIT = 1
        def helper(): pass
        def f(«a»):
            import json
            from os import path as p
            def inner(): pass
            class Inner: pass
            return «a» + LIMIT + helper() + inner(json, p, Inner)  # <--
        """,
    "global names are not the function's, nonlocal ones are": """
        def f():
            count = 0
            def g():
                global LIMIT
                nonlocal «count»
                LIMIT = 1
                «count» = 2
                return «count»  # <--
        """,
    "names of the function around": """
        def f(a):
            b = 1
            def g(«c»):
                return «a» + «b» + «c»  # <--
        """,
    "bodies of functions inside do not count": """
        def f(«a»):
            def g(a, x=a):
                hidden = a
                return hidden
            class C:
                hidden = a
            lambda a: a
            return «a»  # <--
        """,
    "comprehension variables do not count": """
        def f(«xs»):
            «y» = [x for x in «xs»]
            «z» = {k: v for k, v in «xs» if «y»}
            «x» = 0
            return «z»  # <--
        """,
    "lambda parameters do not count": """
        def f(«a»):
            «g» = sorted(«a», key=lambda a, b=a: a)
            return «g»(«a»)  # <--
        """,
    "attributes and keyword arguments do not count": """
        def f(«a»):
            other.a = g(a=1)
            other.a.b(a=«a»)  # <--
        """,
    "self is said once": """
        class C:
            def f(«self», «x»):
                self.x = «x»
                «y» = self.x
                return self, «y»  # <--
        """,
    "fields of f-strings": """
        def f(«a», «width»):
            return f"a {«a»!r:>{«width»}} {a=}"  # <--
        """,
    "private names": """
        class C:
            def f(«self», «__x»):
                return «__x»  # <--
        """,
    "module level": """
        import os
        «a» = 1
        def f(b):
            a = 2
        class C:
            c = 1
        for «i» in range(«a»):
            print(«i»)  # <--
        """,
    "class body": """
        a = 1
        class C:
            «b» = 1
            def f(self): pass
            print(«b»)  # <--
        """,
    "stopped in a function inside": """
        def f(a):
            def g(«b»):
                return «b»  # <--
            return g(a)
        """,
    "stopped after a function inside": """
        def f(«a»):
            def g(b):
                return b
            return g(«a»)  # <--
        """,
    "stopped in a function on one line": """
        def f(«a»): «b» = a; return b  # <--
        """,
    "stopped at the definition of a function": """
        «x» = 1
        def f(a):  # <--
            return a
        """,
    "stopped on a comment or blank line": """
        def f(«a»):
            «b» = 1
              # <--
            return b
        """,
    "statements over several lines": """
        def f(
            «a»,
            «b»,
        ):
            «c» = [
                «a»,
                «b»,  # <--
                a,
            ]
        """,
    "async": """
        async def f(«a»):
            async for «x» in «a»:
                async with «x» as «y»:
                    await «y»  # <--
        """,
    "tabs": "def f(«a»):\n\tif «a»:\n\t\t«b» = 1\n\t«c» = 2  # <--\n",
    "one-line blocks": """
        def f(«a»):
            if «a»: «b» = 1
            else: «b» = 2
            return «b»  # <--
        """,
    "a type alias is none": """
        def f(«a»):
            type T = int
            return «a»  # <--
        """,
    "decorated": """
        @decorate(a)
        def f(«a»):
            return «a»  # <--
        """,
}
BROKEN = {
    "a bracket left open before": """
        x = foo(
        def f(«a»):
            «b» = «a»
            return «b»  # <--
        """,
    "a bracket left open inside": """
        def f(«a»):
            «b» = foo(«a»
            «c» = 1
            return «c»  # <--
        """,
    "a string left open": """
        def f(«a»):
            «b» = "text a
            return «b»  # <--
        """,
    "a field left open": """
        def f(«a»):
            «b» = f"text {«a»"
            return «b»  # <--
        """,
    "a header without colon": """
        def f(«a»)
            for «b» in «a»
                return «b»  # <--
        """,
    "a header without name": """
        def f(«a»):
            def
            for
            with
            lambda
            import
            «b» = 1
            return «b»  # <--
        """,
    "the next function broken": """
        def f(«a»):
            return «a»  # <--
        def g(((
        class
        '''
        """,
}


@pytest.mark.parametrize("marked", [*CASES.values(), *BROKEN.values()], ids=[*CASES, *BROKEN])
def test_mentions(marked: str) -> None:
    wanted, found, text = mentions(marked)
    assert [text[a:b] + f"@{a}" for a, b in wanted] == [text[v.start : v.end] + f"@{v.start}" for v in found]


def test_private_names_are_looked_up_as_they_are_stored() -> None:
    _, found, _ = mentions(CASES["private names"])
    assert [value.name for value in found] == ["self", "_C__x", "_C__x"]


def test_only_the_lines_asked_for() -> None:
    source = "def f(a):\n    b = a\n    c = b\n    return c\n"
    module = SourceModule(SourceText(source))
    assert [value.name for value in visible_names(module, 3, last_line=2, first_line=1)] == ["b", "a", "c", "b"]
