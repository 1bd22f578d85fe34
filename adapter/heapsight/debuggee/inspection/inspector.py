"""Everything a client can ask about a stopped program's stack and values; all of it ends with the stop."""

from __future__ import annotations

import sys
import traceback as traceback_texts
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import CodeType, FrameType, ModuleType, TracebackType

from ..attributes import type_name, type_qualname
from ..errors import RequestError
from ..holding import Held, Holder
from .completions import complete
from .contents import children_of
from .evaluate import evaluate
from .failures import EvaluationError, Unassignable, error_message
from .handles import Handles
from .limits import ROW, limits_for
from .presenter import ExtraRow, Presenter
from .scopes import ScopeRows, kinds_of
from .stack import frame_body
from .tree import Children, Listing, Row

Body = dict[str, object]


@dataclass(frozen=True, slots=True)
class _ShownFrame:
    frame: FrameType
    thread: int


@dataclass(frozen=True, slots=True)
class _ShownChildren:
    children: Children
    thread: int


class Inspector:
    """Answers questions within one stop. `is_mine` tells the user's code from libraries.

    `extra_row` makes one more row for each object that can be expanded.
    """

    def __init__(
        self, holder: Holder, *, is_mine: Callable[[CodeType], bool], extra_row: ExtraRow | None = None
    ) -> None:
        self._holder = holder
        self._is_mine = is_mine
        self._presenter = Presenter(holder, children_of, extra_row)
        self._frames: Handles[_ShownFrame] = Handles()
        self._references: Handles[_ShownChildren] = Handles()

    # -- stack and scopes ----------------------------------------------------------------------------------------------

    def stack_trace(self, thread: int, frames: Sequence[FrameType], start: int, levels: int) -> Body:
        """Return the body of `stackTrace`; `levels` 0 means all from `start` on."""
        page = frames[start : start + levels] if levels > 0 else frames[start:]
        numbered = [(self._frame_number(frame, thread), frame) for frame in page]
        return {
            "stackFrames": [frame_body(frame, number, self._is_mine) for number, frame in numbered],
            "totalFrames": len(frames),
        }

    def frame(self, frame_id: int) -> FrameType:
        """Return a frame by its number. Raises StaleHandle."""
        return self._frames[frame_id].frame

    def frame_id(self, frame: FrameType) -> int | None:
        """Return the number of a frame that the client has been told of."""
        return self._frames.find(id(frame))

    def thread_of_frame(self, frame_id: int) -> int:
        """Return the thread that a frame belongs to. Raises StaleHandle."""
        return self._frames[frame_id].thread

    def thread_of_reference(self, reference: int) -> int:
        """Return the thread that variables were reached from. Raises StaleHandle."""
        return self._references[reference].thread

    def scopes(self, frame_id: int) -> Body:
        """Return the body of `scopes`."""
        shown = self._frames[frame_id]
        found = []
        for kind in kinds_of(shown.frame):
            rows = ScopeRows(self._presenter, shown.frame, kind)
            body: Body = {"name": kind.value, "expensive": kind.value == "Globals"}
            if kind.value != "Closure":
                body["presentationHint"] = "locals" if kind.value == "Locals" else "globals"
            body["variablesReference"] = self._references.number(
                (frame_id, kind),
                lambda rows=rows: _ShownChildren(rows, shown.thread),  # type: ignore[misc]
            )
            found.append(body)
        return {"scopes": found}

    # -- values --------------------------------------------------------------------------------------------------------

    def variables(self, reference: int, filter: str | None, start: int, count: int, *, hex: bool = False) -> Body:
        """Return the body of `variables`."""
        shown = self._references[reference]
        self._presenter.start_request(limits_for(None, hex=hex))
        rows = shown.children.rows(filter, start, count)
        return {"variables": [self._variable(row, reference, shown.thread) for row in rows]}

    def evaluate(self, expression: str, frame_id: int | None, context: str, *, hex: bool = False) -> Body:
        """Return the body of `evaluate`. Raises EvaluationError."""
        try:
            held = self._evaluate(expression, frame_id, statements=context == "repl")
        except EvaluationError as error:
            if context == "repl":
                raise RequestError(error.report) from None
            raise
        return self.evaluated_body(held, expression, frame_id, context, hex=hex)

    def evaluate_held(self, expression: str, frame_id: int | None) -> Held:
        """Return the value of an expression, held for the rest of the stop. Raises EvaluationError."""
        return self._evaluate(expression, frame_id, statements=False)

    def evaluated_body(
        self, held: Held, expression: str, frame_id: int | None, context: str, *, hex: bool = False
    ) -> Body:
        """Return the body of `evaluate` for a value that is held already."""
        if context == "repl" and held.obj is None:
            return {"result": "", "variablesReference": 0}
        self._presenter.start_request(limits_for(context, hex=hex))
        row = self._presenter.value_row(expression, held.obj, expression.strip())
        thread = self._frames[frame_id].thread if frame_id is not None else 0
        body: Body = {"result": row.value, "type": row.type}
        body.update(self._counts(row, ("evaluated", id(held.obj)), thread))
        return body

    def set_variable(self, reference: int, name: str, text: str) -> Body:
        """Return the body of `setVariable`. Raises EvaluationError, Unassignable."""
        shown = self._references[reference]
        frame = self._some_frame(shown.thread)
        value = evaluate(text, frame, statements=False)
        self._presenter.start_request(ROW)
        row = _assign(shown.children, name, value)
        body: Body = {"value": row.value, "type": row.type}
        body.update(self._counts(row, (reference, name), shown.thread))
        return body

    def set_expression(self, frame_id: int, expression: str, text: str) -> Body:
        """Return the body of `setExpression`. Raises EvaluationError."""
        shown = self._frames[frame_id]
        evaluate(f"{expression} = ({text})", shown.frame, statements=True)
        body = self.evaluate(expression, frame_id, "watch")
        body["value"] = body.pop("result")
        return body

    def row_held(self, reference: int, name: str) -> tuple[Held, str | None]:
        """Return the object of a row in Variables, and the expression for it. Raises RequestError."""
        children = self._references[reference].children
        row = children.find(name) if isinstance(children, Listing) else None
        if row is None or row.held is None:
            raise RequestError(f"There is no object named {name!r} here.")
        return row.held, row.evaluate_name

    def completions(self, frame_id: int | None, text: str, line: int, column: int) -> Body:
        """Return the body of `completions`."""
        lines = text.split("\n")
        current = lines[line - 1] if 0 < line <= len(lines) else text
        return {"targets": complete(current, column, self._frame_for(frame_id))}

    def exception_info(self, exception: BaseException, trace: TracebackType | None, mode: str) -> Body:
        """Return the body of `exceptionInfo`, the chain of causes included."""
        cls = type(exception)
        text = error_message(exception)
        return {
            "exceptionId": _full_name(cls),
            "description": text,
            "breakMode": mode,
            "details": _details(exception, trace, set()),
        }

    def release(self) -> None:
        """End the stop: every number given out so far is stale."""
        self._frames.clear()
        self._references.clear()
        self._presenter.reprs.forget()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _frame_number(self, frame: FrameType, thread: int) -> int:
        return self._frames.number(id(frame), lambda: _ShownFrame(frame, thread))

    def _frame_for(self, frame_id: int | None) -> FrameType:
        return _main_frame() if frame_id is None else self._frames[frame_id].frame

    def _some_frame(self, thread: int) -> FrameType:
        """Return the frame that a new value for a variable is computed in: the thread's innermost one."""
        for shown in self._frames:
            if shown.thread == thread:
                return shown.frame
        return _main_frame()

    def _evaluate(self, expression: str, frame_id: int | None, *, statements: bool) -> Held:
        return self._holder.hold(evaluate(expression, self._frame_for(frame_id), statements=statements))

    def _variable(self, row: Row, parent: int, thread: int) -> Body:
        body: Body = {"name": row.name, "value": row.value}
        if row.type:
            body["type"] = row.type
        if row.evaluate_name is not None:
            body["evaluateName"] = row.evaluate_name
        if row.presentation is not None:
            body["presentationHint"] = row.presentation
        body.update(self._counts(row, (parent, row.name), thread))
        return body

    def _counts(self, row: Row, key: tuple[object, ...], thread: int) -> Body:
        children = row.children
        if children is None:
            return {"variablesReference": 0}
        named, indexed = children.named, children.indexed
        if not named and not indexed:
            return {"variablesReference": 0}
        number = self._references.number(key, lambda: _ShownChildren(children, thread))
        body: Body = {"variablesReference": number}
        if indexed:
            body["namedVariables"], body["indexedVariables"] = named, indexed
        return body


