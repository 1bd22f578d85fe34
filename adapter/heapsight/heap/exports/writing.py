"""Writing an export: into a file that is there when it is whole, and not before."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

FORMATS = ("heapsnapshot", "heapprofile", "csv", "json", "html")
TABLES = ("types", "objects")


def write_file(path: Path, write: Callable[[TextIO], None]) -> int:
    """Have `write` fill the file at `path`; return its size in bytes. Raises OSError.

    A file that was there before stays as it was where that fails, or is cancelled.
    """
    if path.is_dir():
        raise IsADirectoryError(21, os.strerror(21), str(path))
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            write(file)
        size = unfinished.stat().st_size
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return size
