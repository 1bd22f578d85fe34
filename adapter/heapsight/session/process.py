"""A program that the adapter itself has started: its output, its signals, its end."""

from __future__ import annotations

import asyncio
import codecs
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

OutputSink = Callable[[str, str], None]

_CHUNK = 64 * 1024
# A child that the program left behind may hold its pipes open for ever; what the program itself wrote is read by then.
_DRAIN_SECONDS = 0.5


class _Protocol(asyncio.subprocess.SubprocessStreamProtocol):
    """Tells the end of the process when it happens: asyncio's own `wait` waits for the pipes as well, which a child
    that the program left behind may hold open."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limit=_CHUNK, loop=loop)
        self.exited = asyncio.Event()

    def process_exited(self) -> None:
        super().process_exited()
        self.exited.set()


class LaunchedProcess:
    """A child process in a session of its own, so that it can be ended together with what it started."""

    def __init__(self, transport: asyncio.SubprocessTransport, protocol: _Protocol, sink: OutputSink) -> None:
        self._transport = transport
        self._protocol = protocol
        self._process = process = asyncio.subprocess.Process(transport, protocol, asyncio.get_running_loop())
        self.pid = process.pid
        self._pumps = [
            asyncio.ensure_future(_pump(stream, category, sink))
            for stream, category in ((process.stdout, "stdout"), (process.stderr, "stderr"))
            if stream is not None
        ]

    @classmethod
    async def start(cls, words: Sequence[str], cwd: Path, env: Mapping[str, str], sink: OutputSink) -> LaunchedProcess:
        """Start `words`; `sink(category, text)` gets what it writes. Raises OSError and ValueError."""
        on_windows = os.name == "nt"
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.subprocess_exec(
            lambda: _Protocol(loop),
            *words,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=not on_windows,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) if on_windows else 0,
        )
        return cls(transport, protocol, sink)

    async def wait(self) -> int:
        """Wait for the end and for the rest of the output; return the exit code, negative for a signal."""
        await self._protocol.exited.wait()
        await asyncio.wait(self._pumps, timeout=_DRAIN_SECONDS)
        code = self._process.returncode
        assert code is not None
        return code

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.returncode is None

    def kill(self) -> None:
        """End it now, and what it started with it."""
        if not self.is_running:
            return
        if os.name == "nt":
            self._process.kill()
            return
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def end_group(self) -> None:
        """Ask what the program has left behind to end; what it has put into a session of its own is left alone."""
        if os.name != "nt":
            try:
                os.killpg(self.pid, signal.SIGTERM)
            except (ProcessLookupError, PermissionError):
                # Nothing is left of it.
                pass

    def close(self) -> None:
        """Stop reading its output."""
        for pump in self._pumps:
            pump.cancel()
        if not self.is_running:
            self._transport.close()


def ask_to_end(pid: int, *, by_interrupt: bool = False) -> bool:
    """Send process `pid` the signal that asks a program to end; False where that is not allowed.

    With `by_interrupt` it is that of Ctrl+C, which Python makes a KeyboardInterrupt of (Windows knows no such signal).
    """
    usual = signal.SIGINT if by_interrupt else signal.SIGTERM
    wanted: int = getattr(signal, "CTRL_BREAK_EVENT", usual) if os.name == "nt" else usual
    return _signal(pid, wanted)


def kill(pid: int) -> None:
    """End process `pid` now."""
    _signal(pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)


def signal_name(number: int) -> str:
    """Return `SIGKILL` for 9."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _signal(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except PermissionError:
        return False
    except OSError:
        # Gone already: it has ended for us.
        return True
    return True


async def _pump(stream: asyncio.StreamReader, category: str, sink: OutputSink) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while data := await stream.read(_CHUNK):
        text = decoder.decode(data)
        if text:
            sink(category, text)
    rest = decoder.decode(b"", final=True)
    if rest:
        sink(category, rest)
