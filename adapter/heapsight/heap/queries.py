"""A small language to ask for objects, safe to run on a file from anywhere: it is parsed here and can only compare.

    type == 'shop.Order' and retained > 1MB and path contains 'CACHE'

A query is comparisons, put together with `and`, `or`, `not` and parentheses. A comparison is a field, an operator, a
value. Fields that are numbers: `size`, `retained` (bytes), `refcount`, `length`, `native` (references that native code
holds). Fields that are texts: `type` (with its module), `module` (of the type), `name` (of a function, class, module
…), `text` (the value, or a few words), `path` (the shortest path to a root), `site` (where it was allocated,
`file:line`). Operators: `==` `!=` `<` `<=` `>` `>=`; for texts also `contains`, `startswith`, `matches` (with `*`, `?`,
`[…]` as for files). Numbers may have the units kB, MB, GB (1,000), KiB, MiB, GiB (1,024); texts stand in '…' or "…".
`type == 'Order'` also means a type of that name in any module. What an object does not have (a list has no name) is
unequal to everything, and no other comparison with it is true. Words like `AND` may be written large. Heapsight's own
objects are not found. What a query means for the objects of a heap is in matching.py.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

NUMBERS = ("size", "retained", "refcount", "length", "native")
TEXTS = ("type", "module", "name", "text", "path", "site")
# What it costs to look, so that a cheap comparison spares a dear one.
_COSTS = {"module": 0, "type": 0, "name": 2, "text": 3, "site": 2, "path": 9}
_UNITS = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_LONGEST, _DEEPEST = 10_000, 100
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<number>\d[\d_]*(?:\.\d+)?)(?P<unit>[A-Za-z]*)"
    r"|(?P<word>[A-Za-z_]+)|(?P<sign>==|!=|<=|>=|<|>|\(|\)))",
    re.DOTALL,
)
SIGNS: dict[str, Callable[..., bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "contains": operator.contains,
    "startswith": str.startswith,
    "matches": fnmatchcase,
}
_FOR_TEXTS = ("contains", "startswith", "matches")


class QueryError(Exception):
    """A query that cannot be understood. position: the character where, from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message}, at character {position + 1}")
        self.position = position


@dataclass(frozen=True)
class Comparison:
    """A field, an operator and a value."""

    field: str
    operator: str
    value: str | float

    @property
    def cost(self) -> int:
        """How dear it is, 0 to 9."""
        return _COSTS.get(self.field, 1)


@dataclass(frozen=True)
class Combination:
    """Queries of which all (`and`), one (`or`) or none (`not`, of one) have to be true."""

    word: str
    parts: tuple[Comparison | Combination, ...]

    @property
    def cost(self) -> int:
        """That of the dearest part."""
        return max(part.cost for part in self.parts)


Query = Comparison | Combination


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int
    value: str | float = ""


def parse(text: str) -> Query:
    """Return what a query says. Raises QueryError."""
    if len(text) > _LONGEST:
        raise QueryError(f"a query has at most {_LONGEST:,} characters", _LONGEST)
    parser = _Parser(_tokens(text))
    query = parser.either(0)
    parser.end()
    return query


def _tokens(text: str) -> list[_Token]:
    tokens, position, end = [], 0, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            problem = "this text has no end" if text[start] in "'\"" else f"{text[start]!r} means nothing here"
            raise QueryError(problem, start)
        kind = "number" if found["number"] else found.lastgroup
        start, value = found.start(kind), found[kind]
        tokens.append(_Token(kind, value.lower() if kind == "word" else value, start, _value(found, start)))
        position = found.end()
    tokens.append(_Token("end", "the end", end))
    return tokens


def _value(found: re.Match[str], position: int) -> str | float:
    if found["text"]:
        return re.sub(r"\\(.)", r"\1", found["text"][1:-1], flags=re.DOTALL)
    if not found["number"]:
        return ""
    factor = _UNITS.get(found["unit"].lower()) if found["unit"] else 1
    if factor is None:
        raise QueryError(f"{found['unit']!r} is no unit: kB, MB, GB, KiB, MiB, GiB are", position)
    return float(found["number"].replace("_", "")) * factor


class _Parser:
    """Reads tokens from the first on; `or` binds less than `and`, that less than `not`."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0

    def end(self) -> None:
        token = self._tokens[self._next]
        if token.kind != "end":
            raise QueryError(f"'and' or 'or' was expected instead of {token.text!r}", token.position)

    def either(self, depth: int) -> Query:
        return self._joined("or", lambda: self._joined("and", lambda: self._one(depth)))

    def _joined(self, word: str, part: Callable[[], Query]) -> Query:
        parts = [part()]
        while self._tokens[self._next].kind == "word" and self._tokens[self._next].text == word:
            self._next += 1
            parts.append(part())
        return parts[0] if len(parts) == 1 else Combination(word, tuple(sorted(parts, key=lambda each: each.cost)))

    def _one(self, depth: int) -> Query:
        token = self._take()
        if depth > _DEEPEST:
            raise QueryError("this is nested too deeply", token.position)
        if token.kind == "word" and token.text == "not":
            return Combination("not", (self._one(depth + 1),))
        if token.text == "(" and token.kind == "sign":
            inside = self.either(depth + 1)
            closing = self._take()
            if closing.kind != "sign" or closing.text != ")":
                raise QueryError(f"')' was expected instead of {closing.text!r}", closing.position)
            return inside
        return self._comparison(token)

    def _comparison(self, field: _Token) -> Query:
        if field.kind != "word" or field.text not in (*NUMBERS, *TEXTS):
            fields = ", ".join((*NUMBERS, *TEXTS))
            raise QueryError(f"a field was expected instead of {field.text!r}: {fields}", field.position)
        sign, value = self._take(), self._take()
        if sign.text not in SIGNS or sign.kind not in {"sign", "word"}:
            raise QueryError(f"an operator was expected instead of {sign.text!r}: {' '.join(SIGNS)}", sign.position)
        if sign.text in _FOR_TEXTS and field.text in NUMBERS:
            raise QueryError(f"{field.text!r} is a number, and {sign.text!r} is for texts", sign.position)
        wanted = "number" if field.text in NUMBERS else "text"
        if value.kind != wanted:
            shown = "a number" if wanted == "number" else "a text in quotes"
            raise QueryError(f"{field.text!r} is compared with {shown}, not with {value.text!r}", value.position)
        return Comparison(field.text, sign.text, value.value)

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        if token.kind != "end":
            self._next += 1
        return token
