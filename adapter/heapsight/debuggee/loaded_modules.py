"""The modules and source files that the program has loaded, and what has come and gone since the client asked."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType

from .attributes import type_mro, type_name, type_namespace
from .originals import allocate_lock

SendEvent = Callable[[str, Mapping[str, object]], None]

_namespace_of: Callable[[ModuleType], Mapping[str, object]] = type_namespace(ModuleType)["__dict__"].__get__  # type: ignore[attr-defined]
_NOTHING: Mapping[str, object] = {}


class LoadedModules:
    """Describes `sys.modules` without running code of the program's: lazy modules stay lazy.

    A client that has asked for modules (or sources) once is told of changes at each stop. Comparing the names costs
    microseconds there, and nothing while the program runs.
    """

    def __init__(self, is_mine: Callable[[CodeType], bool], send_event: SendEvent) -> None:
        self._is_mine = is_mine
        self._send_event = send_event
        self._lock = allocate_lock()
        self._modules: frozenset[str] | None = None
        self._sources: frozenset[str] | None = None
        self._names_then: frozenset[str] = frozenset()

    def modules(self, start: int, count: int) -> dict[str, object]:
        """Return `count` DAP modules from `start` on (0: all that follow), in the order of their import."""
        names = _names()
        with self._lock:
            self._modules = self._names_then = frozenset(names)
        chosen = names[max(start, 0) : max(start, 0) + count if count > 0 else None]
        return {"modules": [self._row(name) for name in chosen], "totalModules": len(names)}

    def sources(self) -> dict[str, list[dict[str, object]]]:
        """Return the DAP sources of all modules that were loaded from a file."""
        paths = _paths(_names())
        with self._lock:
            self._sources = frozenset(paths)
        return {"sources": [_source(path) for path in paths]}

    def report_changes(self) -> None:
        """Send events for what has been loaded or removed since the last time, to a client that has asked once."""
        if self._modules is None and self._sources is None:
            return
        names = _names()
        with self._lock:
            now = frozenset(names)
            if now == self._names_then:
                return
            self._names_then = now
            modules_before, sources_before = self._modules, self._sources
            if modules_before is not None:
                self._modules = now
            if sources_before is not None:
                self._sources = frozenset(_paths(names))
            sources_now = self._sources
        if modules_before is not None:
            for name in names:
                if name not in modules_before:
                    self._send_event("module", {"reason": "new", "module": self._row(name)})
            for name in sorted(modules_before - now):
                self._send_event("module", {"reason": "removed", "module": {"id": name, "name": name}})
        if sources_before is not None and sources_now is not None:
            for reason, paths in (("new", sources_now - sources_before), ("removed", sources_before - sources_now)):
                for path in sorted(paths):
                    self._send_event("loadedSource", {"reason": reason, "source": _source(path)})

    def _row(self, name: str) -> dict[str, object]:
        namespace = _namespace(name)
        spec = namespace.get("__spec__")
        row: dict[str, object] = {"id": name, "name": name}
        path = _path(namespace)
        if path is not None:
            row["path"] = path
            # Judged by the file's name alone; code of one line has one.
            row["isUserCode"] = self._is_mine(compile("0", path, "eval"))
        else:
            row["isUserCode"] = False
        version = namespace.get("__version__")
        if type(version) is str:
            row["version"] = version
        if type(spec) is ModuleSpec:
            row["origin"] = spec.origin if type(spec.origin) is str else "namespace package"
            row["loader"] = _loader_name(spec.loader)
        elif "__loader__" in namespace:
            row["loader"] = _loader_name(namespace["__loader__"])
        row["symbolStatus"] = "Source loaded" if path is not None and path.endswith(".py") else "No source"
        return row


def _names() -> list[str]:
    return [name for name in list(sys.modules) if type(name) is str and name.partition(".")[0] != "heapsight"]


def _namespace(name: str) -> Mapping[str, object]:
    module = sys.modules.get(name)
    # By the type's own list of bases: `isinstance` would ask a proxy for its `__class__`.
    return _namespace_of(module) if module is not None and ModuleType in type_mro(type(module)) else _NOTHING


def _path(namespace: Mapping[str, object]) -> str | None:
    path = namespace.get("__file__")
    return os.path.abspath(path) if type(path) is str and path else None


def _paths(names: list[str]) -> list[str]:
    found = (_path(_namespace(name)) for name in names)
    return list(dict.fromkeys(path for path in found if path is not None and path.endswith((".py", ".pyw"))))


def _source(path: str) -> dict[str, object]:
    return {"name": os.path.basename(path), "path": path}


def _loader_name(loader: object) -> str:
    if loader is None:
        return "none"
    return type_name(loader) if type(loader) is type else type_name(type(loader))
