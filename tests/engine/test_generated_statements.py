"""Steps by statements on generated programs, against what a trace of all instructions of the bare program says.

The reference knows the statements from `ast` alone: an instruction belongs to the innermost statement around its place
in the source, and a statement begins wherever a frame comes into it from outside.
"""

from __future__ import annotations

import ast
import dis
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType, ModuleType

from hypothesis import given, note
from hypothesis import strategies as st

from heapsight.debuggee.engine.engine import BackendKind, Engine
from heapsight.debuggee.engine.model import Granularity, StepKind, Stop
from support.comprehensions import COMPREHENSIONS, inlined_at
from support.generated import tries
from support.generated_programs import OnlyThese, written
from support.generated_statements import one_line_programs
from support.stepping import BACKENDS, Script, run_script

IN, OVER, OUT = StepKind.IN, StepKind.OVER, StepKind.OUT
Place = tuple[int, int]
Where = tuple[str, int]
_MOST_STOPS = 150
# What a generator stands at when it has yielded: from 3.13 on, the instruction behind.
_YIELDED = {dis.opmap["YIELD_VALUE"], dis.opmap["RESUME"]}
_SUSPENDED = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR


@dataclass(frozen=True)
class _Statement:
    begin: Place
    end: Place
    head_end: Place  # where the first statement within it begins
    function: str | None  # the name that it defines


def _statements(source: str) -> list[_Statement]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt):
            inner = [one for one in ast.walk(node) if isinstance(one, ast.stmt) and one is not node]
            end = node.end_lineno or 0, node.end_col_offset or 0
            head_end = min(((one.lineno, one.col_offset) for one in inner), default=end)
            name = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None
            found.append(_Statement((node.lineno, node.col_offset), end, head_end, name))
    return found