def _assign(children: Children, name: str, value: object) -> Row:
    try:
        return children.assign(name, value)
    except (EvaluationError, Unassignable):
        raise
    except Exception as error:  # noqa: BLE001 - the user's __setattr__ or setter
        raise Unassignable(f"{type_name(type(error))}: {error_message(error)}") from None


def _main_frame() -> FrameType:
    """Return the frame of the program's main module while it runs."""
    frame: FrameType | None = sys._getframe()
    found = None
    main = sys.modules.get("__main__")
    namespace = vars(main) if type(main) is ModuleType else {}
    while frame is not None:
        if frame.f_globals is namespace:
            found = frame
        frame = frame.f_back
    if found is None:
        raise RequestError("There is no frame to evaluate this in: choose one on the stack.")
    return found


def _full_name(cls: type) -> str:
    module = cls.__dict__.get("__module__")
    return type_qualname(cls) if module in (None, "builtins") else f"{module}.{type_qualname(cls)}"


def _details(exception: BaseException, trace: TracebackType | None, seen: set[int]) -> Body:
    seen.add(id(exception))
    cls = type(exception)
    details: Body = {
        "message": error_message(exception),
        "typeName": type_name(cls),
        "fullTypeName": _full_name(cls),
        "stackTrace": "".join(traceback_texts.format_tb(trace)),
    }
    inner = [one for one in (exception.__cause__, exception.__context__) if one is not None]
    if isinstance(exception, BaseExceptionGroup):
        inner += exception.exceptions
    nested = [_details(one, one.__traceback__, seen) for one in inner if id(one) not in seen]
    if nested:
        details["innerException"] = nested
    return details
