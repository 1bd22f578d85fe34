"""The program of a session, and bringing it to its end."""

from __future__ import annotations

import asyncio

from ..wire.framing import Message
from ..wire.messages import body_of, request
from ..wire.records import mutable_record
from .errors import LinkClosed
from .link import Link
from .process import LaunchedProcess, ask_to_end, kill

# After the program itself has gone, its link closes with it; only a stray copy of the socket can keep it open.
_LINK_SECONDS = 1.0
_DETACH_SECONDS = 2.0
# A killed process ends at once, unless the operating system is stuck in it.
_KILL_SECONDS = 5.0


@mutable_record(eq=False)
class Debuggee:
    """A program with an agent in it.

    `process` is set where the adapter is its parent; `said_goodbye` when its agent had time for that; `is_attached`
    while a client debugs it; `outlives_session` where the program has started the adapter for itself, and clients come
    and go. `is_being_replaced` when the program is about to give its process to another one (exec). `is_interrupted`:
    a client that ends the program wants it to get a KeyboardInterrupt. `spares_children`: what the program has started
    is not ended with it. `is_being_ended` when its end was asked for here.
    """

    link: Link
    pid: int
    process: LaunchedProcess | None = None
    reported_exit_code: int | None = None
    said_goodbye: bool = False
    is_attached: bool = False
    outlives_session: bool = False
    is_being_replaced: bool = False
    is_interrupted: bool = False
    spares_children: bool = False
    is_being_ended: bool = False

    def take_event(self, event: Message) -> bool:
        """Note what the agent tells the adapter alone; False for an event that is for the client."""
        if event.get("event") == "heapsight/replacing":
            self.is_being_replaced = True
            return True
        if event.get("event") != "heapsight/exiting":
            return False
        self.said_goodbye = True
        code = body_of(event).get("exitCode")
        if isinstance(code, int):
            self.reported_exit_code = code
        return True

    async def wait_for_end(self) -> int | None:
        """Wait until the program is gone; return its exit code (negative: a signal), None when nobody knows it."""
        if self.process is None:
            await self.link.closed.wait()
            return self.reported_exit_code
        code = await self.process.wait()
        try:
            await asyncio.wait_for(self.link.closed.wait(), _LINK_SECONDS)
        except TimeoutError:
            self.link.close()
        return code

    async def detach(self) -> None:
        """Ask the agent to clear everything and let the program run on."""
        try:
            await asyncio.wait_for(self.link.ask("disconnect", {"terminateDebuggee": False}), _DETACH_SECONDS)
        except (TimeoutError, LinkClosed):
            pass

    async def end(self, grace_seconds: float, *, by_interrupt: bool = False) -> None:
        """Ask the program to end; end it by force when it is still there after `grace_seconds`."""
        self.is_being_ended = True
        # The signal first: a program without a handler for it must not run another line when it is let go.
        is_told = self.process is not None and not self.process.is_running
        # A program of another user (sudo) has to end itself.
        is_told = is_told or ask_to_end(self.pid, by_interrupt=by_interrupt)
        arguments = None if is_told else {"heapsight/endYourself": True}
        self.link.forward(request("terminate", arguments), _ignore)
        if not await self._is_gone_within(grace_seconds):
            self.kill()
            await self._is_gone_within(_KILL_SECONDS)
        if self.process is not None and not self.spares_children:
            self.process.end_group()

    def kill(self) -> None:
        """End the program by force."""
        if self.process is not None and not self.spares_children:
            self.process.kill()
        elif self.process.is_running if self.process is not None else not self.link.closed.is_set():
            kill(self.pid)

    async def _is_gone_within(self, seconds: float) -> bool:
        ended = self.link.closed.wait() if self.process is None else self.process.wait()
        try:
            await asyncio.wait_for(ended, seconds)
        except TimeoutError:
            return False
        return True


def _ignore(_: Message) -> None:
    pass
