"""Running the adapter: on stdio for one session, or on a TCP port for many."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from typing import Any

from ..wire.launch_options import Address
from . import requests, starting
from .channel import Channel
from .debuggee import Debuggee
from .family import Family
from .listener import Listener
from .log import Observer
from .routing import ROUTES
from .session import Session
from .stdio import claim, open_stdio

# A program that has started an adapter for itself connects at once, or never.
_HOSTED_SECONDS = 30.0
# What the client has to get before the process ends: a handful of messages.
_FLUSH_SECONDS = 2.0


class Sessions:
    """The sessions of this process.

    `log` sees every message of the clients. `hosted` is the program that all sessions are about, where there is one.
    """

    def __init__(self, log: Observer | None, hosted: asyncio.Future[Debuggee] | None = None) -> None:
        self._log = log
        self._hosted = hosted
        self._open: set[Session] = set()

    def begin(self, client: Channel) -> Session:
        """Start a session for a client that is connected, or about to be."""
        return self._begin(client, Family(self._begin, requests.replace_program), self._hosted)

    def _begin(self, client: Channel, family: Family, hosted: asyncio.Future[Debuggee] | None = None) -> Session:
        client.observe = self._log
        session = Session(client, ROUTES, requests.client_gone, family, hosted)
        self._open.add(session)
        session.run(self._forget(session))
        return session

    def accept(self) -> Channel:
        """Make the channel of a client that has just connected."""
        channel = Channel()
        self.begin(channel)
        return channel

    async def close(self) -> None:
        """End every session as if its client had left."""
        await asyncio.gather(*(requests.client_gone(session) for session in list(self._open)))

    async def finished(self, seconds: float) -> None:
        """Wait until the clients have left, at most `seconds`."""
        waits = [asyncio.ensure_future(session.finished.wait()) for session in self._open]
        if waits:
            await asyncio.wait(waits, timeout=seconds)

    async def children_finished(self) -> None:
        """Wait until no session for a child process is open."""
        while waits := [one.finished.wait() for one in self._open if one.family.eldest is not one]:
            await asyncio.gather(*waits)

    async def _forget(self, session: Session) -> None:
        await session.finished.wait()
        self._open.discard(session)


async def serve_stdio(log: Observer | None = None) -> int:
    """Serve one session on stdin and stdout; return the exit code."""
    channel, written = await open_stdio(*claim())
    sessions = Sessions(log)
    session = sessions.begin(channel)
    finished, stopping = asyncio.ensure_future(session.family.finished()), _on_signals()
    waited: list[asyncio.Future[Any]] = [finished, stopping]
    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    if stopping.done() and session.finished.is_set():
        # The client ends the process of a session that is over; children may still be debugged over TCP.
        await asyncio.wait({finished, _on_signals()}, return_when=asyncio.FIRST_COMPLETED)
    if stopping.done():
        await sessions.close()
    await asyncio.wait({written}, timeout=_FLUSH_SECONDS)
    return 0


async def serve_tcp(address: Address, log: Observer | None = None) -> int:
    """Serve a session for each client that connects, until a signal ends the adapter; return the exit code."""
    sessions = Sessions(log)
    try:
        server = await _listen(sessions, address)
    except OSError as error:
        print(f"heapsight: {_cannot_listen(address, error)}", file=sys.stderr)
        return 1
    _announce({"client": _name_of(server)})
    await _on_signals()
    server.close()
    await sessions.close()
    return 0


async def serve_program(address: Address, log: Observer | None = None) -> int:
    """Serve the program that has started this adapter, to one client at a time; return the exit code.

    Prints one line of JSON for that program: both addresses, or the error. Ends with the program.
    """
    listener = Listener(os.environ.pop(starting.TOKEN_VARIABLE, None))
    hosted: asyncio.Future[Debuggee] = asyncio.get_running_loop().create_future()
    sessions = Sessions(log, hosted)
    await listener.open()
    try:
        server = await _listen(sessions, address)
    except OSError as error:
        listener.close()
        _announce({"error": _cannot_listen(address, error)})
        return 1
    _announce({"client": _name_of(server), "debuggee": [listener.address.host, listener.address.port]})
    _let_go_of_output()
    try:
        hello, link = await asyncio.wait_for(listener.next_program(), _HOSTED_SECONDS)
    except TimeoutError:
        return 1
    finally:
        listener.close()
    hosted.set_result(Debuggee(link, hello.pid, outlives_session=True))
    ended, stopping = asyncio.ensure_future(link.closed.wait()), _on_signals()
    waited: list[asyncio.Future[Any]] = [ended, stopping]
    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    server.close()
    if ended.done():
        # Clients hear of the end and say goodbye. Those that debug a child stay as long as they like.
        await sessions.finished(_FLUSH_SECONDS)
        children = asyncio.ensure_future(sessions.children_finished())
        await asyncio.wait({children, stopping}, return_when=asyncio.FIRST_COMPLETED)
    else:
        await sessions.close()
    return 0


async def _listen(sessions: Sessions, address: Address) -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(sessions.accept, address.host, address.port)


def _name_of(server: asyncio.Server) -> list[object]:
    return list(server.sockets[0].getsockname()[:2])


def _cannot_listen(address: Address, error: OSError) -> str:
    # asyncio's own text has the address a second time; the numbers of a name that is not found are not the system's.
    if error.errno is None or isinstance(error, socket.gaierror):
        return f"cannot listen on {address}: {error.strerror or error}"
    return f"cannot listen on {address}: {os.strerror(error.errno)}"


def _announce(message: object) -> None:
    print(json.dumps(message), flush=True)


def _let_go_of_output() -> None:
    """Close what the program reads us by: it waits for the end of it."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.close(nothing)


def _on_signals() -> asyncio.Future[None]:
    """Return a future that is done when the process is asked to end."""
    loop = asyncio.get_running_loop()
    stopping: asyncio.Future[None] = loop.create_future()
    if os.name != "nt":
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, _settle, stopping)
    return stopping


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
