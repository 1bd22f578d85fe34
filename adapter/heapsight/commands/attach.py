"""`heapsight attach PID`: have a running process listen for clients."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from ..session.errors import RequestFailed
from ..session.injection import inject


def main(words: Sequence[str]) -> int:
    """Bring the agent into a process and print the address that it listens on; return the exit code."""
    parser = argparse.ArgumentParser(prog="heapsight attach", description="Have a running program listen for clients.")
    parser.add_argument("pid", type=int, help="number of the process")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=5678, help="TCP port to listen on (default: %(default)s)")
    options = parser.parse_args(words)
    return listen_in(options.pid, (options.host, options.port))


def listen_in(pid: int, address: tuple[str, int]) -> int:
    """Have process `pid` listen at `address`; return the exit code of the command."""
    return _run(pid, f"listen_here({address!r})", f"process {pid} listens on {address[0]}:{address[1]}")


def connect_from(pid: int, address: tuple[str, int], token: str) -> int:
    """Have process `pid` connect to the adapter at `address`; return the exit code of the command."""
    host, port = address
    return _run(pid, f"connect_here({f'{host}:{port}'!r}, {token!r})", f"process {pid} connects to {host}:{port}")


def _run(pid: int, call: str, success: str) -> int:
    try:
        asyncio.run(inject(pid, call))
    except RequestFailed as error:
        print(f"heapsight: {error}", file=sys.stderr)
        return 1
    print(f"heapsight: {success}")
    return 0
