"""What an `assert` compared, as far as the frame still knows it. Nothing is evaluated again.

The interpreter has dropped the operands when it raises: its evaluation stack is empty at that point. But most operands
are names, attributes and items, which the frame and the objects still have. The statement is found by the positions of
the instruction that raised (`co_positions`). What a call returned is not kept anywhere: that is said instead.
"""

from __future__ import annotations

import ast
import opcode
from collections.abc import Callable, Iterator
from itertools import islice
from types import CodeType, FrameType, TracebackType

from ..attributes import type_qualname
from ..records import record
from ..source_text import text_of_name
from .differences import first_difference
from .evaluation.static_values import NotKept, StaticValues

Show = Callable[[object], str]
_RAISE = opcode.opmap["RAISE_VARARGS"]
_ASSERTION_ERROR = opcode.opmap["LOAD_ASSERTION_ERROR"]
_CALL = "assert "
_MOST_ROWS = 16
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
# Expressions whose own value says nothing that their parts do not say.
_TRANSPARENT = (ast.Compare, ast.BoolOp, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Starred, ast.IfExp, ast.JoinedStr)


@record
class Explanation:
    """A failed assertion: its text, the values in it, and where two containers differ."""

    statement: str
    rows: tuple[tuple[str, str], ...]
    difference: str | None

    @property
    def text(self) -> str:
        """All of it, a line for each value."""
        lines = [self.statement, *(f"  {name} = {value}" for name, value in self.rows)]
        return "\n".join([*lines, *([f"  {self.difference}"] if self.difference else [])])

    @property
    def line(self) -> str:
        """All of it on one line."""
        values = ", ".join(f"{name} = {value}" for name, value in self.rows)
        return f"{self.statement} ({values})" if values else self.statement


def explain(exception: BaseException, traceback: TracebackType | None, show: Show) -> Explanation | None:
    """Explain an AssertionError that an `assert` statement raised; None for other exceptions, or without source.

    show: writes a value.
    """
    if traceback is None or not issubclass(type(exception), AssertionError):
        return None
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    frame, offset = traceback.tb_frame, traceback.tb_lasti
    # What pytest has rewritten explains itself in its message.
    if not _is_assertion(frame.f_code, offset) or "@pytest_ar" in frame.f_globals:
        return None
    found = _find_test(frame.f_code, offset)
    if found is None or not _belongs(found[1], frame.f_code):
        return None
    return _Explaining(*found, frame, show).explain()


def _is_assertion(code: CodeType, offset: int) -> bool:
    """Say whether the instruction raises for an `assert`: what it raises was loaded by an instruction for that."""
    instructions = code.co_code[: offset + 1 : 2]
    if not instructions or instructions[-1] != _RAISE:
        return False
    last_raise = instructions.rfind(bytes([_RAISE]), 0, -1)
    return instructions.find(bytes([_ASSERTION_ERROR]), last_raise + 1) >= 0


