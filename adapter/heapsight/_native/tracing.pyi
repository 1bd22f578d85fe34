"""The trace function in C. Not there where it was not built; `debuggee/engine/backends/native.py` uses it."""

from collections.abc import Callable, Iterable, Set
from types import CodeType, FrameType
from typing import Any, final

_Trace = Callable[[FrameType, str, object], object]

@final
class CodeTable:
    """Code objects that are dull. Holds none of them."""

    def __contains__(self, code: object, /) -> bool: ...
    def add(self, code: CodeType, /) -> None:
        """Put in code that is dull. It leaves all other tables."""

    def note(self, code: CodeType, trace: _Trace | None = None, /) -> None:
        """Take notice that code is not dull. trace: the local trace function for all of its frames."""

@final
class LineTrace:
    """A local trace function that calls `otherwise` at some lines, and, once `table` is not in use, always.

    is_user: whether it is the user's code, where exceptions may be of interest, too; see `judge`.
    offsets: instructions that are, unless they are dull sites (`note_sites`); all are on `opcode_lines`. 3.11 only.
    returns: whether returns are.
    arguments: pairs of a word of the frame and an address. Where there are any, a call whose frame has none of these
    addresses in these words is dull as a whole; the words have to stay as they are while the frame is there.
    """

    def __new__(
        cls,
        lines: Iterable[int],
        table: CodeTable,
        otherwise: _Trace,
        is_user: bool | None = None,
        opcode_lines: Iterable[int] = (),
        offsets: Iterable[int] = (),
        returns: bool = False,
        arguments: tuple[tuple[int, int], ...] = (),
        /,
    ) -> LineTrace: ...
    def __call__(self, frame: FrameType, event: str, argument: object, /) -> object: ...

def begin(trace: _Trace, decide: Callable[[FrameType], object], classify: Callable[[CodeType], object], /) -> None:
    """Set what the trace function calls.

    decide: for a call of code that is not known to be dull; returns the frame's local trace function or None.
    classify: puts code into the table in use.
    trace: what `sys.gettrace()` tells of a thread that is traced.
    """

def end() -> None:
    """Trace no thread any more, and forget what `begin` was given."""

def rest() -> None:
    """Trace no thread any more, until it is asked for."""

def trace_current() -> None:
    """Trace the calling thread."""

def trace_threads(idents: Set[int], /) -> None:
    """Trace the threads with these numbers; from 3.12 on all threads."""

def variable(frame: FrameType, index: int, /) -> object:
    """Return the object in word `index` of a frame, which has to be a place of one of its code's variables.

    Raises ValueError where it is not bound.
    """

def judge(raises: dict[int, Any] | None, unwinds: dict[int, Any] | None, pending: dict[int, Any], /) -> None:
    """Set which exceptions are dull to a `LineTrace` with an owner.

    By the addresses of types that no filter for raising (`raises`), and none for leaving user code (`unwinds`), can
    want; None where there is no such filter. While there is anything in `pending`, none is dull.
    """

def begin_sites(
    function: Callable[[CodeType, int], object],
    pending: dict[int, Any],
    disable: object = None,
    start: Callable[[CodeType, int], object] | None = None,
    /,
) -> None:
    """Forget all sites; `instruction` calls `function(code, offset)` for what is not dull.

    While there is anything in `pending`, nothing is.
    disable: what it returns for a dull instruction that has no words to look at, unless `wake_sites` was called.
    start: the same as `function`, for the beginnings of calls; see `start`.
    """

def end_sites() -> None:
    """Forget all sites, and what `begin_sites` was given."""

def forget_sites() -> None:
    """Forget all sites: then no instruction is dull."""

def wake_sites(code: CodeType, /) -> None:
    """Disable no instruction of `code` any more, until its sites are set anew."""

def note_sites(code: CodeType, sites: list[tuple[int, int, int, tuple[int, ...]]], /) -> None:
    """Set the sites of `code`: (offset, first word, count, addresses), sorted by offset.

    An instruction is dull if it has sites, and none of the words of its frame that they name is among their addresses.
    Those with the offset -1 are of the beginning of a call.
    """

def instruction(code: CodeType, offset: int, /) -> object:
    """Take an INSTRUCTION event of `sys.monitoring`; returns None where it is dull."""

def start(code: CodeType, offset: int, /) -> object:
    """Take a PY_START event of `sys.monitoring`; returns None where the call is dull."""

def use(table: CodeTable, quiet: bool, /) -> None:
    """Decide by `table`. quiet: only breakpoints are looked for, so that dull code need not be traced at all."""
