"""The table of breakpoints of a program that has templates: theirs are bound when a template is loaded or rendered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import CodeType, FrameType

from ...records import field, mutable_record, record
from ..foreign import Foreign
from ..model import Breakpoint, BreakpointSpec
from .code_lines import find_code, nested_code
from .table import BreakpointTable, OnChange

_NOT_SEEN = "This template has not been loaded yet."
_NONE: frozenset[int] = frozenset()


@mutable_record
class _File:
    """The breakpoints of one file. `lines`: where they can be; None as long as that is not known."""

    bps: list[Breakpoint]
    lines: frozenset[int] | None = None
    by_line: dict[int, tuple[Breakpoint, ...]] = field(default_factory=dict)


@record
class _ArmedCode:
    """Code whose events may be places of files with breakpoints. Holds it, so that its id is no other's."""

    code: CodeType
    lines: frozenset[int]


class ForeignBreakpoints(BreakpointTable):
    """Adds breakpoints in files that `foreign` takes to those in Python's."""

    def __init__(self, foreign: Foreign, *, on_change: OnChange | None, is_mine: Callable[[CodeType], bool]) -> None:
        super().__init__(on_change=on_change, is_mine=is_mine)
        self._foreign = foreign
        self._files: dict[str, _File] = {}
        self._known_lines: dict[str, frozenset[int]] = {}
        self._code: dict[int, _ArmedCode] = {}

    def set_source(
        self, path: str, specs: Sequence[BreakpointSpec], text: str | None = None, reference: int = 0
    ) -> list[Breakpoint]:
        """Replace the breakpoints of the file `path`; the result is parallel to `specs`."""
        if not self._foreign.takes(path):
            return super().set_source(path, specs, text, reference)
        identity = self._identities.of(path)
        old = self._files.get(identity)
        bps = self._renew(old.bps if old is not None else [], specs)
        for bp in bps:
            bp.path, bp.line = path, bp.spec.line
            if bp.test is not None:
                bp.verified, bp.message = False, _NOT_SEEN
        files = {name: file for name, file in self._files.items() if name != identity}
        if bps:
            file = _File([bp for bp in bps if bp.test is not None])
            files[identity] = file
            lines = self._known_lines.get(identity)
            if lines is not None:
                _place(file, lines)
        self._files = files
        self._arm_existing(identity)
        return bps

    def clear(self) -> None:
        """Forget every breakpoint, and release all code."""
        super().clear()
        self._files = {}
        self._code = {}

    def code_seen(self, code: CodeType) -> None:
        """Bind breakpoints to code that is about to run for the first time."""
        super().code_seen(code)
        if not self._files:
            return
        if self._foreign.runs_every_file(code):
            self._arm_foreign(code)
            return
        identity = self._identities.of(code.co_filename)
        if identity in self._files:
            for one in nested_code(code):
                self._arm_foreign(one)
            lines = self._foreign.lines_in(code)
            if lines is not None:
                self._learn(identity, lines)

    def lines_for(self, code: CodeType) -> frozenset[int]:
        """Return the lines of `code` (nested code not counted) that may have a breakpoint."""
        armed = self._code.get(id(code))
        return super().lines_for(code) if armed is None else armed.lines

    def at(self, code: CodeType, line: int) -> tuple[Breakpoint, ...]:
        """Return the breakpoints that may be on `line` of `code`: which of them are, only the frame tells."""
        armed = self._code.get(id(code))
        if armed is None:
            return super().at(code, line)
        return tuple(bp for file in self._files.values() for bp in file.bps) if line in armed.lines else ()

    def reached(self, frame: FrameType, line: int) -> tuple[Breakpoint, ...]:
        """Return the breakpoints that `frame` is at when it is about to run `line`."""
        if id(frame.f_code) not in self._code or not self._foreign.is_in(frame):
            return super().at(frame.f_code, line)
        place = self._foreign.place(frame, line)
        if place is None:
            return ()
        identity = self._identities.of(place.path)
        file = self._files.get(identity)
        if file is None:
            return ()
        if file.lines is None or place.line not in file.lines:
            # Rendered for the first time since the breakpoint was set, or loaded anew.
            known = self._foreign.lines_at(frame)
            self._learn(identity, known.lines if known is not None else frozenset({place.line}))
        return file.by_line.get(place.line, ())

    def known_lines(self, path: str) -> frozenset[int]:
        """Return the lines of a file where breakpoints can be; none before it has been loaded."""
        return self._known_lines.get(self._identities.of(path), _NONE)

    def armed_code(self) -> tuple[CodeType, ...]:
        """Return every code object that has a breakpoint of any kind."""
        return (*super().armed_code(), *(armed.code for armed in list(self._code.values())))

    # -- inside --------------------------------------------------------------------------------------------------------

    def _arm_existing(self, identity: str) -> None:
        """Arm the code of a file that has breakpoints now, and disarm that of files that have none any more."""
        for armed in list(self._code.values()):
            self._arm_foreign(armed.code)
        for code in self._foreign.interpreters():
            self._arm_foreign(code)
        if identity in self._files:
            for code in find_code(lambda code: self._identities.of(code.co_filename) == identity):
                self._arm_foreign(code)

    def _arm_foreign(self, code: CodeType) -> None:
        concerned = bool(self._files) and (
            self._foreign.runs_every_file(code) or self._identities.of(code.co_filename) in self._files
        )
        lines = self._foreign.event_lines(code) if concerned else _NONE
        if lines:
            self._code[id(code)] = _ArmedCode(code, lines)
        else:
            self._code.pop(id(code), None)

    def _learn(self, identity: str, lines: frozenset[int]) -> None:
        self._known_lines[identity] = lines
        file = self._files.get(identity)
        if file is None or file.lines == lines:
            return
        for bp in _place(file, lines):
            if self.on_change is not None:
                self.on_change(bp)


def _place(file: _File, lines: frozenset[int]) -> list[Breakpoint]:
    """Put the breakpoints of a file on lines that it has; return those that this has bound, moved or refused."""
    changed = []
    by_line: dict[int, tuple[Breakpoint, ...]] = {}
    for bp in file.bps:
        before = (bp.verified, bp.line, bp.message)
        line = min((candidate for candidate in lines if candidate >= bp.spec.line), default=None)
        if line is None:
            bp.line, bp.verified = bp.spec.line, False
            bp.message = f"There is nothing that runs at or after line {bp.spec.line} of this template."
        else:
            bp.line, bp.verified, bp.message = line, True, None
            by_line[line] = (*by_line.get(line, ()), bp)
        if (bp.verified, bp.line, bp.message) != before:
            changed.append(bp)
    file.lines, file.by_line = lines, by_line
    return changed
