"""Which presenter shows which class: one line each.

A class is recognised by its name, and by being what its library, if the program has loaded it, calls by that name. So
nothing is imported that the program has not imported, no object is asked anything, and a class of the user's that
bears such a name is not mistaken. A presenter's own file is loaded when the first of its values is shown.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import cast

from ...attributes import module_dict, type_module, type_mro, type_name, type_namespace
from .presentation import Presentation

# (the library's module, its class): our file, and the presentation in it.
_TABLE: dict[tuple[str, str], tuple[str, str]] = {
    ("numpy", "ndarray"): ("numpy_arrays", "ARRAY"),
    ("numpy.ma", "MaskedArray"): ("numpy_masked", "MASKED_ARRAY"),
    ("numpy", "void"): ("numpy_arrays", "RECORD"),
    ("numpy", "generic"): ("numpy_arrays", "SCALAR"),
    ("pandas", "DataFrame"): ("pandas_tables", "DATA_FRAME"),
    ("pandas", "Series"): ("pandas_tables", "SERIES"),
    ("pandas", "Index"): ("pandas_tables", "INDEX"),
    ("pandas", "Categorical"): ("pandas_tables", "CATEGORICAL"),
    ("pandas.api.extensions", "ExtensionArray"): ("pandas_tables", "EXTENSION_ARRAY"),
    ("polars", "DataFrame"): ("polars_tables", "DATA_FRAME"),
    ("polars", "Series"): ("polars_tables", "SERIES"),
    ("torch", "Tensor"): ("torch_tensors", "TENSOR"),
    ("torch.nn", "Module"): ("torch_modules", "MODULE"),
    ("pydantic.main", "BaseModel"): ("pydantic_models", "MODEL"),
}
# The modules that have a class of that name.
_MODULES_OF: dict[str, list[str]] = {}
for _module, _name in _TABLE:
    _MODULES_OF.setdefault(_name, []).append(_module)


def presentation_of(cls: type) -> Presentation | None:
    """Return how instances of `cls` are shown; None for classes that no presenter knows."""
    found = recognise(cls)
    return found[0] if found is not None else None


def recognise(cls: type) -> tuple[Presentation, type] | None:
    """Return the presentation for `cls`, and which of its bases it is for."""
    for base in type_mro(cls):
        name = type_name(base)
        for module in _MODULES_OF.get(name, ()):
            if _is_theirs(base, module, name):
                file, constant = _TABLE[module, name]
                return cast(Presentation, getattr(import_module(f"{__package__}.{file}"), constant)), base
    return None


def presentation_of_repr(cls: type) -> Presentation | None:
    """Return the presentation for `cls` where the library's own `__repr__` would say what an instance is."""
    found = recognise(cls)
    if found is None:
        return None
    speaker = next(base for base in type_mro(cls) if "__repr__" in type_namespace(base))
    return found[0] if _library_of(speaker) in {_library_of(found[1]), "builtins"} else None


def classes_of_library(cls: type, known: type) -> list[type]:
    """Return the bases of `cls` that come from the library of `known`, and those above it."""
    mro, library = type_mro(cls), _library_of(known)
    return [base for base in mro if _library_of(base) == library or any(base is one for one in type_mro(known))]


def _library_of(cls: type) -> str:
    try:
        module = type_module(cls)
    except AttributeError:  # deleted from the class
        return ""
    return module.partition(".")[0] if type(module) is str else ""


def _is_theirs(cls: type, module: str, name: str) -> bool:
    library = sys.modules.get(module)
    # Its namespace, not its attributes: a module may define `__getattr__`, and import more.
    return issubclass(type(library), ModuleType) and dict.get(module_dict(cast(ModuleType, library)), name) is cls
