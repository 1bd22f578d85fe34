"""Running the user's own expressions and statements in a frame.

Names resolve as they do there, also inside comprehensions, lambdas and functions that the expression defines. To that
end the frame's variables become those of a function around the user's code: the compiler makes closures of what is
used, we fill their cells, and write back to the frame what has changed. Globals are the real ones.

A name that the function does not have cannot be added to its frame: it belongs to the console, for that frame and until
the program goes on. A module's frame needs none of this: there the code runs as the module's own.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Coroutine, Mapping
from functools import partial, reduce
from types import CellType, CodeType, FrameType, FunctionType
from typing import Any, cast

from ...attributes import type_mro, type_name, type_namespace
from ...frames import class_around
from ...holding import Held
from ...interrupts import EvaluationInterrupted
from ...records import field, mutable_record
from ..failures import EvaluationError, describe_error, disown
from ..tracebacks import CONSOLE, report
from .dotted import dotted_names, namespace_of
from .executing import NAME as EXEC
from .executing import Executing
from .locations import with_locations
from .names_bound import names_bound, without_annotations
from .namespaces import bind, declares_global, main_namespace, names_of, runs_module, unbind, variables_of

_INNER = "<console>"
_VALUE = "__heapsight_value__"
_FUTURE_FEATURES = 0x1FE0000  # the compiler flags of `from __future__ import …`
# Functions that look at all variables of the code that calls them.
_LOOKING_AROUND = ("locals", "vars", "dir", "eval", "exec")


@mutable_record
class Place:
    """Where to evaluate: a frame, or None for the main module. `console` has the names that only the console knows.

    `wait_for` runs a coroutine to its end; without it `await` is not allowed. `notes` are for the user to read.
    """

    frame: FrameType | None
    hold: Callable[[object], Held]
    console: dict[str, Held] = field(default_factory=dict)
    wait_for: Callable[[Coroutine[Any, Any, object]], object] | None = None
    notes: list[str] = field(default_factory=list)


def evaluate(source: str, place: Place, *, statements: bool) -> object:
    """Return the value of an expression; with `statements` of a block, whose last expression is its value.

    Raises EvaluationError.
    """
    names = None if statements else dotted_names(source.strip())
    namespace = namespace_of(names[0], place.frame, place.console) if names is not None else None
    if names is not None and namespace is not None:
        return _guarded(partial(_read, names, namespace), source)
    return _guarded(lambda: _run(_parse(source, statements=statements), place), source)


def _read(names: list[str], namespace: Mapping[str, object]) -> object:
    return reduce(getattr, names[1:], namespace[names[0]])


def assign(target: str, source: str, place: Place) -> object:
    """Evaluate `source`, bind `target` (a name, an attribute, an item …) to it, and return it.

    Raises EvaluationError.
    """

    def run() -> object:
        value = _parse(source, statements=False).body[0]
        assert isinstance(value, ast.Expr)
        keep = ast.Assign([ast.Name(_VALUE, ast.Store())], value.value)
        store = ast.Assign([_parse_target(target)], ast.Name(_VALUE, ast.Load()))
        tree = ast.Module([keep, store, ast.Expr(ast.Name(_VALUE, ast.Load()))], [])
        try:
            return _run(with_locations(tree), place)
        finally:
            # A module's code keeps even this name among its globals.
            namespace = place.frame.f_globals if place.frame is not None else main_namespace()
            namespace.pop(_VALUE, None)

    return _guarded(run, source)


def _guarded(run: Callable[[], object], source: str) -> object:
    """Run code of the user's; what it raises leaves here as text, and keeps nothing alive."""
    try:
        return run()
    except (EvaluationInterrupted, EvaluationError):
        raise
    except BaseException as error:  # noqa: BLE001 - the user's code may raise anything; nothing of it ends the program
        disown(error)
        failure = EvaluationError(_short(error), report(error, source), type_name(type(error)))
    # Outside of the handler: the user's exception must not become the context of ours.
    try:
        raise failure
    finally:
        # This frame is in its traceback: holding it would close a circle, and the stopped frame lives on with it.
        del failure


def _short(error: BaseException) -> str:
    if type(error) is SyntaxError:
        # The compiler's words for what the console can do, and nothing that is evaluated unasked may.
        hint = " (only the console waits)" if error.msg.startswith("'await' outside") else ""
        return f"SyntaxError: {error.msg}{hint}"
    text = describe_error(error)
    # Said of the cells that we make; the user knows no closure here.
    return text.replace(" free variable ", " variable ").replace(" in enclosing scope", "") if _is_ours(text) else text


