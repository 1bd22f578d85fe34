"""Numbers for sources that are no files: the client asks for their text, and sets breakpoints in them, by number."""

from __future__ import annotations

import inspect
import itertools
import os
from _weakref import ReferenceType
from collections.abc import Callable, Iterator
from types import CodeType, FrameType

from .engine.breakpoints.code_lines import last_line, nested_code
from .engine.breakpoints.paths import current_folder
from .engine.expressions.compiling import COMPILE_ERRORS, compile_quietly
from .frames import read_locals
from .own import is_own_frame
from .records import record
from .source_text import is_pseudo_name, text_of_name

# How far a search for a text that was executed goes: callers looked into, texts compiled, characters of each.
_MOST_FRAMES = 20
_MOST_COMPILED = 20
_LONGEST = 1_000_000
_SHARED_NAMES = frozenset({"<string>", "<stdin>"})

SourceBody = dict[str, object]


@record
class GeneratedSource:
    """A source without a file. `text`: where many sources have one name, and this is what tells them apart."""

    name: str
    text: str | None = None


def generated_body(name: str, number: int) -> SourceBody:
    """Return the DAP `Source` of what is no file."""
    if is_pseudo_name(name):
        return {"name": name, "path": name, "sourceReference": number, "origin": "generated code"}
    return {"name": os.path.basename(name), "path": name, "sourceReference": number}


class SourceReferences:
    """Gives out numbers, valid as long as the session, and finds what code without a file was compiled from.

    program_text: the program itself, where it was given as text.
    """

    def __init__(self, program_text: Callable[[], str | None] = lambda: None) -> None:
        self._program_text = program_text
        self._start = current_folder()
        self._numbers: dict[GeneratedSource, int] = {}
        self._files: dict[str, SourceBody] = {}
        # Of code that shares a name such as `<string>` with other code; it leaves by itself when it dies.
        self._found: dict[int, tuple[ReferenceType[CodeType], GeneratedSource | None]] = {}

    def source_of(self, frame: FrameType) -> SourceBody:
        """Return the DAP `Source` of the code that `frame` runs."""
        name = frame.f_code.co_filename
        known = self._files.get(name)
        if known is not None:
            return known
        if name and not is_pseudo_name(name):
            path = self._absolute(name)
            if os.path.isfile(path):
                body = self._files[name] = {"name": os.path.basename(path), "path": path}
                return body
            # In an archive, or gone, or never there: a notebook's cell.
            if text_of_name(path) is None:
                return {"name": os.path.basename(path), "path": path}
            return generated_body(path, self.number_of(GeneratedSource(path)))
        text = text_of_name(name)
        # A name that any code has says nothing, whatever text is noted for it.
        known_by_name = text is not None and name not in _SHARED_NAMES
        generated = GeneratedSource(name) if known_by_name else self._executed(frame, text)
        if generated is None:
            return {"name": name, "presentationHint": "deemphasize"}
        return generated_body(name, self.number_of(generated))

    def _absolute(self, name: str) -> str:
        # A relative name means the folder that the program was started in, unless it has changed it since.
        first = os.path.normpath(os.path.join(self._start, name))
        return first if os.path.exists(first) else os.path.abspath(name)

    def number_of(self, source: GeneratedSource) -> int:
        """Return the number of a source, from 1."""
        return self._numbers.setdefault(source, len(self._numbers) + 1)

    def source(self, number: int) -> GeneratedSource | None:
        """Return the source of a number; None where it was never given out."""
        return next((source for source, known in list(self._numbers.items()) if known == number), None)

    def bodies(self) -> list[SourceBody]:
        """Return the DAP sources that have been given a number."""
        return [generated_body(source.name, number) for source, number in list(self._numbers.items())]

    def _executed(self, frame: FrameType, noted: str | None) -> GeneratedSource | None:
        """Return the text given to `exec` or `eval`, if a caller still has it; it has to compile to this very code."""
        code = frame.f_code
        known = self._found.get(id(code))
        if known is not None and known[0]() is code:
            return known[1]
        likely = [text for text in (self._program_text(), noted) if text is not None]
        texts = itertools.chain(likely, _texts_for(code, frame))
        text = next((text for text in texts if _makes(text, code)), None)
        source = GeneratedSource(code.co_filename, text) if text is not None else None
        number = id(code)
        self._found[number] = (ReferenceType(code, lambda _: self._found.pop(number, None)), source)
        return source


def _texts_for(code: CodeType, frame: FrameType) -> Iterator[str]:
    """Yield strings of the callers of `frame` that may be the source of `code`."""
    lines = last_line(code)
    word = "" if code.co_name.startswith("<") else code.co_name
    caller = frame.f_back
    compiled = 0
    for _ in range(_MOST_FRAMES):
        if caller is None or is_own_frame(caller) or compiled == _MOST_COMPILED:
            return
        for value in itertools.chain(_variables(caller), caller.f_code.co_consts):
            if type(value) is str and len(value) <= _LONGEST and word in value and value.count("\n") + 1 >= lines:
                compiled += 1
                yield value
        caller = caller.f_back


def _variables(frame: FrameType) -> list[object]:
    """Return the variables of a function or module. (A class body may have a namespace with code of its own.)"""
    if frame.f_code.co_flags & inspect.CO_OPTIMIZED:
        return list(read_locals(frame).values())
    return list(frame.f_globals.values()) if frame.f_locals is frame.f_globals else []


def _makes(text: str, code: CodeType) -> bool:
    for mode in ("exec", "eval"):
        try:
            module = compile_quietly(text, code.co_filename, "exec" if mode == "exec" else "eval")
        except COMPILE_ERRORS:
            continue
        if any(one == code for one in nested_code(module)):
            return True
    return False
