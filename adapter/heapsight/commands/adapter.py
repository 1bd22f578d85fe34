"""`heapsight adapter`: the debug adapter, on stdio or on a TCP port."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

from ..session import server
from ..wire.launch_options import Address


def main(words: Sequence[str]) -> int:
    """Serve DAP until the client, or a signal, ends it; return the exit code."""
    options = _parser().parse_args(words)
    if options.port is None:
        if options.for_debuggee:
            _parser().error("--for-debuggee needs --port")
        return asyncio.run(server.serve_stdio())
    address = Address(options.host, options.port)
    serve = server.serve_program if options.for_debuggee else server.serve_tcp
    return asyncio.run(serve(address))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="heapsight adapter", description="Serve the Debug Adapter Protocol.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, help="TCP port to listen on, 0 for a free one; without it: stdio")
    parser.add_argument("--for-debuggee", action="store_true", help=argparse.SUPPRESS)
    return parser


def _port(text: str) -> int:
    number = int(text) if text.isdigit() else -1
    if not 0 <= number < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port number")
    return number
