"""Names for an import statement: modules that are loaded, and files that could be, without importing anything."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any, cast

from ...attributes import module_dict
from .namespaces import text_keys


def modules_in(package: str) -> set[str]:
    """Return the names of modules in a package; those of the top level for ""."""
    prefix = f"{package}." if package else ""
    names = list(sys.modules)
    found = {name[len(prefix) :].partition(".")[0] for name in names if type(name) is str and name.startswith(prefix)}
    if not package:
        found.update(sys.builtin_module_names)
    for folder in _folders_of(package):
        found.update(_modules_among(folder))
    return {name for name in found if name.isidentifier()}


def _folders_of(package: str) -> list[str]:
    """Return where the modules of a package are, also of one that is not loaded."""
    top = [folder for folder in sys.path if type(folder) is str]
    if not package:
        return top
    paths = names_in(package).get("__path__")
    if type(paths) is list:
        return [folder for folder in paths if type(folder) is str]
    return [os.path.join(folder, *package.split(".")) for folder in top]


def names_in(module: str) -> dict[str, object]:
    """Return the names that a loaded module has; {} for one that is not loaded."""
    found: Any = sys.modules.get(module)
    return text_keys(cast(Any, module_dict(found))) if issubclass(type(found), ModuleType) else {}


def _modules_among(folder: str) -> Iterable[str]:
    try:
        with os.scandir(folder or ".") as entries:
            for entry in entries:
                name, dot, ending = entry.name.partition(".")
                if (not dot and entry.is_dir()) or ending == "py" or ending.endswith(("so", "pyd")):
                    yield name
    except OSError:  # a folder that is not there, or a zip file
        return
