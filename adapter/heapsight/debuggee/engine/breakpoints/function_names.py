"""Function breakpoints: which code objects a name that a person typed means."""

from __future__ import annotations

import inspect
import os
import re
from enum import Enum
from types import CodeType

from ...records import record
from .code_lines import is_part_of_its_parent

# Stands for any letters of a name.
ANY = "*"


class Fit(Enum):
    """How a name fits a function. A name without a module means functions of the user's only."""

    NOT = "not at all"
    BY_NAME = "by its name"
    WITH_MODULE = "by its module and its name"


@record
class FunctionName:
    """`f`, `Class.method`, `package.module.f` or, with the module told apart, `package.module:Class.method`.

    Parts of the function may be patterns, as in `Class.*` or `test_*`.
    """

    module: tuple[str, ...] | None
    parts: tuple[str, ...]

    @property
    def is_pattern(self) -> bool:
        """Whether it may mean functions of many names."""
        return ANY in self.last

    @property
    def last(self) -> str:
        """The function's own name: what `co_name` has to be."""
        return self.parts[-1]

    def fit(self, code: CodeType, main_file: str | None) -> Fit:
        """Say whether `code` is the body of a function of this name. `main_file`: where `__main__` was read from."""
        if not _is_function(code):
            return Fit.NOT
        function = tuple(part for part in code.co_qualname.split(".") if part != "<locals>")
        if self.module is not None:
            fits = (
                len(function) == len(self.parts)
                and _ends_with(function, self.parts)
                and _is_module(self.module, code.co_filename, main_file)
            )
            return Fit.WITH_MODULE if fits else Fit.NOT
        if _ends_with(function, self.parts):
            return Fit.BY_NAME
        if len(function) < len(self.parts) and _ends_with(function, self.parts[-len(function) :]):
            fits = _is_module(self.parts[: -len(function)], code.co_filename, main_file)
            return Fit.WITH_MODULE if fits else Fit.NOT
        return Fit.NOT


def parse_function_name(text: str) -> FunctionName | str:
    """Return the name, or why `text` is none."""
    module, colon, function = text.strip().rpartition(":")
    function = function.removesuffix("()")
    parts = tuple(part for part in function.split(".") if part != "<locals>")
    module_parts = tuple(module.split(".")) if colon else None
    for part in (*parts, *(module_parts or ())):
        if not part.replace(ANY, "_").isidentifier():
            return f"{text!r} is not a function's name. Write `f`, `Class.method`, `module.f` or `module:Class.method`."
    return FunctionName(module_parts, parts)


def _is_function(code: CodeType) -> bool:
    return bool(code.co_flags & inspect.CO_OPTIMIZED) and not is_part_of_its_parent(code)


def _is_module(name: tuple[str, ...], filename: str, main_file: str | None) -> bool:
    """Say whether code of `filename` may belong to the module `name`; only names are compared."""
    if name == ("__main__",):
        return filename == main_file
    if filename.startswith("<frozen "):
        return tuple(filename[len("<frozen ") : -1].split(".")) == name
    stem, extension = os.path.splitext(filename.replace(os.sep, "/"))
    if extension not in {".py", ".pyw", ".pyc"}:
        return False
    parts = tuple(part for part in stem.split("/") if part)
    return _ends_with(parts[:-1] if parts[-1:] == ("__init__",) else parts, name)


def _ends_with(name: tuple[str, ...], end: tuple[str, ...]) -> bool:
    """Say whether the last parts of `name` are `end`, whose parts may be patterns."""
    last = name[len(name) - len(end) :] if len(end) <= len(name) else None
    return last is not None and all(map(_matches, last, end))


def _matches(word: str, pattern: str) -> bool:
    if ANY not in pattern:
        return word == pattern
    return re.fullmatch(".*".join(map(re.escape, pattern.split(ANY))), word) is not None
