"""Answers of the agent on their way through the adapter: as text where nothing in them has to change."""

import asyncio
import json

import pytest

from heapsight.session.channel import Channel
from heapsight.session.link import Link
from heapsight.wire.framing import Decoder, encode, frame


class Wire(asyncio.WriteTransport):
    """Keeps what is written."""

    def __init__(self):
        super().__init__()
        self.decoder = Decoder()

    def write(self, data):
        self.decoder.feed(data)

    def messages(self):
        return list(iter(self.decoder.next_message, None))

    def close(self):
        pass


@pytest.fixture
def agent():
    """Return the channel to an agent, with a wire that keeps the requests."""
    channel = Channel()
    channel.connection_made(Wire())
    return channel


@pytest.fixture
def client():
    channel = Channel()
    channel.connection_made(Wire())
    return channel


def ask(link, client, *, text=True):
    """Forward request 70 of a client; the answer goes to the client, and is noted: as text or as a message."""
    taken = []

    def as_text(number, rest):
        taken.append("text")
        client.send_text(b',"type":"response","request_seq":%d%b' % (number, rest))

    def as_message(message):
        taken.append("message")
        client.send(message)

    link.forward({"seq": 70, "type": "request", "command": "variables"}, as_message, as_text if text else None)
    return taken


BODY = {"é": ['"', 1]}
ANSWER = {"seq": 4, "type": "response", "request_seq": 1, "command": "variables", "success": True, "body": BODY}


def written(answer):
    return frame(json.dumps(answer, separators=(",", ":")).encode())


@pytest.mark.parametrize("text", [True, False])
def test_an_answer_comes_through_whole_under_the_clients_number(agent, client, text):
    link = Link(agent)
    client.send({"type": "event", "event": "before"})
    taken = ask(link, client, text=text)
    assert agent._writer.messages()[0]["command"] == "variables"
    agent.data_received(written(ANSWER))
    assert taken == (["text"] if text else ["message"])
    assert client._writer.messages()[1] == {**ANSWER, "seq": 2, "request_seq": 70}
    agent.data_received(written(ANSWER))
    assert len(taken) == 1


def test_what_is_written_otherwise_is_read_and_written_again(agent, client):
    taken = ask(Link(agent), client)
    agent.data_received(frame(json.dumps({"type": "response", **ANSWER}).encode()))
    assert taken == ["message"]
    assert client._writer.messages() == [{**ANSWER, "seq": 1, "request_seq": 70}]


def test_an_observer_sees_answers_as_messages(agent, client):
    seen = []
    agent.observe = client.observe = lambda direction, message: seen.append((direction, message["seq"]))
    taken = ask(Link(agent), client)
    agent.data_received(written(ANSWER))
    assert taken == ["message"]
    assert seen == [("->", 1), ("<-", 4), ("->", 1)]
    client.send_text(b',"type":"event","event":"last"}')
    assert seen[-1] == ("->", 2)
    assert client._writer.messages()[-1] == {"seq": 2, "type": "event", "event": "last"}


def test_events_and_answers_to_nobody_are_no_answers(agent, client):
    link, events = Link(agent), []
    link.start(events.append)
    taken = ask(link, client)
    agent.data_received(encode({"seq": 1, "type": "event", "event": "stopped", "body": {}}))
    agent.data_received(written({**ANSWER, "request_seq": 99}))
    assert [one["event"] for one in events] == ["stopped"]
    assert taken == []


def test_a_link_that_closes_answers_what_waits(agent, client):
    taken = ask(Link(agent), client)
    agent.connection_lost(None)
    assert taken == ["message"]
    assert client._writer.messages()[0]["success"] is False


OUTPUT = {"seq": 5, "type": "event", "event": "output", "body": {"category": "stdout", "output": 'é"\n'}}


@pytest.mark.parametrize("text", [True, False])
def test_output_comes_through_whole_and_in_its_turn_with_other_events(agent, client, text):
    link, taken = Link(agent), []
    agent.data_received(written({**OUTPUT, "seq": 1}))

    def as_text(rest):
        taken.append("text")
        if text:
            client.send_text(rest)
        return text

    link.start(lambda message: (taken.append("message"), client.send(message)), on_output_text=as_text)
    agent.data_received(written(OUTPUT) + written({"seq": 6, "type": "event", "event": "stopped", "body": {}}))
    assert taken == ["message", "text", *([] if text else ["message"]), "message"]
    came = client._writer.messages()
    assert [message["event"] for message in came] == ["output", "output", "stopped"]
    assert came[1] == {**OUTPUT, "seq": 2}


def test_output_that_nobody_wants_any_more_goes_nowhere(agent, client):
    link = Link(agent)
    link.start(client.send, on_output_text=lambda rest: client.send_text(rest) or True)
    link.mute()
    agent.data_received(written(OUTPUT))
    assert client._writer.messages() == []
