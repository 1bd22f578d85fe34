"""The text that code was compiled from, wherever it can be had without running anything of the program's.

That is: files, members of zip archives, the standard library's files for its frozen modules, and what the program or
its libraries have put into `linecache`, as interactive shells, notebooks, doctest and code generators do.
"""

from __future__ import annotations

import io
import os
import re
import sys
import zipimport
from types import MethodType, ModuleType

_DECLARATION = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_LARGEST = 20_000_000  # bytes
_FROZEN = "<frozen "


def is_pseudo_name(filename: str) -> bool:
    """Say whether a code object's file name is no file's, such as `<string>`."""
    return filename.startswith("<") and filename.endswith(">")


def read_source(path: str) -> bytes:
    """Return the bytes of a file, in a zip archive or not. Raises OSError or ZipImportError."""
    try:
        # Not `open`, which programs and their tests replace.
        with io.FileIO(path) as file:
            return file.read(_LARGEST)
    except OSError:
        archive = _archive_of(path)
        if archive is None:
            raise
        return zipimport.zipimporter(archive).get_data(path)


def text_of_name(filename: str) -> str | None:
    """Return the source text of a code object's file name; None where it cannot be had."""
    if filename.startswith(_FROZEN):
        filename = _file_of_frozen(filename[len(_FROZEN) : -1])
    if not is_pseudo_name(filename):
        try:
            return decode(read_source(filename))
        except (OSError, ValueError, zipimport.ZipImportError):
            pass
    return cached_text(filename)


def cached_text(filename: str) -> str | None:
    """Return what `linecache` was given for `filename`; None where there is nothing."""
    linecache = sys.modules.get("linecache")
    if type(linecache) is not ModuleType:
        return None
    names = vars(linecache)
    cache = names.get("cache")
    entry = cache.get(filename) if type(cache) is dict else None
    # A shorter entry is a promise: its text would come from a function of the program's.
    if type(entry) is tuple and len(entry) == 4 and type(entry[2]) is list:
        return "".join([line for line in entry[2] if type(line) is str])
    getlines = names.get("getlines")
    # While doctest runs, it takes this function's place to answer for its examples.
    if filename.startswith("<doctest ") and type(getlines) is MethodType and _is_doctest(getlines):
        return "".join(getlines(filename))
    return None


def decode(content: bytes) -> str:
    """Return the text of a Python file, with `\\n` at the ends of lines."""
    head = content.split(b"\n", 2)[:2]
    declared = next((found[1].decode() for line in head if (found := _DECLARATION.match(line))), "utf-8")
    try:
        text = content.decode(declared, "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _is_doctest(method: MethodType) -> bool:
    return getattr(method.__func__, "__module__", None) == "doctest"


def _file_of_frozen(module: str) -> str:
    """Return where the source of a frozen module of the standard library would be."""
    folder = getattr(sys, "_stdlib_dir", None) or os.path.dirname(os.__file__)
    stem = os.path.join(folder, *module.split("."))
    package = os.path.join(stem, "__init__.py")
    return package if os.path.isfile(package) else stem + ".py"


def _archive_of(path: str) -> str | None:
    parent = os.path.dirname(path)
    while parent and parent != os.path.dirname(parent):
        if os.path.isfile(parent):
            return parent
        parent = os.path.dirname(parent)
    return None