class _Source:
    """Which statements of its own function an instruction is in, the outermost first."""

    def __init__(self, source: str) -> None:
        self._statements = _statements(source)
        self._known: dict[CodeType, list[tuple[_Statement, ...] | None]] = {}
        # How each statement first begins: its `finally` comes back to a `return` that is interrupted.
        self._firsts: dict[tuple[CodeType, _Statement], tuple[object, ...]] = {}

    def at(self, code: CodeType, offset: int) -> tuple[_Statement, ...] | None:
        """Return the statements around an instruction; None for one that has no place in the source."""
        if code not in self._known:
            self._read(code)
        return self._known[code][offset // 2]

    def begins(self, code: CodeType, offset: int, entered: Iterable[_Statement]) -> bool:
        """Say whether one of the statements that are entered at an instruction begins there."""
        return any(self._firsts[code, one] == _looks(code, offset) for one in entered)

    def _read(self, code: CodeType) -> None:
        found = self._known[code] = []
        for index, (line, end_line, column, end_column) in enumerate(code.co_positions()):
            if line is None or end_line is None or column is None or end_column is None:
                found.append(None)
                continue
            around = tuple(
                one
                for one in sorted(self._statements, key=lambda one: (one.begin, (-one.end[0], -one.end[1])))
                if one.begin <= (line, column) and (end_line, end_column) <= one.end
            )
            outside = [one for one in around if one.function == code.co_name and one.begin[0] == code.co_firstlineno]
            own = around[around.index(outside[-1]) + 1 :] if outside else around
            found.append(own)
            for one in own:
                self._firsts.setdefault((code, one), _looks(code, 2 * index))


def _looks(code: CodeType, offset: int) -> tuple[object, ...]:
    return code.co_code[offset], next(islice(code.co_positions(), offset // 2, None))


@dataclass(frozen=True)
class _Event:
    """An instruction of the bare program that begins a statement or a line, or (`ends`) the end of a frame."""

    frame: int
    where: Where
    line: int
    begins: bool
    begins_line: bool
    head: _Statement | None  # the statement whose head it is of
    stack: tuple[int, ...]
    at: dict[int, tuple[_Statement | None, int]]  # what each frame of the stack is in, and its line
    is_plain: bool
    ends: bool = False


class _Recorder:
    def __init__(self, path: Path, source: str) -> None:
        self._path = str(path)
        self._source = _Source(source)
        self.events: list[_Event] = []
        self._frames: list[FrameType] = []  # kept, so that no two have the same id
        self._around: dict[int, tuple[_Statement, ...]] = {}
        self._heads: dict[int, _Statement | None] = {}
        self._new_line: set[int] = set()
        self._raising: set[int] = set()

    def trace(self, frame: FrameType, event: str, _argument: object) -> object:
        if frame.f_code.co_filename != self._path:
            return None
        frame.f_trace_opcodes = True
        number = id(frame)
        if event == "call":
            self._frames.append(frame)
        elif event == "exception":
            self._raising.add(number)
        elif event == "line":
            self._new_line.add(number)
            self._raising.discard(number)
        elif event == "opcode":
            self._instruction(frame, number)
        elif event == "return" and (number in self._raising or frame.f_code.co_code[frame.f_lasti] not in _YIELDED):
            self._tell(frame, ends=True)
        return self.trace

    def _instruction(self, frame: FrameType, number: int) -> None:
        code, offset = frame.f_code, frame.f_lasti
        self._raising.discard(number)
        around = self._source.at(code, offset)
        begins = False
        if around is not None:
            entered = [one for one in around if one not in self._around.get(number, ())]
            begins = self._source.begins(code, offset, entered)
            self._around[number] = around
            place = next(islice(code.co_positions(), offset // 2, None))
            is_head = bool(around) and (place[0] or 0, place[2] or 0) < around[-1].head_end
            self._heads[number] = around[-1] if is_head else None
        begins_line = number in self._new_line
        self._new_line.discard(number)
        # A comprehension is part of a statement that has begun.
        if (begins or begins_line) and code.co_name not in COMPREHENSIONS and inlined_at(frame) is None:
            self._tell(frame, begins=begins, begins_line=begins_line)

    def _tell(self, frame: FrameType, *, begins: bool = False, begins_line: bool = False, ends: bool = False) -> None:
        stack = []
        at = {}
        caller: FrameType | None = frame
        while caller is not None:
            if caller.f_code.co_filename == self._path:
                stack.append(id(caller))
                at[id(caller)] = self._heads.get(id(caller)), caller.f_lineno
            caller = caller.f_back
        where = frame.f_code.co_qualname, frame.f_lasti
        is_plain = not frame.f_code.co_flags & _SUSPENDED
        head = at[id(frame)][0]
        self.events.append(
            _Event(id(frame), where, frame.f_lineno, begins, begins_line, head, tuple(stack), at, is_plain, ends)
        )


def _recorded(path: Path, module: ModuleType, source: str) -> list[_Event]:
    # Twice: 3.12 has to be told after the first wish for these events.
    for _ in range(2):
        recorder = _Recorder(path, source)
        sys.settrace(recorder.trace)  # type: ignore[arg-type]
        try:
            module.main()
        finally:
            sys.settrace(None)
    return recorder.events


def _next(events: list[_Event], at: int, command: StepKind) -> int | None:
    """Return where a step from event `at` leads, as the definition of each step says; None: to the end.

    To where a statement or a line begins: in any frame, in this one or a caller, in a caller. Another line of the
    statement that the step began in is no new place, nor is the rest of the one that a function returns to. Of a
    generator that is resumed only lines count, of a comprehension nothing: it is part of its statement.
    """
    now = events[at]
    own, head, line = now.frame, now.head, now.line
    targets = {OVER: set(now.stack), OUT: set(now.stack[1:])}.get(command)
    ended: set[int] = set()
    for index in range(at + 1, len(events)):
        event = events[index]
        if event.ends:
            if event.frame == own and len(event.stack) > 1:
                ended.add(own)
                own = event.stack[1]
                head, line = event.at[own]
            continue
        if targets is not None and (event.frame not in targets or event.frame in ended):
            continue
        if event.begins and (event.is_plain or event.frame in now.stack):
            return index
        goes_on = event.frame == own and (event.line == line or (event.head is not None and event.head == head))
        if event.begins_line and not goes_on:
            return index
    return None


def _expected(events: list[_Event], commands: list[StepKind]) -> list[Where]:
    """Return the stops that the steps lead to."""
    at = next(index for index, event in enumerate(events) if event.begins_line)
    seen = [events[at].where]
    for command in commands:
        following = _next(events, at, command)
        if following is None:
            break
        at = following
        seen.append(events[at].where)
    return seen


class ByStatements(Script):
    """Steps by statements; runs on after the last command."""

    def __init__(self, commands: list[StepKind]) -> None:
        super().__init__([])
        self._kinds = iter(commands)

    def stopped(self, stop: Stop) -> None:
        self.seen.append((stop.frame.f_code.co_qualname, stop.frame.f_lasti))
        kind = next(self._kinds, StepKind.CONTINUE)
        self.engine.post(stop.thread_id, lambda: self.engine.resume(stop.thread_id, kind, goal=Granularity.STATEMENT))


def _ours(backend: BackendKind, source: str, commands: list[StepKind]) -> list[object]:
    path, module = written(source)
    # No breakpoint: looking for code takes longer than the steps.
    prepare = Engine.stop_on_entry
    return run_script(backend, ByStatements(commands), path, [], module.main, scope=OnlyThese(), prepare=prepare).seen


def _compare(source: str, commands: list[StepKind]) -> None:
    path, module = written(source)
    wanted = _expected(_recorded(path, module, source), commands)
    note(source)
    note(" ".join(command.name for command in commands[:60]))
    for backend in BACKENDS:
        assert _ours(backend, source, commands)[: len(wanted)] == wanted, backend


@given(one_line_programs())
@tries(6)
def test_every_statement_is_stepped_into(source: str) -> None:
    _compare(source, [IN] * _MOST_STOPS)


@given(one_line_programs())
@tries(6)
def test_every_statement_is_stepped_over(source: str) -> None:
    _compare(source, [OVER] * _MOST_STOPS)


@given(one_line_programs(), st.lists(st.sampled_from([IN, IN, OVER, OVER, OUT]), min_size=1, max_size=40))
@tries(16)
def test_random_steps_go_where_their_definition_says(source: str, commands: list[StepKind]) -> None:
    _compare(source, commands)


@given(one_line_programs(), st.lists(st.sampled_from([IN, IN, OVER, OVER, OUT]), min_size=1, max_size=40))
@tries(6)
def test_all_back_ends_stop_at_the_same_places(source: str, commands: list[StepKind]) -> None:
    """Generators, too."""
    note(source)
    results = [_ours(backend, source, commands) for backend in BACKENDS]
    assert all(result == results[0] for result in results)
