"""Where programs report to: a listening socket that lets in only who knows the token."""

from __future__ import annotations

import asyncio
import os
from typing import cast

from ..wire.framing import Message
from ..wire.launch_options import Address
from ..wire.messages import body_of
from ..wire.records import record
from .channel import Channel
from .link import Link

# Whoever connects and does not introduce itself within this time is not one of ours.
_HELLO_SECONDS = 10.0


def new_token() -> str:
    """Return a secret that nobody guesses: 32 hexadecimal digits. (`secrets` would make it the same way.)"""
    return os.urandom(16).hex()


@record
class Hello:
    """How a program introduces itself."""

    pid: int
    python_version: str
    implementation: str
    executable: str
    parent_pid: int = 0
    reason: str = ""

    @classmethod
    def of(cls, message: Message) -> Hello:
        """Read the body of `heapsight/hello`; what is missing or odd becomes empty."""
        body = body_of(message)
        pid, parent_pid = body.get("pid"), body.get("parentPid")
        return cls(
            pid=pid if isinstance(pid, int) else 0,
            python_version=str(body.get("pythonVersion", "")),
            implementation=str(body.get("implementation", "CPython")),
            executable=str(body.get("executable", "")),
            reason=str(body.get("refusal", "")),
            parent_pid=parent_pid if isinstance(parent_pid, int) else 0,
        )

    @property
    def is_supported(self) -> bool:
        """Whether the agent runs on that Python."""
        if self.reason:
            return False
        numbers = self.python_version.split(".")[:2]
        if len(numbers) < 2 or not all(number.isdigit() for number in numbers):
            return False
        return self.implementation == "CPython" and (int(numbers[0]), int(numbers[1])) >= (3, 11)

    @property
    def refusal(self) -> str:
        """What to tell the user about a Python that is not supported."""
        if self.reason:
            return self.reason
        name = "" if self.implementation == "CPython" else self.implementation + " "
        return f"Heapsight needs CPython 3.11 or newer, this is {name}{self.python_version} at {self.executable}"


class Listener:
    """Accepts programs. Those without the token are cut off and do not disturb the others."""

    def __init__(self, token: str | None) -> None:
        self._token = token
        self._server: asyncio.Server | None = None
        self._arrived: asyncio.Queue[tuple[Hello, Link]] = asyncio.Queue()
        self.address = Address("127.0.0.1", 0)

    async def open(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one, told by `address`. Raises OSError when the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._accept, host, port)
        name = self._server.sockets[0].getsockname()
        self.address = Address(name[0], name[1])

    async def next_program(self) -> tuple[Hello, Link]:
        """Wait for a program that says the right hello."""
        import hmac  # noqa: F401 - for `_is_right`, while the program that it is about starts

        return await self._arrived.get()

    def close(self) -> None:
        """Accept nobody any more; links stay."""
        if self._server is not None:
            self._server.close()

    def _accept(self) -> Channel:
        channel = Channel()
        timer = asyncio.get_running_loop().call_later(_HELLO_SECONDS, channel.close)

        def first_message(message: Message) -> None:
            timer.cancel()
            if not self._is_right(message):
                channel.close()
                return
            # At once, not in a task: what comes right behind the hello belongs to the link already.
            link = Link(channel)
            self._arrived.put_nowait((Hello.of(message), link))

        channel.on_message = first_message
        channel.on_closed = timer.cancel
        channel.on_malformed = lambda _: channel.close()
        return channel

    def _is_right(self, message: Message) -> bool:
        if message.get("event") != "heapsight/hello":
            return False
        if self._token is None:
            return True
        import hmac

        given = cast(str, body_of(message).get("token") or "")
        return isinstance(given, str) and hmac.compare_digest(given.encode(), self._token.encode())