def _is_ours(text: str) -> bool:
    return text.startswith("NameError: cannot access free variable ")


def _parse(source: str, *, statements: bool) -> ast.Module:
    text = source.strip()
    try:
        body = _parse_expression(text)
        return ast.Module([ast.copy_location(ast.Expr(body), body)], [])
    except SyntaxError:
        if not statements:
            raise
    lines = inspect.cleandoc(source) if source[:1].isspace() else source
    return without_annotations(ast.parse(lines, CONSOLE))


def _parse_target(text: str) -> ast.expr:
    body = ast.parse(f"{text.strip()} = 0", CONSOLE).body
    match body:
        case [ast.Assign(targets=[target])]:
            return target
    raise SyntaxError(f"{text!r} is nothing to assign to")


def _parse_expression(text: str) -> ast.expr:
    try:
        return ast.parse(text, CONSOLE, "eval").body
    except SyntaxError:
        if "\n" not in text:
            raise
    # In parentheses, an expression may go over several lines, as it does in the program.
    return ast.parse(f"(\n{text}\n)", CONSOLE, "eval").body


def _split(tree: ast.Module) -> tuple[list[ast.stmt], ast.expr | None]:
    """Return the statements before the last expression, and that expression where the block ends in one."""
    last = tree.body[-1] if tree.body else None
    return (tree.body[:-1], last.value) if isinstance(last, ast.Expr) else (tree.body, None)


def _run(tree: ast.Module, place: Place) -> object:
    frame = place.frame
    flags = frame.f_code.co_flags & _FUTURE_FEATURES if frame is not None else 0
    if place.wait_for is not None:
        flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    before, last = _split(tree)
    # As a module's, whatever it is to become: this finds `return`, `yield` and `await` where they mean nothing.
    block = compile(ast.Module(before, []), CONSOLE, "exec", flags, dont_inherit=True) if before else None
    final = compile(ast.Expression(last), CONSOLE, "eval", flags, dont_inherit=True) if last is not None else None
    if frame is not None and not runs_module(frame):
        awaits = any(code is not None and code.co_flags & inspect.CO_COROUTINE for code in (block, final))
        return _InFrame(tree, frame, place, flags, awaits=awaits).run()
    namespace = frame.f_globals if frame is not None else main_namespace()
    # A module's code finds the console's names among its globals, for as long as it runs.
    lent = {name: held.obj for name, held in place.console.items() if name not in namespace and _mentions(tree, name)}
    namespace.update(lent)
    try:
        if block is not None:
            _run_code(block, namespace, place)
        return _run_code(final, namespace, place) if final is not None else None
    finally:
        for name, value in lent.items():
            if namespace.get(name) is value:
                del namespace[name]


def _run_code(code: CodeType, namespace: dict[str, object], place: Place) -> object:
    value = eval(code, namespace)
    return _waited_for(value, place) if code.co_flags & inspect.CO_COROUTINE else value


def _waited_for(value: Any, place: Place) -> object:
    assert place.wait_for is not None
    return place.wait_for(value)


