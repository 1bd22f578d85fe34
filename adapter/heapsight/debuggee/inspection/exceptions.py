"""An exception as DAP's `exceptionInfo` tells it, with its causes, its notes and the exceptions in a group."""

from __future__ import annotations

from types import TracebackType
from typing import Any, cast

from ..attributes import instance_attributes, type_mro, type_name, type_namespace, type_qualname
from .failures import error_message
from .tracebacks import stack_text

_MOST = 50


def exception_body(exception: BaseException, traceback: TracebackType | None, mode: str) -> dict[str, object]:
    """Return the body of `exceptionInfo`."""
    return {
        "exceptionId": full_name(type(exception)),
        "description": _message(exception),
        "breakMode": mode,
        "details": _details(exception, traceback, set(), outer=True),
    }


def full_name(cls: type) -> str:
    """Return the name of a class with its module's, but for built-in ones."""
    module = next((type_namespace(base).get("__module__") for base in type_mro(cls)[:1]), None)
    if type(module) is not str or module == "builtins":
        return type_qualname(cls)
    return f"{module}.{type_qualname(cls)}"


def _details(
    exception: BaseException, traceback: TracebackType | None, seen: set[int], *, outer: bool = False
) -> dict[str, object]:
    seen.add(id(exception))
    details: dict[str, object] = {
        "message": _message(exception),
        "typeName": type_name(type(exception)),
        "fullTypeName": full_name(type(exception)),
        "stackTrace": stack_text(traceback, outer=outer),
    }
    inner = []
    for one in _within(exception):
        if id(one) not in seen and len(seen) < _MOST:
            inner.append(_details(one, _own(one, "__traceback__"), seen))
    if inner:
        details["innerException"] = inner
    return details


def _within(exception: BaseException) -> list[BaseException]:
    """Return the exceptions that a traceback would print with this one."""
    cause, context = _own(exception, "__cause__"), _own(exception, "__context__")
    found = [cause] if cause is not None else []
    if cause is None and context is not None and not _own(exception, "__suppress_context__"):
        found.append(context)
    if issubclass(type(exception), BaseExceptionGroup):
        found += type_namespace(BaseExceptionGroup)["exceptions"].__get__(exception)  # type: ignore[attr-defined]
    return found


def _own(exception: BaseException, name: str) -> Any:
    """Read what every exception stores, through Python's own descriptor."""
    return cast(Any, type_namespace(BaseException)[name]).__get__(exception)


def _message(exception: BaseException) -> str:
    notes = (instance_attributes(exception) or {}).get("__notes__")
    lines = [note for note in notes if type(note) is str] if type(notes) is list else []
    return "\n".join([error_message(exception), *lines])
