"""What one object refers to, each reference with its kind and label, as docs/snapshot-format.md has them.

A reference is told once for each time that it is held. What the collector's traversal reports is the measure: rules for
each type of the interpreter put names to it, and what no rule names is internal. Where a traversal is known to pass
over something (keys of dicts, code objects, types of the interpreter itself), the rules are what counts.
"""

from __future__ import annotations

import ctypes
import gc
from collections import deque
from collections.abc import Callable, Iterable
from functools import _lru_cache_wrapper
from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CellType,
    CodeType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodType,
    ModuleType,
)
from typing import Any, Final, cast

from ...attributes import (
    READS_INLINE,
    instance_attributes,
    is_python_class,
    module_dict,
    type_mro,
    type_name,
    type_namespace,
    type_qualname,
)
from ...frame_layout import HIDDEN, FrameSlots, frame_slots, generator_slots, names_and_kinds
from ...typenames import plain_text
from .. import layout
from ..suspended import SUSPENDABLE, code_of, is_running_generator
from .fields import (
    FRAME_FIELDS,
    Members,
    array_references,
    caches_of_code,
    fields_of,
    hidden_parts_of_class,
    is_array_type,
    keeps_code,
    type_cache,
    words_at,
)
from .kinds import ATTRIBUTE, INTERNAL, ITEM, KEY, LOCAL, MEMBER, STACK, TYPE, VALUE

# kind; label: a name, an index, the key itself of a value in a dict, None; what is referred to.
Reference = tuple[int, object, object]
Rule = Callable[[Any], list[Reference]]

_HAVE_GC: Final = 1 << 14
_KEYS_OF_DICT: Final = 4 * layout.WORD  # after header, used, version
_KIND_OF_KEYS: Final = layout.WORD + 2
_GENERAL_KEYS: Final = 0
_MISSING: Final = object()


def references(obj: object) -> list[Reference]:
    """Return the outgoing references of `obj`; no code of the program's is run, and nothing is made that stays."""
    return References().of(obj)


class References:
    """Outgoing references, remembering what each type has. Keep it no longer than one walk: it is keyed by address."""

    def __init__(self) -> None:
        self._plans: dict[int, _Plan] = {}

    def of(self, obj: object) -> list[Reference]:
        """Return the outgoing references of `obj`."""
        cls = type(obj)
        exact = _EXACT.get(id(cls))
        if exact is not None:
            return exact(obj)
        plan = self._plans.get(id(cls))
        if plan is None:
            plan = self._plans[id(cls)] = _Plan(cls)
        return plan.references(obj)


