"""Whose dict, tuple or cell a container is: `cart.items` instead of an entry in a nameless dict.

A reference often goes through a container that no one wrote down: the dict of an instance, a class or a module, the
tuple of a function's defaults or of an exception's arguments, the cell of a captured variable. The tree shows the owner
in its place, and the label says how the owner comes to the object.

The reference stays one, however many own the container: the first owner's edge counts it, the others' count 0 and say
what they share. A cell belongs to each function that captured the variable and to the frame where it is a local; the
functions come first, since a frame ends and they stay.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from functools import _lru_cache_wrapper, partial
from types import CellType, FunctionType
from typing import Any, Final, cast

from ..attributes import type_mro, type_namespace, type_qualname
from ..frame_layout import variable_names
from ..records import record, replace
from ..typenames import local_qualname, plain_text
from . import layout
from .contents import cached_function_name, joined, keys_with, positions
from .edges import EdgeKind, Finding
from .plain_text import subscript
from .suspended import SUSPENDABLE, is_running_generator, names_of_cells

# How an owner comes to `target` through its `container`.
Namer = Callable[[Any, object], list[Finding]]
_type_bases: Final = type.__dict__["__bases__"].__get__
_exception_args: Final = BaseException.__dict__["args"].__get__
_partial_args: Final = partial.__dict__["args"].__get__
_function_builtins: Final = FunctionType.__dict__["__builtins__"].__get__
_partial_keywords: Final = partial.__dict__["keywords"].__get__


@record
class Owner:
    """`holder` owns a container; `namer` labels what is in that container as the holder's."""

    holder: object
    namer: Namer


class Owners:
    """The owners of some containers: among `parents`, or, without these, found by asking the collector."""

    def __init__(
        self, containers: list[object], parents: list[object] | None, is_hidden: Callable[[object], bool]
    ) -> None:
        self._owners: dict[int, list[Owner]] = {}
        self._wanted = {id(container) for container in containers}
        self._is_hidden = is_hidden
        self._seeks_cells = any(type(container) is CellType for container in containers)
        if parents is None and containers:
            self._ask_collector(containers)
        for parent in parents or ():
            self._add_parent(parent)
            if self._seeks_cells and type(parent) is FunctionType:
                self._add_closure(parent)

    def of(self, container: object) -> list[Owner]:
        """Return the owners of one container."""
        return self._owners.get(id(container), [])

    def _ask_collector(self, containers: list[object]) -> None:
        # Tuples that hold a wanted cell: closures, perhaps.
        closures: list[tuple[object, ...]] = []
        for parent in gc.get_referrers(*containers):
            self._add_parent(parent)
            if self._seeks_cells and type(parent) is tuple:
                closures.append(parent)
        if closures:
            for function in gc.get_referrers(*closures):
                if type(function) is FunctionType:
                    self._add_closure(function)

    def _own(self, container: object, holder: object, namer: Namer) -> None:
        if id(container) in self._wanted:
            self._owners.setdefault(id(container), []).append(Owner(holder, namer))

    def _add_parent(self, parent: object) -> None:
        if self._is_hidden(parent):
            return
        cls = type(parent)
        if cls is FunctionType:
            self._add_function(cast(FunctionType, parent))
        elif issubclass(cls, type):
            self._add_class(cast(type, parent))
        elif issubclass(cls, BaseException):
            self._own(_exception_args(parent), parent, _through(".args"))
        elif issubclass(cls, partial):
            self._own(_partial_args(parent), parent, _through(".args"))
            self._own(_partial_keywords(parent), parent, _through(".keywords"))
        elif issubclass(cls, _lru_cache_wrapper):
            for container in gc.get_referents(parent):
                if type(container) is dict and id(container) != layout.instance_dict_address(parent):
                    self._own(container, parent, _cache_namer(parent))
        elif any(cls is kind for kind in SUSPENDABLE):
            self._add_suspended(parent)
        if cls is not FunctionType and layout.instance_dict_address(parent) in self._wanted:
            self._owners.setdefault(layout.instance_dict_address(parent), []).append(Owner(parent, _attribute))

    def _add_function(self, function: FunctionType) -> None:
        defaults, keyword_defaults = function.__defaults__, function.__kwdefaults__
        not_owned = {id(function.__globals__), id(_function_builtins(function)), id(function.__closure__)}
        self._own(defaults, function, _default_namer(function))
        self._own(keyword_defaults, function, _keyword_default_namer(function))
        self._own(function.__closure__, function, _closure_namer(function))
        for container in gc.get_referents(function):
            if container is defaults or container is keyword_defaults or id(container) in not_owned:
                continue
            if id(container) == layout.instance_dict_address(function):
                self._own(container, function, _attribute)
            else:
                self._own(container, function, _annotation_namer(function))

    def _add_class(self, cls: type) -> None:
        name = local_qualname(type_qualname(cls))
        self._own(type_mro(cls), cls, _fixed(EdgeKind.TYPE, f"in the __mro__ of {name}"))
        self._own(_type_bases(cls), cls, _fixed(EdgeKind.TYPE, f"among the bases of {name}"))
        for namespace in gc.get_referents(type_namespace(cls)):
            self._own(namespace, cls, _class_attribute)

    def _add_suspended(self, holder: object) -> None:
        if is_running_generator(holder):
            return
        names = names_of_cells(holder)
        for cell in gc.get_referents(holder):
            if type(cell) is CellType:
                self._own(cell, holder, _fixed(EdgeKind.LOCAL, names.get(id(cell), "captured local")))

    def _add_closure(self, function: FunctionType) -> None:
        """Own cells through the closure: the tuple of a function's captured variables."""
        if self._is_hidden(function):
            return
        for place, cell in enumerate(function.__closure__ or ()):
            if type(cell) is CellType and id(cell) in self._wanted:
                label = _closure_label(function, place)
                step = f".__closure__[{place}].cell_contents"
                self._own(cell, function, _fixed(EdgeKind.CLOSURE, label, step))


