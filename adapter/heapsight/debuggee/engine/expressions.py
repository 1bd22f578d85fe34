"""An expression that is evaluated again and again in running frames: compiled once, bound once per code object.

The expression becomes a function whose parameters are those of its names that are variables of the frame. So only
these variables are read, nested scopes see them, an assignment expression stays inside, and the frame is not touched.
"""

from __future__ import annotations

import _ast
import inspect
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FrameType, FunctionType

from ..frame_layout import variable_reader
from ..frames import read_locals
from ..own import PACKAGE_FOLDER
from .compiling import COMPILE_ERRORS, compile_quietly, describe_error, parse_expression

_HAS_PROXY = sys.version_info >= (3, 13)

Evaluation = Callable[[FrameType], object]


class NotAnExpression(Exception):
    """The text does not compile; the message says why."""


class Expression:
    """One expression of the client's. `evaluate` raises whatever the expression raises."""

    __slots__ = ("_assigned", "_bound", "_functions", "_names", "text")

    def __init__(self, text: str) -> None:
        """Compile `text`; raises NotAnExpression."""
        self.text = text.strip()
        try:
            tree = parse_expression(self.text, _FILENAME)
            compile_quietly(self.text, _FILENAME, "eval")
            names = dict.fromkeys(node.id for node in _walk(tree) if isinstance(node, _ast.Name))
        except COMPILE_ERRORS as error:
            raise NotAnExpression(describe_error(error)) from None
        self._names = tuple(names)
        targets = (node.target for node in _walk(tree) if isinstance(node, _ast.NamedExpr))
        self._assigned = frozenset(target.id for target in targets)
        self._functions: dict[tuple[str, ...], CodeType] = {}
        # The code object and the globals that the last evaluation was in, and how to evaluate there. One tuple, since
        # threads swap it under each other's feet.
        self._bound: tuple[CodeType | None, object, Evaluation] = (None, None, self._evaluate_anywhere)

    def evaluate(self, frame: FrameType) -> object:
        """Return the value in `frame`, as code there would see it."""
        code, scope, evaluation = self._bound
        if frame.f_code is code and frame.f_globals is scope:
            return evaluation(frame)
        return self._bind(frame)(frame)

    def forget(self) -> None:
        """Drop the references to the code and the globals of the last evaluation."""
        self._bound = (None, None, self._evaluate_anywhere)

    def _bind(self, frame: FrameType) -> Evaluation:
        code = frame.f_code
        evaluation = self._evaluation_for(code, frame)
        self._bound = (code, frame.f_globals, evaluation)
        return evaluation

    def _evaluation_for(self, code: CodeType, frame: FrameType) -> Evaluation:
        if not code.co_flags & inspect.CO_OPTIMIZED:
            if frame.f_locals is frame.f_globals and not self._assigned:
                return _without_variables(self._function((), frame))
            return self._evaluate_anywhere
        variables = {*code.co_varnames, *code.co_cellvars, *code.co_freevars}
        if not self._assigned <= variables:
            return self._evaluate_anywhere
        names = tuple(name for name in self._names if name in variables)
        function = self._function(names, frame)
        if not names:
            return _without_variables(function)
        if _HAS_PROXY:
            return _by_proxy(function, names, self._evaluate_anywhere)
        readers = [variable_reader(code, name) for name in names]
        known = [reader for reader in readers if reader is not None]
        if len(known) < len(readers):
            return self._evaluate_anywhere
        return _by_readers(function, known, self._evaluate_anywhere)

    def _evaluate_anywhere(self, frame: FrameType) -> object:
        """Evaluate by looking every name up: in class bodies, or where a variable is not bound at the moment."""
        scope = frame.f_globals
        values = {name: scope[name] for name in self._assigned if name in scope}
        values |= read_locals(frame)
        names = tuple(name for name in self._names if name in values)
        return self._function(names, frame)(*[values[name] for name in names])

    def _function(self, names: tuple[str, ...], frame: FrameType) -> Callable[..., object]:
        code = self._functions.get(names)
        if code is None:
            made = compile_quietly(f"lambda {', '.join(names)}: (\n{self.text}\n)", _FILENAME, "eval")
            code = next(constant for constant in made.co_consts if type(constant) is CodeType)
            self._functions[names] = code
        return FunctionType(code, frame.f_globals)


# Code of this name counts as Heapsight's own, so that its frames are never shown or stepped into.
_FILENAME = PACKAGE_FOLDER + "<expression>"


def _without_variables(function: Callable[..., object]) -> Evaluation:
    return lambda _frame: function()


def _by_proxy(function: Callable[..., object], names: tuple[str, ...], otherwise: Evaluation) -> Evaluation:
    """Read through the proxy that `f_locals` is from 3.13 on."""
    first = names[0]

    def evaluate_one(frame: FrameType) -> object:
        try:
            value = frame.f_locals[first]
        except KeyError:  # not bound
            return otherwise(frame)
        return function(value)

    def evaluate(frame: FrameType) -> object:
        variables = frame.f_locals
        try:
            values = [variables[name] for name in names]
        except KeyError:
            return otherwise(frame)
        return function(*values)

    return evaluate_one if len(names) == 1 else evaluate


def _by_readers(
    function: Callable[..., object], readers: list[Callable[[FrameType], object]], otherwise: Evaluation
) -> Evaluation:
    """Read the variables where they lie: up to 3.12 `f_locals` would copy them all and keep them alive."""
    first = readers[0]

    def evaluate_one(frame: FrameType) -> object:
        try:
            value = first(frame)
        except ValueError:  # not bound
            return otherwise(frame)
        return function(value)

    def evaluate(frame: FrameType) -> object:
        try:
            values = [read(frame) for read in readers]
        except ValueError:
            return otherwise(frame)
        return function(*values)

    return evaluate_one if len(readers) == 1 else evaluate


def _walk(node: _ast.AST) -> Iterator[_ast.AST]:
    yield node
    for name in node._fields:
        value = getattr(node, name, None)
        for child in value if isinstance(value, list) else (value,):
            if isinstance(child, _ast.AST):
                yield from _walk(child)
