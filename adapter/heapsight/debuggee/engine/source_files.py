"""The outline of a source file that may not be loaded yet: compiled, never executed."""

from __future__ import annotations

import io
import os
import zipimport

from .compiling import COMPILE_ERRORS, compile_quietly, describe_error
from .outline import Outline, Refusal, outline_of
from .paths import is_pseudo_name


def outline_of_file(path: str) -> Outline | Refusal:
    """Return the outline of the Python file at `path`, or why there is none."""
    name = os.path.basename(path)
    if is_pseudo_name(path):
        return Refusal("This code has not run yet.", may_come=True)
    try:
        source = _read(path)
    except (OSError, zipimport.ZipImportError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return Refusal(f"{name} cannot be read: {reason}.", may_come=True)
    try:
        # Not under the file's own name: nobody is to take this code for the program's.
        code = compile_quietly(source, f"<heapsight: {path}>", "exec")
    except COMPILE_ERRORS as error:
        return Refusal(f"{name} does not compile: {describe_error(error)}.", may_come=True)
    return outline_of(code, source.decode("utf-8", "replace").splitlines())


def _read(path: str) -> bytes:
    """Return the bytes of a file, in a zip archive or not. Raises OSError or ZipImportError."""
    try:
        # Not `open`, which programs and their tests replace.
        with io.FileIO(path) as file:
            return file.readall()
    except OSError:
        archive = _archive_of(path)
        if archive is None:
            raise
        return zipimport.zipimporter(archive).get_data(path)


def _archive_of(path: str) -> str | None:
    parent = os.path.dirname(path)
    while parent and parent != os.path.dirname(parent):
        if os.path.isfile(parent):
            return parent
        parent = os.path.dirname(parent)
    return None