class _Plan:
    """How to find what instances of one type refer to."""

    __slots__ = (
        "_cls", "_fields", "_has_collector", "_is_cache", "_is_module", "_is_python", "_is_suspendable", "_members",
        "_named", "_own_members", "_told",
    )  # fmt: skip

    def __init__(self, cls: type) -> None:
        self._cls = cls
        self._is_python = is_python_class(cls)
        self._is_module = issubclass(cls, ModuleType)
        self._has_collector = bool(layout.type_flags(cls) & _HAVE_GC)
        bases = type_mro(cls)
        self._is_cache = issubclass(cls, _lru_cache_wrapper)
        self._told = [_TOLD_BY_RULE[id(base)] for base in bases if id(base) in _TOLD_BY_RULE]
        if any(map(is_array_type, bases)):
            self._told.append(array_references)
        self._fields = fields_of(bases)
        self._is_suspendable = any(cls is one for one in SUSPENDABLE)
        # Attributes tell what fields would, where these cannot be read.
        self._named = [] if self._fields else [_NAMED[id(base)] for base in bases if id(base) in _NAMED]
        # What generators have for members is known by their fields.
        self._members = Members(() if self._is_suspendable and self._fields else bases)
        # Of these the traversal, if there is one, says nothing.
        told = [one for one in bases if self._is_module and is_python_class(one)] if self._has_collector else bases
        self._own_members = Members(tuple(told))

    def references(self, obj: object) -> list[Reference]:
        found = [one for rule in self._told for one in rule(obj)]
        found += [(ATTRIBUTE, name, target) for name, target in self._own_members.objects(obj)]
        visited = self._visited(obj)
        keeps_keys = issubclass(self._cls, dict) and not visits_keys(cast("dict[object, object]", obj))
        for kind, _, target in found:
            if not (keeps_keys and kind == KEY):
                _take(visited, target)
        if (hidden := layout.hidden_dict(obj)) is not None:
            found.append((ATTRIBUTE, "__dict__", hidden))
        if self._is_python:  # each of its instances has a reference to it, told by the traversal or not
            _take(visited, self._cls)
            found.append((TYPE, None, self._cls))
        if visited:
            found += self._addressed(obj, visited)
            if self._is_suspendable and is_running_generator(obj):
                return found  # its frame is one that a thread tells of
            found += [one for one in self._candidates(obj, visited) if _take(visited, one[2])]
        if visited:
            found += [(INTERNAL, "", target) for count, target in visited.values() for _ in range(count)]
        return found

    def _visited(self, obj: object) -> dict[int, tuple[int, object]]:
        """Return what the traversal of `obj` comes to: address → (how often, object)."""
        visited: dict[int, tuple[int, object]] = {}
        if self._is_module:
            # See `traversal.py`: of a module only the namespace, which its rule tells, and what is the type's.
            return visited
        for target in gc.get_referents(obj):
            known = visited.get(id(target))
            visited[id(target)] = (1, target) if known is None else (known[0] + 1, target)
        if self._is_cache:
            # A cache reports the type of its entries for each of these, which have a reference to it themselves.
            for address, (_, target) in list(visited.items()):
                if _is_entry_type(target):
                    visited[address] = (1, target)
        return visited

    def _addressed(self, obj: object, visited: dict[int, tuple[int, object]]) -> Iterable[Reference]:
        """Yield the fields and members that the traversal has reported, by their places in `obj`."""
        for kind, name, address in words_at(obj, self._fields):
            known = visited.get(address)
            if known is not None and _take(visited, known[1]):
                yield kind, name, known[1]
        for name, address in self._members.addresses(obj):
            known = visited.get(address)
            if known is not None and _take(visited, known[1]):
                yield ATTRIBUTE, name, known[1]

    def _candidates(self, obj: object, visited: dict[int, tuple[int, object]]) -> Iterable[Reference]:
        """Yield what `obj` may refer to under which name; the traversal says which of it is so."""
        for rule in self._named:
            yield from rule(obj)
        if self._is_suspendable:
            yield from _suspended(obj)
        known = visited.get(layout.instance_dict_address(obj))
        if known is not None:
            yield ATTRIBUTE, "__dict__", known[1]
        if layout.keeps_values(obj, self._cls):
            for name, value in (instance_attributes(obj) or {}).items():
                yield ATTRIBUTE, name, value


def visits_keys(mapping: dict[Any, Any]) -> bool:
    """Say whether the traversal of a dict visits its keys: not where all of them are strings."""
    if not READS_INLINE:
        return any(type(key) is not str for key in dict.keys(mapping))
    keys_at = ctypes.c_size_t.from_address(id(mapping) + _KEYS_OF_DICT).value
    return ctypes.c_uint8.from_address(keys_at + _KIND_OF_KEYS).value == _GENERAL_KEYS


def _take(visited: dict[int, tuple[int, object]], target: object) -> bool:
    """Take one reference to `target` out of `visited`; False where there is none (any more)."""
    known = visited.get(id(target))
    if known is None:
        return False
    if known[0] == 1:
        del visited[id(target)]
    else:
        visited[id(target)] = (known[0] - 1, target)
    return True


def _read(member: Any, obj: object) -> object:
    try:
        return member.__get__(obj)
    except (AttributeError, TypeError, ValueError):
        return _MISSING