class _InFrame:
    """One run of user code with the variables of a function's or a class's frame."""

    def __init__(self, tree: ast.Module, frame: FrameType, place: Place, flags: int, *, awaits: bool) -> None:
        self._frame = frame
        self._awaits = awaits
        self._place = place
        own = [name for name in names_of(frame) if name.isidentifier()]
        bound = names_bound(tree)
        strange = bound - set(own) - set(place.console)
        shared = {name for name in strange if declares_global(frame.f_code, name)}
        self._names = list(dict.fromkeys((*own, *place.console, *sorted(strange - shared))))
        # Where the name means what it usually does.
        self._executes = _mentions(tree, EXEC) and EXEC not in self._names and EXEC not in frame.f_globals
        if self._executes:
            self._names.append(EXEC)
        self._uses_super = _mentions(tree, "super")
        code = frame.f_code
        first = code.co_varnames[0] if self._uses_super and code.co_argcount else None
        self._first = first if first not in bound else None
        self._code = self._compile(tree, sorted(bound - shared), sorted(shared), flags)

    def run(self) -> object:
        """Run it, and write back what it bound."""
        values = variables_of(self._frame) | {name: held.obj for name, held in self._place.console.items()}
        if self._uses_super and "__class__" not in values and self._first in values:
            values["__class__"] = self._class_of(values[self._first])
        cells = {name: _cell(name, values) for name in self._code.co_freevars}
        closure = tuple(cells.values())
        executing: Executing | None = None
        if self._executes:
            cells.pop(EXEC).cell_contents = executing = Executing(cells)
        function = FunctionType(self._code, self._frame.f_globals, _INNER, None, closure)
        arguments = [values[self._first]] if self._first in values else []
        try:
            value = function(*arguments)
            return _waited_for(value, self._place) if self._awaits else value
        finally:
            for name, cell in cells.items():
                self._write_back(name, cell, values)
            for name, value in executing.new.items() if executing is not None else ():
                self._write_back(name, CellType(value), values)

    def _write_back(self, name: str, cell: CellType, before: dict[str, object]) -> None:
        if name == _VALUE:
            return
        try:
            value = cell.cell_contents
        except ValueError:
            if name in before:
                self._unbind(name)
            return
        if name in before and before[name] is value:
            return
        try:
            if name in self._place.console:
                raise KeyError(name)
            bind(self._frame, name, value)
        except KeyError:
            self._place.console[name] = self._place.hold(value)

    def _unbind(self, name: str) -> None:
        if self._place.console.pop(name, None) is None and not unbind(self._frame, name):
            # What the interpreter itself does where a jump would leave a variable unbound. The object is let go.
            bind(self._frame, name, None)
            self._place.notes.append(f"{name!r} is None now: Python cannot unbind it in a function that is running.")

    def _class_of(self, first: object) -> object:
        """Return the class whose method runs: it is the one that has this very code."""
        mro = type_mro(cast(type, first) if issubclass(type(first), type) else type(first))
        for cls in mro:
            for value in type_namespace(cls).values():
                wraps = type(value) is classmethod or type(value) is staticmethod
                function = getattr(value, "__func__", None) if wraps else value
                if type(function) is FunctionType and function.__code__ is self._frame.f_code:
                    return cls
        return mro[0]

    def _compile(self, tree: ast.Module, bound: list[str], shared: list[str], flags: int) -> CodeType:
        """Compile `def outer(NAMES): def inner(FIRST): nonlocal BOUND; BLOCK; return LAST`; return the inner code."""
        before, last = _split(tree)
        body: list[ast.stmt] = [ast.Global(shared)] if shared else []
        body += [ast.Nonlocal(bound)] if bound else []
        body += before
        body.append(ast.Return(last) if last is not None else ast.Pass())
        if any(_mentions(tree, name) for name in _LOOKING_AROUND):
            body.append(_never(self._names))
        inner = _function(_INNER, [self._first] if self._first is not None else [], body, awaits=self._awaits)
        around: ast.stmt = _function("<frame>", self._names, [inner])
        owner = class_around(self._frame.f_code)
        if owner is not None:
            # Private names are mangled with the name of the class that they are written in.
            around = ast.parse(f"class {owner}: pass").body[0]
            assert isinstance(around, ast.ClassDef)
            around.body = [_function("<frame>", self._names, [inner])]
        module = with_locations(ast.Module([around], []))
        return _find(compile(module, CONSOLE, "exec", flags, dont_inherit=True))


def _function(
    name: str, parameters: list[str], body: list[ast.stmt], *, awaits: bool = False
) -> ast.FunctionDef | ast.AsyncFunctionDef:
    definition = ast.parse("async def f(): pass" if awaits else "def f(): pass").body[0]
    assert isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef))
    definition.name = name
    definition.args.args = [ast.arg(parameter) for parameter in parameters]
    definition.body = body
    return definition


def _never(names: list[str]) -> ast.stmt:
    """Return a statement that uses all of `names` and is not run: for the compiler, they are variables used here."""
    return ast.If(ast.Constant(False), [ast.Expr(ast.Name(name, ast.Load())) for name in names] or [ast.Pass()], [])


def _find(code: CodeType) -> CodeType:
    while code.co_name != _INNER:
        code = next(one for one in code.co_consts if isinstance(one, CodeType))
    return code.replace(co_qualname=_INNER)


def _cell(name: str, values: dict[str, object]) -> CellType:
    return CellType(values[name]) if name in values else CellType()


def _mentions(tree: ast.Module, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))
