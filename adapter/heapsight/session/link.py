"""The link to whoever answers for the program: the agent inside it, or another adapter."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from ..wire.framing import Message
from ..wire.messages import arguments_of, error_response, request
from ..wire.records import record
from .channel import Channel
from .errors import LinkClosed

Deliver = Callable[[Message], object]
# Takes an answer as text: the number of the request, as who asked knows it, and all that follows on that number.
DeliverText = Callable[[int, bytes], object]
# How the agent's answers begin. One that begins otherwise is read like any other message.
_ANSWER = re.compile(rb'\{"seq":\d+,"type":"response","request_seq":(\d+)(?=,)')
# The same of its events that come by the thousand and are for the client alone.
_OUTPUT = re.compile(rb'\{"seq":\d+(?=,"type":"event","event":"output",)')


@record
class _Pending:
    """A request that waits: who asked, and what to do with the answer or the end of the link."""

    asked: Message
    deliver: Deliver
    on_closed: Callable[[], object]
    deliver_text: DeliverText | None = None


class Link:
    """Forwards requests under numbers of its own, and brings every one of them an answer.

    Events that come before `start` are kept. When the link closes, whatever is pending is answered with an error.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._pending: dict[int, _Pending] = {}
        self._early: list[Message] = []
        self._on_event: Deliver | None = None
        self._on_output_text: Callable[[bytes], bool] | None = None
        self._on_reverse_request: Deliver | None = None
        self.closed = asyncio.Event()
        channel.on_message = self._receive
        channel.on_text = self._receive_text
        channel.on_closed = self._close_down

    def start(
        self,
        on_event: Deliver,
        on_reverse_request: Deliver | None = None,
        on_output_text: Callable[[bytes], bool] | None = None,
    ) -> None:
        """Deliver events, those that came already first; requests of the peer go to `on_reverse_request`.

        `on_output_text` may take an `output` event as text, of which it gets all that follows on its number; it says
        whether it did.
        """
        self._on_event = on_event
        self._on_output_text = on_output_text
        self._on_reverse_request = on_reverse_request
        early, self._early = self._early, []
        for message in early:
            self._receive(message)

    def mute(self) -> None:
        """Drop events from now on: the client is done with this program. Pending requests are still answered."""
        self._on_event = _deliver_to_nobody
        self._on_output_text = None

    def stop(self) -> None:
        """Drop events and pending requests from now on: the client is gone, and nobody wants them."""
        self.mute()
        self._pending = {
            number: _Pending(one.asked, _deliver_to_nobody, _do_nothing) for number, one in self._pending.items()
        }

    def forward(self, client_request: Message, deliver: Deliver, deliver_text: DeliverText | None = None) -> None:
        """Pass a request of the client on; `deliver` gets the response as the client expects it.

        With `deliver_text` the answer is handed over as text where that can be done: large ones are neither read nor
        written again.
        """
        self._send_request(
            client_request,
            deliver,
            lambda: deliver(error_response(client_request, str(LinkClosed()))),
            deliver_text,
        )

    async def ask(self, command: str, arguments: dict[str, object]) -> Message:
        """Send a request of the adapter's own and return its response, failed or not. Raises LinkClosed."""
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

        def settle(message: Message) -> None:
            if not answer.done():
                answer.set_result(message)

        def give_up() -> None:
            if not answer.done():
                answer.set_exception(LinkClosed())

        self._send_request(request(command, arguments), settle, give_up)
        return await answer

    def send(self, message: Message) -> None:
        """Send a message that needs no answer: the response to a request of the peer."""
        self._channel.send(message)

    def close(self) -> None:
        """End the link."""
        self._channel.close()

    def _send_request(
        self,
        asked: Message,
        deliver: Deliver,
        on_closed: Callable[[], object],
        deliver_text: DeliverText | None = None,
    ) -> None:
        if self._channel.is_closed:
            on_closed()
            return
        number = self._channel.send(self._translated(asked))
        self._pending[number] = _Pending(asked, deliver, on_closed, deliver_text)

    def _translated(self, client_request: Message) -> Message:
        """Return the request with the numbers that it mentions translated to this link's."""
        if client_request.get("command") != "cancel":
            return client_request
        arguments = arguments_of(client_request)
        wanted = arguments.get("requestId")
        for number, one in self._pending.items():
            if one.asked.get("seq") == wanted and wanted is not None:
                return {**client_request, "arguments": {**arguments, "requestId": number}}
        # It has been answered. Here the number may be that of another request.
        return {**client_request, "arguments": {}}

    def _receive_text(self, text: bytes) -> bool:
        found = _ANSWER.match(text)
        if found is None and self._on_output_text is not None:
            output = _OUTPUT.match(text)
            return output is not None and self._on_output_text(text[output.end() :])
        waiting = self._pending.get(int(found[1])) if found is not None else None
        if found is None or waiting is None or waiting.deliver_text is None:
            return False
        number = waiting.asked.get("seq")
        if not isinstance(number, int):
            return False
        del self._pending[int(found[1])]
        waiting.deliver_text(number, text[found.end() :])
        return True

    def _receive(self, message: Message) -> None:
        kind = message.get("type")
        if kind == "response":
            self._answer(message)
        elif self._on_event is None:
            self._early.append(message)
        elif kind == "event":
            self._on_event(message)
        elif kind == "request" and self._on_reverse_request is not None:
            self._on_reverse_request(message)

    def _answer(self, message: Message) -> None:
        number = message.get("request_seq")
        waiting = self._pending.pop(number, None) if isinstance(number, int) else None
        if waiting is not None:
            waiting.deliver({**message, "request_seq": waiting.asked.get("seq", 0)})

    def _close_down(self) -> None:
        pending, self._pending = self._pending, {}
        for one in pending.values():
            one.on_closed()
        self.closed.set()


def _deliver_to_nobody(_: Message) -> None:
    pass


def _do_nothing() -> None:
    pass
