"""Running the user's own expressions and statements in a frame.

Names resolve as they do there: locals, free variables and class bodies included, also inside comprehensions, lambdas
and functions that the expression defines. To that end the frame's variables become a function's: the code is compiled
as the body of a function inside a function that has them all, so that the compiler makes closures of what is used.
"""

from __future__ import annotations

import ast
import inspect
import traceback
from types import CodeType, FrameType, FunctionType

from ..attributes import type_name
from ..frames import read_locals, write_local
from .failures import EvaluationError, describe_error, without_own_frames

FILE = "<heapsight evaluation>"


def evaluate(source: str, frame: FrameType, *, statements: bool) -> object:
    """Return the value of an expression, or with `statements` run a block and return the value of its last expression.

    What is assigned is bound in the frame. Raises EvaluationError.
    """
    tree = _parse(source, statements=statements)
    variables = read_locals(frame)
    optimized = bool(frame.f_code.co_flags & inspect.CO_OPTIMIZED)
    try:
        if not optimized:
            return _run_in_namespaces(tree, frame)
        return _run_in_function(tree, frame, variables)
    except EvaluationError:
        raise
    except (Exception, SystemExit, GeneratorExit, KeyboardInterrupt) as error:  # noqa: BLE001 - the user's own code
        raise _failure(error) from None


def _parse(source: str, *, statements: bool) -> ast.Module:
    text = source.strip()
    try:
        # Parenthesised, an expression may go over several lines.
        expression = compile(f"(\n{text}\n)", FILE, "eval", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        assert isinstance(expression, ast.Expression)
        return ast.Module([ast.copy_location(ast.Expr(expression.body), expression.body)], [])
    except SyntaxError as error:
        problem = error
    if statements:
        try:
            return ast.parse(inspect.cleandoc(source) if source[:1].isspace() else source, FILE)
        except SyntaxError as error:
            problem = error
    raise EvaluationError(f"SyntaxError: {problem.msg}", type_name="SyntaxError") from None


def _split(tree: ast.Module) -> tuple[list[ast.stmt], ast.expr | None]:
    """Return the statements before the last expression, and that expression where the block ends in one."""
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        return tree.body[:-1], tree.body[-1].value
    return tree.body, None


def _run_in_namespaces(tree: ast.Module, frame: FrameType) -> object:
    before, last = _split(tree)
    if before:
        exec(compile(ast.Module(before, []), FILE, "exec"), frame.f_globals, frame.f_locals)
    if last is None:
        return None
    return eval(compile(ast.Expression(last), FILE, "eval"), frame.f_globals, frame.f_locals)


def _run_in_function(tree: ast.Module, frame: FrameType, variables: dict[str, object]) -> object:
    before, last = _split(tree)
    assigned = _assigned_names(tree)
    unbound = object()
    names = [name for name in variables if name.isidentifier() and name != "__class__"]
    code = _as_function(before, last, names, sorted(assigned - set(names)))
    outer = FunctionType(code, frame.f_globals)
    result, bound = outer(unbound, *(variables[name] for name in names))
    for name, value in bound.items():
        if value is not unbound and (name not in variables or variables[name] is not value):
            _bind(frame, name, value)
    for name in names:
        if name in assigned and bound.get(name, unbound) is unbound:
            raise EvaluationError(f"{name!r} cannot be deleted in a function's frame.")
    return result


def _bind(frame: FrameType, name: str, value: object) -> None:
    try:
        write_local(frame, name, value)
    except KeyError:
        # The compiled function has no place for a new variable. A global is where the next expression finds it.
        frame.f_globals[name] = value


def _as_function(before: list[ast.stmt], last: ast.expr | None, names: list[str], new: list[str]) -> CodeType:
    """Compile `def outer(unbound, *names): def inner(): nonlocal …; BLOCK; return LAST …; return inner(), bound`."""
    lines = [f"def __outer__(__unbound__, {', '.join(names)}):"]
    lines += [f"    {name} = __unbound__" for name in new]
    lines.append("    def __inner__():")
    if names or new:
        lines.append(f"        nonlocal {', '.join([*names, *new])}")
    lines += ["        pass", "    __result__ = __inner__()", "    return __result__, {"]
    lines += [f"        {name!r}: {name}," for name in (*names, *new)]
    lines.append("    }")
    tree = ast.parse("\n".join(lines), FILE)
    outer = tree.body[0]
    assert isinstance(outer, ast.FunctionDef)
    inner = next(node for node in outer.body if isinstance(node, ast.FunctionDef))
    inner.body[-1:] = [*before, *([ast.copy_location(ast.Return(last), last)] if last is not None else [ast.Pass()])]
    ast.fix_missing_locations(tree)
    module = compile(tree, FILE, "exec")
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))


def _assigned_names(tree: ast.Module) -> set[str]:
    """Return the names that the block itself binds, not those of functions and classes inside it."""
    found: set[str] = set()
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
            continue
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
        elif isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            found.update(walrus.target.id for walrus in ast.walk(node) if isinstance(walrus, ast.NamedExpr))
            continue
        pending.extend(ast.iter_child_nodes(node))
    return found


def _failure(error: BaseException) -> EvaluationError:
    error.__traceback__ = _of_the_user(error)
    report = "".join(traceback.format_exception(error)).rstrip()
    failure = EvaluationError(describe_error(error), report, type_name(type(error)))
    error.__traceback__ = None
    return failure


def _of_the_user(error: BaseException):  # type: ignore[no-untyped-def]
    trace = without_own_frames(error.__traceback__)
    while trace is not None and trace.tb_next is not None and trace.tb_frame.f_code.co_name == "__outer__":
        trace = trace.tb_next
    return trace
