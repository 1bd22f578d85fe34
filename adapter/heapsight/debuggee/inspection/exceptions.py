"""An exception as DAP's `exceptionInfo` tells it, with its causes, its notes and the exceptions in a group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, cast

from ..attributes import instance_attributes, type_mro, type_name, type_namespace, type_qualname
from ..interrupts import EvaluationInterrupted
from ..records import record
from .failures import error_message
from .tracebacks import stack_text

# The expression for the exception in the frame that stopped on it.
EXCEPTION_NAME = "__exception__"
_MOST = 50
_MOST_SHOWN = 30
_LONGEST = 10_000  # characters of one message
_MEMBERS: Any = type_namespace(BaseExceptionGroup)["exceptions"]


@record
class _Inner:
    """An exception that belongs to another: how, and the attribute that leads to it."""

    exception: BaseException
    relation: str
    attribute: str


def exception_body(
    exception: BaseException, traceback: TracebackType | None, mode: str, show: Callable[[object], str]
) -> dict[str, object]:
    """Return the body of `exceptionInfo`. `show` writes the values of a failed assertion."""
    from .assertions import explain

    messages = _Messages()
    details = _details(exception, traceback, set(), EXCEPTION_NAME, messages, outer=True)
    explanation = explain(exception, traceback, show)
    parts = [str(details["message"]), *_tree(exception, messages)]
    if explanation is not None:
        parts.append(explanation.text)
    return {
        "exceptionId": full_name(type(exception)),
        "description": "\n".join(part for part in parts if part),
        "breakMode": mode,
        "details": details,
    }


def full_name(cls: type) -> str:
    """Return the name of a class with its module's, but for built-in ones."""
    module = next((type_namespace(base).get("__module__") for base in type_mro(cls)[:1]), None)
    if type(module) is not str or module == "builtins":
        return type_qualname(cls)
    return f"{module}.{type_qualname(cls)}"


def _details(
    exception: BaseException,
    traceback: TracebackType | None,
    seen: set[int],
    path: str,
    messages: _Messages,
    *,
    outer: bool = False,
) -> dict[str, object]:
    seen.add(id(exception))
    details: dict[str, object] = {
        "message": messages.of(exception),
        "typeName": type_name(type(exception)),
        "fullTypeName": full_name(type(exception)),
        "evaluateName": path,
    }
    inner = []
    stack = [stack_text(traceback, outer=outer)]
    for one in _within(exception):
        if id(one.exception) in seen or len(seen) >= _MOST:
            continue
        found = _details(one.exception, _own(one.exception, "__traceback__"), seen, path + one.attribute, messages)
        inner.append(found)
        # Clients show the outermost stack, and none shows the inner exceptions: so their stacks follow there.
        stack.append(f"\n{one.relation} {_headline(found)}\n{found['stackTrace']}")
    details["stackTrace"] = "".join(stack)
    if inner:
        details["innerException"] = inner
    return details


def _headline(details: dict[str, object]) -> str:
    """Return type and message, further lines and notes indented as the stack below them is."""
    message = str(details["message"]).replace("\n", "\n  ")
    return f"{details['fullTypeName']}: {message}" if message else str(details["fullTypeName"])


def _within(exception: BaseException) -> Iterator[_Inner]:
    """Yield the exceptions that a traceback would print with this one."""
    cause, context = _own(exception, "__cause__"), _own(exception, "__context__")
    if cause is not None:
        yield _Inner(cause, "Raised from", ".__cause__")
    elif context is not None and not _own(exception, "__suppress_context__"):
        yield _Inner(context, "Raised while handling", ".__context__")
    for index, one in enumerate(_members(exception)):
        yield _Inner(one, f"Member {index} of the group,", f".exceptions[{index}]")


def _members(exception: BaseException) -> tuple[BaseException, ...]:
    if not issubclass(type(exception), BaseExceptionGroup):
        return ()
    return cast("tuple[BaseException, ...]", _MEMBERS.__get__(exception))


def _tree(exception: BaseException, messages: _Messages) -> list[str]:
    """Return a line for each exception in a group, groups within it indented below their own line."""
    lines: list[str] = []
    todo = [(one, 1) for one in reversed(_members(exception))]
    while todo:
        one, depth = todo.pop()
        if len(lines) == _MOST_SHOWN:
            return [*lines, "  …"]
        message = messages.of(one).partition("\n")[0]
        name = full_name(type(one))
        lines.append("  " * depth + (f"{name}: {message}" if message else name))
        todo += [(member, depth + 1) for member in reversed(_members(one))]
    return lines


def _own(exception: BaseException, name: str) -> Any:
    """Read what every exception stores, through Python's own descriptor."""
    return cast(Any, type_namespace(BaseException)[name]).__get__(exception)


class _Messages:
    """The texts of exceptions, each asked for once; after one that took too long, none is any more."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}
        self._muted = False

    def of(self, exception: BaseException) -> str:
        """Return the text of `exception`, with its notes."""
        known = self._known.get(id(exception))
        if known is None:
            notes = (instance_attributes(exception) or {}).get("__notes__")
            lines = [note for note in notes if type(note) is str] if type(notes) is list else []
            text = "\n".join([self._ask(exception), *lines])
            if len(text) > _LONGEST:
                text = f"{text[:_LONGEST]}… ({len(text) - _LONGEST} more characters)"
            known = self._known[id(exception)] = text
        return known

    def _ask(self, exception: BaseException) -> str:
        if self._muted:
            return "<no time left for its message>"
        try:
            return error_message(exception)
        except EvaluationInterrupted:
            # The interrupt has done its work: the rest can be told.
            self._muted = True
            return "<__str__ took too long>"
