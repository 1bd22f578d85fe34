"""The text of a value: like `repr`, within limits, whatever the value is and does.

Containers of Python's own are written here, element by element, also where a class of the user's inherits their
`__repr__`, and so are named tuples and dataclasses. Only where a class defines a `__repr__` of its own is it called,
once for each time that the value is shown; an element that is shown within its container counts as shown. A `__repr__`
that took too long is not called again for that type during the stop.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import cast

from ...attributes import find_class_attribute, instance_attributes, is_python_class, type_qualname
from ...interrupts import EvaluationInterrupted
from ...originals import perf_counter
from ..failures import describe_error, disown
from ..presenters.table import presentation_of_repr
from .builtin_reprs import WRITERS, generated_writer
from .limits import ROW, WHOLE, Limits, Patience
from .writing import Writing

_SHORT = 1 << 64  # a number below is written with so few digits that there is always room


def text(obj: object, limits: Limits = ROW) -> str:
    """Return the text of `obj`."""
    return Reprs().text(obj, limits)


class Reprs:
    """Writes values, and knows which types are slow about theirs."""

    def __init__(self, patience: Patience | None = None, *, asks: bool = True) -> None:
        """Without `asks`, neither the user's `__repr__` is called nor anything of a library's."""
        self._patience = patience or Patience()
        self._asks = asks
        self.limits = ROW
        self._slow: dict[int, float] = {}
        self._spent = 0.0
        self._muted = False
        # Whether of the last text something was left out that a longer look, or more patience, would show.
        self.withheld = False

    def start_request(self, limits: Limits = ROW) -> None:
        """Begin a request with these limits for each value: the user's methods get their time anew."""
        self.limits = limits
        self._spent = 0.0
        self._muted = False

    def forget(self) -> None:
        """End a stop: slow types get another chance."""
        self.start_request()
        self._slow.clear()

    def text(self, obj: object, limits: Limits = ROW) -> str:
        """Return the text of `obj`."""
        self.withheld = False
        plain = plain_text_of(obj, limits)
        if plain is not None:
            return plain
        writing = Writing(limits, self._write)
        self._write(writing, obj, 0)
        return _finished(writing)

    def written(self, write: Callable[[Writing], None]) -> str:
        """Return what `write` writes, within the limits of the request."""
        return self._written(write, self.limits)

    def written_alone(self, write: Callable[[Writing], None], limits: Limits) -> str:
        """Return what `write` writes, within limits of its own: a name, say."""
        return self._written(write, limits)

    def _written(self, write: Callable[[Writing], None], limits: Limits) -> str:
        self.withheld = False
        writing = Writing(limits, self._write)
        write(writing)
        return _finished(writing)

    def _write(self, writing: Writing, obj: object, depth: int) -> None:
        implementation = find_class_attribute(type(obj), "__repr__")
        writer = WRITERS.get(id(implementation)) or generated_writer(implementation)
        try:
            if writer is not None:
                writer(writing, obj, depth)
            elif not self._asks:
                writing.put(_unasked(obj))
            elif not self._present(writing, obj, depth):
                writing.put(self._ask(obj, writing))
        except RecursionError:
            writing.put("… (nested too deeply)")

    def _present(self, writing: Writing, obj: object, depth: int) -> bool:
        """Write a value of a library's as its presenter does; False where there is none for it."""
        presentation = presentation_of_repr(type(obj))
        if presentation is None:
            return False
        writer = presentation.text
        if writer is None and writing.limits is WHOLE:
            writer = presentation.whole
        if writer is None and writing.limits.one_line:
            writer = presentation.summary
        if writer is None:
            return False
        try:
            writer(writing, obj, depth)
        except RecursionError:
            raise
        except Exception as error:  # noqa: BLE001 - a library of another version, or an object that is half made
            disown(error)
            writing.put(f"{object.__repr__(obj)} (cannot be shown: {describe_error(error)})")
        return True

    def spoken(self, obj: object) -> str:
        """Return the whole of what the object's `__repr__` says, although it may take long. Raises what it raises."""
        return str.__str__(repr(obj))

    def _ask(self, obj: object, writing: Writing) -> str:
        """Call the object's own `__repr__`, at most once, and cut what it says."""
        took = self._slow.get(id(type(obj)))
        if (took is not None or self._muted) and not writing.limits.patient:
            self.withheld = True
            return object.__repr__(obj) + (f" (repr took {took:.1f} s)" if took else " (no time left for repr)")
        started = perf_counter()
        try:
            answer = repr(obj)
        except BaseException as error:  # noqa: BLE001 - user code; an interrupt of ours ends this __repr__, not the request
            disown(error)
            if not isinstance(error, Exception):
                # Interrupted, or it wants to leave the program: no more of the user's code in this request.
                self._muted = True
                self._slow[id(type(obj))] = perf_counter() - started
            if type(error) is EvaluationInterrupted:
                return f"{object.__repr__(obj)} (repr interrupted after {perf_counter() - started:.1f} s)"
            return f"{object.__repr__(obj)} (repr failed: {describe_error(error)})"
        finally:
            self._measure(obj, perf_counter() - started)
        room = writing.left
        self.withheld = self.withheld or str.__len__(answer) > room
        return str.__getitem__(answer, slice(0, room + 1))

    def _measure(self, obj: object, seconds: float) -> None:
        self._spent += seconds
        if self._spent > self._patience.request:
            self._muted = True
        if seconds > self._patience.one and is_python_class(type(obj)):
            self._slow[id(type(obj))] = seconds


def plain_text_of(obj: object, limits: Limits) -> str | None:
    """Return the text of a number or a string that needs no cutting, as it would be written; None for all others."""
    cls = type(obj)
    if cls is str:
        shown = repr(obj) if len(cast(str, obj)) <= limits.characters else None
    elif cls is int:
        shown = repr(obj) if -_SHORT < cast(int, obj) < _SHORT and not limits.hex else None
    elif obj is None or cls is float or cls is bool:
        shown = repr(obj)
    else:
        return None
    return shown if shown is not None and len(shown) <= limits.characters else None


def _finished(writing: Writing) -> str:
    result = writing.result()
    if writing.limits.one_line and "\n" in result:
        return " ".join(line.strip() for line in result.split("\n"))
    return result


def _unasked(obj: object) -> str:
    """Return what can be said of an object whose class would have to be asked for more."""
    cls = type(obj)
    if issubclass(cls, Enum):
        name = (instance_attributes(obj) or {}).get("_name_")
        if type(name) is str:
            return f"{type_qualname(cls)}.{name}"
    return object.__repr__(obj)
