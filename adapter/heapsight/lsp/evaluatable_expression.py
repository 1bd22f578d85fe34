"""The request `heapsight/evaluatableExpression`: what the debug hover should evaluate.

The protocol has no such request of its own, though VS Code's `EvaluatableExpressionProvider` asks just this.
"""

from __future__ import annotations

from typing import Protocol, TypedDict

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from .documents import Documents
from .expressions import expression_at

METHOD = "heapsight/evaluatableExpression"


class _Identifier(Protocol):
    uri: str


class _Params(Protocol):
    """Parameters as pygls hands over those of a method that it has no types for."""

    textDocument: _Identifier
    position: types.Position


class EvaluatableExpression(TypedDict):
    """The expression to evaluate, and the source text it stands for."""

    range: dict[str, dict[str, int]]
    expression: str


def register(server: LanguageServer, documents: Documents) -> None:
    """Answer the request."""

    @server.feature(METHOD)
    def evaluatable_expression(params: _Params) -> EvaluatableExpression | None:
        try:
            uri, line, column = params.textDocument.uri, int(params.position.line), int(params.position.character)
        except (AttributeError, TypeError, ValueError) as error:
            raise JsonRpcInvalidParams(f"{METHOD} takes textDocument.uri and position: {error}") from error
        module = documents.find(uri)
        if module is None:
            return None
        found = expression_at(module, module.source.offset(line, column, documents.encoding))
        if found is None:
            return None
        start, end = documents.position(module, found.start), documents.position(module, found.end)
        return {
            "range": {
                "start": {"line": start.line, "character": start.character},
                "end": {"line": end.line, "character": end.character},
            },
            "expression": found.text,
        }
