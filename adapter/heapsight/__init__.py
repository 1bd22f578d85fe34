"""Heapsight: a Python debugger that sees memory.

The functions here have the names and the meaning of debugpy's, so that a program switches by changing one word. Nothing
of the debugger is loaded before one of them is called.
"""

from __future__ import annotations

# Known to type checkers; `typing` is not imported for it.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "breakpoint",
    "configure",
    "connect",
    "debug_this_thread",
    "is_client_connected",
    "listen",
    "log_to",
    "snapshot",
    "snapshot_above",
    "snapshot_on_memory_error",
    "snapshot_on_signal",
    "trace_this_thread",
    "wait_for_client",
]

Endpoint = tuple[str, int]


def listen(endpoint: Endpoint | int, *, in_process_debug_adapter: bool = False) -> Endpoint:
    """Let clients attach to this process at `endpoint`, a port or (host, port); return the address in use.

    Port 0 takes a free one. Does not wait for a client. Raises RuntimeError when this process is debugged already, or
    the address cannot be listened on.
    """
    from .debuggee import public_api

    return public_api.listen(endpoint, in_process_debug_adapter=in_process_debug_adapter)


def connect(endpoint: Endpoint | int, *, access_token: str | None = None) -> Endpoint:
    """Connect this process to an adapter that waits for it at `endpoint`, a port or (host, port).

    Does not wait until the client has set its breakpoints. Raises RuntimeError when this process is debugged already,
    and OSError when nothing answers there.
    """
    from .debuggee import public_api

    return public_api.connect(endpoint, access_token=access_token)


def wait_for_client() -> None:
    """Wait until a client is attached and configured. Raises RuntimeError without `listen` or `connect`."""
    from .debuggee import public_api

    public_api.wait_for_client()


def is_client_connected() -> bool:
    """Say whether a client is debugging this process."""
    from .debuggee import public_api

    return public_api.is_client_connected()


def breakpoint() -> None:
    """Stop here, when a client is debugging this process; otherwise do nothing."""
    from .debuggee import public_api

    public_api.breakpoint()


def debug_this_thread() -> None:
    """Debug the calling thread too: for threads that were started behind `threading`'s back."""
    from .debuggee import public_api

    public_api.debug_this_thread()


def trace_this_thread(should_trace: bool) -> None:
    """Switch tracing of the calling thread on or off, where tracing is per thread (Python 3.11)."""
    from .debuggee import public_api

    public_api.trace_this_thread(should_trace)


def configure(properties: dict[str, object] | None = None, **kwargs: object) -> None:
    """Set what has to be known before a client attaches: `subProcess`, `qt`, `python` (the adapter's interpreter).

    Raises ValueError for other names, RuntimeError when this process is debugged already.
    """
    from .debuggee import public_api

    public_api.configure({**(properties or {}), **kwargs})


def log_to(path: str) -> None:
    """Write what the adapter and the client say to each other into files in the folder `path`.

    The folder is made where it is missing. Raises OSError.
    """
    from .debuggee import public_api

    public_api.log_to(path)


def snapshot(path: str | PathLike[str] | None = None, *, label: str | None = None) -> str:
    """Write the whole heap of this process into a file; return its path. No debugger is needed.

    Without `path` the file gets a name of its own in the folder `.heapsight`. Raises OSError where it cannot be made.
    """
    from .debuggee import snapshots

    return snapshots.snapshot(path, label)


def snapshot_on_signal(signum: int | None = None, folder: str | PathLike[str] | None = None) -> None:
    """Write a snapshot into `folder` (`.heapsight`) whenever the process gets signal `signum` (SIGUSR2).

    To be called in the main thread, as `signal.signal`. The program goes on after it.
    """
    from .debuggee import snapshots

    snapshots.on_signal(signum, snapshots.Destination(folder))


def snapshot_on_memory_error(folder: str | PathLike[str] | None = None) -> None:
    """Write a snapshot into `folder` (`.heapsight`) when a MemoryError ends the program or a thread.

    32 MB are kept in reserve for it.
    """
    from .debuggee import snapshots

    snapshots.on_memory_error(snapshots.Destination(folder))


def snapshot_above(megabytes: float, folder: str | PathLike[str] | None = None) -> None:
    """Write a snapshot into `folder` (`.heapsight`) once more than `megabytes` are resident, and at each doubling."""
    from .debuggee import snapshots

    snapshots.above(megabytes, snapshots.Destination(folder))


def _run_target(words: list[str], already_loaded: frozenset[str]) -> None:
    """Run `(FILE | -m MODULE | -c CODE) ARGS…` as `__main__`, for `python -m heapsight`."""
    from .debuggee import public_api

    public_api.run_target(words, already_loaded)
