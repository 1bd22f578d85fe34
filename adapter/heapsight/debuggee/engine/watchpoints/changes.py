"""What was noticed about a watched place, and how that is told."""

from __future__ import annotations

import os
from enum import Enum
from types import CodeType, FrameType

from ...records import record
from ..breakpoints.locations import Span
from ..model import Breakpoint
from .known import Describe, Known
from .sites import Site


class Notice(Enum):
    """How something came to be noticed."""

    WRITTEN = "written"
    READ = "read"
    # By code that is not watched, some time before.
    LATE = "changed since"


@record
class Change:
    """One notice. Has the new value itself: not to be kept.

    here: the instruction at `site` is of the frame in which the notice was taken.
    """

    bp: Breakpoint
    label: str
    notice: Notice
    old: Known
    new: Known
    value: object
    site: Site | None = None
    here: bool = True

    def place(self, frame: FrameType) -> tuple[str, int]:
        """Return file and line of what wrote or read; of `frame` where that is not known."""
        if self.site is None:
            return frame.f_code.co_filename, frame.f_lineno
        return place_of(self.site.code, self.site.offset)


@record
class Told:
    """The same in words. `headline`: a few, for a list of stopped threads; `text`: all there is to say."""

    headline: str
    text: str


def tell(change: Change, describe: Describe) -> Told:
    """Put a change in words. May call the `__repr__` of the values."""
    new = change.new.text = change.new.write(change.value, describe)
    if change.notice is Notice.READ:
        headline = f"{change.label} is read: {new}"
        return Told(headline, headline)
    headline = f"{change.label}: {change.old.describe(describe)} → {new}"
    if change.notice is Notice.LATE:
        reason = "changed since it was last looked at, by code that is not watched"
    elif change.site is not None and not change.here:
        path, line = place_of(change.site.code, change.site.offset)
        reason = f"written at {os.path.basename(path)}:{line} in {change.site.code.co_qualname}"
    else:
        reason = "assigned again, an equal value" if change.old.equals(change.value) else ""
    return Told(headline, f"{headline} ({reason})" if reason else headline)


def span_of(site: Site | None) -> Span | None:
    """Return where in the source an instruction is: its line alone where the compiler has noted no more."""
    if site is None:
        return None
    _, line = place_of(site.code, site.offset)
    spans = list(site.code.co_positions())
    start, end, column, end_column = spans[min(site.offset // 2, len(spans) - 1)]
    if start is None or end is None or column is None or end_column is None:
        return line, line, 0, 0
    return start, end, column, end_column


def place_of(code: CodeType, offset: int) -> tuple[str, int]:
    """Return the file and the line of an instruction."""
    line = next((line for start, end, line in code.co_lines() if start <= offset < end), None)
    return code.co_filename, line or code.co_firstlineno
