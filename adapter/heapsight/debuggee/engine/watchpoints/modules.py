"""Modules and their namespaces, without asking a module of the program's for anything."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import cast

from ...own import PACKAGE_FOLDER


def namespace_of(module: object) -> dict[str, object] | None:
    """Return the dict of a module of the program's; None for what is no module, and for one of ours."""
    if not issubclass(type(module), ModuleType):
        return None
    namespace: object = object.__getattribute__(module, "__dict__")
    if type(namespace) is not dict:
        return None
    found = cast("dict[str, object]", namespace)
    file = found.get("__file__")
    # Before the program begins, `__main__` is the debugger's own.
    return None if type(file) is str and file.startswith(PACKAGE_FOLDER) else found


def module_of(namespace: dict[str, object]) -> ModuleType | None:
    """Return the module that a dict is the namespace of, if it can be imported by the name that it gives itself."""
    name = namespace.get("__name__")
    module = sys.modules.get(name) if type(name) is str else None
    return module if module is not None and namespace_of(module) is namespace else None
