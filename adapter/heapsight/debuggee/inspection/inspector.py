"""Everything a client can ask about a stopped program's stack and values; all of it ends with the stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from types import CodeType, FrameType, TracebackType
from typing import cast

from ..attributes import type_name
from ..errors import RequestError
from ..frames import begin_of_instruction
from ..holding import Held, Holder
from ..interrupts import Evaluation, EvaluationInterrupted
from ..records import record
from .arrangement import Arrangement
from .buffers import Bytes, exports_bytes, length, read, write
from .code_addresses import CodeAddresses
from .columns import Columns
from .evaluation.awaiting import run_coroutine
from .evaluation.dotted import as_owner
from .evaluation.evaluate import Place, assign, evaluate
from .evaluation.namespaces import main_namespace, variables_of
from .exceptions import EXCEPTION_NAME, exception_body
from .failures import EvaluationError, StaleHandle, describe_error, disown
from .handles import Handles
from .memory_references import MemoryReferences
from .origins import Origin, origin_of_expression, origin_of_row
from .presenter import ExtraRow, Presenter
from .row_text import row_text
from .scopes import ScopeKind, ScopeRows, kinds_of
from .stack import SourceOf, Span, file_of, frame_body
from .text.limits import limits_for
from .tree import Children, Row, find_row
from .value_locations import ValueLocations, has_definition
from .values import children_of

Body = dict[str, object]
# Addresses of types of Python's own that nobody can ask a pointer for.
_POINTLESS = frozenset(map(id, (int, float, complex, bool, str, list, tuple, dict, set, frozenset, type(None))))


@record
class _Frame:
    held: Held
    thread: int


@record
class _Variables:
    """What a `variablesReference` stands for, and the frame that new values for it are computed in."""

    children: Children
    thread: int
    frame_id: int | None


class Inspector:
    """Answers questions within one stop. `is_mine` tells the user's code from libraries.

    `source_of` names the source of what a frame runs. `extra_row` makes one more row for each object that can be
    expanded. With `memory_references`, values that have bytes of their own say how to ask for these.
    """

    def __init__(
        self,
        holder: Holder,
        *,
        is_mine: Callable[[CodeType], bool],
        source_of: SourceOf = file_of,
        extra_row: ExtraRow | None = None,
        memory_references: bool = False,
        exception_in: Callable[[FrameType], BaseException | None] = lambda frame: None,
        arrangement: Arrangement | None = None,
    ) -> None:
        self._holder = holder
        self._exception_in = exception_in
        self._source_of = source_of
        self._is_mine = is_mine
        self._presenter = Presenter(holder, children_of, extra_row, arrangement)
        # One numbering for both: a number says by itself what it is and which thread it belongs to.
        self._handles: Handles[_Frame | _Variables] = Handles()
        self._console: dict[int, dict[str, Held]] = {}
        self._columns = Columns()
        self.addresses = CodeAddresses()
        self._locations = ValueLocations()
        self._memory = MemoryReferences()
        self._refers_to_memory = memory_references
        # Addresses of types, alive until the end of the stop, whose instances have neither bytes nor a definition.
        self._pointless: set[int] = set(_POINTLESS)

    def release(self) -> None:
        """End the stop: every number given out so far is stale."""
        self._handles.clear()
        self._console.clear()
        self._columns.release()
        self._locations.release()
        self._memory.release()
        self._pointless = set(_POINTLESS)
        self._presenter.reprs.forget()

    def thread_of(self, handle: int) -> int:
        """Return the thread that a frame or a variable belongs to. Raises StaleHandle."""
        return self._handles[handle].thread

    # -- stack and scopes

    def stack_trace(
        self, thread: int, frames: Sequence[FrameType], start: int, levels: int, at: Span | None = None
    ) -> Body:
        """Return the body of `stackTrace`, innermost frame first; `levels` 0 means all from `start` on.

        at: where the innermost frame stands, where that is known.
        """
        stop = start + levels if levels > 0 else len(frames)
        shown = []
        for index, frame in enumerate(frames[start:stop], start):
            number = self._frame_number(thread, len(frames) - index, frame)
            here = at if index == 0 else None
            body = frame_body(frame, number, self._is_mine, self._columns, self._source_of, at=here)
            instruction = begin_of_instruction(frame.f_code, frame.f_lasti)
            body["instructionPointerReference"] = self.addresses.address(frame.f_code, instruction)
            shown.append(body)
        return {"stackFrames": shown, "totalFrames": len(frames)}

    def frame(self, frame_id: int) -> FrameType:
        """Return a frame by its number. Raises StaleHandle."""
        return cast(FrameType, self._frame(frame_id).held.obj)

    def frame_id(self, frame: FrameType) -> int | None:
        """Return the number of a frame that the client has been told of."""
        return self._handles.find(id(frame))

    def scopes(self, frame_id: int, returned: Sequence[tuple[str, object]] = ()) -> Body:
        """Return the body of `scopes`; `returned`: what functions returned in the step that ended in this frame."""
        results = [(name, self._holder.hold(value)) for name, value in returned]
        shown = self._frame(frame_id)
        console = self._console_of(shown)
        found = []
        for kind in kinds_of(cast(FrameType, shown.held.obj)):
            rows = ScopeRows(self._presenter, shown.held, kind, console, results)
            node = _Variables(rows, shown.thread, frame_id)
            body: Body = {"name": kind.value, "variablesReference": self._number((frame_id, kind.value), node)}
            body["expensive"] = False
            if kind is not ScopeKind.CLOSURE:
                body["presentationHint"] = "locals" if kind is ScopeKind.LOCALS else "globals"
            found.append(body)
        return {"scopes": found}

    def exception_info(self, exception: BaseException, traceback: TracebackType | None, mode: str) -> Body:
        """Return the body of `exceptionInfo`, the chain of causes included."""
        self._presenter.start_request(limits_for(None))
        return exception_body(exception, traceback, mode, self._presenter.reprs.text)

    # -- values

    def variables(self, reference: int, filter: str | None, start: int, count: int, *, hex: bool = False) -> str:
        """Return the JSON of the body of `variables`; `count` 0 means all."""
        node = self._variables(reference)
        self._presenter.start_request(limits_for(None, hex=hex))
        rows = node.children.rows(filter, start, count)
        texts = [row if type(row) is str else self._variable(cast(Row, row), reference, node) for row in rows]
        return f'{{"variables":[{",".join(texts)}]}}'

    def set_variable(self, reference: int, name: str, text: str, *, hex: bool = False) -> Body:
        """Return the body of `setVariable`. Raises EvaluationError, Unassignable."""
        node = self._variables(reference)
        value = evaluate(text, self._place(node.frame_id), statements=False)
        self._presenter.start_request(limits_for(None, hex=hex))
        row = _assign(node.children, name, value)
        return {
            "value": row.value,
            "type": row.type,
            **self._children(row, (reference, row.name), node),
            **self._pointers(row),
        }

    def row_held(self, reference: int, name: str) -> tuple[Held, str | None]:
        """Return the object of a row in Variables, and the expression for it. Raises RequestError."""
        row = find_row(self._variables(reference).children, name)
        if row is None or row.held is None:
            raise RequestError(f"There is no object named {name!r} here.")
        return row.held, row.evaluate_name

    def origin(self, reference: int, name: str) -> Origin:
        """Return where the value of a row in Variables is stored. Raises StaleHandle, RequestError."""
        row = find_row(self._variables(reference).children, name)
        if row is None:
            raise RequestError(f"There is no {name!r} here.")
        return origin_of_row(row)

    def origin_of_expression(self, expression: str, frame_id: int | None) -> Origin:
        """Return where an assignment to `expression` would store. Raises EvaluationError, StaleHandle, RequestError."""
        frame = self.frame(frame_id) if frame_id is not None else None
        place = self._place(frame_id)
        return origin_of_expression(
            expression, frame, main_namespace(), lambda text: evaluate(text, place, statements=False)
        )

    def location(self, reference: int) -> Body:
        """Return the body of `locations`. Raises StaleHandle, RequestError."""
        return self._locations.body(reference)

    def read_memory(self, reference: str, offset: int, count: int) -> Bytes:
        """Return bytes of the value that a memory reference names. Raises StaleHandle, RequestError."""
        return read(self._memory.open(reference), offset, count)

    def write_memory(self, reference: str, offset: int, data: bytes, *, partial: bool) -> int:
        """Write bytes into the value that a memory reference names; return how many. Raises as `read_memory`."""
        return write(self._memory.open(reference), offset, data, partial=partial)

    def opened_memory(self) -> list[tuple[str, int]]:
        """Return the references that the client has read or written, and how many bytes there are."""
        found = []
        for reference in self._memory.opened:
            try:
                found.append((reference, length(self._memory.open(reference))))
            except RequestError:  # closed, or gone
                continue
        return found

    # -- expressions

    def evaluate(
        self,
        expression: str,
        frame_id: int | None,
        context: str,
        *,
        hex: bool = False,
        evaluation: Evaluation | None = None,
    ) -> Body:
        """Return the body of `evaluate`: statements, blocks and `await` in the console, else expressions only.

        `evaluation` is what an interrupt ends.

        Raises EvaluationError, in the console with the traceback for its text.
        """
        in_console = context == "repl"
        place = self._place(frame_id)
        if in_console:
            place.wait_for = partial(run_coroutine, evaluation=evaluation)
        try:
            value = evaluate(expression, place, statements=in_console)
        except EvaluationError as error:
            if not in_console:
                raise
            failure = EvaluationError(error.report, type_name=error.type_name)
        else:
            body = dict(self.evaluated_body(self._holder.hold(value), expression, frame_id, context, hex=hex))
            body["result"] = "\n".join([text for text in (str(body["result"]), *place.notes) if text])
            return body
        try:
            raise failure
        finally:
            del failure  # or it and this frame, which its traceback names, keep each other and the stopped frame alive

    def evaluate_held(self, expression: str, frame_id: int | None) -> Held:
        """Return the value of an expression, held for the rest of the stop. Raises EvaluationError."""
        return self._holder.hold(evaluate(expression, self._place(frame_id), statements=False))

    def evaluated_body(
        self, held: Held, expression: str, frame_id: int | None, context: str, *, hex: bool = False
    ) -> Body:
        """Return the body of `evaluate` for a value that is held already."""
        if context == "repl" and held.obj is None:
            return {"result": "", "variablesReference": 0}
        self._presenter.start_request(limits_for(context, hex=hex))
        return self._evaluated("result", held.obj, expression, frame_id)

    def set_expression(self, frame_id: int, expression: str, text: str, *, hex: bool = False) -> Body:
        """Return the body of `setExpression`. Raises EvaluationError."""
        value = assign(expression, text, self._place(frame_id))
        self._presenter.start_request(limits_for(None, hex=hex))
        return self._evaluated("value", value, expression, frame_id)

    def completions(self, frame_id: int | None, text: str, line: int, column: int) -> Body:
        """Return the body of `completions`; `line` and `column` are 1-based, `start` of an item is not."""
        from .evaluation.completions import complete

        return {"targets": complete(text, line, column, self._names(frame_id))}

    # -- inside

    def _frame(self, frame_id: int) -> _Frame:
        found = self._handles[frame_id]
        if not isinstance(found, _Frame):
            raise StaleHandle(f"{frame_id} is a variable, not a frame.")
        return found

    def _variables(self, reference: int) -> _Variables:
        found = self._handles[reference]
        if not isinstance(found, _Variables):
            raise StaleHandle(f"{reference} is a frame, not a variable.")
        return found

    def _frame_number(self, thread: int, depth: int, frame: FrameType) -> int:
        """A frame is alive as long as it is held, so its address is its identity within a stop."""
        del depth  # a frame has one place on one stack
        held = self._holder.hold(frame)
        return self._handles.number(id(frame), lambda: _Frame(held, thread))

    def _number(self, key: tuple[object, ...], node: _Variables) -> int:
        return self._handles.number(key, lambda: node)

    def _console_of(self, frame: _Frame) -> dict[str, Held]:
        found = self._console.get(id(frame.held.obj))
        if found is None:
            found = self._console[id(frame.held.obj)] = {}
            exception = self._exception_in(cast(FrameType, frame.held.obj))
            if exception is not None:
                found[EXCEPTION_NAME] = self._holder.hold(exception)
        return found

    def _place(self, frame_id: int | None) -> Place:
        if frame_id is None:
            return Place(None, self._holder.hold)
        shown = self._frame(frame_id)
        return Place(cast(FrameType, shown.held.obj), self._holder.hold, self._console_of(shown))

    def _names(self, frame_id: int | None) -> dict[str, object]:
        if frame_id is None:
            return dict(main_namespace())
        shown = self._frame(frame_id)
        frame = cast(FrameType, shown.held.obj)
        console = {name: held.obj for name, held in self._console_of(shown).items()}
        return {**frame.f_globals, **variables_of(frame), **console}

    def _evaluated(self, key: str, value: object, expression: str, frame_id: int | None) -> Body:
        text = expression.strip()
        row = self._presenter.value_row(text, value, as_owner(text))
        thread = self._frame(frame_id).thread if frame_id is not None else 0
        # Rows hang below the frame, so that a new value for one is computed where its owner was.
        node = _Variables(row.children, thread, frame_id) if row.children is not None else None
        body: Body = {key: row.value, "type": row.type}
        return body | self._children(row, ("evaluated", frame_id, text, id(value)), node) | self._pointers(row)

    def _variable(self, row: Row, reference: int, parent: _Variables) -> str:
        """Return the JSON of one row."""
        held = row.held
        if held is None:
            rest = None if row.children is None else self._children(row, (reference, row.name, None), parent)
            return row_text(row, rest)
        obj = held.obj
        rest = None if row.children is None else self._children(row, (reference, row.name, id(obj)), parent)
        if id(type(obj)) not in self._pointless:
            pointers = self._pointers(row)
            if pointers:
                rest = {"variablesReference": 0} | (rest or {}) | pointers
        return row_text(row, rest)

    def _pointers(self, row: Row) -> Body:
        """Return the part of a body that says how to ask for the value's bytes and its definition."""
        body: Body = {}
        if row.held is None:
            return body
        if self._refers_to_memory and (reference := self._memory.reference(row.held)) is not None:
            body["memoryReference"] = reference
        place = self._locations.reference(row.held)
        if place is not None:
            body["valueLocationReference"] = place
        if not body and not exports_bytes(row.held.obj) and not has_definition(type(row.held.obj)):
            self._pointless.add(id(type(row.held.obj)))
        return body

    def _children(self, row: Row, key: tuple[object, ...], near: _Variables | None) -> Body:
        """Return the part of a body that says what there is to expand."""
        if row.children is None or near is None:
            return {"variablesReference": 0}
        number = self._number(key, _Variables(row.children, near.thread, near.frame_id))
        body: Body = {"variablesReference": number}
        indexed = row.children.indexed
        # Clients page elements only. Counting names means looking at all of them, which is done where it is needed.
        if indexed:
            body["namedVariables"], body["indexedVariables"] = row.children.named, indexed
        return body


def _assign(children: Children, name: str, value: object) -> Row:
    try:
        return children.assign(name, value)
    except (RequestError, EvaluationInterrupted):
        raise
    except BaseException as error:  # noqa: BLE001 - a setter, `__setattr__` or `__setitem__` of the user's
        disown(error)
        failure = EvaluationError(describe_error(error), type_name=type_name(type(error)))
    try:
        raise failure
    finally:
        del failure  # as above
