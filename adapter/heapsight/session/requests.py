"""The requests that the adapter answers itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..wire.capabilities import CAPABILITIES
from ..wire.configuration import BadConfiguration
from ..wire.framing import Message
from ..wire.launch_options import read_attach, read_launch
from ..wire.messages import arguments_of, event
from ..wire.old_options import in_todays_words
from ..wire.path_mappings import PathMapping
from ..wire.records import replace
from . import starting
from .client_terms import ClientTerms
from .debuggee import Debuggee
from .errors import RequestFailed
from .link import Link
from .listener import Hello
from .phases import Phase
from .process import signal_name
from .session import Handler, Session, program_event

# How long a program may take to clean up after it was asked to end, and when the client leaves for good.
_TERMINATE_SECONDS = 5.0
_DISCONNECT_SECONDS = 1.0
# A program that lost its link and has not ended by then goes on without us.
_LOST_SECONDS = 2.0
_REPLACED_SECONDS = 30.0


async def initialize(session: Session, message: Message) -> None:
    """Answer with what Heapsight can do."""
    session.client_arguments = arguments_of(message)
    session.respond(message, CAPABILITIES)


async def launch(session: Session, message: Message) -> None:
    """Start a program and debug it."""
    with _starting(session):
        await _launch(session, message, arguments_of(message))


async def _launch(session: Session, message: Message, given: dict[str, object]) -> None:
    configuration = in_todays_words(given)
    options = read_launch(configuration)
    session.owns_program = True
    session.terms = _client_terms(session, options.path_mappings, options.cwd)
    session.begun_with, session.configuration = "launch", configuration
    debuggee = await starting.launch(session, options)
    await _take(session, debuggee, message, program_event(starting.program_name(options), debuggee, "launch"))


def _client_terms(session: Session, mappings: tuple[PathMapping, ...], folder: str | None) -> ClientTerms:
    """Return how the client counts and names files. A program's folder of `.` is the one that it runs in."""
    start = Path(folder) if folder is not None else Path.cwd()
    absolute = tuple(
        replace(one, remote_root=str((start / one.remote_root).resolve())) if one.remote_root.startswith(".") else one
        for one in mappings
    )
    # An adapter that the program has started for itself may run on another machine than the client.
    is_near = session.hosted is None
    return ClientTerms(session.client_arguments, absolute, lambda path: is_near and Path(path).exists())


async def attach(session: Session, message: Message) -> None:
    """Debug a program that runs already."""
    with _starting(session):
        configuration = in_todays_words(arguments_of(message))
        options = read_attach(configuration)
        session.owns_program = False
        session.terms = _client_terms(session, options.path_mappings, None)
        session.begun_with, session.configuration = "attach", configuration
        if session.family.eldest is not session:
            # It came in by the family's own door, and may still carry the address of it.
            debuggee = session.family.take(options.access_token)
        elif session.hosted is not None:
            debuggee = await asyncio.shield(session.hosted)
            if debuggee.is_attached:
                raise RequestFailed("Another client is debugging this program.")
        elif options.process_id is not None:
            debuggee = await starting.attach_to_process(session, options.process_id)
        elif options.connect is not None:
            await _pass_on(session, await starting.open_relay(session, options.connect), message)
            return
        elif options.listen is not None:
            debuggee = await starting.listen(session, options.listen, options.access_token)
        else:
            raise RequestFailed("One of 'connect', 'listen' and 'processId' has to be set.")
        await _take(session, debuggee, message, program_event(f"process {debuggee.pid}", debuggee, "attach"))


async def set_source_map(session: Session, message: Message) -> None:
    """`setPydevdSourceMap`: tell which lines of a file run as cells, under other names."""
    await session.map_source(message)


def refusal_of(reason: str) -> Handler:
    """Return a handler that refuses its request, for `reason`."""

    async def refuse(_session: Session, message: Message) -> None:
        raise RequestFailed(f"{message.get('command')!r} is not supported: {reason}")

    return refuse


