"""Snapshots by the C module: in a fork of the process where the system has one, else in the process.

What only Python knows it is told: what the frames hold (by address), exceptions that are handled, and what of the
counts is ours. All else the walk finds, in the fork: what is done here is done while the program stands still.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
from collections.abc import Callable, Iterable, Mapping
from types import FrameType
from typing import Any, Final

from ....wire.snapshot_file import SnapshotError, SnapshotWriter, read_directory
from ...holding import Held
from ...originals import allocate_lock
from ..budget import without_collector
from ..ours import PACKAGE
from .kinds import INTERPRETER_ROOT
from .roots import HeldByThread, Stacks, exceptions_being_handled

_POLL_SECONDS: Final = 0.005

Root = tuple[int, str, object]


class CaptureFailed(Exception):
    """The native capture did not come to an end; the text says why."""


def native_module() -> Any:
    """Return the C module, or None where it is not there, or does not know this interpreter."""
    try:
        from ...._native import heap
    except ImportError:
        return None
    return heap if hasattr(heap, "write_snapshot") else None


class Fork:
    """A child process that writes a snapshot."""

    def __init__(self, path: str, pid: int) -> None:
        self._path = path
        self._pid = pid

    def wait(self, check: Callable[[], None] | None = None) -> None:
        """Wait until the file is there. What interrupts the waiting, or `check` raises, ends the child.

        Raises CaptureFailed.
        """
        pause = allocate_lock()
        pause.acquire()
        try:
            status = self._status()
            while status is None:
                if check is not None:
                    check()
                pause.acquire(timeout=_POLL_SECONDS)
                status = self._status()
        except BaseException:
            self._end()
            raise
        told = _take_text(f"{self._path}.part.error")
        if not os.path.exists(self._path) or status != 0:
            _unlink(f"{self._path}.part")
            raise CaptureFailed(told or _ending(status))

    def _status(self) -> int | None:
        try:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
        except ChildProcessError:  # the program has waited for all its children, this one included
            return 0
        return None if pid == 0 else os.waitstatus_to_exitcode(status)

    def _end(self) -> None:
        try:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        except OSError:
            pass
        _unlink(f"{self._path}.part")


def fork(native: Any, path: str, meta: Mapping[str, object], request: Request) -> Fork:
    """Fork the process; the child writes the snapshot to `path`. The program may go on at once."""
    with without_collector():
        pid = native.fork_snapshot(path, *request.arguments(), json.dumps(meta), PACKAGE)
    return Fork(path, pid)


def write(
    native: Any,
    path: str,
    meta: Mapping[str, object],
    request: Request,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Write the snapshot to `path` while the program stands still, but for what other threads do in `progress`.

    That is called with a share from 0 to 1, and what it raises ends the walk.
    """

    def go_on(done: int, known: int) -> bool:
        if progress is not None:
            progress(done / known)
        return True

    with open(path, "wb", buffering=0) as file, without_collector():
        told = go_on if progress is not None else None
        native.write_snapshot(file.fileno(), *request.arguments(), json.dumps(meta), told, PACKAGE)


class Request:
    """The arguments of both functions, as of now; it holds what frames refer to until it goes away.

    start: the frame of the calling thread to begin with. more_roots: what the interpreter is about to use. held: what
    Heapsight holds of the program's.
    """

    __slots__ = ("_hidden", "_kept", "_own", "_roots", "_threads")

    def __init__(self, start: FrameType, more_roots: Mapping[str, object], held: Iterable[Held]) -> None:
        stacks = Stacks(start)
        self._roots: list[Root] = [
            (INTERPRETER_ROOT, "exception being handled", one) for one in exceptions_being_handled()
        ]
        self._roots += [(INTERPRETER_ROOT, label, one) for label, one in more_roots.items()]
        # Of requests nothing is told: what this one holds is counted as ours.
        self._hidden = [Held, Request]
        self._kept: list[object] = []
        self._threads = _thread_rows(stacks.held(), self._kept)
        counts = stacks.own_counts()
        labels = (id(label) for _, label, _ in self._roots)
        for address in (*map(id, self._kept), *labels, *(id(one.obj) for one in held)):
            counts[address] = counts.get(address, 0) + 1
        self._own = list(counts.items())
        # So that it is no node: what it holds is counted as ours.
        ctypes.pythonapi.PyObject_GC_UnTrack(ctypes.py_object(self._kept))

    def arguments(self) -> tuple[object, ...]:
        """Return roots, threads, own references and hidden objects."""
        return self._roots, self._threads, self._own, self._hidden


def _thread_rows(threads: list[HeldByThread], kept: list[object]) -> list[tuple[str, list[Any]]]:
    """Write what the frames hold by address; the objects are put into `kept`, so that they stay."""
    rows = []
    for thread in threads:
        frames: list[Any] = []
        for frame in thread.frames:
            kept += [target for _, _, target in frame.references]
            references = [(kind, label, id(target)) for kind, label, target in frame.references]
            frames.append((frame.name, frame.path, frame.line, references))
        rows.append((thread.name, frames))
    return rows


def count_of(path: str) -> tuple[int, int, int]:
    """Return numbers of nodes and references, and bytes, of a finished snapshot."""
    with open(path, "rb") as file:
        columns = read_directory(file).columns
    return columns["node.type"].count, columns["edge.to"].count, os.path.getsize(path)


def amend(path: str, more: Mapping[str, object], add: Any = None) -> None:
    """Add to what a finished snapshot says of itself. add: called with file, directory and writer, to add columns."""
    try:
        with open(path, "r+b") as file:
            directory = read_directory(file)
            writer = SnapshotWriter.amending(file, directory)
            if add is not None:
                add(file, directory, writer)
            file.seek(0, 2)
            writer.finish({**directory.meta, **more})
    except SnapshotError as error:
        raise CaptureFailed(str(error)) from None


def _take_text(path: str) -> str:
    """Return what is in a small file, and remove it; "" where there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(1000)
        os.unlink(path)
    except OSError:
        return ""
    return text


def _ending(status: int) -> str:
    if status < 0:
        return f"the process that wrote it was ended by signal {-status}"
    return f"the process that wrote it ended with exit code {status}"


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass
