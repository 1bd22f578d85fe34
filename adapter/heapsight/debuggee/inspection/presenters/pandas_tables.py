"""Tables, columns and indexes of pandas.

What is called: the indexing (`iloc`), `len`, `dtype` and `array` of pandas' own classes, on an object that is no
instance of a subclass but has the same data. No table is copied or converted: of each column only the rows that are
shown. `table[name]` is not used, for older versions keep what it gives. The blocks inside, in which pandas stores the
data, note their own dtype when they are first indexed, by us or by the program.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from ...attributes import type_name
from ..elements import Elements, literal
from ..members import Form, Member
from ..text.limits import Limits
from ..text.saferepr import Reprs
from ..text.writing import CUT, Writing
from .numpy_arrays import storing, write_scalar
from .pandas_caches import keeping, listing, stored, writer
from .presentation import Presentation

_LABEL = Limits(characters=120, elements=10, depth=3)
_MOST_KEYS = 10_000
_MOST_COLUMNS = 30  # that the text of a row tells of
_REFUSAL = "This is a fact about the data."
_FIXED_INDEX = "The elements of an Index cannot be changed."


def _plain(obj: Any, name: str) -> Any:
    """Return a DataFrame or Series as an instance of that class itself, with the same data."""
    base = getattr(sys.modules["pandas"], name)
    if type(obj) is base:
        return obj
    manager = stored(obj, "_mgr")
    make = getattr(base, "_from_mgr", None)
    if manager is None or make is None:
        return obj
    made = make(manager, axes=manager.axes)
    if name == "Series":
        made.name = stored(obj, "_name")
    return made


def _table(obj: Any) -> Any:
    return _plain(obj, "DataFrame")


def _series(obj: Any) -> Any:
    return _plain(obj, "Series")


def _label(label: object, reprs: Reprs) -> str:
    return label if type(label) is str else reprs.written_alone(partial(_write_label, label), _LABEL)


def _write_label(label: object, writing: Writing) -> None:
    _write(writing, label, 1)


def _write(writing: Writing, value: object, depth: int) -> None:
    """Write an element: of numpy's scalars without the type, which the dtype says."""
    if "numpy" in sys.modules:
        write_scalar(writing, value, depth)
    else:
        writing.value(value, depth)


def _write_some(writing: Writing, values: Any, depth: int, labels: Any | None = None) -> None:
    """Write the first elements of something with `len` and indexing, in brackets; with labels as pairs."""
    total = len(values)
    writing.put("[" if labels is None else "{")
    written = 0
    while written < min(total, writing.limits.elements) and not writing.full:
        writing.put(", " if written else "")
        if labels is not None:
            _write(writing, labels[written], depth + 1)
            writing.put(": ")
        _write(writing, values[written], depth + 1)
        written += 1
    writing.rest(written, total)
    writing.close("]" if labels is None else "}")


def _is_numbered(index: Any) -> bool:
    """Say whether an index counts from 0: then a label is a position."""
    return type(index) is sys.modules["pandas"].RangeIndex and index.start == 0 and index.step == 1


# -- DataFrame


def _write_table(writing: Writing, obj: Any, depth: int) -> None:
    table = _table(obj)
    rows, columns = table.shape
    writing.put(f"{type_name(type(obj))} {rows} × {columns}")
    writing.put(" (" if columns else "")
    shown = min(columns, writing.limits.elements)
    for place in range(shown):
        if writing.full:
            break
        writing.put(", " if place else "")
        label = table.columns[place]
        writing.put(label) if type(label) is str else _write(writing, label, depth + 1)
        writing.put(f": {table.iloc[:, place].dtype}")
    writing.rest(shown, columns)
    writing.close(")" if columns else "")


