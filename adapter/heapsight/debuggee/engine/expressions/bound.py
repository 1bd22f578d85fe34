"""An expression that is evaluated again and again in running frames: compiled once, bound once per code object.

The expression becomes the body of a function of the frame's globals. Those of its names that are variables of the frame
are read first, and no others: so nested scopes see them, an assignment expression stays inside, and the frame is not
touched. All in one function, since this runs each time that a hot line does.
"""

from __future__ import annotations

import _ast
import inspect
import sys
from collections.abc import Callable, Sequence
from types import CellType, CodeType, FrameType, FunctionType

from ...frame_layout import OBJECTS_AT, TO_OBJECTS, VariablePlace, variable_place
from ...frames import class_around, read_locals
from ...own import PACKAGE_FOLDER
from .compiling import COMPILE_ERRORS, compile_quietly, describe_error, parse_expression, walk
from .private_names import is_private, mangled

_HAS_PROXY = sys.version_info >= (3, 13)
# Code of this name counts as Heapsight's own, so that its frames are never shown or stepped into.
_FILENAME = PACKAGE_FOLDER + "<expression>"

Evaluation = Callable[[FrameType], object]


class NotAnExpression(Exception):
    """The text does not compile; the message says why."""


class Expression:
    """One expression of the client's.

    `evaluate(frame)` returns the value in `frame`, as code there would see it, or raises what the expression raises. It
    is a function that is replaced when the frame runs other code than the last one.
    """

    __slots__ = ("_assigned", "_elsewhere", "_functions", "_is_private", "_names", "evaluate", "text")

    def __init__(self, text: str, elsewhere: Evaluation | None = None) -> None:
        """Compile `text`; raises NotAnExpression. `elsewhere` evaluates in frames of other code than the last one."""
        self.text = text.strip()
        try:
            tree = parse_expression(self.text, _FILENAME)
            compile_quietly(self.text, _FILENAME, "eval")
            names = dict.fromkeys(node.id for node in walk(tree) if isinstance(node, _ast.Name))
        except COMPILE_ERRORS as error:
            raise NotAnExpression(describe_error(error)) from None
        self._names = tuple(names)
        targets = (node.target for node in walk(tree) if isinstance(node, _ast.NamedExpr))
        self._assigned = frozenset(target.id for target in targets)
        self._is_private = elsewhere is None and any(is_private(name) for node in walk(tree) for name in _words(node))
        self._elsewhere = elsewhere or self._evaluate_elsewhere
        self._functions: dict[tuple[str, ...], CodeType] = {}
        self.evaluate: Evaluation = self._evaluate_elsewhere

    def _evaluate_elsewhere(self, frame: FrameType) -> object:
        """Evaluate in a frame of other code than before, and be ready for more of that code."""
        self.evaluate = self._bind(frame)
        return self.evaluate(frame)

    def _bind(self, frame: FrameType) -> Evaluation:
        code = frame.f_code
        owner = class_around(code) if self._is_private else None
        if owner is not None:
            return Expression(mangled(self.text, owner), self._evaluate_elsewhere)._bind(frame)
        if not code.co_flags & inspect.CO_OPTIMIZED:
            if frame.f_locals is frame.f_globals and not self._assigned:
                return self._make(frame, ())
            return self._evaluate_anywhere
        variables = {*code.co_varnames, *code.co_cellvars, *code.co_freevars}
        if not self._assigned <= variables:
            return self._evaluate_anywhere
        names = [name for name in self._names if name in variables]
        read = _native_read() if names else None
        if not names or (_HAS_PROXY and read is None):
            return self._make(frame, [f"{name} = {_FRAME}.f_locals[{name!r}]" for name in names])
        reads = [] if read is not None else [_FIND_OBJECTS]
        for name in names:
            place = variable_place(code, name)
            if place is None:
                return self._evaluate_anywhere
            reads.extend(_read(name, place, natively=read is not None))
        return self._make(frame, reads, read)

    def _make(
        self, frame: FrameType, reads: Sequence[str], read: Callable[[FrameType, int], object] | None = None
    ) -> Evaluation:
        """Return a function that evaluates in frames that run the code of `frame` in its globals."""
        reading = _READING.format(reads="\n            ".join(reads)) if reads else ""
        made = compile_quietly(_FUNCTION.format(reading=reading, expression=self.text), _FILENAME, "exec")
        function = _code_within(_code_within(made))
        enclosed = {
            "__heapsight_code": frame.f_code,
            "__heapsight_globals": frame.f_globals,
            "__heapsight_elsewhere": self._elsewhere,
            "__heapsight_anywhere": self._evaluate_anywhere,
            "__heapsight_objects_at": OBJECTS_AT,
            "__heapsight_variable": read,
            "__heapsight_id": id,
            "__heapsight_type": type,
            "__heapsight_cell": CellType,
        }
        cells = tuple(CellType(enclosed[name]) for name in function.co_freevars)
        return FunctionType(function, frame.f_globals, closure=cells)

    def _evaluate_anywhere(self, frame: FrameType) -> object:
        """Evaluate by looking every name up: in class bodies, or where a variable is not bound at the moment."""
        scope = frame.f_globals
        values = {name: scope[name] for name in self._assigned if name in scope}
        values |= read_locals(frame)
        names = tuple(name for name in self._names if name in values)
        code = self._functions.get(names)
        if code is None:
            made = compile_quietly(f"lambda {', '.join(names)}: (\n{self.text}\n)", _FILENAME, "eval")
            code = self._functions[names] = _code_within(made)
        return FunctionType(code, scope)(*[values[name] for name in names])


