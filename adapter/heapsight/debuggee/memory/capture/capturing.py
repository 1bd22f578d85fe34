"""Taking a snapshot: where it goes, what it says about itself, and a file that is whole or not there."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from types import FrameType
from typing import Any, Final

from ....wire.snapshot_file import SUFFIX
from ...attributes import module_dict
from ...holding import Held
from ...originals import perf_counter
from ...records import record
from ...typenames import plain_text
from .native_capture import CaptureFailed, Fork, Request, amend, count_of, fork, native_module, write
from .python_capture import Progress, write_heap
from .sites import traced_frames, write_sites

_FOLDER: Final = ".heapsight"
_UNFINISHED: Final = ".part"
# A fork that writes ends itself after half of this (native/heap/fork.c).
_ABANDONED_SECONDS: Final = 3600


class SnapshotFailed(Exception):
    """A snapshot that could not be taken; the text says why, for a person."""


@record
class Captured:
    """A snapshot taken. `capture`: how, as in docs/snapshot-format.md; `pause_seconds`: the program stood still."""

    path: str
    capture: str
    pause_seconds: float
    nodes: int
    references: int
    file_bytes: int


@record
class Wish:
    """What to take. `path` None: a name of its own in `folder`, which None makes `.heapsight` in the current folder."""

    path: str | None = None
    folder: str | None = None
    label: str | None = None
    reason: str = "request"
    collect: bool = False
    # Objects that the interpreter is about to use, by what they are: an exception that is being reported.
    roots: Mapping[str, object] | None = None
    # What Heapsight holds of the program's, which does not count.
    held: Iterable[Held] = ()
    native: bool = True  # where it can be had


class Pending:
    """A snapshot that is on its way: the program may go on, `finish` waits for the file."""

    def __init__(self, path: str, how: str, pause_seconds: float, fork: Fork | None = None) -> None:
        self._path, self._how, self._pause = path, how, pause_seconds
        self._fork = fork

    def finish(self, check: Callable[[], None] | None = None) -> Captured:
        """Wait until the file is there; what interrupts this, or `check` raises now and then, leaves no file.

        Raises SnapshotFailed.
        """
        if self._fork is not None:
            try:
                self._fork.wait(check)
            except CaptureFailed as error:
                raise SnapshotFailed(f"There is no snapshot: {error}.") from None
            amend(self._path, {"pauseSeconds": self._pause})
        nodes, references, size = count_of(self._path)
        return Captured(self._path, self._how, self._pause, nodes, references, size)


def capture(wish: Wish, start: FrameType | None = None, progress: Progress | None = None) -> Captured:
    """Take a snapshot of this process, and wait for it. See `begin`."""
    return begin(wish, start or sys._getframe(), progress).finish()


def begin(wish: Wish, start: FrameType | None = None, progress: Progress | None = None) -> Pending:
    """Begin a snapshot of this process, on the calling thread; the program stands still until this returns.

    start: the frame of this thread to begin with. progress: of a capture in the process, called with a share from 0 to
    1; what it raises ends it. Raises SnapshotFailed where the file cannot be written.
    """
    begun = perf_counter()
    path = _place(wish)
    if wish.collect:
        gc.collect()
    start = start or sys._getframe()
    native = native_module() if wish.native else None
    try:
        if native is not None and is_by_fork(wish):
            _check_writable(path)
            child = fork(native, path, _meta(wish, "fork"), Request(start, wish.roots or {}, wish.held))
            return Pending(path, "fork", perf_counter() - begun, child)
        return _in_process(native, path, wish, start, progress, begun=begun)
    except (OSError, CaptureFailed) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise SnapshotFailed(f"The snapshot cannot be written to {path}: {said}.") from None


def is_by_fork(wish: Wish) -> bool:
    """Say whether the snapshot is written by a fork, and the program stands still for that alone."""
    return wish.native and hasattr(native_module(), "fork_snapshot") and not traced_frames()


def _in_process(
    native: Any, path: str, wish: Wish, start: FrameType, progress: Progress | None, *, begun: float
) -> Pending:
    """Take a snapshot that began at the moment `begun`, and wait for it."""
    unfinished, how = f"{path}{_UNFINISHED}", "python" if native is None else "process"
    try:
        if native is not None:
            write(native, unfinished, _meta(wish, how), Request(start, wish.roots or {}, wish.held), progress)
        else:
            with open(unfinished, "wb") as file:
                write_heap(file, _meta(wish, how), start, progress, wish.roots)
        if native is not None and traced_frames():
            # They are looked up by address, so before anything is freed.
            amend(unfinished, {}, write_sites)
        pause = perf_counter() - begun
        amend(unfinished, {"pauseSeconds": pause})
        os.replace(unfinished, path)
    finally:
        _remove(unfinished)
    return Pending(path, how, pause)


def _check_writable(path: str) -> None:
    """Raise OSError where the child could not make its file, which is more easily told from here."""
    unfinished = f"{path}{_UNFINISHED}"
    with open(unfinished, "wb"):
        pass
    _remove(unfinished)


def resident_bytes() -> int | None:
    """Return how much memory of this process is resident; None where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def program_name() -> str:
    """Return a short name of the program that runs here, fit for a file's name."""
    words = sys.argv if type(sys.argv) is list else []
    name = os.path.basename(plain_text(words[0])) if words else ""
    if name == "__main__.py":
        name = os.path.basename(os.path.dirname(os.path.abspath(plain_text(words[0]))))
    name = name.removesuffix(".py").lstrip("-.")
    kept = "".join(one if one.isalnum() or one in "-_." else "_" for one in name)[:60]
    return kept or "python"