def _sequence(iterate: Callable[[Any], Iterable[object]]) -> Rule:
    def rule(holder: Any) -> list[Reference]:
        return [(ITEM, index, item) for index, item in enumerate(list(iterate(holder)))]

    return rule


def _deque(holder: deque[Any]) -> list[Reference]:
    found: list[Reference] = [(ITEM, index, item) for index, item in enumerate(list(holder))]
    return [*found, (TYPE, None, deque)] if is_python_class(deque) else found


def _set(iterate: Callable[[Any], Iterable[object]]) -> Rule:
    def rule(holder: Any) -> list[Reference]:
        return [(MEMBER, None, item) for item in list(iterate(holder))]

    return rule


def dict_references(holder: dict[Any, Any]) -> list[Reference]:
    """Return the references of a dict. Keys that a class has for all its instances are not the dict's own."""
    if layout.is_hidden_dict(holder):
        return []  # the instance has the values
    items = list(dict.items(holder))
    if layout.has_shared_keys(holder):
        return [(VALUE, key, value) for key, value in items]
    found: list[Reference] = []
    for key, value in items:
        found.append((KEY, None, key))
        found.append((VALUE, key, value))
    return found


def _cell(holder: CellType) -> list[Reference]:
    try:
        return [(ATTRIBUTE, "cell_contents", holder.cell_contents)]
    except ValueError:
        return []


def _code(holder: CodeType) -> list[Reference]:
    found: list[Reference] = [(ATTRIBUTE, name, getattr(holder, name)) for name in _CODE_PARTS]
    for name, part in zip(("co_localsplusnames", "co_localspluskinds"), names_and_kinds(holder) or (), strict=False):
        found.append((INTERNAL, name, part))
    return [*found, *caches_of_code(holder)]


_CODE_PARTS: Final = (
    "co_consts", "co_names", "co_filename", "co_name", "co_qualname", "co_linetable", "co_exceptiontable",
)  # fmt: skip
_FUNCTION_PARTS: Final = (
    "__code__", "__globals__", "__builtins__", "__defaults__", "__kwdefaults__", "__closure__", "__name__",
    "__qualname__", "__doc__", "__module__",
)  # fmt: skip
_type_bases: Final = type.__dict__["__bases__"].__get__
_type_base: Final = type.__dict__["__base__"].__get__


def _function(holder: FunctionType) -> list[Reference]:
    read = ((name, _read(vars(FunctionType)[name], holder)) for name in _FUNCTION_PARTS)
    parts = [(ATTRIBUTE, name, part) for name, part in read if part is not None or name == "__doc__"]
    return [*parts, *((ATTRIBUTE, "__annotations__", one) for one in _annotations(holder))]


def _annotations(holder: FunctionType) -> list[object]:
    """Return the tuple or dict of annotations of a function, found by leaving out what else it has."""
    named = {id(_read(vars(FunctionType)[name], holder)) for name in _FUNCTION_PARTS}
    named.add(layout.instance_dict_address(holder))
    return [one for one in gc.get_referents(holder) if id(one) not in named and type(one) in (tuple, dict)]


def _method(holder: MethodType) -> list[Reference]:
    return [(ATTRIBUTE, "__self__", holder.__self__), (ATTRIBUTE, "__func__", holder.__func__)]


def _builtin(holder: BuiltinFunctionType) -> list[Reference]:
    return [(ATTRIBUTE, "__self__", holder.__self__), (ATTRIBUTE, "__module__", holder.__module__)]


def _module(holder: ModuleType) -> list[Reference]:
    namespace = module_dict(holder)
    return [] if namespace is None else [(ATTRIBUTE, "__dict__", namespace)]