async def cancel(session: Session, message: Message) -> None:
    """Cancel a request, named by its number or by its progress: one of the adapter's own, or one of the program's."""
    arguments = arguments_of(message)
    number = session.progress.request_of(arguments.get("progressId"))
    if number is None:
        wanted = arguments.get("requestId")
        number = wanted if isinstance(wanted, int) else None
    if session.cancel_own(number) or session.phase is Phase.STARTING:
        session.respond(message)
    elif session.debuggee is None or session.phase is not Phase.ATTACHED:
        # Without a program there are but the adapter's own requests, questions about snapshots among them.
        session.fail(message, f"There is nothing to cancel: {session.phase.value}.")
    else:
        session.forward({**message, "arguments": {} if number is None else {"requestId": number}})


def heap_question(command: str) -> Handler:
    """Return what has a question about snapshots answered by the heap worker, where it is called `command`."""

    async def ask(session: Session, message: Message) -> None:
        def progress(title: str, fraction: float) -> None:
            session.progress.tell(message.get("seq"), title, fraction)

        session.respond(message, await session.heap.ask(command, arguments_of(message), progress))

    return ask


async def restart(session: Session, message: Message) -> None:
    """Begin anew with the same client: a launched program is started again, an attached one attached to again.

    The client sets its breakpoints after the `initialized` event, as it did the first time.
    """
    given = arguments_of(message).get("arguments")
    configuration = given if isinstance(given, dict) else session.configuration
    debuggee = session.debuggee
    assert debuggee is not None
    if session.begun_with == "launch":
        # Before anything is ended.
        read_launch(in_todays_words(configuration))
    with _starting(session):
        session.phase = Phase.STARTING
        if session.watching is not None:
            session.watching.cancel()
        if session.begun_with == "attach":
            await debuggee.detach()
            debuggee.link.mute()
            session.forget_threads()
            await _take(session, debuggee, message, program_event(f"process {debuggee.pid}", debuggee, "attach"))
            return
        debuggee.link.mute()
        await debuggee.end(_DISCONNECT_SECONDS)
        if not debuggee.spares_children:
            await session.family.end_programs(but=session)
        session.forget_threads()
        session.debuggee = None
        try:
            await _launch(session, message, configuration)
        except (RequestFailed, BadConfiguration) as error:
            session.phase = Phase.ENDED
            session.fail(message, str(error))
            session.send(event("terminated"))


async def replace_program(session: Session, hello: Hello, link: Link) -> None:
    """Go on with the program that has taken over the process (exec) of the session's one."""
    before = session.debuggee
    assert before is not None
    debuggee = Debuggee(link, hello.pid, before.process, outlives_session=before.outlives_session)
    if session.watching is not None:
        session.watching.cancel()
    before.link.close()
    if not hello.is_supported:
        link.close()
        return
    session.phase = Phase.STARTING
    session.forget_threads()
    try:
        await starting.introduce(session, debuggee)
    except RequestFailed:
        # It runs on without us; its end is still told.
        link.close()
    else:
        session.send(program_event(f"process {debuggee.pid}", debuggee, "attach"))
        session.send(event("initialized"))
    session.debuggee = debuggee
    session.phase = Phase.ATTACHED
    debuggee.is_attached = True
    debuggee.link.start(session.take_event, on_output_text=session.take_output_text)
    session.watching = session.run(_watch(session, debuggee))


async def terminate(session: Session, message: Message) -> None:
    """Ask the program to end; it has a few seconds to clean up."""
    session.respond(message)
    if session.starting is not None:
        session.starting.cancel()
    if session.debuggee is not None and session.phase is Phase.ATTACHED:
        await session.debuggee.end(_TERMINATE_SECONDS, by_interrupt=session.debuggee.is_interrupted)


async def disconnect(session: Session, message: Message) -> None:
    """End the session, and with it a program that it launched."""
    wish = arguments_of(message).get("terminateDebuggee")
    await leave(session, end_program=wish if isinstance(wish, bool) else session.owns_program)
    session.respond(message)
    session.close()


async def client_gone(session: Session) -> None:
    """Clean up after a client that left without a word."""
    await leave(session, end_program=session.owns_program)
    session.close()


