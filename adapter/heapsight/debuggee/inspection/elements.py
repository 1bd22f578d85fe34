"""Containers, a page at a time: never copied, never asked through a method that a subclass may have redefined."""

from __future__ import annotations

import operator
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from math import isfinite
from types import MappingProxyType
from typing import Any, TypeVar, cast

from ..attributes import type_mro, type_name
from ..records import record
from .members import Category, Form, Member, Storage
from .ready_rows import ReadyRows, pairs_of
from .text.builtin_reprs import underlying
from .text.limits import Limits
from .text.saferepr import Reprs

T = TypeVar("T")

_KEY = Limits(characters=120, elements=10, depth=3)
_PLAIN, _VALUE, _ITEM = Category.PLAIN, Form.VALUE, Storage.ITEM
_LONGEST_LITERAL = 200
_FASTER_IN_C = 5  # times, passing over items of a dict
_PIECE = 500  # characters or bytes of a text that make a row
# By address: asking whether a class is in a set (or equals another) could run code of its metaclass.
_HASHED_IN_C = frozenset(map(id, (str, int, bytes, float, bool, type(None))))


@record
class Elements:
    """How to look into one kind of container: `page(obj, start, stop, reprs)` for a range that exists.

    `quick_page`, where there is one, makes the same page with rows that are ready in place of some members.
    """

    length: Callable[[Any], int]
    page: Callable[[Any, int, int, Reprs], list[Member]]
    quick_page: Callable[[Any, int, int, Reprs, ReadyRows], list[Member | str]] | None = None


def elements_of(cls: type) -> Elements | None:
    """Return how to look into instances of `cls`; None where they have no elements."""
    for base in type_mro(cls):
        found = _ELEMENTS.get(id(base))
        if found is not None:
            return found
    return None


def literal(key: object) -> str | None:
    """Return the source text of a constant; None where it has no (short) one."""
    if type(key) is str or type(key) is bytes:
        return repr(key) if len(key) <= _LONGEST_LITERAL else None
    if key is None or type(key) is bool:
        return repr(key)
    if type(key) is int:
        return repr(key) if key.bit_length() <= 256 else hex(key)
    if type(key) is float:
        return repr(key) if isfinite(key) else None
    if type(key) is tuple and len(key) <= 10:
        parts = [literal(part) for part in key]
        if None not in parts:
            return f"({', '.join(cast('list[str]', parts))}{',' if len(parts) == 1 else ''})"
    return None


def _span(forward: Iterator[T], backward: Iterator[T] | None, total: int, start: int, stop: int) -> list[T]:
    """Return items `start` to `stop`, counted from the nearer end."""
    if backward is None or start <= total - stop:
        return list(islice(forward, start, stop))
    found = list(islice(backward, total - stop, total - start))
    found.reverse()
    return found


def _indexed(items: Iterable[object], start: int, *, before: str = "", after: str = "", refusal: str) -> list[Member]:
    """Members for items that are reached by their position and cannot be replaced."""
    return [Member(str(i), item, f"{after}[{i}]", before, refusal=refusal) for i, item in enumerate(items, start)]


def _storing_item(key: object) -> Callable[[Any, object], None]:
    return partial(_set_item, key)


def _set_item(key: object, owner: Any, value: object) -> None:
    operator.setitem(owner, key, value)


def _stored(name: str, value: object, after: str | None, before: str, key: object) -> Member:
    """Return the member for an item that can be replaced."""
    # By position, which is half the price, and of these there are as many as a page has.
    member = Member(name, value, after, before, _PLAIN, _VALUE, partial(_set_item, key), _ITEM)
    member.key = key
    return member


def _list_page(obj: list[object], start: int, stop: int, reprs: Reprs) -> list[Member]:
    items = list.__getitem__(obj, slice(start, stop))
    return [_list_item(i, item) for i, item in enumerate(items, start)]


def _quick_list_page(obj: list[object], start: int, stop: int, reprs: Reprs, ready: ReadyRows) -> list[Member | str]:
    items = list.__getitem__(obj, slice(start, stop))
    rows = ready.of_items(items, start)
    return [_list_item(start + i, items[i]) if row is None else row for i, row in enumerate(rows)]


def _list_item(index: int, item: object) -> Member:
    return _stored(str(index), item, f"[{index}]", "", index)


def _tuple_page(obj: tuple[object, ...], start: int, stop: int, reprs: Reprs) -> list[Member]:
    items = tuple.__getitem__(obj, slice(start, stop))
    return _indexed(items, start, refusal="The elements of a tuple cannot be changed.")


def _deque_page(obj: deque[object], start: int, stop: int, reprs: Reprs) -> list[Member]:
    total = deque.__len__(obj)
    items = _span(deque.__iter__(obj), deque.__reversed__(obj), total, start, stop)
    return [Member(str(i), item, f"[{i}]", store=_storing_item(i)) for i, item in enumerate(items, start)]


def _set_page(obj: set[object], start: int, stop: int, reprs: Reprs) -> list[Member]:
    return _members_of_set(set.__iter__(obj), start, stop)


