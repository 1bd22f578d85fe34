"""When two file names mean one file: symbolic links, relative names, `..`, and file systems that ignore case."""

from __future__ import annotations

import os

from ...source_text import is_pseudo_name


class FileIdentities:
    """A canonical name per file, so that names are compared as strings; each name is looked at once.

    Reads the file system, at the first sight of a name and of a folder. Never fails: a file that does not exist (in a
    zip archive, say) has an identity too.
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._folders: dict[str, tuple[str, bool]] = {}
        # Relative names mean the folder that the program was started in, unless it has changed it since.
        self._start = current_folder()

    def of(self, filename: str) -> str:
        """Return the identity of `filename`; cheap from the second time on."""
        known = self._known.get(filename)
        if known is None:
            known = self._known[filename] = self._find(filename)
        return known

    def _find(self, filename: str) -> str:
        if is_pseudo_name(filename) or not filename:
            return filename
        path = self._absolute(filename)
        folder, name = os.path.split(path)
        real_folder, ignores_case = self._folder(folder)
        path = os.path.join(real_folder, name)
        if os.path.islink(path):
            path = os.path.realpath(path)
            real_folder, ignores_case = self._folder(os.path.dirname(path))
        path = os.path.normcase(path)
        return path.casefold() if ignores_case else path

    def _absolute(self, filename: str) -> str:
        if os.path.isabs(filename):
            return os.path.normpath(filename)
        first = os.path.normpath(os.path.join(self._start, filename))
        if os.path.exists(first):
            return first
        return os.path.normpath(os.path.join(current_folder(), filename))

    def _folder(self, folder: str) -> tuple[str, bool]:
        known = self._folders.get(folder)
        if known is None:
            real = os.path.realpath(folder)
            known = self._folders[folder] = (real, _ignores_case(real))
        return known


def current_folder() -> str:
    """Return the current folder; the root where it was removed."""
    try:
        return os.getcwd()
    except OSError:  # removed while we are in it
        return os.sep


def _ignores_case(folder: str) -> bool:
    """Say whether `folder` can be reached under its name in the other case."""
    parent, name = os.path.split(folder)
    other = name.swapcase()
    if other == name:
        return _ignores_case(parent) if parent != folder else False
    try:
        return os.path.samefile(folder, os.path.join(parent, other))
    except OSError:
        return False
