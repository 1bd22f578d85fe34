"""One debug session: a client, the phase it is in, and the program once there is one."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Callable, Coroutine, Mapping

from ..wire.configuration import BadConfiguration
from ..wire.framing import MalformedMessage, Message
from ..wire.messages import arguments_of, body_of, error_response, event, output, request, response
from ..wire.records import record
from .channel import Channel
from .client_terms import ClientTerms
from .debuggee import Debuggee
from .errors import LinkClosed, RequestFailed
from .family import Family
from .heap_service import HeapService
from .link import Link
from .phases import Phase
from .progress import ProgressReports
from .source_maps import SourceMaps

Handler = Callable[["Session", Message], Coroutine[object, object, None]]


@record
class Route:
    """Who answers a request, and when it is legal. Without a handler it is forwarded to the program.

    `enters` is the phase that the request itself begins: at once, so that it counts for the very next message.
    """

    legal: frozenset[Phase]
    handler: Handler | None = None
    enters: Phase | None = None


class Session:
    """Takes the client's messages and sees that each request is answered exactly once.

    `on_client_gone` cleans up after a client that left without a word. `hosted` is the program of an adapter that was
    started by it.
    """

    def __init__(
        self,
        client: Channel,
        routes: Mapping[str, Route],
        on_client_gone: Callable[[Session], Coroutine[object, object, None]],
        family: Family,
        hosted: asyncio.Future[Debuggee] | None = None,
    ) -> None:
        self._client = client
        self._routes = routes
        self._reverse_requests: dict[int, asyncio.Future[Message]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._own_work: dict[int, asyncio.Task[None]] = {}
        self.progress = ProgressReports(client.send)
        self.heap = HeapService()
        self._on_client_gone = on_client_gone
        self.hosted = hosted
        self.family = family
        family.members.append(self)
        self.phase = Phase.CONNECTED
        self.client_arguments: dict[str, object] = {}
        self.configuration: dict[str, object] = {}
        self.begun_with = "launch"
        self.threads_seen: set[int] = {1}
        self.debuggee: Debuggee | None = None
        self.terms = ClientTerms({}, (), lambda path: True)
        self.source_maps = SourceMaps()
        self.relay: Link | None = None
        self.relay_is_leaving = False
        self.owns_program = False
        self.starting: asyncio.Task[None] | None = None
        self.watching: asyncio.Task[None] | None = None
        self.finished = asyncio.Event()
        client.on_message = self._receive
        client.on_malformed = self._complain
        client.on_closed = self._client_gone

    @property
    def writes_to_console(self) -> bool:
        """Whether the program's output comes through a pipe of the adapter's."""
        return self.debuggee is not None and self.debuggee.process is not None

    def send(self, message: Message) -> None:
        """Send an event, or a response made elsewhere, to the client."""
        self._client.send(message)

    def respond(self, to: Message, body: Mapping[str, object] | None = None) -> None:
        """Answer a request."""
        self._answer(response(to, body))

    def fail(self, to: Message, text: str) -> None:
        """Answer a request with an error."""
        self._answer(error_response(to, text))

    def cancel_own(self, number: object) -> bool:
        """Cancel request `number` if it is one that the adapter itself is working on; say whether it was."""
        task = self._own_work.get(number) if isinstance(number, int) else None
        return task is not None and task.cancel("Cancelled.")

    def forward(self, message: Message) -> None:
        """Pass a request on to the program."""
        assert self.debuggee is not None
        message = self.terms.request(message)
        if self.source_maps.has_cells(message):
            self.run(self._set_in_cells(message))
        else:
            as_it_is = self.terms.is_plain and not self.source_maps.reads_answer(message)
            self.debuggee.link.forward(
                message, lambda answer: self._answer(self._shown(answer)), self._answer_text if as_it_is else None
            )

    def _shown(self, message: Message) -> Message:
        return self.terms.answer(self.source_maps.answered(message))

    async def _set_in_cells(self, message: Message) -> None:
        assert self.debuggee is not None
        try:
            found = await self.source_maps.set_breakpoints(arguments_of(message), self.debuggee.link.ask)
        except RequestFailed as error:
            self.fail(message, str(error))
        except LinkClosed:
            self.fail(message, "The program has ended.")
        else:
            self._answer(self._shown(response(message, {"breakpoints": found})))

    async def map_source(self, message: Message) -> None:
        """Take the cells of a file, and move its breakpoints to where its lines run now. Raises RequestFailed."""
        assert self.debuggee is not None
        path = self.source_maps.take(arguments_of(self.terms.request(message)))
        for one in await self.source_maps.set_again(path, self.debuggee.link.ask):
            self._client.send(self._shown(event("breakpoint", {"reason": "changed", "breakpoint": one})))
        self.respond(message, {})

    def _answer_text(self, number: int, rest: bytes) -> None:
        self.progress.answered(number)
        self._client.send_text(b',"type":"response","request_seq":%d%b' % (number, rest))

    def _answer(self, message: Message) -> None:
        self.progress.answered(message.get("request_seq"))
        self._client.send(message)

    def say(self, text: str, category: str = "console") -> None:
        """Show a line of the adapter's own in the client's console. VS Code shows what is important in a box, plain."""
        self._client.send(output(text, category))

    async def ask_client(self, command: str, arguments: Mapping[str, object]) -> Message:
        """Send a request to the client and return its response, failed or not. Raises RequestFailed when it is gone."""
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        number = self._client.send(request(command, arguments))
        self._reverse_requests[number] = answer
        try:
            return await answer
        finally:
            del self._reverse_requests[number]

    def run(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Run `work` beside the session, and keep it from being collected."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def take_event(self, message: Message) -> None:
        """Pass an event of the program on, unless it is for the adapter."""
        if self.debuggee is not None and self.debuggee.take_event(message):
            return
        if message.get("event") in ("thread", "stopped"):
            self._note_thread(body_of(message))
        self._client.send(self._shown(message))

    def take_output_text(self, rest: bytes) -> bool:
        """Pass an `output` event on as it is, where the client's terms are the program's; say whether that was done."""
        as_it_is = self.terms.is_plain and not self.source_maps.translates
        if as_it_is:
            self._client.send_text(rest)
        return as_it_is

    def forget_threads(self) -> None:
        """Tell the client that the threads of a program are gone which another one follows."""
        for number in sorted(self.threads_seen):
            self._client.send(event("thread", {"reason": "exited", "threadId": number}))
        self.threads_seen = {1}

    def _note_thread(self, body: dict[str, object]) -> None:
        number = body.get("threadId")
        if isinstance(number, int):
            (self.threads_seen.discard if body.get("reason") == "exited" else self.threads_seen.add)(number)

    def close(self) -> None:
        """End the session, after what is buffered has been sent."""
        self.phase = Phase.CLOSED
        self.progress.close()
        self.heap.close()
        self._client.close()
        self.finished.set()
        self.family.close_if_over()

    def _receive(self, message: Message) -> None:
        kind = message.get("type")
        if kind == "request":
            self._take_request(message)
        elif kind == "response":
            self._take_response(message)
        else:
            self._complain(MalformedMessage(f"the message has the type {kind!r}, which no client sends"))

    def _take_request(self, message: Message) -> None:
        command = message.get("command")
        if self.relay is not None:
            self.relay_is_leaving = self.relay_is_leaving or command == "disconnect"
            self.relay.forward(message, self._client.send)
            return
        route = self._routes.get(command) if isinstance(command, str) else None
        if route is None:
            self.fail(message, f"The request {command!r} is not supported by Heapsight.")
        elif self.phase not in route.legal:
            self.fail(message, f"{command!r} is not possible now: {self.phase.value}.")
        elif route.handler is not None:
            self.phase = route.enters or self.phase
            self._work_on(route.handler, message)
        elif self.debuggee is not None:
            self._watch(message)
            self.forward(message)

    def _watch(self, message: Message) -> None:
        if self.client_arguments.get("supportsProgressReporting") is True:
            self.progress.watch(message)

    def _work_on(self, handler: Handler, message: Message) -> None:
        self._watch(message)
        task, number = self.run(self._handle(handler, message)), message.get("seq")
        if isinstance(number, int):
            self._own_work[number] = task
            task.add_done_callback(lambda _: self._own_work.pop(number, None))

    def _take_response(self, message: Message) -> None:
        number = message.get("request_seq")
        if self.relay is not None and number not in self._reverse_requests:
            self.relay.send(message)
            return
        answer = self._reverse_requests.get(number) if isinstance(number, int) else None
        if answer is not None and not answer.done():
            answer.set_result(message)

    async def _handle(self, handler: Handler, message: Message) -> None:
        try:
            await handler(self, message)
        except (RequestFailed, BadConfiguration) as error:
            self.fail(message, str(error))
        except asyncio.CancelledError as error:
            self.fail(message, str(error) or "Cancelled: the session is ending.")
            raise
        except Exception as error:  # noqa: BLE001 - the process edge: a fault of ours has to answer the request too
            traceback.print_exc(file=sys.stderr)
            self.fail(message, f"Internal error in Heapsight: {type(error).__name__}: {error}")

    def _complain(self, error: MalformedMessage) -> None:
        self.say(f"Heapsight cannot read a message of the client: {error}.\n", "important")

    def _client_gone(self) -> None:
        for answer in self._reverse_requests.values():
            if not answer.done():
                answer.set_exception(RequestFailed("The client is gone."))
        if not self.finished.is_set():
            self.run(self._on_client_gone(self))


def program_event(name: str, debuggee: Debuggee, start_method: str) -> Message:
    """Return the `process` event."""
    body: dict[str, object] = {"name": name, "isLocalProcess": True, "startMethod": start_method}
    if debuggee.pid:
        body["systemProcessId"] = debuggee.pid
    return event("process", body)
