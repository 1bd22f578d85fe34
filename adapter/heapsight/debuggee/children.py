"""Debugging what the program starts: Python children report to the same adapter, under the same token.

A child is told through its command line: `python OPTIONS bootstrap.py …` instead of `python OPTIONS PROGRAM`, with the
token in its environment, which the bootstrap takes out again. A forked child connects by itself. Everything else (its
arguments, its files, its exit code) stays as the program made it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from .originals import get_ident
from .own import PACKAGE_FOLDER
from .python_command import PythonCommand, is_python, parse
from .records import record

TOKEN_VARIABLE = "HEAPSIGHT_TOKEN"
_original_execve = os.execve
_BOOTSTRAP = os.path.join(PACKAGE_FOLDER, "debuggee", "bootstrap.py")
_ENVIRONMENT = 5  # where `_posixsubprocess.fork_exec` has it
_WINDOWS_ENVIRONMENT = 4  # behind the command line of `_winapi.CreateProcess`
_FORK_WARNING = r"This process \(pid=\d+\) is multi-threaded"


@record
class ChildAddress:
    """Where children report: `address` is HOST:PORT."""

    address: str
    token: str


class ChildProcesses:
    """Replaces the few functions through which CPython starts a process, and puts them back.

    `at` is None where the client cannot debug children: then `started_without_us` is told of the first one.
    `forked` is called in a forked child, `replacing` before the program gives its process to another one,
    `leaving` before it ends without any clean-up.
    """

    def __init__(
        self,
        at: ChildAddress | None,
        *,
        started_without_us: Callable[[], None],
        forked: Callable[[ChildAddress], None],
        replacing: Callable[[], None],
        leaving: Callable[[int], None],
        has_one_thread: Callable[[], bool],
    ) -> None:
        self._at = at
        self._started_without_us: Callable[[], None] | None = started_without_us
        self._forked_program = forked
        self._replacing = replacing
        self._leaving = leaving
        self._has_one_thread = has_one_thread
        # The threads that are in a C call that forks for an exec: the time in between is not the program's.
        self._between: set[int] = set()
        self._replaced: list[tuple[ModuleType, str, object, object]] = []
        self._installed = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_parent=self._forked_one, after_in_child=self._in_child)

    def install(self) -> None:
        """Put the replacements in place."""
        self._installed = True
        if os.name == "nt":
            import _winapi

            self._replace(_winapi, "CreateProcess", self._create_process)
            return
        import _posixsubprocess

        self._replace(_posixsubprocess, "fork_exec", self._fork_exec)
        # It has taken the function over by name.
        subprocess = sys.modules.get("subprocess")
        if subprocess is not None:
            self._replace(subprocess, "_fork_exec", self._fork_exec)
        for name in ("posix_spawn", "posix_spawnp"):
            self._replace(os, name, self._posix_spawn)
        self._replace(os, "execv", self._execv)
        self._replace(os, "execve", self._execve)
        self._replace(os, "_exit", self._exit)
        if sys.version_info >= (3, 12):
            self._replace(os, "fork", self._fork)
            self._replace(os, "forkpty", self._fork)

    def remove(self) -> None:
        """Put back what was there, but for what the program has replaced since."""
        self._installed = False
        for module, name, original, ours in reversed(self._replaced):
            if getattr(module, name, None) is ours:
                setattr(module, name, original)
        self._replaced.clear()

    def _replace(self, module: ModuleType, name: str, make: Callable[[Any], Callable[..., Any]]) -> None:
        original = getattr(module, name, None)
        if original is not None:
            ours = make(original)
            # For whoever looks: the name and the description of the real one.
            ours.__name__ = ours.__qualname__ = name
            ours.__doc__ = original.__doc__
            setattr(module, name, ours)
            self._replaced.append((module, name, original, ours))

    # -- what stands in the place of the interpreter's functions ------------------------------------------------------

    def _fork_exec(self, original: Any) -> Callable[..., Any]:
        def fork_exec(words: Sequence[bytes], *rest: Any) -> Any:
            executables = [os.fsdecode(one) for one in rest[0]]
            changed = self._rewrite(executables[0], [os.fsdecode(word) for word in words])
            if changed is not None:
                words = [os.fsencode(word) for word in changed]
                rest = (*rest[: _ENVIRONMENT - 1], self._byte_environment(rest[_ENVIRONMENT - 1]), *rest[_ENVIRONMENT:])
            with _Between(self._between):
                return original(words, *rest)

        return fork_exec

    def _posix_spawn(self, original: Any) -> Callable[..., Any]:
        def posix_spawn(path: Any, argv: Sequence[Any], env: Any, /, **options: Any) -> Any:
            changed = self._rewrite(os.fsdecode(path), [os.fsdecode(word) for word in argv])
            if changed is not None:
                argv, env = changed, self._environment(env)
            return original(path, argv, env, **options)

        return posix_spawn

    def _execv(self, original: Any) -> Callable[..., Any]:
        def execv(path: Any, argv: Sequence[Any], /) -> None:
            changed = self._rewrite_for_exec(path, argv)
            if changed is None:
                original(path, argv)
            else:
                _original_execve(path, changed, self._environment(os.environ))

        return execv

    def _execve(self, original: Any) -> Callable[..., Any]:
        def execve(path: Any, argv: Sequence[Any], env: Any) -> None:
            changed = self._rewrite_for_exec(path, argv)
            original(path, *((argv, env) if changed is None else (changed, self._environment(env))))

        return execve

    def _exit(self, original: Any) -> Callable[..., Any]:
        def _exit(status: int) -> None:
            if isinstance(status, int) and get_ident() not in self._between:
                self._leaving(status)
            original(status)

        return _exit

    def _fork(self, original: Any) -> Callable[..., Any]:
        def fork() -> Any:
            if not self._has_one_thread():
                return original()
            # From 3.12 on the interpreter warns of forking with threads; here the other ones are all the debugger's.
            import re
            import warnings

            silent = ("ignore", re.compile(_FORK_WARNING), DeprecationWarning, None, 0)
            warnings.filters.insert(0, silent)  # type: ignore[attr-defined]
            warnings._filters_mutated()  # type: ignore[attr-defined]
            try:
                return original()
            finally:
                if silent in warnings.filters:
                    warnings.filters.remove(silent)  # type: ignore[attr-defined]
                    warnings._filters_mutated()  # type: ignore[attr-defined]

        return fork

    def _create_process(self, original: Any) -> Callable[..., Any]:
        def create_process(application: Any, line: Any, *rest: Any) -> Any:
            words = _split_windows(line) if isinstance(line, str) else []
            changed = self._rewrite(application or words[0], words) if words else None
            if changed is not None:
                import subprocess

                line = subprocess.list2cmdline(changed)
                rest = (*rest[:_WINDOWS_ENVIRONMENT], self._environment(rest[_WINDOWS_ENVIRONMENT]), *rest[5:])
            return original(application, line, *rest)

        return create_process

    # -- rewriting ----------------------------------------------------------------------------------------------------

    def _rewrite(self, executable: str, words: Sequence[str]) -> list[str] | None:
        """Return the command line that debugs a Python child; None where it is to stay as it is."""
        if not words or not is_python(executable):
            return None
        command = parse(words)
        if command is None or command.is_helper or _is_ours(command):
            return None
        if self._at is None:
            self._tell_once()
            return None
        mode = "forks" if command.is_fork_server else "child"
        return [command.python, *command.options, _BOOTSTRAP, self._at.address, mode, *command.target]

    def _rewrite_for_exec(self, path: Any, argv: Sequence[Any]) -> list[str] | None:
        try:
            changed = self._rewrite(os.fsdecode(path), [os.fsdecode(word) for word in argv])
        except TypeError:
            # A descriptor in place of a path, or a mistake that the real function complains about.
            return None
        if changed is not None:
            self._replacing()
        return changed

    def _environment(self, env: Mapping[Any, Any] | None) -> dict[Any, Any]:
        assert self._at is not None
        # From 3.13 on None means "as it is here".
        return {**(os.environ if env is None else env), TOKEN_VARIABLE: self._at.token}

    def _byte_environment(self, env: Sequence[bytes] | None) -> list[bytes]:
        assert self._at is not None
        if env is None:
            env = [os.fsencode(f"{name}={value}") for name, value in os.environ.items()]
        return [*env, os.fsencode(f"{TOKEN_VARIABLE}={self._at.token}")]

    # -- forks --------------------------------------------------------------------------------------------------------

    def _forked_one(self) -> None:
        if self._installed and self._at is None and get_ident() not in self._between:
            self._tell_once()

    def _in_child(self) -> None:
        if not self._installed:
            return
        is_between = get_ident() in self._between
        self.remove()
        if self._at is not None and not is_between:
            self._forked_program(self._at)

    def _tell_once(self) -> None:
        tell, self._started_without_us = self._started_without_us, None
        if tell is not None:
            tell()


class _Between:
    """Notes that the calling thread forks in order to exec."""

    def __init__(self, threads: set[int]) -> None:
        self._threads = threads
        self._ident = get_ident()

    def __enter__(self) -> None:
        self._threads.add(self._ident)

    def __exit__(self, *_error: object) -> None:
        self._threads.discard(self._ident)


def _is_ours(command: PythonCommand) -> bool:
    """Say whether the program is the debugger itself: an adapter that the program starts, a child that is one."""
    if command.target[0] == "-m":
        return command.target[1].partition(".")[0] in ("heapsight", "debugpy")
    return os.path.abspath(command.target[0] + os.sep).startswith(PACKAGE_FOLDER) or command.target[0] == _BOOTSTRAP


def _split_windows(line: str) -> list[str]:
    """Split a command line as the C run-time library does. Only on Windows."""
    import ctypes

    split = ctypes.WinDLL("shell32").CommandLineToArgvW  # type: ignore[attr-defined]
    split.restype = ctypes.POINTER(ctypes.c_wchar_p)
    count = ctypes.c_int()
    words = split(ctypes.c_wchar_p(line), ctypes.byref(count))
    return [words[index] for index in range(count.value)]
