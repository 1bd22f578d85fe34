"""Where the breakpoints of one file are: by its source when they are set, and by the code of it that comes to run."""

from __future__ import annotations

from types import CodeType

from ...records import record, replace
from ..model import Breakpoint
from .code_lines import breakable_lines, nested_code
from .locations import Location, has_columns, with_code
from .outline import Outline, Refusal, outline_of
from .source_files import SourceFile

_NO_COLUMNS = "Python notes no columns here (-X no_debug_ranges): the breakpoint is on the whole line."


@record
class Placed:
    """A breakpoint on a line, or at a place within it."""

    bp: Breakpoint
    line: int
    location: Location | None = None


@record
class PlacedFile:
    """The breakpoints of one file: placed, waiting for code, or refused (in neither)."""

    outline: Outline | None
    placed: tuple[Placed, ...]
    waiting: tuple[Breakpoint, ...]

    def by_line(self, code: CodeType) -> dict[int, tuple[Breakpoint, ...]]:
        """Return the breakpoints on whole lines of `code`."""
        wanted = {one.line for one in self.placed if one.location is None}
        lines = wanted & breakable_lines(code) if wanted else ()
        return {
            line: tuple(one.bp for one in self.placed if one.line == line and one.location is None) for line in lines
        }

    def by_offset(self, code: CodeType) -> dict[int, tuple[Breakpoint, ...]]:
        """Return the breakpoints at instructions of `code`."""
        found: dict[int, tuple[Breakpoint, ...]] = {}
        for one in self.placed:
            for offset in one.location.offsets_in(code) if one.location is not None else ():
                found[offset] = (*found.get(offset, ()), one.bp)
        return found


def put(file: PlacedFile, bp: Breakpoint, source: SourceFile | Refusal) -> PlacedFile:
    """Return `file` with `bp` where it belongs by its source, and tell the breakpoint."""
    place = source if file.outline is None or isinstance(source, Refusal) else file.outline.place(bp.spec.line)
    if isinstance(place, Refusal):
        bp.message = place.reason
        return replace(file, waiting=(*file.waiting, bp)) if place.may_come else file
    assert isinstance(place, int)
    bp.line, bp.verified, bp.message = place, True, None
    if bp.spec.column is not None and place == bp.spec.line and isinstance(source, SourceFile):
        bp.location = source.location_at(place, bp.spec.column)
        if not has_columns(source.code):
            bp.message = _NO_COLUMNS
    return replace(file, placed=(*file.placed, Placed(bp, place, bp.location)))


def placed_by(code: CodeType, file: PlacedFile) -> PlacedFile:
    """Return `file` with the breakpoints placed that only running `code` has a place for.

    These are the waiting ones, and those whose line has no code in a module that differs from its file.
    """
    outline = outline_of(code)
    placed = list(file.placed)
    waiting: list[Breakpoint] = []
    if code.co_name == "<module>" and (file.outline is None or outline.resembles(file.outline)):
        again = [(one.bp, _place_again(outline, code, one)) for one in file.placed]
        placed = [place for _, place in again if place is not None]
        waiting = [bp for bp, place in again if place is None]
    for bp in file.waiting:
        place = outline.place(bp.spec.line)
        if isinstance(place, int):
            placed.append(Placed(bp, place))
        else:
            waiting.append(bp)
    return PlacedFile(file.outline, tuple(placed), tuple(waiting))


def _place_again(outline: Outline, module: CodeType, placed: Placed) -> Placed | None:
    """Return where a breakpoint is in `module` with this outline; None if it has no place there."""
    if placed.line in outline.lines:
        location = placed.location
        if location is None or with_code([location], nested_code(module)):
            return placed
        return replace(placed, location=None)
    place = outline.place(placed.bp.spec.line)
    return Placed(placed.bp, place) if isinstance(place, int) else None
