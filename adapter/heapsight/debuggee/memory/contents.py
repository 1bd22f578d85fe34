"""In which ways a container refers to an object: the label of each reference, as a person would write it.

Every type of the interpreter has its rule, keyed by its address (types may have metaclasses with a `__hash__` of their
own). Members are compared by identity only, read through the base types' own iterators and descriptors. What the
collector's traversal finds beyond the rules is reported as internal to the holder's type.
"""

from __future__ import annotations

import gc
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from functools import _lru_cache_wrapper
from itertools import compress, count, repeat
from operator import is_
from types import (
    BuiltinFunctionType,
    CellType,
    CodeType,
    FunctionType,
    MappingProxyType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any, Final

from ..attributes import (
    instance_attributes,
    is_python_class,
    slot_values,
    type_mro,
    type_name,
    type_namespace,
    type_qualname,
)
from ..traversal import referents
from ..typenames import local_qualname, module_namespace, plain_text
from . import layout, native_heap
from .edges import EdgeKind, Finding
from .native_heap import ITEM, KEY, MEMBER, VALUE
from .plain_text import subscript
from .suspended import SUSPENDABLE, suspended_findings

Rule = Callable[[Any, object], list[Finding]]
_MOST_LABELS: Final = 5
# Their rules find every reference, so that the traversal need not be asked again.
_EXACT: Final = frozenset(map(id, (list, tuple, set, frozenset, dict, deque, CellType, CodeType)))


def traversed_count(holder: object, target: object) -> int:
    """Return how often the collector's traversal of `holder` comes to `target`."""
    if native_heap.module is not None:
        visits: int = native_heap.module.visits(holder, target)
        return visits
    return sum(map(is_, referents([holder]), repeat(target)))


def find_in(holder: object, target: object) -> list[Finding]:
    """Return how `holder` refers to `target`; the counts sum up to the references that it holds."""
    cls = type(holder)
    found: list[Finding] = []
    for base in type_mro(cls):
        rule = _RULES.get(id(base))
        if rule is not None:
            found += rule(holder, target)
    if id(cls) in _EXACT:
        return found
    expected = traversed_count(holder, target)
    if is_python_class(cls):
        found += _attributes(holder, cls, target)
    missing = expected - sum(finding.count for finding in found)
    if missing > 0:
        members = _members(holder, cls, target, missing)
        found += members
        missing -= sum(finding.count for finding in members)
    if missing > 0 and expected:
        found.append(_internal(holder, cls, target, missing))
    return found


def joined(kind: EdgeKind, labels: list[str], total: int, step: str | None = None) -> list[Finding]:
    """Return one finding for several references of one kind, the first few named; [] for none."""
    if not total:
        return []
    text = ", ".join(labels[:_MOST_LABELS])
    if total > _MOST_LABELS:
        text += f" and {total - _MOST_LABELS:,} more"
    return [Finding(kind, text, total, step)]


def positions(items: Iterable[object], target: object) -> list[int]:
    """Return where `target` itself is among `items`."""
    return list(compress(count(), map(is_, items, repeat(target))))


def _items(kind_of_iterator: Callable[[Any], Iterable[object]]) -> Rule:
    def rule(holder: Any, target: object) -> list[Finding]:
        if native_heap.module is not None:
            total, found = native_heap.module.ways(holder, target, ITEM, _MOST_LABELS)
        else:
            found = positions(kind_of_iterator(holder), target)
            total = len(found)
        first = f"[{found[0]}]" if found else None
        return joined(EdgeKind.ITEM, [f"[{index}]" for index in found[:_MOST_LABELS]], total, first)

    return rule


def _set_members(kind_of_iterator: Callable[[Any], Iterable[object]]) -> Rule:
    def rule(holder: Any, target: object) -> list[Finding]:
        if native_heap.module is not None:
            total: int = native_heap.module.ways(holder, target, MEMBER, 0)[0]
        else:
            total = len(positions(kind_of_iterator(holder), target))
        return [Finding(EdgeKind.MEMBER, "member")] if total else []

    return rule


def _dict(holder: dict[Any, Any], target: object) -> list[Finding]:
    total, keys = keys_with(holder, target, _MOST_LABELS)
    written = [subscript(key) for key in keys]
    found = joined(EdgeKind.ITEM, [text for text, _ in written], total, written[0][1] if written else None)
    if has_key(holder, target):
        found.append(Finding(EdgeKind.KEY, "key"))
    return found


def keys_with(mapping: dict[Any, Any], target: object, most: int) -> tuple[int, list[object]]:
    """Return how many values of a dict `target` is, and the keys of the first of them, `most` at most."""
    if native_heap.module is not None:
        total, keys = native_heap.module.ways(mapping, target, VALUE, most)
        return total, keys
    found = list(compress(dict.keys(mapping), map(is_, dict.values(mapping), repeat(target))))
    return len(found), found[:most]


def has_key(mapping: dict[Any, Any], target: object) -> bool:
    """Say whether `target` is a key of a dict that has keys of its own."""
    if native_heap.module is not None:
        return bool(native_heap.module.ways(mapping, target, KEY, 0)[0])
    return not layout.has_shared_keys(mapping) and bool(positions(dict.keys(mapping), target))


def _ordered_dict_order(holder: Any, target: object) -> list[Finding]:
    # Beside the dict, which has its own rule, a list of the keys in their order.
    return [Finding(EdgeKind.INTERNAL, "key, in the order")] if positions(dict.keys(holder), target) else []


def _function(holder: FunctionType, target: object) -> list[Finding]:
    found = []
    for name in ("__code__", "__defaults__", "__kwdefaults__", "__closure__", "__globals__", "__builtins__"):
        if getattr(holder, name) is target:
            found.append(Finding(EdgeKind.ATTRIBUTE, f".{name}", 1, f".{name}"))
    if layout.instance_dict_address(holder) == id(target):
        found.append(Finding(EdgeKind.ATTRIBUTE, ".__dict__", 1, ".__dict__"))
    return found


def _bound_method(holder: MethodType, target: object) -> list[Finding]:
    function = holder.__func__
    name = local_qualname(function.__qualname__) if type(function) is FunctionType else "?"
    found = []
    if holder.__self__ is target:
        found.append(Finding(EdgeKind.ATTRIBUTE, f"self of bound method {name}", 1, ".__self__"))
    if function is target:
        found.append(Finding(EdgeKind.ATTRIBUTE, f"function of bound method {name}", 1, ".__func__"))
    return found


def _builtin_method(holder: BuiltinFunctionType, target: object) -> list[Finding]:
    if holder.__self__ is not target:
        return []
    return [Finding(EdgeKind.ATTRIBUTE, f"self of bound method {plain_text(holder.__name__)}", 1, ".__self__")]


def _cell(holder: CellType, target: object) -> list[Finding]:
    try:
        inside = holder.cell_contents is target
    except ValueError:
        return []
    return [Finding(EdgeKind.CELL, "cell contents", 1, ".cell_contents")] if inside else []


def _code(holder: CodeType, target: object) -> list[Finding]:
    # The traversal of a code object visits nothing.
    found = []
    if holder.co_consts is target or holder.co_names is target:
        found.append(Finding(EdgeKind.INTERNAL, ".co_consts" if holder.co_consts is target else ".co_names"))
    texts = (holder.co_filename, holder.co_name, holder.co_qualname, holder.co_linetable, holder.co_exceptiontable)
    total = len(positions(texts, target))
    return found + joined(EdgeKind.INTERNAL, ["name, file or table of the code"] * min(total, 1), total)


def _module(holder: ModuleType, target: object) -> list[Finding]:
    is_dict = module_namespace(holder) is target
    return [Finding(EdgeKind.ATTRIBUTE, ".__dict__", 1, ".__dict__")] if is_dict else []


_type_bases: Final = type.__dict__["__bases__"].__get__
_type_base: Final = type.__dict__["__base__"].__get__


def _class(holder: type, target: object) -> list[Finding]:
    found = []
    if type_mro(holder) is target:
        found.append(Finding(EdgeKind.ATTRIBUTE, ".__mro__", 1, ".__mro__"))
    if _type_bases(holder) is target:
        found.append(Finding(EdgeKind.ATTRIBUTE, ".__bases__", 1, ".__bases__"))
    if _type_base(holder) is target:
        found.append(
            Finding(EdgeKind.ATTRIBUTE, f"base class of {local_qualname(type_qualname(holder))}", 1, ".__base__")
        )
    if type(target) is dict and gc.get_referents(type_namespace(holder))[0] is target:
        found.append(Finding(EdgeKind.ATTRIBUTE, ".__dict__", 1, ".__dict__"))
    if type(target) is str and is_python_class(holder):
        names = positions((type_name(holder), type_qualname(holder)), target)
        found += joined(EdgeKind.INTERNAL, ["name of the class"] * min(len(names), 1), len(names))
    return found


def _exception(holder: BaseException, target: object) -> list[Finding]:
    found = []
    for name, getter in _EXCEPTION_GETTERS.items():
        if getter(holder) is target:
            found.append(Finding(EdgeKind.ATTRIBUTE, f".{name}", 1, f".{name}"))
    if layout.instance_dict_address(holder) == id(target):
        found.append(Finding(EdgeKind.ATTRIBUTE, ".__dict__", 1, ".__dict__"))
    return found


_EXCEPTION_GETTERS: Final[dict[str, Callable[[BaseException], object]]] = {
    name: BaseException.__dict__[name].__get__ for name in ("args", "__cause__", "__context__", "__traceback__")
}


def _proxy(holder: MappingProxyType[Any, Any], target: object) -> list[Finding]:
    return [Finding(EdgeKind.INTERNAL, "mappingproxy of it")] if gc.get_referents(holder)[0] is target else []


def _attributes(holder: object, cls: type, target: object) -> list[Finding]:
    """Slots and attributes of an instance of a class made in Python, and the reference to the class."""
    found: list[Finding] = []
    slots = [name for name, value in slot_values(holder).items() if value is target]
    found += joined(EdgeKind.SLOT, [f".{name}" for name in slots], len(slots), f".{slots[0]}" if slots else None)
    if layout.instance_dict_address(holder) == id(target):
        found.append(Finding(EdgeKind.ATTRIBUTE, ".__dict__", 1, ".__dict__"))
    if layout.keeps_values(holder, cls):
        found += own_attributes(holder, target)
    if cls is target:
        found.append(Finding(EdgeKind.TYPE, "type of it"))
    return found


def own_attributes(holder: object, target: object) -> list[Finding]:
    """Return in which instance attributes `holder` has `target`, wherever they are kept."""
    values = instance_attributes(holder) or {}
    names = [name for name, value in values.items() if value is target]
    return joined(EdgeKind.ATTRIBUTE, [f".{name}" for name in names], len(names), f".{names[0]}" if names else None)


def _members(holder: object, cls: type, target: object, most: int) -> list[Finding]:
    """References that types written in C tell through their plain members (`partial.func`, `property.fget` …)."""
    names = []
    for base in type_mro(cls):
        if is_python_class(base):
            continue  # slots, found already
        for name, member in list(type_namespace(base).items()):
            if type(member) is not MemberDescriptorType:
                continue
            try:
                if member.__get__(holder) is target:
                    names.append(name)
            except (AttributeError, TypeError):
                continue
    names = names[:most]
    return joined(EdgeKind.ATTRIBUTE, [f".{name}" for name in names], len(names), f".{names[0]}" if names else None)


def _internal(holder: object, cls: type, target: object, missing: int) -> Finding:
    name = plain_text(type_qualname(cls))
    if issubclass(cls, _lru_cache_wrapper):
        return Finding(EdgeKind.INTERNAL, f"cached result or argument of {cached_function_name(holder)}", missing)
    if type(target) is str and issubclass(cls, (FunctionType, property)):
        return Finding(EdgeKind.INTERNAL, f"name or docstring of the {name}", missing)
    return Finding(EdgeKind.INTERNAL, f"inside {name}", missing)


def cached_function_name(holder: object) -> str:
    """Return the name of the function whose results `holder`, an `lru_cache`, keeps."""
    wrapped = (instance_attributes(holder) or {}).get("__wrapped__")
    return f"{local_qualname(wrapped.__qualname__)}()" if type(wrapped) is FunctionType else "a function"


_RULES: Final[dict[int, Rule]] = {
    id(list): _items(list.__iter__),
    id(tuple): _items(tuple.__iter__),
    id(deque): _items(deque.__iter__),
    id(set): _set_members(set.__iter__),
    id(frozenset): _set_members(frozenset.__iter__),
    id(dict): _dict,
    id(OrderedDict): _ordered_dict_order,
    id(FunctionType): _function,
    id(MethodType): _bound_method,
    id(BuiltinFunctionType): _builtin_method,
    id(CellType): _cell,
    id(CodeType): _code,
    id(ModuleType): _module,
    id(type): _class,
    id(BaseException): _exception,
    id(MappingProxyType): _proxy,
    **{id(kind): suspended_findings for kind in SUSPENDABLE},
}