def _class(holder: type) -> list[Reference]:
    found: list[Reference] = [(ATTRIBUTE, "__dict__", namespace) for namespace in _namespaces(holder)]
    found += [(ATTRIBUTE, "__mro__", type_mro(holder)), (ATTRIBUTE, "__bases__", _type_bases(holder))]
    if is_python_class(holder):  # another one borrows its base
        found.append((ATTRIBUTE, "__base__", _type_base(holder)))
        found += [(ATTRIBUTE, "__name__", type_name(holder)), (ATTRIBUTE, "__qualname__", type_qualname(holder))]
    return [*found, *type_cache(holder), *hidden_parts_of_class(holder)]


def _namespaces(holder: type) -> list[object]:
    return [one for one in gc.get_referents(type_namespace(holder)) if issubclass(type(one), dict)]


def _exception(holder: BaseException) -> list[Reference]:
    return [(ATTRIBUTE, name, getter(holder)) for name, getter in _EXCEPTION_GETTERS.items()]


_EXCEPTION_GETTERS: Final[dict[str, Callable[[BaseException], object]]] = {
    name: BaseException.__dict__[name].__get__ for name in ("args", "__cause__", "__context__", "__traceback__")
}


def _suspended(holder: Any) -> list[Reference]:
    """Return what the frame of a suspended generator, or of one that has ended, holds."""
    code = code_of(holder)
    slots = frame_slots(holder) if type(holder) is FrameType else generator_slots(holder, code)
    if slots is None:
        return []
    objects = {id(one): one for one in gc.get_referents(holder)}
    found = slot_references(slots, code, objects)
    found += [(kind, name, objects[at]) for kind, name, at in words_at(holder, FRAME_FIELDS) if at in objects]
    return found


def slot_references(slots: FrameSlots, code: CodeType, objects: dict[int, object]) -> list[Reference]:
    """Return what a frame holds of `objects`, which are by address."""
    found: list[Reference] = []
    for name, kind, address in zip(slots.names, slots.kinds, slots.variables, strict=True):
        if address in objects:
            found.append((INTERNAL if kind & HIDDEN else LOCAL, name, objects[address]))
    found += [(STACK, "", objects[address]) for address in slots.stack if address in objects]
    for label, address in (("function", slots.function), ("namespace", slots.namespace)):
        if address in objects:
            found.append((STACK, label, objects[address]))
    found.append((STACK, "code", code))
    return found


def _kept_code(holder: Any) -> list[Reference]:
    """Return the code that a generator still has when it has come to its end, and does not report (3.12+)."""
    return [(INTERNAL, "code", code_of(holder))] if keeps_code(holder) else []


def _is_entry_type(obj: object) -> bool:
    return type(obj) is type and plain_text(type_qualname(obj)) == "_lru_list_elem"


# Types whose own rule tells all, and more than the traversal does.
_EXACT: Final[dict[int, Rule]] = {
    id(list): _sequence(list.__iter__),
    id(tuple): _sequence(tuple.__iter__),
    id(deque): _deque,
    id(set): _set(set.__iter__),
    id(frozenset): _set(frozenset.__iter__),
    id(dict): dict_references,
    id(CellType): _cell,
    id(CodeType): _code,
    **{id(kind): lambda holder: [] for kind in (str, bytes, bytearray, int, float, complex, bool, type(None))},
}
# Of subclasses of these: what the rule tells is so, whether the traversal visits it or not.
_TOLD_BY_RULE: Final[dict[int, Rule]] = {
    id(list): _sequence(list.__iter__),
    id(tuple): _sequence(tuple.__iter__),
    id(deque): _sequence(deque.__iter__),
    id(set): _set(set.__iter__),
    id(frozenset): _set(frozenset.__iter__),
    id(dict): dict_references,
    id(ModuleType): _module,
    id(type): _class,
    id(GeneratorType): _kept_code,
    id(CoroutineType): _kept_code,
    id(AsyncGeneratorType): _kept_code,
}
_NAMED: Final[dict[int, Rule]] = {
    id(FunctionType): _function,
    id(MethodType): _method,
    id(BuiltinFunctionType): _builtin,
    id(BaseException): _exception,
}