def _table_members(obj: Any) -> Iterator[Member]:
    table = _table(obj)
    yield _fact("shape", table.shape, lambda owner: _table(owner).shape)
    columns = Elements(lambda owner: len(_table(owner).columns), keeping(_column_page))
    yield Member("columns", table.columns, ".columns", text=_count(len(table.columns), "column"), parts=columns)
    yield Member("index", table.index, ".index", refusal=_REFUSAL)
    yield Member("dtypes", None, ".dtypes", form=Form.LAZY, read=lambda owner: _table(owner).dtypes, refusal=_REFUSAL)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _fact(name: str, value: object, make: Any) -> Member:
    return Member(name, value, f".{name}", computed=keeping(make), refusal=_REFUSAL)


def _column_page(obj: Any, start: int, stop: int, reprs: Reprs) -> list[Member]:
    table = _table(obj)
    found = []
    for place in range(start, stop):
        label = table.columns[place]
        constant = literal(label)
        after = f"[{constant}]" if constant is not None else f".iloc[:, {place}]"
        series = table.iloc[:, place]
        text = reprs.written(partial(_write_column, series))
        read = partial(_column, place)
        member = Member(_label(label, reprs), series, after, text=text, computed=read, store=storing(label))
        member.put = partial(_put_in_column, place)
        found.append(member)
    return found


# A row or a column is a copy, or becomes one when it is written to.
def _put_in_column(column: int, owner: Any, row: int, value: object) -> None:
    owner.iloc[row, column] = value


def _put_in_row(row: int, owner: Any, column: int, value: object) -> None:
    owner.iloc[row, column] = value


def _column(place: int, owner: Any) -> object:
    return _table(owner).iloc[:, place]


def _write_column(series: Any, writing: Writing) -> None:
    writing.put(f"{series.dtype} ")
    _write_some(writing, series.array, 1)


def _table_page(obj: Any, start: int, stop: int, reprs: Reprs) -> list[Member]:
    table = _table(obj)
    part = table.iloc[start:stop]
    names = [_label(table.columns[place], reprs) for place in range(min(_MOST_COLUMNS, table.shape[1]))]
    columns = [part.iloc[:, place].array for place in range(len(names))]
    cut = f", {CUT}" if len(names) < table.shape[1] else ""
    found = []
    for place in range(stop - start):
        values = [column[place] for column in columns]
        text = reprs.written(partial(_write_row, names, values)) + cut
        name = _label(part.index[place], reprs)
        value, read = part.iloc[place], partial(_row, start + place)
        at = start + place
        member = Member(name, value, f".iloc[{at}]", text=text, computed=read, store=_at(at))
        member.put = partial(_put_in_row, at)
        found.append(member)
    return found


def _row(place: int, owner: Any) -> object:
    return _table(owner).iloc[place]


def _write_row(names: list[str], values: list[object], writing: Writing) -> None:
    for place, (name, value) in enumerate(zip(names, values, strict=True)):
        if writing.full:
            break
        writing.put(f", {name}=" if place else f"{name}=")
        _write(writing, value, 1)


def _at(place: int) -> Any:
    def store(owner: Any, value: object) -> None:
        owner.iloc[place] = value

    return store


# -- Series, Index and arrays


def _write_series(writing: Writing, obj: Any, depth: int) -> None:
    series = _series(obj)
    writing.put(f"{type_name(type(obj))} {series.shape} {series.dtype} ")
    _write_some(writing, series.array, depth, None if _is_numbered(series.index) else series.index)


def _series_members(obj: Any) -> Iterator[Member]:
    series = _series(obj)
    yield _fact("shape", series.shape, lambda owner: _series(owner).shape)
    yield Member("dtype", series.dtype, ".dtype", refusal=_REFUSAL)
    yield Member("name", stored(obj, "_name"), ".name")
    yield Member("index", series.index, ".index", refusal=_REFUSAL)


def _series_page(obj: Any, start: int, stop: int, reprs: Reprs) -> list[Member]:
    series = _series(obj)
    part, labels = series.iloc[start:stop].array, series.index[start:stop]
    found = []
    for place in range(stop - start):
        at = start + place
        member = _element(part[place], series.dtype, reprs, partial(_series_item, at))
        member.name, member.after, member.store = _label(labels[place], reprs), f".iloc[{at}]", _at(at)
        member.place = at
        found.append(member)
    return found