async def leave(session: Session, *, end_program: bool) -> None:
    """End the program, or let it run on without a debugger."""
    if session.starting is not None:
        session.starting.cancel()
        await asyncio.wait({session.starting})
    if session.relay is not None:
        session.relay.close()
    debuggee = session.debuggee
    ends_children = debuggee is None or not debuggee.spares_children
    if end_program and ends_children:
        await session.family.end_waiting()
    if debuggee is None or session.phase is not Phase.ATTACHED:
        return
    if end_program:
        await debuggee.end(_DISCONNECT_SECONDS)
        if ends_children:
            await session.family.end_programs(but=session)
        if session.watching is not None:
            await asyncio.wait({session.watching}, timeout=_DISCONNECT_SECONDS)
        return
    await debuggee.detach()
    if session.watching is not None:
        session.watching.cancel()
    debuggee.link.stop()
    debuggee.is_attached = False
    if not debuggee.outlives_session:
        debuggee.link.close()


@contextmanager
def _starting(session: Session) -> Iterator[None]:
    """Let `disconnect` cancel what goes on in the block; a failure leaves the session ready to try again."""
    session.starting = asyncio.current_task()
    try:
        yield
    finally:
        session.starting = None
        if session.phase is Phase.STARTING:
            session.phase = Phase.INITIALIZED


async def _take(session: Session, debuggee: Debuggee, message: Message, announcement: Message) -> None:
    """Make `debuggee` the session's program, and answer the request that asked for it."""
    debuggee.is_attached = True
    try:
        await starting.introduce(session, debuggee)
    except BaseException:
        # Also when the request is cancelled.
        debuggee.is_attached = False
        if session.owns_program:
            debuggee.kill()
        if not debuggee.outlives_session:
            debuggee.link.close()
        raise
    session.debuggee = debuggee
    session.phase = Phase.ATTACHED
    session.respond(message)
    session.send(announcement)
    session.send(event("initialized"))
    debuggee.link.start(session.take_event, on_output_text=session.take_output_text)
    session.watching = session.run(_watch(session, debuggee))


async def _watch(session: Session, debuggee: Debuggee) -> None:
    """Tell the client when the program is gone, and how it ended."""
    ending = asyncio.ensure_future(debuggee.wait_for_end())
    unlinked = asyncio.ensure_future(debuggee.link.closed.wait())
    try:
        await asyncio.wait({ending, unlinked}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({ending}, timeout=_LOST_SECONDS)
        if not ending.done() and debuggee.is_being_replaced:
            # Another program begins in the same process; it will report.
            await asyncio.wait({ending}, timeout=_REPLACED_SECONDS)
        if not ending.done():
            session.say("The debugger has lost its link to the program, which runs on without it.\n", "important")
        code = await ending
    finally:
        ending.cancel()
        unlinked.cancel()
    session.phase = Phase.ENDED
    debuggee.is_attached = False
    if code is None:
        if not debuggee.said_goodbye and not debuggee.is_being_ended:
            session.say("The program has ended without a word: it was killed, or it crashed.\n", "important")
    else:
        if code < 0:
            # What was asked for is no news.
            category = "console" if debuggee.is_being_ended else "important"
            session.say(f"The program was ended by {signal_name(-code)}.\n", category)
        session.send(event("exited", {"exitCode": code}))
    session.send(event("terminated"))


async def _pass_on(session: Session, relay: Link, message: Message) -> None:
    """From now on, be a mere pipe to the adapter behind `relay`."""
    session.relay = relay
    session.phase = Phase.ATTACHED
    local = ("connect", "host", "port")
    arguments = {name: value for name, value in arguments_of(message).items() if name not in local}

    def deliver(answer: Message) -> None:
        # It is this adapter that tells of the progress of an attach; of all that follows, the other one does.
        session.progress.answered(answer.get("request_seq"))
        session.send(answer)

    relay.forward({**message, "arguments": arguments}, deliver)
    relay.start(session.send, session.send)
    session.run(_watch_relay(session, relay))


async def _watch_relay(session: Session, relay: Link) -> None:
    await relay.closed.wait()
    session.relay = None
    session.phase = Phase.ENDED
    if session.relay_is_leaving:
        session.close()
    else:
        session.send(event("terminated"))
