"""How values of Python's own types are written, known by the `__repr__` that they have: also where it is inherited."""

from __future__ import annotations

import functools
import gc
import sys
import types
import weakref
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, cast

from ...attributes import find_class_attribute, instance_attributes, slot_values, type_name
from .writing import CUT, Writing

Writer = Callable[[Writing, Any, int], None]

_exception_args = BaseException.__dict__["args"].__get__
_maxlen = deque.__dict__["maxlen"].__get__
_factory = defaultdict.__dict__["default_factory"].__get__


def _text(write: Callable[[Any], str]) -> Writer:
    return lambda writing, obj, depth: writing.put(write(obj))


def _integer(writing: Writing, obj: int, depth: int) -> None:
    writing.integer(obj)


# What is cut off the beginning is a plain string, whatever the whole is: its `repr` is Python's own.
def _string(writing: Writing, obj: str, depth: int) -> None:
    writing.quoted(str.__len__(obj), lambda size: str.__getitem__(obj, slice(0, size)), repr)


def _bytes(writing: Writing, obj: bytes, depth: int) -> None:
    show = _escaped if writing.limits.hex else repr
    writing.quoted(bytes.__len__(obj), lambda size: bytes.__getitem__(obj, slice(0, size)), show)


def _bytearray(writing: Writing, obj: bytearray, depth: int) -> None:
    writing.put(f"{type_name(type(obj))}(")
    # The text inside the brackets of its own `repr`, whose quotes are not those of `bytes`.
    cut = functools.partial(_cut_bytearray, obj)
    show = _escaped if writing.limits.hex else lambda head: repr(head)[len("bytearray(") : -1]
    writing.quoted(bytearray.__len__(obj), cut, show)
    writing.close(")")


def _escaped(head: Any) -> str:
    return "b'" + "".join([f"\\x{byte:02x}" for byte in bytes(head)]) + "'"


def _cut_bytearray(obj: bytearray, size: int) -> bytearray:
    return bytearray.__getitem__(obj, slice(0, size))


def _contained(writing: Writing, obj: object, depth: int, around: tuple[str, str], write: Callable[[], None]) -> None:
    """Write brackets and, inside, what `write` writes; `…` where that is too deep or goes round in circles."""
    writing.put(around[0])
    if not writing.enter(obj):
        writing.put("...")
    else:
        if depth >= writing.limits.depth:
            writing.put(CUT)
        else:
            write()
        writing.leave(obj)
    writing.close(around[1])


def _head(writing: Writing) -> slice:
    return slice(0, writing.limits.elements)


def _list(writing: Writing, obj: list[object], depth: int) -> None:
    items = list.__getitem__(obj, _head(writing))
    total = list.__len__(obj)
    _contained(writing, obj, depth, ("[", "]"), lambda: writing.elements(items, total, depth + 1))


def _tuple(writing: Writing, obj: tuple[object, ...], depth: int) -> None:
    items = tuple.__getitem__(obj, _head(writing))
    total = tuple.__len__(obj)
    closing = ",)" if total == 1 else ")"
    _contained(writing, obj, depth, ("(", closing), lambda: writing.elements(items, total, depth + 1))


def _named_tuple(writing: Writing, obj: tuple[object, ...], depth: int) -> None:
    fields = find_class_attribute(type(obj), "_fields")
    names = [name for name in fields if type(name) is str] if type(fields) is tuple else []
    items = list(zip(names, tuple.__getitem__(obj, slice(None)), strict=False))
    around = (f"{type_name(type(obj))}(", ")")
    _contained(writing, obj, depth, around, lambda: writing.fields(items, depth + 1))


def _dict_items(writing: Writing, obj: dict[object, object]) -> list[tuple[object, object]]:
    # At once, before anything of the user's runs that might change the dict.
    return list(islice(dict.items(obj), writing.limits.elements))


def _dict(writing: Writing, obj: dict[object, object], depth: int) -> None:
    _pairs(writing, obj, depth, ("{", "}"))


def _pairs(writing: Writing, obj: dict[object, object], depth: int, around: tuple[str, str]) -> None:
    items = _dict_items(writing, obj)
    total = dict.__len__(obj)
    _contained(writing, obj, depth, around, lambda: writing.pairs(items, total, depth + 1))


def _default_dict(writing: Writing, obj: dict[object, object], depth: int) -> None:
    writing.put(f"{type_name(type(obj))}(")
    writing.value(_factory(obj), depth + 1)
    _pairs(writing, obj, depth, (", {", "})"))


