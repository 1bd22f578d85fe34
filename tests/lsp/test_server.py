"""The server as an editor meets it: a process on stdio, spoken to through pygls' client."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

import heapsight

PACKAGE = Path(heapsight.__file__).parent
URI = "file:///somewhere/shop.py"
METHOD = "heapsight/evaluatableExpression"


@asynccontextmanager
async def editor(encoding: types.PositionEncodingKind | None = None) -> AsyncIterator[LanguageClient]:
    client = LanguageClient("test", "1")
    await client.start_io(sys.executable, str(PACKAGE), "lsp")
    general = types.GeneralClientCapabilities(position_encodings=[encoding]) if encoding else None
    answer = await client.initialize_async(
        types.InitializeParams(capabilities=types.ClientCapabilities(general=general), process_id=None, root_uri=None)
    )
    assert answer.capabilities.inline_value_provider
    assert answer.capabilities.text_document_sync.change is types.TextDocumentSyncKind.Incremental
    client.initialized(types.InitializedParams())
    yield client
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    assert client._server.returncode == 0


def open_text(client: LanguageClient, text: str) -> None:
    client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(URI, "python", 1, text)))


def change(client: LanguageClient, *edits: tuple[tuple[int, int], tuple[int, int], str]) -> None:
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(2, URI),
            [
                types.TextDocumentContentChangePartial(
                    types.Range(types.Position(*start), types.Position(*end)), new_text
                )
                for start, end, new_text in edits
            ],
        )
    )


async def hover(client: LanguageClient, line: int, column: int, uri: str = URI) -> str | None:
    answer = await client.protocol.send_request_async(
        METHOD, {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}}
    )
    return answer.expression if answer is not None else None


def run(scenario) -> None:
    asyncio.run(asyncio.wait_for(scenario, 60))


def test_expression_and_its_range() -> None:
    async def scenario() -> None:
        async with editor() as client:
            open_text(client, 'x = "😀", cart.items\n')
            answer = await client.protocol.send_request_async(
                METHOD, {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 16}}
            )
            assert answer.expression == "cart.items"
            start, end = answer.range.start, answer.range.end
            assert [start.line, start.character, end.line, end.character] == [0, 10, 0, 20]
            assert await hover(client, 0, 1) == "x"
            assert await hover(client, 0, 2) is None

    run(scenario())


def test_columns_in_the_encoding_that_was_agreed_on() -> None:
    async def scenario() -> None:
        async with editor(types.PositionEncodingKind.Utf8) as client:
            open_text(client, 'x = "😀", cart\n')
            assert await hover(client, 0, 12) == "cart"
            assert await hover(client, 0, 11) is None

    run(scenario())


def test_unsaved_changes_also_behind_a_form_feed() -> None:
    async def scenario() -> None:
        async with editor() as client:
            open_text(client, "one = 1\n\f\ntwo = 2\nthree = 3\n")
            assert await hover(client, 2, 0) == "two"
            change(client, ((2, 0), (2, 3), "cart.items"), ((3, 0), (3, 0), "a.b\n"), ((0, 0), (1, 0), ""))
            assert await hover(client, 1, 6) == "cart.items"
            assert await hover(client, 2, 2) == "a.b"
            assert await hover(client, 3, 0) == "three"

    run(scenario())


def test_inline_values() -> None:
    async def scenario() -> None:
        async with editor() as client:
            open_text(client, "def f(a):\n    b = a\n    return b\n")
            whole = types.Range(types.Position(0, 0), types.Position(9, 0))
            line = types.Range(types.Position(1, 4), types.Position(1, 9))
            answer = await client.text_document_inline_value_async(
                types.InlineValueParams(types.TextDocumentIdentifier(URI), whole, types.InlineValueContext(1, line))
            )
            found = [(each.variable_name, each.range.start.line, each.range.start.character) for each in answer]
            assert found == [("a", 0, 6), ("b", 1, 4), ("a", 1, 8)]
            assert all(each.case_sensitive_lookup for each in answer)

    run(scenario())


def test_a_file_that_is_not_open_is_read_as_it_declares(tmp_path: Path) -> None:
    path = tmp_path / "latin.py"
    path.write_bytes("# -*- coding: latin-1 -*-\r\nlänge = 1\r\n".encode("latin-1"))
    wrong = tmp_path / "wrong.py"
    wrong.write_bytes(b"# coding: no-such-encoding\nname = '\xff'\n")

    async def scenario() -> None:
        async with editor() as client:
            assert await hover(client, 1, 0, path.as_uri()) == "länge"
            assert await hover(client, 1, 0, wrong.as_uri()) == "name"
            assert await hover(client, 1, 0, (tmp_path / "missing.py").as_uri()) is None
            assert await hover(client, 1, 0, tmp_path.as_uri()) is None
            assert await hover(client, 1, 0, "untitled:Untitled-1") is None

    run(scenario())


def test_closed_documents_are_forgotten() -> None:
    async def scenario() -> None:
        async with editor() as client:
            open_text(client, "name = 1\n")
            assert await hover(client, 0, 0) == "name"
            client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(URI)))
            assert await hover(client, 0, 0) is None

    run(scenario())


@pytest.mark.parametrize(
    "params",
    [{}, {"textDocument": {"uri": URI}}, {"textDocument": None, "position": None}, {"position": {"line": "x"}}, None],
)
def test_wrong_parameters_are_answered_and_the_server_lives_on(params) -> None:
    async def scenario() -> None:
        async with editor() as client:
            open_text(client, "name = 1\n")
            with pytest.raises(JsonRpcException):
                await client.protocol.send_request_async(METHOD, params)
            assert await hover(client, 0, 0) == "name"

    run(scenario())


def test_the_server_ends_when_the_editor_is_gone() -> None:
    ended = subprocess.run([sys.executable, str(PACKAGE), "lsp"], stdin=subprocess.DEVNULL, capture_output=True)
    assert ended.returncode == 0
    assert ended.stdout == b""
