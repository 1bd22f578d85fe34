"""Just my code: which code a person wrote, and which belongs to a library."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from types import CodeType

from ..own import is_own_code
from ..source_text import is_pseudo_name
from .breakpoints.paths import FileIdentities
from .code_rules import CodeRule, decide

_LIBRARY_FOLDERS = frozenset({"site-packages", "dist-packages"})
# Words in the file names of code that attrs, numpy, decorator and makefun write at run time.
_GENERATED = ("generated", "internals", "decorator-gen", "makefun-gen")


class Scope:
    """Tells the user's code from libraries, by file name; every name is judged once.

    just_my_code: if False, everything but Heapsight itself and the import system is the user's.
    roots: folders whose files are the user's even where they lie inside a library's folder.
    rules: what a person decided; the first that is for a file counts, with just_my_code or without.
    """

    def __init__(self, just_my_code: bool = True, roots: Sequence[str] = (), rules: Sequence[CodeRule] = ()) -> None:
        self._rules = tuple(rules)
        self.just_my_code = just_my_code
        self._identities = FileIdentities()
        self._roots = tuple(self._folder_identity(root) for root in roots)
        self._libraries = tuple({self._folder_identity(folder) for folder in _standard_library()})
        self._verdicts: dict[str, bool] = {}

    def is_mine(self, code: CodeType) -> bool:
        """Say whether `code` is the user's. Cheap from the second code object of a file on."""
        verdict = self._verdicts.get(code.co_filename)
        return self._judge(code) if verdict is None else verdict

    def add_rule(self, rule: CodeRule) -> None:
        """Let a rule count from now on, before all others."""
        # One for the same thing would never count again.
        others = (one for one in self._rules if (one.path, one.module) != (rule.path, rule.module))
        self._rules = (rule, *others)
        self._verdicts = {}

    def _judge(self, code: CodeType) -> bool:
        filename = code.co_filename
        if filename == "<string>":
            # `python -c` and `exec` use this name, and so do the standard library's own code makers.
            return not self.just_my_code or not _is_made_by_library(code)
        verdicts = self._verdicts
        verdict = not is_own_code(code) and self._is_mine(filename)
        verdicts[filename] = verdict  # of the rules that were in force when it was asked for
        return verdict

    def _is_mine(self, filename: str) -> bool:
        if filename.startswith(("<frozen importlib", "<frozen zipimport")):
            return False
        if self._rules and not is_pseudo_name(filename):
            decided = decide(self._rules, os.path.abspath(filename))
            if decided is not None:
                return decided
        if not self.just_my_code:
            return True
        if is_pseudo_name(filename):
            return not filename.startswith("<frozen ") and not any(word in filename for word in _GENERATED)
        return not self._is_library(filename)

    def _is_library(self, filename: str) -> bool:
        real = self._identities.of(filename)
        root = max((len(root) for root in self._roots if real.startswith(root)), default=0)
        if root:
            return self._is_in_library(real, root)
        # A library may be linked into its folder from elsewhere, and its folder may be linked to.
        return self._is_in_library(os.path.normcase(os.path.abspath(filename)), 0) or self._is_in_library(real, 0)

    def _is_in_library(self, path: str, root: int) -> bool:
        """Judge `path` by what follows its first `root` characters: an environment in a project is still a library."""
        if any(part in _LIBRARY_FOLDERS for part in path[root:].replace(os.sep, "/").split("/")):
            return True
        return any(len(library) > root and path.startswith(library) for library in self._libraries)

    def _folder_identity(self, folder: str) -> str:
        return self._identities.of(os.path.join(folder, "_"))[:-1]


def _standard_library() -> list[str]:
    folders = [os.path.dirname(os.__file__)]
    known = getattr(sys, "_stdlib_dir", None)
    if isinstance(known, str):
        folders.append(known)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    archive = f"python{version.replace('.', '')}.zip"
    folders.extend(entry for entry in sys.path if isinstance(entry, str) and os.path.basename(entry) == archive)
    return folders


def _is_made_by_library(code: CodeType) -> bool:
    """Recognise what `dataclasses` and `collections.namedtuple` compile from strings."""
    if code.co_qualname.startswith("__create_fn__"):
        return True
    return code.co_name == "<lambda>" and code.co_varnames[:1] == ("_cls",) and "_tuple_new" in code.co_names