def _place(wish: Wish) -> str:
    if wish.path is not None:
        path = os.path.abspath(wish.path)
        if os.path.isdir(path):
            raise SnapshotFailed(f"{path} is a folder; a snapshot is a file.")
        if not os.path.isdir(os.path.dirname(path)):
            raise SnapshotFailed(f"There is no folder {os.path.dirname(path)} to write the snapshot to.")
        return path
    folder = os.path.abspath(wish.folder or _FOLDER)
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise SnapshotFailed(f"The folder {folder} cannot be made: {error.strerror or error}.") from None
    _remove_abandoned(folder)
    stem = os.path.join(folder, f"{program_name()}-{time.strftime('%Y%m%d-%H%M%S')}")
    path, number = f"{stem}{SUFFIX}", 2
    while os.path.exists(path) or os.path.exists(f"{path}{_UNFINISHED}"):
        path, number = f"{stem}-{number}{SUFFIX}", number + 1
    return path


def _remove_abandoned(folder: str) -> None:
    """Remove what is left in a folder of ours of snapshots whose writers were killed, which nobody else would."""
    latest = time.time() - _ABANDONED_SECONDS
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                is_ours = entry.name.endswith((f"{SUFFIX}{_UNFINISHED}", f"{SUFFIX}{_UNFINISHED}.error"))
                if is_ours and entry.stat(follow_symlinks=False).st_mtime < latest:
                    _remove(entry.path)
    except OSError:
        pass


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


def _meta(wish: Wish, how: str) -> dict[str, object]:
    package = sys.modules.get(__name__.partition(".")[0])
    namespace = {} if package is None else module_dict(package)
    meta: dict[str, object] = {
        "heapsight": plain_text(namespace.get("__version__")),
        "python": sys.version.split()[0],
        "platform": sys.platform,
        "pid": os.getpid(),
        "argv": [plain_text(word) for word in sys.argv] if type(sys.argv) is list else [],
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "capture": how,
        "traced": traced_frames(),
        "reason": wish.reason,
    }
    if wish.label is not None:
        meta["label"] = wish.label
    if (resident := resident_bytes()) is not None:
        meta["rss"] = resident
    return meta
