"""The files the client has open, as they are in its editors, and any other file as it is on disk.

pygls could keep them too, but splits lines where the editor does not (at form feeds, for example), so that an
incremental change would land on the wrong line. Here each change is applied to `SourceText`.
"""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterable
from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from .module import SourceModule
from .source import Encoding, SourceText


class Documents:
    """Open documents by URI, each with the analysis of its present text."""

    def __init__(self) -> None:
        self._open: dict[str, SourceModule] = {}
        self.encoding = Encoding.UTF16
        """What columns count in this session."""

    def opened(self, uri: str, text: str) -> None:
        """Take over a document that the client opened."""
        self._open[uri] = SourceModule(SourceText(text))

    def changed(self, uri: str, changes: Iterable[types.TextDocumentContentChangeEvent]) -> None:
        """Apply edits, in order; each one's range refers to the text that the one before left."""
        module = self._open.get(uri)
        source = module.source if module is not None else SourceText("")
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = change.range.start, change.range.end
                source = source.replaced(
                    source.offset(start.line, start.character, self.encoding),
                    source.offset(end.line, end.character, self.encoding),
                    change.text,
                )
            else:
                source = SourceText(change.text)
        self._open[uri] = SourceModule(source)

    def closed(self, uri: str) -> None:
        """Forget a document."""
        self._open.pop(uri, None)

    def find(self, uri: str) -> SourceModule | None:
        """Return the document, from disk when it is not open; None when it cannot be read."""
        module = self._open.get(uri)
        if module is not None:
            return module
        path = to_fs_path(uri)
        text = read_source(Path(path)) if path else None
        return SourceModule(SourceText(text)) if text is not None else None

    def position(self, module: SourceModule, offset: int) -> types.Position:
        """Return an offset as the client counts."""
        line, column = module.source.position(offset, self.encoding)
        return types.Position(line=line, character=column)

    def range(self, module: SourceModule, start: int, end: int) -> types.Range:
        """Return a stretch of source as the client counts."""
        return types.Range(start=self.position(module, start), end=self.position(module, end))


def read_source(path: Path) -> str | None:
    """Return the text of a Python file in the encoding it declares, line ends as they are; None if unreadable."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
    except SyntaxError:
        encoding = "utf-8"
    return raw.decode(encoding, errors="replace")
