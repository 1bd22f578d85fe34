"""The processes that a session's program starts: where they report, and the sessions that the client opens for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING

from ..wire.framing import Message
from ..wire.launch_options import Address
from ..wire.messages import text_of
from .channel import Channel
from .debuggee import Debuggee
from .errors import RequestFailed
from .link import Link
from .listener import Hello, Listener, new_token

if TYPE_CHECKING:
    from .session import Session

# A client that has agreed to open a session for a child does so at once, or never.
_ATTACH_SECONDS = 60.0
# What of a configuration is about the one program, or about the client; everything else holds for its children too.
_OF_ONE_PROGRAM = frozenset(
    {"program", "module", "code", "args", "python", "pythonPath", "pythonArgs", "cwd", "env", "envFile", "console"}
    | {"consoleTitle", "stopOnEntry", "sudo", "connect", "listen", "host", "port", "processId", "subProcessId"}
    | {"accessToken", "name", "type", "request", "startTimeout", "preLaunchTask", "postDebugTask", "presentation"}
    | {"internalConsoleOptions", "serverReadyAction", "debugServer", "autoReload", "purpose"}
)

Replace = Callable[["Session", Hello, Link], Coroutine[object, object, None]]


class Family:
    """The sessions of one program and of the processes that come from it, however deep.

    Children report to a listener of the family's own. For each, the client that debugs its parent is asked
    (`startDebugging`) to open a session, which connects to a second port and is known by its access token.
    """

    def __init__(self, begin: Callable[[Channel, Family], Session], replace: Replace) -> None:
        """`begin` starts a session of the family; `replace` gives a session the program that took its process over."""
        self._begin = begin
        self._replace = replace
        self._token = new_token()
        self._listener: Listener | None = None
        self._server: asyncio.Server | None = None
        self._waiting: dict[str, Debuggee] = {}
        self._welcoming: asyncio.Task[None] | None = None
        self.members: list[Session] = []

    async def invitation(self) -> dict[str, object]:
        """Return what a program has to know for its children to report here."""
        if self._listener is None:
            listener = Listener(self._token)
            await listener.open()
            self._listener = listener
            self._welcoming = asyncio.ensure_future(self._welcome_all(listener))
        return {"address": str(self._listener.address), "token": self._token}

    def take(self, access_token: str | None) -> Debuggee:
        """Return the child that waits for the session with this token. Raises RequestFailed."""
        child = self._waiting.pop(access_token or "", None)
        if child is None:
            raise RequestFailed("No child process waits for this session; it may have ended.")
        return child

    @property
    def eldest(self) -> Session:
        """The session that the others come from."""
        return self.members[0]

    async def end_programs(self, but: Session) -> None:
        """End the children that are debugged, when their parent is ended by the client."""
        children = [one.debuggee for one in self.members if one is not but and one.debuggee is not None]
        await asyncio.gather(*(child.end(1.0) for child in children if not child.link.closed.is_set()))

    async def end_waiting(self) -> None:
        """End the children that wait for a session which the client will not open any more."""
        waiting, self._waiting = self._waiting, {}
        await asyncio.gather(*(child.end(1.0) for child in waiting.values()))

    async def finished(self) -> None:
        """Wait until every session of the family is over."""
        while waits := [member.finished.wait() for member in self.members if not member.finished.is_set()]:
            await asyncio.gather(*waits)

    def close_if_over(self) -> None:
        """Let go of the ports, and of children that nobody will debug, once no session is left."""
        if any(not member.finished.is_set() for member in self.members):
            return
        if self._welcoming is not None:
            self._welcoming.cancel()
        if self._listener is not None:
            self._listener.close()
        if self._server is not None:
            self._server.close()
        for child in self._waiting.values():
            child.link.close()
        self._waiting.clear()
        for member in self.members:
            if member.debuggee is not None and member.debuggee.process is not None:
                member.debuggee.process.close()

    async def _welcome_all(self, listener: Listener) -> None:
        while True:
            hello, link = await listener.next_program()
            known = self._session_of(hello.pid)
            if known is not None:
                known.run(self._replace(known, hello, link))
                continue
            parent = self._session_of(hello.parent_pid) or self._oldest_open()
            if parent is None or not hello.is_supported:
                link.close()
            else:
                parent.run(self._ask_for_session(parent, hello, link))

    def _session_of(self, pid: int) -> Session | None:
        for member in self.members:
            if member.debuggee is not None and member.debuggee.pid == pid and not member.finished.is_set():
                return member
        return None

    def _oldest_open(self) -> Session | None:
        return next((member for member in self.members if not member.finished.is_set()), None)

    async def _ask_for_session(self, parent: Session, hello: Hello, link: Link) -> None:
        key = new_token()
        self._waiting[key] = Debuggee(link, hello.pid)
        try:
            address = await self._client_address()
            configuration = {
                **{name: value for name, value in parent.configuration.items() if name not in _OF_ONE_PROGRAM},
                "name": f"Subprocess {hello.pid}",
                "subProcessId": hello.pid,
                "accessToken": key,
                "connect": {"host": address.host, "port": address.port},
            }
            if parent.writes_to_console:
                # Children write into the same pipe, which is read already.
                configuration.pop("redirectOutput", None)
            answer: Message = await parent.ask_client(
                "startDebugging", {"request": "attach", "configuration": configuration}
            )
        except (RequestFailed, OSError) as error:
            self._let_go(key, parent, str(error))
            return
        if answer.get("success") is not True:
            self._let_go(key, parent, text_of(answer))
            return
        asyncio.get_running_loop().call_later(_ATTACH_SECONDS, self._let_go, key, parent, "it did not attach")

    def _let_go(self, key: str, parent: Session, reason: str) -> None:
        """Let a child run that the client does not want to debug."""
        child = self._waiting.pop(key, None)
        if child is not None:
            child.link.close()
            parent.say(f"The child process {child.pid} runs without a debugger: {reason}.\n")

    async def _client_address(self) -> Address:
        if self._server is None:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(self._accept, "127.0.0.1", 0)
        name = self._server.sockets[0].getsockname()
        return Address(name[0], name[1])

    def _accept(self) -> Channel:
        channel = Channel()
        self._begin(channel, self)
        return channel
