"""Bringing another version of a file into the running program."""

from __future__ import annotations

import ast
import gc
from collections import defaultdict
from types import CellType, CodeType, FunctionType, ModuleType
from typing import cast

from ..engine.breakpoints.code_lines import find_code, nested_code
from ..engine.breakpoints.paths import FileIdentities
from ..records import field, mutable_record
from .definitions import Changes


@mutable_record
class Report:
    """What became of the changes; `failed` says why where something could not be done."""

    changed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Return it as lines for the console."""
        parts = []
        if self.changed:
            parts.append("changed " + ", ".join(self.changed))
        if self.added:
            parts.append("added " + ", ".join(self.added))
        done = "; ".join(parts) or "nothing runs differently"
        lines = [f"Reloaded {name}: {done}."]
        return "\n".join([*lines, *(f"  Not reloaded: {reason}" for reason in self.failed)]) + "\n"


def update(module: ModuleType, filename: str, tree: ast.Module, changes: Changes) -> Report:
    """Give the functions of a file their new code, and define what is new.

    tree: the new version. Runs the user's code only to define what is
    new: decorators, default values, class bodies, imports.
    """
    report = Report()
    identities = FileIdentities()
    identity = identities.of(filename)
    running = find_code(lambda code: identities.of(code.co_filename) == identity)
    # Under the name that the program has it by, whatever way that was written.
    filename = running[0].co_filename if running else filename
    compiled = compile(tree, filename, "exec", dont_inherit=True)
    failed = _replace_code(compiled, running, report)
    report.changed += [f"{name}()" for name in changes.functions if name not in failed]
    for name, node in changes.new:
        _define(module, filename, name, node, report)
    for name, function in changes.defaults:
        _set_defaults(module, filename, name, function, report)
    report.failed += [f"the decorators of {name}() stay as they were" for name in changes.decorators]
    report.failed += [f"line {line} is not run again" for line in changes.not_run]
    report.failed += [f"{name} is not in the file any more, but stays" for name in changes.gone]
    return report


def _replace_code(compiled: CodeType, running: list[CodeType], report: Report) -> set[str]:
    """Replace the code of all functions of the file, also of those that have only moved; return what failed."""
    new = _by_name(list(nested_code(compiled)))
    old = _by_name(running)
    failed = set()
    for name, codes in old.items():
        replacements = new.get(name, [])
        if len(replacements) != len(codes) and len(replacements) != 1:
            # Gone, or several of one name that cannot be told apart.
            if replacements and not codes[0].co_name.startswith("<"):
                failed.add(name)
                report.failed.append(f"there are {len(replacements)} of {name}() now")
            continue
        for index, code in enumerate(codes):
            replacement = replacements[min(index, len(replacements) - 1)]
            if replacement != code and not _replace_in_functions(code, replacement):
                failed.add(name)
                report.failed.append(f"{name}() uses other variables of the function around it")
    return failed


def _by_name(codes: list[CodeType]) -> dict[str, list[CodeType]]:
    found: dict[str, list[CodeType]] = defaultdict(list)
    for code in sorted({id(code): code for code in codes}.values(), key=lambda code: code.co_firstlineno):
        if code.co_name != "<module>":
            found[code.co_qualname].append(code)
    return found


def _replace_in_functions(code: CodeType, replacement: CodeType) -> bool:
    """Give every function that runs `code` the replacement; False where one cannot have it."""
    for holder in gc.get_referrers(code):
        if type(holder) is FunctionType and holder.__code__ is code:
            if code.co_freevars != replacement.co_freevars:
                return False
            holder.__code__ = replacement
    return True


def _set_defaults(
    module: ModuleType, filename: str, name: str, node: ast.FunctionDef | ast.AsyncFunctionDef, report: Report
) -> None:
    """Evaluate the default values of a function anew, and nothing else of it."""
    bare = ast.parse("def f(): pass").body[0]
    assert isinstance(bare, ast.FunctionDef)
    bare.name, bare.args = name.rpartition(".")[2], node.args
    scratch: dict[str, object] = {}
    try:
        exec(compile(ast.Module([ast.copy_location(bare, node)], []), filename, "exec"), module.__dict__, scratch)
    except Exception as error:  # noqa: BLE001 - the user's code: the default values
        report.failed.append(f"the default values of {name}(): {type(error).__name__}: {error}")
        return
    made = cast(FunctionType, scratch[bare.name])
    identities = FileIdentities()
    same = identities.of(filename)
    for code in find_code(lambda code: code.co_qualname == name and identities.of(code.co_filename) == same):
        for holder in gc.get_referrers(code):
            if type(holder) is FunctionType and holder.__code__ is code:
                holder.__defaults__, holder.__kwdefaults__ = made.__defaults__, made.__kwdefaults__
    report.changed.append(f"the default values of {name}()")


def _define(module: ModuleType, filename: str, name: str, node: ast.stmt, report: Report) -> None:
    path = name.split(".") if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else [name]
    try:
        if len(path) == 1:
            exec(compile(ast.Module([node], []), filename, "exec", dont_inherit=True), module.__dict__)
        else:
            _define_in_class(module, filename, path, node)
    except Exception as error:  # noqa: BLE001 - the user's code: decorators, defaults, class bodies, imported modules
        report.failed.append(f"{name}: {type(error).__name__}: {error}")
    else:
        report.added.append(name)


def _define_in_class(module: ModuleType, filename: str, path: list[str], node: ast.stmt) -> None:
    """Define a method or an inner class in a class that exists. Raises LookupError where it does not."""
    cls: object = module.__dict__.get(path[0])
    for part in path[1:-1]:
        cls = type.__dict__["__dict__"].__get__(cls).get(part) if isinstance(cls, type) else None
    if not isinstance(cls, type):
        raise LookupError(f"there is no class {'.'.join(path[:-1])}")
    # A class statement of that name, so that the method's qualified name and its `super()` are right.
    around = node
    for part in reversed(path[:-1]):
        shell = ast.parse("class C: pass").body[0]
        assert isinstance(shell, ast.ClassDef)
        shell.name, shell.body = part, [around]
        around = ast.copy_location(shell, node)
    scratch: dict[str, object] = {}
    exec(compile(ast.fix_missing_locations(ast.Module([around], [])), filename, "exec"), module.__dict__, scratch)
    made: object = scratch[path[0]]
    for part in path[1:]:
        owner, made = made, vars(cast(type, made))[part]
    _adopt(made, cast(type, owner), cls)
    setattr(cls, path[-1], made)


def _adopt(made: object, scratch: type, cls: type) -> None:
    """Have the `__class__` of a method be the class that it is put into."""
    parts = [made, *(getattr(made, name, None) for name in ("fget", "fset", "fdel", "__func__"))]
    for part in parts:
        closure: tuple[CellType, ...] = (part.__closure__ or ()) if isinstance(part, FunctionType) else ()
        for cell in closure:
            if cell.cell_contents is scratch:
                cell.cell_contents = cls
