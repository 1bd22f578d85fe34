"""Tables and columns of polars.

What is called: `slice`, `rows`, `to_list`, `get_column` and the facts of polars' own classes. Of a table or a column
only the rows that are shown become objects of Python's. A lazy frame computes nothing for being looked at: it is shown
as any other object.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from ...attributes import type_name
from ..elements import Elements, literal
from ..members import Form, Member
from ..text.saferepr import Reprs
from ..text.writing import Writing
from .presentation import Presentation

_REFUSAL = "This is a fact about the data."
_FIXED = "The rows of a table cannot be changed in place."


def _base(name: str) -> Any:
    return getattr(sys.modules["polars"], name)


# -- DataFrame


def _height(obj: Any) -> int:
    return int(_base("DataFrame").height.__get__(obj))


def _names(obj: Any) -> list[str]:
    return list(_base("DataFrame").columns.__get__(obj))


def _column(name: str, obj: Any) -> Any:
    return _base("DataFrame").get_column(obj, name)


def _rows(obj: Any, start: int, count: int) -> list[dict[str, object]]:
    part = _base("DataFrame").slice(obj, start, count)
    return list(_base("DataFrame").rows(part, named=True))


def _row(index: int, obj: Any) -> object:
    return _rows(obj, index, 1)[0]


def _write_table(writing: Writing, obj: Any, depth: int) -> None:
    names, types = _names(obj), _base("DataFrame").dtypes.__get__(obj)
    writing.put(f"{type_name(type(obj))} {_height(obj)} × {len(names)}")
    writing.put(" (" if names else "")
    written = 0
    for name, kind in zip(names, types, strict=True):
        if writing.full or written == writing.limits.elements:
            break
        writing.put(f"{', ' if written else ''}{name}: {kind}")
        written += 1
    writing.rest(written, len(names))
    writing.close(")" if names else "")


def _table_members(obj: Any) -> Iterator[Member]:
    names = _names(obj)
    shape = (_height(obj), len(names))
    yield Member(
        "shape", shape, ".shape", computed=lambda owner: (_height(owner), len(_names(owner))), refusal=_REFUSAL
    )
    columns = Elements(lambda owner: len(_names(owner)), _column_page)
    text = f"{len(names)} column{'' if len(names) == 1 else 's'}"
    yield Member("columns", names, ".columns", text=text, parts=columns)
    yield Member("schema", None, ".schema", form=Form.LAZY, read=lambda owner: owner.schema, refusal=_REFUSAL)
    yield _lazy_call("estimated_size", _base("DataFrame"))


def _column_page(obj: Any, start: int, stop: int, reprs: Reprs) -> list[Member]:
    found = []
    for name in _names(obj)[start:stop]:
        column, written = _column(name, obj), literal(name)
        text = reprs.written(partial(_write_at_top, column))
        after = f"[{written}]" if written is not None else None
        found.append(Member(name, column, after, computed=partial(_column, name), text=text, refusal=_REFUSAL))
    return found


def _write_at_top(column: Any, writing: Writing) -> None:
    _write_column(writing, column, 0)


def _row_page(obj: Any, start: int, stop: int, _reprs: Reprs) -> list[Member]:
    return [
        Member(str(index), row, f".row({index}, named=True)", computed=partial(_row, index), refusal=_FIXED)
        for index, row in enumerate(_rows(obj, start, stop - start), start)
    ]


# -- Series


def _length(obj: Any) -> int:
    return int(_base("Series").len(obj))


def _values(obj: Any, start: int, count: int) -> list[object]:
    return list(_base("Series").to_list(_base("Series").slice(obj, start, count)))


def _value(index: int, obj: Any) -> object:
    return _values(obj, index, 1)[0]


def _write_column(writing: Writing, obj: Any, depth: int) -> None:
    total = _length(obj)
    writing.put(f"{type_name(type(obj))} ({total},) {_base('Series').dtype.__get__(obj)} [")
    written = 0
    for value in _values(obj, 0, min(total, writing.limits.elements)):
        if writing.full:
            break
        writing.put(", " if written else "")
        writing.value(value, depth + 1)
        written += 1
    writing.rest(written, total)
    writing.close("]")


def _column_members(obj: Any) -> Iterator[Member]:
    for name in ("name", "dtype"):
        fact = getattr(_base("Series"), name)
        yield Member(name, fact.__get__(obj), f".{name}", computed=fact.__get__, refusal=_REFUSAL)
    for name in ("null_count", "min", "max", "estimated_size"):
        yield _lazy_call(name, _base("Series"))


def _lazy_call(name: str, cls: Any) -> Member:
    read = getattr(cls, name)
    return Member(name, None, f".{name}()", form=Form.LAZY, read=read, refusal=_REFUSAL)


def _value_page(obj: Any, start: int, stop: int, _reprs: Reprs) -> list[Member]:
    return [
        Member(str(index), value, f"[{index}]", computed=partial(_value, index), refusal=_FIXED)
        for index, value in enumerate(_values(obj, start, stop - start), start)
    ]


DATA_FRAME = Presentation(
    summary=_write_table, members=_table_members, elements=Elements(_height, _row_page), keys=_names
)
SERIES = Presentation(summary=_write_column, members=_column_members, elements=Elements(_length, _value_page))
