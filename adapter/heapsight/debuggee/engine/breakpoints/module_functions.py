"""The functions that modules lead to: through classes, decorators, closures, and objects that wrap functions.

Objects are read through the collector, which asks them nothing. Data is not looked through: what a program keeps in a
large container is not what its modules define.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MethodType, ModuleType

from ...attributes import module_dict
from ...traversal import referents

Namespace = dict[str, object]

_LEADS_TO_FUNCTIONS = frozenset(
    map(
        id,
        (
            dict,
            list,
            tuple,
            type,
            property,
            staticmethod,
            classmethod,
            CellType,
            FunctionType,
            MethodType,
            BuiltinFunctionType,
        ),
    )
)
_CONTAINERS = frozenset(map(id, (dict, list, tuple)))
_LARGEST_CONTAINER = 5_000
_MOST_OBJECTS = 200_000

_code_of: Callable[[FunctionType], CodeType] = FunctionType.__dict__["__code__"].__get__


def all_namespaces() -> list[Namespace]:
    """Return the namespaces of all modules that are loaded."""
    modules = list(sys.modules.values())
    return [module_dict(module) for module in modules if issubclass(type(module), ModuleType)]


def namespaces_of_file(is_file: Callable[[str], bool]) -> list[Namespace]:
    """Return the namespaces of the modules whose `__file__` is one that `is_file` accepts."""
    found = []
    for namespace in all_namespaces():
        name = namespace.get("__file__")
        if type(name) is str and is_file(name):
            found.append(namespace)
    return found


def code_of_functions_in(namespaces: Sequence[Namespace]) -> list[CodeType]:
    """Return the code objects of the functions that `namespaces` lead to without going through another module."""
    codes: list[CodeType] = []
    # What every function refers to, and would lead everywhere.
    seen = {id(namespace) for namespace in all_namespaces()}
    waiting: list[object] = []

    def take(objects: Iterable[object]) -> None:
        for one in objects:
            if id(one) not in seen and _may_lead_on(one):
                seen.add(id(one))
                waiting.append(one)

    def take_values(namespace: Namespace) -> None:
        # A wrapper of any type, such as a command that was made of a function, leads to it in one step.
        for value in list(namespace.values()):
            if id(type(value)) in _CONTAINERS or _may_lead_on(value):
                take((value,))
            else:
                take(referents([value]))

    for namespace in namespaces:
        take_values(namespace)
    while waiting and len(seen) < _MOST_OBJECTS:
        current = waiting.pop()
        if type(current) is FunctionType:
            codes.append(_code_of(current))
        found = referents([current])
        if issubclass(type(current), type):
            for one in found:
                if type(one) is dict:
                    take_values(one)
        take(found)
    return codes


def _may_lead_on(one: object) -> bool:
    kind = type(one)
    if id(kind) in _CONTAINERS:
        return len(one) <= _LARGEST_CONTAINER  # type: ignore[arg-type]
    return id(kind) in _LEADS_TO_FUNCTIONS or issubclass(kind, type)