def shared(finding: Finding, what: str) -> Finding:
    """Return the finding of a further owner: the reference is counted already."""
    return replace(finding, count=0, label=f"{finding.label} (same {what})")


def keys_of(mapping: dict[Any, Any], target: object) -> list[str]:
    """Return the names, keys that are strings, under which `mapping` has `target`."""
    _, keys = keys_with(mapping, target, sys.maxsize)
    return [plain_text(key) for key in keys if _is_text(key)]


def _is_text(key: object) -> bool:
    return issubclass(type(key), str)


def _attribute(mapping: dict[Any, Any], target: object) -> list[Finding]:
    names = keys_of(mapping, target)
    step = f".{names[0]}" if names and names[0].isidentifier() else None
    return joined(EdgeKind.ATTRIBUTE, [f".{name}" for name in names], len(names), step)


def _class_attribute(mapping: dict[Any, Any], target: object) -> list[Finding]:
    names = keys_of(mapping, target)
    label = f"class attribute {', '.join(names[:3])}"
    return joined(EdgeKind.CLASS_ATTRIBUTE, [label] * min(1, len(names)), len(names), f".{names[0]}" if names else None)


def _fixed(kind: EdgeKind, label: str, step: str | None = None) -> Namer:
    def namer(container: Any, target: object) -> list[Finding]:
        if type(container) is tuple:
            return [Finding(kind, label, len(positions(container, target)), step)]
        return [Finding(kind, label, 1, step)]

    return namer


def _through(member: str) -> Namer:
    """Name items of a container that is itself a public attribute."""

    def namer(container: Any, target: object) -> list[Finding]:
        if type(container) is dict:
            places = [subscript(key) for key in container if container[key] is target]
        else:
            places = [(f"[{place}]", f"[{place}]") for place in positions(container, target)]
        steps = [f"{member}{step}" if step else None for _, step in places]
        return joined(EdgeKind.ITEM, [f"{member}{text}" for text, _ in places], len(places), (steps or [None])[0])

    return namer


def _cache_namer(wrapper: object) -> Namer:
    label = f"cached result of {cached_function_name(wrapper)}"

    def namer(container: Any, target: object) -> list[Finding]:
        total = len(positions(dict.values(container), target))
        return joined(EdgeKind.INTERNAL, [label] * min(1, total), total)

    return namer


def _default_namer(function: FunctionType) -> Namer:
    name, code = local_qualname(function.__qualname__), function.__code__

    def namer(container: tuple[object, ...], target: object) -> list[Finding]:
        names = (variable_names(code) or code.co_varnames)[: code.co_argcount]
        offset = len(names) - len(container)
        places = positions(container, target)
        owners = [names[offset + place] if 0 <= offset + place < len(names) else "?" for place in places]
        step = f".__defaults__[{places[0]}]" if places else None
        label = f"default argument {', '.join(owners)} of {name}()"
        return joined(EdgeKind.DEFAULT, [label] * min(1, len(places)), len(places), step)

    return namer


def _keyword_default_namer(function: FunctionType) -> Namer:
    name = local_qualname(function.__qualname__)

    def namer(container: dict[Any, Any], target: object) -> list[Finding]:
        keys = keys_of(container, target)
        label = f"default argument {', '.join(keys)} of {name}()"
        step = f".__kwdefaults__[{keys[0]!r}]" if keys else None
        return joined(EdgeKind.DEFAULT, [label] * min(1, len(keys)), len(keys), step)

    return namer


def _closure_namer(function: FunctionType) -> Namer:
    def namer(container: tuple[object, ...], cell: object) -> list[Finding]:
        return [
            Finding(EdgeKind.CLOSURE, _closure_label(function, place), 1, f".__closure__[{place}]")
            for place in positions(container, cell)
        ]

    return namer


def _closure_label(function: FunctionType, place: int) -> str:
    """Return what to call the captured variable at `place` in the closure of `function`."""
    names = variable_names(function.__code__)
    count = len(function.__closure__ or ())
    free = function.__code__.co_freevars if names is None else names[len(names) - count :]
    return f"closure cell {free[place]} of {local_qualname(function.__qualname__)}"


def _annotation_namer(function: FunctionType) -> Namer:
    label = f"annotation of {local_qualname(function.__qualname__)}()"

    def namer(container: Any, target: object) -> list[Finding]:
        if type(container) is dict:
            total = len(positions(dict.values(container), target))
        elif type(container) is tuple:
            total = len(positions(container, target))
        else:
            return []
        return joined(EdgeKind.INTERNAL, [label] * min(1, total), total)

    return namer