def _find_test(code: CodeType, offset: int) -> tuple[str, ast.expr] | None:
    """Return the source of the condition, and its syntax tree."""
    line, end_line, column, end_column = next(islice(code.co_positions(), offset // 2, None), (None,) * 4)
    text = text_of_name(code.co_filename)
    if text is None or line is None or end_line is None or column is None or end_column is None:
        return None
    lines = [one.encode() for one in text.split("\n")[line - 1 : end_line]]
    if len(lines) != end_line - line + 1:
        return None
    lines[-1] = lines[-1][:end_column]
    lines[0] = lines[0][column:]
    source = b"\n".join(lines).decode("utf-8", "replace")
    return _parse_test(source) if source.strip() else None


def _parse_test(source: str) -> tuple[str, ast.expr] | None:
    # By version, the position is that of the statement or that of the condition.
    try:
        if source.startswith("assert"):
            statement = ast.parse(source).body[0]
            assert isinstance(statement, ast.Assert)
            return source, statement.test
        source = f"({source})"
        return source, ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError, AssertionError):
        return None  # the file has changed since


def _belongs(test: ast.expr, code: CodeType) -> bool:
    """Say whether the code has the names of `test`: the file may have been edited while the program ran."""
    known = {*code.co_names, *code.co_varnames, *code.co_cellvars, *code.co_freevars}
    return all(node.id in known for node in _walk(test) if isinstance(node, ast.Name))


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of an expression that are evaluated in the frame itself."""
    yield node
    if isinstance(node, ast.Lambda):
        return
    children = [node.generators[0].iter] if isinstance(node, _COMPREHENSIONS) else ast.iter_child_nodes(node)
    for child in children:
        yield from _walk(child)


class _Explaining:
    def __init__(self, source: str, test: ast.expr, frame: FrameType, show: Show) -> None:
        self._source = source
        self._test = test
        self._values = StaticValues(frame)
        self._show = show
        self._rows: dict[str, str] = {}

    def explain(self) -> Explanation:
        self._collect(self._test)
        rows = tuple(self._rows.items())[:_MOST_ROWS]
        return Explanation(_CALL + self._text(self._test), rows, self._difference())

    def _collect(self, node: ast.expr) -> None:
        """Note the value of an expression, and of its parts where they say more."""
        if isinstance(node, ast.Constant) or len(self._rows) > _MOST_ROWS:
            return
        if isinstance(node, _TRANSPARENT) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)):
            self._collect_parts(node)
            return
        try:
            value = self._values.read(node)
        except NotKept as reason:
            if not isinstance(node, (ast.Lambda, ast.BinOp, ast.UnaryOp, *_COMPREHENSIONS)):
                self._rows.setdefault(self._text(node), f"<{reason}>")
            self._collect_parts(node)
            return
        self._rows.setdefault(self._text(node), self._show(value))
        if isinstance(node, ast.Subscript):
            self._collect_key(node.slice)
        elif isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Call)):
            self._collect_parts(node)

    def _collect_parts(self, node: ast.AST) -> None:
        if isinstance(node, ast.Call):
            self._collect_call(node)
        elif isinstance(node, ast.Subscript):
            self._collect(node.value)
            self._collect_key(node.slice)
        elif isinstance(node, ast.Lambda):
            return
        elif isinstance(node, _COMPREHENSIONS):
            self._collect(node.generators[0].iter)
        else:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self._collect(child)

    def _collect_call(self, node: ast.Call) -> None:
        """Note what a call was made with. Of what it called, the object of a method."""
        if isinstance(node.func, ast.Attribute) and not self._is_module(node.func.value):
            self._collect(node.func.value)
        for argument in (*node.args, *(one.value for one in node.keywords)):
            if not self._is_class(argument):
                self._collect(argument)
        match node:
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.expr() as one, _]):
                try:
                    found = type_qualname(type(self._values.read(one)))
                except NotKept:
                    return
                self._rows.setdefault(f"type({self._text(one)})", found)

    def _collect_key(self, node: ast.expr) -> None:
        if isinstance(node, ast.Slice):
            self._collect_parts(node)
        else:
            self._collect(node)

    def _is_module(self, node: ast.expr) -> bool:
        return type(self._read(node)) is type(ast)

    def _is_class(self, node: ast.expr) -> bool:
        return issubclass(type(self._read(node)), type)

    def _read(self, node: ast.expr) -> object:
        try:
            return self._values.read(node)
        except NotKept:
            return None

    def _difference(self) -> str | None:
        match self._test:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                one, other = self._whole(left), self._whole(right)
                return first_difference(one, other, self._show)
        return None

    def _whole(self, node: ast.expr) -> object:
        """Return the value of an operand, also of one that is written out, such as `[1, 2]`."""
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return self._read(node)

    def _text(self, node: ast.expr) -> str:
        text = ast.get_source_segment(self._source, node) or ast.unparse(node)
        return " ".join(line.strip() for line in text.split("\n"))
