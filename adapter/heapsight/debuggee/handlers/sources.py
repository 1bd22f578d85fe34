"""The text of sources, and which source a request is about."""

from __future__ import annotations

import os

from ..arguments import Arguments
from ..errors import RequestError
from ..program import Body, Program
from ..source_references import GeneratedSource, generated_body
from ..source_text import text_of_name


def source(program: Program, arguments: Arguments) -> Body:
    """`source`: by number, or by path for a file that only the program can read.

    Raises RequestError when there is no such number or file.
    """
    inner = arguments.get("source")
    wanted = source_of(program, inner if isinstance(inner, dict) else arguments)
    text = wanted.text if wanted.text is not None else text_of_name(wanted.name)
    if text is None:
        raise RequestError(f"The source of {wanted.name} cannot be read.")
    return {"content": text, "mimeType": "text/x-python"}


def source_of(program: Program, asked: Arguments) -> GeneratedSource:
    """Return what a DAP `Source` of the client's names. Raises RequestError."""
    number, path = asked.get("sourceReference"), asked.get("path")
    if isinstance(number, int) and not isinstance(number, bool) and number > 0:
        found = program.sources.source(number)
        if found is None:
            raise RequestError(f"There is no source with the number {number}.")
        return found
    if not isinstance(path, str) or not path:
        raise RequestError("The source is not named: 'source.path' or 'source.sourceReference' has to be set.")
    return GeneratedSource(path)


def source_body(name: str, reference: int) -> dict[str, object]:
    """Return the DAP `Source` of a file, or with `reference` of what has none."""
    return generated_body(name, reference) if reference else {"name": os.path.basename(name), "path": name}
