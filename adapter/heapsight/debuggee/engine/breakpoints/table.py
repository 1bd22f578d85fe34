"""The table of breakpoints: what the client asked for, and which lines of which code objects that means.

Threads look things up while the client's requests change them, and no lock is held on either side. So the state is one
immutable object that is swapped whole, and what is armed is a dict whose entries are immutable: a thread that arms code
by a state that has been swapped meanwhile notices, and arms again.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Sequence
from types import CodeType, FrameType, ModuleType

from ...records import field, record, replace
from ..expressions.conditions import make_test
from ..model import Breakpoint, BreakpointSpec
from .code_lines import find_code, line_of, nested_code
from .function_names import ANY, Fit, FunctionName, parse_function_name
from .generated import GeneratedSources
from .module_functions import Namespace, namespaces_of_file
from .outline import Refusal
from .paths import FileIdentities
from .placing import PlacedFile, placed_by, put
from .source_files import SourceFile, source_of_file

_NONE: frozenset[int] = frozenset()
_LOST = "The file has changed since: what runs has no code at or after this line."
_NOT_DEFINED = "No function of this name has been defined yet."

OnChange = Callable[[Breakpoint], None]


@record
class _Armed:
    """The breakpoints of one code object. Holds the code, so that its id is no other's."""

    code: CodeType
    by_line: dict[int, tuple[Breakpoint, ...]]
    lines: frozenset[int]
    entry: tuple[Breakpoint, ...]
    by_offset: dict[int, tuple[Breakpoint, ...]]
    offsets: frozenset[int]


@record
class _State:
    """Everything that is set. `functions`: by the function's own name, patterns under ANY."""

    files: dict[str, PlacedFile] = field(default_factory=dict)
    functions: dict[str, tuple[tuple[FunctionName, Breakpoint], ...]] = field(default_factory=dict)
    # By the address of the code, which is held as long as its breakpoint is set.
    instructions: dict[int, tuple[tuple[CodeType, int, Breakpoint], ...]] = field(default_factory=dict)

    def on_instructions(self, code: CodeType) -> dict[int, tuple[Breakpoint, ...]]:
        """Return the instruction breakpoints of `code` by offset."""
        found: dict[int, tuple[Breakpoint, ...]] = {}
        for _, offset, bp in self.instructions.get(id(code), ()):
            found[offset] = (*found.get(offset, ()), bp)
        return found


