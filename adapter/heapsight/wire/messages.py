"""Making the three kinds of DAP message. `seq` is left to whoever sends them."""

from __future__ import annotations

from collections.abc import Mapping

from .framing import Message, encode_body

# The requests whose failure clients are to show by themselves.
_SHOWN = ("launch", "attach", "restart")


class JsonBody(str):
    """The body of a response that is JSON already, ASCII alone."""

    __slots__ = ()


def event(name: str, body: Mapping[str, object] | None = None) -> Message:
    """Return the event `name`."""
    message: Message = {"type": "event", "event": name}
    if body is not None:
        message["body"] = dict(body)
    return message


def request(command: str, arguments: Mapping[str, object] | None = None) -> Message:
    """Return the request `command`."""
    message: Message = {"type": "request", "command": command}
    if arguments is not None:
        message["arguments"] = dict(arguments)
    return message


def response(to: Message, body: Mapping[str, object] | None = None) -> Message:
    """Return the successful response to the request `to`."""
    message = _response_head(to)
    message["success"] = True
    if body is not None:
        message["body"] = dict(body)
    return message


def encode_response(to: Message, body: JsonBody) -> bytes:
    """Return the JSON of the successful response to the request `to`, without `seq`."""
    return b'%b,"body":%b}' % (encode_body(response(to))[:-1], body.encode("ascii"))


def error_response(to: Message, text: str) -> Message:
    """Return the failed response to the request `to`. `text` is shown to the user as it is."""
    message = _response_head(to)
    message["success"] = False
    message["message"] = text
    # Of a session that does not start, VS Code says nothing unless it is told to; other failures it shows where
    # they belong. Braces in `format` are placeholders: arbitrary text goes in as a variable.
    shown = to.get("command") in _SHOWN
    message["body"] = {"error": {"id": 1, "format": "{text}", "variables": {"text": text}, "showUser": shown}}
    return message


def output(text: str, category: str) -> Message:
    """Return an output event; `category` is `console`, `stdout`, `stderr` or `important`."""
    return event("output", {"category": category, "output": text})


def _response_head(to: Message) -> Message:
    sequence, command = to.get("seq"), to.get("command")
    return {
        "type": "response",
        "request_seq": sequence if isinstance(sequence, int) else 0,
        "command": command if isinstance(command, str) else "",
    }


def arguments_of(message: Message) -> dict[str, object]:
    """Return the arguments of a request, empty where it has none."""
    arguments = message.get("arguments")
    return arguments if isinstance(arguments, dict) else {}


def body_of(message: Message) -> dict[str, object]:
    """Return the body of an event or response, empty where it has none."""
    body = message.get("body")
    return body if isinstance(body, dict) else {}


def text_of(failed: Message) -> str:
    """Return what a failed response says."""
    text = failed.get("message")
    return text if isinstance(text, str) and text else "it gave no reason"
