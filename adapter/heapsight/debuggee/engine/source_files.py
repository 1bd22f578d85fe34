"""A source file that may not be loaded yet: compiled, never executed."""

from __future__ import annotations

import _ast
import io
import os
import zipimport
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

from .code_lines import nested_code
from .compiling import COMPILE_ERRORS, compile_quietly, describe_error, parse_module
from .locations import Location, locations_of, with_code
from .outline import Outline, Refusal, outline_of
from .paths import is_pseudo_name

_Definition = _ast.FunctionDef | _ast.AsyncFunctionDef | _ast.ClassDef


@dataclass(frozen=True, slots=True, eq=False)
class SourceFile:
    """A file that compiles, as it is on the disk now."""

    tree: _ast.Module
    code: CodeType
    lines: list[str]

    def outline(self) -> Outline:
        """Return its functions and lines."""
        ends = {(node.name, _first_line(node)): node.end_lineno or node.lineno for node in _definitions(self.tree)}
        return outline_of(self.code, self.lines, ends)

    def locations(self, lines: range) -> list[Location]:
        """Return the places within `lines` that a thread can stop at; none where the compiler notes no columns."""
        return with_code(locations_of(self.tree, lines), nested_code(self.code))

    def location_at(self, line: int, column: int) -> Location | None:
        """Return the place on `line` at or behind `column`, else the last one there."""
        found = self.locations(range(line, line + 1))
        return next((one for one in found if one.column >= column), found[-1] if found else None)


def source_of_file(path: str) -> SourceFile | Refusal:
    """Return the Python file at `path`, or why it cannot be used."""
    name = os.path.basename(path)
    if is_pseudo_name(path):
        return Refusal("This code has not run yet.", may_come=True)
    try:
        source = _read(path)
    except (OSError, zipimport.ZipImportError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return Refusal(f"{name} cannot be read: {reason}.", may_come=True)
    try:
        # Not under the file's own name: nobody is to take this code for the program's.
        tree = parse_module(source, f"<heapsight: {path}>")
        code = compile_quietly(tree, f"<heapsight: {path}>", "exec")
    except COMPILE_ERRORS as error:
        return Refusal(f"{name} does not compile: {describe_error(error)}.", may_come=True)
    return SourceFile(tree, code, source.decode("utf-8", "replace").splitlines())


def breakpoint_locations(path: str, lines: range) -> list[Location | int] | Refusal:
    """Return where a breakpoint can be on `lines` of the file at `path`: the places within each line, else the line."""
    source = source_of_file(path)
    if isinstance(source, Refusal):
        return source
    locations = source.locations(lines)
    elsewhere = source.outline().lines.intersection(lines) - {one.line for one in locations}
    found: list[Location | int] = [*locations, *elsewhere]
    return sorted(found, key=lambda one: (one, 0) if isinstance(one, int) else (one.line, one.column))


def _definitions(tree: _ast.Module) -> Iterator[_Definition]:
    """Yield the functions and classes of a file."""
    waiting: list[_ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _Definition):
            yield node
        # Statements lie in the lists of statements, and in the handlers and cases between them.
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, name, None)
            if isinstance(inner, list):
                waiting.extend(inner)


def _first_line(node: _Definition) -> int:
    """Return the line that the code object calls its first: a decorator's, if there is one."""
    return node.decorator_list[0].lineno if node.decorator_list else node.lineno


def _read(path: str) -> bytes:
    """Return the bytes of a file, in a zip archive or not. Raises OSError or ZipImportError."""
    try:
        # Not `open`, which programs and their tests replace.
        with io.FileIO(path) as file:
            return file.readall()
    except OSError:
        archive = _archive_of(path)
        if archive is None:
            raise
        return zipimport.zipimporter(archive).get_data(path)


def _archive_of(path: str) -> str | None:
    parent = os.path.dirname(path)
    while parent and parent != os.path.dirname(parent):
        if os.path.isfile(parent):
            return parent
        parent = os.path.dirname(parent)
    return None
