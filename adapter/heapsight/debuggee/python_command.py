"""Python command lines: what of one is for the interpreter, and what names the program. Pure text, no process."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence

from .records import record

_PYTHON_NAME = re.compile(r"python[0-9.]*[dtw]*(\.exe)?", re.IGNORECASE)
# Letters that may stand together, `-bB`; those that take a value, which may follow in the same word. Every other
# one leaves nothing to debug: help, version, an interactive session, the first line skipped.
_FLAGS = frozenset("bBdEIOPqRsSuv")
_WITH_VALUE = frozenset("WX")
_LONG_WITH_VALUE = "--check-hash-based-pycs"
_HELPERS = ("from multiprocessing.resource_tracker import", "from multiprocessing.semaphore_tracker import")
_FORK_SERVER = "from multiprocessing.forkserver import"


@record
class PythonCommand:
    """`python OPTIONS TARGET`, where TARGET is `(FILE | -m MODULE | -c CODE) ARGS…`."""

    python: str
    options: tuple[str, ...]
    target: tuple[str, ...]

    @property
    def is_fork_server(self) -> bool:
        """Whether it is multiprocessing's fork server, which runs no code of the user's but in its own children."""
        return self.target[0] == "-c" and self.target[1].startswith(_FORK_SERVER)

    @property
    def is_helper(self) -> bool:
        """Whether it is a process of the standard library's own that never runs any code of the user's."""
        return self.target[0] == "-c" and self.target[1].startswith(_HELPERS)


def is_python(executable: str) -> bool:
    """Say whether a program is a Python interpreter, by its name or by being the running one."""
    if _PYTHON_NAME.fullmatch(os.path.basename(executable)):
        return True
    return bool(sys.executable) and os.path.isabs(executable) and executable == sys.executable


def parse(words: Sequence[str]) -> PythonCommand | None:
    """Read the words of a Python command line; None where there is no program in it that could be debugged."""
    rest = list(words[1:])
    options: list[str] = []
    while rest:
        word = rest.pop(0)
        if word == _LONG_WITH_VALUE and rest:
            options += [word, rest.pop(0)]
        elif word.startswith("--") or word == "-":
            return None
        elif not word.startswith("-"):
            return PythonCommand(words[0], tuple(options), (word, *rest))
        else:
            found = _read_letters(word, rest, options)
            if found is not None:
                return PythonCommand(words[0], tuple(options), found) if found else None
    return None


def _read_letters(word: str, rest: list[str], options: list[str]) -> tuple[str, ...] | None:
    """Read `-abc`: return the target that begins in it, () for none at all, None where only options are in it."""
    for index, letter in enumerate(word[1:], start=1):
        if letter in _FLAGS:
            continue
        behind = word[index + 1 :]
        if letter in _WITH_VALUE:
            options.append(word)
            if not behind and rest:
                options.append(rest.pop(0))
            return None
        if letter in "cm":
            if index > 1:
                options.append(word[:index])
            if not behind and not rest:
                return ()
            return (f"-{letter}", behind or rest.pop(0), *rest)
        return ()
    options.append(word)
    return None
