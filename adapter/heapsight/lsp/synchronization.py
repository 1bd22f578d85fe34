"""Keep the documents in step with the client's editors."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from .documents import Documents
from .source import Encoding


class Protocol(LanguageServerProtocol):
    """pygls' protocol without its own copy of changed documents, for which it would also alter the parameters."""

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(
        self, params: types.DidChangeTextDocumentParams
    ) -> Iterator[tuple[Callable[..., object], tuple[object], None]]:
        """Leave the change to our feature."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None


def register(server: LanguageServer, documents: Documents) -> None:
    """Follow what the client opens, edits and closes."""

    @server.feature(types.INITIALIZED)
    def initialized(_params: types.InitializedParams) -> None:
        documents.encoding = Encoding(server.workspace.position_encoding or Encoding.UTF16.value)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        documents.opened(params.text_document.uri, params.text_document.text)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        documents.changed(params.text_document.uri, params.content_changes)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        documents.closed(params.text_document.uri)
