"""The heap walked in C. Not there where it was not built, or the interpreter is not one that it knows."""

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

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
    hidden: list[object],
    meta: str,
    progress: Callable[[int], object] | None = None,
    package: str | None = None,
) -> tuple[int, int]:
    """Write the heap to a file descriptor, from its beginning; return the numbers of nodes and references.

    The arguments, lists and tuples in them included, become no nodes, and their references to roots and hidden objects
    are not counted.
    threads: as docs/snapshot-format.md has pseudo nodes. What is on an evaluation stack (kind 7 without a label) is
        told if something else comes to it, too; all other addresses have to be of objects that live.
    own: address and number of references that are not the program's.
    hidden: objects that `sys.modules` and the namespaces of the program's modules do not tell of; of types among them,
        instances tell nothing of what they refer to.
    meta: the JSON text for the directory.
    progress: called with the number of objects that are done, now and then; a false answer ends the walk. Other threads
        may run meanwhile: everything met is held until the end.
    package: what the names of Heapsight's modules begin with. With it the walk finds modules, static types and what is
        Heapsight's itself: they are roots besides `roots`, and what is Heapsight's is hidden.
    Raises OSError, InterruptedError where it was cancelled, TypeError for arguments of another form, MemoryError.
    """

def fork_snapshot(
    path: str,
    roots: list[_Root],
    threads: list[_Thread],
    own: list[tuple[int, int]],
    hidden: list[object],
    meta: str,
    package: str | None = None,
) -> int:
    """Write the heap from a fork of the process; return its id. Linux only. The arguments are as above.

    The child writes `path`.part, renames it to `path` and ends with 0. Where it fails, it removes that, writes why into
    `path`.part.error and ends with 1. The caller has to wait for it.
    """

def retained(
    starts: list[object],
    modules: list[object],
    own_counts: dict[int, int],
    held: dict[int, Any],
    listed: frozenset[int],
    seconds: float,
    /,
) -> tuple[int, int, bool]:
    """Return bytes, objects, and whether that is all, of what would be freed if `starts` were.

    The walk stops at the namespaces of `modules` (those that are modules, and not in `starts`) and at what the whole
    program shares. `own_counts`: by address, how many references are to be left out of account, one more for what is
    among the keys of `held`, and one for what is `listed`; those of `starts` are anyway. Raises TypeError for other
    arguments, MemoryError.
    """

def own_references(
    frames: list[FrameType], package: str, held: type, traceback: type, of_objects: bool, /
) -> tuple[dict[int, int], set[int]]:
    """Return how often frames refer to objects, by address, and the addresses of our own objects that were looked into.

    package: how the `__module__` of our classes begins. Instances of these, from variables on, are looked into for what
    they refer to, those of `held` excepted, as are a variable's tuples of an exception and its `traceback`; none of it
    without `of_objects`. Raises TypeError for other arguments, MemoryError.
    """

def holders(
    target: object,
    looks_through: bool,
    starts: list[object],
    hidden: set[int],
    own: tuple[str, str],
    most: int,
    seconds: float,
    /,
) -> tuple[list[object], list[object], list[CodeType], int, int, int, bool]:
    """Return what holds `target`, as its traversal tells or a dict of it: objects that the collector lists, or froze.

    looks_through: also untracked tuples and dicts, and code objects, that these or `starts` lead to; of a string, also
        what has it as a key or is a class of that name.
    hidden: addresses of objects that are left out, as are instances and functions of `own`: what the `__module__` of
        the class, or the file of the code, begins with.
    Result: `most` holders; what may own one of these that is a dict, a tuple or a cell (as an instance's dict, a part
        of a function, of a class, of an exception; not as an item of a list, tuple, dict, set or deque; a function may
        own the cells in its closure); code objects that have one of the holders for a part; how many more holders there
        are, and how many references these have; how many instances a class has, which are holders only if they refer to
        it twice; whether `seconds` were enough.
    Runs no user code. Raises TypeError for other arguments, MemoryError.
    """

def ways(holder: object, target: object, kind: int, most: int, /) -> tuple[int, list[object]]:
    """Return how many references of a kind `holder` has to `target`, and the labels (see `references`) of the first."""

def visits(holder: object, target: object, /) -> int:
    """Return how often the traversal of `holder` comes to `target`; of a module only the namespace counts."""

def histogram(
    starts: list[object],
    roots: list[object],
    own_counts: dict[int, int],
    package: str,
    folder: str,
    all: bool,
    seconds: float,
    /,
) -> tuple[list[tuple[type, int, int]], bool]:
    """Return count and shallow size of the program's objects by type, and whether `seconds` were enough to count all.

    Heapsight's objects are left out: `starts`, instances of classes of a module that begins with `package`, functions
    of files that begin with `folder`, and what reference counting would free with them, where `own_counts` has, by
    address, the references of its frames.
    roots: where to begin besides, with `all`, which counts what the collector does not track, too.
    Runs no user code. Raises TypeError for other arguments, MemoryError.
    """

def instances(
    starts: list[object],
    roots: list[object],
    own_counts: dict[int, int],
    package: str,
    folder: str,
    types: list[type],
    subclasses: bool,
    all: bool,
    seconds: float,
    /,
) -> tuple[list[object], bool]:
    """Return the objects of `types`, with `subclasses` of all that inherit from them; the rest as `histogram`."""

def watch_allocations(types: list[type], function: Callable[[int, type], Callable[[], object] | None], /) -> None:
    """From now on call `function` with the address and class of each new instance of exactly these classes.

    It is called before the instance is complete, which it must not touch; what it raises is dropped. If it returns a
    function, the main thread calls that when its call of something in C, which has made the instance, is over. There
    is one function for all classes. Raises TypeError for what is no class made at run time.
    """

def release_allocations(types: list[type], /) -> None:
    """Allocate instances of these classes as before; those that were not watched are left alone."""
