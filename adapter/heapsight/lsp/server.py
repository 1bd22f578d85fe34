"""The language server: its features, put together."""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from . import evaluatable_expression, inline_values, synchronization
from .documents import Documents


def create_server(version: str) -> LanguageServer:
    """Return a language server, ready for `start_io()`."""
    server = LanguageServer(
        "heapsight",
        version,
        text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
        protocol_cls=synchronization.Protocol,
        max_workers=2,
    )
    documents = Documents()
    for feature in (synchronization, evaluatable_expression, inline_values):
        feature.register(server, documents)
    return server