def _counter(writing: Writing, obj: dict[object, object], depth: int) -> None:
    name = type_name(type(obj))
    items, total = _dict_items(writing, obj), dict.__len__(obj)
    if not total:
        writing.put(f"{name}()")
        return
    if len(items) == total and all(type(count) is int for _, count in items):
        items.sort(key=lambda item: cast(int, item[1]), reverse=True)
    _contained(writing, obj, depth, (f"{name}({{", "})"), lambda: writing.pairs(items, total, depth + 1))


def _ordered_dict(writing: Writing, obj: dict[object, object], depth: int) -> None:
    name = type_name(type(obj))
    if not dict.__len__(obj):
        writing.put(f"{name}()")
    elif sys.version_info >= (3, 12):
        _pairs(writing, obj, depth, (f"{name}({{", "})"))
    else:
        items, total = _dict_items(writing, obj), dict.__len__(obj)
        _contained(writing, obj, depth, (f"{name}([", "])"), lambda: writing.elements(items, total, depth + 1))


def _set(writing: Writing, obj: set[object] | frozenset[object], depth: int) -> None:
    name, kind = type_name(type(obj)), set if issubclass(type(obj), set) else frozenset
    total = kind.__len__(obj)  # type: ignore[arg-type]
    if not total:
        writing.put(f"{name}()")
        return
    around = ("{", "}") if type(obj) is set else (f"{name}({{", "})")
    items = list(islice(kind.__iter__(obj), writing.limits.elements))  # type: ignore[arg-type]
    _contained(writing, obj, depth, around, lambda: writing.elements(items, total, depth + 1))


def _deque(writing: Writing, obj: deque[object], depth: int) -> None:
    longest = _maxlen(obj)
    closing = "])" if longest is None else f"], maxlen={longest})"
    items = list(islice(deque.__iter__(obj), writing.limits.elements))
    around = (f"{type_name(type(obj))}([", closing)
    _contained(writing, obj, depth, around, lambda: writing.elements(items, deque.__len__(obj), depth + 1))


def underlying(view: object) -> object | None:
    """Return the mapping behind a dict view or a mapping proxy, without asking it."""
    return next(iter(gc.get_referents(view)), None)


def _view(writing: Writing, obj: object, depth: int) -> None:
    behind, name = underlying(obj), type_name(type(obj))
    if not issubclass(type(behind), dict):
        writing.put(f"{name}({CUT})")
        return
    items = _dict_items(writing, cast("dict[object, object]", behind))
    part = 0 if "keys" in name else 1
    shown = items if "items" in name else [item[part] for item in items]
    total = dict.__len__(cast("dict[object, object]", behind))
    _contained(writing, obj, depth, (f"{name}([", "])"), lambda: writing.elements(shown, total, depth + 1))


def _mapping_proxy(writing: Writing, obj: object, depth: int) -> None:
    writing.put("mappingproxy(")
    writing.value(underlying(obj), depth)
    writing.close(")")


def _namespace(writing: Writing, obj: object, depth: int) -> None:
    name = "namespace" if type(obj) is types.SimpleNamespace else type_name(type(obj))
    items = list((instance_attributes(obj) or {}).items())
    _contained(writing, obj, depth, (f"{name}(", ")"), lambda: writing.fields(items, depth + 1))


def _dataclass(writing: Writing, obj: object, depth: int) -> None:
    fields = find_class_attribute(type(obj), "__dataclass_fields__")
    stored = (instance_attributes(obj) or {}) | slot_values(obj)
    names = [name for name, field in _shown_fields(fields) if name in stored]
    items = [(name, stored[name]) for name in names]
    around = (f"{type_qualname_of(obj)}(", ")")
    _contained(writing, obj, depth, around, lambda: writing.fields(items, depth + 1))


def _attrs(writing: Writing, obj: object, depth: int) -> None:
    fields = find_class_attribute(type(obj), "__attrs_attrs__")
    stored = (instance_attributes(obj) or {}) | slot_values(obj)
    described = [slot_values(field) for field in fields] if issubclass(type(fields), tuple) else []  # type: ignore[attr-defined]
    names = [field.get("name") for field in described if field.get("repr") is not False]
    items = [(name, stored[name]) for name in names if type(name) is str and name in stored]
    around = (f"{type_qualname_of(obj)}(", ")")
    _contained(writing, obj, depth, around, lambda: writing.fields(items, depth + 1))