def _frozenset_page(obj: frozenset[object], start: int, stop: int, reprs: Reprs) -> list[Member]:
    return _members_of_set(frozenset.__iter__(obj), start, stop)


def _members_of_set(items: Iterator[object], start: int, stop: int) -> list[Member]:
    page = islice(items, start, stop)
    return _indexed(page, start, before="list(", after=")", refusal="The elements of a set cannot be replaced.")


def _dict_page(obj: dict[object, object], start: int, stop: int, reprs: Reprs) -> list[Member]:
    forward, backward, ordered = _dict_iterators(obj)
    pairs = _span(forward, backward, dict.__len__(obj), start, stop)
    return [_item(key, value, i, reprs, ordered=ordered) for i, (key, value) in enumerate(pairs, start)]


def _quick_dict_page(
    obj: dict[object, object], start: int, stop: int, reprs: Reprs, ready: ReadyRows
) -> list[Member | str]:
    if issubclass(type(obj), OrderedDict):
        return [*_dict_page(obj, start, stop, reprs)]
    total = dict.__len__(obj)
    if start < _FASTER_IN_C * (total - stop):
        pairs = pairs_of(obj, start, stop)
    else:
        pairs = _span(iter(dict.items(obj)), reversed(dict.items(obj)), total, start, stop)
    rows = ready.of_pairs(pairs, start)
    return [_item(*pairs[i], start + i, reprs) if row is None else row for i, row in enumerate(rows)]


def _item(key: object, value: object, index: int, reprs: Reprs, *, ordered: bool = True) -> Member:
    constant = literal(key)
    if constant is not None:
        before, after = "", f"[{constant}]"
    else:
        before, after = "list(", f".values())[{index}]" if ordered else ""
    name = reprs.text(key, _KEY)
    return _stored(name, value, after or None, before, key)


def _dict_iterators(obj: dict[object, object]) -> tuple[Iterator[Any], Iterator[Any], bool]:
    """Return iterators over items from either end, and whether they are in the order that the program sees.

    An OrderedDict has an order of its own, and looks up each key to follow it: not where that would run user code.
    """
    if issubclass(type(obj), OrderedDict):
        if not all(id(type(key)) in _HASHED_IN_C for key in dict.keys(obj)):
            return iter(dict.items(obj)), reversed(dict.items(obj)), False
        items = OrderedDict.items(cast("OrderedDict[object, object]", obj))
        return iter(items), reversed(items), True
    return iter(dict.items(obj)), reversed(dict.items(obj)), True


def _behind(obj: object) -> dict[object, object]:
    behind = underlying(obj)
    return cast("dict[object, object]", behind) if issubclass(type(behind), dict) else {}


def _behind_length(obj: object) -> int:
    return dict.__len__(_behind(obj))


def _proxy_page(obj: object, start: int, stop: int, reprs: Reprs) -> list[Member]:
    members = _dict_page(_behind(obj), start, stop, reprs)
    for member in members:
        member.store = None
        member.refusal = "A mapping proxy is read-only."
    return members


def _view_page(obj: object, start: int, stop: int, reprs: Reprs) -> list[Member]:
    behind, kind = _behind(obj), type_name(type(obj))
    forward, backward, ordered = _dict_iterators(behind)
    pairs = _span(forward, backward, dict.__len__(behind), start, stop)
    part = 0 if kind.endswith("keys") else 1
    items = pairs if kind.endswith("items") else [pair[part] for pair in pairs]
    members = _indexed(items, start, before="list(", after=")", refusal="A view of a dict is read-only.")
    for member in members:
        member.after = member.after if ordered else None
    return members


def _text_length(obj: Any) -> int:
    return -(-len(obj) // _PIECE)


def _text_page(obj: Any, start: int, stop: int, reprs: Reprs) -> list[Member]:
    found = []
    for place in range(start, stop):
        first, last = place * _PIECE, min((place + 1) * _PIECE, len(obj))
        piece = obj[first:last]
        name = f"[{first}:{last}]"
        read = operator.itemgetter(slice(first, last))
        found.append(Member(name, piece, name, text=repr(piece), computed=read, refusal="A part of a text is fixed."))
    return found


def pieces_of(text: str | bytes | bytearray) -> Elements | None:
    """Return how to look at a long text piece by piece; None for one that is shown as a whole."""
    return Elements(_text_length, _text_page) if len(text) > _PIECE else None


_VIEW = Elements(_behind_length, _view_page)
_ELEMENTS: dict[int, Elements] = {
    id(cls): elements
    for cls, elements in cast(
        "list[tuple[type, Elements]]",
        [
            (list, Elements(list.__len__, _list_page, _quick_list_page)),
            (tuple, Elements(tuple.__len__, _tuple_page)),
            (deque, Elements(deque.__len__, _deque_page)),
            (set, Elements(set.__len__, _set_page)),
            (frozenset, Elements(frozenset.__len__, _frozenset_page)),
            (dict, Elements(dict.__len__, _dict_page, _quick_dict_page)),
            (MappingProxyType, Elements(_behind_length, _proxy_page)),
            (type({}.keys()), _VIEW),
            (type({}.values()), _VIEW),
            (type({}.items()), _VIEW),
        ],
    )
}