class BreakpointTable:
    """Logical breakpoints, and what is armed for them.

    on_change: called, on the thread concerned, with a breakpoint that was bound or moved by code that appeared.
    is_mine: tells the user's code from libraries; function breakpoints that name no module bind to the user's only.
    """

    def __init__(self, *, on_change: OnChange | None = None, is_mine: Callable[[CodeType], bool] | None = None) -> None:
        self.on_change = on_change
        self._is_mine = is_mine
        self._ids = itertools.count(1)
        self._identities = FileIdentities()
        self._generated = GeneratedSources()
        self._state = _State()
        self._armed: dict[int, _Armed] = {}
        # Whether an instruction has, or had, a breakpoint of its own.
        self.has_offsets = False
        # The logical breakpoints as last set, per file identity and for functions, so that one that is set again
        # unchanged keeps its number and its hits.
        self._by_file: dict[str, list[Breakpoint]] = {}
        self._by_function: list[Breakpoint] = []
        self._by_instruction: list[Breakpoint] = []

    # -- what the client sets ----------------------------------------------------------------------------------------

    def set_source(
        self, path: str, specs: Sequence[BreakpointSpec], text: str | None = None, reference: int = 0
    ) -> list[Breakpoint]:
        """Replace the breakpoints of the file `path`; the result is parallel to `specs`.

        text: what the source contains that the breakpoints are in, where other code has the name `path` too.
        reference: the client's number for it.
        """
        identity = self._identities.of(path) if text is None else self._generated.add(path, text)
        bps = self._renew(self._by_file.pop(identity, []), specs)
        source = source_of_file(path, text) if specs else Refusal("")
        outline = source.outline() if isinstance(source, SourceFile) else None
        file = PlacedFile(outline, (), ())
        for bp in bps:
            bp.path, bp.reference = path, reference
            bp.line, bp.location, bp.verified = bp.spec.line, None, False
            if bp.test is not None:
                file = put(file, bp, source)
        if bps:
            self._by_file[identity] = bps
        self._swap(lambda state: replace(state, files=_with_file(state.files, identity, file if bps else None)))
        namespaces = namespaces_of_file(lambda name: self._identities.of(name) == identity) if bps else []
        self._rearm(lambda code: self._identity(code) == identity, namespaces, search=bool(bps))
        return bps

    def set_again(self, path: str) -> None:
        """Place the breakpoints of a file anew, whose code is another now."""
        known = self._by_file.get(self._identities.of(path), [])
        if known:
            for bp in self.set_source(known[0].path or path, [bp.spec for bp in known]):
                if self.on_change is not None:
                    self.on_change(bp)

    def set_functions(self, specs: Sequence[BreakpointSpec]) -> list[Breakpoint]:
        """Replace the function breakpoints; the result is parallel to `specs`."""
        bps = self._renew(self._by_function, specs)
        functions: dict[str, tuple[tuple[FunctionName, Breakpoint], ...]] = {}
        for bp in bps:
            bp.path = bp.line = None
            bp.verified = False
            name = parse_function_name(bp.spec.function or "")
            if isinstance(name, str):
                bp.message = name
            elif bp.test is not None:
                bp.message = _NOT_DEFINED
                key = ANY if name.is_pattern else name.last
                functions[key] = (*functions.get(key, ()), (name, bp))
        self._by_function = bps
        self._swap(lambda state: replace(state, functions=functions))
        self._rearm(lambda code: ANY in functions or code.co_name in functions, search=bool(functions))
        return bps

    def set_instructions(
        self, specs: Sequence[BreakpointSpec], places: Sequence[tuple[CodeType, int] | None]
    ) -> list[Breakpoint]:
        """Replace the instruction breakpoints; all are parallel. A place is None where there is no such instruction."""
        bps = self._renew(self._by_instruction, specs)
        instructions: dict[int, tuple[tuple[CodeType, int, Breakpoint], ...]] = {}
        for bp, place in zip(bps, places, strict=True):
            bp.verified = False
            if place is None:
                bp.message = "There is no such instruction, or its code is gone."
            elif bp.test is not None:
                code, offset = place
                bp.path, bp.line, bp.verified, bp.message = code.co_filename, line_of(code, offset), True, None
                instructions[id(code)] = (*instructions.get(id(code), ()), (code, offset, bp))
        self._by_instruction = bps
        before = self._swap_instructions(instructions)
        codes = [code for ones in (*before.values(), *instructions.values()) for code, _, _ in ones]
        for code in {id(code): code for code in codes}.values():
            self._bind(code, and_nested=False)
        return bps

    def clear(self) -> None:
        """Forget every breakpoint, and release all code."""
        self._state = _State()
        self._armed.clear()
        self._by_file.clear()
        self._by_function = []
        self._by_instruction = []

    def new_id(self) -> int:
        """Return a number for a breakpoint of any kind."""
        return next(self._ids)

    # -- what threads ask --------------------------------------------------------------------------------------------

    def code_seen(self, code: CodeType) -> None:
        """Bind breakpoints to `code`, which is about to run for the first time, and to the code nested in it."""
        state = self._state
        if state.functions or (state.files and self._identity(code) in state.files):
            for bp in self._bind(code):
                if self.on_change is not None:
                    self.on_change(bp)

    def is_same_file(self, one: str, other: str) -> bool:
        """Say whether two names mean one file."""
        return self._identities.of(one) == self._identities.of(other)

    def lines_for(self, code: CodeType) -> frozenset[int]:
        """Return the lines of `code` (nested code not counted) that have a breakpoint."""
        armed = self._armed.get(id(code))
        return _NONE if armed is None else armed.lines

    def entry_for(self, code: CodeType) -> tuple[Breakpoint, ...]:
        """Return the function breakpoints on `code`."""
        armed = self._armed.get(id(code))
        return () if armed is None else armed.entry

    def at(self, code: CodeType, line: int) -> tuple[Breakpoint, ...]:
        """Return the line breakpoints on `line` of `code`."""
        armed = self._armed.get(id(code))
        return () if armed is None else armed.by_line.get(line, ())

    def reached(self, frame: FrameType, line: int) -> tuple[Breakpoint, ...]:
        """Return the line breakpoints that `frame` is at when it is about to run `line`."""
        armed = self._armed.get(id(frame.f_code))
        return () if armed is None else armed.by_line.get(line, ())

    def known_lines(self, path: str) -> frozenset[int]:
        """Return the lines of a file that is not Python's where breakpoints can be, as far as that is known."""
        del path
        return _NONE

    def offsets_for(self, code: CodeType) -> frozenset[int]:
        """Return the offsets of the instructions of `code` that have a breakpoint of their own."""
        armed = self._armed.get(id(code))
        return _NONE if armed is None else armed.offsets

    def at_offset(self, code: CodeType, offset: int) -> tuple[Breakpoint, ...]:
        """Return the breakpoints on the instruction at `offset` of `code`."""
        armed = self._armed.get(id(code))
        return () if armed is None else armed.by_offset.get(offset, ())

    def armed_code(self) -> tuple[CodeType, ...]:
        """Return every code object that has a breakpoint of any kind."""
        return tuple(armed.code for armed in list(self._armed.values()))

    # -- inside --------------------------------------------------------------------------------------------------------

    def _identity(self, code: CodeType) -> str:
        """Return what identifies the source of `code`."""
        return self._generated.of(code) or self._identities.of(code.co_filename)

    def _renew(self, old: Iterable[Breakpoint], specs: Sequence[BreakpointSpec]) -> list[Breakpoint]:
        """Return a breakpoint per spec, of the old ones where the same thing is asked for again."""
        reusable = list(old)
        bps = []
        for spec in specs:
            bp = next((known for known in reusable if known.spec == spec), None)
            if bp is not None:
                reusable.remove(bp)
            else:
                test = make_test(spec)
                bp = Breakpoint(self.new_id(), spec)
                bp.test, bp.message = (None, test) if isinstance(test, str) else (test, None)
            bps.append(bp)
        return bps

    def _rearm(
        self, concerned: Callable[[CodeType], bool], namespaces: Sequence[Namespace] = (), *, search: bool
    ) -> None:
        """Arm anew the code that the last change concerns; `search`: also code that has nothing armed yet.

        A file's own modules (`namespaces`) are enough to look through: code that they do not lead to is bound when it
        begins to run.
        """
        known = [armed.code for armed in list(self._armed.values())]
        roots = find_code(concerned, namespaces) if search else []
        for code in {id(code): code for code in (*known, *roots)}.values():
            self._bind(code, and_nested=False)

    def _swap_instructions(
        self, instructions: dict[int, tuple[tuple[CodeType, int, Breakpoint], ...]]
    ) -> dict[int, tuple[tuple[CodeType, int, Breakpoint], ...]]:
        """Replace the instruction breakpoints of the state; return those before."""
        before = self._state.instructions
        self._swap(lambda state: replace(state, instructions=instructions))
        return before

    def _swap(self, change: Callable[[_State], _State]) -> _State:
        """Replace the state by what `change` makes of it, whatever other threads do meanwhile; return the new one."""
        while True:
            state = self._state
            following = change(state)
            # No call stands between the comparison and the assignment, so no other thread runs between them.
            if self._state is state:
                self._state = following
                return following

    def _bind(self, code: CodeType, *, and_nested: bool = True) -> list[Breakpoint]:
        """Arm `code` by the current state; return the breakpoints that this has bound or moved."""
        changed: dict[int, Breakpoint] = {}
        while True:
            self._place(code, changed)
            state = self._state
            for one in nested_code(code) if and_nested else (code,):
                self._arm(one, state, changed)
            if self._state is state:
                return list(changed.values())

    def _place(self, code: CodeType, changed: dict[int, Breakpoint]) -> None:
        """Find places in `code` for breakpoints of its file that have none, or none in the code that runs."""
        identity = self._identity(code)
        file = self._state.files.get(identity)
        if file is None or (not file.waiting and code.co_name != "<module>"):
            return

        def place(state: _State) -> _State:
            known = state.files.get(identity)
            return state if known is None else replace(state, files={**state.files, identity: placed_by(code, known)})

        placed = self._swap(place).files.get(identity)
        for one in placed.placed if placed is not None else ():
            bp = one.bp
            if not bp.verified or bp.line != one.line or bp.location is not one.location:
                bp.line, bp.location, bp.verified, bp.message = one.line, one.location, True, None
                changed[bp.id] = bp
        for bp in placed.waiting if placed is not None else ():
            if bp.verified:
                bp.line, bp.location, bp.verified, bp.message = bp.spec.line, None, False, _LOST
                changed[bp.id] = bp

    def _arm(self, code: CodeType, state: _State, changed: dict[int, Breakpoint]) -> None:
        file = state.files.get(self._identity(code))
        by_line = file.by_line(code) if file is not None else {}
        by_offset = file.by_offset(code) if file is not None else {}
        for offset, bps in state.on_instructions(code).items():
            by_offset[offset] = (*by_offset.get(offset, ()), *bps)
        entry = self._functions_on(code, state)
        for bp in entry:
            if not bp.verified:
                bp.verified, bp.message = True, None
                bp.path, bp.line = code.co_filename, code.co_firstlineno
                changed[bp.id] = bp
        if by_line or by_offset or entry:
            self.has_offsets = self.has_offsets or bool(by_offset)
            self._armed[id(code)] = _Armed(code, by_line, frozenset(by_line), entry, by_offset, frozenset(by_offset))
        else:
            self._armed.pop(id(code), None)

    def _functions_on(self, code: CodeType, state: _State) -> tuple[Breakpoint, ...]:
        candidates = (*state.functions.get(code.co_name, ()), *state.functions.get(ANY, ()))
        return tuple(bp for name, bp in candidates if self._fits(name, code))

    def _fits(self, name: FunctionName, code: CodeType) -> bool:
        fit = name.fit(code, _main_file())
        return fit is Fit.WITH_MODULE or (fit is Fit.BY_NAME and (self._is_mine is None or self._is_mine(code)))


def _with_file(files: dict[str, PlacedFile], identity: str, file: PlacedFile | None) -> dict[str, PlacedFile]:
    others = {name: known for name, known in files.items() if name != identity}
    return others if file is None else {**others, identity: file}


def _main_file() -> str | None:
    """Return the file that `__main__` was read from, without asking the module anything."""
    module = sys.modules.get("__main__")
    name = vars(module).get("__file__") if type(module) is ModuleType else None
    return name if type(name) is str else None
