"""Whose code is it, by rules that a person wrote: patterns of paths, and names of modules and packages."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from functools import lru_cache

from ..records import record

_PACKAGE_FILE = "__init__"


@record
class CodeRule:
    """One rule: files that a pattern matches, or a module with all that is in it, are the user's (`include`) or not.

    In a pattern `**` stands for any folders, `*` and `?` stay within one name; a relative one matches anywhere, and a
    folder means all files below it.
    """

    include: bool
    path: str | None = None
    module: str | None = None

    def matches(self, filename: str, module: str | None) -> bool:
        """Say whether the rule is for a file, whose absolute name and module these are."""
        if self.path is not None:
            return _pattern(self.path).match(_slashed(filename)) is not None
        return module is not None and f"{module}.".startswith(f"{self.module}.")


def decide(rules: Iterable[CodeRule], filename: str) -> bool | None:
    """Return what the first rule for a file says, None where there is none."""
    module = module_of(filename)
    return next((rule.include for rule in rules if rule.matches(filename, module)), None)


def module_of(filename: str) -> str | None:
    """Return the name that a file has when it is imported, as `sys.path` is now; `__main__` for the program's own."""
    if filename == _main_file():
        return "__main__"
    place = _below_import_path(filename)
    if place is None:
        return None
    parts = os.path.splitext(place)[0].split(os.sep)
    return ".".join(parts[:-1] if parts[-1] == _PACKAGE_FILE and len(parts) > 1 else parts)


def library_of(filename: str) -> tuple[str, str]:
    """Return the name and the path of the library that a file belongs to: a top-level package or module."""
    place = _below_import_path(filename)
    if place is None:
        return os.path.basename(filename), filename
    top = place.split(os.sep)[0]
    return os.path.splitext(top)[0], filename[: len(filename) - len(place)] + top


def _below_import_path(filename: str) -> str | None:
    """Return what is left of an absolute file name behind the folder that it is imported from."""
    name = os.path.normcase(filename)
    folders = [os.path.normcase(os.path.abspath(entry)) for entry in sys.path if isinstance(entry, str)]
    longest = max((len(one) for one in folders if name.startswith(one.rstrip(os.sep) + os.sep)), default=None)
    return None if longest is None else filename[longest:].lstrip(os.sep)


def _main_file() -> str | None:
    main = sys.modules.get("__main__")
    name = object.__getattribute__(main, "__dict__").get("__file__") if main is not None else None
    return os.path.abspath(name) if isinstance(name, str) else None


def _slashed(path: str) -> str:
    return os.path.normcase(path).replace(os.sep, "/")


@lru_cache(maxsize=200)
def _pattern(text: str) -> re.Pattern[str]:
    text = _slashed(text).rstrip("/")
    if not text.startswith(("/", "**")) and not re.match(r"[a-zA-Z]:/", text):
        text = f"**/{text}"
    found = []
    for part in re.split(r"(\*\*/?|\*|\?|\[[^]]*\])", text):
        if part.startswith("**"):
            found.append("(?:.*/)?" if part.endswith("/") else ".*")
        elif part in {"*", "?"}:
            found.append("[^/]*" if part == "*" else "[^/]")
        elif part.startswith("["):
            found.append(part.replace("[!", "[^"))
        else:
            found.append(re.escape(part))
    return re.compile("".join(found) + "(?:/.*)?$")
