"""`heapsight adapter`: the debug adapter, on stdio or on a TCP port.

An editor waits for it to start: nothing is imported that this start does not need.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def main(words: Sequence[str]) -> int:
    """Serve DAP until the client, or a signal, ends it; return the exit code."""
    # Nothing that is imported goes away again: the collector need not look at it, now or ever.
    gc.disable()
    _import_asyncio()
    import asyncio

    from ..session import server
    from ..session.log import message_log
    from ..wire.launch_options import Address

    gc.freeze()
    gc.enable()
    if not words:
        return asyncio.run(server.serve_stdio(None))
    parser = _parser()
    options = parser.parse_args(words)
    log = None if options.log_dir is None else message_log(options.log_dir)
    if options.port is None:
        if options.for_debuggee:
            parser.error("--for-debuggee needs --port")
        return asyncio.run(server.serve_stdio(log))
    address = Address(options.host, options.port)
    if not options.for_debuggee:
        return asyncio.run(server.serve_tcp(address, log))
    if hasattr(os, "fork") and os.fork():
        # The program that started us waits for this process, and shall have no child left that it does not know of.
        os._exit(0)
    return asyncio.run(server.serve_program(address, log))


def _import_asyncio() -> None:
    """Import asyncio as it is where Python was built without `ssl`, which takes a tenth of our start.

    Nothing here is encrypted.
    """
    if "ssl" in sys.modules or "asyncio" in sys.modules:
        return
    sys.modules["ssl"] = None  # type: ignore[assignment]
    try:
        import asyncio  # noqa: F401
    finally:
        del sys.modules["ssl"]


def _parser() -> argparse.ArgumentParser:
    import argparse

    parser = argparse.ArgumentParser(prog="heapsight adapter", description="Serve the Debug Adapter Protocol.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, help="TCP port to listen on, 0 for a free one; without it: stdio")
    parser.add_argument("--for-debuggee", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--log-dir", type=_folder, help="folder to write the messages of each session to")
    return parser


def _folder(text: str) -> Path:
    import argparse

    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is not a folder")
    return path


def _port(text: str) -> int:
    import argparse

    number = int(text) if text.isdigit() else -1
    if not 0 <= number < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port number")
    return number
