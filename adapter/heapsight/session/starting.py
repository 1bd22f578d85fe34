"""From a launch or attach request to a program that is under the debugger."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from ..wire.framing import Message
from ..wire.launch_options import Address, Console, LaunchOptions, ProgramKind
from ..wire.messages import text_of
from . import command_line, environment
from .channel import open_channel
from .command_line import CommandLine
from .debuggee import Debuggee
from .errors import LinkClosed, RequestFailed
from .link import Link
from .listener import Hello, Listener, new_token
from .process import LaunchedProcess, signal_name
from .session import Session

TOKEN_VARIABLE = "HEAPSIGHT_TOKEN"
# So much of what a program wrote before it failed to start is worth repeating in the error.
_OUTPUT_SHOWN = 2000
_VERSION_SECONDS = 5.0
_INJECTED_SECONDS = 20.0


async def launch(session: Session, options: LaunchOptions) -> Debuggee:
    """Start the program and wait until its agent reports. Raises RequestFailed and BadConfiguration."""
    token = new_token()
    listener = Listener(token)
    await listener.open()
    try:
        cwd = command_line.working_folder(options)
        changes = environment.additions(command_line.env_file(options, cwd), options.env, os.environ)
        line = command_line.build(options, listener.address, command_line.search_path(changes, os.environ))
        changes[TOKEN_VARIABLE] = token
        if options.console is Console.INTERNAL:
            debuggee = await _launch_here(session, line, changes, listener, options.start_seconds)
        else:
            debuggee = await _launch_in_terminal(session, line, changes, listener, options)
        debuggee.is_interrupted = options.interrupts
        debuggee.spares_children = options.spares_children
        return debuggee
    finally:
        listener.close()


def program_name(options: LaunchOptions) -> str:
    """Return what to call the program."""
    return "-c" if options.kind is ProgramKind.CODE else options.program


async def _launch_here(
    session: Session, line: CommandLine, changes: dict[str, str | None], listener: Listener, seconds: float
) -> Debuggee:
    written: list[str] = []

    def show(category: str, text: str) -> None:
        written.append(text)
        del written[:-200]
        session.say(text, category)

    words = line.as_shell_words()
    try:
        process = await LaunchedProcess.start(words, line.cwd, environment.apply(changes, os.environ), show)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise RequestFailed(f"{words[0]!r} cannot be run: {reason}.") from None
    try:
        hello, link = await _first(listener.next_program(), process.wait(), seconds, words[0], written)
        _check(hello, link)
    except BaseException:
        # Also when the launch is cancelled: nothing may be left running that no session knows.
        process.kill()
        process.close()
        raise
    return Debuggee(link, hello.pid, process)


async def _first(
    arrival: Coroutine[Any, Any, tuple[Hello, Link]],
    end: Coroutine[Any, Any, int],
    seconds: float,
    name: str,
    written: list[str],
) -> tuple[Hello, Link]:
    """Return what arrives. Raises RequestFailed when the process ends before, or nothing happens for `seconds`."""
    arriving, ending = asyncio.ensure_future(arrival), asyncio.ensure_future(end)
    try:
        await asyncio.wait({arriving, ending}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if arriving.done():
            return arriving.result()
        if ending.done():
            raise RequestFailed(await _early_end(name, ending.result(), "".join(written)))
        raise RequestFailed(
            f"{name!r} was started, but no Python program reported back from it within {seconds:g} seconds."
        )
    finally:
        arriving.cancel()
        ending.cancel()


async def _early_end(name: str, code: int, written: str) -> str:
    """Explain why what was started is not the program: another Python, or none at all."""
    hello = await _ask_for_version(name)
    if hello is not None and not hello.is_supported:
        return hello.refusal + "."
    how = f"was ended by {signal_name(-code)}" if code < 0 else f"ended with exit code {code}"
    text = f"{name!r} {how} before it ran the program; is it a Python interpreter?"
    shown = written.strip()[-_OUTPUT_SHOWN:]
    return f"{text} It wrote: {shown}" if shown else text


async def _ask_for_version(name: str) -> Hello | None:
    """Ask an interpreter that is too old even for our command line what it is; None when it is none."""
    if not Path(name).name.startswith("python"):
        return None
    question = "import sys; print(sys.version.split()[0]); print(sys.executable)"
    asked = await asyncio.create_subprocess_exec(
        name, "-c", question, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        said, _ = await asyncio.wait_for(asked.communicate(), _VERSION_SECONDS)
    except TimeoutError:
        asked.kill()
        await asked.wait()
        return None
    lines = said.decode("utf-8", "replace").splitlines()
    return Hello(0, lines[0], "CPython", lines[1]) if len(lines) == 2 else None


def _check(hello: Hello, link: Link) -> None:
    if not hello.is_supported:
        link.close()
        raise RequestFailed(hello.refusal + ".")


async def _launch_in_terminal(
    session: Session, line: CommandLine, changes: dict[str, str | None], listener: Listener, options: LaunchOptions
) -> Debuggee:
    client = session.client_arguments
    if not client.get("supportsRunInTerminalRequest"):
        raise RequestFailed(f"This client has no terminal to run in; use 'console': {Console.INTERNAL.value!r}.")
    shell_splits = line.shell_text is not None and bool(client.get("supportsArgsCanBeInterpretedByShell"))
    arguments: dict[str, object] = {
        "kind": "integrated" if options.console is Console.INTEGRATED else "external",
        "title": options.console_title,
        "cwd": str(line.cwd),
        "args": line.as_terminal_words(shell_splits),
        "env": changes,
    }
    if shell_splits:
        arguments["argsCanBeInterpretedByShell"] = True
    arriving = asyncio.ensure_future(listener.next_program())
    asking = asyncio.ensure_future(session.ask_client("runInTerminal", arguments))
    try:
        async with asyncio.timeout(options.start_seconds):
            # A client may answer before or after the program reports; only a refusal ends the wait.
            await asyncio.wait({arriving, asking}, return_when=asyncio.FIRST_COMPLETED)
            if not arriving.done():
                answer = await asking
                if answer.get("success") is not True:
                    raise RequestFailed(f"The client could not open a terminal: {text_of(answer)}")
            hello, link = await arriving
    except TimeoutError:
        raise RequestFailed(
            f"The program did not report back from the terminal within {options.start_seconds:g} seconds."
        ) from None
    finally:
        arriving.cancel()
        if not asking.done() and not session.finished.is_set():
            session.run(_swallow(asking))
    _check(hello, link)
    return Debuggee(link, hello.pid)


async def _swallow(asking: asyncio.Future[Message]) -> None:
    """Take an answer that nobody waits for any more."""
    try:
        await asking
    except RequestFailed:
        pass


async def listen(session: Session, address: Address, access_token: str | None) -> Debuggee:
    """Wait for a program that connects to `address`. Raises RequestFailed."""
    listener = Listener(access_token)
    try:
        await listener.open(address.host, address.port)
    except OSError as error:
        raise RequestFailed(f"Cannot listen on {address}: {error.strerror or error}.") from None
    try:
        session.say(f"Waiting for a program to connect to {listener.address}.\n")
        hello, link = await listener.next_program()
    finally:
        listener.close()
    _check(hello, link)
    return Debuggee(link, hello.pid)


async def attach_to_process(session: Session, pid: int) -> Debuggee:
    """Bring the agent into a process that runs already. Raises RequestFailed."""
    from .injection import call_to_connect, inject

    token = new_token()
    listener = Listener(token)
    await listener.open()
    try:
        await inject(pid, call_to_connect(listener.address, token))
        hello, link = await asyncio.wait_for(listener.next_program(), _INJECTED_SECONDS)
    except TimeoutError:
        raise RequestFailed(f"Process {pid} runs the agent, which cannot connect to {listener.address}.") from None
    finally:
        listener.close()
    _check(hello, link)
    session.say(f"Attached to process {pid}.\n")
    return Debuggee(link, hello.pid)


async def introduce(session: Session, debuggee: Debuggee) -> None:
    """Tell the agent who the client is and what it wants. Raises RequestFailed with the agent's reason."""
    arguments, command = session.configuration, session.begun_with
    if command == "launch":
        # The agent has to know where output goes, whether the configuration says so or leaves it to us.
        arguments = {"console": Console.INTERNAL.value, **arguments}
    if session.client_arguments.get("supportsStartDebuggingRequest") and arguments.get("subProcess") is not False:
        arguments = {**arguments, "heapsight/children": await session.family.invitation()}
    for name, body in (("initialize", session.client_arguments), (command, arguments)):
        try:
            answer = await debuggee.link.ask(name, body)
        except LinkClosed:
            raise RequestFailed("The program ended before it could be debugged.") from None
        if answer.get("success") is not True:
            raise RequestFailed(text_of(answer))


async def open_relay(session: Session, address: Address) -> Link:
    """Connect to an adapter that listens, and say hello in the client's name. Raises RequestFailed."""
    try:
        channel = await open_channel(address.host, address.port)
    except OSError as error:
        raise RequestFailed(f"Nothing answers at {address}: {error.strerror or error}.") from None
    link = Link(channel)
    try:
        answer = await link.ask("initialize", session.client_arguments)
    except LinkClosed:
        raise RequestFailed(f"What listens at {address} closed the connection at once.") from None
    if answer.get("success") is not True:
        link.close()
        raise RequestFailed(f"The debugger at {address} refused: {text_of(answer)}")
    return link
