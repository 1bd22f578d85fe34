"""The condition of an exception filter: which types it is for, and an expression that has to be true besides.

    KeyError, json.*Error, !StopIteration      a list of types, see `exception_types`
    exc.errno == 2                             an expression, in the frame that the exception shows up in
    OSError if exc.errno == 2                  both: the expression is evaluated for exceptions of these types only

In the expression `exc`, `exception` and `__exception__` are the exception; they hide variables of these names.
A single name is a list of types.
"""

from __future__ import annotations

import _ast
import re
from types import CodeType, FrameType, FunctionType

from ...frames import read_locals
from ...own import PACKAGE_FOLDER
from ..expressions.compiling import COMPILE_ERRORS, compile_quietly, describe_error, parse_expression, walk
from ..expressions.failures import describe_failure
from .types import TypeList, TypeName, is_group

# Code of this name counts as Heapsight's own, so that its frames are never shown or stepped into.
_FILENAME = PACKAGE_FOLDER + "<condition>"
_EXCEPTION_NAMES = ("exc", "exception", "__exception__")
_ALL = TypeList((), ())


class BadCondition(Exception):
    """The text of a condition is none; the message says why."""


class ConditionFailed(Exception):
    """The expression raised; the message says what. Told once for each condition."""


class ExceptionCondition:
    """What one filter is for."""

    def __init__(self, *lists: TypeList, expression: ExceptionExpression | None = None) -> None:
        """All of `lists` have to choose an exception, and `expression` has to be true."""
        self._lists = lists
        self._expression = expression
        self._has_failed = False

    @classmethod
    def parse(cls, text: str | None) -> ExceptionCondition:
        """Read a client's condition; None or blank is for everything. Raises BadCondition."""
        if text is None or not text.strip():
            return cls(_ALL)
        types = TypeList.parse(text)
        if types is not None:
            return cls(types)
        for word in re.finditer(r"\bif\b", text):
            types = TypeList.parse(text[: word.start()])
            if types is not None:
                return cls(types, expression=_expression(text[word.end() :], text))
        return cls(_ALL, expression=_expression(text, text))

    @classmethod
    def at_path(cls, segments: list[tuple[tuple[str, ...], bool]]) -> ExceptionCondition:
        """Return what an `exceptionOptions` path selects: each segment's names, or with True all but these."""
        lists = []
        for names, negate in segments:
            found = [TypeName(name) for name in names]
            lists.append(TypeList((), found) if negate else TypeList(found, ()))
        return cls(*lists)

    def excludes(self, cls: type) -> bool:
        """Say whether no exception of type `cls` can be chosen."""
        return not is_group(cls) and not all(one.verdict(cls).chosen for one in self._lists)

    def chooses(self, exception: BaseException) -> bool:
        """Say whether the types choose `exception`; the expression is not evaluated."""
        return all(one.chooses(exception) for one in self._lists)

    def names(self, cls: type) -> bool:
        """Say whether a type that usually is of no interest is chosen by its own name."""
        return any(one.names(cls) for one in self._lists)

    def holds(self, exception: BaseException, frame: FrameType) -> bool:
        """Say whether the condition holds; raises ConditionFailed where the expression does not work, but once."""
        if not self.chooses(exception):
            return False
        if self._expression is None:
            return True
        try:
            return bool(self._expression.evaluate(exception, frame))
        except BaseException as error:  # noqa: BLE001 - the user's expression, or the truth value of the user's object
            # Raising into the program is no way out, and the key that the person pressed must not be lost.
            if self._has_failed and not isinstance(error, KeyboardInterrupt):
                return False
            self._has_failed = True
            message = f"Condition `{self._expression.text}` raised {describe_failure(error)}"
        raise ConditionFailed(message)


class ExceptionExpression:
    """An expression of the client's over an exception and the variables of a frame."""

    def __init__(self, text: str) -> None:
        """Compile `text`; raises one of COMPILE_ERRORS."""
        self.text = text.strip()
        tree = parse_expression(self.text, _FILENAME)
        compile_quietly(self.text, _FILENAME, "eval")
        self._names = tuple(dict.fromkeys(node.id for node in walk(tree) if isinstance(node, _ast.Name)))
        self._functions: dict[tuple[str, ...], CodeType] = {}

    def evaluate(self, exception: BaseException, frame: FrameType) -> object:
        """Return the value as code in `frame` would see it; raises what the expression raises."""
        values = read_locals(frame) | dict.fromkeys(_EXCEPTION_NAMES, exception)
        names = tuple(name for name in self._names if name in values)
        code = self._functions.get(names)
        if code is None:
            made = compile_quietly(f"lambda {', '.join(names)}: (\n{self.text}\n)", _FILENAME, "eval")
            code = self._functions[names] = next(one for one in made.co_consts if type(one) is CodeType)
        return FunctionType(code, frame.f_globals)(*[values[name] for name in names])


def _expression(text: str, condition: str) -> ExceptionExpression:
    try:
        return ExceptionExpression(text)
    except COMPILE_ERRORS as error:
        reason = describe_error(error)
    raise BadCondition(
        f"Condition `{condition.strip()}` is neither a list of exception types, such as"
        f" `KeyError, json.*Error, !StopIteration`, nor an expression: {reason}."
    )