_FRAME = "__heapsight_frame"
# The parameters of the outer function become cells, so that the inner one's globals can be those of the user's module.
_FUNCTION = """\
def make(
    __heapsight_code, __heapsight_globals, __heapsight_elsewhere, __heapsight_anywhere,
    __heapsight_objects_at, __heapsight_variable, __heapsight_id, __heapsight_type, __heapsight_cell,
):
    def evaluate(__heapsight_frame):
        if (
            __heapsight_frame.f_code is not __heapsight_code
            or __heapsight_frame.f_globals is not __heapsight_globals
        ):
            return __heapsight_elsewhere(__heapsight_frame)
{reading}
        return (
{expression}
)
"""
# What reading a variable raises that is not bound. Where the extension module is there, a function of its reads one.
# Else: from 3.13 on, `f_locals` is a proxy; before, it would copy all variables and keep them alive, so they are read
# where they lie.
_UNBOUND = "(KeyError, ValueError)"
_READING = f"""\
        try:
            {{reads}}
        except {_UNBOUND}:
            return __heapsight_anywhere(__heapsight_frame)"""
_FIND_OBJECTS = f"__heapsight_objects = __heapsight_objects_at(__heapsight_id({_FRAME}) + {TO_OBJECTS})"


def _native_read() -> Callable[[FrameType, int], object] | None:
    try:
        from ...._native.tracing import variable
    except ImportError:
        return None
    return variable


def _read(name: str, place: VariablePlace, *, natively: bool) -> list[str]:
    lines = [f"{name} = __heapsight_variable({_FRAME}, {place.index})"]
    if not natively:
        lines = [f"{name} = __heapsight_objects[{place.index}]"]
    if place.in_cell:
        lines.append(f"if __heapsight_type({name}) is __heapsight_cell: {name} = {name}.cell_contents")
    return lines


def _code_within(code: CodeType) -> CodeType:
    return next(constant for constant in code.co_consts if type(constant) is CodeType)


def _words(node: _ast.AST) -> list[str]:
    """Return the identifiers of one node that the compiler may mangle."""
    return [word for name in ("id", "attr", "arg") if type(word := getattr(node, name, None)) is str]
