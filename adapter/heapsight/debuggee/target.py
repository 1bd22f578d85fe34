"""What to run, and running it the way `python` itself does: FILE, `-m MODULE` or `-c CODE`."""

from __future__ import annotations

import builtins
import io
import os
import sys
from collections.abc import Sequence
from enum import Enum
from importlib.machinery import BuiltinImporter, ModuleSpec, SourceFileLoader, SourcelessFileLoader
from types import CodeType, ModuleType

from .records import record


class TargetKind(Enum):
    """The three ways to name a program on Python's command line."""

    FILE = "FILE"
    MODULE = "-m"
    CODE = "-c"


@record
class Target:
    """A program and its arguments."""

    kind: TargetKind
    name: str
    arguments: tuple[str, ...] = ()

    @classmethod
    def parse(cls, words: Sequence[str]) -> Target:
        """Read `(FILE | -m MODULE | -c CODE) ARGS…`. Raises ValueError when a word is missing."""
        for kind in (TargetKind.MODULE, TargetKind.CODE):
            if words and words[0] == kind.value:
                if len(words) < 2:
                    raise ValueError(f"{kind.value} needs a value")
                return cls(kind, words[1], tuple(words[2:]))
        if not words:
            raise ValueError("there is no program to run")
        return cls(TargetKind.FILE, words[0], tuple(words[1:]))

    @property
    def command_line(self) -> list[str]:
        """The words behind `python` that start it."""
        prefix = [] if self.kind is TargetKind.FILE else [self.kind.value]
        return [*prefix, self.name, *self.arguments]


class ProgramNotFound(Exception):
    """Python finds no such file or module; text and exit code are what Python itself would leave with."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(f"{sys.executable}: {text}")
        self.exit_code = exit_code


def first_path_entry(target: Target) -> str | None:
    """Return what `python` puts at `sys.path[0]` for `target`; None where it was told not to."""
    if sys.flags.safe_path:
        return None
    if target.kind is TargetKind.CODE:
        return ""
    if target.kind is TargetKind.MODULE:
        return os.getcwd()
    if _has_main_inside(target.name):
        return _full_path(target.name)
    return os.path.dirname(os.path.realpath(target.name))


def _full_path(name: str) -> str:
    """Return `name` as the interpreter completes it: not normalised, except on Windows."""
    return os.path.abspath(name) if os.name == "nt" else os.path.join(os.getcwd(), name)


def load(target: Target) -> tuple[CodeType, ModuleType]:
    """Return the code of `target` and the new `__main__` module to run it in; sets `sys.argv` and `sys.path`.

    Raises ProgramNotFound, and whatever the program's own source (SyntaxError) or parent packages raise.
    """
    entry = first_path_entry(target)
    if target.kind is TargetKind.FILE and _has_main_inside(target.name):
        # Python names a folder or zip file on the path even where it is told to be safe: it is the program.
        sys.path.insert(0, _full_path(target.name))
    elif entry is not None:
        sys.path.insert(0, entry)
    if target.kind is TargetKind.CODE:
        sys.argv = ["-c", *target.arguments]
        return _load_code(target.name)
    if target.kind is TargetKind.MODULE:
        sys.argv = ["-m", *target.arguments]
        code, main = _load_module(target.name)
        sys.argv[0] = str(main.__file__)
        return code, main
    sys.argv = [target.name, *target.arguments]
    if _has_main_inside(target.name):
        return _load_main_inside()
    return _load_file(target.name)


def _new_main() -> ModuleType:
    main = ModuleType("__main__")
    main.__dict__.update(__builtins__=builtins, __annotations__={}, __loader__=BuiltinImporter)
    sys.modules["__main__"] = main
    return main


def _load_code(source: str) -> tuple[CodeType, ModuleType]:
    main = _new_main()
    # Tracebacks show the lines of `-c` code where the interpreter's own do (3.13 and later).
    if sys.version_info >= (3, 13):
        import linecache

        linecache.cache["<string>"] = (len(source), None, source.splitlines(keepends=True), "<string>")
    return compile(source, "<string>", "exec", dont_inherit=True), main


def _load_file(name: str) -> tuple[CodeType, ModuleType]:
    path = _full_path(name)
    try:
        with io.open_code(path) as file:
            content = file.read()
    except OSError as error:
        reason = f"[Errno {error.errno}] {error.strerror}"
        raise ProgramNotFound(f"can't open file {path!r}: {reason}", 2) from None
    main = _new_main()
    main.__file__ = path
    main.__dict__["__cached__"] = None
    if path.endswith(".pyc"):
        sourceless = SourcelessFileLoader("__main__", path)
        main.__loader__ = sourceless
        code = sourceless.get_code("__main__")
        assert code is not None
        return code, main
    main.__loader__ = SourceFileLoader("__main__", path)
    return compile(content, path, "exec", dont_inherit=True), main


def _has_main_inside(name: str) -> bool:
    """Say whether `name` is a folder or a zip file, which Python looks into for `__main__`."""
    if os.path.isdir(name):
        return True
    if not os.path.isfile(name):
        return False
    from zipimport import ZipImportError, zipimporter

    try:
        zipimporter(name)
    except ZipImportError:
        return False
    return True


def _load_main_inside() -> tuple[CodeType, ModuleType]:
    import runpy

    main = _new_main()
    try:
        found = runpy._get_main_module_details(runpy._Error)  # type: ignore[attr-defined]
    except runpy._Error as error:  # type: ignore[attr-defined]
        raise ProgramNotFound(str(error), 1) from None
    return _as_module(main, *found)


def _load_module(name: str) -> tuple[CodeType, ModuleType]:
    # The functions that `python -m` itself runs on: nothing public finds a module without running it.
    import runpy

    # There already while the packages around the module are imported.
    main = _new_main()
    try:
        found = runpy._get_module_details(name, runpy._Error)  # type: ignore[attr-defined]
    except runpy._Error as error:  # type: ignore[attr-defined]
        raise ProgramNotFound(str(error), 1) from None
    return _as_module(main, *found)


def _as_module(main: ModuleType, _: str, spec: ModuleSpec, code: CodeType) -> tuple[CodeType, ModuleType]:
    main.__file__ = spec.origin
    main.__dict__["__cached__"] = spec.cached
    main.__loader__ = spec.loader
    main.__package__ = spec.parent
    main.__spec__ = spec
    return code, main
