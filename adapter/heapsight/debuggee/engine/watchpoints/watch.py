"""A data breakpoint: what was asked for, and what is known of its place."""

from __future__ import annotations

from enum import Enum

from ...records import mutable_record, record
from ..model import Breakpoint
from .known import Describe, Known
from .places import Place


class Access(Enum):
    """What a data breakpoint waits for; values are DAP's `DataBreakpointAccessType`."""

    READ = "read"
    WRITE = "write"
    READ_WRITE = "readWrite"


@record
class DataSpec:
    """A data breakpoint as the client asked for it. `place` is None where there is none, and `message` says why."""

    data_id: str
    place: Place | None
    access: Access = Access.WRITE
    condition: str | None = None
    hit_condition: str | None = None
    message: str | None = None


@mutable_record(eq=False)
class Watch:
    """A data breakpoint that is set, and what was in its place last."""

    bp: Breakpoint
    spec: DataSpec
    place: Place
    known: Known

    @property
    def writes(self) -> bool:
        """Whether writing is of interest."""
        return self.spec.access is not Access.READ

    @property
    def reads(self) -> bool:
        """Whether reading is."""
        return self.spec.access is not Access.WRITE


@mutable_record
class Describing:
    """How values are written: `full` may call their `__repr__`, `quiet` calls nothing of the program's."""

    full: Describe = repr
    quiet: Describe = object.__repr__
