"""The request `textDocument/inlineValue`: which variables to show beside the code of a stopped function.

Only lookups of variables are returned. An attribute such as `self.total` would have to be evaluated at every stop
without the user asking, and a property behind it would run.
"""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from .documents import Documents
from .visible_names import visible_names


def register(server: LanguageServer, documents: Documents) -> None:
    """Answer the request."""

    @server.feature(types.TEXT_DOCUMENT_INLINE_VALUE)
    def inline_values(params: types.InlineValueParams) -> list[types.InlineValue]:
        module = documents.find(params.text_document.uri)
        if module is None:
            return []
        stopped = params.context.stopped_location
        last = min(stopped.end.line, params.range.end.line)
        return [
            types.InlineValueVariableLookup(
                range=documents.range(module, found.start, found.end),
                variable_name=found.name,
                case_sensitive_lookup=True,
            )
            for found in visible_names(module, stopped.start.line, last, params.range.start.line)
        ]