def type_qualname_of(obj: object) -> str:
    """Return the qualified name of the type of `obj`."""
    return cast(str, type.__dict__["__qualname__"].__get__(type(obj)))


def _shown_fields(fields: object) -> Iterable[tuple[str, object]]:
    if type(fields) is not dict:
        return
    for name, field in dict.items(fields):
        slots = slot_values(field)
        kind = slots.get("_field_type")
        if slots.get("repr") is True and getattr(kind, "name", None) == "_FIELD":
            yield name, field


def _exception(writing: Writing, obj: BaseException, depth: int) -> None:
    args = cast("tuple[object, ...]", _exception_args(obj))
    around = (f"{type_name(type(obj))}(", ")")
    _contained(writing, obj, depth, around, lambda: writing.elements(args, len(args), depth + 1))


def _module(writing: Writing, obj: types.ModuleType, depth: int) -> None:
    names = instance_attributes(obj) or {}
    name, path = names.get("__name__"), names.get("__file__")
    writing.put("<module")
    for word, part in ((" ", name), (" from ", path)):
        if issubclass(type(part), str):
            writing.put(word)
            _string(writing, cast(str, part), depth)
    writing.close(">")


def _method(writing: Writing, obj: types.MethodType, depth: int) -> None:
    function = obj.__func__
    name = function.__qualname__ if type(function) is types.FunctionType else type_name(type(function))
    writing.put(f"<bound method {name} of ")
    writing.value(obj.__self__, depth + 1)
    writing.close(">")


def _partial(writing: Writing, obj: functools.partial[object], depth: int) -> None:
    members = slot_values(obj)
    args, keywords = members.get("args"), members.get("keywords")
    shown = [members.get("func"), *(args if type(args) is tuple else ())]

    def write() -> None:
        writing.elements(shown, len(shown), depth + 1)
        if type(keywords) is dict and keywords:
            writing.put(", ")
            writing.fields(list(keywords.items()), depth + 1)

    name = "functools.partial" if type(obj) is functools.partial else type_name(type(obj))
    _contained(writing, obj, depth, (f"{name}(", ")"), write)


def _weak_reference(writing: Writing, obj: weakref.ref[object], depth: int) -> None:
    target = weakref.ref.__call__(obj)
    to = "dead" if target is None else f"to {type_name(type(target))!r} at {id(target):#x}"
    writing.put(f"<{type_name(type(obj))} at {id(obj):#x}; {to}>")


# By the address of the method: asking it for its hash could run the user's code.
WRITERS: dict[int, Writer] = {
    id(find_class_attribute(cls, "__repr__")): writer
    for cls, writer in cast(
        "list[tuple[type, Writer]]",
        [
            (object, _text(object.__repr__)),
            (type(None), _text(repr)),
            (bool, _text(bool.__repr__)),
            (int, _integer),
            (float, _text(float.__repr__)),
            (complex, _text(complex.__repr__)),
            (str, _string),
            (bytes, _bytes),
            (bytearray, _bytearray),
            (list, _list),
            (tuple, _tuple),
            (dict, _dict),
            (set, _set),
            (frozenset, _set),
            (deque, _deque),
            (defaultdict, _default_dict),
            (Counter, _counter),
            (OrderedDict, _ordered_dict),
            (type({}.keys()), _view),
            (type({}.values()), _view),
            (type({}.items()), _view),
            (types.MappingProxyType, _mapping_proxy),
            (types.SimpleNamespace, _namespace),
            (type, _text(type.__repr__)),
            (types.ModuleType, _module),
            (types.MethodType, _method),
            (BaseException, _exception),
            (functools.partial, _partial),
            (weakref.ref, _weak_reference),
        ],
    )
}


def generated_writer(implementation: object) -> Writer | None:
    """Return the writer for a `__repr__` that `namedtuple`, `dataclass` or attrs wrote; None for any other."""
    if type(implementation) is not types.FunctionType:
        return None
    if implementation.__code__.co_filename.startswith("<attrs generated "):
        return _attrs
    if implementation.__code__.co_qualname == "namedtuple.<locals>.__repr__":
        return _named_tuple
    if implementation.__code__.co_name == "wrapper":
        wrapped = (instance_attributes(implementation) or {}).get("__wrapped__")
        if type(wrapped) is types.FunctionType and wrapped.__code__.co_filename == "<string>":
            return _dataclass
    return None