def _series_item(place: int, owner: Any) -> object:
    return _series(owner).iloc[place]


def _element(value: object, dtype: Any, reprs: Reprs, read: Any) -> Member:
    """Return the member for an element; it is the program's own object only where objects are stored."""
    member = Member("", value)
    if getattr(dtype, "hasobject", False) is not True:
        member.text = reprs.written(partial(_write_label, value))
        member.computed = read
    return member


def _write_array(writing: Writing, obj: Any, depth: int) -> None:
    writing.put(f"{type_name(type(obj))} ({len(obj)},) {obj.dtype} ")
    _write_some(writing, obj, depth)


def _array_page(obj: Any, start: int, stop: int, reprs: Reprs) -> list[Member]:
    found = []
    for place in range(start, stop):
        member = _element(obj[place], obj.dtype, reprs, keeping(partial(_array_item, place)))
        member.name, member.after, member.store = str(place), f"[{place}]", storing(place)
        found.append(member)
    return found


def _array_item(place: int, owner: Any) -> object:
    return owner[place]


def _index_page(obj: Any, start: int, stop: int, reprs: Reprs) -> list[Member]:
    members = _array_page(obj, start, stop, reprs)
    for member in members:
        member.store, member.refusal = None, _FIXED_INDEX
    return members


def _index_members(obj: Any) -> Iterator[Member]:
    yield Member("dtype", obj.dtype, ".dtype", refusal=_REFUSAL)
    yield Member("names", None, ".names", form=Form.LAZY, read=lambda owner: owner.names)


def _array_members(obj: Any) -> Iterator[Member]:
    yield Member("dtype", obj.dtype, ".dtype", refusal=_REFUSAL)


def _categorical_members(obj: Any) -> Iterator[Member]:
    yield Member("categories", obj.dtype.categories, ".categories", refusal=_REFUSAL)
    yield Member("ordered", obj.dtype.ordered, ".ordered", refusal=_REFUSAL)
    yield _fact("codes", obj.codes, lambda owner: owner.codes)


def _write_whole(writing: Writing, obj: Any, depth: int) -> None:
    writing.put(obj.to_string())


def _column_names(obj: Any) -> list[object]:
    return list(_table(obj).columns[:_MOST_KEYS])


# How pandas stores things; the text of some of it would be computed, and kept.
_OF_TABLES = frozenset({"_mgr", "_item_cache", "_attrs", "_flags", "_name", "_cacher", "_is_copy"})
_OF_INDEXES = frozenset(
    {"_data", "_cache", "_name", "_id", "_references", "_range", "_levels", "_codes", "_names", "_engine", "_freq"}
)
_OF_ARRAYS = frozenset({"_ndarray", "_dtype", "_data", "_mask", "_cache", "_pa_array", "_readonly", "_freq"})

_ARRAY = Elements(len, keeping(_array_page))
DATA_FRAME = Presentation(
    summary=writer(_write_table),
    whole=_write_whole,
    members=listing(_table_members),
    elements=Elements(lambda obj: len(_table(obj).index), keeping(_table_page)),
    keys=keeping(_column_names),
    inner=_OF_TABLES,
)
SERIES = Presentation(
    summary=writer(_write_series),
    whole=_write_whole,
    members=listing(_series_members),
    elements=Elements(lambda obj: len(_series(obj).index), keeping(_series_page)),
    inner=_OF_TABLES,
)
INDEX = Presentation(
    summary=writer(_write_array),
    members=listing(_index_members),
    elements=Elements(len, keeping(_index_page)),
    inner=_OF_INDEXES,
)
CATEGORICAL = Presentation(
    summary=writer(_write_array), members=listing(_categorical_members), elements=_ARRAY, inner=_OF_ARRAYS
)
EXTENSION_ARRAY = Presentation(
    summary=writer(_write_array), members=listing(_array_members), elements=_ARRAY, inner=_OF_ARRAYS
)
