"""Looking for files that have changed, on a thread of our own."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Callable, Sequence
from fnmatch import translate
from types import ModuleType

from ..engine.expressions.compiling import COMPILE_ERRORS, compile_quietly, describe_error
from ..originals import allocate_lock, start_new_thread
from ..own import PACKAGE_FOLDER
from ..records import mutable_record
from .definitions import Block, changes_between, read_block
from .update import update

# How long a file has to stay as it is before it is read: whoever writes it empties it first.
_SETTLED_SECONDS = 0.05
_LIBRARY = os.path.dirname(os.__file__) + os.sep


@mutable_record
class _File:
    """A file as it was when it was last brought into the program. `version`: modification time and size.

    changing: the version that the last look found, if that was new then.
    """

    module: str
    version: tuple[int, int]
    block: Block | None
    changing: tuple[int, int] | None = None


class Reloader:
    """Watches the files of loaded modules.

    seconds: between two looks. include, exclude: patterns of paths, `**` for any number of folders.
    say: shows a text. reloaded: told the path of a file whose functions have new code.
    """

    def __init__(
        self,
        *,
        seconds: float,
        include: Sequence[str],
        exclude: Sequence[str],
        say: Callable[[str], None],
        reloaded: Callable[[str], None],
    ) -> None:
        self._seconds = seconds
        self._include = _pattern(include)
        self._exclude = _pattern(exclude)
        self._say = say
        self._reloaded = reloaded
        self._files: dict[str, _File | None] = {}
        self._is_settling = False
        # Held as long as the watch goes on: whoever gets it ends it.
        self._end = allocate_lock()

    def start(self, hide_thread: Callable[[], None]) -> None:
        """Begin to watch."""
        self._end.acquire()
        # What is loaded now is as its files are now.
        self.look()
        start_new_thread(self._watch, (hide_thread,))

    def stop(self) -> None:
        """End the watch. Safe to call twice."""
        if self._end.locked():
            self._end.release()

    def look(self) -> None:
        """Take in what has changed, and has stayed so since the last look, and files that are new."""
        for name, path in _loaded_files():
            if path in self._files:
                self._compare(path)
            else:
                self._files[path] = self._first_look(name, path)

    def notice(self) -> None:
        """Take in files that are new: what is loaded at a stop is as its files are before the user edits them."""
        for name, path in _loaded_files():
            if path not in self._files:
                self._files[path] = self._first_look(name, path)

    def _watch(self, hide_thread: Callable[[], None]) -> None:
        hide_thread()
        seconds = self._seconds
        while not self._end.acquire(timeout=seconds):
            self._is_settling = False
            self.look()
            seconds = min(_SETTLED_SECONDS, self._seconds) if self._is_settling else self._seconds

    def _first_look(self, name: str, path: str) -> _File | None:
        shown = path.replace(os.sep, "/")
        wanted = self._include.match(shown) and not self._exclude.match(shown)
        if not wanted or path.startswith((_LIBRARY, PACKAGE_FOLDER)):
            return None
        version = _version(path)
        return _File(name, version, _read(path)) if version is not None else None

    def _compare(self, path: str) -> None:
        file = self._files[path]
        version = _version(path) if file is not None else None
        if file is None or version is None or version == file.version:
            return
        if version != file.changing:
            file.changing, self._is_settling = version, True
            return
        file.version = version
        name = os.path.basename(path)
        module = sys.modules.get(file.module)
        try:
            tree = _parse(path)
            # What is no Python is not seen by parsing alone.
            compile_quietly(tree, f"<heapsight: {path}>", "exec")
        except (OSError, *COMPILE_ERRORS) as error:
            self._say(f"Not reloaded: {name}: {describe_error(error)}.\n")
            return
        block = read_block(tree.body)
        before, file.block = file.block, block
        if before is None or type(module) is not ModuleType:
            return
        report = update(module, _name_in_code(module, path), tree, changes_between(before, block))
        self._say(report.text(name))
        self._reloaded(path)


def _loaded_files() -> list[tuple[str, str]]:
    """Return the modules that were read from source files, without asking them anything."""
    found = []
    for name, module in list(sys.modules.items()):
        path = module.__dict__.get("__file__") if type(module) is ModuleType else None
        if type(path) is str and path.endswith((".py", ".pyw")):
            found.append((name, os.path.abspath(path)))
    return found


def _name_in_code(module: ModuleType, path: str) -> str:
    """Return the file's name as the module's code objects have it."""
    path_in_module = module.__dict__.get("__file__")
    return path_in_module if type(path_in_module) is str else path


def _version(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _parse(path: str) -> ast.Module:
    with open(path, "rb") as file:
        return ast.parse(file.read(), path)


def _read(path: str) -> Block | None:
    try:
        return read_block(_parse(path).body)
    except (OSError, *COMPILE_ERRORS):
        return None


def _pattern(globs: Sequence[str]) -> re.Pattern[str]:
    """Return what matches any of the patterns: here `*` stands for folders, too, as in `fnmatch`."""
    return re.compile("|".join(translate(one.replace("**/", "*/").replace("/**", "/*")) for one in globs) or r"(?!)")
