"""A source file that may not be loaded yet: compiled, never executed."""

from __future__ import annotations

import _ast
import os
import zipimport
from collections.abc import Iterator
from types import CodeType

from ...records import record
from ...source_text import cached_text, decode, is_pseudo_name, read_source, text_of_name
from ..expressions.compiling import COMPILE_ERRORS, compile_quietly, describe_error, parse_module
from .code_lines import nested_code
from .locations import Location, locations_of, with_code
from .outline import Outline, Refusal, outline_of

_CELL = "vscode-notebook-cell:"
_Definition = _ast.FunctionDef | _ast.AsyncFunctionDef | _ast.ClassDef


@record(eq=False)
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


def source_of_file(path: str, text: str | None = None) -> SourceFile | Refusal:
    """Return the Python file at `path`, or why it cannot be used. `text`: what it contains, where that is known."""
    name = os.path.basename(path)
    source = _content(path) if text is None else text
    if isinstance(source, Refusal):
        return source
    try:
        # Not under the file's own name: nobody is to take this code for the program's.
        tree = parse_module(source, f"<heapsight: {path}>")
        code = compile_quietly(tree, f"<heapsight: {path}>", "exec")
    except COMPILE_ERRORS as error:
        return Refusal(f"{name} does not compile: {describe_error(error)}.", may_come=True)
    return SourceFile(tree, code, (source if isinstance(source, str) else decode(source)).split("\n"))


def breakpoint_locations(path: str, lines: range, text: str | None = None) -> list[Location | int] | Refusal:
    """Return where a breakpoint can be on `lines` of a file: the places within each line, else the line.

    text: what the file contains, where that is known.
    """
    source = source_of_file(path, text)
    if isinstance(source, Refusal):
        return source
    locations = source.locations(lines)
    elsewhere = source.outline().lines.intersection(lines) - {one.line for one in locations}
    found: list[Location | int] = [*locations, *elsewhere]
    return sorted(found, key=lambda one: (one, 0) if isinstance(one, int) else (one.line, one.column))


def _content(path: str) -> str | bytes | Refusal:
    # A client names the cell of a notebook by an address, until it is known under which name the cell runs.
    if is_pseudo_name(path) or path.startswith(_CELL):
        found = text_of_name(path)
        return found if found is not None else Refusal("This code has not run yet.", may_come=True)
    try:
        return read_source(path)
    except (OSError, zipimport.ZipImportError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    found = cached_text(path)
    return found if found is not None else Refusal(f"{os.path.basename(path)} cannot be read: {reason}.", may_come=True)


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
