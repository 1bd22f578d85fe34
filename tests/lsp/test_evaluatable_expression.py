"""The expression under the cursor. `|` marks the cursor, which stands before the character that follows it."""

import pytest

from heapsight.lsp.expressions import expression_at
from heapsight.lsp.module import SourceModule
from heapsight.lsp.source import SourceText


def found(marked: str) -> tuple[str, str] | None:
    """Return the expression for a marked text, and the source that it stands for."""
    offset = marked.index("|")
    text = marked[:offset] + marked[offset + 1 :]
    result = expression_at(SourceModule(SourceText(text)), offset)
    return (result.text, text[result.start : result.end]) if result is not None else None


def expression(marked: str) -> str | None:
    result = found(marked)
    return result[0] if result is not None else None


CHAINS = [
    ("na|me", "name"),
    ("|name", "name"),
    ("name|", "name"),
    ("name|.other", "name"),
    ("|a.b.c", "a"),
    ("a.|b.c", "a.b"),
    ("a.b.|c", "a.b.c"),
    ("carts[0].it|ems", "carts[0].items"),
    ("car|ts[0].items", "carts"),
    ("carts[i|].items", "i"),
    ("carts[i].it|ems[j].x", "carts[i].items"),
    ("carts[i].items[j].|x", "carts[i].items[j].x"),
    ("grid[0][1].ce|ll", "grid[0][1].cell"),
    ("grid[-1].ce|ll", "grid[-1].cell"),
    ("grid[1, y].ce|ll", "grid[1, y].cell"),
    ("users['ann'].na|me", "users['ann'].name"),
    ("flags[None].na|me", "flags[None].name"),
    ("(cart)[0].it|ems", None),
    ("[carts][0].it|ems", None),
    ("if a[i].b|:", "a[i].b"),
    ("a . b|", "a.b"),
    ("x = (first\n     .second|)", "first.second"),
    ("x = first \\\n  .second|", "first.second"),
    ("x = (first  # why\n     .second|)", "first.second"),
]
NEVER_A_CALL = [
    ("make().it|ems", None),
    ("make(1).items.na|me", None),
    ("make()[0].it|ems", None),
    ("carts[index()].it|ems", None),
    ("carts[i + 1].it|ems", None),
    ("carts[1:2].it|ems", None),
    ("carts[a.b].it|ems", None),
    ("carts[f'{x}'].it|ems", None),
    ("carts[*x].it|ems", None),
    ("carts[x := 1].it|ems", None),
    ("carts[].it|ems", None),
    ("carts[- x].it|ems", None),
    ("carts[lambda: 1].it|ems", None),
    ("carts[{}].it|ems", None),
    ("ma|ke()", "make"),
    ("cart.ma|ke()", "cart.make"),
    ("{}.it|ems", None),
    ("'text'.jo|in(x)", None),
    ("f'{x}'.jo|in(x)", None),
    ("1.0.re|al", None),
    (".it|ems", None),
    ("...it|ems", "items"),
]
NOTHING_THERE = [
    ("|", None),
    ("ret|urn x", None),
    ("x = No|ne", None),
    ("Tr|ue", None),
    ("lamb|da: x", None),
    ("'te|xt'", None),
    ("'''te|xt'''", None),
    ("'''one\ntw|o'''", None),
    ("b'te|xt'", None),
    ("rb'te|xt'", None),
    ("x = 1  # com|ment", None),
    ("12|34", None),
    ("0x|ff", None),
    ("1|e5", None),
    ("1_0|00j", None),
    ("a |+ b", None),
    ("a  |  + b", None),
    ("a +| b", None),
    ("def fun|ction(): pass", None),
    ("async def fun|ction(): pass", None),
    ("class Cl|ass: pass", None),
    ("class Class(Ba|se): pass", "Base"),
    ("class Class(meta|class=M): pass", None),
    ("f(key|word=1)", None),
    ("f(1, key|word = 1)", None),
    ("f(1, key|word=)", None),
    ("f(keyword=va|lue)", "value"),
    ("mat|ch x:\n  case 1: pass", None),
    ("match x:\n  ca|se 1: pass", None),
    ("match sub|ject:\n  case 1: pass", "subject"),
    ("match x:\n  case Point(x|=0): pass", None),
    ("match x:\n  case Point(x=va|lue): pass", "value"),
    ("match x:\n  case Po|int(x=0): pass", "Point"),
    ("mat|ch = 1", "match"),
    ("mat|ch(x)", "match"),
    ("ca|se: int = 1", "case"),
    ("re.ma|tch(x)", "re.match"),
    ("ty|pe X = int", None),
    ("ty|pe(x)", "type"),
]
DEFINED_BUT_EVALUABLE = [
    ("def f(para|meter): pass", "parameter"),
    ("def f(a, para|meter=1): pass", "parameter"),
    ("def f(a: int, *, para|meter: int = 1): pass", "parameter"),
    ("def f[T](para|meter=1): pass", "parameter"),
    ("def f(*ar|gs, **kw): pass", "args"),
    ("def f(a=g(key|word=1)): pass", None),
    ("def f(a=de|fault): pass", "default"),
    ("f(lambda a, para|meter=1: a)", "parameter"),
    ("f(lambda para|meter=1: a)", "parameter"),
    ("f(lambda a: a, key|word=1)", None),
    ("tar|get = 1", "target"),
    ("self.tar|get = 1", "self.target"),
    ("for tar|get in x: pass", "target"),
    ("with open() as tar|get: pass", "target"),
    ("(tar|get := 1)", "target"),
    ("global na|me", "name"),
    ("del na|me.attribute", "name"),
    ("@ap|p.route('/')\ndef f(): pass", "app"),
    ("@app.ro|ute('/')\ndef f(): pass", "app.route"),
    ("x: In|t = 1", "Int"),
]
IMPORTS = [
    ("import o|s", "os"),
    ("import o|s.path", "os"),
    ("import os.pa|th", "os.path"),
    ("import nu|mpy as np", None),
    ("import a.b|.c as d", None),
    ("import numpy as n|p", "np"),
    ("import a as b, o|s", "os"),
    ("from pack|age import name", None),
    ("from .pack|age import name", None),
    ("from package import na|me", "name"),
    ("from package import (a, na|me)", "name"),
    ("from package import na|me as other", None),
    ("from package import name as ot|her", "other"),
    ("x = 1; import o|s", "os"),
    ("x = 1; from o|s import path", None),
    ("yield from na|me", "name"),
    ("raise E from na|me", "name"),
]
FORMATTED = [
    ("f'te|xt {name}'", None),
    ("f'{na|me}'", "name"),
    ("f'{cart.it|ems}'", "cart.items"),
    ("f'{na|me!r}'", "name"),
    ("f'{name!|r}'", None),
    ("f'{na|me=}'", "name"),
    ("f'{na|me = }'", "name"),
    ("f'{na|me:>10}'", "name"),
    ("f'{name:>te|xt}'", None),
    ("f'{name:>{wid|th}}'", "width"),
    ("f'{name:>{width}te|xt}'", None),
    ("f'{name:>{width}.{pre|cision}f} {x}'", "precision"),
    ("f'{name:>{width}.{precision}f} {la|st}'", "last"),
    ("f'{{na|me}}'", None),
    ("f'{{{na|me}}}'", "name"),
    ("f'{x}te|xt{y}'", None),
    ("f'{d['ke|y']}'", None),
    ("f'{d['key'].na|me}'", "d['key'].name"),
    ("f'{f'{f'{na|me}'}'}'", "name"),
    ("f'{f'{x}' + na|me}'", "name"),
    ("f'''{\n  na|me\n}'''", "name"),
    ("f'''\n{x}\nte|xt'''", None),
    ("F'{na|me}'", "name"),
    ("rf'\\{na|me}'", "name"),
    ("f'\\N{DIG|IT ONE}{name}'", None),
    ("f'\\N{DIGIT ONE}{na|me}'", "name"),
    ("rf'\\N{na|me}'", "name"),
    ("f'\\'{na|me}'", "name"),
    ("t'{na|me}'", "name"),
    ("f'{call(key|word=1)}'", None),
    ("f'{x if y else na|me}'", "name"),
    ("f'{ {\"a\": na|me} }'", "name"),
    ("f'{x}' 'te|xt'", None),
    ("f'{x}' + na|me", "name"),
    ("'{na|me}'", None),
    ("f'{x!r:^{width}}' + na|me", "name"),
    ("f'{(lambda x: na|me)}'", "name"),
]
BROKEN = [
    ("x = foo(\ny = na|me", "name"),
    ("x = foo(1\nna|me = 2", "name"),
    ("x = foo(1,\ndef na|me(): pass", None),
    ("x = foo(1,\ndef name(para|meter=1): pass", "parameter"),
    ("x = [1, 2\nprint(na|me)", "name"),
    ("x = 'unterminated\nna|me", "name"),
    ("x = 'unterminated na|me", None),
    ("f'{na|me", "name"),
    ("f'{na|me'", "name"),
    ("f'{na|me\nx", "name"),
    ("f'{name'\nother = va|lue", "value"),
    ("f'{name:>\nother = va|lue", "value"),
    ("f'{name:>{width'\nother = va|lue", "value"),
    ("f'{'\nother = va|lue", "value"),
    ("print(f'{name', va|lue)", "value"),
    ("f'{foo(name'\nother = va|lue", "value"),
    ("f'''{name\ndef te|xt'''", None),
    ("def f(:\n  return na|me", "name"),
    ("if x\n  na|me", "name"),
    ("class :\n  na|me", "name"),
    ("x = )]} na|me", "name"),
    ("a.|", None),
    ("a.b.\nna|me", "name"),
    ("a..b|", None),
    ("$ na|me ?", "name"),
    ("x[0.na|me", "name"),
    ("a]b[0].na|me", "b[0].name"),
    ("]].na|me", None),
    ("return ret|urn", None),
    ("'''never closed\nna|me", None),
    ("\\na|me", "name"),
]
UNICODE = [
    ("größe = län|ge.x", "länge"),
    ("'😀' + na|me", "name"),
    ("नम|स्ते.x", "नमस्ते"),
    ("ﬁ|eld", "field"),
    ("“na|me”", None),
    ("x\u00a0= na|me", "name"),
]
PRIVATE = [
    ("class Cart:\n  def f(self):\n    self.__to|tal", "self._Cart__total"),
    ("class _Cart:\n  def f(self):\n    self.__to|tal", "self._Cart__total"),
    ("class Cart:\n  def f(self, __to|tal): pass", "_Cart__total"),
    ("class Cart:\n  def f(self):\n    self.__di|ct__", "self.__dict__"),
    ("class Cart:\n  def f(self):\n    return items[__in|dex]", "_Cart__index"),
    ("class __:\n  def f(self):\n    self.__to|tal", "self.__total"),
    ("class Cart: pass\nself.__to|tal", "self.__total"),
]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        *CHAINS,
        *NEVER_A_CALL,
        *NOTHING_THERE,
        *DEFINED_BUT_EVALUABLE,
        *IMPORTS,
        *FORMATTED,
        *BROKEN,
        *UNICODE,
        *PRIVATE,
    ],
)
def test_expression_under_cursor(marked: str, expected: str | None) -> None:
    assert expression(marked) == expected


@pytest.mark.parametrize(
    ("marked", "covered"),
    [
        ("x = a.b.|c", "a.b.c"),
        ("x = a [ 0 ] . b|", "a [ 0 ] . b"),
        ("x = (first\n     .second|.third)", "first\n     .second"),
        ("f'{cart.it|ems!r}'", "cart.items"),
        ("class Cart:\n  def f(self): self.__to|tal", "self.__total"),
    ],
)
def test_range_covers_the_source_as_written(marked: str, covered: str) -> None:
    result = found(marked)
    assert result is not None
    assert result[1] == covered
