"""The heap walked in C. Not there where it was not built, or the interpreter is not one that it knows."""

from collections.abc import Callable

_Root = tuple[int, str, object]  # kind, label, object
_Reference = tuple[int, str, int]  # kind, label, address
_Frame = tuple[str, str, int, list[_Reference]]  # name, file, line, what it holds
_Thread = tuple[str, list[_Frame]]

def references(obj: object, /) -> list[tuple[int, str | int | object | None, object]]:
    """Return (kind, label, target) for each reference that `obj` holds; kinds as in docs/snapshot-format.md.

    The label is a name, an index, for a value of a dict the key itself, else None. Runs no user code.
    """

def referents(obj: object, /) -> list[object]:
    """Return the targets of `references(obj)`."""

def shallow_size(obj: object, /) -> int:
    """Return what `heapsight.debuggee.memory.sizes.shallow_size` returns, in bytes."""

def write_snapshot(
    file: int,
    roots: list[_Root],
    threads: list[_Thread],
    own: list[tuple[int, int]],
    hidden_modules: list[object],
    meta: str,
    progress: Callable[[int], object] | None = None,
) -> tuple[int, int]:
    """Write the heap to a file descriptor, from its beginning; return the numbers of nodes and references.

    The arguments, lists and tuples in them included, become no nodes, and their references to roots and hidden objects
    are not counted.
    threads: as docs/snapshot-format.md has pseudo nodes. What is on an evaluation stack (kind 7 without a label) is
        told if something else comes to it, too; all other addresses have to be of objects that live.
    own: address and number of references that are not the program's.
    hidden_modules: objects that `sys.modules` and the namespaces of roots of kind 0 do not tell of; of types among
        them, instances tell nothing of what they refer to.
    meta: the JSON text for the directory.
    progress: called with the number of objects that are done, now and then; a false answer ends the walk. Other threads
        may run meanwhile: everything met is held until the end.
    Raises OSError, InterruptedError where it was cancelled, TypeError for arguments of another form, MemoryError.
    """

def fork_snapshot(
    path: str,
    roots: list[_Root],
    threads: list[_Thread],
    own: list[tuple[int, int]],
    hidden_modules: list[object],
    meta: str,
) -> tuple[int, float]:
    """Write the heap from a fork of the process; return its id and the seconds that the fork took. Linux only.

    The child writes `path`.part, renames it to `path` and ends with 0. Where it fails, it removes that, writes why into
    `path`.part.error and ends with 1. The caller has to wait for it.
    """

def retained(
    starts: list[object], stops: list[object], own_counts: dict[int, int], seconds: float, /
) -> tuple[int, int, bool]:
    """Return bytes, objects, and whether that is all, of what would be freed if `starts` were.

    The walk stops at `stops` and at what the whole program shares. `own_counts`: by address, how many references are to
    be left out of account; those of `starts` are anyway. Raises TypeError for other arguments, MemoryError.
    """
