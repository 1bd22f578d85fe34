"""An asyncio server that many clients talk to while one of their requests is debugged."""

from __future__ import annotations

import socket
import sys

import pytest

from support.websites import Site, steps, where

SERVER = "real/price_server.py"
CLIENTS = 50
ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]


class Client:
    """Asks for prices."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._file = self._socket.makefile("rw")

    def ask(self, number: int) -> None:
        self._file.write(f"{number}\n")
        self._file.flush()

    def answer(self) -> str:
        return self._file.readline()

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@pytest.fixture(params=ENGINES)
def server(request, session):
    session.launch(SERVER, args=[str(CLIENTS + 1)], console="internalConsole", engine=request.param)
    return Site(session)


@pytest.fixture
def clients():
    opened = []
    yield opened
    for client in opened:
        client.close()


def test_one_request_is_stepped_through_while_others_wait(server, clients):
    session = server.session
    session.set_breakpoints(SERVER, {"marker": "request", "condition": "line == b'25\\n'"})
    server.start()
    clients.extend(Client(server.port) for _ in range(CLIENTS))
    for number, client in enumerate(clients):
        client.ask(number)
    session.wait_for_stopped("breakpoint")
    assert where(session) == "request"
    assert session.stack()[0]["name"] == "handle"
    # Each step stays in the one task, whatever the loop has run meanwhile.
    assert steps(session, "next", 2) == ["look_up", "lock"]
    assert session.local_variables()["price"]["value"] == "250"
    assert steps(session, "next", 3) == ["answered", "lock", "write"]
    assert session.local_variables()["number"]["value"] == "25"
    assert session.evaluate("25 in answered and len(clients) <= 50")["result"] == "True"
    assert steps(session, "next", 2) == ["drain", "done"]
    session.cont()
    assert [client.answer() for client in clients] == [f"{number} costs {number * 10}\n" for number in range(CLIENTS)]
    clients[0].ask(-1)
    assert clients[0].answer() == "-1 costs -10\n"
    assert session.wait_for_exit() == 0


def test_into_an_awaited_coroutine_and_out_again(server, clients):
    session = server.session
    session.set_breakpoints(SERVER, {"marker": "look_up", "condition": "number == 7"})
    server.start()
    clients.extend(Client(server.port) for _ in range(CLIENTS))
    for number, client in enumerate(clients):
        client.ask(number)
    session.wait_for_stopped("breakpoint")
    session.step("stepIn")
    assert [frame["name"] for frame in session.stack()][:2] == ["look_up", "handle"]
    assert steps(session, "next", 1) == ["found"]
    assert session.local_variables()["number"]["value"] == "7"
    session.step("stepOut")
    assert session.local_variables()["number"]["value"] == "7"
    assert session.stack()[0]["name"] == "handle"
    session.cont()
    assert len([client.answer() for client in clients]) == CLIENTS
    clients[0].ask(-1)
    assert session.wait_for_exit() == 0
